"""Until when a lead is to be answered: so many working days by its rating.

Source of the rules: MOTIONDATA CRM (hot 2, warm 5, cold 10 working days, junk none), made exact in this way:
the day it starts on is not counted, and a deadline lasts until the end of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct

from crm_cli.domain.moment import Moment, day_of
from crm_cli.domain.working_day import working_days_after

HOTTEST_FIRST = ("hot", "warm", "cold", "junk")


class Deadlines(Struct, frozen=True):
    """The working days that each rating allows, the days on which nobody works, and the zone in which days begin."""

    days: Mapping[str, int]
    holidays: frozenset[str] = frozenset()
    zone: ZoneInfo = ZoneInfo("UTC")

    def due(self, was: str | None, now: str, start: Moment, today: str, due: str | None) -> str | None:
        """The day on which a lead rated `now` (it `was` something else, or nothing) must be answered at last.

        `start` is when it was received or reopened, `today` that of the rating, `due` what held until then.
        Raised: the earlier of what held and the new days from today. Lowered: the new days from the start.
        """
        if now not in self.days:
            return None
        if was is None or HOTTEST_FIRST.index(now) < HOTTEST_FIRST.index(was):
            fresh = self.after(now, today)
            return min(due, fresh) if due else fresh
        return self.after(now, day_of(start, self.zone).isoformat())

    def after(self, rating: str, day: str) -> str:
        """The last day for a lead with this rating that starts on a day."""
        return working_days_after(date.fromisoformat(day), self.days[rating], self.holidays).isoformat()
