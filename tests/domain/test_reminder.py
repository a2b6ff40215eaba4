"""What is to be told of a record and when, and what was told already."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.claim import Claim
from crm_cli.domain.event import Event, reminder_codes
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock
from crm_cli.domain.reminder import Mark, Reminder, mark_of, reminder_of

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
DEMO = Event(id="E1", name="Demo", lead="L1", start="2026-11-20T13:00:00Z", remind=reminder_codes(["1d,1h"]))
BROKEN = Claim(id="CL1", name="Broken", account="A1", due="2026-11-20")
JANE = Lead(id="L1", name="Jane", due="2026-11-20")


def at(text: str, zone: ZoneInfo = BERLIN) -> Clock:
    return Clock(datetime.fromisoformat(text), zone)


def told(text: str, event: Event = DEMO) -> tuple[Reminder, Mark]:
    """What is told at that time, and the mark of it."""
    found = reminder_of(event, at(text))
    assert found is not None
    return found, mark_of(found, at(text).now_text)


# --- when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-11-19T13:00:00Z", "2026-11-19T13:00:00Z"),
        ("2026-11-20T11:59:59Z", "2026-11-19T13:00:00Z"),
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"),
        ("2026-12-20T12:00:00Z", "2026-11-20T12:00:00Z"),
    ],
)
def test_an_event_is_told_at_the_latest_of_its_reminders_that_came(now: str, moment: str) -> None:
    assert told(now)[0].moment == moment


def test_before_its_first_reminder_nothing_is_told_unless_one_looks_ahead() -> None:
    before = at("2026-11-19T12:00:00Z")
    assert reminder_of(DEMO, before) is None
    ahead = reminder_of(DEMO, before, timedelta(hours=1))
    assert ahead is not None
    assert (ahead.moment, ahead.overdue) == ("2026-11-19T13:00:00Z", False)


@pytest.mark.parametrize("record", [BROKEN, JANE])
def test_claims_and_leads_are_told_when_their_last_day_is_over(record: Claim | Lead) -> None:
    assert reminder_of(record, at("2026-11-20T22:59:59Z")) is None
    over = reminder_of(record, at("2026-11-20T23:30:00Z"))
    assert over == Reminder(record, "2026-11-20", "2026-11-20T23:00:00Z", True, timedelta(minutes=30))


@pytest.mark.parametrize("record", [BROKEN, JANE])
def test_who_looks_ahead_is_told_how_far_the_end_of_the_day_is_away(record: Claim | Lead) -> None:
    now = at("2026-11-20T21:00:00Z")
    assert reminder_of(record, now, timedelta(minutes=119)) is None
    ahead = reminder_of(record, now, timedelta(hours=2))
    assert ahead is not None
    assert (ahead.overdue, ahead.late) == (False, -timedelta(hours=2))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_on_the_days_when_clocks_change_it_is_told_at_the_end_of_the_day_too(day: str, hours: int) -> None:
    begins = at(f"{day}T00:00:00+0{1 if hours == 23 else 2}:00").now
    ends = begins + timedelta(hours=hours)
    assert reminder_of(BROKEN.change(due=day), Clock(ends - timedelta(seconds=1), BERLIN)) is None
    found = reminder_of(BROKEN.change(due=day), Clock(ends, BERLIN))
    assert found is not None
    assert found.late == timedelta()


def test_without_a_last_day_nothing_is_told() -> None:
    assert reminder_of(BROKEN.change(due=None), at("2026-11-20T22:00:00Z")) is None


# --- once --------------------------------------------------------------------------------------------


def test_what_was_told_is_told_again_only_at_its_next_reminder() -> None:
    _, first = told("2026-11-19T13:00:00Z")
    assert first.covers(told("2026-11-20T11:59:59Z")[0], at("2026-11-20T11:59:59Z"))
    assert not first.covers(told("2026-11-20T12:00:00Z")[0], at("2026-11-20T12:00:00Z"))


@pytest.mark.parametrize("to", ["2026-11-27T13:00:00Z", "2026-11-20T12:30:00Z"])
def test_what_is_moved_is_told_again_even_to_an_earlier_time(to: str) -> None:
    _, mark = told("2026-11-20T12:00:00Z")
    moved, _ = told("2026-11-28T00:00:00Z", DEMO.change(start=to))
    assert not mark.covers(moved, at("2026-11-28T00:00:00Z"))


def test_an_earlier_reminder_that_is_added_later_is_not_told_of() -> None:
    _, mark = told("2026-11-20T12:00:00Z")
    again, _ = told("2026-11-20T12:10:00Z", DEMO.change(remind=reminder_codes(["2d"])))
    assert mark.covers(again, at("2026-11-20T12:10:00Z"))


def test_what_is_overdue_can_be_told_again_and_again() -> None:
    _, mark = told("2026-11-20T14:00:00Z")
    for now, covered in {"2026-11-21T13:59:59Z": True, "2026-11-21T14:00:00Z": False}.items():
        assert mark.covers(told(now)[0], at(now), DAY) is covered
        assert mark.covers(told(now)[0], at(now))


def test_what_is_due_and_not_over_is_not_repeated() -> None:
    long = DEMO.change(end="2026-11-30T13:00:00Z")
    _, mark = told("2026-11-20T14:00:00Z", long)
    assert mark.covers(told("2026-11-25T14:00:00Z", long)[0], at("2026-11-25T14:00:00Z"), DAY)


def test_a_clock_set_back_a_little_repeats_nothing() -> None:
    _, mark = told("2026-11-20T12:30:00Z")
    for now in ("2026-11-20T11:30:00Z", "2026-11-19T13:00:00Z"):
        assert mark.covers(told(now)[0], at(now), DAY)


def test_what_a_clock_told_that_was_wrong_by_years_counts_for_nothing() -> None:
    _, mark = told("2099-11-20T12:30:00Z")
    assert not mark.covers(told("2026-11-20T12:30:00Z")[0], at("2026-11-20T12:30:00Z"))


@settings(max_examples=60, deadline=None)
@given(
    looks=st.lists(st.integers(0, 4 * 24 * 60), min_size=1, max_size=30).map(sorted),
    codes=st.sets(st.sampled_from(["2d", "1d", "90m", "1h", "15m"]), max_size=4),
)
def test_however_often_one_looks_each_reminder_is_told_once_or_overtaken(looks: list[int], codes: set[str]) -> None:
    event, marks = DEMO.change(remind=dict.fromkeys(codes, True)), list[Mark]()
    for minutes in looks:
        clock = Clock(at("2026-11-17T13:00:00Z").now + timedelta(minutes=minutes), BERLIN)
        found = reminder_of(event, clock)
        if found is not None and not (marks and marks[-1].covers(found, clock)):
            marks.append(mark_of(found, clock.now_text))
    moments = [mark.moment for mark in marks]
    assert moments == sorted(set(moments))
    came = [one for one in event.reminders(clock) if one <= clock.now_text]
    assert moments[-1:] == came[-1:]
