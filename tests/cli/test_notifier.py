"""A command that is run for each reminder: what it gets, what is heard of it, and when it is stopped."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from crm_cli.cli.notifier import Ended, run

HERE = Path("/")


def test_it_gets_what_is_given_on_its_standard_input_and_the_store_in_its_environment() -> None:
    assert run("cat; echo $CRM_STORE >&2", "Grüße\n", Path("/x")) == Ended(0, "Grüße\n", "/x\n")


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("true", None),
        ("exit 7", "the command ended with exit code 7"),
        ("no-such-command", "the command ended with exit code 127"),
        ("kill -9 $$", "the command was ended by signal 9"),
        ("(", "the command ended with exit code 2"),
    ],
)
def test_how_it_ended_is_told(command: str, complaint: str | None) -> None:
    assert run(command, "", HERE).complaint == complaint


def test_it_need_not_read_what_it_is_given() -> None:
    assert run("exec <&-; echo done", "x" * 1_000_000, HERE).out == "done\n"


def test_whoever_prints_without_end_is_stopped_and_only_the_beginning_is_kept() -> None:
    ended = run("yes", "", HERE, limit=0.3)
    assert (ended.code, len(ended.out) < 70_000) == (None, True)
    assert ended.out.endswith("(the rest is left out)")


def test_what_takes_too_long_is_killed_with_all_it_has_started(tmp_path: Path) -> None:
    ended = run(f"sleep 60 & echo $! > {tmp_path}/child; trap '' TERM; sleep 60; echo late", "", HERE, limit=0.5)
    assert ended.complaint == "the command took longer than 10 s and was stopped"
    child = int((tmp_path / "child").read_text())
    for _ in range(200):
        if not _is_alive(child):
            break
        time.sleep(0.02)
    assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_what_it_leaves_running_is_not_waited_for() -> None:
    begun = time.monotonic()
    assert run("sleep 20 & echo begun", "", HERE).out == "begun\n"
    assert time.monotonic() - begun < 15


def test_a_broken_pipe_ends_its_programs_as_in_any_shell() -> None:
    assert run("yes | head -n 1", "", HERE, limit=5) == Ended(0, "y\n", "")
