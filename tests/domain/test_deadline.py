"""Until when a lead is to be answered, by its rating."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.domain.deadline import HOTTEST_FIRST, Deadlines

HOUSE = Deadlines({"hot": 2, "warm": 5, "cold": 10}, frozenset({"2026-12-25"}))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("rating", "day", "due"),
    [
        ("hot", "2026-11-20", "2026-11-24"),  # Friday: Monday and Tuesday
        ("hot", "2026-11-21", "2026-11-24"),
        ("warm", "2026-11-20", "2026-11-27"),
        ("cold", "2026-11-20", "2026-12-04"),
        ("hot", "2026-12-23", "2026-12-28"),  # Christmas Day is a holiday
    ],
)
def test_the_day_it_starts_on_is_not_counted(rating: str, day: str, due: str) -> None:
    assert HOUSE.due(None, rating, day, day, None) == HOUSE.after(rating, day) == due


def test_what_it_starts_on_is_a_day_in_the_zone_of_the_house() -> None:
    berlin = Deadlines({"cold": 10}, zone=ZoneInfo("Europe/Berlin"))
    assert berlin.due("hot", "cold", "2026-10-25T23:00:00Z", "2026-10-26", None) == "2026-11-09"
    assert berlin.due("hot", "cold", "2026-10-25T22:59:59Z", "2026-10-26", None) == "2026-11-06"


def test_junk_has_no_deadline() -> None:
    assert HOUSE.due("hot", "junk", "2026-11-20", "2026-11-20", "2026-11-24") is None


def test_one_that_is_raised_keeps_the_earlier_of_both_days() -> None:
    assert HOUSE.due("cold", "hot", "2026-11-02", "2026-11-12", "2026-11-13") == "2026-11-13"
    assert HOUSE.due("cold", "hot", "2026-11-02", "2026-11-03", "2026-11-16") == "2026-11-05"


def test_one_that_is_raised_too_late_has_its_days_from_then_on() -> None:
    assert HOUSE.due("junk", "hot", "2026-11-02", "2026-11-20", None) == "2026-11-24"


def test_one_that_is_lowered_has_the_longer_time_from_the_start() -> None:
    assert HOUSE.due("hot", "cold", "2026-11-02", "2026-11-03", "2026-11-04") == "2026-11-16"


@given(DAYS, st.integers(0, 60), st.sampled_from(HOTTEST_FIRST), st.sampled_from(HOTTEST_FIRST[:3]))
def test_a_deadline_never_lies_on_a_day_without_work(start: date, later: int, was: str, now: str) -> None:
    today = start + timedelta(days=later)
    held = None if was == "junk" else HOUSE.after(was, start.isoformat())

    due = date.fromisoformat(str(HOUSE.due(was, now, start.isoformat(), today.isoformat(), held)))

    assert due.weekday() < 5
    assert due.isoformat() not in HOUSE.holidays
    assert due > start
