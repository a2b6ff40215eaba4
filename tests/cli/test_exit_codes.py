"""Every exit code that can occur is reached, each by what it stands for, and nothing half done is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.context import Desk
from crm_cli.domain.errors import Exit
from crm_cli.store.disk import Disk
from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")

ROOT = Path(__file__).parents[2]
SIGNALS = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}
PIPE_CLOSED = 141

HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
file.truncate(0)
file.write("4711 0 lead import")
file.flush()
print("held", flush=True)
time.sleep(60)
"""

# A command that hangs while its write is on the way to the disk.
STUCK = """
import signal, sys, time
for name in ("SIGHUP", "SIGINT", "SIGTERM"):
    signal.signal(getattr(signal, name), signal.SIG_IGN if name == sys.argv[1] else signal.SIG_DFL)
from crm_cli.cli.main import run
from crm_cli.store.disk import Disk
def sync_data(self, fd):
    print("writing", file=sys.stderr, flush=True)
    time.sleep(60)
Disk.sync_data = sync_data
sys.argv = ["crm", "lead", "add", "Due"]
run()
"""

# A command that waits for its turn.
WAITING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from crm_cli.cli.main import run
from crm_cli.store.disk import Disk
lock = Disk.lock
def announced(self, fd, *, wait):
    if wait:
        print("waiting", file=sys.stderr, flush=True)
    lock(self, fd, wait=wait)
