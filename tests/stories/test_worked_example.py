"""The worked example of the pipeline report: seven leads, typed as they came and typed afterwards in any order."""

from __future__ import annotations

import random
import shutil
from typing import Any

import pytest
from msgspec import Struct

from tests.typed import Typed

TODAY = "2024-06-01"
MARCH = "--from 2024-03-01 --to 2024-03-31"


class Step(Struct, frozen=True):
    """Something that happened on a day, and which steps must have been typed before."""

    day: str
    line: str
    after: tuple[str, ...] = ()


# Seven leads that have been through everything; called One to Seven, so that no id depends on the order.
STEPS = {
    "1": Step("2024-03-05", "lead add One --campaign A --activity Call --rep Ann --potential 1000"),
    "1 moved": Step("2024-04-10", "lead set-activity One Demo", ("1",)),
    "1 revalued": Step("2024-04-20", "lead edit One --potential 1500", ("1",)),
    "2": Step("2024-03-10", "lead add Two --campaign A --activity Demo --rep Ann --potential 2000"),
    "2 moved": Step("2024-04-05", "lead set-campaign Two B", ("2",)),
    "3": Step("2024-03-12", "lead add Three --campaign B --rep Bob --potential 500"),
    "3 ended": Step("2024-04-08", "lead disqualify Three --reason no_budget", ("3",)),
    "3 reopened": Step("2024-04-25", "lead reopen Three", ("3 ended",)),
    "4": Step("2024-03-20", "lead add Four --campaign A --activity Offer --rep Bob --potential 3000"),
    "4 qualified": Step("2024-04-15", "lead qualify Four --deal", ("4",)),
    "4 bought": Step("2024-04-18", "deal win Four", ("4 qualified",)),
    "4 wants more": Step("2024-04-28", "deal add Again --account Four --amount 900", ("4 qualified",)),
    "4 bought again": Step("2024-05-03", "deal win Again", ("4 wants more",)),
    "5": Step("2024-04-02", "lead add Five --campaign A --rep Ann --potential 700"),
    "5 assigned": Step("2024-04-12", "lead assign Five --to Bob", ("5",)),
    "6": Step("2024-03-01", "lead add Six --campaign B --activity Follow-up --rep Bob --potential 400"),
    "6 ended": Step("2024-03-25", "lead disqualify Six --reason lost", ("6",)),
    "6 reopened": Step("2024-04-18", "lead reopen Six", ("6 ended",)),
    "7": Step("2024-03-15", "lead add Seven --potential 250"),
    "7 deleted": Step("2024-04-22", "lead delete Seven --yes", ("7",)),
}
# What changes no figure, so that more can be typed in another order.
ASIDE = {
    "1 contacted": Step("2024-03-28", "lead contacted One", ("1",)),
    "2 tagged": Step("2024-04-01", "lead tag Two vip", ("2",)),
    "3 rated": Step("2024-04-02", "lead rate Three hot", ("3",)),
    "4 noted": Step("2024-05-20", "lead note Four 'happy customer'", ("4",)),
    "6 noted": Step("2024-04-01", "lead note Six 'asks for patience'", ("6",)),
    "7 noted": Step("2024-05-02", "lead note Seven 'was a test'", ("7",)),
}

END_OF_MARCH = {
    ("A", "Call"): (1, 1000),
    ("A", "Demo"): (1, 2000),
    ("A", "Offer"): (1, 3000),
    ("B", "Invite"): (1, 500),
    ("(none)", "(none)"): (1, 250),
}
END_OF_APRIL = {
    ("A", "Call"): (1, 700),
    ("A", "Demo"): (1, 1500),
    ("B", "Invite"): (2, 2500),
    ("B", "Follow-up"): (1, 400),
}


FOUNDING = (
    "init --timezone UTC",
    "campaign add A -a Call -a Demo -a Offer",
    "campaign add B -a Invite -a Follow-up",
    "rep add Ann",
    "rep add Bob",
)


def found(crm: Typed, now: str = "2024-02-01") -> None:
    """Two campaigns and two reps, there before anything happened unless `now` says otherwise."""
    for line in FOUNDING:
        crm.ok(f"{line} --now {now}")


@pytest.fixture
def desk(crm: Typed) -> Typed:
    """A desk at which the seven leads can be typed."""
    found(crm)
    return crm


def report(crm: Typed, line: str) -> Any:
    return crm.json(f"report {line} --now {TODAY}")


def by_activity(crm: Typed, day: str) -> dict[tuple[str, str], tuple[int, int]]:
    rows = report(crm, f"pipeline --by activity --as-of {day}")["rows"]
    return {(row["campaign_name"], row["activity_name"]): (row["leads"], row["potential"]) for row in rows}


def by_rep(crm: Typed, day: str) -> dict[str, tuple[int, int]]:
    rows = report(crm, f"pipeline --by rep --as-of {day}")["rows"]
    return {row["rep_name"]: (row["leads"], row["potential"]) for row in rows}


