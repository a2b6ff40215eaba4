"""Sales reps: add, look, change, on duty or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from msgspec.structs import asdict

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.context import Desk
from crm_cli.cli.figures import Figures, More
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AnyRefs,
    On,
    RepRef,
    Set,
    TagOption,
    Unset,
    WithTag,
    changes,
    lists,
    many,
    option,
    shows,
)
from crm_cli.cli.view import Row
from crm_cli.crm import Crm
from crm_cli.domain.reach import read_email
from crm_cli.domain.rep import Rep
from crm_cli.usecases.naming import handle_must_be_free
from crm_cli.usecases.rep_work import Work, work

COLUMNS = ("id", "handle", "name", "email", "division", "status", "open_leads", "open_deals", "planned_events")
PARTICULARS = ("handle", "email", "division")

Handle = Annotated[str | None, option("--handle", "A short name to type.", "WORD")]
Address = Annotated[str | None, option("--email", "The rep's e-mail.", "ADDRESS")]
Division = Annotated[str | None, option("--division", "The part of the house the rep works in.")]


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="The rep's name.", show_default=False)],
    handle: Handle = None,
    email: Address = None,
    division: Division = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Add a sales rep.

    \b
    Examples:
      crm rep add "Ana Silva" --handle ana
      crm rep add "Sam Weber" --handle sam --email sam@nordlicht.example --division North
    """
    with desk.change(on) as crm:
        address = read_email(email) if email else None
        rep = Rep(id=crm.reps.new_id(), name=name.strip(), handle=handle, email=address, division=division).checked()
        handle_must_be_free(crm, rep)
        crm.save(rep.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}" + (f" ({now.handle})" if now.handle else ""))


def _counted(crm: Crm) -> Callable[[str], Row]:
    found = work(crm)
    return lambda rep: asdict(found.get(rep) or Work())


FIGURES = Figures(Work.__struct_fields__, _counted)


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "active or inactive.", "STATUS")] = None,
    division: Division = None,
    tag: WithTag = None,
) -> None:
    """List sales reps with the work they have.

    \b
    Examples:
      crm rep list --sort -open_leads
      crm rep list --status active --fields id,handle,planned_events
    """
    filters = short_cuts({"status": status, "division": division, "tags": tag})
    list_records(desk, "rep", COLUMNS, filters, figures=FIGURES)


@shows
def show_(desk: Desk, rep: RepRef) -> None:
    """Show one sales rep with the work that is there.

    \b
    Examples:
      crm rep show sam
      crm rep show R2 --json
    """
    show_record(desk, "rep", rep, telling=lambda one, crm: More(row=_counted(crm)(one.id)))


@changes
def edit(
    desk: Desk,
    rep: RepRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    handle: Handle = None,
    email: Address = None,
    division: Division = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of a sales rep.

    \b
    Examples:
      crm rep edit sam --handle weber --email sam.weber@nordlicht.example
      crm rep edit R2 --division North --set capacity=40 --set region=DE
    """
    with desk.change(on) as crm:
        found = crm.reps.find(rep)
        fields = parse.given(
            name=name.strip() if name is not None else None,
            handle=handle,
            email=read_email(email) if email else None,
            division=division,
        )
        changed = found.edit(**{**fields, **parse.emptied(unset, PARTICULARS)})
        if handle is not None:
            handle_must_be_free(crm, changed)
        crm.save(changed.set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")


@changes
@many
def deactivate(desk: Desk, reps: AnyRefs = None, on: On = None) -> None:
    """Reps take no new work; what is there stays until it is assigned to others.

    \b
    Examples:
      crm rep deactivate sam
      crm rep deactivate --where 'division=North' --dry-run
    """

    def prepare(crm: Crm) -> Verb[Rep]:
        left = work(crm)

        def off(rep: Rep) -> Rep:
            changed = rep.deactivate()
            if rep.id in left:
                crm.warnings.append(_still_there(rep, left[rep.id]))
            return changed

        return off

    each(desk, reps, on, prepare, _moved, warns=True)


_HAND_OVER = {
    "open_leads": "crm lead assign --where 'rep={id} and status=open' --to REP",
    "open_deals": "crm deal assign --where 'rep={id} and status=in_progress' --to REP",
    "planned_events": "crm event assign --where 'rep={id} and status=planned' --to REP",
    "open_claims": "crm claim assign --where 'rep={id} and status=registered,processing' --to REP",
    "accounts": "crm account assign --where 'rep={id}' --to REP",
}


def _still_there(rep: Rep, left: Work) -> str:
    """What a rep still has, and the commands that hand it over."""
    there = {name: count for name, count in asdict(left).items() if count}
    counts = ", ".join(f"{count} {_noun(name, count)}" for name, count in there.items())
    ways = "; ".join(way.format(id=rep.id) for name, way in _HAND_OVER.items() if name in there)
    return f"{rep.id} {rep.name} still has {counts}; hand over: {ways}"


def _noun(name: str, count: int) -> str:
    """A figure's name as one says it: 1 open lead, 2 open leads."""
    said = name.replace("_", " ")
    return said.removesuffix("s") if count == 1 else said


def _moved(_: Crm, was: Rep, now: Rep) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


@changes
@many
def activate(desk: Desk, reps: AnyRefs = None, on: On = None) -> None:
    """Reps take work again.

    \b
    Examples:
      crm rep activate sam
      crm rep activate R2 R1
    """
    each(desk, reps, on, lambda _: lambda one: one.activate(), _moved)
