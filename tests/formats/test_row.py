"""Headers, limits and the empty file."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.domain.size import LONGEST_FIELD
from crm_cli.formats.row import (
    flaw_of,
    refuse_too_many_columns,
    sheet_of,
    shortened,
    unique_headers,
)


def test_headers_that_come_twice_are_numbered_and_blank_ones_are_named_by_their_place() -> None:
    assert unique_headers(["Email", " Email ", "", "Email"]) == (
        "Email",
        "Email (2)",
        "column 3",
        "Email (3)",
    )


def test_a_numbered_header_never_meets_one_that_was_written_like_it() -> None:
    headers = unique_headers(["Email", "Email", "Email (2)", "column 5", ""])

    assert len(set(headers)) == 5


def test_two_thousand_columns_are_taken_and_one_more_is_refused() -> None:
    refuse_too_many_columns(2_000, "leads.csv")

    with pytest.raises(BadValue, match=r"leads\.csv has 2,001 columns"):
        refuse_too_many_columns(2_001, "leads.csv")


def test_a_cell_may_be_64_kilobytes_long_and_no_longer() -> None:
    assert flaw_of("x" * LONGEST_FIELD) is None
    assert flaw_of("x" * (LONGEST_FIELD + 1)) == "is 65,537 characters long, more than 65,536"


def test_a_long_text_is_shown_by_its_beginning() -> None:
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened("x" * 40) == "x" * 40


def test_a_file_in_which_nothing_was_found_says_that_it_is_empty() -> None:
    sheet = sheet_of("e3b0", "leads.csv", (), [])

    assert [problem.reason for problem in sheet.problems] == ["the file is empty"]
    assert sheet.sha256 == "e3b0"
