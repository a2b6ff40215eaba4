"""Over all nouns: status, search, show, and the record made last."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def desk(crm: Typed) -> Typed:
    """Two leads, an event, a claim and what belongs to them."""
    crm.ok("rep add 'Ana Silva' --handle ana --now 2026-11-02")
    crm.ok("campaign add Spring -a Call -a Demo --now 2026-11-02")
    crm.ok("lead add 'Jane Doe' --company Acme --campaign Spring --rep ana --rating hot --on 2026-11-02")
    crm.ok("lead add 'John Roe' --note 'wants a demo [/red]'")
    crm.ok("account add 'Nord GmbH'")
    crm.ok("event add Visit --account A1 --at '2026-11-21 20:00'")
    crm.ok("event add Fax --account A1 --at 2026-11-20")
    crm.ok("claim add 'Bent frame' --account A1 --now 2026-11-02")
    crm.ok("deal add Bikes --account A1")
    return crm


def test_status_counts_what_somebody_should_look_at(desk: Typed) -> None:
    told = desk.json("status")

    assert told["leads"] == {"new": 2, "unassigned": 1, "overdue": 1}
    assert told["events"] == {"today": 1, "overdue": 1}
    assert told["claims"] == {"open": 1, "overdue": 1}
    assert (told["deals"], told["campaigns"]) == ({"in_progress": 1}, {"active": 1})
    assert told["last_operation"]["cmd"] == "deal.add"
    assert told["store"]["waiting"] == 0


def test_status_is_seven_lines_for_people(desk: Typed) -> None:
    lines = desk.ok("status").out.splitlines()
    assert lines[0] == "leads      2 new, 1 unassigned, 1 overdue"
    assert len(lines) == 7


def test_a_lead_that_was_answered_is_late_no_more(desk: Typed) -> None:
    desk.ok("event log Called --lead L1")
    assert desk.json("status")["leads"] == {"new": 1, "unassigned": 1, "overdue": 0}


def test_search_finds_a_text_in_any_field_of_any_noun(desk: Typed) -> None:
    assert desk.json("search DEMO") == [
        {"type": "lead", "id": "L2", "title": "John Roe", "match": "notes: wants a demo [/red]"},
        {"type": "campaign", "id": "C1", "title": "Spring", "match": "activities: Demo"},
    ]
    assert desk.ok("search acme -F ids").code == 0
    assert {one["type"] for one in desk.json("search nord --kind event,account")} == {"account"}
    assert [one["id"] for one in desk.json("search n --limit 2")] == ["L1", "L2"]


def test_a_search_that_finds_nothing_is_no_error_unless_asked(desk: Typed) -> None:
    seen = desk.ok("search zebra")
    assert (seen.out, seen.err) == ("", "Nothing holds 'zebra'.\n")
    assert desk("search zebra --exit-code").code == 9
    assert desk("search ' '").code == 2
    assert "did you mean lead?" in desk("search x --kind leed").err


def test_deleted_records_are_found_only_when_all_are_asked_for(desk: Typed) -> None:
    desk.ok("lead delete L2 --yes")
    assert desk.json("search roe") == []
    assert [one["id"] for one in desk.json("search roe --all")] == ["L2"]


@pytest.mark.parametrize("id", ["L1", "a1", "E1", "CL1", "C1", "R1", "D1"])
def test_any_record_is_shown_by_its_id_as_its_own_noun_shows_it(desk: Typed, id: str) -> None:
    noun = {"l": "lead", "a": "account", "e": "event", "cl": "claim", "c": "campaign", "r": "rep", "d": "deal"}
    own = desk.ok(f"{noun[id.lower().rstrip('1')]} show {id}")
    assert desk.ok(f"show {id}").out == own.out


def test_an_operation_is_shown_by_its_id(desk: Typed) -> None:
    assert desk.json("show O4") == desk.json("history O4")
    for id, code in (("O99", 3), ("L99", 3), ("Jane", 2), ("7", 2)):
        assert desk(f"show {id}").code == code


def test_last_is_the_newest_record_this_user_made(desk: Typed) -> None:
    desk.ok("lead add Other --as eve")
    desk.ok("lead edit L1 --city Berlin")

    assert desk.json("show @last")["id"] == "D1"
    assert desk.json("lead show @last")["id"] == "L2"
    assert desk.json("lead show @last --as eve")["id"] == "L3"
    desk.ok("event add Call --lead @last --at tomorrow")
    assert desk.json("event show @last")["lead"] == "L2"
    assert desk("contact show @last").code == 3


def test_show_and_history_take_ids_of_every_kind_that_help_names(desk: Typed) -> None:
    desk.ok("campaign activity rename C1 Demo Visit")
    assert (desk.json("show c1.2")["name"], desk.json("show ST1")["key"]) == ("Visit", "timezone")
    assert desk("show C1.9").code == desk("history C1.9").code == 3
    assert "crm history" in desk("show I1", ok=False).err
    changes = [one["changes"] for one in desk.json("history C1.2")]
    assert [list(one) for one in changes] == [["activities.2"]] * 2
    assert changes[1]["activities.2"][1]["name"] == "Visit"


def test_a_list_of_all_says_what_is_gone(desk: Typed) -> None:
    desk.ok("account add Gone")
    desk.ok("account delete A2 --yes")
    assert desk.ok("account list --all").out.split()[-1] == "deleted"
    assert "STATUS" not in desk.ok("account list").out


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("lead add Q --rep", "see crm lead add --help"),
        ("--json lead add -dash", "crm lead add -- -dash"),
        ("campaign activity add C1 -dash", "crm campaign activity add -- -dash"),
    ],
)
def test_what_cannot_be_parsed_is_answered_with_the_help_of_its_own_command(crm: Typed, line: str, hint: str) -> None:
    seen = crm(line)
    assert (seen.code, hint in seen.err) == (2, True)
