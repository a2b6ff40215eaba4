"""Claims: registered with a date due in working days, listed, and their particulars changed."""

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


def test_a_claim_is_not_due_before_it_came(acme: Typed) -> None:
    seen = acme("claim add X --account A1 --on 2026-11-20 --due 2026-11-19 --json")
    assert (seen.code, "--due" in seen.error["hint"]) == (2, True)
    acme.ok("claim add X --account A1 --on 2026-11-20 --due 2026-11-20")


def test_claims_are_listed_by_status_account_and_date_due(acme: Typed) -> None:
    acme.ok("claim add Slow --account A1 --priority low")
    acme.ok("claim add Fast --account A1 --priority high --rep ana --division D --cause c")
    acme.ok("claim start CL2")
    assert [one["name"] for one in acme.json("claim list --sort due")] == ["Fast", "Slow"]
    assert [one["name"] for one in acme.json("claim list --status processing --account Acme")] == ["Fast"]
    assert acme("claim list --where 'due<today' --exit-code").code == 9


@pytest.fixture
def several(acme: Typed) -> Typed:
    """Claims of all ages: registered, in processing, settled, and one in the future of its date due."""
    acme.ok("claim add Old --account A1 --division Sales --cause quality/noise --on 2026-11-02")
    acme.ok("claim add Week --account A1 --division Sales --cause quality --on '2026-11-14 17:00' --priority high")
    acme.ok("claim add Air --account A1 --division Assembly --cause 'air transport/late' --rep ana")
    acme.ok("claim add Done --account A1 --division Assembly --cause transport --rep ana --on 2026-11-02")
    acme.ok("claim start CL3 CL4")
    acme.ok("claim resolve CL4 --result satisfied --answer ok")
    return acme


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("--status open", ["Old", "Week", "Air"]),
        ("--status registered", ["Old", "Week"]),
        ("--overdue", ["Old", "Week"]),
        ("--overdue --status processing", []),
        ("--older-than 7d", ["Old", "Week", "Done"]),
        ("--older-than 8d", ["Old", "Done"]),
        ("--older-than 1h --status open", ["Old", "Week"]),
        ("--cause quality", ["Old", "Week"]),
        ("--cause quality/noise", ["Old"]),
        ("--cause transport", ["Done"]),
        ("--cause 'air transport'", ["Air"]),
        ("--cause quality,transport", ["Old", "Week", "Done"]),
        ("--division assembly", ["Air", "Done"]),
        ("--priority high", ["Week"]),
        ("--rep ana --status open", ["Air"]),
        ("--rep none", ["Old", "Week"]),
        ("--account Acme --count", None),
    ],
)
def test_the_short_cuts_of_the_list(several: Typed, options: str, found: list[str] | None) -> None:
    seen = several.json(f"claim list {options}")
    assert seen == {"count": 4} if found is None else [one["name"] for one in seen] == found


def test_none_that_old_is_exit_code_9_and_no_length_of_time_is_2(several: Typed) -> None:
    assert several("claim list --status registered --older-than 60d --exit-code").code == 9
    assert several("claim list --older-than soon").code == 2


def test_the_group_of_open_ones_works_for_every_command_that_takes_a_filter(several: Typed) -> None:
    several.ok("claim assign --where 'status=open and rep=none' --to ana --yes")
    assert {one["rep_name"] for one in several.json("claim list")} == {"Ana"}


# --- edit ----------------------------------------------------------------------------------------


def test_particulars_are_changed_and_emptied(acme: Typed) -> None:
    acme.ok("claim add X --account A1 --text old --employee Kurt --cause a --cause b")
    acme.ok(
        "claim edit CL1 --name 'Damaged unit' --text 'bent frame' --division Assembly --cause c/d --source mail"
        " --kind quality --justified yes --external-id c9 --set order=7 --unset employee"
    )
    one = acme.json("claim show CL1")
    assert (one["name"], one["text"], one["division"], one["employee"]) == (
        "Damaged unit",
        "bent frame",
        "Assembly",
        None,
    )
    assert (one["causes"], one["source"], one["kind"], one["justified"]) == (["c/d"], "mail", "quality", "yes")
    assert (one["external_id"], one["custom"]) == ("c9", {"order": "7"})
    acme.ok("claim edit CL1 --unset causes --unset justified")
    assert acme.json("claim show CL1")["causes"] == []
    assert acme.json("claim list --where 'justified=none' --count") == {"count": 1}


def test_another_priority_moves_the_date_due_and_says_so(acme: Typed) -> None:
    acme.ok("claim add X --account A1 --on 2026-11-02")
    assert "due 2026-11-04 → 2026-11-03" in acme.ok("claim edit CL1 --priority high").out
    assert "due 2026-11-03 → 2026-12-01" in acme.ok("claim edit CL1 --priority low --due 2026-12-01").out


def test_a_claim_of_somebody_elses_contact_stays_the_accounts(acme: Typed) -> None:
    acme.ok("account add Other")
    acme.ok("contact add Eve --account A2")
    acme.ok("claim add X --account A1")
    acme.ok("claim edit CL1 --contact Eve")
    one = acme.json("claim show CL1")
    assert (one["account"], one["contact"]) == ("A1", "P1")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--name ''", 2),
        ("--cause a/b/c", 2),
        ("--justified perhaps", 2),
        ("--unset name", 2),
        ("--account A9", 3),
        ("--priority urgent", 2),
    ],
)
def test_an_edit_that_makes_no_claim_of_it_is_refused(acme: Typed, line: str, code: int) -> None:
    acme.ok("claim add X --account A1")
    before = acme.bytes()
    assert acme(f"claim edit CL1 {line}").code == code
    assert acme.bytes() == before


# --- where it comes from -------------------------------------------------------------------------


def test_a_claim_made_in_a_conversation_takes_over_what_was_said(acme: Typed) -> None:
    acme.ok("contact add Max --account A1")
    acme.ok("event log 'Max calls' --contact P1 --rep ana --result 'gears howl' --direction incoming")
    acme.ok("claim add Noise --from-event E1")
    one = acme.json("claim show CL1")
    assert (one["account_name"], one["contact"], one["text"]) == ("Acme", "P1", "gears howl")
    assert (one["source"], one["rep_name"], one["event"], one["event_name"]) == ("call", "Ana", "E1", "Max calls")
    assert "CL1" in acme("event delete E1 --yes").err


def test_what_is_given_counts_more_than_the_conversation(acme: Typed) -> None:
    acme.ok("account add Other")
    acme.ok("event log Call --account A1 --result howling")
    acme.ok("claim add Noise --from-event E1 --account A2 --text clicking --due 2026-12-24")
    one = acme.json("claim show CL1")
    assert (one["account"], one["text"], one["due"]) == ("A2", "clicking", "2026-12-24")


def test_a_claim_is_not_given_to_a_rep_who_takes_no_work(acme: Typed) -> None:
    acme.ok("rep deactivate ana")
    assert acme("claim add X --account A1 --rep ana").code == 4


def test_once_causes_are_listed_a_misspelled_one_is_refused(acme: Typed) -> None:
    acme.ok("config set claim.causes transport/broken,quality/noise")
    seen = acme("claim add X --account A1 --cause transport/brokn --json")
    assert (seen.code, "did you mean transport/broken?" in seen.error["hint"]) == (2, True)
    acme.ok("claim add X --account A1 --cause Transport/Broken --cause quality")
    assert acme.json("claim show CL1")["causes"] == ["quality", "transport/broken"]
