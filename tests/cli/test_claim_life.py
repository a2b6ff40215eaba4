"""The life of a claim as it is typed: assigned, started, resolved, withdrawn, reopened; one or several."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")
READY = "--account A1 --rep ana --division D --cause c"


@pytest.fixture
def acme(crm: Typed) -> Typed:
    """An account and a rep."""
    crm.ok("rep add Ana --handle ana --now 2026-10-01")
    crm.ok("account add Acme --on 2026-10-01")
    return crm


def test_it_is_started_when_it_is_known_who_where_and_why(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    given = ""
    for missing, option in (("--rep", "--rep ana"), ("--division", "--employee Kurt"), ("--cause", "--cause fire")):
        seen = acme(f"claim start CL1{given} --json")
        assert (seen.code, missing in seen.error["hint"]) == (4, True), given
        given += f" {option}"
    assert "registered → processing" in acme.ok(f"claim start CL1{given}").out
    assert acme.json("claim show CL1")["started_at"] == "2026-11-21T17:30:00Z"


def test_it_is_resolved_with_a_result_and_an_answer(acme: Typed) -> None:
    acme.ok("claim add X --account A1 --rep ana --division D --cause c --on 2026-11-01")
    acme.ok("claim start CL1 --on 2026-11-02")
    acme.ok("claim resolve CL1 --result not-satisfied --answer 'no fault of ours' --on 2026-11-04")
    one = acme.json("claim show CL1")
    assert (one["status"], one["answer"]) == ("not_satisfied", "no fault of ours")
    assert (one["started_at"][:10], one["closed_at"][:10]) == ("2026-11-02", "2026-11-04")


def test_each_step_needs_the_one_before(acme: Typed) -> None:
    acme.ok("claim add X --account A1 --rep ana --division D --cause c")
    resolve = "claim resolve CL1 --result satisfied --answer ok"
    seen = acme(f"{resolve} --json")
    assert (seen.code, "crm claim start CL1" in seen.error["hint"]) == (4, True)
    acme.ok("claim start CL1")
    assert acme("claim start CL1").code == 4
    acme.ok(resolve)
    assert acme(resolve).code == acme("claim start CL1").code == 4


def test_there_are_two_results_and_every_one_has_an_answer(acme: Typed) -> None:
    acme.ok("claim add X --account A1 --rep ana --division D --cause c")
    acme.ok("claim start CL1")
    assert acme("claim resolve CL1 --result withdrawn --answer ok").code == 2
    assert acme("claim resolve CL1 --result satisfied --answer ' '").code == 2
    assert acme("claim resolve CL1 --result satisfied").code == 2
    assert acme.json("claim show CL1")["status"] == "processing"


# --- assign --------------------------------------------------------------------------------------


def test_claims_are_given_to_a_rep_and_taken_back(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    acme.ok("claim add Y --account A1")
    seen = acme.ok("claim assign CL1 CL2 --to ana")
    assert seen.out == "Assigned CL1 X to Ana (was nobody)\nAssigned CL2 Y to Ana (was nobody)\n"
    acme.ok("claim unassign CL1")
    assert [one["rep"] for one in acme.json("claim list")] == [None, "R1"]


def test_a_claim_in_processing_keeps_a_handler(acme: Typed) -> None:
    acme.ok(f"claim add X {READY}")
    acme.ok("claim start CL1")
    seen = acme("claim unassign CL1 --json")
    assert (seen.code, seen.error["hint"]) == (4, "crm claim assign CL1 --to REP")


# --- several -------------------------------------------------------------------------------------


def test_several_are_started_and_resolved_at_once(acme: Typed) -> None:
    for name in "XYZ":
        acme.ok(f"claim add {name} --account A1 --division D --cause c")
    assert acme.json("claim start CL1 CL2 --rep ana")["changed"] == 2
    acme.ok("claim resolve - --result satisfied --answer ok --justified no", stdin="CL1\nCL2\n")
    found = acme.json("claim list --where 'status=satisfied'")
    assert [(one["name"], one["justified"]) for one in found] == [("X", "no"), ("Y", "no")]


def test_one_that_is_refused_keeps_all_from_being_changed_unless_it_may_be_left_out(acme: Typed) -> None:
    acme.ok(f"claim add X {READY}")
    acme.ok("claim add Y --account A1")
    before = acme.bytes()
    assert acme("claim start CL1 CL2").code == 4
    assert acme.bytes() == before
    seen = acme("claim start CL1 CL2 --keep-going --json")
    assert (seen.code, [one["ref"] for one in seen.json["left_out"]]) == (6, ["CL2"])


# --- resolve -------------------------------------------------------------------------------------


def test_the_days_it_took_are_counted_and_told(acme: Typed) -> None:
    acme.ok("config set holidays 2026-11-04")
    acme.ok(f"claim add X {READY} --on 2026-11-02")
    acme.ok("claim start CL1 --on 2026-11-02")
    assert acme.json("claim show CL1")["handling_days"] is None
    seen = acme.ok("claim resolve CL1 --result satisfied --answer ok --satisfaction 4 --on 2026-11-06")
    assert seen.out == "CL1 X: processing → satisfied, after 3 working days\n"
    one = acme.json("claim show CL1")
    assert (one["handling_days"], one["satisfaction"]) == (3, 4)
    assert acme.json("claim list --where 'satisfaction>=4' --count") == {"count": 1}


def test_satisfaction_beyond_the_scale_is_a_bad_value(acme: Typed) -> None:
    acme.ok(f"claim add X {READY}")
    acme.ok("claim start CL1")
    assert acme("claim resolve CL1 --result satisfied --answer ok --satisfaction 6").code == 2


# --- withdraw, reopen ----------------------------------------------------------------------------


def test_what_is_withdrawn_keeps_the_reason_as_a_note(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    assert acme.ok("claim withdraw CL1 --reason 'had not read it'").out == "CL1 X: registered → withdrawn\n"
    one = acme.json("claim show CL1")
    assert (one["status"], one["notes"][0]["text"]) == ("withdrawn", "had not read it")
    assert one["closed_at"] == "2026-11-21T17:30:00Z"


def test_a_reopened_claim_is_in_processing_and_its_former_end_stays_in_the_history(acme: Typed) -> None:
    acme.ok(f"claim add X {READY} --on 2026-11-02")
    acme.ok("claim start CL1 --on 2026-11-02")
    acme.ok("claim resolve CL1 --result satisfied --answer replaced --on 2026-11-04")
    assert acme.ok("claim reopen CL1 --reason 'broke again'").out == "CL1 X: satisfied → processing\n"
    one = acme.json("claim show CL1")
    assert (one["closed_at"], one["answer"], one["handling_days"], one["reopen_count"]) == (None, None, None, 1)
    assert (one["started_at"][:10], one["notes"][0]["text"]) == ("2026-11-02", "broke again")
    assert "answer – → replaced" in acme.ok("claim history CL1").out
    assert acme("claim reopen CL1").code == 4


def test_what_was_withdrawn_at_once_is_taken_up_with_what_starting_it_needs(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    acme.ok("claim withdraw CL1")
    seen = acme("claim reopen CL1 --json")
    assert (seen.code, seen.error["hint"]) == (4, "add --rep and --division or --employee and --cause")
    acme.ok("claim reopen CL1 --rep ana --division D --cause transport/broken")
    one = acme.json("claim show CL1")
    assert (one["status"], one["rep_name"], one["causes"]) == ("processing", "Ana", ["transport/broken"])


def test_a_deleted_claim_is_restored_and_not_reopened(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    acme.ok("claim delete CL1 --yes")
    seen = acme("claim reopen CL1 --json")
    assert (seen.code, seen.error["hint"]) == (4, "run: crm claim restore CL1")


def test_a_closed_claim_is_read_only_but_for_notes(acme: Typed) -> None:
    acme.ok("claim add X --account A1")
    acme.ok("claim withdraw CL1")
    for verb in ("edit CL1 --name Y", "assign CL1 --to ana", "unassign CL1", "plan add CL1 Inspect", "withdraw CL1"):
        seen = acme([*f"claim {verb} --json".split()])
        assert (seen.code, seen.error["hint"]) == (4, "run: crm claim reopen CL1"), verb
    acme.ok("claim note CL1 'said thank you'")
