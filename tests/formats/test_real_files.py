"""The readers against real exports, which lie beside the project and are not part of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_cli.formats import read_sheet
from crm_cli.formats.column import dates_in, numbers_in
from crm_cli.formats.row import Sheet

DATA = Path(__file__).parents[2].parent / "shared" / "data"
UTC = ZoneInfo("UTC")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here: ../shared/data is missing"),
]

SPECTRUM = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
    "quotes_and_newlines", "simple", "simple_crlf", "utf8",
]  # fmt: skip
ROWS = {
    "eventbrite_orders": 6,
    "google_contacts_new_layout": 1,
    "hubspot_companies": 3,
    "hubspot_contacts": 5,
    "hubspot_deals": 1,
    "luma_guests": 2,
    "mailchimp_audience_export": 2,
    "mailchimp_classic_export": 1,
    "outlook_contacts_new_layout": 1,
    "pipedrive_persons_simple": 2,
    "salesforce_contacts_report": 2,
    "shopify_customers": 2,
    "swedish_excel_sep_hint_crlf": 2,
    "typeform_responses": 2,
    "duplicate_and_blank_headers": 1,
}


def sheet(path: str) -> Sheet:
    return read_sheet((DATA / path).read_bytes(), path)


def sample(name: str) -> Sheet:
    return sheet(f"export_formats/samples/{name}.csv")


def lines_of(read: Sheet) -> list[int]:
    return [row.line for row in read.rows] + [problem.line for problem in read.problems]


def column(of: Sheet, header: str) -> list[tuple[int, str]]:
    return [(row.line, row.cells[header]) for row in of.rows if row.cells[header]]


def expected(name: str) -> Any:
    return json.loads((DATA / "csv-spectrum" / f"json__{name}.json").read_bytes())


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_gives_the_rows_that_its_json_says(name: str) -> None:
    read = sheet(f"csv-spectrum/csvs__{name}.csv")
    found = [{key: text.replace("\r\n", "\n") for key, text in row.items()} for row in expected(name)]

    assert [row.cells for row in read.rows] == found
    assert read.problems == []


@pytest.mark.parametrize("name", ["empty", "newlines", "simple"])
def test_csv_spectrum_with_real_crlf_keeps_it_within_the_cells(name: str) -> None:
    read = sheet(f"csv-spectrum/csvs__{name}_REALCRLF.csv")

    assert [row.cells for row in read.rows] == expected(f"{name}_crlf")


def test_csv_spectrum_coordinates_keep_their_quotes_and_lost_degree_signs() -> None:
    row = sheet("csv-spectrum/csvs__location_coordinates.csv").rows[0]
    wanted = expected("location_coordinates") | {"Contact Phone Number": "2095257564"}  # its json has a slip

    assert row.cells == wanted


@pytest.mark.parametrize("name", ROWS)
def test_the_export_of_a_vendor_gives_all_its_rows(name: str) -> None:
    read = sample(name)

    assert (len(read.rows), read.problems) == (ROWS[name], [])


def test_ragged_rows_are_surfaced_and_the_good_ones_kept() -> None:
    read = sample("ragged_and_blank_rows")

    assert [row.line for row in read.rows] == [2, 5]
    assert [problem.line for problem in read.problems] == [4]


def test_duplicate_and_blank_headers_lose_no_cell() -> None:
    assert list(sample("duplicate_and_blank_headers").rows[0].cells.items()) == [
        ("Name", "Pia Palm"),
        ("Email", "pia@example.com"),
        ("Email (2)", "pia.alt@example.com"),
        ("column 4", "extra"),
    ]


def test_of_a_report_in_several_blocks_every_line_is_a_row_or_a_problem() -> None:
    path = "export_formats/samples/zoom_webinar_attendee_report.csv"
    read = sheet(path)

    lines = (DATA / path).read_text().splitlines()
    assert sorted(lines_of(read)) == list(range(2, len(lines) + 1))


def test_amounts_with_signs_and_parentheses_add_up() -> None:
    orders = sample("eventbrite_orders")
    paid = numbers_in("Total Paid", column(orders, "Total Paid"), None)
    known = [row.cells["Total Paid"] for row in orders.rows if row.cells["Order #"] != "oops"]

    assert sum(map(paid.read, known)) == Decimal("125.00")


def test_one_unreadable_order_date_is_one_problem() -> None:
    values = column(sample("eventbrite_orders"), "Order Date")
    dates = dates_in("Order Date", values, UTC, None)

    assert [line for line, text in values if refuses(dates.read, text)] == [7]


def test_a_column_of_mixed_ways_of_writing_reads_whole() -> None:
    values = column(sample("hubspot_contacts"), "Create Date")
    dates = dates_in("Create Date", values, UTC, None)

    assert [dates.read(text) for _, text in values][:2] == ["2024-03-12T09:14:00Z", "2024-03-15T14:30:00Z"]


def test_dates_that_excel_saved_again_are_the_days_of_the_original() -> None:
    path = "olist/olist_marketing_qualified_leads_dataset.csv"
    first, again = (column(sheet(p), "first_contact_date") for p in (path, "olist/olist_mql_EXCEL_RESAVED_mdy.csv"))
    dates = dates_in("first_contact_date", again, UTC, None)

    assert len(again) == 8_000
    assert [dates.read(text) for _, text in again] == [text for _, text in first]


def test_times_that_excel_saved_again_lose_only_their_seconds() -> None:
    first, again = (
        column(sheet(f"olist/olist_closed_deals_{name}.csv"), "won_date") for name in ("dataset", "EXCEL_RESAVED")
    )
    before, after = (dates_in("won_date", values, UTC, None) for values in (first, again))

    assert [after.read(text) for _, text in again] == [f"{before.read(text)[:-3]}00Z" for _, text in first]


def test_plain_revenues_decide_for_a_point() -> None:
    values = column(sheet("olist/olist_closed_deals_dataset.csv"), "declared_monthly_revenue")
    revenue = numbers_in("declared_monthly_revenue", values, None)

    assert max(revenue.read(text) for _, text in values) == 50_000_000


def refuses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return True
    return False
