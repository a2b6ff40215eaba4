"""A reminder: what somebody is to be told of, at which of its moments, and whether that was done already."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from crm_cli.domain.claim import Claim
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock, Moment, instant, past, to_datetime

_DAY = timedelta(days=1)


class Reminder(Struct, frozen=True):
    """A record whose time has come."""

    record: Event | Claim | Lead
    planned: Moment  # the start of an event; the last day of a claim or lead
    moment: Moment  # the instant at which it is to be told; of an event with several reminders the latest that came
    overdue: bool
    late: timedelta  # how long it has been over; below zero: how far its start, or the end of its last day, is away


class Mark(Struct, frozen=True):
    """That somebody was told of a record: what it was planned for, which moment had come, and when it was told."""

    id: str
    planned: Moment
    moment: Moment
    at: Moment

    def covers(self, reminder: Reminder, clock: Clock, repeat: timedelta | None = None) -> bool:
        """Whether this reminder was told already, and need not be told again.

        What was planned anew is told anew, and so is each reminder of an event; what is overdue once in every
        `repeat`. A mark from more than a day ahead was made by a clock that was wrong, and counts for nothing.
        """
        since = clock.now - to_datetime(self.at, clock.zone)
        if since < -_DAY or self.planned != reminder.planned or self.moment < reminder.moment:
            return False
        return repeat is None or not reminder.overdue or abs(since) < repeat


def reminder_of(record: Event | Claim | Lead, clock: Clock, within: timedelta = timedelta()) -> Reminder | None:
    """What is to be told of a record now, or at most `within` from now; None if nothing is.

    An event is told from its first reminder on until it is done or canceled; an open claim and an open lead that
    nobody has answered once their last day is over.
    """
    return _of_event(record, clock, within) if isinstance(record, Event) else _of_late(record, clock, within)


def mark_of(reminder: Reminder, at: Moment) -> Mark:
    """That it was told at that instant."""
    return Mark(reminder.record.id, reminder.planned, reminder.moment, at)


def _of_event(event: Event, clock: Clock, within: timedelta) -> Reminder | None:
    if not event.is_due(clock, within):
        return None
    until = instant(clock.now + within)
    moment = max(one for one in event.reminders(clock) if one <= until)
    overdue = event.is_overdue(clock)
    since = event.over(clock) if overdue else event.start
    return Reminder(event, event.start, moment, overdue, clock.now - to_datetime(since, clock.zone))


def _of_late(record: Claim | Lead, clock: Clock, within: timedelta) -> Reminder | None:
    if record.due is None or not _is_late(record, Clock(clock.now + within, clock.zone)):
        return None
    over = past(record.due, clock.zone)
    return Reminder(record, record.due, over, _is_late(record, clock), clock.now - to_datetime(over, clock.zone))


def _is_late(record: Claim | Lead, clock: Clock) -> bool:
    return record.is_overdue(clock.today.isoformat()) if isinstance(record, Lead) else record.is_overdue(clock)
