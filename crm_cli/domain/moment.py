"""When something is: a day or an instant as text, the clock it is told by, and how people say it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC as UTC
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from msgspec import Struct
from msgspec.structs import force_setattr

from crm_cli.domain.errors import BadValue, Unreadable

Moment = str  # 2026-11-30 or 2026-11-30T14:00:00Z: in UTC and always this wide, so text order is time order

EXAMPLES = "2026-11-30, 2026-11-30 15:00, today, tomorrow 9am, fri 14:00, last monday, +3d, in 2h, eom"
DURATIONS = "15m, 90min, 2h, 3d, 1w"

_DAY = timedelta(days=1)
_LONGEST = 3653 * _DAY
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "week", "weeks"), 7 * _DAY),
}
# Patterns stay text: most commands read no date, and compiling costs them start-up time.
_COUNT = r"(?P<count>\d{1,6}) ?(?P<unit>[a-z]+)"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|(?:0?[1-9]|1[0-2])(?::[0-5]\d)?[ap]m"
_OFFSET = r"z|[+-][01]\d:[0-5]\d"
_SAID = (
    r"(?P<day>.*?)(?:(?:(?:^| )(?:at )?|(?<=^\d{4}-\d\d-\d\d)t)"
    rf"(?P<clock>{_CLOCK})(?P<offset>{_OFFSET})?)?"
)


class Clock(Struct, frozen=True):
    """What time it is, and in which zone people say so."""

    now: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        force_setattr(self, "now", _utc(self.now))

    @property
    def today(self) -> date:
        """The day it is in the zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def now_text(self) -> Moment:
        """The instant it is."""
        return instant(self.now)


def instant(when: datetime) -> Moment:
    """An aware datetime as an instant, fractions of a second cut; ValueError if it is naive."""
    return _utc(when).replace(tzinfo=None).isoformat() + "Z"


def is_day(moment: Moment) -> bool:
    """Whether it is a day without a time."""
    return len(moment) == len("2026-11-30")


def to_datetime(moment: Moment, zone: ZoneInfo) -> datetime:
    """The aware datetime in the zone; of a day its start there. Subtract two of them in UTC only.

    Raises Unreadable for what is no moment: only another program can have written that.
    """
    try:
        text = start_of(date.fromisoformat(moment), zone) if is_day(moment) else moment
        return datetime.fromisoformat(text).astimezone(zone)
    except ValueError as error:
        raise Unreadable.of("a record", error) from error


def day_of(moment: Moment, zone: ZoneInfo) -> date:
    """The day itself, or the day it is in the zone at that instant."""
    return date.fromisoformat(moment) if is_day(moment) else to_datetime(moment, zone).date()


@lru_cache(maxsize=4096)
def start_of(day: date, zone: ZoneInfo) -> Moment:
    """The first instant of the day in the zone, never before the year 1 in UTC."""
    try:
        return instant(_first_instant(day, zone))
    except OverflowError:
        return instant(datetime.min.replace(tzinfo=UTC))


def end_of(day: date, zone: ZoneInfo) -> Moment:
    """The first instant that is past the day in the zone, never after the year 9999 in UTC."""
    if day == date.max:
        return instant(datetime.max.replace(tzinfo=UTC))
    return start_of(day + _DAY, zone)


def behind(moment: Moment, zone: ZoneInfo) -> Moment:
    """The first text that stands behind a moment in the order of instants: what is before it is up to and with it."""
    return end_of(date.fromisoformat(moment), zone) if is_day(moment) else moment + "~"


def past(moment: Moment, zone: ZoneInfo) -> Moment:
    """The first instant at which a moment is past: an instant at once, a day when it has ended in the zone."""
    return end_of(date.fromisoformat(moment), zone) if is_day(moment) else moment


def occurs_twice(moment: Moment, zone: ZoneInfo) -> bool:
    """Whether clocks in the zone show the time of this instant twice, as on the night they go back."""
    local = to_datetime(moment, zone)
    return not is_day(moment) and local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def read_moment(text: str, clock: Clock) -> Moment:
    """What a person says for a point in time, by the closed grammar of `crm help dates`.

    A time without an offset is in the clock's zone, and the first of two if the clocks go back.
    BadValue for anything else, and for a time that the clocks skip.
    """
    words = " ".join(text.lower().split())
    said = re.fullmatch(_SAID, words, re.ASCII)
    assert said, "every text fits, at the least as the name of a day"
    try:
        moment = _near(words, clock) or _said(said, text, clock)
    except OverflowError:
        moment = None
    if moment is None:
        raise BadValue(f"{text!r} is not a date or time", _way_on(said["day"], clock))
    return moment


