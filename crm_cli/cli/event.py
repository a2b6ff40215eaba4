"""Events: plan, record, look, done, cancel."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    EventRef,
    GiveTo,
    On,
    RepOption,
    Set,
    TagOption,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.event import Direction, Event, EventKind, reminder_codes
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import spoken

COLUMNS = ("start", "id", "kind", "name", "lead", "account_name", "rep_name", "status")

Subject = Annotated[str, typer.Argument(help="What it is about.", show_default=False)]
LeadOption = Annotated[str | None, option("--lead", "With this lead.", "LEAD")]
ContactOption = Annotated[str | None, option("--contact", "With this contact.", "CONTACT")]
DealOption = Annotated[str | None, option("--deal", "About this deal.", "DEAL")]
ClaimOption = Annotated[str | None, option("--claim", "About this claim.", "CLAIM")]
Kind = Annotated[str, option("--kind", "call, meeting, mail, message or other.", "KIND")]
Result = Annotated[str | None, option("--result", "What came of it.")]


def _new(crm: Crm, about: dict[str, str | None], rep: str | None, **fields: object) -> Event:
    """An event about one record; a lead must be open; the rep is that of the record unless given."""
    refs = {kind: crm.shelf(kind).find(text).id for kind, text in about.items() if text is not None}
    event = Event(id=crm.events.new_id(), **refs, **fields).checked()  # type: ignore[arg-type]
    target = crm.by_id(event.about[0])
    if isinstance(target, Lead):
        target.must_be_open()
    who = crm.reps.find(rep).id if rep else getattr(target, "rep", None)
    return event.change(rep=who)


@changes
def add(
    desk: Desk,
    subject: Subject,
    at: Annotated[str, option("--at", "When: a day or a time, crm help dates.", "WHEN")],
    end: Annotated[str | None, option("--end", "Until when.", "WHEN")] = None,
    kind: Kind = "call",
    lead: LeadOption = None,
    account: AccountOption = None,
    contact: ContactOption = None,
    deal: DealOption = None,
    claim: ClaimOption = None,
    rep: GiveTo = None,
    remind: Annotated[
        list[str] | None, option("--remind", "How long before to be reminded: 1d,1h.", "DURATION")
    ] = None,
    tag: TagOption = None,
    set: Set = None,
) -> None:
    """Plan an event with a lead, account or contact, or about a deal or claim.

    \b
    Examples:
      crm event add "Demo with Jane" --lead L12 --at "fri 14:00" --kind meeting --remind 1h,1d
      crm event add "Ask for feedback" --account A7 --at +2w
    """
    with desk.change() as crm:
        about = {"lead": lead, "account": account, "contact": contact, "deal": deal, "claim": claim}
        event = _new(
            crm,
            about,
            rep,
            name=subject.strip(),
            kind=parse.choice(EventKind, kind, "kind"),
            start=parse.moment(at, crm),
            end=parse.moment(end, crm) if end else None,
            remind=reminder_codes(remind or ()),
        )
        crm.save(event.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}, {spoken(now.start, crm.said)}{_before(now)}")


def _before(event: Event) -> str:
    return f", reminders {', '.join(sorted(event.remind))} before" if event.remind else ""


@changes
def log(
    desk: Desk,
    subject: Subject,
    at: Annotated[str | None, option("--at", "When it was, if not now.", "WHEN")] = None,
    kind: Kind = "call",
    direction: Annotated[str, option("--direction", "outgoing or incoming.", "WAY")] = "outgoing",
    lead: LeadOption = None,
    account: AccountOption = None,
    contact: ContactOption = None,
    deal: DealOption = None,
    claim: ClaimOption = None,
    rep: GiveTo = None,
    result: Result = None,
    tag: TagOption = None,
    set: Set = None,
) -> None:
    """Record an event that took place; a new lead that we reached is contacted by it.

    \b
    Examples:
      crm event log "Called Jane" --lead L12 --result "wants an offer"
      crm event log "Complaint by mail" --account A7 --kind mail --direction incoming --at yesterday
    """
    with desk.change(at) as crm:
        about = {"lead": lead, "account": account, "contact": contact, "deal": deal, "claim": claim}
        event = _new(
            crm,
            about,
            rep,
            name=subject.strip(),
            kind=parse.choice(EventKind, kind, "kind"),
            direction=parse.choice(Direction, direction, "direction"),
            start=crm.on or crm.at,
        )
        crm.save(event.set_custom(parse.pairs(set)).tag(add=tag or ()).done(crm.at, result))
        _reached(crm, event)
    show.changed(desk, crm, lambda _, now: f"Logged {now.id} {now.name}", kinds=("event",))


def _reached(crm: Crm, event: Event) -> None:
    """The lead of a completed event that we began has been contacted."""
    if event.lead and event.is_ours:
        lead = crm.leads.get(event.lead)
        if lead.is_open:
            crm.save(lead.heard_of_us(crm.at))


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "planned, completed or canceled.", "STATUS")] = None,
    lead: LeadOption = None,
    account: AccountOption = None,
    rep: RepOption = None,
    due: Annotated[str | None, option("--due", "overdue, today, or both with a comma; sorted by date.", "WHEN")] = None,
) -> None:
    """List events.

    \b
    Examples:
      crm event list --due today,overdue
      crm event list --lead L12 --status completed --json
    """
    wanted = {"status": status, "lead": lead, "account": account, "rep": rep}
    filters = short_cuts(wanted)
    list_records(desk, "event", COLUMNS, [*filters, *_due(due)], sort="start" if due else None)


def _due(text: str | None) -> list[str]:
    """Overdue is what has begun or passed and is still planned."""
    if text is None:
        return []
    meant = {"overdue": "start<now", "today": "start=today"}
    parts = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in parts:
        if part not in meant:
            raise BadValue.not_one_of("--due", part, meant)
    return ["status=planned and (" + " or ".join(meant[part] for part in parts) + ")"]


@shows
def show_(desk: Desk, event: EventRef) -> None:
    """Show one event.

    \b
    Examples:
      crm event show E7
      crm event show E7 --json
    """
    show_record(desk, "event", event)


@changes
def done(
    desk: Desk,
    event: EventRef,
    result: Result = None,
    next: Annotated[str | None, option("--next", "Plan what follows, about the same.", "SUBJECT")] = None,
    next_at: Annotated[str | None, option("--next-at", "When that is.", "WHEN")] = None,
    on: On = None,
) -> None:
    """Mark an event as done; a new lead that we reached is contacted by it.

    \b
    Examples:
      crm event done E7 --result "sent offer"
      crm event done E7 --next "Call back" --next-at +3d
    """
    if bool(next) != bool(next_at):
        raise BadValue("--next and --next-at go together", '--next "Call back" --next-at +3d')
    with desk.change(on) as crm:
        finished = crm.events.find(event).done(crm.at, result)
        crm.save(finished)
        _reached(crm, finished)
        if next and next_at:
            crm.save(_following(crm, finished, next, parse.moment(next_at, crm)))
    show.changed(desk, crm, lambda was, now: _done_or_added(crm, was, now), kinds=("event",))


def _following(crm: Crm, event: Event, subject: str, start: str) -> Event:
    return Event(
        id=crm.events.new_id(),
        name=subject.strip(),
        kind=event.kind,
        start=start,
        lead=None if event.account else event.lead,  # the account's, once the lead has become one
        account=event.account,
        contact=event.contact,
        deal=event.deal,
        claim=event.claim,
        rep=event.rep,
    ).checked()


def _done_or_added(crm: Crm, was: Event | None, now: Event) -> str:
    if was is None:
        return f"Added {now.id} {now.name}, {spoken(now.start, crm.said)}"
    return f"Done {now.id} {now.name}" + (f": {now.result}" if now.result else "")


@changes
def cancel(
    desk: Desk,
    event: EventRef,
    reason: Annotated[str | None, option("--reason", "Why.")] = None,
    on: On = None,
) -> None:
    """Cancel a planned event.

    \b
    Examples:
      crm event cancel E7 --reason "is ill"
      crm event cancel E7
    """
    with desk.change(on) as crm:
        crm.save(crm.events.find(event).cancel(crm.at, reason))
    show.changed(desk, crm, lambda was, now: f"Canceled {now.id} {now.name} ({was.status} → {now.status})")
