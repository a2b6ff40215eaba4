"""JSON Lines: scalars as text, one level of nesting, and lines that are no object."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.formats.jsonl_file import read_jsonl
from crm_cli.formats.row import Sheet

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


def read(text: str) -> Sheet:
    return read_jsonl(text.encode(), "leads.jsonl")


def lines_of(sheet: Sheet) -> list[int]:
    return [row.line for row in sheet.rows] + [problem.line for problem in sheet.problems]


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("1.50", "1.50"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("1e5", "1e5"),
        ("1e400", "1e400"),
        ('"12:30, see http://x.example/?a:b"', "12:30, see http://x.example/?a:b"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ('" Zoé "', "Zoé"),
        ('["vip", 2.50, null, true]', "vip;2.50;true"),
    ],
)
def test_a_scalar_or_a_list_of_them_becomes_text_as_it_is_written(written: str, cell: str) -> None:
    assert [row.cells for row in read(f'{{"x": {written}}}').rows] == [{"x": cell}]


def test_null_is_absent_and_an_object_within_is_flattened() -> None:
    sheet = read('{"name": "Bo", "city": null, "custom": {"size": 5, "tags": ["a", "b"], "no": null}}\n')

    assert [row.cells for row in sheet.rows] == [{"name": "Bo", "custom.size": "5", "custom.tags": "a;b"}]


def test_the_headers_are_those_of_all_rows_as_they_appear() -> None:
    sheet = read('{"b": 1, "a": 2}\n{"c": 3, "a": 4}\n')

    assert sheet.headers == ("b", "a", "c")


def test_lines_are_counted_with_the_blank_ones_and_blank_rows_are_skipped() -> None:
    sheet = read('\ufeff{"a": 1}\r\n\r\n{"a": ""}\r\n{}\r\n{"a": 2}')

    assert [(row.line, row.cells["a"]) for row in sheet.rows] == [(1, "1"), (5, "2")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b"nonsense", None),
        (b"[1]", None),
        (b'{"a": 1} {"a": 2}', None),
        (b'{"a": "\xff"}', None),
        (b'{"a": NaN}', None),
        (b'{"a": -Infinity}', None),
        (b'{"a": "\\ud800"}', None),
        (b'{"a": "\xed\xa0\x80"}', None),
        (b'{"a": 1, "a": 2}', None),
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', None),
        (b'{"a" :1, "\\u0061":2}', None),
        (b'"text"', None),
        (b"null", None),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, None),
        (b'{"a": ' + b"[" * 100_000, None),
        (b'{"a": {"b": {"c": 1}}}', "a.b"),
        (b'{"a": [[1]]}', "a"),
        (b'{"a": "x\\u0000"}', "a"),
        (b'{"a": {"b": 1}, "a.b": 2}', "a.b"),
        (b'{"": 1}', ""),
    ],
)
def test_a_line_that_cannot_be_a_row_is_a_problem_and_the_others_are_kept(line: bytes, column: str | None) -> None:
    sheet = read_jsonl(b'{"a": 1}\n' + line + b'\n{"a": 2}\n', "leads.jsonl")

    assert [(problem.line, problem.column) for problem in sheet.problems] == [(2, column)]
    assert [row.cells["a"] for row in sheet.rows] == ["1", "2"]


def test_more_than_two_thousand_headers_are_refused() -> None:
    with pytest.raises(BadValue, match="2,001 columns"):
        read(json.dumps({f"x{n}": n for n in range(2_001)}))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), TEXTS), max_size=5))
def test_texts_read_back_but_for_outer_blanks(records: list[dict[str, str]]) -> None:
    sheet = read("\n".join(map(json.dumps, records)))

    stripped = [{key: text.strip() for key, text in record.items()} for record in records]
    assert [row.cells for row in sheet.rows] == [record for record in stripped if any(record.values())]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from([b"{", b"}", b'"', b"a", b":", b",", b"1", b"[", b"]", b"\n", b"\xff"]), max_size=30))
def test_no_bytes_make_it_crash(parts: list[bytes]) -> None:
    data = b"".join(parts)
    sheet = read_jsonl(data, "leads.jsonl")

    assert all(1 <= line <= data.count(b"\n") + 1 for line in lines_of(sheet))


def test_a_key_that_comes_twice_is_named() -> None:
    sheet = read('{"name": "Bo", "when": "12:30", "name": "Al"}')

    assert [problem.reason for problem in sheet.problems] == ["is not a JSON object: the key 'name' is there twice"]


def test_utf_16_is_refused_with_a_way_out() -> None:
    with pytest.raises(BadValue, match="is in UTF-16") as refusal:
        read_jsonl('{"a": 1}'.encode("utf-16"), "leads.jsonl")
    assert refusal.value.hint == "iconv -f UTF-16 -t UTF-8 leads.jsonl"
