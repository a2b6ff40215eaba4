"""An event: one call, meeting, mail or message, planned or done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import field

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import UTC, Clock, Moment, end_of, instant, is_day, read_duration, to_datetime
from crm_cli.domain.record import Codes, Record, Ref, Text

_DAY = timedelta(days=1)


class EventKind(StrEnum):
    """How one communicates."""

    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    MESSAGE = "message"
    OTHER = "other"


class EventStatus(StrEnum):
    """How it stands; overdue is never stored, it is planned and past."""

    PLANNED = "planned"
    COMPLETED = "completed"
    CANCELED = "canceled"
    DELETED = "deleted"


class Direction(StrEnum):
    """Who began."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Event(Record, frozen=True, kw_only=True):
    """One communication."""

    KIND = "event"
    CLOSED: ClassVar = {
        "completed": "it took place; plan another: crm event add",
        "canceled": "plan another: crm event add",
        "deleted": "run: crm event restore {id}",
    }
    INSTEAD = "crm event cancel {id}"

    kind: EventKind = EventKind.CALL
    name: Text = ""
    status: EventStatus = EventStatus.PLANNED
    direction: Direction = Direction.OUTGOING
    start: Moment = ""
    end: Moment | None = None
    remind: Codes = field(default_factory=dict)
    lead: Ref | None = None
    account: Ref | None = None
    contact: Ref | None = None
    deal: Ref | None = None
    claim: Ref | None = None
    rep: Ref | None = None
    result: Text | None = None
    done_at: Moment | None = None
    canceled_at: Moment | None = None
    cancel_reason: Text | None = None

    def checked(self) -> Self:
        """Raises BadValue for an event without subject, about nothing or several things, or ending too early."""
        if not self.name.strip():
            raise BadValue("an event needs a subject", 'crm event add "Call back" --lead L12 --at tomorrow')
        if len(self.about) != 1:
            raise BadValue("an event is about one thing", "give one of --lead, --account, --contact, --deal, --claim")
        if self.end is not None and _is_before(self.end, self.start):
            raise BadValue(f"an event cannot end {self.end}, before it starts", "give a later --end")
        return self

    @property
    def about(self) -> list[Ref]:
        """What it is about."""
        return [ref for ref in (self.lead, self.account, self.contact, self.deal, self.claim) if ref]

    def done(self, at: Moment, result: str | None) -> Self:
        """It took place."""
        self.must_be_open()
        return self.change(status=EventStatus.COMPLETED, done_at=at, result=result or self.result)

    def cancel(self, at: Moment, reason: str | None) -> Self:
        """It will not take place."""
        self.must_be_open()
        return self.change(status=EventStatus.CANCELED, canceled_at=at, cancel_reason=reason)

    def delete(self) -> Self:
        """Taken for a mistake, even one that is said to have taken place."""
        return self._deleted()

    @property
    def is_ours(self) -> bool:
        """Whether we began it, so that the lead has been contacted."""
        return self.direction is Direction.OUTGOING

    def reminders(self, clock: Clock) -> list[Moment]:
        """The instants to be reminded at, earliest first; without reminders of its own it is the start.

        A day before is the same time on the day before, an hour before is sixty minutes before.
        """
        start = to_datetime(self.start, clock.zone)
        before = [read_duration(text) for text in self.remind] or [timedelta()]
        return sorted(instant((start if one % _DAY == timedelta() else start.astimezone(UTC)) - one) for one in before)

    def is_overdue(self, clock: Clock) -> bool:
        """Planned and over; one for a whole day is over when the day is."""
        if self.status is not EventStatus.PLANNED:
            return False
        return self.over(clock) <= clock.now_text

    def over(self, clock: Clock) -> Moment:
        """The instant at which it is over; one for a whole day is over when the day is."""
        last = self.end or self.start
        return end_of(date.fromisoformat(last), clock.zone) if is_day(last) else last

    def is_due(self, clock: Clock, within: timedelta = timedelta()) -> bool:
        """Planned, and its first reminder is now, in the past, or at most `within` away."""
        until = instant(clock.now + within)
        return self.status is EventStatus.PLANNED and self.reminders(clock)[0] <= until


def _is_before(end: Moment, start: Moment) -> bool:
    """A day beside an instant counts as a whole."""
    width = min(len(end), len(start))
    return end[:width] < start[:width]


def reminder_codes(texts: Iterable[str]) -> Codes:
    """Durations before the start, such as 1d or 15m; raises BadValue."""
    codes = [part.strip().lower() for text in texts for part in text.split(",") if part.strip()]
    for code in codes:
        read_duration(code)
    return dict.fromkeys(codes, True)
