"""Claims: register, look, change particulars."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import present
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    Cause,
    ClaimRef,
    Division,
    Employee,
    ExternalId,
    GiveTo,
    JustifiedOption,
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
from crm_cli.crm import Crm
from crm_cli.domain.claim import Claim, Justified, Priority
from crm_cli.domain.moment import instant, read_duration, read_zone, spoken
from crm_cli.usecases import claim as usecase

COLUMNS = ("id", "name", "account_name", "status", "priority", "due", "rep_name", "causes")
PARTICULARS = (
    *("text", "contact", "division", "employee", "causes", "due", "source", "kind", "justified", "event"),
    "external_id",
)

Contact = Annotated[str | None, option("--contact", "Who complains.", "CONTACT")]
Words = Annotated[str | None, option("--text", "What was said.")]
PriorityOption = Annotated[str | None, option("--priority", "low, normal or high.", "PRIORITY")]
Due = Annotated[str | None, option("--due", "Until when it must be settled, if not by its priority.", "DAY")]
Source = Annotated[str | None, option("--source", "How it came: mail, phone, order ...")]
Kind = Annotated[str | None, option("--kind", "What sort of claim it is: quality, delivery ...")]
FromEvent = Annotated[str | None, option("--from-event", "The conversation in which it was made.", "EVENT")]


@changes
def add(
    desk: Desk,
    subject: Annotated[str, typer.Argument(help="What is wrong.", show_default=False)],
    account: AccountOption = None,
    contact: Contact = None,
    text: Words = None,
    priority: Annotated[str, option("--priority", "low, normal or high.", "PRIORITY")] = "normal",
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    rep: GiveTo = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    due: Due = None,
    source: Source = None,
    kind: Kind = None,
    from_event: FromEvent = None,
    on: On = None,
) -> None:
    """Register a claim of an account; its date due follows from the priority, in working days.

    Of a conversation in which it was made, claimant, text and rep are taken over unless they are given.

    \b
    Examples:
      crm claim add "Damaged unit" --account A7 --division Assembly --cause transport
      crm claim add "Wrong invoice" --account "Acme GmbH" --priority high --rep ana
      crm claim add "Noisy gears" --from-event E6 --cause quality/noise
    """
    with desk.change(on) as crm:
        judged = parse.choice(Priority, priority, "priority")
        registered = crm.on or crm.at
        fields = {
            **(usecase.told_in(crm, crm.events.find(from_event)) if from_event else {}),
            **usecase.claimant(crm, account, contact),
            **parse.given(text=text, division=division, employee=employee, due=parse.day(due, crm)),
            **parse.given(source=source, kind=kind, external_id=external_id),
        }
        handler = crm.reps.find(rep) if rep else None
        new = Claim(
            id=crm.claims.new_id(),
            name=subject.strip(),
            priority=judged,
            registered_at=registered,
            **{"due": usecase.due(crm, judged, registered), **fields},
        ).checked()
        new = new.due_in_time(crm.clock.zone)
        new = new.assign(handler) if handler else new
        crm.save(new.with_causes(usecase.causes(crm, cause)).set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, _added(crm))


def _added(crm: Crm) -> Any:
    def say(_: None, now: Claim) -> str:
        due = f", due {spoken(now.due, crm.said)}" if now.due else ""
        return f"Added {now.id} {now.name} ({crm.name_of(str(now.account))}){due}"

    return say


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "open, registered, processing, satisfied ...", "STATUS")] = None,
    account: AccountOption = None,
    rep: RepOption = None,
    division: Division = None,
    cause: Annotated[str | None, option("--cause", "A cause, or a whole category of them.", "CAUSE")] = None,
    priority: PriorityOption = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those that should have been settled by now.")] = False,
    older_than: Annotated[str | None, option("--older-than", "Registered longer ago: 7d, 2w.", "DURATION")] = None,
) -> None:
    """List claims.

    \b
    Examples:
      crm claim list --status open --sort due
      crm claim list --overdue --cause transport
      crm claim list --status registered --older-than 7d
    """
    wanted = {
        "status": status,
        "account": account,
        "rep": rep,
        "division": division,
        "causes": cause,
        "priority": priority,
    }
    filters = [*short_cuts(wanted), *(["status=open and due<today"] if overdue else [])]
    if older_than is not None:
        filters.append(f"registered_at<{_before(desk, read_duration(older_than))}")
    list_records(desk, "claim", COLUMNS, filters, sort="due" if overdue else None)


def _before(desk: Desk, span: timedelta) -> str:
    """The instant so long ago."""
    return instant(present(desk.options.now, read_zone("UTC")).now - span)


@shows
def show_(desk: Desk, claim: ClaimRef) -> None:
    """Show one claim with its notes and events, its plan and attached files.

    \b
    Examples:
      crm claim show CL2
      crm claim show CL2 --json
    """
    show_record(desk, "claim", claim)


@changes
def edit(
    desk: Desk,
    claim: ClaimRef,
    name: Annotated[str | None, option("--name", "Another subject.")] = None,
    account: AccountOption = None,
    contact: Contact = None,
    text: Words = None,
    priority: PriorityOption = None,
    due: Due = None,
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    source: Source = None,
    kind: Kind = None,
    justified: JustifiedOption = None,
    external_id: ExternalId = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of a claim; --cause replaces those it has, another priority sets the date due anew.

    \b
    Examples:
      crm claim edit CL2 --priority high --text "bent frame, left side"
      crm claim edit CL2 --cause transport/broken --justified yes --unset employee
    """
    with desk.change(on) as crm:
        found = crm.claims.find(claim)
        fields = {
            **_emptied(unset),
            **parse.given(
                name=name.strip() if name is not None else None,
                account=crm.accounts.find(account).id if account else None,
                contact=crm.contacts.find(contact).id if contact else None,
                priority=parse.choice(Priority, priority, "priority") if priority else None,
                justified=parse.choice(Justified, justified, "justified") if justified else None,
                due=parse.day(due, crm),
            ),
            **parse.given(text=text, division=division, employee=employee, source=source, kind=kind),
            **parse.given(external_id=external_id),
        }
        if cause:
            fields["causes"] = Claim(id=found.id).with_causes(usecase.causes(crm, cause)).causes
        crm.save(usecase.edited(crm, found, fields).set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")


def _emptied(unset: list[str] | None) -> dict[str, Any]:
    return {name: {} if name == "causes" else value for name, value in parse.emptied(unset, PARTICULARS).items()}
