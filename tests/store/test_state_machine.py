"""Whatever is done at the desk, and whatever happens to its files meanwhile, it stays what a plain model says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from crm_cli.domain import history
from crm_cli.domain.errors import CrmError
from crm_cli.store import tiny
from crm_cli.store.check import rebuild, verify
from crm_cli.store.memory import MemoryStore
from crm_cli.store.state import State
from crm_cli.store.tiny import TinyStore
from tests.store.conftest import MEMORY
from tests.store.faults import DOING, Fault, FaultyDisk, Killed
from tests.store.machine import Desk, Real
from tests.store.machine_events import WholeDesk
from tests.store.model import Books
from tests.store.powercut import PowerCut, lay_out
from tests.store.samples import QuietDisk

STEPS = 40


class DeskInMemory(WholeDesk):
    """A desk with the store that forgets."""

    store: MemoryStore

    def new_store(self) -> MemoryStore:
        return MemoryStore(lock_wait=0)

    def bytes(self) -> object:
        return self.store.log, dict(self.store.docs), dict(self.store.keys)


class DeskOnDisk(WholeDesk):
    """A desk with files, to which all may happen that happens to files."""

    store: TinyStore

    def __init__(self) -> None:
        self.base = Path(mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        self.patch = pytest.MonkeyPatch()
        self.copies: list[tuple[bytes, bytes]] = []  # crm.json and index of earlier days
        super().__init__()

    def new_store(self) -> TinyStore:
        return TinyStore(self.base / "desk" / "store", disk=QuietDisk(), lock_wait=0)

    def bytes(self) -> object:
        return {path: path.read_bytes() for path in self.base.rglob("*") if path.is_file() and path.name != ".lock"}

    def teardown(self) -> None:
        try:
            super().teardown()
            if self.books.seq:
                self.verify()
                self.rebuild(gone=True)
        finally:
            self.patch.undo()
            shutil.rmtree(self.base)

    @initialize(late=st.booleans())
    def renew_late(self, late: bool) -> None:
        """Whether crm.json is renewed only every few lines."""
        if late:
            self.patch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
            self.patch.setattr(tiny, "TAIL_ENTRIES", 7)

    # --- a process that ends in the midst of a step ----------------------------------------------------

    @rule(at=st.integers(1, 45), half=st.booleans())
    def be_killed(self, at: int, half: bool) -> None:
        self.trouble = f"kill {at} {half:d}"

    @rule(at=st.integers(1, 60), which=st.integers(0, 30))
    def lose_power(self, at: int, which: int) -> None:
        self.trouble = f"cut {at} {which}"

    def get_into(self, trouble: str, on: str | None, cmd: str, act: Real, after: Books) -> None:
        words = trouble.split()
        if words[0] not in ("kill", "cut"):
            return super().get_into(trouble, on, cmd, act, after)
        fate = self._killed if words[0] == "kill" else self._cut
        whole = fate(int(words[1]), int(words[2]), lambda disk: self._with(disk, on, cmd, act))
        with self.store.read() as snapshot:
            assert snapshot.seq in ((after.seq,) if whole else (self.books.seq, after.seq))
            self.books = after if snapshot.seq == after.seq else self.books
        self.tidy = False
        self.look()
        return self.verify()

    def _with(self, disk: FaultyDisk, on: str | None, cmd: str, act: Real) -> None:
        self.give(TinyStore(self.store.files.folder, disk=disk, lock_wait=0), on, cmd, act)

    def _killed(self, at: int, half: int, work: Callable[[FaultyDisk], None]) -> bool:
        """Whether it came to its end before that."""
        disk = FaultyDisk(Fault(at=at, of=DOING, half=bool(half)))
        with suppress(Killed):
            work(disk)
        disk.bury()
        return not disk.struck

    def _cut(self, at: int, which: int, work: Callable[[FaultyDisk], None]) -> bool:
        """Whether the power was cut only when it had come to its end."""
        self.held = None
        self.open.close()
        cut, disk = PowerCut(self.base, 1), FaultyDisk()
        work(disk)
        for call in disk.calls[:at]:
            cut.step(call)
        states = list(cut.states(which))
        lay_out(states[which % len(states)], self.base)
        return at >= len(disk.calls)

    # --- files that are lost or old --------------------------------------------------------------------

    @precondition(lambda self: self.store.files.state.exists() and self.store.files.index.exists())
    @rule()
    def copy(self) -> None:
        self.copies.append((self.store.files.state.read_bytes(), self.store.files.index.read_bytes()))

    @precondition(lambda self: self.copies)
    @rule(which=st.integers(0, 3), state=st.booleans(), index=st.booleans())
    def put_back(self, which: int, state: bool, index: bool) -> None:
        """An old crm.json, an old index, or both."""
        old = self.copies[which % len(self.copies)]
        files = self.store.files
        if state:
            files.state.write_bytes(old[0])
        if index and files.cache.is_dir():
            files.index.write_bytes(old[1])
        self.look()

    @precondition(lambda self: self.books.seq)
    @rule(state=st.booleans(), index=st.sampled_from(["stay", "go", "junk"]))
    def lose(self, state: bool, index: str) -> None:
        """crm.json, the index, or both; or the index is spoilt."""
        files = self.store.files
        if state:
            files.state.unlink(missing_ok=True)
        if index == "go":
            shutil.rmtree(files.cache, ignore_errors=True)
        elif index == "junk" and files.index.exists():
            files.index.write_bytes(files.index.read_bytes()[:-9] + b"spoilt...")
        self.tidy = False
        self.look()

    @precondition(lambda self: self.books.seq)
    @rule(size=st.integers(1, 300))
    def tear(self, size: int) -> None:
        """An append that a killed writer began."""
        with self.store.files.log.open("rb+") as log:
            lines = log.readlines()
            log.write(lines[-1][:-1][:size])
        self.tidy = False
        self.look()

    # --- upkeep ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.books.seq)
    @rule()
    def flush(self) -> None:
        with self.store.change() as transaction:
            transaction.flush()
        self.tidy = True
        self.look()
        with self.store.read() as snapshot:
            assert snapshot.waiting == 0

    @precondition(lambda self: self.books.seq)
    @rule(gone=st.booleans())
    def rebuild(self, gone: bool) -> None:
        """The log alone gives the same bytes."""
        self.flush()
        files = self.store.files
        before = files.state.read_bytes()
        if gone:
            files.state.unlink()
            files.index.unlink()
        rebuild(self.store)
        assert files.state.read_bytes() == before
        self.verify()
        self.look()

    @precondition(lambda self: self.books.seq)
    @rule()
    def verify(self) -> None:
        verdict = verify(self.store.files.folder)
        assert [one.message for one in verdict.findings if one.level == "error"] == []
        assert (verdict.seq, verdict.records) == (self.books.seq, len(self.books.records))


def run(desk: type[Desk], sequences: int, **how: Any) -> None:
    """So many sequences of steps, each from an empty folder on."""
    asked = {"max_examples": sequences, "stateful_step_count": STEPS, "database": None, "deadline": None, **how}
    run_state_machine_as_test(
        desk, settings=settings(**asked, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
    )


@pytest.mark.parametrize(("desk", "sequences"), [(DeskOnDisk, 45), (DeskInMemory, 15)])
def test_the_desk_is_what_the_model_says(
    desk: type[Desk], sequences: int, torture: int, record_property: Callable[[str, object], None]
) -> None:
    """The same sequences every time; others in a harder run."""
    before = Desk.steps
    run(desk, sequences * torture, derandomize=torture == 1)
    record_property("sequences", sequences * torture)
    record_property("commands", Desk.steps - before)


# --- mutants: the test of the test -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desk", "of", "name", "wrong"),
    [
        (DeskInMemory, history, "in_order", list),
        (DeskInMemory, history, "EARLIEST", frozenset()),
        (DeskOnDisk, State, "_catch_up", lambda *_: None),
    ],
    ids=["log order", "latest is first", "late index"],
)
def test_a_wrong_desk_is_found_out(
    desk: type[Desk], of: object, name: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of, name, wrong)
    with pytest.raises((AssertionError, CrmError)):
        run(desk, 400, derandomize=True, phases=[Phase.generate])
