"""From when to when something lasts, where each end is a day or an instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import UTC, Moment, day_of, instant, is_day, to_datetime

_WESTERNMOST = timedelta(hours=24 + 12)  # when a day is over everywhere: at UTC-12 last
_EASTERNMOST = timedelta(hours=-14)  # when it begins: at UTC+14 first


def ends_before(end: Moment, start: Moment) -> bool:
    """Whether it would end before it starts; a day beside an instant counts as a whole, and in any zone there is."""
    if is_day(end) == is_day(start):
        return end < start
    if is_day(end):
        return _shifted(end, _WESTERNMOST) <= start
    return end < _shifted(start, _EASTERNMOST)


def moved(start: Moment, end: Moment, to: Moment, zone: ZoneInfo) -> Moment | None:
    """The end of what lasts from `start` to `end`, if it starts at `to` instead.

    Between instants it lasts as many seconds as before, else as many days of the zone; None says that it is over
    with the day. Raises BadValue past the last year.
    """
    try:
        if not any(map(is_day, (start, end, to))):
            return instant(_utc(to, zone) + (_utc(end, zone) - _utc(start, zone)))
        days = day_of(end, zone) - day_of(start, zone)
        last = day_of(to, zone) + days
    except OverflowError:
        raise BadValue(f"what starts {to} would end behind the last year there is", "say an earlier day") from None
    return last.isoformat() if is_day(end) or days > timedelta() else None


def at_same_time(start: Moment, day: Moment, zone: ZoneInfo) -> Moment:
    """That day at the time of day of `start` in the zone; the day itself where `start` is a day.

    A time that the clocks skip is as much later; of one that comes twice it is the first. Raises BadValue past the
    last year.
    """
    if is_day(start):
        return day
    try:
        return instant(datetime.combine(date.fromisoformat(day), to_datetime(start, zone).time().replace(fold=0), zone))
    except OverflowError:
        raise BadValue(f"{day} is behind the last year there is", "say an earlier day") from None


def _shifted(day: Moment, hours: timedelta) -> Moment:
    """So many hours after midnight UTC of a day; the first or the last instant beyond the years there are."""
    try:
        return instant(datetime.fromisoformat(day).replace(tzinfo=UTC) + hours)
    except OverflowError:
        return instant(datetime.min.replace(tzinfo=UTC) if hours < timedelta() else datetime.max.replace(tzinfo=UTC))


def _utc(moment: Moment, zone: ZoneInfo) -> datetime:
    return to_datetime(moment, zone).astimezone(UTC)
