"""Reminders: what is due and overdue, silence when nothing is, exit codes for scripts; each told once, if wanted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from crm_cli.store.announced import announcing
from crm_cli.store.tiny import TinyStore
from tests.typed import Typed

ROOT = Path(__file__).parents[2]


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


# --- claims and leads --------------------------------------------------------------------------------


@pytest.fixture
def late(jane: Typed) -> Typed:
    """A claim that was due on the 4th, and leads of ana and of nobody that were to be answered by the 3rd."""
    jane.ok("account add 'Nord GmbH'")
    jane.ok("claim add Broken --account A1 --due 2026-11-04")
    jane.ok("lead edit L1 --company Acme")
    jane.ok("lead rate L1 hot")
    jane.ok("lead add Joe --rating hot")
    return jane


def test_claims_and_leads_past_their_last_day_are_told(late: Typed) -> None:
    assert late.ok("remind check --now 2026-11-03T22:59Z").out == ""
    assert late.ok("remind check --now 2026-11-06T23:00Z").out.splitlines() == [
        "overdue 3d  L1  Jane Doe (Acme)  hot lead, not answered yet",
        "overdue 3d  L2  Joe  hot lead, not answered yet",
        "overdue 2d  CL1  A1 Nord GmbH  Broken",
    ]
    late.ok("lead contacted L1 L2 --now 2026-11-06")
    late.ok("claim withdraw CL1 --now 2026-11-06")
    assert late.ok("remind check --now 2026-11-06T23:00Z").out == ""


def test_before_their_last_day_is_over_one_is_told_how_much_is_left(late: Typed) -> None:
    line = "remind check --within 2h --kind claim --now 2026-11-04T22:15Z"
    assert late.ok(line).out == "in 45m  CL1  A1 Nord GmbH  Broken\n"


def test_all_have_the_same_names_for_scripts(late: Typed) -> None:
    late.ok("event add Call --lead L1 --at 2026-11-02")
    rows = due(late, "2026-11-06T23:00Z")
    assert [[row["record"], row["id"], row["due"], row["overdue"]] for row in rows] == [
        ["event", "E1", "2026-11-02", True],
        ["lead", "L1", "2026-11-03", True],
        ["lead", "L2", "2026-11-03", True],
        ["claim", "CL1", "2026-11-04", True],
    ]
    assert len({tuple(row) for row in rows}) == 1
    assert [row["rep_name"] for row in rows] == ["Ana", "Ana", None, None]
    assert (rows[3]["account_name"], rows[3]["start"], rows[3]["late_minutes"]) == ("Nord GmbH", None, 48 * 60)
    assert "2026-11-04" in late.ok("remind check --now 2026-11-06 --format markdown").out


def test_one_may_ask_for_some_kinds_and_reps(late: Typed) -> None:
    late.ok("claim assign CL1 --to ana")
    for options, ids in {
        "--kind claim": ["CL1"],
        "--kind lead,EVENT": ["L1", "L2"],
        "--rep ana": ["L1", "CL1"],
        "--rep none": ["L2"],
    }.items():
        assert [row["id"] for row in due(late, "2026-11-07", options)] == ids, options
    assert late("remind check --kind deal").code == 2


# --- once --------------------------------------------------------------------------------------------


def once(crm: Typed, now: str, options: str = "") -> list[str]:
    return [row["id"] for row in crm.json(f"remind check --once {options} --now {now}")]


def test_each_is_told_once(late: Typed) -> None:
    late.ok("event add Call --lead L1 --at 2026-11-02")
    assert once(late, "2026-11-07") == ["E1", "L1", "L2", "CL1"]
    seen = late.ok("remind check --once --exit-code --now 2026-11-09")
    assert (seen.out, seen.err) == ("", "")
    assert len(due(late, "2026-11-09")) == 4
    late.ok("event postpone E1 --to 2026-11-10 --now 2026-11-09")
    assert late("remind check --once --exit-code --now 2026-11-10").code == 10


def test_each_of_its_own_reminders_is_told(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00' --remind 1d,1h")
    told = [
        once(jane, now)
        for now in ("2026-11-20T12:59Z", "2026-11-20T13:00Z", "2026-11-21T11:59Z", "2026-11-21T12:00Z", "2026-11-22")
    ]
    assert told == [[], ["E1"], [], ["E1"], []]


def test_what_is_overdue_is_told_again_if_wanted(late: Typed) -> None:
    days = ("2026-11-05T12:00Z", "2026-11-06T11:59Z", "2026-11-06T12:00Z", "2026-11-07T11:00Z")
    assert [once(late, day, "--kind claim --repeat 1d") for day in days] == [["CL1"], [], ["CL1"], []]


def test_a_clock_that_was_wrong_loses_nothing(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at '2026-11-21 14:00'")
    days = ("2099-11-21T13:00Z", "2016-11-21T13:00Z", "2026-11-21T13:00Z", "2026-11-21T12:59Z", "2026-11-21T13:01Z")
    assert [once(jane, day) for day in days] == [["E1"], [], ["E1"], [], []]


def test_what_nobody_saw_was_not_told(late: Typed, tmp_path: Path) -> None:
    now = "--now 2026-11-07"
    assert late(f"remind check --once -q --exit-code {now}").code == 10
    assert late(f"remind check --once -o {tmp_path}/none/told {now}").code == 74
    assert late.ok(f"remind check --once -o {tmp_path}/told {now}").out == ""
    assert len((tmp_path / "told").read_text().splitlines()) == 3
    assert once(late, "2026-11-07") == []


def test_what_was_done_and_is_to_be_done_again_is_told_anew(late: Typed) -> None:
    late.ok("event add Call --lead L1 --at 2026-11-02")
    assert "E1" in once(late, "2026-11-07")
    late.ok("event done E1 --now 2026-11-07")
    assert once(late, "2026-11-07") == []
    late.ok("event reopen E1 --now 2026-11-07")
    assert once(late, "2026-11-07") == ["E1"]


def test_without_a_store_nothing_is_made(crm: Typed) -> None:
    for line in ("remind check --once", "remind check --once --exec cat"):
        assert (crm.ok(line).out, crm.folder.exists()) == ("", False)


@pytest.mark.parametrize("options", ["--repeat 1d", "--once --repeat 0m", "--exec ''", "--exec ' '", "--exec cat -o x"])
def test_what_makes_no_sense_is_refused(late: Typed, options: str) -> None:
    assert late(f"remind check {options}").code == 2


def test_one_check_waits_for_another(late: Typed) -> None:
    with announcing(TinyStore(late.folder)):
        seen = late("remind check --once --lock-timeout 0 --now 2026-11-07")
        assert (seen.code, seen.out) == (8, "")
        assert "another crm remind check is at work" in seen.err
        assert late.ok("remind check --once --lock-timeout 0 --skip-busy --now 2026-11-07").out == ""
        assert len(late.ok("remind check --now 2026-11-07").out.splitlines()) == 3
        late.ok("lead note L1 'others work meanwhile'")
    assert len(once(late, "2026-11-07")) == 3


# --- a command for each ------------------------------------------------------------------------------


def test_each_is_handed_over_on_standard_input(late: Typed, tmp_path: Path) -> None:
    expected = due(late, "2026-11-07")
    seen = late.ok(["remind", "check", "--once", "--now", "2026-11-07", "--exec", f"cat >> {tmp_path}/got; echo sent"])
    assert [json.loads(line) for line in (tmp_path / "got").read_text().splitlines()] == expected
    assert (seen.out, seen.err) == ("sent\n" * 3, "")
    assert once(late, "2026-11-07") == []


def test_what_fails_is_told_again_and_the_others_are_done(late: Typed) -> None:
    line = ["remind", "check", "--once", "--now", "2026-11-07", "--exec", "! grep -q Joe"]
    seen = late(line)
    assert (seen.code, seen.out) == (6, "")
    assert "L2: the command ended with exit code 1" in seen.err
    assert "1 of 3 could not be told" in seen.err
    again = late([*line, "--json"])
    assert (again.code, again.out) == (6, "[]\n")
    assert again.error["details"]["failed"] == [{"ref": "L2", "message": "L2: the command ended with exit code 1"}]
    assert once(late, "2026-11-07") == ["L2"]


def test_without_once_it_is_run_for_all_and_noted_all_the_same(late: Typed) -> None:
    line = ["remind", "check", "--now", "2026-11-07", "--exec", "echo $CRM_STORE"]
    assert late.ok(line).out == late.ok(line).out == f"{late.folder}\n" * 3
    assert late.ok([*line, "-q"]).out == ""
    assert once(late, "2026-11-07") == []


def test_for_scripts_the_result_is_what_was_told(late: Typed) -> None:
    seen = late.ok(["remind", "check", "--now", "2026-11-07", "--exec", "echo hello", "--json"])
    assert [row["id"] for row in seen.json] == ["L1", "L2", "CL1"]
    assert seen.err == "hello\n" * 3


HOSTILE = [
    '"; touch ../hit; "',
    "'; touch hit; '",
    "$(touch hit)",
    "`touch hit`",
    "a\ntouch hit\n",
    "%s -rf \\ \x1b[2J",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_stands_in_the_store_is_run(
    jane: Typed, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    jane.ok(["event", "add", name, "--lead", "L1", "--at", "2026-11-02"])
    jane.ok(["lead", "edit", "L1", "--name", name])
    seen = jane.ok(["remind", "check", "--now", "2026-11-07", "--exec", "tee got"])
    assert json.loads(Path("got").read_text())["name"] == name.strip()
    assert "\x1b" not in seen.out
    assert [path.name for path in tmp_path.rglob("*") if path.name == "hit"] == []


# --- processes of their own --------------------------------------------------------------------------


@pytest.fixture
def many(jane: Typed) -> Typed:
    """Eight overdue events."""
    for number in range(1, 9):
        jane.ok(f"event add 'Call {number}' --lead L1 --at 2026-11-0{number}")
    return jane


def cron(crm: Typed, command: str, *more: str) -> subprocess.Popen[str]:
    """A check as cron starts it."""
    words = ["remind", "check", "--once", "--now", "2026-11-20", "--lock-timeout", "60", "--exec", command, *more]
    return subprocess.Popen(
        [sys.executable, "-m", "crm_cli", *words],
        cwd=ROOT,
        env={**os.environ, "CRM_STORE": str(crm.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def got(path: Path) -> list[str]:
    """The ids that were handed over, in order."""
    return [json.loads(line)["id"] for line in path.read_text().splitlines()] if path.exists() else []


def test_two_at_once_tell_each_exactly_once(many: Typed, tmp_path: Path) -> None:
    both = [cron(many, f"cat >> {tmp_path}/got") for _ in range(2)]
    assert [(one.communicate(), one.returncode) for one in both] == [(("", ""), 0)] * 2
    assert sorted(got(tmp_path / "got")) == [f"E{number}" for number in range(1, 9)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_one_was_telling_when_it_was_killed_is_told_by_the_next(
    many: Typed, tmp_path: Path, how: signal.Signals
) -> None:
    stops = f"cat >> {tmp_path}/got; test $(wc -l < {tmp_path}/got) -lt 4 || exec sleep 5"
    first = cron(many, stops)
    while len(got(tmp_path / "got")) < 4 and first.poll() is None:
        time.sleep(0.02)
    first.send_signal(how)
    first.communicate()
    assert first.returncode == (-how if how == signal.SIGKILL else 128 + how)

    last = cron(many, f"cat >> {tmp_path}/got")
    assert (last.communicate(), last.returncode) == (("", ""), 0)
    told = got(tmp_path / "got")
    assert {id: told.count(id) for id in told} == {f"E{number}": 1 + (number == 4) for number in range(1, 9)}


def test_a_pipe_that_nobody_reads_means_that_it_was_not_told(many: Typed) -> None:
    script = f"{sys.executable} -m crm_cli remind check --once --now 2026-11-20; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"( {script} ) | true"],
        cwd=ROOT,
        env={**os.environ, "CRM_STORE": str(many.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "141\n"
    assert len(once(many, "2026-11-20")) == 8
