"""Pressing TAB in real shells: what stands on the line afterwards is carried out."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.typed import Typed

ROOT = Path(__file__).parents[2]
SECONDS = 60  # until a shell is given up
SHELLS = {
    "bash": (["bash", "--norc", "-i"], "source <(crm completion bash)"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -Uz compinit; compinit -u -D; source <(crm completion zsh); unsetopt prompt_cr",
    ),
    "fish": (["fish", "--no-config", "-i"], "crm completion fish | source"),
}
LINES = {
    "lead show Jan\t--json": '"id":"L1"',
    "lead sh\tL2 --json": '"id":"L2"',
    "lead show L1 --js\t": '"id":"L1"',
    "lead list --sta\tnew --count": "2",
    "lead list --campaign Spr\t-F ids": "L2",
    "lead list --campaign=Aut\t-F ids": "L1",
    "lead list --where status=con\t--count": "0",
    "lead tag L2 'tra\t--json -n": '"trade press"',
    "config get lead.r\t--json": '"lead.reasons"',
}


@pytest.fixture
def house(crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A store, and the program on the path."""
    for line in (
        "campaign add 'Spring 27' -a Call",
        "campaign add 'Autumn 27' -a Call",
        "lead add 'Jane Doe' --campaign C2 --tag 'trade press'",
        "lead add 'John Roe' --campaign C1",
    ):
        crm.ok(line)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "crm"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m crm_cli "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    return crm


class Terminal:
    """A shell with somebody at its keyboard."""

    def __init__(self, argv: list[str], folder: Path) -> None:
        self.process, self.keys = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvp(argv[0], argv)
        self.screen = ""

    def type(self, line: str) -> None:
        os.write(self.keys, line.encode())

    def wait_for(self, text: str) -> str:
        """What came on the screen up to this text, which must come."""
        until = time.monotonic() + SECONDS
        while text not in self.screen:
            ready, _, _ = select.select([self.keys], [], [], max(0, until - time.monotonic()))
            assert ready, f"{text!r} did not come:\n{self.screen}"
            self.screen += os.read(self.keys, 65536).decode(errors="replace")
        seen, _, self.screen = self.screen.partition(text)
        return seen

    def leave(self) -> None:
        os.close(self.keys)
        os.waitpid(self.process, 0)


@pytest.fixture(params=SHELLS)
def terminal(request: pytest.FixtureRequest, house: Typed, tmp_path: Path) -> Iterator[Terminal]:
    shell = str(request.param)
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine")
    argv, setup = SHELLS[shell]
    one = Terminal(argv, tmp_path)
    one.type(f"{setup}\necho set''up\n")
    one.wait_for("setup\r")
    yield one
    one.leave()


def test_what_tab_puts_there_is_what_was_meant(terminal: Terminal) -> None:
    for number, (line, expected) in enumerate(LINES.items()):
        terminal.type(f"crm {line} > told; echo do''ne{number}\n")
        terminal.wait_for(f"done{number}\r")
        told = Path(os.environ["HOME"], "told").read_text()
        assert expected in told, f"{line!r}: {told}"


def test_bash_lists_what_several_words_may_mean(house: Typed, tmp_path: Path) -> None:
    terminal = Terminal(SHELLS["bash"][0], tmp_path)
    terminal.type(f"{SHELLS['bash'][1]}\necho set''up\n")
    terminal.wait_for("setup\r")
    terminal.type("crm lead show J\t\t")
    assert "(Jane Doe)" in terminal.wait_for("(John Roe)") + terminal.screen
    terminal.type("ohn\t--json > told; echo do''ne\n")
    terminal.wait_for("done\r")
    assert '"id":"L2"' in (tmp_path / "told").read_text()
    terminal.leave()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("crm import leads le", ["leads.csv"]),
        ("crm --store fol", ["folder"]),
        ("crm lead list --campaign=Spr", ["C1"]),
        ("crm lead list --where stat", ["status"]),
        ("crm weather ", []),
        ("crm lead list -- --sta", []),
    ],
)
def test_bash_gets_its_words_by_the_function(house: Typed, tmp_path: Path, line: str, expected: list[str]) -> None:
    (tmp_path / "leads.csv").write_text("")
    (tmp_path / "folder").mkdir()
    word = line.rpartition(" ")[2].rpartition("=")[2]
    script = (
        'source <(crm completion bash); set -u; COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9; _crm_complete crm "$2" x; '
        '(( ${#COMPREPLY[@]} )) && printf "%s\\n" "${COMPREPLY[@]}"; true'
    )
    done = subprocess.run(
        ["bash", "-c", script, "-", line, word], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.split(), done.returncode) == (expected, 0), done.stderr
