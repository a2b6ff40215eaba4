"""An event: one call, meeting, mail or message, planned or done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import field

from crm_cli.domain import participant
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.held import Held
from crm_cli.domain.moment import (
    UTC,
    Clock,
    Moment,
    behind,
    end_of,
    instant,
    is_day,
    read_duration,
    spoken,
    to_datetime,
)
from crm_cli.domain.record import Codes, Names, Ref, Refs, Text, Texts
from crm_cli.domain.span import ends_before, moved

_DAY = timedelta(days=1)
_SATISFACTION = range(1, 6)
# What is often known only when it is over, and so can be written down then.
AFTERWARDS = frozenset({"content", "material", "result", "satisfaction", "participants", "participant_names"})


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


class Priority(StrEnum):
    """How much hangs on it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Event(Held, frozen=True, kw_only=True):
    """One communication; its life follows 1C's interactions: planned, completed or canceled."""

    KIND = "event"
    CLOSED: ClassVar = {
        "completed": "run: crm event reopen {id}; or plan what comes next: crm event follow-up {id} --at WHEN",
        "canceled": "run: crm event reopen {id}; or plan another: crm event follow-up {id} --at WHEN",
        "deleted": "run: crm event restore {id}",
    }
    TOGETHER: ClassVar[tuple[str, ...]] = ("start", "end")
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
    content: Text | None = None
    purpose: Text | None = None
    material: Texts = ()
    place: Text | None = None
    priority: Priority = Priority.NORMAL
    reviewed: bool = False
    satisfaction: int | None = None
    postponed_count: int = 0
    parent: Ref | None = None
    thread: Ref | None = None
    participants: Refs = field(default_factory=dict)
    participant_names: Names = field(default_factory=dict)

    def checked(self) -> Self:
        """Raises BadValue for an event without subject, about nothing or several things, or ending too early."""
        if len(self.about) != 1:
            raise BadValue("an event is about one thing", "give one of --lead, --account, --contact, --deal, --claim")
        return self._readable()

    def _readable(self) -> Self:
        if not self.name.strip():
            raise BadValue("an event needs a subject", 'crm event add "Call back" --lead L12 --at tomorrow')
        if self.end is not None and ends_before(self.end, self.start):
            raise BadValue(f"an event cannot end {self.end}, before it starts", "give a later --end")
        if self.satisfaction is not None and self.satisfaction not in _SATISFACTION:
            raise BadValue(f"a satisfaction of {self.satisfaction} is not on the scale", "1 (not at all) to 5 (very)")
        return self

    @property
    def about(self) -> list[Ref]:
        """What it is about."""
        return [ref for ref in (self.lead, self.account, self.contact, self.deal, self.claim) if ref]

    def edit(self, **fields: object) -> Self:
        """With other particulars while it is planned; once it has taken place only those that come AFTERWARDS."""
        took_place = self.status is EventStatus.COMPLETED
        if not (took_place and fields.keys() <= AFTERWARDS):
            self.must_be_open()
        if fields.get("satisfaction") is not None and not took_place:
            raise WrongState(f"{self.id} has not taken place yet", f"run: crm event done {self.id} --satisfaction 4")
        return self.change(**fields)._readable()

    def postpone(self, to: Moment, clock: Clock) -> Self:
        """Moved to a day that is not over, or an instant to come, by this clock; it lasts as long as before.

        Raises WrongState; Refused for the past, and for the time it is planned for already.
        """
        self.must_be_open()
        if behind(to, clock.zone) <= clock.now_text or to == clock.now_text:
            raise Refused(f"{self.id} cannot be moved to {spoken(to, clock)}: that is past", "--to +1w, or fri 14:00")
        if to == self.start:
            raise Refused(f"{self.id} is planned for {spoken(to, clock)} already", "--to another day or time")
        end = moved(self.start, self.end, to, clock.zone) if self.end else None
        return self.change(start=to, end=end, postponed_count=self.postponed_count + 1)._readable()

    def done(self, at: Moment, result: str | None, satisfaction: int | None = None) -> Self:
        """It took place; `satisfaction` is that of the customer, from 1 to 5. Raises WrongState, BadValue."""
        self.must_be_open()
        done = self.change(status=EventStatus.COMPLETED, done_at=at, result=result or self.result)
        return done.change(satisfaction=satisfaction)._readable()

    def cancel(self, at: Moment, reason: str | None) -> Self:
        """It will not take place."""
        self.must_be_open()
        return self.change(status=EventStatus.CANCELED, canceled_at=at, cancel_reason=reason)

    def review(self) -> Self:
        """Somebody has taken note of what came in. Raises Refused for an event of ours, WrongState."""
        if self.is_ours:
            raise Refused(f"{self.id} is outgoing: only what came in is reviewed", "crm event list --unreviewed")
        if self.status is EventStatus.PLANNED:
            raise WrongState(f"{self.id} is planned, it has not come in yet", f"run: crm event done {self.id}")
        if self.status is not EventStatus.COMPLETED:
            self.must_be_open()
        if self.reviewed:
            raise WrongState(f"{self.id} was reviewed already", f"see crm event history {self.id}")
        return self.change(reviewed=True)

    def reopen(self) -> Self:
        """Planned again; what came of it stays in the history. Raises WrongState."""
        if self.status not in (EventStatus.COMPLETED, EventStatus.CANCELED):
            way = self.CLOSED.get(self.status, "move it with: crm event postpone {id} --to WHEN")
            raise WrongState(f"{self.id} is {self.status}, neither completed nor canceled", way.format(id=self.id))
        return self.change(
            status=EventStatus.PLANNED,
            done_at=None,
            canceled_at=None,
            cancel_reason=None,
            result=None,
            satisfaction=None,
            reviewed=False,
        )

    def link(self, said: str | None, to: Ref) -> Self:
        """With a participant, by number or name, known to be that contact or rep; what was written down stays.

        Raises WrongState for a deleted event, Refused for one who takes part already, and what `find` raises.
        """
        if self.is_deleted:
            self.must_be_open()
        row = participant.find(self.rows, said)
        if self.participants.get(to, row.number) != row.number:
            raise Refused(f"{to} takes part in {self.id} already", f"see crm event show {self.id}")
        others = {ref: number for ref, number in self.participants.items() if number != row.number}
        return self.change(participants=others | {to: row.number})

    @property
    def rows(self) -> list[participant.Participant]:
        """Who takes part, in the order they were written down."""
        return participant.rows(self.participant_names, self.participants)

    @property
    def theme(self) -> Ref:
        """The first event of the chain it belongs to: itself, unless it follows another."""
        return self.thread or self.id

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


def reminder_codes(texts: Iterable[str]) -> Codes:
    """Durations before the start, such as 1d or 15m; raises BadValue."""
    codes = [part.strip().lower() for text in texts for part in text.split(",") if part.strip()]
    for code in codes:
        read_duration(code)
    return dict.fromkeys(codes, True)