def funnel(crm: Typed, day: str) -> list[int]:
    return [stage["count"] for stage in report(crm, f"funnel {MARCH} --as-of {day}")["stages"]]


def all_reports(crm: Typed) -> list[Any]:
    days = ("2024-03-31", "2024-04-08", "2024-04-30", "2024-05-31", TODAY)
    kinds = ("pipeline --by activity", "pipeline --by rep", "channels", "funnel --by campaign", "funnel --by rep")
    return [report(crm, f"{kind} --as-of {day}") for kind in kinds for day in days]


def check(crm: Typed) -> None:
    """Every figure of the example, worked out by hand."""
    assert by_activity(crm, "2024-03-31") == END_OF_MARCH
    assert by_activity(crm, "2024-04-30") == END_OF_APRIL
    assert by_rep(crm, "2024-04-30") == {"Ann": (2, 3500), "Bob": (3, 1600)}
    totals = [report(crm, f"pipeline --as-of {day}")["total"] for day in ("2024-03-31", "2024-04-30")]
    assert totals == [{"leads": 5, "potential": 6750}, {"leads": 5, "potential": 5100}]
    assert funnel(crm, "2024-04-30") == [5, 1, 1, 0]
    assert funnel(crm, "2024-05-31") == [5, 1, 1, 1]


def type_as_it_happened(crm: Typed, steps: dict[str, Step]) -> None:
    for step in sorted(steps.values(), key=lambda step: step.day):
        crm.ok(f"{step.line} --now {step.day}")


def type_afterwards(crm: Typed, steps: dict[str, Step], seed: int) -> None:
    """Everything typed today with its date, in a random order that leaves nothing out of reach."""
    chance, typed, waiting = random.Random(seed), set[str](), dict(steps)
    while waiting:
        ready = [name for name, step in waiting.items() if typed.issuperset(step.after)]
        name = chance.choice(ready)
        step = waiting.pop(name)
        crm.ok(f"{step.line} --on {step.day} --now {TODAY}")
        typed.add(name)


def test_typed_day_by_day_the_reports_give_the_figures_of_the_table(desk: Typed) -> None:
    type_as_it_happened(desk, STEPS)

    check(desk)


def test_the_funnel_tells_the_share_of_the_stage_before_and_of_all_leads(desk: Typed) -> None:
    type_as_it_happened(desk, STEPS)

    stages = report(desk, f"funnel {MARCH} --as-of 2024-04-30")["stages"]

    assert [stage["from_previous"] for stage in stages] == [None, 0.2, 1.0, 0.0]
    assert [stage["from_first"] for stage in stages] == [1.0, 0.2, 0.2, 0.0]


def test_who_writes_the_days_down_later_changes_nothing_that_was_known_before(desk: Typed) -> None:
    type_as_it_happened(desk, {name: step for name, step in STEPS.items() if step.day <= "2024-04-30"})
    desk.ok("lead add Eight --campaign A --rep Ann --potential 10 --on 2024-03-30 --now 2024-05-10")

    assert by_activity(desk, "2024-03-31")["A", "Call"] == (2, 1010)
    known = report(desk, "pipeline --by rep --as-of 2024-04-30 --known-at 2024-05-01")["total"]
    assert known == {"leads": 5, "potential": 5100}


@pytest.mark.parametrize("seed", range(5))
def test_typed_today_in_another_order_the_reports_give_the_same_figures(desk: Typed, seed: int) -> None:
    type_afterwards(desk, STEPS | ASIDE, seed)

    check(desk)


def test_everything_may_be_typed_today_the_campaigns_and_reps_too(crm: Typed) -> None:
    found(crm, TODAY)
    type_afterwards(crm, STEPS, seed=7)

    check(crm)


def test_a_value_dated_later_and_typed_first_stays_on_top_of_an_earlier_move(desk: Typed) -> None:
    for name in ("1", "1 revalued", "1 moved"):
        desk.ok(f"{STEPS[name].line} --on {STEPS[name].day} --now {TODAY}")

    one = desk.json("lead show One")
    assert (one["activity_name"], one["potential"]) == ("Demo", 1500)
    assert by_activity(desk, "2024-04-15") == {("A", "Demo"): (1, 1000)}


def test_every_report_of_every_day_is_the_same_in_whatever_order_it_was_typed(desk: Typed) -> None:
    type_as_it_happened(desk, STEPS)
    expected = all_reports(desk)
    shutil.rmtree(desk.folder)
    found(desk)

    type_afterwards(desk, STEPS | ASIDE, seed=7)

    assert all_reports(desk) == expected


def test_the_log_alone_gives_the_reports_and_the_same_bytes(desk: Typed) -> None:
    type_afterwards(desk, STEPS, seed=11)
    expected, store = all_reports(desk), desk.folder / "crm.json"
    before = store.read_bytes()

    shutil.rmtree(desk.folder / "cache", ignore_errors=True)
    store.unlink()

    assert all_reports(desk) == expected
    assert not store.exists()
    desk.ok("rebuild")
    assert store.read_bytes() == before
    assert desk.json("verify")["ok"]
