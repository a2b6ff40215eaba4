"""The life of an event: done, postponed, canceled, reviewed, taken up again, given away, followed by others."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.context import Desk
from crm_cli.cli.event_fields import (
    Content,
    End,
    Kind,
    Participants,
    Place,
    PriorityOption,
    Remind,
    Result,
    Satisfaction,
)
from crm_cli.cli.params import EventRef, EventRefs, GiveTo, On, changes, many, option
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.event import Event
from crm_cli.domain.moment import Clock, counts_days, is_day, spoken, to_datetime
from crm_cli.domain.span import at_same_time
from crm_cli.usecases.event import ended_at, following, known, reached, reopened
from crm_cli.usecases.event_fields import particulars
from crm_cli.usecases.reason import why_note

Why = Annotated[str | None, option("--reason", "Why.")]


def _moved(_: Crm, was: Event, now: Event) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


@changes
@many
def done(
    desk: Desk,
    events: EventRefs = None,
    result: Result = None,
    satisfaction: Satisfaction = None,
    next: Annotated[str | None, option("--next", "Plan what follows, about the same.", "SUBJECT")] = None,
    next_at: Annotated[str | None, option("--next-at", "When that is.", "WHEN")] = None,
    on: On = None,
) -> None:
    """Mark events as done; a new lead that we reached is contacted by it.

    \b
    Examples:
      crm event done E7 --result "sent offer" --satisfaction 4
      crm event done E7 --next "Call back" --next-at +3d
      crm event list --due overdue -F ids | crm event done -
    """
    if bool(next) != bool(next_at):
        raise BadValue("--next and --next-at go together", '--next "Call back" --next-at +3d')

    def prepare(crm: Crm) -> Verb[Event]:
        at = parse.moment(next_at, crm) if next_at else None
        return lambda event: finish(crm, event, at)

    def finish(crm: Crm, event: Event, at: str | None) -> None:
        finished = event.done(ended_at(crm, event), result, satisfaction)
        after = following(crm, finished, next, at) if next and at else None
        crm.save(finished)
        reached(crm, finished)
        if after is not None:
            crm.save(after)

    each(desk, events, on, prepare, _done_or_added)


def _done_or_added(crm: Crm, was: Event | None, now: Event) -> str:
    if was is None:
        return f"Added {now.id} {now.name}, {spoken(now.start, crm.said)}"
    return f"Done {now.id} {now.name}" + (f": {now.result}" if now.result else "")


@changes
@many
def postpone(
    desk: Desk,
    events: EventRefs = None,
    *,
    to: Annotated[str, option("--to", "When it is to be: a day or a time to come.", "WHEN")],
    on: On = None,
) -> None:
    """Move planned events to another day or time; they last as long as before, and the old start is kept in history.

    So many days or weeks from today (+1w, in 3 days) keep the time of day; a day alone is all day.

    \b
    Examples:
      crm event postpone E7 --to +1w
      crm event postpone E5 E6 --to "mon 10:00"
    """

    def prepare(crm: Crm) -> Verb[Event]:
        moment = parse.moment(to, crm)
        then, keeps = Clock(to_datetime(crm.at, crm.clock.zone), crm.clock.zone), counts_days(to)

        def moved(event: Event) -> Event:
            return event.postpone(at_same_time(event.start, moment, crm.said.zone) if keeps else moment, then)

        return moved

    each(desk, events, on, prepare, _from_to)


def _from_to(crm: Crm, was: Event, now: Event) -> str:
    """A day that takes the place of a time drops the time: that is said."""
    whole = " (all day)" if is_day(now.start) and not is_day(was.start) else ""
    return f"Moved {now.id} {now.name}: {spoken(was.start, crm.said)} → {spoken(now.start, crm.said)}{whole}"


@changes
@many
def cancel(desk: Desk, events: EventRefs = None, reason: Why = None, on: On = None) -> None:
    """Cancel planned events.

    \b
    Examples:
      crm event cancel E7 --reason "is ill"
      crm event cancel E5 E6
    """
    each(
        desk,
        events,
        on,
        lambda crm: lambda event: event.cancel(ended_at(crm, event), reason),
        lambda _crm, was, now: f"Canceled {now.id} {now.name} ({was.status} → {now.status})",
    )


@changes
@many
def review(desk: Desk, events: EventRefs = None, on: On = None) -> None:
    """Mark what came in as reviewed: calls, mails and messages of others.

    \b
    Examples:
      crm event review E8
      crm event list --unreviewed -F ids | crm event review -
    """
    each(
        desk,
        events,
        on,
        lambda _: lambda event: event.review(),
        lambda _crm, _was, now: f"Reviewed {now.id} {now.name}",
    )


@changes
@many
def reopen(desk: Desk, events: EventRefs = None, reason: Why = None, on: On = None) -> None:
    """Plan completed or canceled events again; what came of them stays in the history.

    \b
    Examples:
      crm event reopen E7 --reason "did not take place after all"
      crm event history E7
    """
    each(desk, events, on, lambda crm: lambda event: why_note(crm, reopened(crm, event), reason), _moved)


@changes
def follow_up(
    desk: Desk,
    event: EventRef,
    subject: Annotated[str | None, typer.Argument(help="What it is about; otherwise the same.")] = None,
    *,
    at: Annotated[str, option("--at", "When: a day or a time.", "WHEN")],
    end: End = None,
    kind: Kind = None,
    rep: GiveTo = None,
    participant: Participants = None,
    place: Place = None,
    priority: PriorityOption = None,
    content: Content = None,
    remind: Remind = None,
    on: On = None,
) -> None:
    """Plan what follows an event, about the same: in its chain, of its kind, by its rep, with the same people.

    \b
    Examples:
      crm event follow-up E7 "Send the offer" --at +3d --kind mail
      crm event follow-up E7 --at "fri 14:00"
    """
    with desk.change(on) as crm:
        found = crm.events.find(event)
        fields = particulars(
            crm,
            end=end,
            kind=kind,
            participant=participant,
            place=place,
            priority=priority,
            content=content,
            remind=remind,
        )
        after = following(crm, found, subject or found.name, parse.moment(at, crm), **fields)
        crm.save(after.assign(crm.reps.find(rep)) if rep else after)
    show.changed(
        desk, crm, lambda _, now: f"Added {now.id} {now.name}, {spoken(now.start, crm.said)}, after {now.parent}"
    )


@changes
def link(
    desk: Desk,
    event: EventRef,
    participant: Annotated[
        str | None, option("--participant", "Which one, by number or name, if several are not known.", "WHO")
    ] = None,
    *,
    to: Annotated[str, option("--to", "The contact or rep: id, e-mail, name or handle.", "WHO")],
    on: On = None,
) -> None:
    """Say which contact or rep a participant is; the name that was written down is kept.

    \b
    Examples:
      crm event link E7 --to P9
      crm event link E7 --participant "Jane Doe" --to jane@acme.example
    """
    with desk.change(on) as crm:
        crm.save(crm.events.find(event).link(participant, known(crm, to)))
    show.changed(desk, crm, lambda _, now: f"Linked {now.id} {now.name}: {', '.join(map(str, now.rows))}")
