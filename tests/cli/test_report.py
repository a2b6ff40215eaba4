"""Reports on a handful of leads whose figures one can count on one's fingers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import NOW
from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")

LIVES = """
rep add Ana --handle ana --now 2026-10-01
rep add Bob --handle bob --now 2026-10-01
campaign add Spring -a Call -a Demo --now 2026-10-01
lead add Uno --channel web --rep ana --campaign Spring --potential 100 --source fair --on 2026-10-05
lead add Due --channel web --rep bob --potential 200.50 --on 2026-10-20
lead add Tre --channel phone --rep bob --tag vip --rating hot --on 2026-11-03
lead add Quattro --potential 700 --campaign Spring --activity Demo --on 2026-11-10
lead qualify L1 --deal --on 2026-10-10
deal win D1 --on 2026-10-15
deal add More --account A1 --amount 50 --on 2026-10-20
deal win D2 --on 2026-11-01
lead qualify L2 --on 2026-10-25
lead disqualify L3 --reason lost --on 2026-11-20
"""


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with four leads: two qualified, of which one bought twice; one lost, one open."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("four") / "crm", patch)
        patch.setenv("CRM_NOW", NOW)
        for line in LIVES.strip().splitlines():
            crm.ok(line)
        yield crm.folder


@pytest.fixture
def four(crm: Typed, lives: Path) -> Typed:
    """A copy of it."""
    shutil.copytree(lives, crm.folder)
    return crm


def counts(stages: list[dict[str, Any]]) -> list[int]:
    return [stage["count"] for stage in stages]


# --- funnel --------------------------------------------------------------------------------------


def test_the_funnel_goes_from_lead_to_repeat_sale(four: Typed) -> None:
    found = four.json("report funnel")
    assert (found["mode"], found["from"], found["to"]) == ("cohort", None, None)
    assert [stage["stage"] for stage in found["stages"]] == ["leads", "customers", "first_sale", "repeat_sale"]
    assert counts(found["stages"]) == [4, 2, 1, 1]
    assert [stage["from_previous"] for stage in found["stages"]] == [None, 0.5, 0.5, 1.0]
    assert [stage["from_first"] for stage in found["stages"]] == [1.0, 0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--from 2026-11-01", [2, 0, 0, 0]),
        ("--to 2026-10-31", [2, 2, 1, 1]),
        ("--from 2026-10-20 --to 2026-10-20", [1, 1, 0, 0]),
        ("--as-of 2026-10-31", [2, 2, 1, 0]),
        ("--as-of 2026-10-14", [1, 1, 0, 0]),
        ("--as-of 2026-10-09", [1, 0, 0, 0]),
        ("--as-of 2026-10-01", [0, 0, 0, 0]),
        ("--rep bob", [2, 1, 0, 0]),
        ("--campaign Spring", [2, 1, 1, 1]),
        ("--channel web --rep ana", [1, 1, 1, 1]),
        ("--tag vip", [1, 0, 0, 0]),
        ("--source fair", [1, 1, 1, 1]),
        ("--where 'potential>=200'", [2, 1, 0, 0]),
        ("--scope existing", [0, 0, 0, 0]),
    ],
)
def test_the_funnel_of_a_period_a_past_day_or_some_of_the_leads(four: Typed, options: str, expected: list[int]) -> None:
    assert counts(four.json(f"report funnel {options}")["stages"]) == expected


def test_a_funnel_for_each_channel_adds_up_to_the_whole(four: Typed) -> None:
    found = four.json("report funnel --by channel")
    assert found["by"] == "channel"
    assert {group["key"]: counts(group["stages"]) for group in found["groups"]} == {
        "phone": [1, 0, 0, 0],
        "web": [2, 2, 1, 1],
        "(none)": [1, 0, 0, 0],
    }
    assert [group["key"] for group in found["groups"]][-1] == "(none)"
    assert counts(found["total"]["stages"]) == [4, 2, 1, 1]


@pytest.mark.parametrize(
    ("axis", "keys"),
    [
        ("rep", ["R1", "R2", "(none)"]),
        ("campaign", ["C1", "(none)"]),
        ("source", ["fair", "(none)"]),
        ("month", ["2026-10", "2026-11"]),
    ],
)
def test_a_funnel_by_every_axis_there_is(four: Typed, axis: str, keys: list[str]) -> None:
    assert [group["key"] for group in four.json(f"report funnel --by {axis}")["groups"]] == keys


def test_an_empty_funnel_has_the_same_shape_with_zeros(crm: Typed) -> None:
    found = crm.json("report funnel")
    assert counts(found["stages"]) == [0, 0, 0, 0]
    assert [stage["from_first"] for stage in found["stages"]] == [None] * 4
    assert crm.json("report funnel --by rep")["groups"] == []


def test_people_see_counts_and_shares(four: Typed) -> None:
    lines = four.ok("report funnel").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["leads", "customers", "first", "repeat"]
    for place, expected in ((1, "n/a"), (2, "50.0 %"), (3, "25.0 %")):
        assert expected in lines[place]


# --- channels ------------------------------------------------------------------------------------


def test_channels_tell_where_customers_and_money_come_from(four: Typed) -> None:
    rows = {row.pop("channel"): row for row in four.json("report channels")}
    assert list(rows) == ["web", "phone", "(none)"]
    assert rows["web"] == {
        "leads": 2,
        "customers": 2,
        "accounts": 2,
        "conversion": 1.0,
        "potential": 300.50,
        "revenue": [{"currency": "EUR", "amount": "150"}],
    }
    assert (rows["phone"]["conversion"], rows["phone"]["revenue"]) == (0.0, [])


def test_channels_of_a_period_and_a_past_day(four: Typed) -> None:
    assert [row["channel"] for row in four.json("report channels --from 2026-11-01")] == ["phone", "(none)"]
    (web,) = four.json("report channels --as-of 2026-10-31")
    assert web["revenue"] == [{"currency": "EUR", "amount": "100"}]
    assert four.json("report channels --to 2026-01-01") == []


# --- pipeline ------------------------------------------------------------------------------------


def test_the_pipeline_holds_the_open_leads(four: Typed) -> None:
    found = four.json("report pipeline")
    assert (found["as_of"], found["by"]) == ("2026-11-21", "rep")
    (row,) = found["rows"]
    assert (row["rep"], row["leads"], row["potential"], row["campaign"]) == ("(none)", 1, 700, None)
    assert found["total"] == {"leads": 1, "potential": 700}


@pytest.mark.parametrize(
    ("axis", "day", "expected"),
    [
        ("rep", "2026-10-09", [("R1", 1, 100)]),
        ("rep", "2026-10-21", [("R2", 1, 200.50)]),
        ("rep", "2026-11-19", [("R2", 1, 0), ("(none)", 1, 700)]),
        ("channel", "2026-11-19", [("phone", 1, 0), ("(none)", 1, 700)]),
        ("rating", "2026-11-19", [("hot", 1, 0), ("(none)", 1, 700)]),
        ("campaign", "2026-11-19", [("C1", 1, 700), ("(none)", 1, 0)]),
        ("activity", "2026-11-21", [("C1.2", 1, 700)]),
        ("rep", "2026-10-04", []),
    ],
)
def test_the_pipeline_of_any_past_day(four: Typed, axis: str, day: str, expected: list[tuple[str, int, float]]) -> None:
    found = four.json(f"report pipeline --by {axis} --as-of {day}")
    assert [(row[axis], row["leads"], row["potential"]) for row in found["rows"]] == expected
    assert found["total"]["leads"] == sum(row[1] for row in expected)


def test_the_past_is_read_from_the_log_alone(four: Typed) -> None:
    line = "report pipeline --as-of 2026-11-19 --json"
    before = four.ok(line).out
    for name in ("crm.json", "cache/index"):
        (four.folder / name).unlink(missing_ok=True)
    assert four.ok(line).out == before


def test_what_was_recorded_later_is_left_out_if_one_says_so(crm: Typed) -> None:
    crm.ok("lead add Uno --now 2026-11-01T08:00Z")
    crm.ok("lead qualify L1 --on 2026-11-02 --now 2026-11-10T08:00Z")
    as_of = "report funnel --as-of 2026-11-05"
    assert counts(crm.json(as_of)["stages"]) == [1, 1, 0, 0]
    assert counts(crm.json(f"{as_of} --known-at 2026-11-05")["stages"]) == [1, 0, 0, 0]


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "funnel --by weather",
        "funnel --scope some",
        "funnel --from 2026-11-02 --to 2026-11-01",
        "funnel --from '2026-11-02 10:00'",
        "funnel --as-of tomorrow",
        "channels --as-of tomorrow",
        "pipeline --as-of tomorrow",
        "pipeline --by month",
        "pipeline --where 'colour=red'",
        "channels --known-at someday",
    ],
)
def test_what_a_report_cannot_be_asked_is_refused(four: Typed, line: str) -> None:
    seen = four(f"report {line} --json")
    assert (seen.code, seen.out, seen.error["code"]) == (2, "", "bad_value")


def test_an_unknown_rep_or_campaign_is_not_found(four: Typed) -> None:
    assert four("report funnel --rep zoe").code == four("report pipeline --campaign Autumn").code == 3


def test_reports_go_into_files_too(four: Typed) -> None:
    lines = four.ok("report channels --format csv").out.splitlines()
    assert lines[0].split(",")[:3] == ["channel", "leads", "customers"]
    assert lines[1].startswith("web,2,2,")