def read_day(text: str, clock: Clock) -> date:
    """What a person says for a day, as in `read_moment`; BadValue also for a time of day."""
    moment = read_moment(text, clock)
    if not is_day(moment):
        raise BadValue(f"{text!r} is a time, not a day", "say only the day: 2026-11-30, today, fri, +3d, eom")
    return date.fromisoformat(moment)


def counts_days(text: str) -> bool:
    """Whether it says how many days or weeks from today, as `+1w` and `in 3 days` do, rather than which day."""
    shift = _shift(" ".join(text.lower().split()))
    return shift is not None and shift[1] % _DAY == timedelta(0)


def read_duration(text: str) -> timedelta:
    """A length of time without a sign, up to ten years: 15m, 90min, 2h, 3d, 1w; else BadValue."""
    said = re.fullmatch(_COUNT, text.strip().lower(), re.ASCII)
    if said is None or said["unit"] not in _UNITS:
        raise BadValue(f"{text!r} is not a length of time", f"a number and a unit, no sign: {DURATIONS}")
    span = int(said["count"]) * _UNITS[said["unit"]]
    if span > _LONGEST:
        raise BadValue(f"{text!r} is longer than ten years", f"a number and a unit, no sign: {DURATIONS}")
    return span


def spoken(moment: Moment, clock: Clock) -> str:
    """For people: `Fri 2026-11-27`, or `Fri 2026-11-27 14:00 +01:00` in the clock's zone."""
    if is_day(moment):
        return f"{_short(date.fromisoformat(moment))} {moment}"
    local = to_datetime(moment, clock.zone)
    iso = local.isoformat(timespec="minutes")
    return f"{_short(local)} {iso[:10]} {iso[11:16]} {iso[16:]}"


def read_zone(name: str) -> ZoneInfo:
    """The time zone of that name, or BadValue with the nearest name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        import difflib

        near = difflib.get_close_matches(name, sorted(available_timezones()), n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise BadValue(f"time zone {name!r} is not known", f"{meant}names look like Europe/Berlin or UTC") from None


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone")
    return when.astimezone(UTC).replace(microsecond=0)


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time(), zone)
    found = midnight.astimezone(UTC)
    return found if found.astimezone(zone) == midnight else _end_of_gap(midnight, zone)


def _end_of_gap(skipped: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks jump over this local time (fold 0 reads it with the old offset)."""
    before, after = skipped.replace(fold=1).astimezone(UTC), skipped.astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()

    def jumped(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).utcoffset() == new_offset

    seconds = range(int((after - before).total_seconds()))
    return before + timedelta(seconds=bisect_left(seconds, True, key=jumped))


def _near(words: str, clock: Clock) -> Moment | None:
    """An instant counted from now: `now`, `+90min`, `2h ago`; None if it is said otherwise."""
    if words == "now":
        return clock.now_text
    shift = _shift(words)
    if shift is None or shift[1] % _DAY == timedelta(0):
        return None
    return instant(clock.now + shift[0] * shift[1])


def _shift(words: str) -> tuple[int, timedelta] | None:
    """How many of which unit, below zero for the past: `+3d`, `-1w`, `in 2h`, `3 days ago`."""
    said = re.fullmatch(rf"(?P<sign>\+|-|in )?{_COUNT}(?P<ago> ago)?", words, re.ASCII)
    if said is None or said["unit"] not in _UNITS or bool(said["sign"]) == bool(said["ago"]):
        return None
    count = int(said["count"])
    return -count if said["ago"] or said["sign"] == "-" else count, _UNITS[said["unit"]]


def _said(said: re.Match[str], text: str, clock: Clock) -> Moment | None:
    """A day, a day and a time, or a time of today that is still to come."""
    day = _day(said["day"], clock.today)
    if said["clock"] is None or (day is None and said["day"]):
        return day.isoformat() if day else None
    at = _time(said["clock"])
    if said["offset"]:
        return _at_offset(said["day"], at, said["offset"], clock)
    moment = _at(day or clock.today, at, clock.zone)
    if day is None and moment < clock.now_text:
        raise BadValue(f"{text!r} is already past today", f"say tomorrow {said['clock']}")
    return moment


