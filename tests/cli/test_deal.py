"""Deals: added, won, lost and taken up again."""

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


def test_nothing_is_won_for_nothing_unless_one_says_so(bikes: Typed) -> None:
    bikes.ok("deal add Gift --account A1")
    seen = bikes("deal win D2 --json")
    assert (seen.code, "--zero" in seen.error["hint"]) == (4, True)
    bikes.ok("deal win D2 --zero")
    assert bikes.json("deal show D2")["amount"] == "0"


def test_a_lost_deal_has_a_reason_of_the_house(bikes: Typed) -> None:
    for line, hint in (("", "price"), ("--reason weather", "price"), ("--reason other", "--note")):
        seen = bikes(f"deal lose D1 {line} --json")
        assert (seen.code, hint in seen.error["hint"]) == (2, True), line
    bikes.ok("deal lose D1 --reason other --note 'plant was closed'")
    one = deal(bikes)
    assert (one["status"], one["reason"], one["lost_at"]) == ("lost", "other", "2026-11-21T17:30:00Z")
    assert one["notes"][0]["text"] == "plant was closed"


@pytest.mark.parametrize("end", ["deal win D1", "deal lose D1 --reason price"])
def test_a_closed_deal_is_neither_won_nor_lost_but_taken_up_again(bikes: Typed, end: str) -> None:
    bikes.ok(end)
    for again in ("deal win D1", "deal lose D1 --reason price"):
        seen = bikes(f"{again} --json")
        assert (seen.code, "crm deal reopen D1" in seen.error["hint"]) == (4, True)
    bikes.ok("deal reopen D1 --reason 'payment bounced'")
    one = deal(bikes)
    assert (one["status"], one["won_at"], one["lost_at"], one["reason"]) == ("in_progress", None, None, None)
    assert one["notes"][0]["text"] == "payment bounced"
    assert end.split()[1] in str([entry["cmd"] for entry in one["history"]])


def test_a_deal_in_the_making_is_not_reopened(bikes: Typed) -> None:
    seen = bikes("deal reopen D1 --json")
    assert (seen.code, seen.error["code"]) == (4, "wrong_state")


def test_a_canceled_deal_is_dead(bikes: Typed) -> None:
    bikes.ok("lead add Jane")
    bikes.ok("lead qualify L1 --deal --amount 5")
    bikes.ok("lead unqualify L1")
    for verb in ("win D2", "lose D2 --reason price", "reopen D2"):
        assert bikes(f"deal {verb}").code == 4, verb


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
