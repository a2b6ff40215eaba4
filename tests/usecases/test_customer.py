"""Since when an account is a customer: sales, qualified leads and words, told in any order and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli.domain.account import Account, AccountType
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import Refused
from crm_cli.usecases.customer import mind_the_contact, no_longer
from crm_cli.usecases.qualify import qualify, reconsider
from tests.desk import MemoryDesk

MARCH = "2026-03-01T10:00:00Z"


@pytest.fixture
def desk() -> MemoryDesk:
    """A1, there since March, with deals D1 to D3."""
    desk = MemoryDesk()
    desk.add(Account, now=MARCH, name="Acme")
    for number in range(3):
        desk.add(Deal, now=MARCH, name=f"Deal {number}", account="A1", amount=Decimal(5))
    return desk


def acme(desk: MemoryDesk) -> Account:
    with desk.look() as crm:
        return crm.accounts.get("A1")


def win(desk: MemoryDesk, deal: str, day: str) -> None:
    with desk.change(on=day, cmd="deal.win") as crm:
        crm.save(crm.accounts.get("A1").becomes_customer(crm.at))
        crm.save(crm.deals.get(deal).win(crm.when))


def reopen(desk: MemoryDesk, deal: str) -> None:
    with desk.change(cmd="deal.reopen") as crm:
        crm.save(crm.deals.get(deal).reopen())
        reconsider(crm, crm.accounts.get("A1"))


def edit(desk: MemoryDesk, day: str | None, *types: AccountType) -> None:
    with desk.change(on=day, cmd="account.edit") as crm:
        crm.save(crm.accounts.get("A1").becomes(types, crm.at))


@pytest.mark.parametrize("days", [("05", "06", "07"), ("07", "06", "05"), ("06", "05", "07"), ("06", "07", "05")])
def test_a_customer_is_one_since_the_first_sale_in_whatever_order_sales_are_told(
    desk: MemoryDesk, days: tuple[str, ...]
) -> None:
    for number, month in enumerate(days, start=1):
        win(desk, f"D{number}", f"2026-{month}-02")

    assert acme(desk).customer_since == "2026-05-02T00:00:00Z"


def test_when_the_first_sale_is_taken_back_it_is_one_since_the_second(desk: MemoryDesk) -> None:
    win(desk, "D1", "2026-05-02")
    win(desk, "D2", "2026-06-02")
    reopen(desk, "D1")
    assert acme(desk).customer_since == "2026-06-02T00:00:00Z"

    reopen(desk, "D2")
    assert (acme(desk).customer_since, acme(desk).types) == (None, {"prospect": True})


def test_a_sale_that_is_told_after_another_was_taken_back_counts_alone(desk: MemoryDesk) -> None:
    win(desk, "D1", "2026-05-02")
    reopen(desk, "D1")
    win(desk, "D2", "2026-11-20")

    assert acme(desk).customer_since == "2026-11-20T10:00:00Z"


def test_who_was_said_to_be_a_customer_is_one_without_sales(desk: MemoryDesk) -> None:
    edit(desk, "2026-07-02", AccountType.CUSTOMER)
    win(desk, "D1", "2026-05-02")
    reopen(desk, "D1")

    assert acme(desk).customer_since == "2026-07-02T00:00:00Z"


def test_a_customer_that_has_bought_something_cannot_be_said_to_be_none(desk: MemoryDesk) -> None:
    edit(desk, None, AccountType.CUSTOMER)
    with desk.look() as crm:
        assert no_longer(crm, acme(desk), [AccountType.CUSTOMER]).types == {}
    win(desk, "D1", "2026-05-02")

    with desk.look() as crm, pytest.raises(Refused, match="A1 Acme is a customer by D1 Deal 0") as refusal:
        no_longer(crm, acme(desk), [AccountType.CUSTOMER])
    assert refusal.value.hint == "take that back: crm deal reopen D1"


def test_a_qualified_lead_makes_a_customer_that_only_taking_it_back_unmakes(desk: MemoryDesk) -> None:
    lead = desk.add_lead("Jane", now=MARCH)
    with desk.change(on="2026-04-02", cmd="lead.qualify") as crm:
        qualify(crm, lead, crm.accounts.get("A1"), None)

    with desk.look() as crm, pytest.raises(Refused) as refusal:
        no_longer(crm, acme(desk), [AccountType.CUSTOMER])
    assert refusal.value.hint == "take that back: crm lead unqualify L1"


@pytest.mark.parametrize(
    ("account", "contact", "told"),
    [("A1", "P1", 1), ("A2", "P1", 0), ("A1", "P2", 0), (None, "P1", 0), ("A1", None, 0)],
)
def test_a_contact_of_another_account_is_told(
    desk: MemoryDesk, account: str | None, contact: str | None, told: int
) -> None:
    desk.add(Account, name="Elsewhere")
    desk.add(Contact, name="Joe", account="A2")
    desk.add(Contact, name="Free")
    with desk.change() as crm:
        mind_the_contact(crm, account, contact)
        assert crm.warnings == ["P1 Joe is at A2 Elsewhere, not at A1 Acme"] * told
