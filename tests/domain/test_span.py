"""How long something lasts, and when it ends if it starts at another time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import UTC, instant, is_day
from crm_cli.domain.span import at_same_time, ends_before, moved

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("Pacific/Midway"), ZoneInfo("Pacific/Kiritimati")]
moments = st.one_of(
    st.integers(0, 700).map(lambda days: f"{date(2026, 1, 1) + timedelta(days=days)}"),
    st.integers(0, 10**6).map(lambda minutes: instant(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))),
)


@pytest.mark.parametrize(
    ("start", "end", "to", "ends"),
    [
        ("2026-11-20T13:00:00Z", "2026-11-20T14:30:00Z", "2026-12-01T08:00:00Z", "2026-12-01T09:30:00Z"),
        ("2026-10-24T10:00:00Z", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
        ("2026-11-20T13:00:00Z", "2026-11-20T14:30:00Z", "2026-12-01", None),
        ("2026-11-20T13:00:00Z", "2026-11-22T14:30:00Z", "2026-12-01", "2026-12-03"),
        ("2026-11-20", "2026-11-22", "2026-12-01", "2026-12-03"),
        ("2026-11-20", "2026-11-20", "2026-12-01", "2026-12-01"),
        ("2026-11-20", "2026-11-22", "2026-12-01T23:30:00Z", "2026-12-04"),
        ("2026-11-20T13:00:00Z", "2026-11-20", "2026-12-01T08:00:00Z", "2026-12-01"),
    ],
)
def test_what_is_moved_lasts_as_long_as_before(start: str, end: str, to: str, ends: str | None) -> None:
    assert moved(start, end, to, BERLIN) == ends


@settings(max_examples=200, deadline=None)
@given(moments, moments, moments, st.sampled_from(ZONES))
def test_wherever_it_is_moved_it_does_not_end_before_it_starts(start: str, end: str, to: str, zone: ZoneInfo) -> None:
    start, end = sorted((start, end))
    ends = moved(start, end, to, zone)

    assert ends is None or not ends_before(ends, to)
    assert ends is not None or is_day(to) or is_day(start)


def test_nothing_ends_behind_the_last_year() -> None:
    with pytest.raises(BadValue, match="behind the last year"):
        moved("2026-11-20", "2026-11-22", "9999-12-30", BERLIN)
    with pytest.raises(BadValue, match="behind the last year"):
        moved("2026-11-20T13:00:00Z", "2026-11-21T13:00:00Z", "9999-12-31T01:00:00Z", BERLIN)


@pytest.mark.parametrize(
    ("start", "day", "same"),
    [
        ("2026-11-20T13:00:00Z", "2026-12-01", "2026-12-01T13:00:00Z"),
        ("2026-10-24T12:00:00Z", "2026-10-31", "2026-10-31T13:00:00Z"),  # 14:00 in summer and in winter
        ("2026-11-20T01:30:00Z", "2026-03-29", "2026-03-29T01:30:00Z"),  # 02:30, which the clocks skip: 03:30
        ("2026-10-25T01:30:00Z", "2027-10-31", "2027-10-31T00:30:00Z"),  # 02:30, from the second to the first
        ("2026-11-20", "2026-12-01", "2026-12-01"),
    ],
)
def test_on_another_day_it_is_at_the_same_time_of_the_zone(start: str, day: str, same: str) -> None:
    assert at_same_time(start, day, BERLIN) == same


def test_no_time_lies_behind_the_last_year() -> None:
    with pytest.raises(BadValue, match="behind the last year"):
        at_same_time("2026-11-20T04:00:00Z", "9999-12-31", ZoneInfo("America/New_York"))


def test_a_day_beside_an_instant_counts_as_a_whole() -> None:
    assert not ends_before("2026-11-20", "2026-11-20T13:00:00Z")
    assert not ends_before("2026-11-20T12:00:00Z", "2026-11-20")
    assert not ends_before("2026-11-20", "2026-11-21T03:00:00Z")  # 22:00 on that day in New York
    assert ends_before("2026-11-20", "2026-11-21T12:00:00Z")
    assert ends_before("2026-11-19T09:00:00Z", "2026-11-20")
    assert ends_before("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")
    assert ends_before("2026-11-19", "2026-11-20")
