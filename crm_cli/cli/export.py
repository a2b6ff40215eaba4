"""Records of one kind as a file: every field of every record, for spreadsheets and other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import is_terminal
from crm_cli.cli.listing import fitting
from crm_cli.cli.output import emit, tell, to_json, visible
from crm_cli.cli.params import Where, option
from crm_cli.cli.view import Row, names_of, public
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.formats.csv_file import csv_lines
from crm_cli.formats.spreadsheet import guarded, guarded_headers, is_formula

FORMATS = ("csv", "tsv", "jsonl", "json")
_TABLES = FORMATS[:2]


class Export:
    """The records that are written, counted on their way."""

    def __init__(self, desk: Desk, crm: Crm, where: Sequence[str], *, all: bool, safe: bool) -> None:
        self.kind = desk.cmd.rpartition(".")[2].removesuffix("s")
        self._crm, self._where, self._all, self._safe = crm, where, all, safe
        self.count = self.formulas = 0  # how many were written, and cells in them that a spreadsheet might obey

    def records(self) -> Iterator[Row]:
        """With every own field as a column of its own besides."""
        for record in fitting(self._crm.shelf(self.kind), self._where, all=self._all):
            self.count += 1
            own = {f"custom.{name}": value for name, value in record.custom.items()}
            yield {**public(record, self._crm), **own}

    def names(self) -> list[str]:
        """The columns of a table: every field, with those of one's own in the place of `custom`."""
        found = fitting(self._crm.shelf(self.kind), self._where, all=self._all)
        own = sorted({f"custom.{name}" for record in found for name in record.custom})
        names = names_of(self.kind)
        place = names.index("custom")
        return [*names[:place], *own, *names[place + 1 :]]

    def cells(self, heads: Sequence[str], *, visibly: bool) -> Iterator[list[str]]:
        """The cells of each record; `visibly` for a terminal, which might obey some characters."""
        for row in self.records():
            cells = [show.file_cell(row.get(name)) for name in heads]
            self.formulas += sum(map(is_formula, cells))
            cells = list(map(guarded, cells)) if self._safe else cells
            yield list(map(visible, cells)) if visibly else cells

    def heads(self, names: Sequence[str]) -> list[str]:
        return guarded_headers(names) if self._safe else list(names)


def records(
    desk: Desk,
    where: Where = None,
    fields: Annotated[str | None, option("--fields", "These fields, in this order; `help` lists them.", "A,B")] = None,
    all: Annotated[bool, typer.Option("--all", help="Deleted and canceled ones too.")] = False,
    spreadsheet_safe: Annotated[
        bool, typer.Option("--spreadsheet-safe", help="Guard cells that a spreadsheet would take for formulas.")
    ] = False,
) -> None:
    """Write {many} to a file: CSV, TSV, JSONL or JSON.

    Every field is in it, lists with semicolons, fields of your own as custom.NAME.

    \b
    Examples:
      crm export {many} -o {many}.csv
      crm export {many} --spreadsheet-safe --fields id,name,created_at -o {many}.csv
      crm export {many} --format jsonl --where "created_at>=2026-01-01"
    """
    form = _format(desk)
    if spreadsheet_safe and form not in _TABLES:
        raise BadValue("--spreadsheet-safe is for tables", f"leave it out, or say --format {' or '.join(_TABLES)}")
    with desk.read() as crm:
        export = Export(desk, crm, where or (), all=all, safe=spreadsheet_safe)
        emit(_written(desk, export, form, fields), desk.options.output)
    told(desk, export.count, "rows")
    if export.formulas and form in _TABLES and not spreadsheet_safe:
        desk.warn(f"warning: a spreadsheet may obey {export.formulas:,} of these cells; --spreadsheet-safe guards them")


def _format(desk: Desk) -> str:
    """csv unless another was typed: what somebody prefers to see says nothing about files."""
    typed = "json" if desk.options.json else desk.options.format
    if typed not in (None, "auto", *FORMATS):
        raise BadValue(f"no export has the format {typed}", f"allowed: {', '.join(FORMATS)}")
    return "csv" if typed in (None, "auto") else typed


def _written(desk: Desk, export: Export, form: str, fields: str | None) -> Iterable[str]:
    if form in _TABLES:
        names = export.names()
        chosen = show.chosen_fields(fields, names) or names
        visibly = desk.options.output is None and is_terminal(sys.stdout)
        heads, cells = export.heads(chosen), export.cells(chosen, visibly=visibly)
        heads = list(map(visible, heads)) if visibly else heads
        return (show.tsv_lines if form == "tsv" else csv_lines)(heads, cells)
    names = names_of(export.kind)
    chosen = show.chosen_fields(fields, names) or names
    rows = ({name: row.get(name) for name in chosen} for row in export.records())
    return show.array(rows) if form == "json" else (to_json(row) + "\n" for row in rows)


def told(desk: Desk, count: int, of: str) -> None:
    """How much was written, where it went into a file."""
    path = desk.options.output
    if path not in (None, "-") and not desk.options.quiet:
        tell(f"Wrote {count:,} {of if count != 1 else of.removesuffix('s')} to {path}")
