"""History: what happened to a record, in an operation, and lately."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def jane(crm: Typed) -> Typed:
    """One lead with a little life."""
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead add 'John Roe' --as ana")
    crm.ok("lead rate L1 L2 --rating hot")
    crm.ok("lead disqualify L1 --reason lost")
    return crm


def test_a_records_history_says_who_did_what_when_and_why(jane: Typed) -> None:
    entries = jane.json("lead history L1")
    assert [(one["cmd"], one["by"], one["op"]) for one in entries] == [
        ("lead.add", "sam", "O1"),
        ("lead.rate", "sam", "O3"),
        ("lead.disqualify", "sam", "O4"),
    ]
    assert entries[1]["changes"]["rating"] == [None, "hot"]
    assert (entries[2]["reason"], entries[2]["changes"]["status"]) == ("lost", ["new", "disqualified"])
    assert entries[0]["at"] == entries[0]["recorded"] == "2026-11-21T17:30:00Z"
    assert jane.json("history l1") == entries


def test_an_operation_holds_all_it_did_and_the_line_as_typed(jane: Typed) -> None:
    entries = jane.json("history O3")
    assert [one["id"] for one in entries] == ["O3", "L1", "L2"]
    assert entries[0]["changes"]["argv"][1] == ["crm", "lead", "rate", "L1", "L2", "--rating", "hot", "--json"][:-1]


def test_the_latest_operations_are_shown_in_order(jane: Typed) -> None:
    assert list(dict.fromkeys(one["op"] for one in jane.json("history"))) == ["O1", "O2", "O3", "O4"]
    assert {one["op"] for one in jane.json("history --limit 2")} == {"O3", "O4"}
    assert {one["op"] for one in jane.json("history --by ana")} == {"O2"}
    assert jane("history --limit 0").code == 2


def test_people_read_what_changed_in_words(jane: Typed) -> None:
    shown = jane.ok("history O4").out
    for expected in ("status new → disqualified", "reason – → lost", "crm lead disqualify L1 --reason lost", "sam"):
        assert expected in shown


def test_what_never_was_has_no_history(jane: Typed) -> None:
    assert [jane(f"history {id}").code for id in ("L9", "O9", "X1", "jane", "CL1")] == [3, 3, 2, 2, 3]


def test_an_absent_store_has_no_history(crm: Typed) -> None:
    assert crm.json("history") == []
    assert crm("history L1").code == 3
    assert "Nothing has happened yet" in crm.ok("history").err
    assert not crm.folder.exists()


def test_history_is_in_the_order_of_time_not_of_typing(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-01")
    crm.ok("lead note L1 later --on 2026-11-10")
    crm.ok("lead note L1 earlier --on 2026-11-05")
    assert [one["op"] for one in crm.json("lead history L1")] == ["O1", "O3", "O2"]
    assert [note["text"] for note in crm.json("lead show L1")["notes"]] == ["earlier", "later"]
