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


def test_a_rep_is_edited_and_found_by_the_new_handle(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana --division South --tag senior")
    crm.ok("rep add Bob --handle bob")
    seen = crm.ok("rep edit ana --name 'Ana Silva' --handle silva --email ana@house.example --set capacity=40")
    assert "handle ana → silva" in seen.out
    one = crm.json("rep show silva")
    assert (one["name"], one["email"], one["division"]) == ("Ana Silva", "ana@house.example", "South")
    assert (one["custom"], one["tags"]) == ({"capacity": "40"}, ["senior"])
    assert [found["id"] for found in crm.json("rep list --division south --tag senior")] == ["R1"]
    crm.ok("rep edit silva --handle SILVA --unset division")
    assert crm.json("rep show R1")["division"] is None


def test_a_rep_is_not_edited_into_somebody_else(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("rep add Bob --handle bob")
    before = crm.bytes()
    assert crm("rep edit bob --handle ANA").code == 4
    for said in ("--handle R1", "--name ' '", "--email nonsense", "--unset name"):
        assert crm(f"rep edit bob {said}").code == 2, said
    assert crm.bytes() == before


@pytest.fixture
def ana(crm: Typed) -> Typed:
    """Ana has two open leads, one that is lost, a deal and a planned event."""
    crm.ok("rep add Ana --handle ana")
    crm.ok("rep add Bob --handle bob")
    for name in ("Jane", "John", "Lost"):
        crm.ok(f"lead add {name} --rep ana")
    crm.ok("lead disqualify L3 --reason lost")
    crm.ok("account add Acme")
    crm.ok("deal add Bikes --account Acme --rep ana --amount 5")
    crm.ok("event add Call --lead L1 --at +2d")
    return crm


def test_the_list_and_the_card_count_the_work_of_reps(ana: Typed) -> None:
    names = ("open_leads", "open_deals", "planned_events", "open_claims", "accounts")
    assert [[one[name] for name in names] for one in ana.json("rep list")] == [[2, 1, 1, 0, 0], [0, 0, 0, 0, 0]]
    assert [ana.json("rep show ana")[name] for name in names] == [2, 1, 1, 0, 0]
    assert ana.ok("rep list --sort open_leads -F ids").out == "R2\nR1\n"
    assert ana.ok("rep list").out.splitlines()[1].split() == ["R1", "ana", "Ana", "active", "2", "1", "1"]


def test_who_goes_off_duty_is_told_what_is_left_and_how_it_is_handed_over(ana: Typed) -> None:
    seen = ana.ok("rep deactivate ana")
    assert "R1 Ana still has 2 open leads, 1 open deal, 1 planned event; hand over: " in seen.err
    told = seen.err.partition("hand over: ")[2].strip().split("; ")
    for line in told:
        ana.ok(line.removeprefix("crm ").replace("REP", "bob") + " --yes")
    assert [ana.json("rep show ana")[name] for name in ("open_leads", "open_deals", "planned_events")] == [0, 0, 0]
    assert ana.json("rep show bob")["open_leads"] == 2


def test_scripts_are_told_what_is_left_and_nothing_where_nothing_is(ana: Typed) -> None:
    assert "2 open leads" in ana.json("rep deactivate ana")["warnings"][0]
    done = ana.json("rep deactivate bob")
    assert (done["warnings"], done["left_out"]) == ([], [])


def test_several_reps_go_off_duty_and_come_back(ana: Typed) -> None:
    ana.ok("rep deactivate ana bob")
    assert ana("rep deactivate ana bob").code == 4
    ana.ok("rep activate bob")
    seen = ana("rep activate ana bob --keep-going")
    assert (seen.code, "bob" in seen.err.lower()) == (6, True)
    assert ana.ok("rep list --status active -F ids").out == "R1\nR2\n"


def test_reps_are_listed_by_status(crm: Typed) -> None:
    crm.ok("rep add Ana")
    crm.ok("rep add Bob")
    crm.ok("rep deactivate R1")
    assert [one["name"] for one in crm.json("rep list --status active")] == ["Bob"]
    assert crm.ok("rep list --status inactive --format ids").out == "R1\n"
    assert crm("rep list --status asleep").code == 2
