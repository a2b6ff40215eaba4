"""Figures that are counted when they are asked for and kept in no record: columns of a list, lines of a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.view import Row
from crm_cli.crm import Crm

Section = tuple[str, Sequence[str]]


def _as_it_is(row: Row) -> Row:
    return row


class Figures(Struct, frozen=True):
    """What is counted for the records of one kind."""

    names: tuple[str, ...]
    count: Callable[[Crm], Callable[[str], Row]]  # counts for all at once; then gives each record's by its id
    said: Callable[[Row], Row] = _as_it_is  # the row as people read it

    def asked_for(self, desk: Desk) -> bool:
        """Whether a list shows any of them, or stands in their order."""
        asked = desk.listing
        if self._named(asked.sort):
            return True
        ids_alone = asked.count or desk.format == "ids" or (desk.options.quiet and desk.format in show.HUMAN)
        return not ids_alone and (asked.fields is None or self._named(asked.fields))

    def _named(self, text: str | None) -> bool:
        return bool({name.strip(" -+") for name in (text or "").split(",")} & {*self.names})


class More(Struct, frozen=True, kw_only=True):
    """What a card says besides the record's own fields."""

    row: Row
    sections: Sequence[Section] = ()  # for people
    said: Callable[[Row], Row] = _as_it_is


Telling = Callable[[Any, Crm], More]
