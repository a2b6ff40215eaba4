"""The life of a deal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue, Refused, WrongState

AT = "2026-11-20T10:00:00Z"
BIKES = Deal(id="D5", name="10 bikes", account="A7", amount=Decimal(1500), currency="EUR")

VERBS: dict[str, Callable[[Deal], Deal]] = {
    "win": lambda deal: deal.win(AT),
    "lose": lambda deal: deal.lose(AT, "price"),
    "reopen": lambda deal: deal.reopen(),
    "cancel": lambda deal: deal.cancel(),
}
NEXT: dict[str, dict[str, str]] = {
    "in_progress": {"win": "won", "lose": "lost", "cancel": "canceled"},
    "won": {"reopen": "in_progress"},
    "lost": {"reopen": "in_progress", "cancel": "canceled"},
    "canceled": {"cancel": "canceled"},
    "deleted": {},
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", DealStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: DealStatus, verb: str) -> None:
    deal = BIKES.change(status=status)
    if verb in NEXT[status]:
        assert VERBS[verb](deal).status == NEXT[status][verb]
    else:
        with pytest.raises(Refused, match=f"D5 is {status}") as refusal:
            VERBS[verb](deal)
        assert refusal.value.hint


def test_a_deal_needs_an_account_and_no_negative_amount() -> None:
    with pytest.raises(BadValue, match="needs an account"):
        BIKES.change(account=None).checked()
    with pytest.raises(BadValue, match="cannot be negative"):
        BIKES.change(amount=Decimal("-0.01")).checked()
    assert BIKES.change(amount=None).checked().amount is None


def test_a_won_deal_has_its_day_and_the_amount_that_was_paid() -> None:
    assert (BIKES.win(AT).won_at, BIKES.win(AT).amount) == (AT, Decimal(1500))
    assert BIKES.win(AT, Decimal("1399.90")).amount == Decimal("1399.90")
    with pytest.raises(BadValue, match="cannot be negative"):
        BIKES.win(AT, Decimal(-1))


@pytest.mark.parametrize(
    ("known", "paid"), [(None, None), (None, Decimal(0)), (Decimal(0), None), (Decimal(5), Decimal(0))]
)
def test_a_deal_is_won_for_nothing_only_if_that_is_said(known: Decimal | None, paid: Decimal | None) -> None:
    deal = BIKES.change(amount=known)

    with pytest.raises(Refused, match="D5 has no amount"):
        deal.win(AT, paid)
    assert deal.win(AT, paid, zero=True).amount == 0


def test_a_lost_deal_has_its_day_and_reason() -> None:
    lost = BIKES.lose(AT, "price")

    assert (lost.lost_at, lost.reason, lost.amount) == (AT, "price", Decimal(1500))


def test_a_deal_taken_up_again_is_as_if_nothing_had_been_decided() -> None:
    assert BIKES.win(AT).reopen() == BIKES.lose(AT, "price").reopen() == BIKES


def test_a_sale_stands_in_the_way_of_taking_a_lead_back() -> None:
    with pytest.raises(Refused) as refusal:
        BIKES.win(AT).cancel()
    assert "crm deal reopen D5" in str(refusal.value.hint)


def test_a_deal_in_progress_is_not_reopened() -> None:
    with pytest.raises(WrongState, match="neither won nor lost"):
        BIKES.reopen()
