"""The life of a deal, row by row as the table of its states has it: every transition, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")

CLOSED = ("win D1", "lose D1 --reason price")
IN_PROGRESS_ONLY = (
    *("advance D1", "back D1 --reason x", "set-stage D1 offer --force --reason x", "hold D1", "resume D1"),
    *("edit D1 --name X", "assign D1 --to ana", "unassign D1", "win D1", "lose D1 --reason price"),
)
EVERYTHING = "--set terms=net --set quote=1 --set quote_accepted=1 --set invoice=1 --set fulfilment=sent"


@pytest.fixture
def bikes(crm: Typed) -> Typed:
    """An account with one deal, and a rep."""
    crm.ok("account add Acme --on 2026-10-01")
    crm.ok("deal add '10 bikes' --account A1 --amount 42000 --on 2026-10-02")
    crm.ok("rep add Ana --handle ana")
    return crm


def deal(crm: Typed) -> Any:
    return crm.json("deal show D1")


def stage(crm: Typed) -> Any:
    return deal(crm)["stage"]


def refused(crm: Typed, line: str, word: str, code: int = 4) -> Any:
    """The error of a line that is refused with this word in sentence or hint, and changes not one byte."""
    before = crm.bytes()
    seen = crm(f"{line} --json")
    assert (seen.code, seen.out) == (code, ""), seen.err
    assert word in f"{seen.error['message']} {seen.error['hint']}"
    assert crm.bytes() == before
    return seen.error


# --- deal add, lead qualification ------------------------------------------------------------------


def test_add_an_account_is_there_then_in_progress_at_the_first_stage(bikes: Typed) -> None:
    one = deal(bikes)
    assert (one["status"], one["kind"]) == ("in_progress", "typical")
    assert (one["stage"], one["stage_name"]) == ("primary_contact", "Primary contact")
    assert (one["stage_at"], one["on_hold"]) == ("2026-10-02", False)


def test_add_without_an_account_is_refused(bikes: Typed) -> None:
    refused(bikes, "deal add X", "needs an account", 2)
    refused(bikes, "deal add X --account A9", "A9", 3)


def test_qualify_makes_a_deal_at_the_first_stage(bikes: Typed) -> None:
    bikes.ok("lead add Jane --on 2026-11-19")
    bikes.ok("lead qualify L1 --deal --amount 5 --on 2026-11-20")
    one = bikes.json("deal show D2")
    assert (one["kind"], one["stage"], one["stage_at"]) == ("typical", "primary_contact", "2026-11-20")


def test_add_of_a_kind_without_stages_has_none(bikes: Typed) -> None:
    bikes.ok("deal add Plant --account A1 --kind other")
    one = bikes.json("deal show D2")
    assert (one["kind"], one["stage"], one["stage_name"], one["stage_at"]) == ("other", None, None, None)
    refused(bikes, "deal add X --account A1 --kind odd", "typical, manual, other", 2)


# --- advance ---------------------------------------------------------------------------------------


def test_advance_under_process_control_leads_to_the_next_stage_and_both_are_in_the_log(bikes: Typed) -> None:
    told = bikes.ok("deal advance D1 --on 2026-11-02 --note 'they know us now'")
    assert (told.out, told.err) == ("D1 10 bikes: Primary contact → Qualification\n", "")
    one = deal(bikes)
    assert (one["stage"], one["stage_at"]) == ("qualification", "2026-11-02")
    assert one["history"][0]["changes"]["stage"] == ["primary_contact", "qualification"]
    assert one["notes"][0]["text"] == "they know us now"


def test_advance_past_a_shut_gate_is_told_and_a_note_does_not_open_it(bikes: Typed) -> None:
    bikes.ok("deal advance D1")
    told = bikes.ok("deal advance D1 --note 'terms agreed'")
    assert told.err == "crm: D1 leaves Qualification without terms (an agreement or sales terms)\n"
    assert stage(bikes) == "offer"


def test_advance_tells_scripts_too(bikes: Typed) -> None:
    assert bikes.json("deal advance D1")["warnings"] == []
    (warning,) = bikes.json("deal advance D1")["warnings"]
    assert warning.startswith("D1 leaves Qualification without")


def test_advance_past_an_open_gate_says_nothing(bikes: Typed) -> None:
    bikes.ok("deal advance D1")
    bikes.ok("deal edit D1 --set terms='30 days net'")
    assert bikes.ok("deal advance D1").err == ""


def test_advance_past_a_shut_gate_is_refused_where_the_house_enforces_gates(bikes: Typed) -> None:
    bikes.ok("config set deal.stage_gate enforce")
    bikes.ok("deal advance D1")
    refused(bikes, "deal advance D1", "--set terms=")
    bikes.ok("deal edit D1 --set terms='30 days net'")
    assert bikes.ok("deal advance D1").err == ""


def test_advance_says_nothing_where_gates_are_off(bikes: Typed) -> None:
    bikes.ok("config set deal.stage_gate off")
    assert bikes.ok("deal advance D1").err + bikes.ok("deal advance D1").err == ""


def test_advance_under_manual_control_knows_no_gates(bikes: Typed) -> None:
    bikes.ok("config set deal.stage_gate enforce")
    bikes.ok("deal edit D1 --kind manual")
    bikes.ok("deal advance D1")
    assert bikes.ok("deal advance D1").out == "D1 10 bikes: Qualification → Offer\n"


def test_advance_at_the_last_stage_is_refused(bikes: Typed) -> None:
    bikes.ok("deal set-stage D1 fulfilment --force --reason x")
    refused(bikes, "deal advance D1", "crm deal win D1")


def test_advance_without_stages_is_refused(bikes: Typed) -> None:
    bikes.ok("deal edit D1 --kind other")
    for verb in ("advance D1", "back D1 --reason x", "set-stage D1 offer --force --reason x"):
        refused(bikes, f"deal {verb}", "kind other, which has no stages")


def test_set_stage_under_manual_control_leads_anywhere(bikes: Typed) -> None:
    bikes.ok("deal edit D1 --kind manual")
    assert bikes.ok("deal set-stage D1 'agreeing terms'").out == "D1 10 bikes: Primary contact → Agreeing terms\n"
    bikes.ok("deal set-stage D1 primary_contact")
    assert stage(bikes) == "primary_contact"


def test_set_stage_under_process_control_is_refused(bikes: Typed) -> None:
    refused(bikes, "deal set-stage D1 offer", "--force --reason")


def test_set_stage_under_process_control_goes_by_force_with_a_reason_only(bikes: Typed) -> None:
    refused(bikes, "deal set-stage D1 offer --force", "--force needs a reason", 2)
    assert bikes.ok("deal set-stage D1 offer --force --reason 'knew us'").err == ""
    one = deal(bikes)
    assert (one["stage"], one["notes"][0]["text"]) == ("offer", "knew us")


def test_set_stage_at_that_stage_or_an_unknown_one_is_refused(bikes: Typed) -> None:
    refused(bikes, "deal set-stage D1 primary_contact --force --reason x", "at Primary contact already")
    refused(bikes, "deal set-stage D1 ofer --force --reason x", "did you mean offer?", 2)


# --- back ------------------------------------------------------------------------------------------


def test_back_under_process_control_leads_one_stage_back_with_a_reason(bikes: Typed) -> None:
    bikes.ok("deal advance D1")
    told = bikes.ok("deal back D1 --reason 'wrong person'")
    assert told.out == "D1 10 bikes: Qualification → Primary contact\n"
    assert (stage(bikes), deal(bikes)["notes"][0]["text"]) == ("primary_contact", "wrong person")


def test_back_under_process_control_without_a_reason_is_refused(bikes: Typed) -> None:
    bikes.ok("deal advance D1")
    refused(bikes, "deal back D1", "--reason", 2)


def test_back_under_manual_control_needs_no_reason(bikes: Typed) -> None:
    bikes.ok("deal edit D1 --kind manual")
    bikes.ok("deal set-stage D1 offer")
    bikes.ok("deal back D1")
    assert stage(bikes) == "qualification"


def test_back_at_the_first_stage_is_refused(bikes: Typed) -> None:
    refused(bikes, "deal back D1 --reason x", "at the first stage")


# --- win -------------------------------------------------------------------------------------------


def test_win_at_the_last_stage_is_won_for_what_was_paid_and_makes_a_customer(bikes: Typed) -> None:
    bikes.ok(f"deal edit D1 {EVERYTHING}")
    bikes.ok("deal set-stage D1 fulfilment --force --reason x")
    seen = bikes.ok("deal win D1 --amount 39900 --json")
    assert (seen.err, seen.json["warnings"]) == ("", [])
    one, account = deal(bikes), bikes.json("account show A1")
    assert (one["status"], one["amount"], one["won_at"]) == ("won", "39900", "2026-11-21T17:30:00Z")
    assert (account["types"], account["customer_since"]) == (["customer"], "2026-11-21T17:30:00Z")


def test_win_through_every_stage_past_open_gates_is_silent_where_gates_are_enforced(bikes: Typed) -> None:
    bikes.ok("config set deal.stage_gate enforce")
    bikes.ok(f"deal edit D1 {EVERYTHING}")
    assert [bikes.ok("deal advance D1").err for _ in range(6)] == [""] * 6
    assert bikes.ok("deal win D1").err == ""


def test_win_at_the_last_stage_past_a_shut_gate_is_told(bikes: Typed) -> None:
    bikes.ok("deal set-stage D1 fulfilment --force --reason x")
    assert "D1 is won at Fulfilment without fulfilment (shipment or payment)" in bikes.ok("deal win D1").err


def test_win_before_the_last_stage_is_told_and_won(bikes: Typed) -> None:
    told = bikes.ok("deal win D1")
    assert told.out == "Won D1 10 bikes: 42000 EUR\n"
    assert told.err == "crm: D1 is won at Primary contact, before Fulfilment\n"
    assert deal(bikes)["status"] == "won"


def test_win_before_the_last_stage_is_refused_where_the_house_enforces_gates(bikes: Typed) -> None:
    bikes.ok("config set deal.stage_gate enforce")
    refused(bikes, "deal win D1", "before Fulfilment crm deal advance D1")


@pytest.mark.parametrize(
    "line", ["config set deal.stage_gate off", "deal edit D1 --kind manual", "deal edit D1 --kind other"]
)
def test_win_anywhere_says_nothing_where_no_process_controls_it(bikes: Typed, line: str) -> None:
    bikes.ok(line)
    assert bikes.ok("deal win D1").err == ""


def test_win_without_an_amount_is_refused_unless_for_nothing(bikes: Typed) -> None:
    bikes.ok("deal edit D1 --unset amount")
    refused(bikes, "deal win D1", "--zero")
    bikes.ok("deal win D1 --zero")
    assert deal(bikes)["amount"] == "0"


def test_win_of_several_takes_no_amount(bikes: Typed) -> None:
    bikes.ok("deal add Chairs --account A1 --amount 5")
    for which in ("D1 D2", "--where status=open", "-"):
        refused(bikes, f"deal win {which} --amount 7 --yes", "of one deal", 2)
    assert len(bikes.json("deal win D1 D2")["warnings"]) == 2


# --- lose ------------------------------------------------------------------------------------------


def test_lose_with_a_reason_keeps_the_stage(bikes: Typed) -> None:
    bikes.ok("deal advance D1")
    bikes.ok("deal lose D1 --reason price")
    one = deal(bikes)
    assert (one["status"], one["reason"], one["lost_at"]) == ("lost", "price", "2026-11-21T17:30:00Z")
    assert (one["lost_stage"], one["lost_stage_name"], one["stage"]) == (
        "qualification",
        "Qualification",
        "qualification",
    )


def test_lose_without_a_reason_is_refused(bikes: Typed) -> None:
    refused(bikes, "deal lose D1", "--reason", 2)
    refused(bikes, "deal lose D1 --reason other", "--note", 2)


def test_lose_to_a_competitor_that_is_an_account(bikes: Typed) -> None:
    bikes.ok("account add 'Velo AG' --type competitor")
    bikes.ok("deal lose D1 --reason competitor --competitor 'velo ag'")
    one = deal(bikes)
    assert (one["competitor"], one["competitor_name"], one["competitor_text"]) == ("A2", "Velo AG", None)
    refused(bikes, "account delete A2 --yes", "D1")


def test_lose_to_a_competitor_that_is_no_account(bikes: Typed) -> None:
    refused(bikes, "deal lose D1 --reason competitor --competitor A9", "A9", 3)
    bikes.ok("deal lose D1 --reason competitor --competitor 'Velo AG'")
    assert (deal(bikes)["competitor"], deal(bikes)["competitor_text"]) == (None, "Velo AG")


# --- hold, resume ----------------------------------------------------------------------------------


def test_hold_and_resume_change_a_flag_only(bikes: Typed) -> None:
    before = deal(bikes)
    bikes.ok("deal hold D1 --reason 'no budget'")
    held = deal(bikes)
    assert (held["on_hold"], held["status"], held["stage_at"]) == (True, "in_progress", before["stage_at"])
    bikes.ok("deal resume D1")
    assert deal(bikes)["on_hold"] is False


def test_what_becomes_of_a_hold_is_told_with_the_move(bikes: Typed) -> None:
    bikes.ok("deal hold D1")
    assert "→ Qualification; still on hold\n" in bikes.ok("deal advance D1").out
    assert bikes.ok("deal win D1 -n").out.endswith("42000 EUR; on hold no more\n")
    assert bikes.ok("deal lose D1 --reason price").out.endswith("price; on hold no more\n")
    assert "hold" not in bikes.ok("deal reopen D1").out


def test_hold_on_hold_and_resume_of_what_is_not_are_refused(bikes: Typed) -> None:
    refused(bikes, "deal resume D1", "not on hold")
    bikes.ok("deal hold D1")
    refused(bikes, "deal hold D1", "crm deal resume D1")


# --- reopen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", CLOSED)
def test_reopen_leads_back_to_the_stage_and_the_outcome_stays_in_the_log(bikes: Typed, end: str) -> None:
    bikes.ok("deal advance D1")
    bikes.ok(f"deal {end}")
    assert bikes.ok("deal reopen D1 --reason 'payment bounced'").out.endswith("→ in_progress\n")
    one = deal(bikes)
    assert (one["status"], one["stage"], one["lost_stage"]) == ("in_progress", "qualification", None)
    assert (one["won_at"], one["lost_at"], one["reason"], one["notes"][0]["text"]) == (
        None,
        None,
        None,
        "payment bounced",
    )
    assert f"deal.{end.split()[0]}" in [entry["cmd"] for entry in one["history"]]


def test_reopen_in_progress_is_refused(bikes: Typed) -> None:
    assert refused(bikes, "deal reopen D1", "neither won nor lost")["code"] == "wrong_state"


def test_reopen_of_the_only_sale_takes_the_customer_back(bikes: Typed) -> None:
    bikes.ok("deal win D1")
    bikes.ok("deal reopen D1")
    assert "customer" not in bikes.json("account show A1")["types"]


# --- won, lost, canceled, deleted ------------------------------------------------------------------


@pytest.mark.parametrize("verb", IN_PROGRESS_ONLY)
@pytest.mark.parametrize("end", CLOSED)
def test_a_closed_deal_is_only_reopened(bikes: Typed, end: str, verb: str) -> None:
    bikes.ok(f"deal {end}")
    refused(bikes, f"deal {verb}", "crm deal reopen D1")


@pytest.mark.parametrize("verb", [*IN_PROGRESS_ONLY, "reopen D1"])
def test_a_canceled_deal_is_dead(crm: Typed, verb: str) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("lead add Jane")
    crm.ok("lead qualify L1 --deal --amount 5")
    crm.ok("lead unqualify L1")
    refused(crm, f"deal {verb}", "D1 is canceled")


@pytest.mark.parametrize("verb", [*IN_PROGRESS_ONLY, "reopen D1"])
def test_a_deleted_deal_is_only_restored(bikes: Typed, verb: str) -> None:
    bikes.ok("deal advance D1")
    bikes.ok("deal delete D1 --yes")
    refused(bikes, f"deal {verb}", "D1 is deleted")
    bikes.ok("deal restore D1")
    assert (deal(bikes)["status"], stage(bikes)) == ("in_progress", "qualification")


# --- assign, unassign ------------------------------------------------------------------------------


def test_assign_gives_deals_to_a_rep_and_unassign_takes_them(bikes: Typed) -> None:
    bikes.ok("deal add Chairs --account A1 --amount 5")
    told = bikes.ok("deal assign D1 D2 --to ana")
    assert told.out.splitlines()[0] == "Assigned D1 10 bikes to Ana (was nobody)"
    bikes.ok("deal unassign D2")
    assert [one["id"] for one in bikes.json("deal list --rep ana")] == ["D1"]


def test_assign_to_a_rep_who_is_off_is_refused(bikes: Typed) -> None:
    bikes.ok("rep deactivate ana")
    refused(bikes, "deal assign D1 --to ana", "crm rep activate R1")


# --- several at once, and dated back ---------------------------------------------------------------


@pytest.mark.parametrize("verb", ["advance", "hold", "win", "lose --reason price", "assign --to ana", "unassign"])
def test_a_refused_one_stops_all_or_is_left_out(bikes: Typed, verb: str) -> None:
    bikes.ok("rep add Bob --handle bob")
    bikes.ok("deal add Chairs --account A1 --amount 5 --rep bob")
    bikes.ok("deal add Lamps --account A1 --amount 5")
    bikes.ok("deal lose D3 --reason price")
    refused(bikes, f"deal {verb} D2 D3", "D3 is lost")
    seen = bikes(f"deal {verb} D2 D3 --keep-going --json")
    assert (seen.code, seen.json["records"][-1]["id"], seen.json["left_out"][0]["ref"]) == (6, "D2", "D3")


def test_deals_come_from_stdin(bikes: Typed) -> None:
    bikes.ok("deal add Chairs --account A1 --amount 5")
    for verb, count in (("hold", 2), ("resume", 2), ("advance", 2), ("back --reason x", 2), ("win", 2), ("reopen", 2)):
        assert len(bikes.ok(f"deal {verb} -", stdin="ID  NAME\nD1  x\nD2\n").out.splitlines()) == count, verb


def test_a_move_that_is_dated_back_takes_its_place_among_the_others(bikes: Typed) -> None:
    bikes.ok("deal set-stage D1 offer --force --reason x --on 2026-11-10")
    bikes.ok("deal advance D1 --on 2026-11-02")
    one = deal(bikes)
    assert (one["stage"], one["stage_at"]) == ("offer", "2026-11-10")
    stages = [entry["changes"]["stage"][1] for entry in reversed(one["history"]) if "stage" in entry["changes"]]
    assert stages == ["primary_contact", "qualification", "offer"]


# --- deals from before there were stages -----------------------------------------------------------


@pytest.fixture
def old(bikes: Typed) -> Typed:
    """A house whose deal is at no stage: it came when there were none."""
    bikes.ok("config set deal.stages ''")
    bikes.ok("deal add Old --account A1 --amount 5")
    bikes.ok("config set deal.stages 'Call,Offer:quote,Delivery'")
    return bikes


def test_a_deal_at_no_stage_is_won_without_a_word(old: Typed) -> None:
    assert old.json("deal show D2")["stage"] is None
    assert old.ok("deal win D2").err == ""


def test_a_deal_at_no_stage_advances_to_the_first(old: Typed) -> None:
    assert old.ok("deal advance D2").out == "D2 Old: no stage → Call\n"


def test_deals_stay_when_the_list_of_stages_changes(old: Typed) -> None:
    assert deal(old)["stage_name"] == "primary_contact (retired)"
    refused(old, "deal advance D1", "no stage of kind typical any more")
    old.ok("deal set-stage D1 offer --force --reason 'new stages'")
    old.ok("config set deal.stages +offer=Proposal:quote")
    assert (deal(old)["stage"], deal(old)["stage_name"]) == ("offer", "Proposal")
    assert old.json("config get deal.stages")["value"] == ["Call", "offer=Proposal:quote", "Delivery"]


def test_a_deal_of_a_kind_that_is_no_more_can_still_be_won(old: Typed) -> None:
    old.ok("deal edit D1 --kind manual")
    old.ok("config set deal.kinds -- -manual:manual")
    refused(old, "deal advance D1", "crm config set deal.kinds +manual:manual")
    assert old.ok("deal win D1").err == ""
