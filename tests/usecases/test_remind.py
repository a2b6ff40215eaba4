"""Who is to be reminded of what: the longest overdue first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.event import Event
from crm_cli.usecases.remind import due_events
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
        return [one.event.id for one in due_events(crm, within)]


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
        told = {one.event.id: (one.overdue, one.late) for one in due_events(crm, HOUR)}
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
        found = due_events(crm, timedelta(), crm.events.where("kind=mail"))
    assert [one.event.id for one in found] == ["E2"]


def test_a_whole_day_begins_in_the_zone_of_the_store() -> None:
    tokyo = MemoryDesk(ZoneInfo("Asia/Tokyo"))
    plan(tokyo, "2026-11-20")

    assert due(tokyo, now="2026-11-19T14:59:59Z") == []
    assert due(tokyo, now="2026-11-19T15:00:00Z") == ["E1"]
