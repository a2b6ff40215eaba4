"""Records taken for a mistake: what stands in the way of deleting one, and of bringing it back."""

from __future__ import annotations

import pytest

from crm_cli.domain.account import Account
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.claim import Claim, ClaimStatus
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import Refused, WrongState
from crm_cli.domain.event import Event, EventStatus
from crm_cli.domain.lead import Lead
from crm_cli.domain.record import Record
from crm_cli.domain.rep import Rep, RepStatus
from crm_cli.usecases.removal import deleted, restored
from tests.desk import MemoryDesk

LATER = "2026-11-21T10:00:00Z"
EVERY = (
    Lead(id="L1", name="Jane"),
    Campaign(id="C1", name="Spring"),
    Campaign(id="C1", name="Spring").close("2026-11-20"),
    Rep(id="R1", name="Ana", status=RepStatus.INACTIVE),
    Account(id="A1", name="Acme"),
    Contact(id="P1", name="Eve"),
    Deal(id="D1", name="Bikes", account="A1"),
    Event(id="E1", name="Call", lead="L1", start="2026-11-20", status=EventStatus.COMPLETED),
    Event(id="E1", name="Call", lead="L1", start="2026-11-20"),
    Claim(id="CL1", name="Late", account="A1", status=ClaimStatus.PROCESSING),
)


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


def delete(desk: MemoryDesk, record: Record) -> None:
    with desk.change(LATER) as crm:
        crm.save(deleted(crm, crm.by_id(record.id)))


def restore(desk: MemoryDesk, record: Record) -> Record:
    with desk.change(LATER) as crm:
        crm.save(restored(crm, crm.by_id(record.id)))
        return crm.by_id(record.id)


@pytest.mark.parametrize("record", EVERY, ids=lambda one: f"{one.KIND} {one.status}")
def test_any_kind_of_record_is_deleted_and_comes_back_as_it_was(desk: MemoryDesk, record: Record) -> None:
    with desk.change() as crm:
        around = [one for one in (Account(id="A1", name="Acme"), Lead(id="L1", name="Jane")) if one.id != record.id]
        crm.save(*around, record)
    with desk.look() as crm:
        before = crm.by_id(record.id)
    delete(desk, record)
    with pytest.raises(WrongState, match=f"{record.id} is deleted"):
        delete(desk, record)

    assert restore(desk, record).change(updated_at="") == before.change(updated_at="")
    with pytest.raises(WrongState, match="not deleted"):
        restore(desk, record)


@pytest.mark.parametrize(
    ("record", "way"),
    [
        (Lead(id="L1", name="Jane").disqualify("lost", LATER), "crm lead reopen"),
        (Deal(id="D1", name="Bikes", account="A1", status=DealStatus.WON), "crm deal reopen"),
        (Claim(id="CL1", name="Late", account="A1", status=ClaimStatus.SATISFIED), "crm claim"),
    ],
    ids=lambda one: getattr(one, "KIND", ""),
)
def test_what_has_ended_is_no_mistake(desk: MemoryDesk, record: Record, way: str) -> None:
    with desk.change() as crm:
        crm.save(record)
        with pytest.raises(WrongState) as refusal:
            deleted(crm, record)
    assert way in str(refusal.value.hint)


def test_what_others_point_to_is_not_deleted_and_they_are_named(desk: MemoryDesk) -> None:
    acme = desk.add(Account, name="Acme")
    desk.add(Contact, name="Eve", account=acme.id)
    desk.add(Deal, name="Bikes", account=acme.id)

    with pytest.raises(Refused, match="A1 Acme is still needed by") as refusal:
        delete(desk, acme)

    assert refusal.value.details["needed_by"] == ["P1", "D1"]
    assert "P1 Eve" in refusal.value.message
    assert "crm contact delete P1" in str(refusal.value.hint)


def test_a_record_may_go_behind_those_that_pointed_to_it_and_come_back_before_them(desk: MemoryDesk) -> None:
    acme = desk.add(Account, name="Acme")
    eve = desk.add(Contact, name="Eve", account=acme.id)
    delete(desk, eve)
    delete(desk, acme)

    with pytest.raises(Refused, match="P1 Eve belongs to A1 Acme, which is deleted") as refusal:
        restore(desk, eve)

    assert "crm account restore A1" in str(refusal.value.hint)
    restore(desk, acme)
    assert restore(desk, eve).title == "Eve"


def test_nothing_new_is_put_together_with_what_is_deleted(desk: MemoryDesk) -> None:
    ana = desk.add(Rep, name="Ana")
    spring = desk.add(Campaign, name="Spring").add_activity("Call")[0]
    with desk.change() as crm:
        crm.save(spring)
    delete(desk, ana)
    delete(desk, spring)

    with desk.change() as crm:
        for field, ref in (("rep", "R1"), ("campaign", "C1"), ("activity", "C1.1")):
            with pytest.raises(Refused, match="is deleted"):
                crm.save(Lead(id="L1", name="Jane").change(**{field: ref}))


def test_a_lead_that_was_found_to_have_been_contacted_comes_back_contacted(desk: MemoryDesk) -> None:
    jane = desk.add_lead("Jane")
    delete(desk, jane)
    with desk.change(LATER, on="2026-11-20T12:00:00Z") as crm:
        crm.save(crm.leads.get("L1").contacted(crm.at))

    back = restore(desk, jane)
    assert isinstance(back, Lead)
    assert back.status == "contacted"


def test_what_belongs_to_something_that_is_deleted_by_now_does_not_come_back_on_a_day_before(desk: MemoryDesk) -> None:
    desk.add_rep("Ana", now="2026-11-01T10:00:00Z")
    desk.add_lead("Jane", now="2026-11-02T10:00:00Z", rep="R1")
    for day, id in (("2026-11-03", "L1"), ("2026-11-05", "R1")):
        with desk.change(on=day) as crm:
            crm.save(deleted(crm, crm.by_id(id)))

    with desk.change(on="2026-11-04") as crm, pytest.raises(Refused, match="L1 Jane belongs to R1 Ana"):
        restored(crm, crm.by_id("L1"))


def test_what_belonged_to_something_deleted_then_comes_back_once_that_is_there_again(desk: MemoryDesk) -> None:
    test_what_belongs_to_something_that_is_deleted_by_now_does_not_come_back_on_a_day_before(desk)
    with desk.change() as crm:
        crm.save(restored(crm, crm.by_id("R1")))

    with desk.change(on="2026-11-06") as crm:
        crm.save(restored(crm, crm.by_id("L1")))
    assert desk.lead("L1").status == "new"


def test_a_rep_who_has_worked_is_sent_off_duty_instead(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        crm.save(Rep(id="R1", name="Ana"), Lead(id="L1", name="Jane", rep="R1"))
    with desk.look() as crm, pytest.raises(Refused) as refusal:
        deleted(crm, crm.reps.get("R1"))
    assert str(refusal.value.hint).endswith("crm rep deactivate R1")
    assert "delete" not in str(refusal.value.hint)
