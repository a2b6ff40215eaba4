"""The plan of a claim as it is typed: steps added, done, canceled, listed, and in the way of the end."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def acme(crm: Typed) -> Typed:
    """A claim in processing, and one that is only registered."""
    crm.ok("rep add Ana --handle ana")
    crm.ok("rep add Bob --handle bob")
    crm.ok("account add Acme")
    crm.ok("claim add Noise --account A1 --rep ana --division D --cause c")
    crm.ok("claim add Dust --account A1")
    crm.ok("claim start CL1")
    return crm


def test_a_step_has_a_name_a_day_and_somebody_who_does_it(acme: Typed) -> None:
    seen = acme.ok("claim plan add CL1 'Inspect the gears' --due fri --rep bob --takes 2h")
    assert seen.out == "Added step 1 Inspect the gears to CL1 Noise, due Fri 2026-11-27\n"
    assert acme.json("claim show CL1")["plan"] == [
        {
            "number": 1,
            "name": "Inspect the gears",
            "status": "open",
            "due": "2026-11-27",
            "takes": "2h",
            "rep": "R2",
            "rep_name": "Bob",
            "done_at": None,
            "canceled_at": None,
            "result": None,
        }
    ]


def test_a_script_is_told_the_number_of_the_new_step(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect")
    number = acme.ok("claim plan add CL1 Report -q").out
    assert number == "2\n"
    assert acme.ok(f"claim plan done CL1 {number.strip()} -q").out == ""


def test_the_card_shows_the_plan(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect --due '2026-11-23 12:00' --rep bob --takes 2h")
    acme.ok("claim plan add CL1 Report")
    acme.ok("claim plan done CL1 inspect --result 'gear 3 is worn'")
    seen = acme.ok("claim show CL1").out
    assert "plan           1 of 2 open" in seen
    lines = "Plan\n  1 Inspect  Bob  takes 2h  done Sat 2026-11-21 17:30 +00:00  gear 3 is worn\n  2 Report  open\n"
    assert lines in seen


def test_a_step_is_done_when_it_was_done(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect")
    acme.ok("claim plan done CL1 1 --now 2026-11-24T10:00:00Z --on '2026-11-23 09:00'")
    (step,) = acme.json("claim show CL1")["plan"]
    assert (step["status"], step["done_at"]) == ("done", "2026-11-23T09:00:00Z")
    assert acme("claim plan done CL1 1").code == acme("claim plan cancel CL1 1").code == 4


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("plan add CL1 ' '", 2),
        ("plan add CL1 Inspect --due someday", 2),
        ("plan add CL1 Inspect --takes long", 2),
        ("plan add CL1 Inspect --rep zoe", 3),
        ("plan add CL9 Inspect", 3),
        ("plan done CL1 1", 3),
        ("plan cancel CL1 Inspect", 3),
    ],
)
def test_what_is_no_step_is_refused(acme: Typed, line: str, code: int) -> None:
    before = acme.bytes()
    assert acme(f"claim {line}").code == code
    assert acme.bytes() == before


def test_open_steps_are_in_the_way_of_the_end_unless_it_is_forced(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect")
    resolve = "claim resolve CL1 --result satisfied --answer ok"
    seen = acme(f"{resolve} --json")
    assert (seen.code, seen.error["details"]["open_steps"]) == (4, ["1"])
    assert "1 Inspect" in seen.error["message"]
    acme.ok(f"{resolve} --force")
    assert acme.json("claim show CL1")["plan"][0]["status"] == "open"


def test_a_step_that_is_not_needed_is_in_nobodys_way(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect")
    assert acme.ok("claim plan cancel CL1 1").out == "Canceled step 1 Inspect of CL1 Noise\n"
    acme.ok("claim resolve CL1 --result satisfied --answer ok")


@pytest.fixture
def steps(acme: Typed) -> Typed:
    """Steps of both claims."""
    acme.ok("claim plan add CL1 Report")
    acme.ok("claim plan add CL1 Inspect --due 2026-11-27 --rep bob")
    acme.ok("claim plan add CL1 Clean --due 2026-11-20 --rep ana")
    acme.ok("claim plan add CL2 Sweep --due '2026-11-21 12:00' --rep ana")
    acme.ok("claim plan add CL2 Done")
    acme.ok("claim plan done CL2 Done")
    return acme


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", ["Clean", "Sweep", "Inspect", "Report"]),
        ("CL1", ["Clean", "Inspect", "Report"]),
        ("--rep ana", ["Clean", "Sweep"]),
        ("--rep none", ["Report"]),
        ("--overdue", ["Clean", "Sweep"]),
        ("CL2 --overdue --rep bob", []),
    ],
)
def test_what_is_still_to_be_done_is_listed_the_earliest_first(steps: Typed, options: str, found: list[str]) -> None:
    rows = steps.json(f"claim plan list {options}")
    assert [one["name"] for one in rows] == found


def test_the_list_tells_of_which_claim_a_step_is(steps: Typed) -> None:
    lines = steps.ok("claim plan list CL2").out.splitlines()
    assert lines[0].split() == ["CLAIM", "SUBJECT", "STEP", "NAME", "DUE", "REP"]
    assert lines[1].split() == ["CL2", "Dust", "1", "Sweep", "2026-11-21", "12:00", "Ana"]
    assert len(lines) == 2


def test_steps_of_closed_claims_are_not_to_be_done(steps: Typed) -> None:
    steps.ok("claim withdraw CL2")
    assert {one["claim"] for one in steps.json("claim plan list")} == {"CL1"}


def test_a_rep_who_has_a_step_is_not_deleted(steps: Typed) -> None:
    seen = steps("rep delete bob --yes --json")
    assert (seen.code, "CL1 Noise" in seen.error["message"]) == (4, True)


def test_what_came_of_a_step_is_found_by_a_search(steps: Typed) -> None:
    steps.ok("claim plan done CL1 Inspect --result 'gear 3 is worn'")
    assert [one["id"] for one in steps.json("claim list --search 'GEAR 3'")] == ["CL1"]


def test_steps_added_one_after_the_other_are_changes_of_their_own(acme: Typed) -> None:
    acme.ok("claim plan add CL1 Inspect")
    acme.ok("claim plan add CL1 Report")
    acme.ok("claim plan done CL1 1")
    changes = [entry["changes"] for entry in acme.json("claim history CL1")][-3:]
    assert [sorted(one) for one in changes] == [["plan.1", "plan_names.1"], ["plan.2", "plan_names.2"], ["plan.1"]]
