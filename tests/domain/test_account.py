"""Accounts: since when they are customers, and no more."""

from __future__ import annotations

import pytest

from crm_cli.domain.account import Account, AccountStatus
from crm_cli.domain.errors import BadValue

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
