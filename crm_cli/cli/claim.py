"""Claims: register, look, start, resolve."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    ClaimRef,
    ExternalId,
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
from crm_cli.domain.claim import Claim, ClaimResult, Priority
from crm_cli.domain.moment import spoken
from crm_cli.domain.working_day import working_days_after

COLUMNS = ("id", "name", "account_name", "status", "priority", "due", "rep_name", "causes")

Division = Annotated[str | None, option("--division", "Which division it comes from.")]
Employee = Annotated[str | None, option("--employee", "Who is responsible for it.")]
Cause = Annotated[list[str] | None, option("--cause", "What caused it; repeat for more.", "CAUSE")]


@changes
def add(
    desk: Desk,
    subject: Annotated[str, typer.Argument(help="What is wrong.", show_default=False)],
    account: AccountOption = None,
    contact: Annotated[str | None, option("--contact", "Who complains.", "CONTACT")] = None,
    text: Annotated[str | None, option("--text", "What was said.")] = None,
    priority: Annotated[str, option("--priority", "low, normal or high.", "PRIORITY")] = "normal",
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    rep: GiveTo = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Register a claim of an account; its date due follows from the priority, in working days.

    \b
    Examples:
      crm claim add "Damaged unit" --account A7 --division Assembly --cause transport
      crm claim add "Wrong invoice" --account "Acme GmbH" --priority high --rep ana
    """
    with desk.change(on) as crm:
        judged = parse.choice(Priority, priority, "priority")
        fields = parse.given(
            account=crm.accounts.find(account).id if account else None,
            contact=crm.contacts.find(contact).id if contact else None,
            text=text,
            division=division,
            employee=employee,
            rep=crm.reps.find(rep).id if rep else None,
            external_id=external_id,
        )
        new = Claim(
            id=crm.claims.new_id(),
            name=subject.strip(),
            priority=judged,
            registered_at=crm.on or crm.at,
            due=_due(crm, judged),
            **fields,
        ).checked()
        crm.save(new.with_causes(cause or ()).set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(
        desk,
        crm,
        lambda _, now: f"Added {now.id} {now.name} ({crm.name_of(now.account)}), due {spoken(now.due, crm.said)}",
    )


def _due(crm: Crm, priority: Priority) -> str:
    days = int(crm.setting(f"claim.days.{priority}"))
    return working_days_after(date.fromisoformat(crm.day), days, frozenset(crm.setting("holidays"))).isoformat()


@lists
def list_(
    desk: Desk,
    status: Annotated[
        str | None, option("--status", "registered, processing, satisfied, not_satisfied ...", "STATUS")
    ] = None,
    account: AccountOption = None,
    rep: RepOption = None,
) -> None:
    """List claims.

    \b
    Examples:
      crm claim list --status registered,processing --sort due
      crm claim list --where 'due<today and status=registered' --exit-code
    """
    wanted = {"status": status, "account": account, "rep": rep}
    list_records(desk, "claim", COLUMNS, short_cuts(wanted))


@shows
def show_(desk: Desk, claim: ClaimRef) -> None:
    """Show one claim with its notes and events.

    \b
    Examples:
      crm claim show CL2
      crm claim show CL2 --json
    """
    show_record(desk, "claim", claim)


@changes
def start(
    desk: Desk,
    claim: ClaimRef,
    rep: GiveTo = None,
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    on: On = None,
) -> None:
    """Start processing a claim: who handles it, where it comes from and what caused it must be known.

    \b
    Examples:
      crm claim start CL2 --rep ana
      crm claim start CL2 --rep ana --division Assembly --cause transport
    """
    with desk.change(on) as crm:
        found = crm.claims.find(claim)
        found.must_be_open()
        known = parse.given(rep=crm.reps.find(rep).id if rep else None, division=division, employee=employee)
        crm.save(found.change(**known).with_causes(cause or ()).start(crm.at))
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}")


@changes
def resolve(
    desk: Desk,
    claim: ClaimRef,
    result: Annotated[str, option("--result", "satisfied or not_satisfied.", "RESULT")],
    answer: Annotated[str, option("--answer", "What the claimant was told.")],
    on: On = None,
) -> None:
    """Resolve a claim with the answer given.

    \b
    Examples:
      crm claim resolve CL2 --result satisfied --answer "replaced on 2026-11-20"
      crm claim resolve CL2 --result not_satisfied --answer "no fault of ours"
    """
    with desk.change(on) as crm:
        outcome = parse.choice(ClaimResult, result, "result")
        crm.save(crm.claims.find(claim).resolve(outcome, answer, crm.at))
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}")
