"""Sales reps: add, look, on duty or not."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cut
from crm_cli.cli.params import On, RepRef, Set, changes, lists, shows
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Refused
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.reach import read_email
from crm_cli.domain.rep import Rep

COLUMNS = ("id", "handle", "name", "email", "status")


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="The rep's name.", show_default=False)],
    handle: Annotated[
        str | None, typer.Option("--handle", metavar="WORD", help="A short name to type.", show_default=False)
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="The rep's e-mail.", show_default=False)
    ] = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Add a sales rep.

    \b
    Examples:
      crm rep add "Ana Silva" --handle ana
      crm rep add "Sam Weber" --handle sam --email sam@nordlicht.example
    """
    with desk.change(on) as crm:
        _must_be_free(crm, handle)
        address = read_email(email) if email else None
        rep = Rep(id=crm.reps.new_id(), name=name.strip(), handle=handle, email=address).checked()
        crm.save(rep.set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}" + (f" ({now.handle})" if now.handle else ""))


def _must_be_free(crm: Crm, handle: str | None) -> None:
    """A handle stands for one rep, and is never taken for an id."""
    if handle is None:
        return
    if looks_like_id(handle, "rep"):
        raise BadValue(f"the handle {handle!r} would be taken for an id", "choose a word: sam, ana.s")
    if any((one.handle or "").casefold() == handle.casefold() for one in crm.reps.all()):
        raise Refused(f"the handle {handle!r} is taken", "see crm rep list")


@lists
def list_(
    desk: Desk,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="active or inactive.", show_default=False)
    ] = None,
) -> None:
    """List sales reps.

    \b
    Examples:
      crm rep list
      crm rep list --status active --fields id,handle
    """
    list_records(desk, "rep", COLUMNS, short_cut("status", status))


@shows
def show_(desk: Desk, rep: RepRef) -> None:
    """Show one sales rep.

    \b
    Examples:
      crm rep show sam
      crm rep show R2 --json
    """
    show_record(desk, "rep", rep)


@changes
def deactivate(desk: Desk, rep: RepRef, on: On = None) -> None:
    """A rep takes no new work; what is there stays until it is assigned to others.

    \b
    Examples:
      crm rep deactivate sam
      crm rep deactivate R2 --dry-run
    """
    with desk.change(on) as crm:
        crm.save(crm.reps.find(rep).deactivate())
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}")


@changes
def activate(desk: Desk, rep: RepRef, on: On = None) -> None:
    """A rep takes work again.

    \b
    Examples:
      crm rep activate sam
      crm rep activate R2
    """
    with desk.change(on) as crm:
        crm.save(crm.reps.find(rep).activate())
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}")
