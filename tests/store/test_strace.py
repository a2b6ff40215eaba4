"""The same points of failure, met by the real program in the real system: strace kills it, or lets calls fail.

What the seam of faults.py shows in process, call by call, is shown here for a whole command; where strace is not
installed, or not allowed to look, the skip says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.store.check import verify
from crm_cli.store.tiny import TinyStore

COMMAND = [sys.executable, "-m", "crm_cli", "lead", "add", "Second", "--json"]
# Calls that only the store makes in such a run, but for the last write: that one prints the result.
CALLS = ("write", "fsync", "fdatasync", "rename", "ftruncate", "flock")
MOST = 12  # more than any of them is made


def can_trace() -> str:
    """Why not; "" if it can be done."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"strace may not look here: {tried.stderr.strip()[:80]}"


WHY_NOT = can_trace()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "strace works")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one lead."""
    run(tmp_path / "crm", [sys.executable, "-m", "crm_cli", "init", "--store", str(tmp_path / "crm")])
    run(tmp_path / "crm", [*COMMAND[:-2], "First"])
    return tmp_path / "crm"


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """One command in the store, as somebody else than us would give it."""
    env = {**os.environ, "CRM_STORE": str(folder), "CRM_CONFIG": "none", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def traced(
    folder: Path, call: str, injected: str, when: int, command: list[str] = COMMAND
) -> tuple[subprocess.CompletedProcess[str], bool]:
    """The command with the when-th of these calls tampered with, and whether there was one."""
    log = folder.parent / "trace"
    inject = f"inject={call}:{injected}:when={when}"
    done = run(folder, ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}", "-e", inject, *command])
    text = log.read_text(errors="replace")
    return done, "(INJECTED)" in text or "killed by SIGKILL" in text


def leads(folder: Path) -> int:
    with TinyStore(folder).read() as snapshot:
        return sum(1 for _ in snapshot.scan("lead"))


def must_be_whole(folder: Path) -> None:
    """A fresh look finds nothing wrong, and the next command works."""
    assert run(folder, [*COMMAND[:-2], "Third"]).returncode == 0
    verdict = verify(folder)
    assert verdict.ok, verdict.findings


@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call_the_store_is_as_before_or_after(folder: Path, call: str, torture: int) -> None:
    for when in range(1, MOST, 1 if torture > 1 else 2):
        before = leads(folder)
        done, reached = traced(folder, call, "signal=KILL", when)
        if not reached:
            break
        assert leads(folder) in (before, before + 1)
        assert not done.stdout or leads(folder) == before + 1
        must_be_whole(folder)
    assert when > 1


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", [call for call in CALLS if call != "flock"])
def test_success_means_saved_and_failure_means_not_saved(folder: Path, call: str, error: str, torture: int) -> None:
    """Every second place in the suite, one error at the odd and the other at the even ones; every one if asked."""
    for when in range(1 if torture > 1 or error == "EIO" else 2, MOST, 1 if torture > 1 else 2):
        before = leads(folder)
        done, reached = traced(folder, call, f"error={error}", when)
        if not reached:
            break
        saved = leads(folder) == before + 1
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 11, 12, 74), done.stderr
        assert saved is (done.returncode in (0, 74)) or done.returncode == 12
        must_be_whole(folder)
    assert done.returncode == 0


CRM = [sys.executable, "-m", "crm_cli"]
NAMING = ("rename", "unlink")  # the calls between which a whole log takes the place of another


@pytest.mark.parametrize("call", NAMING)
def test_killed_while_it_goes_back_to_a_copy_the_store_is_the_one_or_the_other(folder: Path, call: str) -> None:
    copies = folder.parent / "copies"
    run(folder, [*CRM, "backup", "--to", str(copies)])
    run(folder, COMMAND)
    go_back = [*CRM, "restore", str(next(copies.iterdir())), "--older", "--yes"]
    for when in range(1, MOST):
        before = leads(folder)
        _, reached = traced(folder, call, "signal=KILL", when, go_back)
        if not reached:
            break
        assert leads(folder) in (1, before)
        verdict = verify(folder)
        assert verdict.ok, verdict.findings
        run(folder, COMMAND)
    assert when > 1


@pytest.mark.parametrize("call", NAMING[:1])
def test_killed_while_it_takes_a_store_in_there_is_none_or_the_whole(folder: Path, call: str) -> None:
    whole = folder.parent / "whole.jsonl"
    run(folder, [*CRM, "export", "all", "-o", str(whole)])
    for when in range(1, MOST):
        other = folder.parent / f"other-{when}"
        take_in = [*CRM, "import", "all", str(whole), "--store", str(other)]
        _, reached = traced(folder, call, "signal=KILL", when, take_in)
        there = leads(other)
        assert there in (0, 1)
        assert run(other, take_in).returncode == (4 if there else 0)
        assert (other / "history.jsonl").read_bytes() == (folder / "history.jsonl").read_bytes()
        assert verify(other).ok
        if not reached:
            break
    assert when > 1
