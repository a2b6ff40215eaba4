"""Reminders: what is due and overdue, silence when nothing is, and exit codes for scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.typed import Typed


@pytest.fixture
def jane(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A lead of a rep, in a store whose days begin in Berlin."""
    monkeypatch.setenv("CRM_NOW", "2026-11-01T08:00:00Z")
    crm.ok("init --timezone Europe/Berlin")
    crm.ok("rep add Ana --handle ana")
    crm.ok("lead add 'Jane Doe' --rep ana")
    return crm


def due(crm: Typed, now: str, options: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = crm.json(f"remind check {options} --now {now}")
    return found


def test_nothing_due_is_nothing_said(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00'")
    seen = jane.ok("remind check --now 2026-11-21T12:59Z")
    assert (seen.out, seen.err) == ("", "")
    assert due(jane, "2026-11-21T12:59Z") == []


def test_an_event_without_reminders_is_due_at_its_start(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00' --end '2026-11-21 15:00'")
    (one,) = due(jane, "2026-11-21T13:00Z")
    assert (one["id"], one["overdue"], one["late_minutes"]) == ("E1", False, 0)
    assert "now  E1  L1 Jane Doe  Call" in jane.ok("remind check --now 2026-11-21T13:00Z").out


def test_an_events_own_reminders_come_before_its_start(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00' --remind 1d,1h")
    assert due(jane, "2026-11-20T12:59Z") == []
    (one,) = due(jane, "2026-11-20T13:00Z")
    assert one["late_minutes"] == -24 * 60
    assert "in 24h  E1" in jane.ok("remind check --now 2026-11-20T13:00Z").out


def test_after_its_end_it_is_overdue(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00' --end '2026-11-21 15:00'")
    assert [due(jane, now)[0]["overdue"] for now in ("2026-11-21T13:59:59Z", "2026-11-21T14:00Z")] == [False, True]
    assert "overdue 47h  E1" in jane.ok("remind check --now 2026-11-23T13:00Z").out


def test_a_day_is_over_when_it_has_ended_in_the_zone_of_the_store(jane: Typed) -> None:
    jane.ok("event add Visit --lead L1 --at 2026-11-21")
    assert due(jane, "2026-11-20T22:59Z") == []
    assert [due(jane, now)[0]["overdue"] for now in ("2026-11-20T23:00Z", "2026-11-21T22:59Z")] == [False, False]
    assert due(jane, "2026-11-21T23:00Z")[0]["overdue"] is True


def test_one_can_look_ahead(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00'")
    assert due(jane, "2026-11-21T12:00Z", "--within 59m") == []
    assert [one["id"] for one in due(jane, "2026-11-21T12:00Z", "--within 1h")] == ["E1"]
    for bad in ("soon", "-1h", "1"):
        assert jane(f"remind check --within={bad}").code == 2, bad


def test_the_longest_overdue_comes_first(jane: Typed) -> None:
    jane.ok("event add Second --lead L1 --at '2026-11-20 09:00'")
    jane.ok("event add First --lead L1 --at 2026-11-19")
    assert [one["name"] for one in due(jane, "2026-11-21T12:00Z")] == ["First", "Second"]


def test_scripts_may_ask_for_an_exit_code(jane: Typed) -> None:
    assert jane("remind check --exit-code --now 2026-11-21T13:00Z").code == 0
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00'")
    line = "remind check --now 2026-11-21T13:00Z"
    assert jane(line).code == 0
    seen = jane(f"{line} --exit-code -q")
    assert (seen.code, seen.out, seen.err) == (10, "", "")
    assert jane(f"{line} --exit-code --json").json[0]["id"] == "E1"


@pytest.mark.parametrize("end", ["done", "cancel"])
def test_what_is_done_or_canceled_is_not_due(jane: Typed, end: str) -> None:
    jane.ok("event add Call --lead L1 --at 2026-11-02")
    jane.ok(f"event {end} E1")
    assert due(jane, "2026-11-21T12:00Z") == []


def test_each_rep_may_ask_for_what_is_theirs(jane: Typed) -> None:
    jane.ok("rep add Bob --handle bob")
    jane.ok("event add Call --lead L1 --at 2026-11-02")
    assert len(due(jane, "2026-11-21T12:00Z", "--rep ana")) == 1
    assert due(jane, "2026-11-21T12:00Z", "--rep bob") == []
    assert jane("remind check --rep zoe").code == 3


def test_looking_writes_nothing_and_needs_no_store(crm: Typed) -> None:
    assert (crm.ok("remind check").out, crm.folder.exists()) == ("", False)
    crm.ok("lead add Jane")
    crm.ok("event add Call --lead L1 --at 2026-01-02")
    before = crm.bytes()
    crm.ok("remind check")
    assert crm.bytes() == before
