"""Which reader a file gets."""

from __future__ import annotations

import hashlib
from typing import Literal

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.formats import read_sheet

JSONL = b'\xef\xbb\xbf\n {"name": "Bo", "city": "Bonn"}\n'


@pytest.mark.parametrize(
    ("name", "data", "headers"),
    [
        ("leads.csv", b"{a,b\n1,2\n", ("{a", "b")),
        ("LEADS.TSV", b"a\tb\n1\t2\n", ("a", "b")),
        ("leads.jsonl", JSONL, ("name", "city")),
        ("leads.NDJSON", JSONL, ("name", "city")),
        ("-", JSONL, ("name", "city")),
        ("-", b"a;b\n1;2\n", ("a", "b")),
    ],
)
def test_the_suffix_decides_and_without_one_the_first_byte(name: str, data: bytes, headers: tuple[str, ...]) -> None:
    sheet = read_sheet(data, name)

    assert sheet.headers == headers
    assert sheet.name == name


def test_a_kind_that_is_named_wins_over_the_suffix() -> None:
    assert read_sheet(JSONL, "leads.csv", "jsonl").headers == ("name", "city")
    assert read_sheet(b"a,b\n1,2\n", "leads.jsonl", "csv").headers == ("a", "b")


@pytest.mark.parametrize("kind", ["auto", "csv", "jsonl"])
@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(data: bytes, kind: Literal["auto", "csv", "jsonl"]) -> None:
    sheet = read_sheet(data, "leads", kind)

    assert (sheet.headers, sheet.rows) == ((), [])
    assert [problem.reason for problem in sheet.problems] == ["the file is empty"]


def test_a_sheet_is_known_again_by_the_digest_of_the_bytes_as_they_are() -> None:
    assert read_sheet(JSONL, "a.jsonl").sha256 == hashlib.sha256(JSONL).hexdigest()


@pytest.mark.parametrize("data", [b'[{"name": "Bo"}]', b"\xef\xbb\xbf [\n {}]", b"[]"])
def test_a_json_array_is_told_to_be_none_of_ours(data: bytes) -> None:
    for name, kind in (("leads.json", "auto"), ("-", "auto"), ("leads.json", "jsonl")):
        with pytest.raises(BadValue, match="is a JSON array") as told:
            read_sheet(data, name, kind)  # type: ignore[arg-type]
        assert "--format jsonl" in str(told.value.hint)
    assert read_sheet(data, "leads.csv").headers != ()
