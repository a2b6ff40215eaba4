"""A lead's life: every step once for its effect, and every step that cannot be taken once for its refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def jane(crm: Typed) -> Typed:
    """One lead at the first of three activities, a second one in no campaign, and two reps."""
    crm.ok("rep add 'Ana Silva' --handle ana --now 2026-10-01")
    crm.ok("rep add Bob --handle bob --now 2026-10-01")
    crm.ok("campaign add Spring -a Call -a Demo -a Offer --now 2026-10-01")
    crm.ok(
        "lead add 'Jane Doe' --company Acme --email jane@acme.example --campaign C1 --potential 1500 --on 2026-11-01"
    )
    crm.ok("lead add 'John Roe' --on 2026-11-02")
    return crm


def lead(crm: Typed, ref: str = "L1") -> Any:
    return crm.json(f"lead show {ref}")


def refused(crm: Typed, line: str, code: int, hint: str) -> None:
    """The line is refused with this code and a way on, and nothing is written."""
    before = crm.bytes()
    seen = crm(f"{line} --json")
    assert (seen.code, seen.out) == (code, ""), line
    assert hint in seen.error["hint"], seen.error
    assert crm.bytes() == before


# --- reps ----------------------------------------------------------------------------------------


def test_leads_are_given_to_a_rep_in_one_operation(jane: Typed) -> None:
    seen = jane.ok("lead assign L1 L2 --to ana")
    assert "was nobody" in seen.out
    assert [one["rep_name"] for one in jane.json("lead list")] == ["Ana Silva", "Ana Silva"]
    assert lead(jane)["history"][0]["op"] == lead(jane, "L2")["history"][0]["op"]


def test_one_that_cannot_be_assigned_stops_them_all(jane: Typed) -> None:
    jane.ok("lead delete L2 -y")
    refused(jane, "lead assign L1 L2 --to ana", 4, "crm lead restore L2")
    refused(jane, "lead assign L1 L9 --to ana", 3, "crm lead list")


def test_an_inactive_or_unknown_rep_takes_no_leads(jane: Typed) -> None:
    jane.ok("rep deactivate bob")
    refused(jane, "lead assign L1 --to bob", 4, "crm rep activate R2")
    refused(jane, "lead assign L1 --to zoe", 3, "crm rep list")


def test_a_lead_is_taken_from_whoever_has_it(jane: Typed) -> None:
    jane.ok("lead assign L1 --to R2")
    jane.ok("lead unassign L1")
    assert lead(jane)["rep"] is None
    assert jane.json("lead unassign L1")["changed"] == 0


# --- contacted, rated ----------------------------------------------------------------------------


def test_a_lead_is_contacted_once(jane: Typed) -> None:
    jane.ok("lead contacted L1 --on '2026-11-03 15:00'")
    one = lead(jane)
    assert (one["status"], one["contacted_at"]) == ("contacted", "2026-11-03T15:00:00Z")
    refused(jane, "lead contacted L1", 4, "crm lead history L1")


def test_leads_are_rated_by_word_or_by_option(jane: Typed) -> None:
    jane.ok("lead rate L1 hot")
    jane.ok("lead rate L1 L2 --rating COLD")
    assert [one["rating"] for one in jane.json("lead list")] == ["cold", "cold"]
    assert lead(jane)["rating_origin"] == "manual"


def test_there_are_four_ratings(jane: Typed) -> None:
    refused(jane, "lead rate L1 tepid", 2, "hot, warm, cold, junk")
    refused(jane, "lead rate L1", 2, "crm lead rate L12 hot")


# --- campaign and activity -----------------------------------------------------------------------


def test_a_lead_starts_at_the_first_activity_and_goes_on_to_the_last(jane: Typed) -> None:
    assert lead(jane)["activity"] == "C1.1"
    jane.ok("lead advance L1")
    assert "Demo → Spring/Offer" in jane.ok("lead advance L1").out
    assert lead(jane)["activity_name"] == "Offer"
    refused(jane, "lead advance L1", 4, "crm lead set-activity L1")


def test_a_lead_that_is_named_twice_takes_one_step(jane: Typed) -> None:
    jane.ok("lead advance L1 1 jane@acme.example")
    assert lead(jane)["activity_name"] == "Demo"
    jane.ok("lead disqualify L1 1 --reason lost")


def test_a_retired_activity_is_stepped_over(jane: Typed) -> None:
    jane.ok("campaign activity retire C1 Demo")
    jane.ok("lead advance L1")
    assert lead(jane)["activity_name"] == "Offer"


def test_an_activity_is_chosen_by_name_number_or_id(jane: Typed) -> None:
    for activity in ("demo", "2", "c1.2"):
        jane.ok("lead set-activity L1 Offer")
        jane.ok(f"lead set-activity L1 {activity}")
        assert lead(jane)["activity"] == "C1.2", activity


def test_an_activity_must_be_one_of_the_leads_campaign_and_not_retired(jane: Typed) -> None:
    jane.ok("campaign add Autumn -a Fax")
    jane.ok("campaign activity retire C1 Offer")
    refused(jane, "lead set-activity L1 Fax", 3, "Call, Demo")
    refused(jane, "lead set-activity L1 Offer", 4, "crm campaign show C1")
    refused(jane, "lead set-activity L2 Call", 4, "crm lead set-campaign L2")
    refused(jane, "lead advance L2", 4, "crm lead set-campaign L2")


def test_leads_are_put_into_a_campaign_and_taken_out(jane: Typed) -> None:
    jane.ok("campaign add Autumn -a Fax -a Visit")
    jane.ok("lead set-campaign L1 L2 --to Autumn --activity Visit")
    assert [one["activity"] for one in jane.json("lead list")] == ["C2.2", "C2.2"]
    jane.ok("lead set-campaign L1 none")
    assert (lead(jane)["campaign"], lead(jane)["activity"]) == (None, None)


# --- qualify -------------------------------------------------------------------------------------


def test_a_qualified_lead_becomes_account_contact_and_deal(jane: Typed) -> None:
    jane.ok("lead assign L1 --to ana")
    jane.ok("lead qualify L1 --deal")
    one, account, deal = lead(jane), jane.json("account show A1"), jane.json("deal show D1")
    assert (one["status"], one["account"], one["contact"], one["deal"]) == ("qualified", "A1", "P1", "D1")
    assert (account["name"], account["kind"], account["types"]) == ("Acme", "company", ["customer"])
    assert (deal["amount"], deal["currency"], deal["rep"], deal["lead"]) == ("1500", "EUR", "R1", "L1")
    assert jane.json("contact show P1")["account"] == "A1"


def test_the_deal_has_the_amount_that_is_said(jane: Typed) -> None:
    jane.ok("lead qualify L1 --deal --amount 900.10 --currency USD --note 'budget ok'")
    deal = jane.json("deal show D1")
    assert (deal["amount"], deal["currency"]) == ("900.10", "USD")
    assert lead(jane)["notes"][0]["text"] == "budget ok"


def test_without_a_wish_no_deal_is_made_and_a_person_is_its_own_account(jane: Typed) -> None:
    jane.ok("lead qualify L2")
    account = jane.json("account show A1")
    assert (account["name"], account["kind"]) == ("John Roe", "person")
    assert jane.json("deal list") == []


def test_a_company_lead_becomes_an_account_without_a_contact(jane: Typed) -> None:
    jane.ok("lead add 'Nordlicht GmbH' --is-company")
    jane.ok("lead qualify L3")
    assert lead(jane, "L3")["contact"] is None
    assert jane.json("contact list") == []


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ("--email jane@acme.example", ""),
        ("--phone '+49 30 23125100'", "--phone +493023125100"),
        ("--tax-id 'DE 12'", "--tax-id DE12"),
    ],
)
def test_a_lead_that_is_known_already_stops_and_names_who_it_may_be(jane: Typed, theirs: str, mine: str) -> None:
    jane.ok(f"account add Elsewhere {theirs} --allow-duplicate")
    if mine:
        jane.ok(f"lead edit L1 {mine}")
    seen = jane("lead qualify L1 --json")
    assert (seen.code, seen.error["code"], seen.error["details"]["candidates"]) == (4, "duplicate", ["A1"])
    assert "--account A1" in seen.error["hint"]
    assert "--new" in seen.error["hint"]
    assert lead(jane)["status"] == "new"


def test_a_known_contact_leads_to_its_account(jane: Typed) -> None:
    jane.ok("account add 'Acme GmbH'")
    jane.ok("contact add 'Jane Doe' --account A1 --email jane@acme.example --allow-duplicate")
    refused(jane, "lead qualify L1", 4, "--account A1")
    jane.ok("lead qualify L1 --account A1")
    assert lead(jane)["contact"] == "P1"
    assert [one["types"] for one in jane.json("account list")] == [["customer"]]


def test_an_account_is_linked_or_a_new_one_made(jane: Typed) -> None:
    jane.ok("account add Elsewhere --email jane@acme.example --allow-duplicate")
    jane.ok("lead qualify L1 --new")
    jane.ok("lead qualify L2 --account Elsewhere")
    assert [one["account"] for one in jane.json("lead list")] == ["A2", "A1"]


def test_to_link_and_to_make_exclude_one_another(jane: Typed) -> None:
    refused(jane, "lead qualify L1 --new --account A1", 2, "account")
    refused(jane, "lead qualify L1 --account A9", 3, "crm account list")
    refused(jane, "lead qualify L1 --amount much", 2, "1500")


# --- unqualify -----------------------------------------------------------------------------------


def test_what_was_made_for_a_qualification_alone_is_canceled_with_it(jane: Typed) -> None:
    jane.ok("lead contacted L1")
    jane.ok("lead qualify L1 --deal")
    jane.ok("lead unqualify L1 --reason 'wrong person'")
    one = lead(jane)
    assert (one["status"], one["account"], one["deal"]) == ("contacted", None, None)
    assert one["notes"][0]["text"] == "wrong person"
    assert [jane.json(line)["status"] for line in ("account show A1", "contact show P1", "deal show D1")] == [
        "canceled"
    ] * 3
    assert jane.json("account list") == jane.json("deal list") == []


def test_an_account_that_was_linked_stays(jane: Typed) -> None:
    jane.ok("account add Elsewhere")
    jane.ok("lead qualify L1 --account A1")
    jane.ok("lead unqualify L1")
    assert jane.json("account show A1")["status"] == "active"


def test_a_won_deal_stands_in_the_way(jane: Typed) -> None:
    jane.ok("lead qualify L1 --deal")
    jane.ok("deal win D1")
    refused(jane, "lead unqualify L1", 4, "crm deal reopen D1")


def test_an_open_lead_has_nothing_to_take_back(jane: Typed) -> None:
    refused(jane, "lead unqualify L1", 4, "crm lead history L1")


def test_an_unqualified_lead_can_be_qualified_again(jane: Typed) -> None:
    for _ in range(2):
        jane.ok("lead qualify L1 --deal")
        assert lead(jane)["status"] == "qualified"
        jane.ok("lead unqualify L1")
    assert jane.ok("verify").code == 0


def test_all_that_is_canceled_or_taken_up_again_is_told(jane: Typed) -> None:
    jane.ok("lead qualify L1 --deal")
    told = jane.ok("lead unqualify L1").out.splitlines()
    assert sorted(told) == [
        "A1 Acme: active → canceled",
        "D1 Acme: in_progress → canceled",
        "L1 Jane Doe: qualified → new",
        "P1 Jane Doe: active → canceled",
    ]
    assert "A1 Acme: canceled → active\n" in jane.ok("lead qualify L1 --account A1").out


def test_a_second_account_of_one_name_is_told_unless_it_is_wanted(jane: Typed) -> None:
    jane.ok("account add ACME")
    assert "lead qualify L1 --account A1" in jane.ok("lead qualify L1 -n").err
    assert jane.ok("lead qualify L1 --new").err == ""


# --- disqualify and reopen -----------------------------------------------------------------------


def test_a_disqualified_lead_has_a_reason_and_no_more_plans(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at +1d")
    jane.ok("event add Talk --lead L2 --at +1d")
    jane.ok("lead disqualify L1 --reason 'No Budget'")
    one = lead(jane)
    assert (one["status"], one["reason"]) == ("disqualified", "no_budget")
    assert one["disqualified_at"] == "2026-11-21T17:30:00Z"
    assert [event["status"] for event in jane.json("event list")] == ["canceled", "planned"]


def test_what_is_canceled_with_a_lead_is_told_and_again_when_it_is_reopened(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at +1d")
    told = jane.ok("lead disqualify L1 --reason lost").out
    assert told == "Disqualified L1 Jane Doe: lost\nE1 Demo: planned → canceled\n"
    assert jane.ok("lead reopen L1").out == "L1 Jane Doe: disqualified → new; still canceled: E1 Demo\n"


def test_planned_events_can_be_kept(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at +1d")
    jane.ok("lead disqualify L1 --reason lost --keep-events")
    assert jane.json("event show E1")["status"] == "planned"


def test_a_reason_is_one_of_those_of_the_house(jane: Typed) -> None:
    refused(jane, "lead disqualify L1", 2, "no_budget")
    refused(jane, "lead disqualify L1 --reason weather", 2, "no_budget")
    jane.ok("config set lead.reasons +weather")
    jane.ok("lead disqualify L1 --reason weather")


def test_other_must_be_explained(jane: Typed) -> None:
    refused(jane, "lead disqualify L1 --reason other", 2, "--note")
    jane.ok("lead disqualify L1 --reason other --note 'moved abroad'")
    assert lead(jane)["notes"][0]["text"] == "moved abroad"


def test_a_reopened_lead_is_where_it_was(jane: Typed) -> None:
    jane.ok("lead contacted L1")
    jane.ok("lead advance L1")
    jane.ok("lead disqualify L1 --reason lost")
    jane.ok("lead reopen L1 --reason 'has a budget now'")
    one = lead(jane)
    assert (one["status"], one["activity_name"], one["reason"]) == ("contacted", "Demo", None)
    assert (one["disqualified_at"], one["reopen_count"]) == (None, 1)


def test_only_a_disqualified_lead_is_reopened(jane: Typed) -> None:
    refused(jane, "lead reopen L1", 4, "open already")
    jane.ok("lead qualify L1")
    refused(jane, "lead reopen L1", 4, "crm lead unqualify L1")


# --- closed --------------------------------------------------------------------------------------

ENDS = {
    "qualified": ("lead qualify L1", "crm lead unqualify L1"),
    "disqualified": ("lead disqualify L1 --reason lost", "crm lead reopen L1"),
    "deleted": ("lead delete L1 --yes", "crm lead restore L1"),
}
STEPS = (
    "edit L1 --company X",
    "edit L1 --set a=1",
    "tag L1 vip",
    "assign L1 --to ana",
    "unassign L1",
    "contacted L1",
    "rate L1 hot",
    "set-campaign L1 C1",
    "set-activity L1 Demo",
    "advance L1",
    "qualify L1",
    "disqualify L1 --reason lost",
    "delete L1 --yes",
)


@pytest.mark.parametrize("status", ENDS)
def test_a_closed_lead_takes_no_step_and_says_the_way_out(jane: Typed, status: str) -> None:
    end, way_out = ENDS[status]
    jane.ok(end)
    before = jane.bytes()
    for step in STEPS:
        seen = jane(f"lead {step} --json")
        assert (seen.code, seen.error["code"]) == (4, "wrong_state"), step
        assert status in seen.error["message"]
        assert way_out in seen.error["hint"], step
    assert jane.bytes() == before


@pytest.mark.parametrize("status", ENDS)
def test_a_closed_lead_takes_notes_and_shows_its_history(jane: Typed, status: str) -> None:
    jane.ok(ENDS[status][0])
    jane.ok("lead note L1 'called again'")
    assert lead(jane)["notes"][-1]["text"] == "called again"
    assert jane.json("lead history L1")[-1]["cmd"] == "lead.note"


@pytest.mark.parametrize("status", ENDS)
def test_nothing_is_planned_or_logged_with_a_closed_lead(jane: Typed, status: str) -> None:
    jane.ok(ENDS[status][0])
    refused(jane, "event add Call --lead L1 --at +1d", 4, ENDS[status][1])
    refused(jane, "event log Call --lead L1", 4, ENDS[status][1])


# --- dates ---------------------------------------------------------------------------------------


def test_a_whole_life_may_be_typed_today_in_any_order(jane: Typed) -> None:
    jane.ok("lead qualify L1 --deal --on 2026-11-10")
    jane.ok("lead contacted L1 --on 2026-11-05")
    jane.ok("lead advance L1 --on 2026-11-06")
    jane.ok("deal win D1 --on 2026-11-12")
    one = lead(jane)
    assert (one["status"], one["activity_name"]) == ("qualified", "Demo")
    assert (one["contacted_at"][:10], one["qualified_at"][:10]) == ("2026-11-05", "2026-11-10")
    assert jane.ok("verify").code == 0


def test_a_step_between_two_that_exclude_it_is_refused(jane: Typed) -> None:
    jane.ok("lead disqualify L1 --reason lost --on 2026-11-05")
    jane.ok("lead reopen L1 --on 2026-11-10")
    before = jane.bytes()
    assert jane("lead qualify L1 --on 2026-11-07").code == 4
    assert jane("lead qualify L1 --on 2026-11-04").code == 4
    assert jane.bytes() == before
    jane.ok("lead qualify L1 --on 2026-11-11")


def test_a_lead_was_put_into_a_campaign_while_that_ran(jane: Typed) -> None:
    jane.ok("campaign add Autumn --start 2026-11-05 --end 2026-11-10 --now 2026-10-01")
    refused(jane, "lead set-campaign L1 Autumn", 4, "crm campaign edit C2")
    refused(jane, "lead set-campaign L1 Autumn --on 2026-11-04", 4, "crm campaign edit C2")
    jane.ok("lead set-campaign L1 Autumn --on 2026-11-05")
    jane.ok("lead set-campaign L2 Autumn --on 2026-11-10")
    assert [one["campaign_name"] for one in jane.json("lead list")] == ["Autumn", "Autumn"]


def test_a_lead_of_last_week_may_go_to_a_rep_and_a_campaign_that_were_entered_today(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("campaign add Spring -a Call")
    crm.ok("account add Acme")
    crm.ok("lead add Jane --rep ana --campaign Spring --on 2026-11-12")
    crm.ok("lead qualify L1 --account A1 --on 2026-11-13")
    assert crm.json("account show A1")["customer_since"] == "2026-11-13T00:00:00Z"


# --- until when, and how far ---------------------------------------------------------------------


def test_a_rating_tells_until_when_a_lead_is_to_be_answered(jane: Typed) -> None:
    seen = jane.ok("lead rate L2 hot")
    assert seen.out == "Rated L2 John Roe hot (was not rated), to be answered by Tue 2026-11-24\n"
    assert lead(jane, "L2")["due"] == "2026-11-24"
    jane.ok("config set lead.days.cold 3")
    jane.ok("lead rate L2 cold")
    assert lead(jane, "L2")["due"] == "2026-11-05"  # three working days after it came


def test_l7_a_lead_goes_back_only_into_a_campaign_that_runs(jane: Typed) -> None:
    jane.ok("campaign add Later -a Call")
    jane.ok("lead disqualify L1 --reason lost")
    jane.ok("campaign close Spring")
    refused(jane, "lead reopen L1", 4, "--campaign")
    jane.ok("lead reopen L1 --campaign Later")
    assert (lead(jane)["campaign_name"], lead(jane)["activity_name"]) == ("Later", "Call")
    jane.ok("lead disqualify L1 --reason lost")
    jane.ok("lead reopen L1 --campaign none")
    assert lead(jane)["campaign"] is None


def test_the_sale_goes_through_its_stages_and_a_gate_warns_or_refuses(jane: Typed) -> None:
    seen = jane.ok("lead stage L2 next")
    assert seen.out == "L2 John Roe: stage qualify → develop\n"
    assert "L2 leaves stage qualify without an e-mail address or a phone number" in seen.err
    jane.ok("lead stage L2 back")
    jane.ok("config set lead.stage_gate enforce")
    refused(jane, "lead stage L2 propose", 4, "crm lead edit L2")
    assert jane.ok("lead stage L2 propose --force --reason 'they asked'").err == ""
    assert (lead(jane, "L2")["stage"], lead(jane, "L2")["notes"][0]["text"]) == ("propose", "they asked")
    assert jane("lead stage L2 sideways").code == 2
    refused(jane, "lead stage L1 back", 4, "name a stage")


def test_a_dated_rating_under_a_later_one_says_what_stays_on_top(jane: Typed) -> None:
    jane.ok("lead rate L2 hot --on 2026-11-10")
    told = jane.ok("lead rate L2 cold --on 2026-11-05").out
    assert told.startswith("Rated L2 John Roe cold (was not rated)")
    assert "; later entries stay on top: rating hot, due 2026-" in told
    assert "later" not in jane.ok("lead rate L2 warm --on 2026-11-12").out
