"""CSV: cells, lines, delimiters, and what cannot be read."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.formats.csv_file import read_csv, write_csv
from crm_cli.formats.row import Sheet

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def read(text: str) -> Sheet:
    return read_csv(text.encode(), "leads.csv")


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row.cells.values()) for row in sheet.rows]


def told(sheet: Sheet) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in sheet.problems]


def lines_of(sheet: Sheet) -> list[int]:
    return [row.line for row in sheet.rows] + [problem.line for problem in sheet.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_line_tells_the_delimiter(delimiter: str) -> None:
    sheet = read(f"Name{delimiter}City\nJane, Bo; Al{delimiter}Ulm\n".replace("Jane, Bo; Al", '"Jane, Bo; Al"'))

    assert [row.cells for row in sheet.rows] == [{"Name": "Jane, Bo; Al", "City": "Ulm"}]


def test_a_delimiter_within_quotes_does_not_count() -> None:
    sheet = read('"Name, first, last";City\n"Doe, Jane, Dr.";Ulm\n')

    assert sheet.headers == ("Name, first, last", "City")


def test_where_the_header_holds_two_delimiters_the_lines_after_it_decide() -> None:
    sheet = read("Budget, EUR;Name\n5;Doe\n7,50;Roe\n9;Poe\n")

    assert sheet.headers == ("Budget, EUR", "Name")
    assert cells(sheet) == [["5", "Doe"], ["7,50", "Roe"], ["9", "Poe"]]


@pytest.mark.parametrize("hint", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_first_line_may_name_the_delimiter_and_is_no_header(hint: str) -> None:
    sheet = read(f"{hint}Name, all;City\nJane;Ulm\n")

    assert sheet.headers == ("Name, all", "City")
    assert [row.line for row in sheet.rows] == [3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one_and_stays_as_it_is_within_quotes(end: str) -> None:
    sheet = read(end.join(["Name,Note", 'Jane,"two', 'lines"', "Bo,one"]))

    assert cells(sheet) == [["Jane", f"two{end}lines"], ["Bo", "one"]]
    assert [row.line for row in sheet.rows] == [2, 4]


def test_doubled_quotes_are_one_quote_and_quotes_within_a_cell_stay() -> None:
    assert cells(read('Name,Size\n"Jane ""Jay"" Doe",5" pipe\n')) == [['Jane "Jay" Doe', '5" pipe']]


def test_outer_blanks_are_removed_missing_cells_are_blank_and_blank_rows_skipped() -> None:
    sheet = read("Name,City,Zip\n  Jane ,\tUlm\n\n,,\nBo\n")

    assert cells(sheet) == [["Jane", "Ulm", ""], ["Bo", "", ""]]
    assert [row.line for row in sheet.rows] == [2, 5]


def test_blank_lines_before_the_header_are_skipped() -> None:
    assert read("\n,,\nName,City\nJane,Ulm\n").headers == ("Name", "City")


def test_a_row_with_more_cells_than_the_header_is_a_problem_and_the_others_are_kept() -> None:
    sheet = read("Name,City\nJane,Ulm\nBo,Bonn,DE,EU\nAl,Aach\n")

    assert told(sheet) == [(3, "4 cells where the header has 2")]
    assert sheet.problems[0].value == "DE, EU"
    assert cells(sheet) == [["Jane", "Ulm"], ["Al", "Aach"]]


def test_blank_cells_beyond_the_header_are_ignored() -> None:
    sheet = read("Name,City\nJane,Ulm,,\nBo,Bonn, ,\n")

    assert (cells(sheet), sheet.problems) == ([["Jane", "Ulm"], ["Bo", "Bonn"]], [])


def test_a_nul_is_a_problem_of_its_row_and_names_the_column() -> None:
    sheet = read("Name,City\nJane,U\0lm\nBo,Bonn\n")

    assert told(sheet) == [(2, "holds a NUL character")]
    assert sheet.problems[0].column == "City"
    assert cells(sheet) == [["Bo", "Bonn"]]


def test_bytes_that_are_no_text_are_a_problem_of_their_row() -> None:
    sheet = read_csv("Name\nZoé\nNoël\n".encode() + b"Bo\xff\n", "leads.csv")

    assert told(sheet) == [(4, "holds bytes that are not text")]
    assert cells(sheet) == [["Zoé"], ["Noël"]]


def test_a_quote_that_is_never_closed_is_told_where_it_opened_and_the_rows_before_are_kept() -> None:
    sheet = read('Name,Note\nJane,ok\n"Bo\nBo","lost\nAl,ok\n' + "Cy,ok\n" * 40_000)

    assert told(sheet) == [(4, "a quote opens here and is never closed; nothing after it was read")]
    assert cells(sheet) == [["Jane", "ok"]]


def test_text_after_a_closing_quote_is_a_problem_and_reading_goes_on_after_it() -> None:
    sheet = read('Name,City\n"Jane,Ulm\nBo,"Bonn"\nAl,Aach\n')

    assert told(sheet) == [(2, "text follows the closing quote of a cell")]
    assert cells(sheet) == [["Al", "Aach"]]


def test_a_cell_beyond_csvs_own_limit_is_a_problem_and_the_limit_is_left_as_it_was() -> None:
    limit = csv.field_size_limit()
    sheet = read(f"Name,City\n{'x' * 200_000},Ulm\nBo,Bonn\n")

    assert told(sheet) == [(2, "is 200,000 characters long, more than 65,536")]
    assert cells(sheet) == [["Bo", "Bonn"]]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("header", ["Na\0me,City", '"Name,City', '"Name" x,City'])
def test_a_header_that_cannot_be_read_is_the_only_problem(header: str) -> None:
    sheet = read(f"{header}\nJane,Ulm\n")

    assert [problem.line for problem in sheet.problems] == [1]
    assert (sheet.headers, sheet.rows) == ((), [])


def test_more_than_two_thousand_columns_are_refused() -> None:
    with pytest.raises(BadValue, match="2,001 columns"):
        read("x," * 2_000 + "x\n")


def test_what_is_written_is_quoted_only_where_it_must_be() -> None:
    written = write_csv(["Name", "Note"], [["Doe, Jane", 'say "hi"'], ["", "two\r\nlines"], ["plain", " x"]])

    assert written == 'Name,Note\n"Doe, Jane","say ""hi"""\n,"two\r\nlines"\nplain, x\n'


def test_a_lone_blank_cell_is_not_written_as_a_blank_line() -> None:
    assert write_csv(["Name"], [[""]]) == 'Name\n""\n'


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=6))
def test_what_was_written_reads_back_but_for_outer_blanks(rows: list[list[str]]) -> None:
    stripped = [[cell.strip() for cell in row] for row in rows]
    sheet = read(write_csv(["Name", "City"], rows))

    assert sheet.problems == []
    assert cells(sheet) == [row for row in stripped if any(row)]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([b'"', b",", b";", b"\n", b"\r", b"\0", b"a", b"\xff", b"\xfe", b" "]), max_size=30))
def test_no_bytes_make_it_crash_and_every_line_it_names_is_there(parts: list[bytes]) -> None:
    data = b"".join(parts)
    sheet = read_csv(data, "leads.csv")

    lines = len(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    assert all(1 <= line <= lines for line in lines_of(sheet))
    assert all(tuple(row.cells) == sheet.headers for row in sheet.rows)
