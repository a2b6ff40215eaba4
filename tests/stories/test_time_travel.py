"""Reports of the past: days before anything, days to come, midnights, and totals that always add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.crm import Crm
from crm_cli.domain.errors import Conflict, CrmError
from crm_cli.domain.lead import Lead
from crm_cli.domain.record import Record
from crm_cli.reports.pipeline import Axis, pipeline
from crm_cli.usecases.facts import facts_as_of
from crm_cli.usecases.qualify import DealWish, qualify, unqualify
from tests.desk import MemoryDesk
from tests.typed import Typed

REPORTS = ("pipeline", "pipeline --by activity", "funnel", "funnel --by month", "channels")


@pytest.fixture
def berlin(crm: Typed) -> Typed:
    """A desk in Berlin, where days are 23 or 25 hours long twice a year."""
    crm.ok("init --timezone Europe/Berlin --now 2026-01-02")
    crm.ok("rep add Ann --now 2026-01-02")
    crm.ok("rep add Bob --now 2026-01-02")
    return crm


def open_leads(crm: Typed, day: str) -> int:
    return int(crm.json(f"report pipeline --as-of {day} --now 2027-01-01")["total"]["leads"])


def leads_of(crm: Typed, day: str) -> dict[str, int]:
    rows = crm.json(f"report pipeline --by rep --as-of {day} --now 2027-01-01")["rows"]
    return {row["rep_name"]: row["leads"] for row in rows}


def names_in(value: Any) -> Any:
    """The keys of a JSON value, without what stands in it."""
    if isinstance(value, dict):
        return {key: names_in(inner) for key, inner in value.items()}
    return [names_in(value[0])] if isinstance(value, list) and value else type(value) is list


# --- days before, days to come ---------------------------------------------------------------------


def test_before_the_first_record_every_figure_is_zero(berlin: Typed) -> None:
    berlin.ok("lead add Jane --rep Ann --potential 100 --now '2026-03-05 12:00'")

    result = berlin.json("report pipeline --as-of 2026-03-04 --now 2026-04-01")
    stages = berlin.json("report funnel --as-of 2026-03-04 --now 2026-04-01")["stages"]

    assert (result["rows"], result["total"]) == ([], {"leads": 0, "potential": 0})
    assert [(one["count"], one["from_previous"], one["from_first"]) for one in stages] == [(0, None, None)] * 4
    assert berlin.json("report channels --as-of 2026-03-04 --now 2026-04-01") == []


@pytest.mark.parametrize("report", ["funnel", "funnel --by month", "pipeline"])
def test_a_report_of_nothing_has_the_shape_of_one_of_something(berlin: Typed, report: str) -> None:
    nothing = berlin.json(f"report {report} --as-of 1999-12-31 --now 2026-04-01")
    berlin.ok("lead add Jane --rep Ann --now 2026-03-05")
    something = berlin.json(f"report {report} --as-of 2026-03-31 --now 2026-04-01")

    empty: dict[str, list[Any]] = {key: [] for key in ("groups", "rows") if key in something}
    assert names_in(nothing) == names_in(something | empty)


@pytest.mark.parametrize("report", REPORTS)
def test_a_day_to_come_is_refused_whatever_is_asked(berlin: Typed, report: str) -> None:
    seen = berlin(f"report {report} --as-of 2026-03-06 --now '2026-03-05 23:59' --json")

    assert (seen.code, seen.error["code"]) == (2, "bad_value")


def test_today_begins_at_midnight_in_the_zone_of_the_store(berlin: Typed) -> None:
    late = "report pipeline --as-of 2026-03-06 --now"

    assert berlin(f"{late} 2026-03-05T22:59:59Z").code == 2
    assert berlin(f"{late} 2026-03-05T23:00:00Z").code == 0


def test_a_period_that_ends_before_it_begins_is_refused(berlin: Typed) -> None:
    for report in ("funnel", "channels"):
        seen = berlin(f"report {report} --from 2026-03-02 --to 2026-03-01 --now 2026-04-01 --json")
        assert (seen.code, seen.error["code"]) == (2, "bad_value")
        assert berlin(f"report {report} --from 2026-03-01 --to 2026-03-01 --now 2026-04-01").code == 0


# --- what was known ----------------------------------------------------------------------------------


def test_known_at_leaves_out_what_was_written_down_later(berlin: Typed) -> None:
    berlin.ok("lead add Jane --rep Ann --now '2026-03-05 12:00'")
    berlin.ok("lead add Joe --rep Ann --on 2026-03-05 --now '2026-03-09 12:00'")
    asked = "report pipeline --as-of 2026-03-05 --now 2026-04-01"

    assert berlin.json(asked)["total"]["leads"] == 2
    assert berlin.json(f"{asked} --known-at '2026-03-09 11:59'")["total"]["leads"] == 1
    assert berlin.json(f"{asked} --known-at '2026-03-09 12:00'")["total"]["leads"] == 2


def test_known_at_a_day_is_up_to_its_end(berlin: Typed) -> None:
    berlin.ok("lead add Jane --rep Ann --now '2026-03-05 23:59:59'")
    asked = "report pipeline --now 2026-04-01"

    assert berlin.json(f"{asked} --known-at 2026-03-04")["total"]["leads"] == 0
    assert berlin.json(f"{asked} --known-at 2026-03-05")["total"]["leads"] == 1


def test_known_at_gives_the_report_as_it_was_printed_then(berlin: Typed) -> None:
    berlin.ok("lead add Jane --rep Ann --potential 100 --now '2026-03-05 12:00'")
    printed = berlin.json("report pipeline --as-of 2026-03-05 --now '2026-03-06 12:00'")
    berlin.ok("lead edit Jane --potential 900 --on '2026-03-05 13:00' --now '2026-03-07 12:00'")

    again = "report pipeline --as-of 2026-03-05 --now 2026-04-01"
    assert berlin.json(again) != printed
    assert berlin.json(f"{again} --known-at '2026-03-06 12:00'") == printed


# --- midnights ---------------------------------------------------------------------------------------

# A day in Berlin, its first instant, and the first instant behind it; twice a year it has not 24 hours.
DAYS = [
    ("2026-02-10", "2026-02-09T23:00:00Z", "2026-02-10T23:00:00Z"),
    ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
    ("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
]


def the_day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(("day", "first", "behind"), DAYS)
def test_what_comes_at_midnight_belongs_to_the_day_that_starts(
    berlin: Typed, day: str, first: str, behind: str
) -> None:
    berlin.ok(f"lead add Early --rep Ann --now {first}")
    berlin.ok(f"lead add Late --rep Ann --now {behind}")

    assert [open_leads(berlin, one) for one in (the_day_before(day), day)] == [0, 1]


@pytest.mark.parametrize(("day", "first", "behind"), DAYS)
def test_what_changes_at_midnight_has_changed_on_the_day_that_starts(
    berlin: Typed, day: str, first: str, behind: str
) -> None:
    berlin.ok("lead add Jane --rep Ann --now 2026-01-05")
    berlin.ok(f"lead assign Jane --to Bob --now {first}")
    berlin.ok(f"lead assign Jane --to Ann --now {behind}")

    assert [leads_of(berlin, one) for one in (the_day_before(day), day)] == [{"Ann": 1}, {"Bob": 1}]


@pytest.mark.parametrize(("day", "first", "behind"), DAYS)
def test_a_lead_received_at_midnight_is_in_the_cohort_of_the_day_that_starts(
    berlin: Typed, day: str, first: str, behind: str
) -> None:
    berlin.ok(f"lead add Early --now {first}")
    berlin.ok(f"lead add Late --now {behind}")

    stages = berlin.json(f"report funnel --from {day} --to {day} --now 2027-01-01")["stages"]
    assert stages[0]["count"] == 1


@pytest.mark.parametrize(("day", "first", "behind"), DAYS)
def test_a_change_typed_with_a_day_lies_on_that_day(berlin: Typed, day: str, first: str, behind: str) -> None:
    berlin.ok("lead add Jane --rep Ann --now 2026-01-05")
    berlin.ok(f"lead assign Jane --to Bob --on {day} --now 2026-12-01")

    assert berlin.json("lead history Jane")[-1]["at"] == first
    assert [leads_of(berlin, one) for one in (the_day_before(day), day)] == [{"Ann": 1}, {"Bob": 1}]


# --- any history -------------------------------------------------------------------------------------

DAY_ONE = date(2026, 3, 1)
Verb = Callable[[Crm, Lead], Record]
VERBS: dict[str, Verb] = {
    "assign to Ann": lambda crm, lead: lead.assign(crm.reps.get("R1")),
    "assign to Bob": lambda crm, lead: lead.assign(crm.reps.get("R2")),
    "unassign": lambda crm, lead: lead.unassign(),
    "contacted": lambda crm, lead: lead.contacted(crm.at),
    "into A": lambda crm, lead: lead.set_campaign(crm.campaigns.get("C1"), crm.day),
    "into B": lambda crm, lead: lead.set_campaign(crm.campaigns.get("C2"), crm.day),
    "advance": lambda crm, lead: lead.advance(crm.campaigns.get(lead.campaign or "C1")),
    "revalue": lambda crm, lead: lead.edit(potential=(lead.potential or Decimal(1)) * 2),
    "qualify": lambda crm, lead: qualify(crm, lead, None, DealWish(amount=Decimal(10))).lead,
    "unqualify": lambda crm, lead: unqualify(crm, lead),
    "win": lambda crm, lead: crm.deals.get(lead.deal or "D1").win(crm.at),
    "disqualify": lambda crm, lead: lead.disqualify("lost", crm.at),
    "reopen": lambda crm, lead: lead.reopen(),
    "delete": lambda crm, lead: lead.delete(),
    "restore": lambda crm, lead: lead.restore(),
}
# Which day it is typed on, what, to which lead, and for how many days before that day.
happenings = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(sorted(VERBS)), st.integers(1, 3), st.integers(0, 4)), max_size=18
)


def lived(happened: list[tuple[int, str, int, int]]) -> MemoryDesk:
    """A desk at which all that could be done was done; what the rules refuse is left out."""
    desk = MemoryDesk()
    for name in ("Ann", "Bob"):
        desk.add_rep(name, now="2026-02-01T10:00:00Z")
    for name in ("A", "B"):
        desk.add_campaign(name, "Call", "Demo", now="2026-02-01T10:00:00Z")
    for number in range(3):
        day = DAY_ONE + timedelta(days=2 * number)
        desk.add_lead(f"Lead {number}", now=f"{day}T09:00:00Z", potential=Decimal(100 + number))
    for typed, verb, number, ago in sorted(happened, key=lambda one: one[0]):
        now = f"{DAY_ONE + timedelta(days=4 + typed)}T12:00:00Z"
        on = (DAY_ONE + timedelta(days=4 + typed - ago)).isoformat() if ago else None
        try:
            with desk.change(now, on) as crm:
                crm.save(VERBS[verb](crm, crm.leads.get(f"L{number}")))
        except Conflict:
            raise  # who is alone at the desk contradicts nobody
        except CrmError:
            continue
    return desk


@settings(max_examples=30, deadline=None)
@given(happenings)
def test_on_any_day_every_axis_adds_up_to_all_open_leads(happened: list[tuple[int, str, int, int]]) -> None:
    desk = lived(happened)

    with desk.look("2026-04-01T10:00:00Z") as crm:
        for back in range(14):
            day = DAY_ONE + timedelta(days=back)
            facts = facts_as_of(crm, day)
            found = sum(lead.is_open for lead in facts.leads)
            for axis in get_args(Axis):
                report = pipeline(facts, axis, day)
                assert sum(row.leads for row in report.rows) == report.total.leads == found
                assert sum(row.potential for row in report.rows) == report.total.potential


@settings(max_examples=30, deadline=None)
@given(happenings)
def test_a_day_read_from_the_store_and_folded_from_the_log_is_the_same(
    happened: list[tuple[int, str, int, int]],
) -> None:
    desk = lived(happened)

    with desk.look("2026-04-01T10:00:00Z") as crm:
        assert crm.snapshot.last_at < "2026-04-01"
        assert facts_as_of(crm) == facts_as_of(crm, known_until="9999-12-31T23:59:59Z")


@settings(max_examples=30, deadline=None)
@given(happenings)
def test_what_was_asked_on_a_day_is_what_is_known_of_it_later(happened: list[tuple[int, str, int, int]]) -> None:
    """A day asked when it was over equals the same day asked later, by what had been recorded then."""
    before = [one for one in happened if one[0] < 5]
    over = DAY_ONE + timedelta(days=8)

    with lived(before).look(f"{over}T23:00:00Z") as crm:
        then = facts_as_of(crm)
    with lived(happened).look("2026-04-01T10:00:00Z") as crm:
        assert facts_as_of(crm, over, known_until=f"{over}T23:00:00Z").leads == then.leads
