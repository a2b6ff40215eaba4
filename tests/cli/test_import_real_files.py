"""Imports of real exports, which lie beside the project and are not part of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.typed import Typed

DATA = Path(__file__).parents[2].parent / "shared" / "data"
OLIST, SAMPLES = DATA / "olist", DATA / "export_formats" / "samples"
LEADS = ["--map", "mql_id=external_id", "--map", "first_contact_date=received_at", "--map", "origin=channel"]
DEALS = ["--map", "mql_id=lead.external_id", "--map", "won_date=won_at", "--map", "sr_id=rep", "--create-reps"]
DETAIL = ["--map", "landing_page_id=source_detail"]
AMOUNT = ["--map", "declared_monthly_revenue=amount"]

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not here: ../shared/data is missing"),
]


@pytest.fixture
def expected() -> Any:
    return json.loads((OLIST / "expected.json").read_bytes())


def took_in(crm: Typed, of: str, name: str, *options: str) -> Any:
    return crm.json(["import", of, str(OLIST / name), *options])


def leads_by(crm: Typed, field: str) -> Counter[str]:
    return Counter(lead[field] for lead in crm.json("lead list --all"))


def test_olist_is_taken_in_whole_and_the_same_files_again_change_nothing(crm: Typed, expected: Any) -> None:
    files = [
        ("leads", "olist_marketing_qualified_leads_dataset.csv", *LEADS, *DETAIL),
        ("deals", "olist_closed_deals_dataset.csv", *DEALS, *AMOUNT),
    ]
    leads, deals = (took_in(crm, *file) for file in files)
    before = crm.bytes()
    again = [took_in(crm, *file) for file in files]

    assert (leads["added"], leads["skipped"], leads["failed"], leads["possible_duplicates"]) == (8000, 0, 0, [])
    assert (deals["added"], deals["created"]["accounts"], deals["created"]["reps"]) == (842, 842, 22)
    assert [warning["line"] for warning in deals["warnings"]] == [669]
    assert [(one["added"], one["updated"], one["op"]) for one in again] == [(0, 0, None)] * 2
    assert (again[0]["skipped"], again[1]["unchanged"]) == (842, 842)
    assert crm.bytes() == before

    channels = {channel or "(blank)": count for channel, count in leads_by(crm, "channel").items()}
    assert channels == expected["leads_by_origin"]
    assert leads_by(crm, "status") == {"new": 7158, "qualified": 842}
    assert Counter(deal["rep_name"] for deal in crm.json("deal list")) == expected["deals_by_sr_id"]


def test_the_files_that_excel_saved_again_give_the_same_leads_and_deals(crm: Typed, expected: Any) -> None:
    leads = took_in(crm, "leads", "olist_mql_EXCEL_RESAVED_mdy.csv", *LEADS)
    deals = took_in(crm, "deals", "olist_closed_deals_EXCEL_RESAVED.csv", *DEALS)

    assert (leads["added"], deals["added"], deals["created"]["reps"]) == (8000, 842, 22)
    months = Counter(lead["received_at"][:7] for lead in crm.json("lead list --all"))
    assert months == expected["leads_by_month_of_first_contact"]
    channels = {channel or "(blank)": count for channel, count in leads_by(crm, "channel").items()}
    assert channels == expected["leads_by_origin"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("eventbrite_orders", 6),
        ("google_contacts_new_layout", 1),
        ("hubspot_contacts", 5),
        ("luma_guests", 2),
        ("mailchimp_audience_export", 2),
        ("outlook_contacts_new_layout", 1),
        ("pipedrive_persons_simple", 2),
        ("salesforce_contacts_report", 2),
        ("shopify_customers", 2),
        ("swedish_excel_sep_hint_crlf", 2),
        ("typeform_responses", 2),
        ("duplicate_and_blank_headers", 1),
    ],
)
def test_every_row_of_a_vendors_export_is_taken_in_or_told(crm: Typed, name: str, rows: int) -> None:
    result = crm(["import", "leads", str(SAMPLES / f"{name}.csv"), "--create-reps", "--keep-going", "--json"]).json

    counted = [result[count] for count in ("added", "updated", "unchanged", "skipped", "failed")]
    assert sum(counted) == rows
    assert result["added"] > 0
    assert all(lead["name"] for lead in crm.json("lead list --all"))
