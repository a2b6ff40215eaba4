"""Rows from text separated by commas, semicolons, tabs or bars, and rows back to such text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, zip_longest
from typing import BinaryIO, NamedTuple

from crm_cli.domain.size import LONGEST_FIELD
from crm_cli.formats.row import (
    Problem,
    Row,
    Sheet,
    collected,
    flaw_of,
    refuse_too_many_columns,
    sheet_of,
    shortened,
    unique_headers,
)
from crm_cli.formats.source import LONGEST_RECORD, Overlong, Source, source_of
from crm_cli.formats.text import Lines

_DELIMITERS = ",;\t|"
_FIRST_LINES = 50  # by which the delimiter is decided
_SURPLUS = 40  # cells too many that are told
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
    suspect: bool  # a mark that makes a cell unusable is in it


class _Feed:
    """Physical lines as csv asks for them, those of the record that is being read kept."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.held, self.size = lines, list[str](), 0
        self.suspect = False  # whether a mark that makes a cell unusable is among them

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        """The next line; raises Overlong where line or record are."""
        line = next(self.lines)
        self.held.append(line)
        self.size += len(line)
        if self.size > LONGEST_RECORD:
            raise Overlong(self.held[0])
        for mark in self.lines.marks:
            if mark in line:
                self.suspect = True
        return line

    def clear(self) -> None:
        """Begin with the next record."""
        self.held.clear()
        self.size, self.suspect = 0, False


def read_csv(file: bytes | BinaryIO | Source, name: str) -> Sheet:
    """The rows of a CSV file; whatever cannot be read is a Problem that names its line, never a crash.

    The file is read once, line by line; its encoding is found by `encoding_of`. A first line `sep=;` names the
    delimiter, else the header line and the lines after it decide. Missing cells are blank, wholly blank rows are
    skipped, and so are blank cells beyond the header; a row with others there, a cell over 65,536 characters or a NUL
    is a problem. So is text right after a closing quote, a record over 1,048,576 characters, and a quote that is
    never closed: it is told at the line where it opened, and nothing after it is read. Raises BadValue over 2,000
    columns or 10,000 problems, OSError.
    """
    source = source_of(file)
    lines = Lines(source)
    with _cells_of_any_length():
        records = _records(lines, _delimiter_of(lines))
        header = next(records, None)
        if not isinstance(header, _Record):
            return sheet_of(source.sha256, name, (), [header] if header else [])
        refuse_too_many_columns(len(header.cells), name)
        if flawed := _flawed(header, header.cells, lines.marks):
            return sheet_of(source.sha256, name, (), [flawed])
        headers = unique_headers(header.cells)
        found = collected((_row(headers, record, lines.marks) for record in records), name)
    return sheet_of(source.sha256, name, headers, found)


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text of a CSV file: the headers, then the cells of each row in that order.

    Cells with a comma, a quote or a line end are quoted (RFC 4180, section 2); lines end in LF.
    """
    return "".join(csv_lines(headers, rows))


def csv_lines(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The same, line by line."""
    return (f"{_line(cells)}\n" for cells in chain((headers,), rows))


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_quoted, cells)) or '""'  # a lone blank cell would be a blank line


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _MUST_BE_QUOTED.search(cell) else cell


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Lift csv's own limit meanwhile: reaching it, csv forgets where an unclosed quote opened."""
    import csv

    before = csv.field_size_limit()
    csv.field_size_limit(max(before, LONGEST_RECORD + 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _delimiter_of(lines: Lines) -> str:
    """The delimiter; a first line that names it is passed."""
    first: list[str] = _PHYSICAL_LINE.findall(lines.sample)
    if first and (hint := _HINT.fullmatch(first[0])):
        next(lines)
        return hint[1]
    return _delimiter(first[:_FIRST_LINES])


def _delimiter(lines: Sequence[str]) -> str:
    """The one that most lines hold as often as the header does, quotes aside; else the most frequent."""
    bare: list[str] = _PHYSICAL_LINE.findall(_QUOTED_CELL.sub("", "".join(lines)))
    header, *others = [line for line in bare if line.strip()] or [""]

    def fits(delimiter: str) -> tuple[bool, int, int]:
        expected = header.count(delimiter)
        counts = [line.count(delimiter) for line in others]
        return expected > 0, counts.count(expected) if expected else sum(counts), expected

    return max(_DELIMITERS, key=fits)


def _records(lines: Lines, delimiter: str) -> Iterator[_Record | Problem]:
    """The records that are not wholly blank, and what cannot be told apart into cells."""
    import csv

    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.clear()
        start = lines.number + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield _misquoted("".join(feed.held), start, delimiter)
            continue
        except Overlong as record:
            if feed.held:  # nobody knows any longer what is a cell and what is a row
                yield _misquoted("".join(feed.held), start, delimiter)
                return
            begin = str(record)
            goes_on = '"' not in begin and lines.passed()
            yield _overlong(start, begin, goes_on)
            if not goes_on:
                return
            continue
        if any(cells):
            yield _Record(start, cells, feed.suspect)


def _overlong(line: int, begin: str, goes_on: bool) -> Problem:
    """A line that is longer than any record; behind one with quotes nobody knows what is a cell and what is a row."""
    reason = flaw_of(begin[:LONGEST_FIELD]) or f"is a record of more than {LONGEST_RECORD:,} characters"
    return Problem(
        line=line, value=shortened(begin.strip()), reason=reason + ("" if goes_on else "; nothing after it was read")
    )


def _misquoted(record: str, line: int, delimiter: str) -> Problem:
    """What is wrong with a record that csv refused, told at the line of the quote by which it did."""
    apart = re.escape(delimiter)
    cell = rf'(?:{_QUOTED.pattern}|[^{apart}\r\n"][^{apart}\r\n]*+|)'
    sound = re.match(rf"(?:{cell}(?:{apart}|{_LINE_END.pattern}))*+", record)
    opened = sound.end() if sound else 0
    closed = "text follows the closing quote of a cell"
    never = (
        "is never closed" if len(record) <= LONGEST_RECORD else f"is not closed within {LONGEST_RECORD:,} characters"
    )
    unclosed = f"a quote opens here and {never}; nothing after it was read"
    return Problem(
        line=line + len(_LINE_END.findall(record[:opened])),
        value=shortened(_LINE_END.split(record[opened:], maxsplit=1)[0]),
        reason=closed if _QUOTED.match(record, opened) else unclosed,
    )


def _row(headers: tuple[str, ...], record: _Record | Problem, marks: Sequence[str]) -> Row | Problem:
    if isinstance(record, Problem):
        return record
    line, cells, suspect = record
    if any(cells[len(headers) :]):
        surplus = shortened(", ".join(cells[len(headers) :][:_SURPLUS]))
        reason = f"{len(cells)} cells where the header has {len(headers)}"
        return Problem(line=line, value=surplus, reason=reason, cells=tuple(cells[: len(headers)]))
    cells = cells[: len(headers)]
    if suspect or max(map(len, cells)) > LONGEST_FIELD:
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
