"""The plan of a claim: steps added, done, canceled, and all that are still to be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.claim_rows import STEP, step_row
from crm_cli.cli.context import Desk
from crm_cli.cli.params import ClaimRef, GiveTo, On, RepOption, changes, option
from crm_cli.cli.view import Row, local
from crm_cli.crm import Crm
from crm_cli.domain.claim import Claim
from crm_cli.domain.moment import spoken

COLUMNS = ("claim", "claim_name", "number", "name", "due", "rep_name")
NAMES = ("claim", "claim_name", *STEP)

StepRef = Annotated[str, typer.Argument(help="The step: its number or name.", metavar="STEP", show_default=False)]


@changes
def add(
    desk: Desk,
    claim: ClaimRef,
    name: Annotated[str, typer.Argument(help="What is to be done.", show_default=False)],
    due: Annotated[str | None, option("--due", "Until when.", "WHEN")] = None,
    rep: GiveTo = None,
    takes: Annotated[str | None, option("--takes", "How long it takes: 2h, 1d.", "DURATION")] = None,
) -> None:
    """Add a step to the plan of a claim, by which its causes are looked into.

    \b
    Examples:
      crm claim plan add CL2 "Inspect the unit" --due fri --rep sam
      crm claim plan add CL2 "Ask the carrier" --due "mon 12:00" --takes 30m
    """
    with desk.change() as crm:
        found = crm.claims.find(claim)
        until = parse.moment(due, crm) if due else None
        planned = found.add_step(name, until, crm.reps.find(rep) if rep else None, takes)
        crm.save(planned)

    def say(_: Claim, now: Claim) -> str:
        step = now.steps[-1]
        until = f", due {spoken(step.due, crm.said)}" if step.due else ""
        return f"Added step {now.step_title(step)} to {now.id} {now.name}{until}"

    show.changed(desk, crm, say, part=str(planned.steps[-1].number))


@changes
def done(
    desk: Desk,
    claim: ClaimRef,
    step: StepRef,
    result: Annotated[str | None, option("--result", "What came of it.")] = None,
    on: On = None,
) -> None:
    """Mark a step as done, with what came of it.

    \b
    Examples:
      crm claim plan done CL2 1 --result "the frame is bent"
      crm claim plan done CL2 "Inspect the unit"
    """
    with desk.change(on) as crm:
        found = crm.claims.find(claim)
        meant = found.find_step(step)
        crm.save(found.step_done(meant, crm.at, result))
    show.changed(desk, crm, lambda _, now: f"Done step {now.step_title(meant)} of {now.id} {now.name}")


@changes
def cancel(desk: Desk, claim: ClaimRef, step: StepRef, on: On = None) -> None:
    """Mark a step as not needed after all.

    \b
    Examples:
      crm claim plan cancel CL2 1
      crm claim plan cancel CL2 "Inspect the unit" --dry-run
    """
    with desk.change(on) as crm:
        found = crm.claims.find(claim)
        meant = found.find_step(step)
        crm.save(found.cancel_step(meant, crm.at))
    show.changed(desk, crm, lambda _, now: f"Canceled step {now.step_title(meant)} of {now.id} {now.name}")


def list_(
    desk: Desk,
    claim: Annotated[
        str | None, typer.Argument(help="Of this claim; else of every open one.", metavar="CLAIM", show_default=False)
    ] = None,
    rep: RepOption = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those that should have been done by now.")] = False,
) -> None:
    """List steps that are still to be done in open claims, the earliest first.

    \b
    Examples:
      crm claim plan list --rep sam
      crm claim plan list CL2 --json
    """
    with desk.read() as crm:
        claims = [crm.claims.find(claim)] if claim else crm.claims.all(crm.claims.where("status=open"))
        rows = [row for one in claims for row in _to_do(crm, one, rep, overdue)]
        rows.sort(key=lambda row: row["due"] or "~")
        if desk.format in show.HUMAN:
            rows = [{**row, "due": local(row["due"], crm) if row["due"] else None} for row in rows]
        heads = {"claim_name": "SUBJECT", "number": "STEP"}
        show.rows(desk, rows, COLUMNS, NAMES, empty="No steps are to be done.", shown=heads)


def _to_do(crm: Crm, claim: Claim, rep: str | None, overdue: bool) -> Iterator[Row]:
    """The open steps of a claim: those of this rep, those that are late, if so asked."""
    wanted = crm.reps.find(rep).id if rep and rep.lower() != "none" else None
    for step in claim.open_steps:
        row = step_row(claim, step, crm)
        if (rep is None or row["rep"] == wanted) and (not overdue or step.is_overdue(crm.clock)):
            yield {"claim": claim.id, "claim_name": claim.name, **row}
