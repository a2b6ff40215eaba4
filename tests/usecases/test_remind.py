"""Who is to be reminded of what: the longest overdue first, and nobody twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.claim import Claim, ClaimStatus
from crm_cli.domain.event import Event
from crm_cli.domain.history import Doc
from crm_cli.domain.lead import LeadStatus
from crm_cli.domain.reminder import Mark, mark_of
from crm_cli.usecases import remind
from tests.desk import MemoryDesk

NOON = "2026-11-20T12:00:00Z"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk() -> MemoryDesk:
    desk = MemoryDesk()
    desk.add_lead("Jane", now="2026-11-01T10:00:00Z")
    return desk


def plan(desk: MemoryDesk, start: str, **fields: Any) -> None:
    desk.add(Event, now="2026-11-02T10:00:00Z", name=f"Call at {start}", lead="L1", start=start, **fields)


def due(desk: MemoryDesk, within: timedelta = timedelta(), now: str = NOON) -> list[str]:
    with desk.look(now) as crm:
        return [one.record.id for one in remind.due(crm, within)]


def untold(desk: MemoryDesk, marks: dict[str, Mark], now: str = NOON) -> dict[str, Mark]:
    """The marks of what has not been told by then."""
    with desk.look(now) as crm:
        found = remind.untold(crm, remind.due(crm), marks)
        return {one.record.id: mark_of(one, now) for one in found}


def test_nothing_is_due_where_nothing_is_planned(desk: MemoryDesk) -> None:
    assert due(desk) == []


def test_what_is_late_the_longest_comes_first_and_what_lies_ahead_last(desk: MemoryDesk) -> None:
    for start in ("2026-11-20T11:00:00Z", "2026-11-18T11:00:00Z", "2026-11-20T12:30:00Z", "2026-11-19"):
        plan(desk, start)

    assert due(desk, HOUR) == ["E2", "E4", "E1", "E3"]
    assert due(desk) == ["E2", "E4", "E1"]


def test_it_is_said_how_late_each_is_and_whether_it_is_over(desk: MemoryDesk) -> None:
    plan(desk, "2026-11-20T11:30:00Z", end="2026-11-20T12:30:00Z")
    plan(desk, "2026-11-20T11:00:00Z")
    plan(desk, "2026-11-20T12:30:00Z")

    with desk.look(NOON) as crm:
        told = {one.record.id: (one.overdue, one.late) for one in remind.due(crm, HOUR)}
    assert told == {"E2": (True, HOUR), "E1": (False, HOUR / 2), "E3": (False, -HOUR / 2)}


def test_an_event_is_due_from_its_own_first_reminder_on(desk: MemoryDesk) -> None:
    plan(desk, "2026-11-21T12:00:00Z", remind={"1d": True, "1h": True})

    assert due(desk, now="2026-11-20T11:59:59Z") == []
    assert due(desk, HOUR, now="2026-11-20T11:00:00Z") == due(desk) == ["E1"]


def test_what_is_done_or_canceled_is_not_due(desk: MemoryDesk) -> None:
    for _ in range(3):
        plan(desk, "2026-11-20T11:00:00Z")
    with desk.change(NOON) as crm:
        crm.save(crm.events.get("E1").done(crm.at, None), crm.events.get("E2").cancel(crm.at, None))

    assert due(desk, now="2026-11-20T13:00:00Z") == ["E3"]


def test_a_filter_of_ones_own_limits_them(desk: MemoryDesk) -> None:
    plan(desk, "2026-11-20T11:00:00Z", kind="call")
    plan(desk, "2026-11-20T11:00:00Z", kind="mail")

    with desk.look(NOON) as crm:
        found = remind.due(crm, timedelta(), {"event": crm.events.where("kind=mail")})
    assert [one.record.id for one in found] == ["E2"]


def test_a_whole_day_begins_in_the_zone_of_the_store() -> None:
    tokyo = MemoryDesk(ZoneInfo("Asia/Tokyo"))
    plan(tokyo, "2026-11-20")

    assert due(tokyo, now="2026-11-19T14:59:59Z") == []
    assert due(tokyo, now="2026-11-19T15:00:00Z") == ["E1"]


# --- claims and leads --------------------------------------------------------------------------------


def late(desk: MemoryDesk) -> None:
    """A claim and a lead that were due on the 18th and 19th."""
    desk.add(Claim, now="2026-11-02T10:00:00Z", name="Broken", account="A1", due="2026-11-18")
    desk.add_lead("Joe", now="2026-11-02T10:00:00Z", due="2026-11-19")


def test_claims_and_leads_past_their_last_day_are_due_with_the_events(desk: MemoryDesk) -> None:
    late(desk)
    plan(desk, "2026-11-19T12:00:00Z")

    assert due(desk) == ["CL1", "E1", "L2"]
    assert due(desk, now="2026-11-19T00:00:00Z") == ["CL1"]
    assert due(desk, timedelta(days=1), now="2026-11-19T00:00:00Z") == ["CL1", "E1", "L2"]


def test_one_may_ask_for_some_kinds_only(desk: MemoryDesk) -> None:
    late(desk)
    with desk.look(NOON) as crm:
        assert [one.record.id for one in remind.due(crm, wanted={"lead": None})] == ["L2"]


def test_what_is_settled_or_answered_is_not_due(desk: MemoryDesk) -> None:
    late(desk)
    with desk.change(NOON) as crm:
        crm.save(crm.claims.get("CL1").change(status=ClaimStatus.SATISFIED))
        crm.save(crm.leads.get("L2").change(status=LeadStatus.CONTACTED))
    assert due(desk) == []


def test_nothing_is_searched_through_for_what_is_due(desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    late(desk)
    looked = list[str]()
    with desk.look(NOON) as crm:
        cls, get = type(crm.snapshot), crm.snapshot.get

        def seen(_: object, kind: str, number: int) -> Doc | None:
            looked.append(f"{kind} {number}")
            return get(kind, number)

        monkeypatch.setattr(cls, "get", seen)
        monkeypatch.setattr(cls, "scan", lambda *_: pytest.fail("a scan reads every record there is"))
        assert len(remind.due(crm)) == 2
    assert looked == ["claim 1", "lead 2"]


# --- once --------------------------------------------------------------------------------------------


def test_what_was_told_is_not_told_again_before_it_is_put_off(desk: MemoryDesk) -> None:
    late(desk)
    plan(desk, "2026-11-20T11:00:00Z")
    marks = untold(desk, {})
    assert [*marks] == ["CL1", "L2", "E1"]
    assert untold(desk, marks, "2026-11-21T12:00:00Z") == {}

    with desk.change(NOON) as crm:
        crm.save(crm.events.get("E1").postpone("2026-11-22", crm.clock), crm.claims.get("CL1").edit(due="2026-11-20"))
    assert [*untold(desk, marks, "2026-11-22T12:00:00Z")] == ["CL1", "E1"]


def test_only_what_is_still_to_be_done_is_kept_in_mind(desk: MemoryDesk) -> None:
    late(desk)
    for _ in range(2):
        plan(desk, "2026-11-20T11:00:00Z")
    with desk.change(NOON) as crm:
        crm.save(crm.events.get("E1").done(crm.at, None), crm.leads.get("L2").disqualify("no_budget", crm.at))
    with desk.look(NOON) as crm:
        assert remind.awaited(crm, ["E1", "E2", "L2", "CL1", "E99"]) == {"E2", "CL1"}
