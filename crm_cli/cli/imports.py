"""Taking in files: leads, and won deals with which leads become customers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO, get_args

import typer
from msgspec import Struct

from crm_cli.cli import taken_in
from crm_cli.cli.context import Desk
from crm_cli.cli.output import emit
from crm_cli.cli.params import changes, option
from crm_cli.domain.errors import BadValue, CrmError, Exit, NotFound
from crm_cli.formats import read_sheet
from crm_cli.formats.date_text import Order
from crm_cli.formats.row import Sheet
from crm_cli.usecases.import_cells import Plan
from crm_cli.usecases.import_columns import Of, columns_of
from crm_cli.usecases.import_deals import import_deals
from crm_cli.usecases.import_leads import import_leads
from crm_cli.usecases.import_outcome import ImportStopped

_DECIMAL = {"comma": True, "point": False}

File = Annotated[str, typer.Argument(help="A CSV or JSONL file; - reads it from stdin.", show_default=False)]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="What a column is; repeat for more.", show_default=False),
]
KeepGoing = Annotated[bool, typer.Option("--keep-going", help="Take in the good rows, leave out the others.")]
Rejects = Annotated[str | None, option("--rejects", "Write the rows left out to FILE, with the reasons.", "FILE")]
CreateReps = Annotated[bool, typer.Option("--create-reps", help="Add sales reps that are not there yet.")]
Dates = Annotated[str | None, option("--dates", "dmy, mdy or ymd, where a column does not tell.", "ORDER")]
DecimalMark = Annotated[str | None, option("--decimal", "comma or point, where a column does not tell.", "MARK")]
Input = Annotated[str, typer.Option("--input", metavar="FORMAT", help="auto, csv or jsonl.")]


class Partial(CrmError):
    """Some rows were taken in and some were not."""

    code = "partial"
    exit_code = Exit.PARTIAL


class Wishes(Struct, frozen=True, kw_only=True):
    """How a file is to be taken in, as typed."""

    map: list[str] | None
    keep_going: bool
    rejects: str | None
    create_reps: bool
    dates: str | None
    decimal: str | None
    input: str

    def check(self, file: str, store: Path) -> None:
        """Raises BadValue before anything is read; `store` is the folder the rejects may not be in."""
        _one_of("--dates", self.dates, get_args(Order))
        _one_of("--decimal", self.decimal, _DECIMAL)
        _one_of("--input", self.input, ("auto", "csv", "jsonl"))
        if self.rejects is None:
            return
        if not self.keep_going:
            raise BadValue("--rejects is for the rows that are left out", "say --keep-going too")
        if file != "-" and _whole(file) == _real(self.rejects):
            raise BadValue("--rejects would overwrite the file that is imported", "name another file")
        if self.rejects != "-":
            _must_be_writable(self.rejects, store)

    def plan(self, of: Of, sheet: Sheet) -> Plan:
        """What the columns are and how they are read; raises BadValue."""
        order: Any = self.dates
        return Plan(
            columns=columns_of(of, sheet.headers, self.map or [] if sheet.headers else []),
            order=order,
            comma=_DECIMAL[self.decimal] if self.decimal else None,
            create_reps=self.create_reps,
        )


@changes
def leads(
    desk: Desk,
    file: File,
    map: Map = None,
    keep_going: KeepGoing = False,
    rejects: Rejects = None,
    create_reps: CreateReps = False,
    dates: Dates = None,
    decimal: DecimalMark = None,
    input: Input = "auto",
) -> None:
    """Take in leads from a CSV or JSONL file, all or none.

    Obvious headers are recognised, other columns become fields of your own. A lead that is there already, by external
    id or else by e-mail, is brought up to date; the same file again changes nothing.

    \b
    Examples:
      crm import leads leads.csv --dry-run
      crm import leads leads.csv --map "Lead no.=external_id" --map Origin=channel --create-reps
      crm import leads leads.csv --keep-going --rejects rejected.csv
    """
    wishes = Wishes(
        map=map,
        keep_going=keep_going,
        rejects=rejects,
        create_reps=create_reps,
        dates=dates,
        decimal=decimal,
        input=input,
    )
    _take_in(desk, "leads", file, wishes)


@changes
def deals(
    desk: Desk,
    file: File,
    map: Map = None,
    keep_going: KeepGoing = False,
    rejects: Rejects = None,
    create_reps: CreateReps = False,
    dates: Dates = None,
    decimal: DecimalMark = None,
    input: Input = "auto",
) -> None:
    """Take in won deals from a CSV or JSONL file and qualify their leads, all or none.

    The column lead.external_id says which lead a deal is of. The lead is qualified on the day the deal was won; one
    that is qualified gets a further deal on its account.

    \b
    Examples:
      crm import deals won.csv --map "lead id=lead.external_id" --map won=won_at --create-reps
      crm import deals won.csv --dates mdy --dry-run --json
    """
    wishes = Wishes(
        map=map,
        keep_going=keep_going,
        rejects=rejects,
        create_reps=create_reps,
        dates=dates,
        decimal=decimal,
        input=input,
    )
    _take_in(desk, "deals", file, wishes)


def _take_in(desk: Desk, of: Of, file: str, wishes: Wishes) -> None:
    """Carry out an import: all rows or, with --keep-going, the good ones. Raises ImportStopped, Partial."""
    wishes.check(file, desk.place[0])
    sheet = _read(file, wishes.input)
    plan = wishes.plan(of, sheet)
    with desk.change() as crm, taken_in.progress() as watch:
        outcome = (import_leads if of == "leads" else import_deals)(crm, sheet, plan, watch)
        if outcome.problems and not wishes.keep_going and not desk.options.dry_run:
            taken_in.tell_problems(desk, outcome)
            raise ImportStopped(outcome.problems)
    if outcome.problems and wishes.rejects and not desk.options.dry_run:
        emit([taken_in.rejected(sheet, outcome.problems)], wishes.rejects)
    taken_in.show(desk, crm, sheet, outcome)
    if outcome.problems and desk.options.dry_run:
        raise ImportStopped(outcome.problems)
    if outcome.problems:
        rows = f"{outcome.failed:,} rows that have problems" if outcome.failed > 1 else "a row that has problems"
        raise Partial(f"left out: {rows}", _way_back(wishes.rejects))


def _way_back(rejects: str | None) -> str:
    return f"mend them in {rejects} and import that" if rejects else "to get them back: --keep-going --rejects FILE"


def _read(file: str, kind: str) -> Sheet:
    """The rows of the file; raises NotFound, BadValue."""
    name = "stdin" if file == "-" else Path(file).name
    try:
        with _opened(file) as stream:
            return read_sheet(stream, name, kind)  # type: ignore[arg-type]
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}", "give the path of a CSV or JSONL file, or - for stdin") from error
    except OSError as error:
        reason = error.strerror or "there is nothing to read"
        raise BadValue(f"{file} cannot be read: {reason}", "give the path of a CSV or JSONL file") from error
    except MemoryError as error:
        raise BadValue(f"{file} has more rows than there is memory for", "take it in in several parts") from error


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    """The file as bytes, unbuffered; a pipe will do. Raises OSError."""
    try:
        return nullcontext(sys.stdin.buffer) if file == "-" else Path(os.path.expanduser(file)).open("rb", buffering=0)
    except (ValueError, AttributeError) as error:  # a NUL in the name, no stdin
        raise OSError from error


def _must_be_writable(rejects: str, store: Path) -> None:
    path, folder = _real(rejects), _real(str(store))
    if path == folder or folder in path.parents:
        raise BadValue(f"--rejects {rejects} is inside the store", "name a file somewhere else")
    if path.exists() and not path.is_file():
        raise BadValue(f"--rejects {rejects} is no plain file", "name a file, new or to be replaced")


def _whole(file: str) -> Path:
    return _real(os.path.expanduser(file))


def _real(path: str) -> Path:
    """Links followed; one that leads round in a circle stays as it is."""
    return Path(os.path.realpath(path))


def _one_of(what: str, text: str | None, allowed: Iterable[str]) -> None:
    if text is not None and text not in allowed:
        raise BadValue.not_one_of(what, text, allowed)
