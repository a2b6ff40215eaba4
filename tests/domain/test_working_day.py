"""Working days: weekdays that are no holiday, counted from the day after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.working_day import is_working_day, working_days_after, working_days_between

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CHRISTMAS = ("2026-12-24", "2026-12-25", "2026-12-26")


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-11-18", 1, "2026-11-19"),  # Wednesday: the day itself is not counted
        ("2026-11-18", 2, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),  # over a weekend
        ("2026-11-21", 1, "2026-11-23"),  # begun on a Saturday
        ("2026-11-18", 10, "2026-12-02"),
        ("2026-12-23", 1, "2026-12-28"),  # over Christmas
        ("2026-11-18", 0, "2026-11-18"),
    ],
)
def test_deadlines_by_the_calendar(start: str, count: int, due: str) -> None:
    assert working_days_after(date.fromisoformat(start), count, CHRISTMAS) == date.fromisoformat(due)


@pytest.mark.parametrize(("day", "works"), [("2026-11-20", True), ("2026-11-21", False), ("2026-12-25", False)])
def test_people_work_on_weekdays_that_are_no_holiday(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day), CHRISTMAS) is works


@settings(max_examples=60, deadline=None)
@given(days, st.integers(1, 20), st.sets(days, max_size=20))
def test_up_to_the_deadline_lie_exactly_that_many_working_days(start: date, count: int, off: set[date]) -> None:
    holidays = {day.isoformat() for day in off}
    due = working_days_after(start, count, holidays)

    between = [start + timedelta(days=after) for after in range(1, (due - start).days + 1)]
    assert sum(is_working_day(day, holidays) for day in between) == count
    assert is_working_day(due, holidays)


@settings(max_examples=60, deadline=None)
@given(days, st.integers(0, 20), st.sets(days, max_size=20))
def test_to_the_deadline_it_is_as_many_working_days_as_were_given(start: date, count: int, off: set[date]) -> None:
    holidays = {day.isoformat() for day in off}

    assert working_days_between(start, working_days_after(start, count, holidays), holidays) == count


def test_backwards_and_on_the_same_day_there_are_none() -> None:
    friday = date(2026, 11, 20)

    assert working_days_between(friday, friday, ()) == working_days_between(friday, date(2026, 11, 2), ()) == 0
