"""Commands that lose their reader, their disk or their time: the exit code says so, and what is saved is told."""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.environment import hear_signals
from crm_cli.cli.main import main
from crm_cli.store.disk import Disk
from tests.cli.lines import GOOD, Bench, copied, furnished
from tests.commands import COMMANDS, function_of
from tests.typed import Seen

ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROLES = {".".join(path): getattr(function_of(word), "role", "") for path, word in COMMANDS.items()}
ALL = list(GOOD)
CHANGING = [command for command in ALL if ROLES[command] == "changes" and command != "init"]
SAVING = [*CHANGING, "batch"]
LOOKING = [command for command in ALL if ROLES[command] in ("lists", "shows")]
TELLING = [command for command in ALL if command != "export.all"]  # all others end in a word on stdout

# The program as it starts, with a signal to itself while it loads its modules.
LOADING = """
import os, runpy, signal, sys
class Halfway:
    def find_spec(self, name, path, target=None):
        if name == "crm_cli.store.tiny":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Halfway())
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["crm", "lead", "list"]
runpy.run_module("crm_cli", run_name="__main__")
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every sixth command of those a test is about, and all of them with --torture."""
    if "command" in metafunc.fixturenames:
        first, commands = CHOSEN[metafunc.function.__name__]
        more = metafunc.config.getoption("--torture") > 1
        metafunc.parametrize("command", commands if more else commands[first::6])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The store in which every line is typed."""
    with furnished(tmp_path_factory.mktemp("ends")) as folder:
        yield folder


@pytest.fixture
def bench(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench with a copy of the store."""
    return copied(built, Bench(tmp_path, monkeypatch))


@pytest.fixture
def heard() -> Iterator[None]:
    """Signals are heard as by the program itself."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    hear_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def typed(crm: Bench, command: str, out: Any) -> Seen:
    """What is said when this line is typed and stdout is this."""
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), out, io.StringIO()
    try:
        code = main(shlex.split(crm.line(GOOD[command])))
        return Seen("", sys.stderr.getvalue(), code)
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept


def operations(crm: Bench) -> set[str]:
    """The latest ones."""
    return set(crm.ok("history --format ids").out.split())


def records(crm: Bench) -> dict[str, bytes]:
    """Every file of the store; not the lock, and no content that is kept before anything refers to it."""
    return {name: raw for name, raw in crm.bytes().items() if name != ".lock" and not name.startswith("attachments/")}


# --- a full disk behind stdout, a reader who has gone --------------------------------------------


@contextmanager
def full() -> Iterator[Any]:
    """A disk on which nothing finds room."""
    with open(os.open("/dev/full", os.O_WRONLY), "w", encoding="utf-8", closefd=False) as stream:
        yield stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def left() -> Iterator[Any]:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as stream:
        yield stream
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_result_for_which_there_is_no_room_is_told(bench: Bench, command: str) -> None:
    before = operations(bench)
    with full() as out:
        seen = typed(bench, command, out)
    assert (seen.code, "Traceback" in seen.err) == (74, False), seen.err
    assert "could not be written" in seen.err
    assert "that is saved" in seen.err
    assert len(operations(bench) - before) == (command in SAVING)


def test_a_reader_who_has_gone_keeps_nothing_from_being_saved(bench: Bench, command: str) -> None:
    before = operations(bench)
    with left() as out:
        seen = typed(bench, command, out)
    assert (seen.code, "error" in seen.err) == (141, False), seen.err
    assert len(operations(bench) - before) == (command in SAVING)


# --- signals -------------------------------------------------------------------------------------


def signalled(number: signal.Signals, then: Callable[..., Any]) -> Callable[..., Any]:
    """The same, once the signal has come."""

    def come(*args: Any, **named: Any) -> Any:
        os.kill(os.getpid(), number)
        return then(*args, **named)

    return come


def a_signal_for(command: str) -> signal.Signals:
    return SIGNALS[ALL.index(command) % len(SIGNALS)]


@pytest.mark.usefixtures("heard")
def test_a_signal_before_anything_is_saved_leaves_every_byte(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    before, number = records(bench), a_signal_for(command)
    moment = "sync_data" if command in CHANGING else "open"
    with monkeypatch.context() as patch:
        patch.setattr(Disk, moment, signalled(number, getattr(Disk, moment)))
        seen = typed(bench, command, io.StringIO())
    assert (seen.code, seen.err) == (128 + number, "")
    assert records(bench) == before


@pytest.mark.usefixtures("heard")
def test_a_signal_after_it_was_saved_says_that_it_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    number, out = a_signal_for(command), io.StringIO()
    monkeypatch.setattr(out, "write", signalled(number, out.write))
    before = operations(bench)
    seen = typed(bench, command, out)
    (saved,) = operations(bench) - before
    assert seen.code == 128 + number
    assert f"it is saved: crm history {saved}" in seen.err


def test_ctrl_c_while_the_program_is_loaded_leaves_no_traceback(bench: Bench) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", LOADING], env=environment, capture_output=True, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_any_moment_will_do(bench: Bench, torture: int) -> None:
    """With --torture every command is ended at a chance moment: by the signal or well, and it says what it saved."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    rounds = [(0, ALL[:4])] if torture == 1 else [(number, ALL) for number in range(torture)]
    for turn, commands in rounds:
        for place, command in enumerate(commands):
            before, number = operations(bench), SIGNALS[(turn + place) % 3]
            line = [sys.executable, "-m", "crm_cli", *shlex.split(bench.line(GOOD[command]))]
            child = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(0.06 + (7 * turn + place) % 20 * 0.01)
            child.send_signal(number)
            _, err = child.communicate(timeout=20)
            assert "crm_cli/cli" not in err, (command, err)  # a traceback of Python's own first moments is not ours
            assert child.returncode in (0, 2, 3, 4, 128 + number, -number), (command, child.returncode, err)
            saved = operations(bench) - before
            assert child.returncode < 128 or not saved or "it is saved" in err, command


# What each test is about, and where it begins to choose.
CHOSEN = {
    "test_a_result_for_which_there_is_no_room_is_told": (0, TELLING),
    "test_a_reader_who_has_gone_keeps_nothing_from_being_saved": (1, TELLING),
    "test_a_signal_before_anything_is_saved_leaves_every_byte": (2, [*LOOKING, *CHANGING]),
    "test_a_signal_after_it_was_saved_says_that_it_is": (3, CHANGING),
}
