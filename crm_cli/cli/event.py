"""Events: plan, record, look, change particulars."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.event_fields import (
    Content,
    End,
    Kind,
    Material,
    Participants,
    Place,
    PriorityOption,
    Purpose,
    Remind,
    Result,
    Satisfaction,
    Way,
    emptied,
)
from crm_cli.cli.event_filters import LATE, filters_of, late
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    EventRef,
    GiveTo,
    On,
    RepOption,
    Set,
    TagOption,
    Unset,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.domain.event import Event
from crm_cli.domain.moment import spoken
from crm_cli.usecases.event import begun, finished
from crm_cli.usecases.event_fields import particulars

COLUMNS = ("start", "id", "kind", "name", "lead", "account_name", "rep_name", "status")

Subject = Annotated[str, typer.Argument(help="What it is about.", show_default=False)]
LeadOption = Annotated[str | None, option("--lead", "With this lead.", "LEAD")]
ContactOption = Annotated[str | None, option("--contact", "With this contact.", "CONTACT")]
DealOption = Annotated[str | None, option("--deal", "About this deal.", "DEAL")]
ClaimOption = Annotated[str | None, option("--claim", "About this claim.", "CLAIM")]


@changes
def add(
    desk: Desk,
    subject: Subject,
    at: Annotated[str, option("--at", "When: a day or a time, crm help dates.", "WHEN")],
    end: End = None,
    kind: Kind = None,
    direction: Way = None,
    lead: LeadOption = None,
    account: AccountOption = None,
    contact: ContactOption = None,
    deal: DealOption = None,
    claim: ClaimOption = None,
    rep: GiveTo = None,
    participant: Participants = None,
    place: Place = None,
    priority: PriorityOption = None,
    content: Content = None,
    purpose: Purpose = None,
    material: Material = None,
    remind: Remind = None,
    tag: TagOption = None,
    set: Set = None,
) -> None:
    """Plan an event with a lead, account or contact, or about a deal or claim.

    \b
    Examples:
      crm event add "Demo with Jane" --lead L12 --at "fri 14:00" --kind meeting --remind 1h,1d
      crm event add "Ask for feedback" --account A7 --at +2w --participant P9 --priority high
    """
    with desk.change() as crm:
        fields = particulars(
            crm,
            subject=subject,
            at=at,
            end=end,
            kind=kind,
            direction=direction,
            participant=participant,
            place=place,
            priority=priority,
            content=content,
            purpose=purpose,
            material=material,
            remind=remind,
        )
        about = {"lead": lead, "account": account, "contact": contact, "deal": deal, "claim": claim}
        event = begun(crm, about, rep, None, **fields)
        if event.rep and rep:
            crm.reps.get(event.rep).must_be_active()
        crm.save(event.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}, {spoken(now.start, crm.said)}{_before(now)}")


def _before(event: Event) -> str:
    return f", reminders {', '.join(sorted(event.remind))} before" if event.remind else ""


@changes
def log(
    desk: Desk,
    subject: Subject,
    at: Annotated[str | None, option("--at", "When it was, if not now.", "WHEN")] = None,
    end: End = None,
    kind: Kind = None,
    direction: Way = None,
    lead: LeadOption = None,
    account: AccountOption = None,
    contact: ContactOption = None,
    deal: DealOption = None,
    claim: ClaimOption = None,
    follows: Annotated[str | None, option("--follows", "The event it follows, about the same.", "EVENT")] = None,
    rep: GiveTo = None,
    participant: Participants = None,
    place: Place = None,
    priority: PriorityOption = None,
    content: Content = None,
    purpose: Purpose = None,
    material: Material = None,
    result: Result = None,
    satisfaction: Satisfaction = None,
    tag: TagOption = None,
    set: Set = None,
) -> None:
    """Record an event that took place; a new lead that we reached is contacted by it.

    \b
    Examples:
      crm event log "Called Jane" --lead L12 --result "wants an offer" --satisfaction 5
      crm event log "Complaint by mail" --account A7 --kind mail --direction incoming --at yesterday
      crm event log "She called back" --follows E7 --direction incoming
    """
    with desk.change(at) as crm:
        fields = particulars(
            crm,
            subject=subject,
            end=end,
            kind=kind,
            direction=direction,
            participant=participant,
            place=place,
            priority=priority,
            content=content,
            purpose=purpose,
            material=material,
        )
        about = {"lead": lead, "account": account, "contact": contact, "deal": deal, "claim": claim}
        before = crm.events.find(follows) if follows else None
        event = begun(crm, about, rep, before, start=crm.on or crm.at, **fields)
        finished(crm, event.set_custom(parse.pairs(set)).tag(add=tag or ()), result, satisfaction)
    show.changed(desk, crm, lambda _, now: f"Logged {now.id} {now.name}", kinds=("event",))


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "planned, completed or canceled.", "STATUS")] = None,
    kind: Annotated[str | None, option("--kind", "call, meeting, mail, message or other.", "KIND")] = None,
    lead: LeadOption = None,
    account: AccountOption = None,
    contact: ContactOption = None,
    deal: DealOption = None,
    claim: ClaimOption = None,
    rep: RepOption = None,
    participant: Annotated[str | None, option("--participant", "In which they take part.", "WHO")] = None,
    thread: Annotated[str | None, option("--thread", "The whole chain of this event.", "EVENT")] = None,
    since: Annotated[str | None, option("--since", "That start then or later.", "WHEN")] = None,
    until: Annotated[str | None, option("--until", "That start then or before; a day with all of it.", "WHEN")] = None,
    due: Annotated[
        str | None, option("--due", "overdue, today, week (to Sunday), or some of them; by date.", "WHEN")
    ] = None,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="That came in and nobody reviewed.")] = False,
) -> None:
    """List events.

    \b
    Examples:
      crm event list --due today,overdue
      crm event list --lead L12 --status completed --json
      crm event list --participant P9 --since som --until eom
    """
    plain = {"status": status, "kind": kind, "rep": rep}
    about = {"lead": lead, "account": account, "contact": contact, "deal": deal, "claim": claim}
    by_time = filters_of(desk, participant=participant, thread=thread, since=since, until=until, due=due)
    filters = [*short_cuts({**plain, **about}), *by_time]
    if unreviewed:
        filters.append("direction=incoming and status=completed and reviewed=no")
    ordered = "start" if due or since or until or thread else None
    list_records(desk, "event", COLUMNS, filters, sort=ordered, figures=LATE)


@shows
def show_(desk: Desk, event: EventRef) -> None:
    """Show one event, with the rest of its chain.

    \b
    Examples:
      crm event show E7
      crm event show E7 --json
    """
    show_record(desk, "event", event, telling=late)


@changes
def edit(
    desk: Desk,
    event: EventRef,
    subject: Annotated[str | None, option("--subject", "Another subject.")] = None,
    at: Annotated[str | None, option("--at", "Another start, if it was wrong.", "WHEN")] = None,
    end: End = None,
    kind: Kind = None,
    direction: Way = None,
    participant: Participants = None,
    place: Place = None,
    priority: PriorityOption = None,
    content: Content = None,
    purpose: Purpose = None,
    material: Material = None,
    remind: Remind = None,
    result: Result = None,
    satisfaction: Satisfaction = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of an event; --participant, --material and --remind replace those it has.

    When it has taken place, only content, material, result, satisfaction and participants. To move it: postpone.

    \b
    Examples:
      crm event edit E7 --place "Room 2" --participant P9 --participant "Jim Roe"
      crm event edit E7 --end "2026-12-07 15:30" --unset remind
    """
    with desk.change(on) as crm:
        found = crm.events.find(event)
        fields = particulars(
            crm,
            found,
            subject=subject,
            at=at,
            end=end,
            kind=kind,
            direction=direction,
            participant=participant,
            place=place,
            priority=priority,
            content=content,
            purpose=purpose,
            material=material,
            remind=remind,
            result=result,
            satisfaction=satisfaction,
        )
        edited = found.edit(**fields, **emptied(unset))
        crm.save(edited.set_custom(parse.pairs(set)) if set else edited)
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")