def _at(day: date, at: time, zone: ZoneInfo) -> Moment:
    """That time on that day in the zone, the first if there are two; BadValue if the clocks skip it."""
    local = datetime.combine(day, at, zone)
    found = local.astimezone(UTC)
    if (there := found.astimezone(zone)) != local:
        raise BadValue(
            f"there is no {day} {at:%H:%M} in {zone.key}",
            f"the clocks skip it; say {there:%Y-%m-%d %H:%M}, or with an offset {day}T{at:%H:%M}Z",
        )
    return instant(found)


def _at_offset(day: str, at: time, offset: str, clock: Clock) -> Moment | None:
    """That time of a written-out day at an offset of its own; None if the day is not written out."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        return None
    moment = instant(datetime.fromisoformat(f"{day}T{at}{offset.upper()}"))
    to_datetime(moment, clock.zone)  # overflows beyond the years that the zone can show
    return moment


def _time(text: str) -> time:
    half = text[-2:] if text.endswith("m") else ""
    hour, _, rest = text.removesuffix(half).partition(":")
    in_24 = int(hour) % 12 + (12 if half == "pm" else 0) if half else int(hour)
    return time.fromisoformat(f"{in_24:02}:{rest or '00'}")


def _day(words: str, today: date) -> date | None:
    """The day that is meant, or None; BadValue if the calendar has no such day."""
    if words in _NAMED:
        return _NAMED[words](today)
    if (weekday := _weekday(words)) is not None:
        return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)
    if (weekday := _weekday(words.removeprefix("last "))) is not None:
        return today - timedelta((today.weekday() - weekday - 1) % 7 + 1)
    if (shift := _shift(words)) and shift[1] % _DAY == timedelta(0):
        return today + shift[0] * shift[1]
    return _written_day(words)


def _written_day(words: str) -> date | None:
    said = re.fullmatch(r"\d{4}-(?:\d\d-\d\d|w\d\d)", words, re.ASCII)
    try:
        return date.fromisoformat(words.upper()) if said else None
    except ValueError:
        raise BadValue(f"the calendar has no {words.upper()}", f"examples: {EXAMPLES}") from None


def _weekday(words: str) -> int | None:
    """Monday is 0; whole names and their first three letters."""
    return next((place for place, name in enumerate(_WEEKDAYS) if words in (name, name[:3])), None)


def _short(day: date) -> str:
    return _WEEKDAYS[day.weekday()][:3].title()


def _first_of_month(day: date, months: int = 0) -> date:
    """The first of the month so many months on; OverflowError past the year 9999."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > date.max.year:
        raise OverflowError("past the last year")
    return date(day.year + years, month + 1, 1)


def _first_of_quarter(day: date, quarters: int = 0) -> date:
    return _first_of_month(day, 3 * quarters - (day.month - 1) % 3)


_NAMED: dict[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "tomorrow": lambda day: day + _DAY,
    "yesterday": lambda day: day - _DAY,
    "sow": lambda day: day - day.weekday() * _DAY,
    "eow": lambda day: day + (6 - day.weekday()) * _DAY,
    "som": _first_of_month,
    "eom": lambda day: _first_of_month(day, 1) - _DAY,
    "soq": _first_of_quarter,
    "eoq": lambda day: _first_of_quarter(day, 1) - _DAY,
    "soy": lambda day: date(day.year, 1, 1),
    "eoy": lambda day: date(day.year, 12, 31),
    "next week": lambda day: day + (7 - day.weekday()) * _DAY,
    "next month": lambda day: _first_of_month(day, 1),
}
DAY_WORDS = ("now", *_NAMED, *(name[:3] for name in _WEEKDAYS))  # what may be said for a day, and need not be learnt


def _way_on(words: str, clock: Clock) -> str:
    """What to say instead of words that are often tried, and examples always."""
    advice = ""
    weekday = words.removeprefix("next ")
    if (said := re.fullmatch(_COUNT, words, re.ASCII)) and said["unit"] in _UNITS:
        advice = f"a point in time needs a sign: +{words} or -{words}; "
    elif weekday != words and (day := _day(weekday, clock.today)) and _weekday(weekday) is not None:
        advice = f"people disagree about it: say {weekday} for {day}, or {day + 7 * _DAY}; "
    elif re.fullmatch(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}", words, re.ASCII):
        advice = "write year-month-day; "
    return f"{advice}examples: {EXAMPLES}"
