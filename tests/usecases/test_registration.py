"""Registering a lead: what is said about it, who is there already, and where it is put."""

from __future__ import annotations

import pytest

from crm_cli.domain.account import Account
from crm_cli.domain.contact import Contact
from crm_cli.domain.errors import BadValue, Duplicate, Refused
from crm_cli.usecases.reading import number, particulars
from crm_cli.usecases.registration import like_now, registered
from tests.desk import MemoryDesk


def test_a_lead_is_put_where_it_belongs_before_it_is_saved() -> None:
    desk = MemoryDesk()
    desk.add_rep("Ana Silva", handle="ana")
    desk.add_campaign("Spring", "Call", "Demo")
    with desk.change() as crm:
        done = registered(
            crm, {"name": "Jane"}, campaign="Spring", activity="Demo", rep="ana", rating="hot", tags=["vip"]
        )
    lead = desk.lead("L1")
    assert done.is_new
    assert (lead.campaign, lead.activity, lead.rep, lead.rating, lead.tags) == (
        "C1",
        "C1.2",
        "R1",
        "hot",
        {"vip": True},
    )
    assert lead.due is not None


def test_who_is_there_already_is_refused_given_or_allowed() -> None:
    desk = MemoryDesk()
    desk.add_lead("Jane", emails=("jane@x.example",))
    like = {"name": "J", "emails": ("jane@x.example",)}
    with desk.change() as crm:
        with pytest.raises(Duplicate):
            registered(crm, like)
        there = registered(crm, like, if_missing=True)
        assert (there.lead.id, there.is_new, crm.saved) == ("L1", False, {})
        assert registered(crm, like, allow_duplicate=True).lead.id == "L2"


def test_a_deleted_lead_is_no_stand_in_for_a_missing_one() -> None:
    desk = MemoryDesk()
    jane = desk.add_lead("Jane", emails=("jane@x.example",))
    with desk.change() as crm:
        crm.save(jane.delete())
    with desk.change() as crm, pytest.raises(Duplicate, match="deleted"):
        registered(crm, {"name": "Jane", "emails": ("jane@x.example",)}, if_missing=True)


def test_an_activity_needs_its_campaign_and_a_rep_must_be_on_duty() -> None:
    desk = MemoryDesk()
    off = desk.add_rep("Off", handle="off")
    with desk.change() as crm:
        crm.save(off.deactivate())
        with pytest.raises(BadValue):
            registered(crm, {"name": "Jane"}, activity="Demo")
        with pytest.raises(Refused):
            registered(crm, {"name": "Jane"}, rep="off")


def test_what_is_not_given_is_left_out_and_each_value_is_as_it_is_kept() -> None:
    with MemoryDesk().look() as crm:
        fields = particulars(
            crm, email=["Jane@X.example"] * 2, phone=None, channel="WEB", potential="1500.50", city=None
        )
    assert {name: str(value) for name, value in fields.items() if name != "emails"} == {
        "channel": "web",
        "potential": "1500.50",
    }
    assert len(fields["emails"]) == 1


@pytest.mark.parametrize("wrong", [1.5, "much", "1e99", "NaN"])
def test_a_number_is_exact_or_refused(wrong: object) -> None:
    with pytest.raises(BadValue):
        number(wrong, "amount")  # type: ignore[arg-type]
    assert str(number(" 1500.50 ", "amount")) == "1500.50"


def test_what_it_is_put_together_with_is_no_duplicate_of_what_is_changed() -> None:
    desk = MemoryDesk()
    desk.add(Account, name="Jane", emails=("jane@x.example",))
    desk.add(Contact, name="Jane", account="A1", emails=("jane@x.example",))
    desk.add_lead("Jane", emails=("jane@x.example",), account="A1", contact="P1")
    desk.add_lead("Jane", emails=("jane@x.example",))
    with desk.look() as crm:
        for record in (crm.accounts.get("A1"), crm.contacts.get("P1")):
            assert [one.id for one in like_now(crm, record, ["name"])] == ["L2"]
            assert like_now(crm, record, ["city"]) == []
