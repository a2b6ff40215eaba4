"""What every reader of files gives back: a sheet of rows, and the rows it could not read."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import count

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.domain.size import LONGEST_FIELD

MOST_COLUMNS = 2_000
MOST_PROBLEMS = 10_000
_MOST_LEFT_OUT = 1 << 25  # characters of records that are kept to be given back
NUL = "\0"
NOT_TEXT = "\N{REPLACEMENT CHARACTER}"  # stands where bytes could not be decoded

_REASONS = {NUL: "holds a NUL character", NOT_TEXT: "holds bytes that are not text"}


class Row(Struct, frozen=True, kw_only=True):
    """One record of a file: the physical line on which it starts, from 1, and its cells by header."""

    line: int
    cells: dict[str, str]  # without outer blanks


class Problem(Struct, frozen=True, kw_only=True):
    """One record of a file that cannot be used, and why."""

    line: int
    column: str | None = None
    value: str | None = None
    reason: str
    cells: tuple[str, ...] = ()  # the record as far as it could be told apart, so that it can be given back


class Sheet(Struct, frozen=True, kw_only=True):
    """A whole file as rows; `sha256` is the hex digest of its bytes, by which it is known again."""

    name: str
    sha256: str
    headers: tuple[str, ...]
    rows: list[Row]
    problems: list[Problem]


def sheet_of(sha256: str, name: str, headers: tuple[str, ...], found: Sequence[Row | Problem]) -> Sheet:
    """The sheet of a file with this digest; one in which nothing was found says that it is empty."""
    problems = [item for item in found if isinstance(item, Problem)]
    if not headers and not problems:
        problems = [Problem(line=1, reason="the file is empty")]
    rows = [item for item in found if isinstance(item, Row)]
    return Sheet(name=name, sha256=sha256, headers=headers, rows=rows, problems=problems)


def collected(items: Iterable[Row | Problem], name: str) -> list[Row | Problem]:
    """The rows and problems of a file that is what it was taken for.

    Raises BadValue over 10,000 problems, or where the records that cannot be read have over 33,554,432 characters.
    """
    found: list[Row | Problem] = []
    problems = size = 0
    for item in items:
        found.append(item)
        if isinstance(item, Problem):
            problems += 1
            size += sum(map(len, item.cells))
            if problems > MOST_PROBLEMS or size > _MOST_LEFT_OUT:
                raise _no_table(name, problems, item.line)
    return found


def _no_table(name: str, problems: int, line: int) -> BadValue:
    return BadValue(
        f"{name} cannot be read: {problems:,} records up to line {line:,} have problems, and reading stopped there",
        "check whether it is a CSV or JSONL file, what separates its columns, and how it is encoded",
        line=line,
    )


def unique_headers(cells: Iterable[str]) -> tuple[str, ...]:
    """Header names no two of which are the same: `Email`, `Email (2)`, and `column 3` for a blank one."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        names[_free(cell.strip() or f"column {number}", names)] = None
    return tuple(names)


def _free(name: str, taken: Container[str]) -> str:
    if name not in taken:
        return name
    return next(other for n in count(2) if (other := f"{name} ({n})") not in taken)


def refuse_too_many_columns(width: int, name: str) -> None:
    """Stop at more than 2,000 columns: such a file is a mistake. Raises BadValue."""
    if width > MOST_COLUMNS:
        raise BadValue(
            f"{name} has {width:,} columns, more than {MOST_COLUMNS:,}",
            "keep only the columns that are wanted, and check what separates them",
        )


def flaw_of(text: str, marks: Iterable[str] = (NUL,)) -> str | None:
    """Why this cell cannot be kept, if so: over 65,536 characters, or it holds one of the marks."""
    if len(text) > LONGEST_FIELD:
        return f"is {len(text):,} characters long, more than {LONGEST_FIELD:,}"
    return next((_REASONS[mark] for mark in marks if mark in text), None)


def shortened(text: str) -> str:
    """The first 40 characters, enough to find the place by eye."""
    return text if len(text) <= 40 else f"{text[:39]}…"
