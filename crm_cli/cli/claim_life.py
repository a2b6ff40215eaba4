"""The life of a claim: assigned, started, resolved, withdrawn, taken up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from crm_cli.cli import parse
from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.claim_rows import handling_days
from crm_cli.cli.context import Desk
from crm_cli.cli.params import (
    Cause,
    ClaimRefs,
    Division,
    Employee,
    GiveTo,
    JustifiedOption,
    On,
    changes,
    many,
    option,
)
from crm_cli.crm import Crm
from crm_cli.domain.claim import Claim, ClaimResult, Justified
from crm_cli.usecases import claim as usecase
from crm_cli.usecases.reason import why_note

Reason = Annotated[str | None, option("--reason", "Why; it is noted.")]


def _moved(_: Crm, was: Claim, now: Claim) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


def _known(
    crm: Crm, rep: str | None, division: str | None, employee: str | None, cause: list[str] | None
) -> Callable[[Claim], Claim]:
    """What is said about a claim when it is taken in hand: looked up once, put on each."""
    handler = crm.reps.find(rep) if rep else None
    if handler is not None:
        handler.must_be_active()
    fields = parse.given(rep=handler.id if handler else None, division=division, employee=employee)
    causes = usecase.causes(crm, cause)
    return lambda claim: claim.change(**fields).with_causes(causes)


@changes
@many
def start(
    desk: Desk,
    claims: ClaimRefs = None,
    rep: GiveTo = None,
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    on: On = None,
) -> None:
    """Start processing claims: who handles it, where it comes from and what caused it must be known.

    \b
    Examples:
      crm claim start CL2 --rep ana
      crm claim start CL2 --rep ana --division Assembly --cause transport/broken
    """

    def prepare(crm: Crm) -> Verb[Claim]:
        known = _known(crm, rep, division, employee, cause)
        return lambda claim: known(claim).start(crm.at)

    each(desk, claims, on, prepare, _moved)


@changes
@many
def resolve(
    desk: Desk,
    claims: ClaimRefs = None,
    *,
    result: Annotated[str, option("--result", "satisfied or not_satisfied.", "RESULT")],
    answer: Annotated[str, option("--answer", "What the claimant was told.")],
    satisfaction: Annotated[int | None, option("--satisfaction", "How satisfied they were, 1 to 5.", "1..5")] = None,
    justified: JustifiedOption = None,
    force: Annotated[bool, typer.Option("--force", help="Even if steps of the plan are open.")] = False,
    on: On = None,
) -> None:
    """Resolve claims with the answer given.

    \b
    Examples:
      crm claim resolve CL2 --result satisfied --answer "replaced on 2026-11-20" --satisfaction 4
      crm claim resolve CL2 --result not_satisfied --answer "no fault of ours" --justified no
    """
    outcome = parse.choice(ClaimResult, result, "result")
    judged = parse.choice(Justified, justified, "justified") if justified else None
    told = parse.given(satisfaction=satisfaction, justified=judged)

    def settled(crm: Crm, claim: Claim) -> Claim:
        return claim.resolve(outcome, answer, crm.at, force=force).change(**told).checked()

    each(desk, claims, on, lambda crm: lambda claim: settled(crm, claim), _resolved)


def _resolved(crm: Crm, was: Claim, now: Claim) -> str:
    days = handling_days(now, crm)
    took = f", after {days} working day{'' if days == 1 else 's'}" if days is not None else ""
    return f"{_moved(crm, was, now)}{took}"


@changes
@many
def withdraw(desk: Desk, claims: ClaimRefs = None, reason: Reason = None, on: On = None) -> None:
    """The claimants take claims back.

    \b
    Examples:
      crm claim withdraw CL2 --reason "had not read the manual"
      crm claim withdraw CL1 CL2
    """

    def taken_back(crm: Crm, claim: Claim) -> Claim:
        return why_note(crm, claim.withdraw(crm.at), reason)

    each(desk, claims, on, lambda crm: lambda claim: taken_back(crm, claim), _moved)


@changes
@many
def reopen(
    desk: Desk,
    claims: ClaimRefs = None,
    reason: Reason = None,
    rep: GiveTo = None,
    division: Division = None,
    employee: Employee = None,
    cause: Cause = None,
    on: On = None,
) -> None:
    """Take closed claims up again; how they were closed stays in the history.

    One that was withdrawn before it was started needs what starting it needs.

    \b
    Examples:
      crm claim reopen CL2 --reason "broke again"
      crm claim reopen CL1 --rep ana --division Sales --cause delivery/late
    """

    def prepare(crm: Crm) -> Verb[Claim]:
        known = _known(crm, rep, division, employee, cause)
        return lambda claim: why_note(crm, known(claim).reopen(crm.at), reason)

    each(desk, claims, on, prepare, _moved)
