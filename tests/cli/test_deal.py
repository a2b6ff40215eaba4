"""Deals: added, changed, listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def bikes(crm: Typed) -> Typed:
    """An account with one deal."""
    crm.ok("account add Acme --on 2026-10-01")
    crm.ok("deal add '10 bikes' --account A1 --amount 42000 --on 2026-10-02")
    return crm


def deal(crm: Typed) -> Any:
    return crm.json("deal show D1")


def test_everything_said_about_a_deal_is_kept(bikes: Typed) -> None:
    bikes.ok("rep add Ana --handle ana")
    bikes.ok("contact add Max --account A1")
    bikes.ok(
        "deal add Service --account acme --contact P1 --amount 1200.50 --currency usd --expected eom --rep ana"
        " --external-id d9 --tag yearly --set po=7"
    )
    one = bikes.json("deal show Service")
    assert (one["amount"], one["currency"], one["expected_close"]) == ("1200.50", "USD", "2026-11-30")
    assert (one["account_name"], one["contact"], one["rep_name"], one["status"]) == ("Acme", "P1", "Ana", "in_progress")
    assert (one["external_id"], one["tags"], one["custom"]) == ("d9", ["yearly"], {"po": "7"})


def test_a_contact_who_is_at_another_account_is_told(bikes: Typed) -> None:
    bikes.ok("account add Elsewhere")
    bikes.ok("contact add Max --account A2")
    told = "crm: P1 Max is at A2 Elsewhere, not at A1 Acme\n"
    assert bikes.ok("deal add Service --account A1 --contact P1").err == told
    assert bikes.ok("deal edit D2 --account A2").err == bikes.ok("deal edit D2 --amount 7").err == ""
    assert bikes.ok("deal edit D2 --account A1").err == told


def test_the_currency_of_the_house_is_taken(bikes: Typed) -> None:
    assert deal(bikes)["currency"] == "EUR"
    bikes.ok("config set currency CHF")
    assert bikes.json("deal add X --account A1")["records"][0]["currency"] == "CHF"


def test_a_deal_needs_an_account_and_an_amount_that_is_one(bikes: Typed) -> None:
    assert bikes("deal add X").code == 2
    assert bikes("deal add X --account A9").code == 3
    for bad in ("--amount -1", "--amount 1.000,50", "--amount NaN", "--currency EURO", "--expected 'fri 14:00'"):
        assert bikes(f"deal add X --account A1 {bad}").code == 2, bad


def test_a_won_deal_makes_a_customer_of_its_account(bikes: Typed) -> None:
    bikes.ok("deal win D1 --amount 39900.90 --on 2026-11-02")
    one, account = deal(bikes), bikes.json("account show A1")
    assert (one["status"], one["amount"], one["won_at"]) == ("won", "39900.90", "2026-11-02")
    assert (account["types"], account["customer_since"]) == (["customer"], "2026-11-02T00:00:00Z")


def test_a_lost_deal_has_a_reason_of_the_house(bikes: Typed) -> None:
    for line, hint in (("", "price"), ("--reason weather", "price"), ("--reason other", "--note")):
        seen = bikes(f"deal lose D1 {line} --json")
        assert (seen.code, hint in seen.error["hint"]) == (2, True), line
    bikes.ok("deal lose D1 --reason other --note 'plant was closed'")
    one = deal(bikes)
    assert (one["status"], one["reason"], one["lost_at"]) == ("lost", "other", "2026-11-21T17:30:00Z")
    assert one["notes"][0]["text"] == "plant was closed"


def test_deals_are_listed_by_status_account_and_rep(bikes: Typed) -> None:
    bikes.ok("account add Other")
    bikes.ok("deal add Chairs --account Other --amount 5")
    bikes.ok("deal win D2")
    assert [one["id"] for one in bikes.json("deal list --status won")] == ["D2"]
    assert [one["id"] for one in bikes.json("deal list --account Acme --rep none")] == ["D1"]
    assert [one["id"] for one in bikes.json("deal list --sort -amount")] == ["D1", "D2"]


def test_a_deal_is_not_won_before_it_was_made(bikes: Typed) -> None:
    before = bikes.bytes()
    assert bikes("deal win D1 --on 2026-10-01").code == 4
    assert bikes("deal win D1 --on tomorrow").code == 2
    assert bikes.bytes() == before


# --- edit ------------------------------------------------------------------------------------------


def test_every_particular_can_be_changed_and_emptied(bikes: Typed) -> None:
    bikes.ok("rep add Ana --handle ana")
    bikes.ok("account add Other")
    bikes.ok("contact add Max --account A1")
    bikes.ok(
        "deal edit D1 --name Bikes --account Other --contact Max --amount 7.50 --currency chf --expected eom --rep ana"
        " --external-id d9 --tag big --set po=7"
    )
    one = deal(bikes)
    assert (one["name"], one["account_name"], one["contact"], one["rep_name"]) == ("Bikes", "Other", "P1", "Ana")
    assert (one["amount"], one["currency"], one["expected_close"]) == ("7.50", "CHF", "2026-11-30")
    assert (one["external_id"], one["tags"], one["custom"]) == ("d9", ["big"], {"po": "7"})
    bikes.ok("deal edit D1 --unset amount --unset contact --unset rep --unset expected_close --set po=")
    one = deal(bikes)
    assert [one[name] for name in ("amount", "contact", "rep", "expected_close", "custom")] == [None] * 4 + [{}]


def test_an_edit_says_what_changed_and_nothing_else_does(bikes: Typed) -> None:
    assert bikes.ok("deal edit D1 --amount 45000").out == "Edited D1: amount 42000 → 45000\n"
    assert bikes.ok("deal edit D1 --amount 45000").out == "Nothing to change.\n"
    assert deal(bikes)["currency"] == "EUR"


def test_an_edit_refuses_what_cannot_be(bikes: Typed) -> None:
    before = bikes.bytes()
    for bad in ("--name ''", "--amount -1", "--unset account", "--unset status", "--kind odd", "--currency EURO"):
        assert bikes(f"deal edit D1 {bad}").code == 2, bad
    assert bikes("deal edit D1 --rep nobody").code == 3
    assert bikes.bytes() == before


def test_a_deal_of_another_kind_stays_at_its_stage_if_that_has_it(bikes: Typed) -> None:
    bikes.ok("config set deal.kinds +project:manual")
    bikes.ok("config set deal.stages '+project/Plan,project/Build'")
    bikes.ok("deal advance D1")
    bikes.ok("deal edit D1 --kind manual")
    assert (deal(bikes)["kind"], deal(bikes)["stage"]) == ("manual", "qualification")
    bikes.ok("deal edit D1 --kind project")
    assert (deal(bikes)["stage"], deal(bikes)["stage_name"]) == ("plan", "Plan")


# --- list ------------------------------------------------------------------------------------------


@pytest.fixture
def four(bikes: Typed) -> Typed:
    """Four deals: D2 is closed, D3 on hold, D4 at another stage and expected."""
    bikes.ok("contact add Max --account A1")
    bikes.ok("deal add Chairs --account A1 --amount 5 --expected 2026-11-25")
    bikes.ok("deal win D2")
    bikes.ok("deal add Lamps --account A1 --amount 5 --contact Max")
    bikes.ok("deal hold D3")
    bikes.ok("deal add Tables --account A1 --kind manual --expected 2026-11-30")
    bikes.ok("deal set-stage D4 'Agreeing terms'")
    return bikes


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ("--status open", "D1 D3 D4"),
        ("--where status=open", "D1 D3 D4"),
        ("--on-hold", "D3"),
        ("--stage agreeing_terms", "D4"),
        ("--stage 'Agreeing terms'", "D4"),
        ("--stage 'primary contact,agreeing terms' --status open", "D1 D3 D4"),
        ("--stage none", ""),
        ("--kind manual", "D4"),
        ("--contact Max", "D3"),
        ("--closing-by eom", "D4"),
        ("--closing-by 2026-11-29", ""),
        ("--closing-by eom --status won", "D2"),
    ],
)
def test_a_short_cut_finds(four: Typed, options: str, ids: str) -> None:
    assert [one["id"] for one in four.json(f"deal list {options}")] == ids.split()


def test_the_table_shows_the_stage_by_its_name(four: Typed) -> None:
    lines = four.ok("deal list").out.splitlines()
    assert lines[0].split() == ["ID", "NAME", "ACCOUNT", "STATUS", "STAGE", "AMOUNT", "CURRENCY", "REP", "WON"]
    assert "Agreeing terms" in lines[4]


def test_an_unknown_stage_is_answered_with_all_there_are(four: Typed) -> None:
    seen = four("deal list --stage ofer --json")
    assert (seen.code, "did you mean offer?" in seen.error["hint"]) == (2, True)
