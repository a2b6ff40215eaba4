"""Accounts: since when they are customers, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_cli.domain.account import Account, AccountStatus, AccountType
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.rep import Rep

ACME = Account(id="A7", name="Acme", types={"prospect": True, "supplier": True})
EARLY, LATE = "2026-03-05T10:00:00Z", "2026-11-20T10:00:00Z"


def test_an_account_needs_a_name() -> None:
    with pytest.raises(BadValue, match="needs a name"):
        ACME.change(name="").checked()
    assert ACME.checked() == ACME


def test_a_prospect_becomes_a_customer_and_stays_whatever_else_it_is() -> None:
    customer = ACME.becomes_customer(LATE)

    assert (customer.types, customer.customer_since) == ({"supplier": True, "customer": True}, LATE)


@pytest.mark.parametrize(("first", "second"), [(EARLY, LATE), (LATE, EARLY)])
def test_it_is_a_customer_from_the_earliest_day_on(first: str, second: str) -> None:
    assert ACME.becomes_customer(first).becomes_customer(second).customer_since == EARLY


def test_a_customer_that_was_canceled_is_one_again_when_it_buys() -> None:
    canceled = ACME.cancel()

    assert canceled.status is AccountStatus.CANCELED
    assert canceled.becomes_customer(LATE).status is AccountStatus.ACTIVE


def test_one_that_is_taken_up_again_has_been_no_customer_before() -> None:
    customer = ACME.becomes_customer(EARLY)

    assert customer.taken_up() == customer
    assert customer.cancel().taken_up().becomes_customer(LATE) == ACME.becomes_customer(LATE)


def test_an_account_that_is_edited_keeps_a_name() -> None:
    assert ACME.edit(city="Berlin").city == "Berlin"
    with pytest.raises(BadValue, match="needs a name"):
        ACME.edit(name=" ")


def test_an_account_is_given_to_a_rep_on_duty_and_taken_from_whoever_has_it() -> None:
    ana = Rep(id="R1", name="Ana")

    assert ACME.assign(ana).rep == "R1"
    assert ACME.assign(ana).unassign() == ACME
    with pytest.raises(Refused, match="R1 Ana is inactive"):
        ACME.assign(ana.deactivate())


def test_it_becomes_something_else_to_us_besides_what_it_is() -> None:
    dealer = ACME.becomes([AccountType.DEALER, AccountType.SUPPLIER], LATE)

    assert (dealer.types, dealer.customer_since) == ({"prospect": True, "supplier": True, "dealer": True}, None)


def test_who_is_said_to_be_a_customer_is_one_since_then_and_a_prospect_no_more() -> None:
    customer = ACME.becomes([AccountType.CUSTOMER], EARLY)

    assert (customer.types, customer.customer_since) == ({"supplier": True, "customer": True}, EARLY)
    assert customer.becomes([AccountType.CUSTOMER], LATE) == customer


def test_who_is_no_customer_any_more_is_so_since_no_day() -> None:
    customer = ACME.becomes_customer(EARLY)

    assert customer.is_no_longer([AccountType.SUPPLIER]).customer_since == EARLY
    assert customer.is_no_longer([AccountType.CUSTOMER]) == ACME.change(types={"supplier": True})


def test_a_deleted_account_is_not_changed() -> None:
    gone = ACME.delete()

    changes: list[Callable[[], Account]] = [
        lambda: gone.edit(city="Berlin"),
        gone.unassign,
        lambda: gone.becomes([AccountType.DEALER], LATE),
        lambda: gone.is_no_longer([AccountType.SUPPLIER]),
    ]
    for change in changes:
        with pytest.raises(WrongState, match="A7 is deleted"):
            change()
