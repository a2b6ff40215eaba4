"""A lead becomes account, contact and deal; and back, with everything that was made for it alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from crm_cli.domain.account import Account, AccountKind, AccountStatus
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import Duplicate, Refused, WrongState
from crm_cli.domain.event import Event, EventStatus
from crm_cli.domain.history import Doc
from crm_cli.domain.lead import Lead, LeadKind, LeadStatus
from crm_cli.usecases.qualify import (
    DealWish,
    Qualified,
    cancel_planned,
    canceled_with,
    mind_namesakes,
    must_be_unknown,
    qualify,
    unqualify,
)
from tests.desk import NOW, MemoryDesk

MARCH, APRIL, MAY = "2026-03-05T10:00:00Z", "2026-04-10T10:00:00Z", "2026-05-20T10:00:00Z"


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


def jane(desk: MemoryDesk, **fields: Any) -> Lead:
    """A person at a company, with a rep and a channel."""
    given: dict[str, Any] = {"company": "Acme", "emails": ("jane@acme.example",), "channel": "web"}
    return desk.add_lead("Jane Doe", now=MARCH, **(given | fields))


def qualified(
    desk: MemoryDesk, lead: str, account: str | None = None, deal: DealWish | None = None, *, on: str | None = None
) -> Qualified:
    with desk.change(on=on, cmd="lead.qualify") as crm:
        owner = crm.accounts.get(account) if account else None
        return qualify(crm, crm.leads.get(lead), owner, deal)


def taken_back(desk: MemoryDesk, lead: str, on: str | None = None) -> None:
    with desk.change(on=on, cmd="lead.unqualify") as crm:
        unqualify(crm, crm.leads.get(lead))


def statuses(desk: MemoryDesk, *ids: str) -> list[str]:
    with desk.look() as crm:
        return [str(getattr(crm.by_id(id), "status", "")) for id in ids]


# --- qualified ---------------------------------------------------------------------------------------


def test_a_person_at_a_company_becomes_its_account_and_a_contact_there(desk: MemoryDesk) -> None:
    desk.add_rep("Ann")
    jane(desk, rep="R1", potential=Decimal(1500), phones=("+493023125001",), position="CEO", city="Berlin")

    done = qualified(desk, "L1")

    account, contact = done.account, done.contact
    assert (account.id, account.name, account.kind, account.city) == ("A1", "Acme", AccountKind.COMPANY, "Berlin")
    assert (account.types, account.customer_since, account.rep, account.channel) == (
        {"customer": True},
        NOW,
        "R1",
        "web",
    )
    assert contact == Contact(
        id="P1",
        name="Jane Doe",
        position="CEO",
        account="A1",
        emails=("jane@acme.example",),
        phones=("+493023125001",),
    )
    assert (done.lead.status, done.lead.account, done.lead.contact, done.lead.deal) == ("qualified", "A1", "P1", None)


def test_a_person_alone_is_account_and_contact_in_one(desk: MemoryDesk) -> None:
    jane(desk, company=None, do_not_contact=True)
    done = qualified(desk, "L1")

    assert (done.account.kind, done.account.name) == (AccountKind.PERSON, "Jane Doe")
    assert done.contact is not None
    assert done.contact.do_not_contact


def test_a_company_becomes_an_account_without_a_contact(desk: MemoryDesk) -> None:
    desk.add_lead("Acme GmbH", kind=LeadKind.COMPANY)
    done = qualified(desk, "L1")

    assert (done.account.kind, done.account.name, done.contact) == (AccountKind.COMPANY, "Acme GmbH", None)


def test_the_deal_is_worth_the_potential_unless_somebody_says_otherwise(desk: MemoryDesk) -> None:
    for number in range(3):
        jane(desk, potential=Decimal(1500), emails=(f"{number}@acme.example",))

    wishes = [DealWish(), DealWish("10 bikes", Decimal(900), "USD"), None]
    deals = [qualified(desk, f"L{number}", deal=wish).deal for number, wish in enumerate(wishes, start=1)]

    assert [(deal.name, deal.amount, deal.currency, deal.lead) if deal else None for deal in deals] == [
        ("Acme", Decimal(1500), "EUR", "L1"),
        ("10 bikes", Decimal(900), "USD", "L2"),
        None,
    ]
    assert deals[0] is not None
    assert (deals[0].account, deals[0].contact, deals[0].status) == ("A1", "P1", DealStatus.IN_PROGRESS)


def test_all_of_it_is_one_operation(desk: MemoryDesk) -> None:
    jane(desk)
    qualified(desk, "L1", deal=DealWish(amount=Decimal(1)))

    with desk.look() as crm:
        entries = crm.snapshot.operation(2)
    assert [entry.kind for entry in entries] == ["operation", "account", "contact", "deal", "lead"]
    assert {entry.cmd for entry in entries} == {"lead.qualify"}


def test_an_account_that_is_linked_becomes_a_customer_and_keeps_what_it_is(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add(Account, name="Acme Holding", city="Hamburg", types={"prospect": True})

    account = qualified(desk, "L1", "A1").account
    assert (account.id, account.name, account.city, account.types) == (
        "A1",
        "Acme Holding",
        "Hamburg",
        {"customer": True},
    )


def test_a_person_who_is_at_the_account_already_is_not_made_again(desk: MemoryDesk) -> None:
    jane(desk, emails=("Jane+news@acme.example",))
    account = desk.add(Account, name="Acme")
    desk.add(Contact, name="Jane Elsewhere", emails=("jane@acme.example",))
    desk.add(Contact, name="Jane M. Doe", account=account.id, emails=("jane@acme.example",))

    contact = qualified(desk, "L1", "A1").contact
    assert contact is not None
    assert (contact.id, contact.name) == ("P2", "Jane M. Doe")


def test_a_closed_lead_is_not_qualified_and_nothing_is_made(desk: MemoryDesk) -> None:
    jane(desk)
    qualified(desk, "L1")
    before = desk.store.log

    with pytest.raises(WrongState, match="L1 is qualified"):
        qualified(desk, "L1")
    assert desk.store.log == before


def test_qualified_on_a_day_it_is_a_customer_from_that_day_on(desk: MemoryDesk) -> None:
    jane(desk)
    done = qualified(desk, "L1", on="2026-04-10")

    with desk.look() as crm:
        assert {crm.history(id)[-1].at for id in ("A1", "P1", "L1")} == {"2026-04-10T00:00:00Z"}
    assert done.account.customer_since == done.lead.qualified_at == "2026-04-10T00:00:00Z"


def test_somebody_who_came_later_does_not_stand_in_the_way_of_a_day_before(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add(Contact, now=MAY, name="Jane", emails=("jane@acme.example",))

    contact = qualified(desk, "L1", on="2026-04-10").contact
    assert contact is not None
    assert contact.id == "P2"


# --- known already -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "known",
    [
        {"emails": ("JANE+x@acme.example",)},
        {"phones": ("+49 30 23125001",)},
        {"tax_id": "de 811-569-869"},
    ],
)
def test_whose_address_belongs_to_an_account_is_known_already(desk: MemoryDesk, known: Doc) -> None:
    jane(desk, phones=("+493023125001",), tax_id="DE811569869")
    desk.add(Account, name="Acme Holding", **known)

    with desk.look() as crm, pytest.raises(Duplicate, match="L1 Jane Doe is known already as A1 Acme") as refusal:
        must_be_unknown(crm, crm.leads.get("L1"))
    assert refusal.value.hint == "link it: --account A1; or make a new one: --new"
    assert refusal.value.details["candidates"] == ["A1"]


def test_who_is_known_as_a_contact_is_offered_the_account_of_that_contact(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add(Account, name="Acme Holding")
    desk.add(Contact, name="Jane", account="A1", emails=("jane@acme.example",))

    with desk.look() as crm, pytest.raises(Duplicate) as refusal:
        must_be_unknown(crm, crm.leads.get("L1"))
    assert (refusal.value.details["candidates"], "--account A1" in str(refusal.value.hint)) == (["P1"], True)


def test_other_leads_and_canceled_accounts_do_not_make_one_known(desk: MemoryDesk) -> None:
    jane(desk)
    jane(desk)
    desk.add(Account, name="Acme", emails=("jane@acme.example",), status=AccountStatus.CANCELED)

    with desk.look() as crm:
        must_be_unknown(crm, crm.leads.get("L1"))


def test_an_account_that_is_called_like_the_new_one_is_told_unless_it_was_taken_back(desk: MemoryDesk) -> None:
    jane(desk, company="ACME GmbH")
    desk.add(Account, name="Acme")
    desk.add(Account, name="Acme", status=AccountStatus.CANCELED)
    desk.add(Account, name="Acme", status=AccountStatus.DELETED)

    with desk.change() as crm:
        mind_namesakes(crm, crm.leads.get("L1"))
        (warning,) = crm.warnings
    assert warning.startswith("A1 Acme is there too")
    assert warning.endswith("crm lead unqualify L1, crm lead qualify L1 --account A1")


# --- taken back --------------------------------------------------------------------------------------


def test_what_was_made_for_the_lead_alone_is_canceled_and_the_lead_is_open_again(desk: MemoryDesk) -> None:
    before = jane(desk, potential=Decimal(100))
    qualified(desk, "L1", deal=DealWish())

    taken_back(desk, "L1")

    assert statuses(desk, "L1", "A1", "P1", "D1") == ["new", "canceled", "canceled", "canceled"]
    after = desk.lead("L1")
    assert after == before.change(updated_at=after.updated_at)


def test_a_won_deal_stands_in_the_way_until_it_is_taken_up_again(desk: MemoryDesk) -> None:
    jane(desk, potential=Decimal(100))
    qualified(desk, "L1", deal=DealWish())
    with desk.change(cmd="deal.win") as crm:
        crm.save(crm.deals.get("D1").win(crm.at))
    before = desk.store.log

    with pytest.raises(Refused, match="D1 is won"):
        taken_back(desk, "L1")
    assert desk.store.log == before


def test_an_account_that_was_there_before_stays_and_the_contact_made_for_the_lead_goes(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add(Account, name="Acme")
    qualified(desk, "L1", "A1")

    taken_back(desk, "L1")

    assert statuses(desk, "L1", "A1", "P1") == ["new", "active", "canceled"]


def test_a_contact_that_was_there_before_stays(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add(Account, name="Acme")
    desk.add(Contact, name="Jane", account="A1", emails=("jane@acme.example",))
    qualified(desk, "L1", "A1")

    taken_back(desk, "L1")

    assert statuses(desk, "A1", "P1") == ["active", "active"]


def test_what_another_lead_or_a_further_deal_stands_on_stays(desk: MemoryDesk) -> None:
    jane(desk)
    desk.add_lead("Joe", emails=("joe@acme.example",))
    qualified(desk, "L1")
    qualified(desk, "L2", "A1")
    taken_back(desk, "L1")
    assert statuses(desk, "L1", "A1", "P1", "P2") == ["new", "active", "canceled", "active"]

    desk.add(Deal, name="Service", account="A1")
    taken_back(desk, "L2")
    assert statuses(desk, "L2", "A1", "P2", "D1") == ["new", "active", "canceled", "in_progress"]


def test_only_a_qualified_lead_is_taken_back(desk: MemoryDesk) -> None:
    jane(desk)

    with pytest.raises(WrongState, match="L1 is new, not qualified"):
        taken_back(desk, "L1")


def test_taken_back_on_a_day_later_changes_of_the_deal_stay_on_top_of_it(desk: MemoryDesk) -> None:
    jane(desk, potential=Decimal(100))
    qualified(desk, "L1", deal=DealWish(), on="2026-04-10")
    with desk.change() as crm:
        crm.save(crm.deals.get("D1").change(name="Renamed"))

    taken_back(desk, "L1", on="2026-05-20")

    with desk.look() as crm:
        canceled = crm.history("D1")[-1]
        assert (canceled.at, set(canceled.fields)) == ("2026-05-20T00:00:00Z", {"status"})
        assert (crm.deals.get("D1").name, crm.deals.get("D1").status) == ("Renamed", DealStatus.CANCELED)


def test_a_canceled_account_that_is_taken_up_again_is_a_customer_since_then(desk: MemoryDesk) -> None:
    jane(desk)
    qualified(desk, "L1", on="2026-04-10")
    taken_back(desk, "L1", on="2026-05-20")

    account = qualified(desk, "L1", "A1").account
    assert (account.status, account.customer_since) == (AccountStatus.ACTIVE, NOW)


# --- what was planned --------------------------------------------------------------------------------


def test_what_was_planned_with_a_lead_that_ended_is_canceled(desk: MemoryDesk) -> None:
    jane(desk)
    plan = {"lead": "L1", "start": "2026-12-01"}
    desk.add(Event, name="Call", **plan)
    desk.add(Event, name="Met", status=EventStatus.COMPLETED, **plan)
    desk.add(Event, name="Call Joe", account="A1", start="2026-12-01")

    with desk.change(cmd="lead.disqualify") as crm:
        ended = crm.leads.get("L1").disqualify("lost", crm.at)
        crm.save(ended)
        cancel_planned(crm, ended)

    assert statuses(desk, "L1", "E1", "E2", "E3") == [LeadStatus.DISQUALIFIED, "canceled", "completed", "planned"]
    with desk.look() as crm:
        assert crm.events.get("E1").canceled_at == NOW
        assert [one.id for one in canceled_with(crm, crm.leads.get("L1"))] == ["E1"]
