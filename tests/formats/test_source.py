"""Files that are read once, from front to back, however large they are."""

from __future__ import annotations

import hashlib
import io

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.formats import read_sheet, source
from crm_cli.formats.csv_file import read_csv
from crm_cli.formats.jsonl_file import read_jsonl
from crm_cli.formats.row import Sheet
from crm_cli.formats.source import LONGEST_RECORD, Overlong, Source
from crm_cli.formats.text import Lines

LONG = LONGEST_RECORD + 1


class Dripping(io.RawIOBase):
    """A pipe that gives a little at a time, and perhaps never ends."""

    def __init__(self, data: bytes, then: bytes = b"") -> None:
        self.data, self.then, self.given = io.BytesIO(data), then, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self.data.read(min(7, len(buffer))) or (self.then * len(buffer))[: len(buffer)]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def told(sheet: Sheet) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in sheet.problems]


def names(sheet: Sheet) -> list[str]:
    return [row.cells["Name"] for row in sheet.rows]


def test_a_pipe_is_read_to_its_end_however_little_it_gives() -> None:
    data = b"Name\nJane\nBo\n"
    sheet = read_sheet(Dripping(data), "stdin")  # type: ignore[arg-type]

    assert names(sheet) == ["Jane", "Bo"]
    assert sheet.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_never_ends_is_given_up(kind: str) -> None:
    endless = Dripping(b'{"Name":"Jane"}\n' if kind == "jsonl" else b"Name\nJane\n", then=b"x")
    sheet = (read_jsonl if kind == "jsonl" else read_csv)(endless, "stdin")  # type: ignore[arg-type]

    assert names(sheet) == ["Jane"]
    assert [reason.endswith("; nothing after it was read") for _, reason in told(sheet)] == [True]
    assert endless.given < 100 << 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_that_is_too_long_is_passed_and_reading_goes_on(end: str) -> None:
    sheet = read_csv(end.join(["Name,City", "Jane,Ulm", "x" * 3_000_000, "Bo,Bonn", ""]).encode(), "leads.csv")

    assert told(sheet) == [(3, "is a record of more than 1,048,576 characters")]
    assert names(sheet) == ["Jane", "Bo"]


def test_behind_a_long_line_with_quotes_nobody_knows_what_is_a_row() -> None:
    for line in ('"' + "x" * LONG, "x" * LONG + '"'):
        sheet = read_csv(f'Name\nJane\n{line}\nBo"\nAl\n'.encode(), "leads.csv")

        assert told(sheet) == [
            (3, "is a record of more than 1,048,576 characters; nothing after it was read"),
        ]
        assert names(sheet) == ["Jane"]


def test_a_quote_that_is_open_too_long_is_told_where_it_opened() -> None:
    sheet = read_csv(b'Name,City\nJane,Ulm\n"Bo\nBo","lost\n' + b"Al,ok\n" * 200_000, "leads.csv")

    assert told(sheet) == [
        (4, "a quote opens here and is not closed within 1,048,576 characters; nothing after it was read"),
    ]
    assert names(sheet) == ["Jane"]


def test_lines_are_counted_beyond_those_that_are_too_long() -> None:
    long = b'"' + b"x" * LONG + b'"\n'
    sheet = read_jsonl(b'{"Name":"Jane"}\n' + long + b"\n" + long + b'{"Name":"Bo"}\n[', "leads.jsonl")

    assert told(sheet)[:2] == [(2, "is longer than 1,048,576 bytes"), (4, "is longer than 1,048,576 bytes")]
    assert [row.line for row in sheet.rows] == [1, 5]
    assert told(sheet)[2][0] == 6


def test_the_longest_line_there_may_be_is_no_problem() -> None:
    line = b"x" * (LONGEST_RECORD - 1) + b"\n"

    assert list(Source(line).lines()) == [line]
    assert list(Lines(Source(line))) == [line.decode()]
    assert list(Source(b"x" + line).lines()) == [None]
    with pytest.raises(Overlong):
        next(Lines(Source(b"x" + line)))


def test_no_record_that_cannot_be_read_is_kept_beyond_the_width_of_the_table() -> None:
    sheet = read_csv(b"Name,City\n" + b"Bo,Ulm," + b"x," * 100_000 + b"x\n", "leads.csv")

    assert told(sheet) == [(2, "100003 cells where the header has 2")]
    assert sheet.problems[0].cells == ("Bo", "Ulm")
    assert len(sheet.problems[0].value or "") <= 40


@pytest.mark.parametrize(
    ("name", "line"), [("leads.csv", b"Bo,Ulm,DE\n"), ("leads.jsonl", b"[]\n")], ids=["csv", "jsonl"]
)
def test_a_file_with_ten_thousand_problems_is_none_of_its_kind(name: str, line: bytes) -> None:
    with pytest.raises(BadValue, match=r"10,001 records up to line 10,002 have problems"):
        read_sheet(b"Name,City\n" + line * 20_000 if name == "leads.csv" else b"{}\n" + line * 20_000, name)


def test_what_is_kept_to_be_given_back_has_a_limit() -> None:
    flawed = b"\0" + b"x" * 1_000_000 + b",Ulm\n"
    with pytest.raises(BadValue, match="34 records up to line 35 have problems"):
        read_csv(b"Name,City\n" + flawed * 40, "leads.csv")


@pytest.mark.parametrize(
    ("begin", "what"),
    [
        (b"PK\x03\x04rest", "a zip archive, as Excel files are"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Excel file"),
        (b"\x1f\x8b\x08", "compressed with gzip"),
        (b"%PDF-1.7", "a PDF"),
        (b"SQLite format 3\0", "a database"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(begin: bytes, what: str) -> None:
    with pytest.raises(BadValue, match=f"leads.csv is {what}, not text"):
        read_sheet(begin, "leads.csv")


def test_the_encoding_is_told_by_the_beginning_of_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_HEAD", 32)
    early, late = ("Zoë\n" + "Bo\n" * 20).encode("cp1252"), ("Bo\n" * 20 + "Zoë\n").encode("cp1252")

    assert read_csv(b"Name\n" + early, "leads.csv").rows[0].cells == {"Name": "Zoë"}
    assert told(read_csv(b"Name\n" + late, "leads.csv")) == [(22, "holds bytes that are not text")]
    whole = read_csv(("Name\n" + "é" * 200 + "\n").encode(), "leads.csv")  # a letter lies across the edge
    assert (names(whole), whole.problems) == (["é" * 200], [])