Disk.lock = announced
sys.argv = ["crm", "lead", "add", "Due", "--lock-timeout", "60"]
run()
"""


@pytest.fixture
def uno(crm: Typed) -> Typed:
    """A store with one lead."""
    crm.ok("lead add Uno")
    return crm


def started(crm: Typed, *argv: str, **streams: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *argv], env=environment, cwd=crm.folder.parent, text=True, **streams)


# --- 0 to 10 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("lead show L1", 0),
        ("lead list --status deleted", 0),
        ("verify --anchor 0000000000000000000000000000000000000000000000000000000000000000", 1),
        ("lead list --format xml", 2),
        ("lead list --bogus", 2),
        ("lead bogus", 2),
        ("lead show", 2),
        ("lead show L3", 3),
        ("lead assign L1 --to zoe", 3),
        ("lead unqualify L1", 4),
        ("init", 4),
        ("lead delete L2", 5),
        ("lead list --config {broken}", 7),
        ("lead list --store {nowhere}", 7),
        ("lead list --status deleted --exit-code", 9),
        ("remind check --exit-code", 10),
    ],
)
def test_each_code_stands_for_one_thing(uno: Typed, tmp_path: Path, line: str, code: int) -> None:
    uno.ok("event add Call --lead L1 --at yesterday")
    uno.ok("lead add Due")
    (tmp_path / "broken").write_text("[", encoding="utf-8")
    before = uno.bytes()
    typed = line.replace("{broken}", f"{tmp_path}/broken").replace("{nowhere}", f"{tmp_path}/nowhere")
    assert uno(typed).code == code
    assert uno.bytes() == before


def test_two_of_one_name_are_not_found_either(uno: Typed) -> None:
    uno.ok("lead add Uno")
    assert uno("lead show Uno").code == Exit.NOT_FOUND


def test_some_rows_of_a_file_and_not_others_is_partial(uno: Typed, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Name,Email\nDue,due@x.example\nTre,nonsense\n", encoding="utf-8")
    assert uno(f"import leads {file}").code == Exit.USAGE
    seen = uno(f"import leads {file} --keep-going --json")
    assert (seen.code, seen.json["added"], seen.json["failed"]) == (Exit.PARTIAL, 1, 1)


def test_a_damaged_log_is_unreadable(uno: Typed) -> None:
    log = uno.folder / "history.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Uno", b"Unu"))
    assert uno("verify").code == Exit.UNREADABLE


def test_a_store_of_a_newer_program_is_unreadable(uno: Typed) -> None:
    state = uno.folder / "crm.json"
    state.write_bytes(state.read_bytes().replace(b'{"v":1,', b'{"v":2,'))
    for line in ("lead list", "lead add Due"):
        seen = uno(line)
        assert (seen.code, "newer program" in seen.err) == (Exit.UNREADABLE, True)


# --- 8 -------------------------------------------------------------------------------------------


@pytest.fixture
def held(uno: Typed) -> Iterator[Typed]:
    """The store while another process writes."""
    other = started(uno, "-c", HOLD, str(uno.folder / ".lock"), stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    yield uno
    other.kill()
    other.communicate()


def test_a_store_that_others_write_to_is_busy_and_says_who_has_it(held: Typed) -> None:
    before = (held.folder / "history.jsonl").read_bytes()
    seen = held("lead add Due --lock-timeout 0.2 --json")
    assert (seen.code, seen.out, seen.error["code"]) == (Exit.BUSY, "", "busy")
    assert "pid 4711, lead import" in seen.error["message"]
    assert "--lock-timeout" in seen.error["hint"]
    assert (held.folder / "history.jsonl").read_bytes() == before


def test_who_is_tired_of_waiting_may_leave(held: Typed) -> None:
    waiting = started(held, "-c", WAITING, stderr=subprocess.PIPE)
    assert waiting.stderr is not None
    assert waiting.stderr.readline() == "waiting\n"
    waiting.send_signal(signal.SIGINT)
    assert (waiting.wait(timeout=10), waiting.stderr.read()) == (SIGNALS["SIGINT"], "")


def test_readers_and_rehearsals_wait_for_nobody(held: Typed) -> None:
    for line in ("lead list", "lead show L1", "report funnel", "lead add Due -n", "verify"):
        held.ok(f"{line} --lock-timeout 0")


def test_how_long_one_waits_may_stand_in_the_environment(held: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_LOCK_TIMEOUT", "0.01")
    assert held("lead add Due").code == Exit.BUSY
    monkeypatch.setenv("CRM_LOCK_TIMEOUT", "soon")
    assert held("lead add Due").code == Exit.USAGE
    assert held("lead add Due --lock-timeout=-1").code == Exit.USAGE


# --- 11 and 12 -----------------------------------------------------------------------------------


def refusing(name: str, monkeypatch: pytest.MonkeyPatch, code: int = errno.ENOSPC) -> None:
    """From now on this call to the disk fails."""

    def fails(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Disk, name, fails)


@pytest.mark.parametrize("call", ["write", "sync_data"])
def test_a_full_disk_saves_nothing_and_spoils_nothing(uno: Typed, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    before = uno.bytes()
    with monkeypatch.context() as patch:
        refusing(call, patch)
        seen = uno("lead add Due --json")
    assert (seen.code, seen.out, seen.error["code"]) == (Exit.NOT_SAVED, "", "not_saved")
    assert os.strerror(errno.ENOSPC) in seen.error["message"]
    assert uno.bytes() == before
    assert uno.ok("lead add Due -q").out == "L2\n"


def test_if_it_cannot_even_be_taken_back_the_outcome_is_unknown(uno: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        refusing("sync_data", patch, errno.EIO)
        refusing("truncate", patch, errno.EIO)
        seen = uno("lead add Due --json")
    assert (seen.code, seen.out, seen.error["code"]) == (Exit.UNKNOWN, "", "unknown")
    assert uno.ok("verify").code == Exit.DONE


# --- 70 ------------------------------------------------------------------------------------------


def broken(desk: Desk) -> None:
    """A command with a bug."""
    raise ZeroDivisionError(desk.cmd)


def test_a_bug_is_told_in_a_line_and_traced_only_on_demand(uno: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.cli.lead.list_", broken)
    seen = uno("lead list")
    assert (seen.code, seen.out, len(seen.err.splitlines())) == (Exit.BUG, "", 2)
    assert "--debug" in seen.err
    assert uno("lead list --json").error["code"] == "bug"

    for traced in (uno("lead list --debug"), uno("--debug lead list")):
        assert traced.code == Exit.BUG
        assert "Traceback" in traced.err
    monkeypatch.setenv("CRM_DEBUG", "1")
    assert "Traceback" in uno("lead list").err


# --- 74 and 141 ----------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("line", ["lead add Due", "lead list --json", "--help", "lead"])
def test_a_result_that_nobody_can_be_given_is_told(uno: Typed, line: str) -> None:
    with open("/dev/full", "w") as full:
        done = started(uno, "-m", "crm_cli", *line.split(), stdout=full, stderr=subprocess.PIPE)
        _, err = done.communicate(timeout=10)
    assert (done.returncode, "Traceback" in err) == (Exit.NO_OUTPUT, False), err
    assert "could not be written" in err
    assert uno.json("lead list --count") == {"count": 2 if "add" in line else 1}


@pytest.mark.parametrize("line", ["lead list --json", "lead --help"])
def test_a_reader_who_has_gone_is_no_reason_to_complain(uno: Typed, line: str) -> None:
    done = started(uno, "-m", "crm_cli", *line.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout is not None
    done.stdout.close()
    assert (done.wait(timeout=10), done.stderr and done.stderr.read()) == (PIPE_CLOSED, "")


@pytest.mark.parametrize(("line", "code"), [("lead list >&-", 74), ("lead list 2>&-", 0), ("remind check >&- 2>&-", 0)])
def test_a_closed_stream_matters_only_to_what_would_be_said_on_it(uno: Typed, line: str, code: int) -> None:
    script = f"{sys.executable} -m crm_cli {line}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(["sh", "-c", script], env=environment, capture_output=True, timeout=10).returncode == code


def test_a_file_that_cannot_be_written_leaves_what_was_saved(uno: Typed, tmp_path: Path) -> None:
    seen = uno(f"lead add Due --json -o {tmp_path}/no/such/folder.json")
    assert (seen.code, seen.out, seen.error["code"]) == (Exit.NO_OUTPUT, "", "no_output")
    assert uno.json("lead list --count") == {"count": 2}


# --- signals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_in_the_middle_of_a_write_takes_it_back(uno: Typed, name: str) -> None:
    before = uno.bytes()
    stuck = started(uno, "-c", STUCK, "", stderr=subprocess.PIPE)
    assert stuck.stderr is not None
    assert stuck.stderr.readline() == "writing\n"
    stuck.send_signal(getattr(signal, name))

    assert (stuck.wait(timeout=10), stuck.stderr.read()) == (SIGNALS[name], "")
    assert uno.bytes() == before
    assert uno.ok("lead add Due -q").out == "L2\n"


def test_what_was_told_to_survive_the_terminal_does(uno: Typed) -> None:
    stuck = started(uno, "-c", STUCK, "SIGHUP", stderr=subprocess.PIPE)
    assert stuck.stderr is not None
    stuck.stderr.readline()
    stuck.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        stuck.wait(timeout=0.2)
    stuck.terminate()
    assert stuck.wait(timeout=10) == SIGNALS["SIGTERM"]


# --- the table -----------------------------------------------------------------------------------


def test_the_table_people_read_has_every_code(crm: Typed) -> None:
    page = crm.ok("help exit-codes").out
    for code in (*Exit, *SIGNALS.values(), PIPE_CLOSED):
        assert f"{int(code)}" in page.split(), int(code)
