"""The way of a deal through the stages of its kind."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.chosen import each
from crm_cli.cli.context import Desk
from crm_cli.cli.params import DealRef, DealRefs, NoteOption, On, Reason, changes, many
from crm_cli.crm import Crm
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue
from crm_cli.domain.stage import stage_name
from crm_cli.usecases import deal_stage as usecase
from crm_cli.usecases.reason import why_note


def _moved(crm: Crm, was: Deal, now: Deal) -> str:
    before, after = (stage_name(crm.deal_kinds, one.kind, one.stage) or "no stage" for one in (was, now))
    return f"{now.id} {now.name}: {before} → {after}" + ("; still on hold" if now.on_hold else "")


@changes
@many
def advance(desk: Desk, deals: DealRefs = None, note: NoteOption = None, on: On = None) -> None:
    """Move deals to the next stage.

    A stage may have gates: Qualification is done when terms are there. A gate is open when the deal has a field of its
    name (crm deal edit D5 --set terms="30 days net"); a note opens none. A shut one is told and stops nothing, unless
    the house wants it so: crm config set deal.stage_gate enforce (or off). crm help deals has more.

    \b
    Examples:
      crm deal advance D5
      crm deal advance D4 D5 --note "both want an offer" --on yesterday
    """

    def moved(crm: Crm, deal: Deal) -> Deal:
        return why_note(crm, usecase.advanced(crm, deal), note)

    each(desk, deals, on, lambda crm: lambda deal: moved(crm, deal), _moved, warns=True)


@changes
@many
def back(desk: Desk, deals: DealRefs = None, reason: Reason = None, on: On = None) -> None:
    """Move deals back to the stage before; where the process leads, say why.

    \b
    Examples:
      crm deal back D5 --reason "they want another offer"
      crm deal back D4 D5 --reason "the budget was cut"
    """

    def moved(crm: Crm, deal: Deal) -> Deal:
        return why_note(crm, usecase.taken_back(crm, deal, reason), reason)

    each(desk, deals, on, lambda crm: lambda deal: moved(crm, deal), _moved)


@changes
def set_stage(
    desk: Desk,
    deal: DealRef,
    stage: Annotated[str, typer.Argument(help="The stage: key or name.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Even where the process leads; needs --reason.")] = False,
    reason: Reason = None,
    on: On = None,
) -> None:
    """Put a deal at any stage, past all gates; of a kind that the process leads only with --force and a reason.

    \b
    Examples:
      crm deal set-stage D4 "Agreeing terms"
      crm deal set-stage D5 presentation --force --reason "they knew us already"
    """
    if force and not reason:
        raise BadValue("--force needs a reason", '--force --reason "they knew us already"')
    with desk.change(on) as crm:
        found = crm.deals.find(deal)
        kind = usecase.kind_of(crm, found)
        kind.place(None, found.id)  # raises for a kind without stages
        crm.save(why_note(crm, found.set_stage(kind, kind.find(stage), crm.when, force=force), reason))
    show.changed(desk, crm, lambda was, now: _moved(crm, was, now))
