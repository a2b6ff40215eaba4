"""A real marketing funnel: every figure of the reports is one that was computed elsewhere, by other means."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.typed import Typed

OLIST = Path(__file__).parents[2].parent / "shared" / "data" / "olist"
LEADS = ["--map", "mql_id=external_id", "--map", "first_contact_date=received_at", "--map", "origin=channel"]
DEALS = ["--map", "mql_id=lead.external_id", "--map", "won_date=won_at", "--map", "sr_id=rep", "--create-reps"]

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not OLIST.is_dir(), reason="the real files are not here: ../shared/data is missing"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The funnel taken in once."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("olist") / "crm", patch)
        detail = ["--map", "landing_page_id=source_detail"]
        crm.ok(["import", "leads", str(OLIST / "olist_marketing_qualified_leads_dataset.csv"), *LEADS, *detail])
        amount = ["--map", "declared_monthly_revenue=amount"]
        crm.ok(["import", "deals", str(OLIST / "olist_closed_deals_dataset.csv"), *DEALS, *amount])
        return crm.folder


@pytest.fixture
def olist(crm: Typed, store: Path) -> Typed:
    shutil.copytree(store, crm.folder)
    return crm


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((OLIST / "expected.json").read_bytes())


def counts(stages: Any) -> list[int]:
    return [stage["count"] for stage in stages]


def test_the_funnel_has_the_leads_customers_and_sales(olist: Typed) -> None:
    stages = olist.json("report funnel")["stages"]
    assert counts(stages) == [8000, 842, 841, 0]
    assert stages[1]["from_first"] == 0.10525


def test_every_channel_has_its_leads_customers_and_rate(olist: Typed, expected: Any) -> None:
    rows = {row["channel"].replace("(none)", "(blank)"): row for row in olist.json("report channels")}
    told = {
        channel: {"leads": row["leads"], "won": row["customers"], "rate": row["conversion"]}
        for channel, row in rows.items()
    }
    assert told == expected["conversion_by_origin"]


def test_every_month_has_its_leads_and_its_customers(olist: Typed, expected: Any) -> None:
    groups = olist.json("report funnel --by month")["groups"]
    told = {group["key"]: counts(group["stages"])[:2] for group in groups}
    months = expected["cohort_conversion_by_month_of_first_contact"]
    assert told == {month: [row["leads"], row["won"]] for month, row in months.items()}


def test_the_pipeline_is_what_nobody_has(olist: Typed) -> None:
    (row,) = olist.json("report pipeline --by rep")["rows"]
    assert (row["rep"], row["leads"]) == ("(none)", 7158)


def test_the_log_alone_tells_the_same(olist: Typed) -> None:
    reports = ("report funnel --by month", "report channels", "report pipeline --as-of 2018-03-31")
    before = [olist.json(line) for line in reports]
    shutil.rmtree(olist.folder / "cache")
    (olist.folder / "crm.json").unlink()
    assert [olist.json(line) for line in reports] == before
