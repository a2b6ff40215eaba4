"""One written date, with or without a time: taken apart, and read as a moment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

Order = Literal["dmy", "mdy", "ymd"]

_YEAR_FIRST = r"(?P<ymd>[0-9]{4}(?P<join>[-/.])[0-9]{1,2}(?P=join)[0-9]{1,2}|[0-9]{8})"
_YEAR_LAST = r"(?P<a>[0-9]{1,2})(?P<mark>[-/.])(?P<b>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})"
_NAMED = (
    r"(?:(?P<month>[a-z]{3,9})\.?\s++(?P<day>[0-9]{1,2}),?\s++"
    r"|(?P<day_first>[0-9]{1,2})\.?[\s-](?P<month_next>[a-z]{3,9})\.?,?[\s-])(?P<year_named>[0-9]{4})"
)
_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
_HALF = r"(?:\s*+(?P<half>[ap])\.?\s?m\.?)?"
_OFFSET = r"(?:\s*+(?:(?P<utc>Z|UTC)|(?P<sign>[-+])(?P<ahead>[0-9]{2})(?::?(?P<more>[0-5][0-9]))?))?"
_WRITTEN = re.compile(
    rf"\s*+(?:{_YEAR_FIRST}|{_YEAR_LAST}|{_NAMED})(?:(?:T|,?\s++){_CLOCK}{_HALF}{_OFFSET})?\s*+",
    re.IGNORECASE,
)


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class Written(Struct, frozen=True, kw_only=True):
    """A date as it was written, which of its two short parts is the day being known or not."""

    year: int
    parts: tuple[int, int]
    order: Order | None  # None if only the column can tell: slashes or hyphens, year last
    clock: time | None  # aware if an offset was written

    def told(self) -> Order | None:
        """The order that it gives away, if the column has to tell: a part above 12 can only be a day."""
        low, high = sorted(self.parts)
        if self.order is not None or not 1 <= low <= 12 < high <= 31:
            return None
        return "dmy" if self.parts[0] == high else "mdy"

    def is_torn(self) -> bool:
        """Whether both orders would do, and give two different days."""
        low, high = sorted(self.parts)
        return self.order is None and 1 <= low < high <= 12

    def moment(self, order: Order | None, zone: ZoneInfo) -> str:
        """`2018-02-26`, or `2018-02-26T19:58:00Z` if it has a time, which without an offset is of the zone.

        Of a local time that comes twice the first is taken. Raises ValueError for a day that the calendar
        does not have, a local time that the clocks skip, an order that this date contradicts, and an open
        order.
        """
        day = self._day(order)
        return day.isoformat() if self.clock is None else _instant(datetime.combine(day, self.clock), zone)

    def _day(self, order: Order | None) -> date:
        known = self.order or order or (None if self.is_torn() else self.told() or "dmy")
        if known is None:
            raise ValueError("may be day and month or month and day, and nothing in its column tells")
        if self.order is None and (known == "ymd" or self.told() not in (None, known)):
            raise ValueError(f"is not in the order of its column, {known}")
        month, day = reversed(self.parts) if known == "dmy" else self.parts
        return _from_calendar(self.year, month, day)


def taken_apart(text: str) -> Written:
    """A date such as `20180201`, `26.02.2018 19:58`, `2/26/2018 7:58 PM` or `2018-02-01T19:58:54+02:00`.

    Months may be English words: `Sep 26, 2026`, `26 September 2026`. Fractions of a second are dropped.
    Raises ValueError, whose text is the reason, for everything else, for years of two digits and for times
    that no clock shows.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError("is not a date such as 2026-11-30, 30.11.2026 or 11/30/2026 7:58 PM")
    year, parts, order = _day(match)
    return Written(year=year, parts=parts, order=order, clock=_clock(match) if match["hour"] else None)


def _day(match: re.Match[str]) -> tuple[int, tuple[int, int], Order | None]:
    """Year, the two short parts as they stand, and their order if the way of writing tells it."""
    if match["ymd"]:
        return _year_first(match["ymd"])
    if match["year_named"]:
        return int(match["year_named"]), _named(match), "mdy"
    if len(match["year"]) == 2:
        raise ValueError("has a year of two digits; write all four")
    parts = int(match["a"]), int(match["b"])
    return int(match["year"]), parts, "dmy" if match["mark"] == "." else None


def _year_first(text: str) -> tuple[int, tuple[int, int], Order]:
    parts = (text[:4], text[4:6], text[6:]) if text.isdigit() else re.split(r"[-/.]", text)
    year, month, day = map(int, parts)
    return year, (month, day), "ymd"


def _named(match: re.Match[str]) -> tuple[int, int]:
    word = (match["month"] or match["month_next"]).lower()
    months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    if not months:
        raise ValueError("has a month that is no English word")
    return months[0], int(match["day"] or match["day_first"])


def _clock(match: re.Match[str]) -> time:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("has AM or PM after an hour that is not 1 to 12")
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("has a time that no clock shows")
    return time(hour, minute, second, tzinfo=_offset(match))


def _offset(match: re.Match[str]) -> timezone | None:
    if match["utc"]:
        return UTC
    if not match["sign"]:
        return None
    ahead = timedelta(hours=int(match["ahead"]), minutes=int(match["more"] or 0))
    if ahead >= timedelta(days=1):
        raise ValueError("has an offset from UTC of a day or more")
    return timezone(-ahead if match["sign"] == "-" else ahead)


def _from_calendar(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"is not a day of the calendar: {error}") from error


def _instant(written: datetime, zone: ZoneInfo) -> str:
    local = written if written.tzinfo else written.replace(tzinfo=zone)
    try:
        instant = local.astimezone(UTC)
        shown = instant.astimezone(local.tzinfo)
    except OverflowError as error:
        raise ValueError("is outside the years 1 to 9999 in UTC") from error
    if shown != local:  # in one zone they are compared as the clock shows them
        raise ValueError(f"is a time that the clocks of {zone.key} skip")
    return f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
