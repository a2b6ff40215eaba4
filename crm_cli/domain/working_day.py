"""Deadlines in working days: weekdays that are no holiday."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(day: date, holidays: Container[str]) -> bool:
    """Whether people work that day; holidays are ISO days such as 2026-12-25."""
    return day.weekday() < _SATURDAY and day.isoformat() not in holidays


def working_days_after(start: date, count: int, holidays: Container[str]) -> date:
    """The count-th working day after a day, that day itself not counted."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def working_days_between(start: date, end: date, holidays: Container[str]) -> int:
    """How many working days lie after a day, up to another and with it; 0 if that is not later."""
    days = (start + timedelta(days=count) for count in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)
