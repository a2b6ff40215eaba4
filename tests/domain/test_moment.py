"""How people say a day or a time, and how days lie in their zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import (
    EXAMPLES,
    UTC,
    Clock,
    counts_days,
    day_of,
    end_of,
    instant,
    is_day,
    occurs_twice,
    read_day,
    read_duration,
    read_moment,
    read_zone,
    spoken,
    start_of,
    to_datetime,
)

BERLIN, APIA, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia"), ZoneInfo("UTC")
ZONES = [BERLIN, APIA, UTC_ZONE, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu")]
CLOCK = Clock(datetime(2026, 11, 21, 16, 30, tzinfo=UTC), BERLIN)  # Sat 2026-11-21 17:30

TABLE = {
    "2026-11-30": "2026-11-30",
    "2026-11-30 15:00": "2026-11-30T14:00:00Z",
    "2026-11-30T15:00": "2026-11-30T14:00:00Z",
    "2026-11-30T15:00+01:00": "2026-11-30T14:00:00Z",
    "2026-11-30T15:00-08:00": "2026-11-30T23:00:00Z",
    "2026-11-30 15:00Z": "2026-11-30T15:00:00Z",
    "2026-11-30T15:00:07Z": "2026-11-30T15:00:07Z",
    "2026-W48": "2026-11-23",
    "today": "2026-11-21",
    "tomorrow": "2026-11-22",
    "yesterday": "2026-11-20",
    "now": "2026-11-21T16:30:00Z",
    "fri": "2026-11-27",
    "friday": "2026-11-27",
    "sat": "2026-11-28",
    "sun": "2026-11-22",
    "last monday": "2026-11-16",
    "last sat": "2026-11-14",
    "+3d": "2026-11-24",
    "in 3 days": "2026-11-24",
    "-1w": "2026-11-14",
    "3 days ago": "2026-11-18",
    "+90min": "2026-11-21T18:00:00Z",
    "in 2h": "2026-11-21T18:30:00Z",
    "in 24h": "2026-11-22T16:30:00Z",
    "2 hours ago": "2026-11-21T14:30:00Z",
    "sow": "2026-11-16",
    "eow": "2026-11-22",
    "som": "2026-11-01",
    "eom": "2026-11-30",
    "soq": "2026-10-01",
    "eoq": "2026-12-31",
    "soy": "2026-01-01",
    "eoy": "2026-12-31",
    "next week": "2026-11-23",
    "next month": "2026-12-01",
    "fri 14:00": "2026-11-27T13:00:00Z",
    "tomorrow 9am": "2026-11-22T08:00:00Z",
    "tomorrow at 09:30": "2026-11-22T08:30:00Z",
    "tomorrow 12am": "2026-11-21T23:00:00Z",
    "tomorrow 12pm": "2026-11-22T11:00:00Z",
    "+3d at 9:15pm": "2026-11-24T20:15:00Z",
    "18:00": "2026-11-21T17:00:00Z",
    "at 6pm": "2026-11-21T17:00:00Z",
    "17:30": "2026-11-21T16:30:00Z",
}

REJECTED = {
    "3d": "+3d or -3d",
    "90min": "+90min or -90min",
    "next friday": "2026-11-27, or 2026-12-04",
    "next friday 14:00": "2026-11-27, or 2026-12-04",
    "03/04/2026": "year-month-day",
    "3.4.2026": "year-month-day",
    "may": EXAMPLES,
    "1": EXAMPLES,
    "": EXAMPLES,
    "2026-02-31": EXAMPLES,
    "2026-W54": EXAMPLES,
    "2026-11": EXAMPLES,
    "2026-11-30 24:00": EXAMPLES,
    "2026-11-30T15:00+01:99": EXAMPLES,
    "fri 14:00+01:00": EXAMPLES,
    "tomorrow 13pm": EXAMPLES,
    "now 9am": EXAMPLES,
    "+3 parsecs": EXAMPLES,
    "in +3d": EXAMPLES,
    "-3 days ago": EXAMPLES,
    "+999999w": EXAMPLES,
    "٣ days ago": EXAMPLES,
    "9999-12-31T23:59:59Z": EXAMPLES,
    "9am": "tomorrow 9am",
}


@pytest.mark.parametrize(("said", "meant"), TABLE.items())
def test_what_people_say_means_one_moment(said: str, meant: str) -> None:
    assert read_moment(said, CLOCK) == meant
    assert read_moment(f"  {said.upper().replace(' ', '  ')} ", CLOCK) == meant


@pytest.mark.parametrize("zone", [APIA, UTC_ZONE])
@pytest.mark.parametrize("said", [said for said in TABLE if not said.endswith(("0Z", "7Z", ":00-08:00", "+01:00"))])
def test_the_same_words_mean_the_same_local_time_in_every_zone(said: str, zone: ZoneInfo) -> None:
    there = Clock(datetime(2026, 11, 21, 17, 30, tzinfo=zone), zone)

    in_berlin, in_zone = spoken(TABLE[said], CLOCK), spoken(read_moment(said, there), there)

    assert in_zone[:20] == in_berlin[:20]


@pytest.mark.parametrize(("said", "way_on"), REJECTED.items())
def test_what_could_mean_two_things_is_refused_with_a_way_on(said: str, way_on: str) -> None:
    with pytest.raises(BadValue) as refusal:
        read_moment(said, CLOCK)

    assert way_on in str(refusal.value.hint)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-29 01:59", "2026-03-29T00:59:00Z"),
        ("2026-03-29 03:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25 01:59", "2026-10-24T23:59:00Z"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
        ("2026-10-25 02:30+01:00", "2026-10-25T01:30:00Z"),
    ],
)
def test_on_the_days_when_clocks_change_a_time_is_the_first_of_that_name(said: str, meant: str) -> None:
    assert read_moment(said, CLOCK) == meant


@pytest.mark.parametrize(("zone", "said"), [(BERLIN, "2026-03-29 02:30"), (APIA, "2011-12-30 12:00")])
def test_a_time_that_the_clocks_skip_is_refused(zone: ZoneInfo, said: str) -> None:
    with pytest.raises(BadValue, match="there is no") as refusal:
        read_moment(said, Clock(CLOCK.now, zone))

    assert "skip" in str(refusal.value.hint)


def test_an_hour_that_comes_twice_can_be_told() -> None:
    assert occurs_twice("2026-10-25T00:30:00Z", BERLIN)
    assert occurs_twice("2026-10-25T01:30:00Z", BERLIN)
    assert not occurs_twice("2026-10-25T02:30:00Z", BERLIN)
    assert not occurs_twice("2026-03-29T01:00:00Z", BERLIN)
    assert not occurs_twice("2026-11-01", ZoneInfo("America/Havana"))  # its midnight comes twice, the day once


def test_hours_from_now_are_real_hours_over_a_change_of_clocks() -> None:
    before = Clock(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), BERLIN)  # 01:30, then 03:00 follows 01:59

    assert spoken(read_moment("in 2h", before), before) == "Sun 2026-03-29 04:30 +02:00"


@pytest.mark.parametrize(("zone", "today"), [(BERLIN, "2026-11-21"), (APIA, "2026-11-22")])
def test_today_is_the_day_in_the_zone(zone: ZoneInfo, today: str) -> None:
    clock = Clock(CLOCK.now, zone)

    assert read_moment("today", clock) == clock.today.isoformat() == today
    assert day_of(clock.now_text, clock.zone) == clock.today


@pytest.mark.parametrize(
    ("today", "said", "meant"),
    [
        ("2026-01-31", "next month", "2026-02-01"),
        ("2026-12-31", "next month", "2027-01-01"),
        ("2028-02-10", "eom", "2028-02-29"),
        ("2026-12-10", "eoq", "2026-12-31"),
        ("2026-05-31", "soq", "2026-04-01"),
        ("2026-05-31", "eoq", "2026-06-30"),
        ("2026-11-22", "eow", "2026-11-22"),
        ("2026-11-23", "sow", "2026-11-23"),
        ("2026-11-23", "monday", "2026-11-30"),
        ("2026-11-23", "last monday", "2026-11-16"),
    ],
)
def test_starts_and_ends_hold_at_the_edges_of_the_calendar(today: str, said: str, meant: str) -> None:
    noon = datetime.fromisoformat(f"{today}T12:00:00Z")

    assert read_moment(said, Clock(noon, BERLIN)) == meant


def test_a_clock_is_kept_in_utc_and_whole_seconds() -> None:
    clock = Clock(datetime(2026, 11, 21, 17, 30, 5, 999, tzinfo=BERLIN), BERLIN)

    assert clock.now == datetime(2026, 11, 21, 16, 30, 5, tzinfo=UTC)
    assert clock.now_text == "2026-11-21T16:30:05Z"


def test_a_time_without_a_zone_is_no_instant() -> None:
    naive = CLOCK.now.replace(tzinfo=None)

    with pytest.raises(ValueError, match="no time zone"):
        instant(naive)
    with pytest.raises(ValueError, match="no time zone"):
        Clock(naive, BERLIN)


@pytest.mark.parametrize(
    ("day", "zone", "start", "end"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        ("1919-03-31", "America/Toronto", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"),
        ("0001-01-01", "Pacific/Apia", "0001-01-01T00:00:00Z", "0001-01-01T11:26:56Z"),
        ("9999-12-31", "Europe/Berlin", "9999-12-30T23:00:00Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_day_begins_and_ends_where_the_zone_says(day: str, zone: str, start: str, end: str) -> None:
    there = ZoneInfo(zone)

    assert (start_of(date.fromisoformat(day), there), end_of(date.fromisoformat(day), there)) == (start, end)


def test_a_day_as_a_datetime_is_its_first_instant() -> None:
    assert to_datetime("2026-11-27", BERLIN).isoformat() == "2026-11-27T00:00:00+01:00"
    assert to_datetime("2018-11-04", ZONES[3]).isoformat() == "2018-11-04T01:00:00-02:00"
    assert to_datetime("2026-11-27T13:00:00Z", BERLIN).isoformat() == "2026-11-27T14:00:00+01:00"


def test_an_instant_lies_on_the_day_of_the_zone() -> None:
    assert day_of("2026-11-27T23:30:00Z", BERLIN) == date(2026, 11, 28)
    assert day_of("2026-11-27T23:30:00Z", UTC_ZONE) == date(2026, 11, 27)
    assert day_of("2026-11-27", APIA) == date(2026, 11, 27)


def test_a_moment_is_spoken_with_its_weekday() -> None:
    assert spoken("2026-11-27", CLOCK) == "Fri 2026-11-27"
    assert spoken("2026-11-27T13:00:00Z", CLOCK) == "Fri 2026-11-27 14:00 +01:00"
    assert spoken("2026-07-27T13:00:00Z", CLOCK) == "Mon 2026-07-27 15:00 +02:00"


def test_a_day_is_read_as_a_day_only() -> None:
    assert read_day("eom", CLOCK) == date(2026, 11, 30)
    with pytest.raises(BadValue, match="not a day"):
        read_day("now", CLOCK)
    with pytest.raises(BadValue):
        read_day("someday", CLOCK)


@pytest.mark.parametrize(
    ("said", "hours"), [("15m", 0.25), ("90min", 1.5), ("2h", 2), ("3d", 72), ("1w", 168), (" 3 Days ", 72)]
)
def test_a_length_of_time_is_a_number_and_a_unit(said: str, hours: float) -> None:
    assert read_duration(said) == timedelta(hours=hours)


@pytest.mark.parametrize("said", ["+3d", "-1h", "3", "d", "", "1.5h", "1y", "3d 2h", "9999999d"])
def test_other_lengths_of_time_are_refused_with_examples(said: str) -> None:
    with pytest.raises(BadValue) as refusal:
        read_duration(said)

    assert "90min" in str(refusal.value.hint)


@pytest.mark.parametrize(
    ("said", "counts"),
    [("+1w", True), ("in 3 days", True), (" -2D ", True), ("2 weeks ago", True)]
    + [(said, False) for said in ("+2h", "now", "fri", "tomorrow", "2026-11-30", "+3d 10:00", "3d")],
)
def test_days_and_weeks_from_today_are_told_from_days_that_are_named(said: str, counts: bool) -> None:
    assert counts_days(said) is counts


def test_a_zone_is_known_by_its_name() -> None:
    assert read_zone("Europe/Berlin") is BERLIN
    with pytest.raises(BadValue) as refusal:
        read_zone("Europe/Berln")
    assert "did you mean Europe/Berlin?" in str(refusal.value.hint)


@pytest.mark.parametrize("name", ["", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 300])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadValue):
        read_zone(name)


ANY_DAY = st.dates(date(1900, 1, 2), date(2100, 1, 1)).filter(lambda day: day != date(2011, 12, 30))
ANY_INSTANT = st.integers(-2_208_000_000, 4_102_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@settings(max_examples=150, deadline=None)
@given(ANY_INSTANT, st.sampled_from(ZONES))
def test_an_instant_lies_between_the_start_and_the_end_of_its_day(when: datetime, zone: ZoneInfo) -> None:
    moment = instant(when)
    day = day_of(moment, zone)

    assert start_of(day, zone) <= moment < end_of(day, zone)
    assert to_datetime(moment, zone) == when


@settings(max_examples=150, deadline=None)
@given(ANY_DAY, st.sampled_from(ZONES))
def test_a_day_begins_on_its_own_date_and_a_second_earlier_it_was_an_earlier_one(day: date, zone: ZoneInfo) -> None:
    start = to_datetime(start_of(day, zone), UTC_ZONE)

    assert day_of(instant(start), zone) == day
    assert day_of(instant(start - timedelta(seconds=1)), zone) < day


@settings(max_examples=150, deadline=None)
@given(ANY_INSTANT, ANY_INSTANT, st.sampled_from(ZONES))
def test_written_moments_read_back_and_stand_in_the_order_of_time(
    one: datetime, other: datetime, zone: ZoneInfo
) -> None:
    clock = Clock(CLOCK.now, zone)
    first, second = instant(one), instant(other)

    assert read_moment(first, clock) == first
    assert read_moment(day_of(first, zone).isoformat(), clock) == day_of(first, zone).isoformat()
    assert (first < second) == (one < other)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12) | st.text("0123456789-+: TZWadhimnowagestri/", max_size=16))
def test_any_text_means_a_moment_or_is_refused_and_never_breaks(text: str) -> None:
    try:
        moment = read_moment(text, CLOCK)
    except BadValue:
        return
    assert is_day(moment) or moment == instant(to_datetime(moment, BERLIN))
