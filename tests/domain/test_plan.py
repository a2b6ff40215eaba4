"""The plan of a claim: steps with a day and somebody who does them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.claim import Claim
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused, WrongState
from crm_cli.domain.moment import UTC, Clock
from crm_cli.domain.plan import Step
from crm_cli.domain.rep import Rep, RepStatus

AT = "2026-11-20T10:00:00Z"
CLAIM = Claim(id="CL2", name="Damaged unit", account="A7")
ANA = Rep(id="R1", name="Ana")


def test_steps_are_numbered_and_keep_who_when_and_how_long() -> None:
    claim = CLAIM.add_step(" Inspect ", "2026-11-27", ANA, "2h").add_step("Report", None)

    assert claim.plan == {"1": Step(number=1, due="2026-11-27", takes="2h"), "2": Step(number=2)}
    assert (claim.plan_names, claim.reps) == ({"1": "Inspect", "2": "Report"}, {"1": "R1"})


def test_a_step_needs_a_name_a_length_of_time_and_a_rep_on_duty() -> None:
    with pytest.raises(BadValue, match="needs a name"):
        CLAIM.add_step(" ", None)
    with pytest.raises(BadValue, match="is not a length of time"):
        CLAIM.add_step("Inspect", None, takes="long")
    with pytest.raises(Refused, match="is inactive"):
        CLAIM.add_step("Inspect", None, Rep(id="R3", name="Off", status=RepStatus.INACTIVE))


def test_a_step_is_found_by_its_number_or_name() -> None:
    claim = CLAIM.add_step("Inspect", None).add_step("Call", None).add_step("call", None)

    assert claim.find_step("1") == claim.find_step("INSPECT") == claim.steps[0]
    with pytest.raises(NotFound, match="CL2 has no step '4'") as missing:
        claim.find_step("4")
    assert missing.value.hint == "it has: 1 Inspect, 2 Call, 3 call"
    with pytest.raises(Ambiguous, match="several steps called 'Call'") as several:
        claim.find_step("Call")
    assert several.value.hint == "say which: 2, 3"


def test_a_step_that_is_done_says_what_came_of_it() -> None:
    claim = CLAIM.add_step("Inspect", "2026-11-27").add_step("Report", None)
    done = claim.step_done(claim.find_step("1"), AT, " the frame is bent ")

    assert done.plan["1"] == Step(number=1, due="2026-11-27", done_at=AT)
    assert (done.plan_results, done.open_steps) == ({"1": "the frame is bent"}, [claim.plan["2"]])
    assert claim.step_done(claim.find_step("1"), AT, " ").plan_results == {}


@pytest.mark.parametrize("status", ["done", "canceled"])
def test_a_step_is_done_or_canceled_once(status: str) -> None:
    claim = CLAIM.add_step("Inspect", None)
    step = claim.find_step("1")
    claim = claim.step_done(step, AT) if status == "done" else claim.cancel_step(step, AT)

    assert claim.plan["1"].status == status
    for verb in (claim.step_done, claim.cancel_step):
        with pytest.raises(WrongState, match=f"step 1 Inspect is {status}"):
            verb(claim.plan["1"], AT)


def test_the_plan_of_a_closed_claim_is_read_only() -> None:
    claim = CLAIM.add_step("Inspect", None)
    closed = claim.withdraw(AT)

    for verb in (closed.step_done, closed.cancel_step):
        with pytest.raises(WrongState, match="CL2 is withdrawn"):
            verb(claim.plan["1"], AT)


@pytest.mark.parametrize(
    ("due", "now", "late"),
    [
        ("2026-11-20", "2026-11-20T22:59:00+00:00", False),  # the day ends at 23:00 UTC in Berlin
        ("2026-11-20", "2026-11-20T23:00:00+00:00", True),
        ("2026-11-20T12:00:00Z", "2026-11-20T11:59:59+00:00", False),
        ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00+00:00", True),
        (None, "2026-11-20T12:00:00+00:00", False),
    ],
)
def test_a_step_is_late_when_its_day_or_hour_is_over(due: str | None, now: str, late: bool) -> None:
    clock = Clock(datetime.fromisoformat(now).astimezone(UTC), ZoneInfo("Europe/Berlin"))

    assert Step(number=1, due=due).is_overdue(clock) is late
    assert not Step(number=1, due=due, done_at=AT).is_overdue(clock)


def test_a_step_whose_name_was_erased_has_its_number() -> None:
    claim = CLAIM.add_step("Inspect", None).change(plan_names={})

    assert claim.step_title(claim.find_step("1")) == "1"
