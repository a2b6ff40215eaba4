"""Sales reps: added, found by handle, on duty or not."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


def test_a_rep_is_found_by_id_number_handle_and_name(crm: Typed) -> None:
    crm.ok("rep add 'Ana Silva' --handle ana --email ana@house.example --set region=North")
    for ref in ("R1", "1", "ANA", "'ana silva'"):
        one = crm.json(f"rep show {ref}")
        assert (one["id"], one["handle"], one["status"]) == ("R1", "ana", "active"), ref
    assert (one["email"], one["custom"]) == ("ana@house.example", {"region": "North"})


def test_a_handle_stands_for_one_rep_and_never_for_an_id(crm: Typed) -> None:
    crm.ok("rep add 'Ana Silva' --handle ana")
    before = crm.bytes()
    assert crm("rep add 'Ana Soto' --handle ANA").code == 4
    for handle in ("R7", "12", "'a b'", "''"):
        assert crm(f"rep add 'Ana Soto' --handle {handle}").code == 2, handle
    assert crm("rep add ''").code == crm("rep add Bob --email bob").code == 2
    assert crm.bytes() == before


def test_two_reps_of_one_name_must_be_told_apart(crm: Typed) -> None:
    crm.ok("rep add 'Ana Silva'")
    crm.ok("rep add 'Ana Silva' --handle ana2")
    crm.ok("lead add Jane")
    seen = crm("lead assign L1 --to 'Ana Silva' --json")
    assert (seen.code, seen.error["details"]["candidates"]) == (3, ["R1", "R2"])


def test_a_rep_who_is_off_takes_no_work_and_keeps_what_is_there(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("lead add Jane --rep ana")
    assert "active → inactive" in crm.ok("rep deactivate ana").out

    assert crm.json("lead show L1")["rep"] == "R1"
    assert crm("lead add John --rep ana").code == 4
    crm.ok("rep activate ana")
    crm.ok("lead add John --rep ana")


def test_nobody_goes_off_duty_twice(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    seen = crm("rep activate ana --json")
    assert (seen.code, seen.error["code"]) == (4, "wrong_state")
    crm.ok("rep deactivate ana")
    seen = crm("rep deactivate ana --json")
    assert (seen.code, "crm rep activate R1" in seen.error["hint"]) == (4, True)


def test_reps_are_listed_by_status(crm: Typed) -> None:
    crm.ok("rep add Ana")
    crm.ok("rep add Bob")
    crm.ok("rep deactivate R1")
    assert [one["name"] for one in crm.json("rep list --status active")] == ["Bob"]
    assert crm.ok("rep list --status inactive --format ids").out == "R1\n"
    assert crm("rep list --status asleep").code == 2
