"""The history of everything: the latest operations, or all about one record or operation."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from crm_cli.cli.context import Desk
from crm_cli.cli.entries import show_entries
from crm_cli.cli.params import option
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, NotFound
from crm_cli.domain.history import Entry
from crm_cli.domain.ids import looks_like_activity, looks_like_id, number_of

_LATEST = 20


def history(
    desk: Desk,
    id: Annotated[
        str | None, typer.Argument(help="A record (L12) or an operation (O311); all if left out.", show_default=False)
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many operations, without an id.")
    ] = _LATEST,
    by: Annotated[str | None, option("--by", "Only what this user did.", "USER")] = None,
) -> None:
    """Show the latest operations, or everything about one record or operation.

    \b
    Examples:
      crm history
      crm history L12 --json
    """
    with desk.read() as crm:
        first = crm.snapshot.next_number("operation") - limit
        entries = _about(crm, id) if id is not None else crm.snapshot.since(first)
        show_entries(desk, crm, (entry for entry in entries if by is None or entry.by == by))


def _about(crm: Crm, id: str) -> list[Entry]:
    if step := looks_like_activity(id):
        return _of_activity(crm, *step)
    found = looks_like_id(id)
    if found is None:
        raise BadValue(f"{id!r} is not an id", "ids look like L12, A7 or O311")
    kind, number = found
    if kind == "operation":
        entries = crm.snapshot.operation(number)
    else:
        entries = sorted(crm.snapshot.history(kind, number), key=lambda entry: (entry.at, entry.seq))
    if not entries:
        raise NotFound(f"there is no {kind} {id}", "look with: crm history")
    return entries


def _of_activity(crm: Crm, campaign: str, id: str) -> list[Entry]:
    """What happened to one activity of a campaign, and to nothing else of it; raises NotFound."""
    paths = {f"{field}.{id.partition('.')[2]}" for field in ("activities", "reps")}
    known = sorted(crm.snapshot.history("campaign", number_of(campaign)), key=lambda entry: (entry.at, entry.seq))
    entries = [
        replace(entry, facts={path: change for path, change in entry.facts.items() if path in paths}, personal=None)
        for entry in known
        if paths & entry.facts.keys()
    ]
    if not entries:
        raise NotFound(f"there is no activity {id}", f"look with: crm campaign activity list {campaign}")
    return entries
