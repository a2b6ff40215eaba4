"""A process that types one command after another until it is killed, and tells what it asks and what was answered.

The commands are carried out by the program's own `main`, from the words to the result on standard output; only
the interpreter is not started anew for each of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from crm_cli.cli import imports, lead, lead_life
from crm_cli.cli.main import main
from crm_cli.store import tiny

LOADED = (imports, lead, lead_life)  # so that no life begins with loading them
Row = tuple[int, bool]  # a lead as the test sees it: its potential, and whether it is there or deleted
Rows = dict[str, Row]

_processes = get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def typed(line: Sequence[str]) -> tuple[int, str]:
    """Exit code and stderr of one command, carried out here."""
    err = StringIO()
    with redirect_stdout(StringIO()), redirect_stderr(err):
        code = main([*line, "--lock-timeout", "60"])
    return code, err.getvalue()


class Seller:
    """One life of a process: adds, changes, deletes and takes in leads of its own, and some that it was told of."""

    def __init__(self, name: str, told: Rows, pipe: Connection, folder: Path) -> None:
        self.name, self.pipe, self.folder = name, pipe, folder
        self.dice = Random(name)
        self.known = dict(self.dice.sample(sorted(told.items()), min(5, len(told))))
        self.numbers = count(1)

    def work(self) -> None:
        """One step after another, for ever."""
        while True:
            step, rows = self._next()
            self.pipe.send(("asks", rows))
            code, err = typed(step)
            self.pipe.send(("answered", "") if code == 0 else ("refused", f"{step}: exit {code}: {err}"))
            self.known.update(rows)

    def _next(self) -> tuple[list[str], Rows]:
        """The words of a command, and the leads as they must be when it was carried out."""
        live = [name for name, (_, there) in self.known.items() if there]
        kind = self.dice.choice(("add", "add", "edit", "edit", "delete", "import")) if live else "add"
        potential = self.dice.randrange(1000)
        if kind == "add":
            name = self._new_name()
            return ["lead", "add", name, "--potential", str(potential), "--json"], {name: (potential, True)}
        if kind == "import":
            rows = {self._new_name(): (potential, True) for _ in range(self.dice.randint(2, 30))}
            return ["import", "leads", str(self._file(rows)), "--json"], rows
        name = self.dice.choice(live)
        if kind == "edit":
            return ["lead", "edit", f'name:"{name}"', "--potential", str(potential)], {name: (potential, True)}
        return ["lead", "delete", f'name:"{name}"', "--yes"], {name: (self.known[name][0], False)}

    def _new_name(self) -> str:
        return f"Jürgen {self.name} the {next(self.numbers)}"

    def _file(self, rows: Rows) -> Path:
        path = self.folder.with_name(f"{self.name}.csv")
        lines = [f"{name},{potential}\n" for name, (potential, _) in rows.items()]
        path.write_text("Name,Potential\n" + "".join(lines), encoding="utf-8")
        return path


def _live(folder: str, name: str, told: Rows, late: bool, pipe: Connection) -> None:
    os.environ.update(CRM_STORE=folder, CRM_CONFIG="none", CRM_USER=name, TZ="UTC")
    if late:
        tiny.WHOLE_FILE_BELOW, tiny.TAIL_ENTRIES = 0, 40
    Seller(name, told, pipe, Path(folder)).work()


class Life:
    """A seller at work, as the test sees it, and the leads as it must leave them."""

    def __init__(self, folder: Path, name: str, rows: Rows, *, late: bool = False) -> None:
        """`rows` are there when it begins; `late`: crm.json is renewed now and then, as in a large store."""
        self.name, self.rows = name, dict(rows)
        self.asked: Rows = {}  # what it has asked for and got no answer to
        self.answers = 0
        self._pipe, other = _processes.Pipe(duplex=False)
        self._process = _processes.Process(target=_live, args=(str(folder), name, rows, late, other), daemon=True)
        self._process.start()
        other.close()

    def answered(self, some: int) -> None:
        """Wait until so many more of its commands were answered."""
        until = self.answers + some
        while self.answers < until:
            self._hear(*self._pipe.recv())

    def kill(self) -> None:
        """Kill it, and hear what it still said."""
        self._process.kill()
        self._process.join()
        with suppress(EOFError, OSError):  # the end, or half a word
            while True:
                self._hear(*self._pipe.recv())
        self._pipe.close()

    def _hear(self, word: str, about: Rows | str) -> None:
        if word == "asks":
            assert isinstance(about, dict)
            self.asked = about
            return
        assert word == "answered", about
        self.answers += 1
        self.rows.update(self.asked)
        self.asked = {}

    def left(self, found: Rows) -> bool:
        """Whether what it asked last was done all the same; fails where anything answered is lost, or half there."""
        mine = {name: found[name] for name in found if name in self.rows or f" {self.name} " in name}
        assert mine in (self.rows, {**self.rows, **self.asked})
        return mine != self.rows
