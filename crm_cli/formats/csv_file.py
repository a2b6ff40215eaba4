"""Rows from text separated by commas, semicolons, tabs or bars, and rows back to such text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, zip_longest
from typing import NamedTuple

from crm_cli.formats.row import (
    LONGEST_CELL,
    Problem,
    Row,
    Sheet,
    flaw_of,
    refuse_too_many_columns,
    sheet_of,
    shortened,
    unique_headers,
)
from crm_cli.formats.text import text_of

_DELIMITERS = ",;\t|"
_FIRST_LINES = 50  # by which the delimiter is decided
_SAMPLE = 65_536  # characters of them
_PHYSICAL_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_HINT = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_QUOTED_CELL = re.compile(rf"(?<![^{_DELIMITERS}\r\n]){_QUOTED.pattern}")
_MUST_BE_QUOTED = re.compile(r'[",\r\n]')


class _Record(NamedTuple):
    """The cells of one record, without outer blanks, and the physical line on which it starts."""

    line: int
    cells: list[str]


def read_csv(data: bytes, name: str) -> Sheet:
    """The rows of a CSV file; whatever cannot be read is a Problem that names its line, never a crash.

    The encoding is found by `text_of`. A first line `sep=;` names the delimiter, else the header line and
    the lines after it decide. Missing cells are blank, wholly blank rows are skipped, and so are blank cells
    beyond the header; a row with others there, a cell over 65,536 characters or a NUL is a problem. So is text
    right after a closing quote, and a quote that is never closed: it is told at the line where it opened, and
    nothing after it is read. Raises BadValue over 2,000 columns.
    """
    text, marks = text_of(data)
    lines: list[str] = _PHYSICAL_LINE.findall(text)
    with _cells_of_any_length(len(text)):
        records = _records(lines, *_layout(lines))
        header = next(records, None)
        if not isinstance(header, _Record):
            return sheet_of(data, name, (), [header] if header else [])
        refuse_too_many_columns(len(header.cells), name)
        if flawed := _flawed(header, header.cells, marks):
            return sheet_of(data, name, (), [flawed])
        headers = unique_headers(header.cells)
        return sheet_of(data, name, headers, [_row(headers, record, marks) for record in records])


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text of a CSV file: the headers, then the cells of each row in that order.

    Cells with a comma, a quote or a line end are quoted (RFC 4180, section 2); lines end in LF.
    """
    return "".join(f"{_line(cells)}\n" for cells in (headers, *rows))


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_quoted, cells)) or '""'  # a lone blank cell would be a blank line


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _MUST_BE_QUOTED.search(cell) else cell


@contextmanager
def _cells_of_any_length(most: int) -> Iterator[None]:
    """Lift csv's own limit meanwhile: reaching it, csv forgets where an unclosed quote opened."""
    import csv

    before = csv.field_size_limit()
    csv.field_size_limit(max(before, most))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _layout(lines: Sequence[str]) -> tuple[str, int]:
    """The delimiter, and how many lines come before the records: 1 if the file names the delimiter itself."""
    hint = _HINT.fullmatch(lines[0]) if lines else None
    return (hint[1], 1) if hint else (_delimiter(lines[:_FIRST_LINES]), 0)


def _delimiter(lines: Sequence[str]) -> str:
    """The one that most lines hold as often as the header does, quotes aside; else the most frequent."""
    sample = "".join(lines)[:_SAMPLE]
    bare: list[str] = _PHYSICAL_LINE.findall(_QUOTED_CELL.sub("", sample))
    header, *others = [line for line in bare if line.strip()] or [""]

    def fits(delimiter: str) -> tuple[bool, int, int]:
        expected = header.count(delimiter)
        counts = [line.count(delimiter) for line in others]
        return expected > 0, counts.count(expected) if expected else sum(counts), expected

    return max(_DELIMITERS, key=fits)


def _records(lines: Sequence[str], delimiter: str, before: int) -> Iterator[_Record | Problem]:
    """The records that are not wholly blank, and what cannot be told apart into cells."""
    import csv

    reader = csv.reader(islice(lines, before, None), delimiter=delimiter, strict=True)
    while True:
        start = before + reader.line_num
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield _misquoted("".join(lines[start : before + reader.line_num]), start + 1, delimiter)
            continue
        if any(cells):
            yield _Record(start + 1, cells)


def _misquoted(record: str, line: int, delimiter: str) -> Problem:
    """What is wrong with a record that csv refused, told at the line of the quote by which it did."""
    apart = re.escape(delimiter)
    cell = rf'(?:{_QUOTED.pattern}|[^{apart}\r\n"][^{apart}\r\n]*+|)'
    sound = re.match(rf"(?:{cell}(?:{apart}|{_LINE_END.pattern}))*+", record)
    opened = sound.end() if sound else 0
    closed = "text follows the closing quote of a cell"
    unclosed = "a quote opens here and is never closed; nothing after it was read"
    return Problem(
        line=line + len(_LINE_END.findall(record[:opened])),
        value=shortened(_LINE_END.split(record[opened:], maxsplit=1)[0]),
        reason=closed if _QUOTED.match(record, opened) else unclosed,
    )


def _row(headers: tuple[str, ...], record: _Record | Problem, marks: Sequence[str]) -> Row | Problem:
    if isinstance(record, Problem):
        return record
    line, cells = record
    if any(cells[len(headers) :]):
        surplus = shortened(", ".join(cells[len(headers) :]))
        reason = f"{len(cells)} cells where the header has {len(headers)}"
        return Problem(line=line, value=surplus, reason=reason, cells=tuple(cells))
    cells = cells[: len(headers)]
    if marks or max(map(len, cells)) > LONGEST_CELL:
        flawed = _flawed(record, headers, marks)
        if flawed:
            return flawed
    return Row(line=line, cells=dict(zip_longest(headers, cells, fillvalue="")))


def _flawed(record: _Record, headers: Sequence[str], marks: Sequence[str]) -> Problem | None:
    """The first cell that cannot be kept, if there is one."""
    for header, cell in zip(headers, record.cells, strict=False):
        if reason := flaw_of(cell, marks):
            return Problem(
                line=record.line,
                column=shortened(header),
                value=shortened(cell),
                reason=reason,
                cells=tuple(record.cells),
            )
    return None
