"""Claims: registered with a date due in working days, started when all is known, resolved with an answer."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def acme(crm: Typed) -> Typed:
    """An account and a rep."""
    crm.ok("rep add Ana --handle ana --now 2026-10-01")
    crm.ok("account add Acme --on 2026-10-01")
    return crm


def test_everything_said_about_a_claim_is_kept(acme: Typed) -> None:
    acme.ok("contact add Max --account A1")
    acme.ok(
        "claim add 'Damaged unit' --account acme --contact Max --text 'bent frame' --division Assembly"
        " --employee Kurt --cause Transport --cause packing --rep ana --external-id c9 --tag vip --set order=7"
    )
    one = acme.json("claim show CL1")
    assert (one["name"], one["status"]) == ("Damaged unit", "registered")
    assert (one["account_name"], one["contact"]) == ("Acme", "P1")
    assert (one["causes"], one["division"], one["employee"]) == (["packing", "transport"], "Assembly", "Kurt")
    assert (one["text"], one["rep_name"], one["tags"], one["custom"]) == ("bent frame", "Ana", ["vip"], {"order": "7"})
    assert one["registered_at"] == "2026-11-21T17:30:00Z"


@pytest.mark.parametrize(("priority", "due"), [("high", "2026-11-23"), ("normal", "2026-11-24"), ("low", "2026-11-27")])
def test_it_is_due_after_so_many_working_days(acme: Typed, priority: str, due: str) -> None:
    seen = acme.ok(f"claim add X --account A1 --priority {priority}")
    assert due in seen.out
    assert acme.json("claim show CL1")["due"] == due


def test_days_and_holidays_of_the_house_count(acme: Typed) -> None:
    acme.ok("config set holidays 2026-11-23,2026-11-25")
    acme.ok("config set claim.days.normal 3")
    assert acme.json("claim add X --account A1")["records"][0]["due"] == "2026-11-27"


def test_a_claim_needs_a_claimant_and_a_subject(acme: Typed) -> None:
    for line, code in (("X", 2), ("'' --account A1", 2), ("X --account A9", 3), ("X --account A1 --priority x", 2)):
        assert acme(f"claim add {line}").code == code, line
    assert acme.json("claim list") == []


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


def test_claims_are_listed_by_status_account_and_date_due(acme: Typed) -> None:
    acme.ok("claim add Slow --account A1 --priority low")
    acme.ok("claim add Fast --account A1 --priority high --rep ana --division D --cause c")
    acme.ok("claim start CL2")
    assert [one["name"] for one in acme.json("claim list --sort due")] == ["Fast", "Slow"]
    assert [one["name"] for one in acme.json("claim list --status processing --account Acme")] == ["Fast"]
    assert acme("claim list --where 'due<today' --exit-code").code == 9
