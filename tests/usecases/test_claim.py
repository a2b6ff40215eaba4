"""What the house says about claims: the date due, the causes there are, who complains, and where."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.account import Account
from crm_cli.domain.claim import Claim, Priority
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue
from crm_cli.domain.event import Event, EventKind
from crm_cli.usecases.claim import causes, claimant, due, edited, told_in
from tests.desk import MemoryDesk

CLAIM = Claim(id="CL1", name="Noise", account="A1", registered_at="2026-11-20", due="2026-11-24")


@pytest.fixture
def desk() -> MemoryDesk:
    """A house with an account, somebody there, and a deal with them."""
    desk = MemoryDesk()
    desk.add(Account, name="Acme")
    desk.add(Contact, name="Max", account="A1")
    desk.add(Deal, name="Bikes", account="A1", contact="P1")
    return desk


@pytest.mark.parametrize(("priority", "day"), [("high", "2026-11-23"), ("normal", "2026-11-24"), ("low", "2026-11-27")])
def test_the_date_due_lies_so_many_working_days_after_it_was_registered(
    desk: MemoryDesk, priority: str, day: str
) -> None:
    with desk.look() as crm:
        assert due(crm, Priority(priority), "2026-11-20") == day


def test_the_day_it_was_registered_is_that_of_the_zone() -> None:
    late = "2026-11-18T23:30:00Z"
    with MemoryDesk(ZoneInfo("Europe/Berlin")).look() as crm:
        assert due(crm, Priority.HIGH, late) == "2026-11-20"
    with MemoryDesk().look() as crm:
        assert due(crm, Priority.HIGH, late) == "2026-11-19"


def test_another_priority_sets_the_date_due_anew_from_the_day_it_was_registered(desk: MemoryDesk) -> None:
    with desk.look(now="2026-12-10T10:00:00Z") as crm:
        assert edited(crm, CLAIM, {"priority": Priority.LOW}).due == "2026-11-27"


def test_a_date_due_that_is_given_or_was_set_stays(desk: MemoryDesk) -> None:
    promised = CLAIM.change(due="2026-12-01")
    with desk.look() as crm:
        assert edited(crm, CLAIM, {"priority": Priority.LOW, "due": "2026-12-03"}).due == "2026-12-03"
        assert edited(crm, promised, {"text": "bent"}).due == "2026-12-01"
        assert edited(crm, promised, {"priority": Priority.NORMAL}).due == "2026-12-01"


def test_a_date_due_before_it_was_registered_is_refused_where_it_is_given(desk: MemoryDesk) -> None:
    long_due = CLAIM.change(due="2026-11-19")
    with desk.look() as crm:
        with pytest.raises(BadValue, match="cannot be due 2026-11-19"):
            edited(crm, CLAIM, {"due": "2026-11-19"})
        assert edited(crm, long_due, {"text": "bent"}).text == "bent"


def test_any_cause_will_do_while_none_are_listed(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        assert causes(crm, ["Transport/Broken", "fire"]) == ["transport/broken", "fire"]
        assert causes(crm, None) == []


def test_only_listed_causes_and_their_categories_will_do_once_there_are_some(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        crm.set("claim.causes", ["transport/broken", "wrong_part/left"])
        assert causes(crm, ["Transport", "wrong part / left"]) == ["transport", "wrong_part/left"]
        with pytest.raises(BadValue, match="cause 'transport/lost' is not known") as refusal:
            causes(crm, ["transport/lost"])
    assert refusal.value.details["allowed"] == ["transport/broken", "wrong_part/left", "transport", "wrong_part"]


def test_a_contact_complains_for_the_account_it_is_at(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        assert claimant(crm, None, "Max") == {"account": "A1", "contact": "P1"}
        assert claimant(crm, "Acme", None) == {"account": "A1"}
        assert claimant(crm, None, None) == {}


def test_a_claimant_who_is_at_another_account_is_told(desk: MemoryDesk) -> None:
    desk.add(Account, name="Elsewhere")
    desk.add(Claim, name="Noise", account="A1", registered_at="2026-11-20", due="2026-11-24")
    with desk.change() as crm:
        assert claimant(crm, "A2", "P1") == {"account": "A2", "contact": "P1"}
        assert claimant(crm, None, "P1") == {"account": "A1", "contact": "P1"}
        moved = edited(crm, edited(crm, crm.claims.get("CL1"), {"contact": "P1"}), {"account": "A2"})
        edited(crm, moved, {"text": "loud"})
        assert crm.warnings == ["P1 Max is at A1 Acme, not at A2 Elsewhere"] * 2


@pytest.mark.parametrize("about", [{"account": "A1"}, {"contact": "P1"}, {"deal": "D1"}])
def test_a_conversation_says_who_complains_how_and_in_which_words(desk: MemoryDesk, about: dict[str, Any]) -> None:
    event = Event(id="E1", name="Call", kind=EventKind.MAIL, result="gears howl", rep="R1", **about)
    with desk.look() as crm:
        told = told_in(crm, event)

    assert told == {
        "account": "A1",
        **({} if "account" in about else {"contact": "P1"}),
        "text": "gears howl",
        "source": "mail",
        "rep": "R1",
        "event": "E1",
    }
