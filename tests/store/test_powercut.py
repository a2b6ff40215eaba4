"""A power cut at any point loses nothing that was acknowledged, and the test would notice if it did."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from msgspec import Struct

from crm_cli.domain.errors import NotSaved
from crm_cli.domain.history import Change, Operation
from crm_cli.store import tiny
from crm_cli.store.backup import backup
from crm_cli.store.check import rebuild
from crm_cli.store.files import LOG
from crm_cli.store.line import Lines, written
from crm_cli.store.port import Written
from crm_cli.store.tiny import TinyStore, TinyTransaction
from tests.store.faults import DOING, Call, Fault, FaultyDisk, Killed
from tests.store.powercut import Judge, PowerCut, bad_states, doing
from tests.store.samples import QuietDisk, save

MANY = tuple(range(20, 45))


class Work(Struct):
    """Operations on a store, some of them done before, and what to look at in the states it may leave."""

    base: Path
    operations: dict[int, Sequence[int]]

    @property
    def folder(self) -> Path:
        return self.base / "store"

    def prepare(self, *numbers: int) -> TinyStore:
        """Do these beforehand, safely."""
        store = TinyStore(self.folder, disk=QuietDisk())
        for number in numbers:
            save(store, *self.changes(number))
        return store

    def do(self, disk: FaultyDisk, number: int) -> None:
        """One operation, with what the process says of it noted in the record of calls."""
        disk.mark("begun", number)
        save(TinyStore(self.folder, disk=disk), *self.changes(number))
        disk.mark("acknowledged", number)

    def changes(self, number: int) -> list[Change]:
        earlier = {record for other, some in self.operations.items() if other < number for record in some}
        return doing(number, self.operations[number], sorted(earlier))


def work_in(tmp_path: Path) -> Work:
    base = tmp_path / "disk"
    base.mkdir(parents=True)
    return Work(base, {1: (1,), 2: (1, 2, 3), 3: (3,), 4: MANY, 5: (2,), 6: (50,), 9: (2, 3)})


def judged(work: Work, disk: FaultyDisk, before: PowerCut, done: Sequence[int] = (), kept: bytes = b"") -> list[str]:
    """What is wrong with the states; `done` are the operations that were safe before, `kept` bytes not to be lost."""
    marks = [Call(name, number=number) for number in done for name in ("begun", "acknowledged")]
    judge = Judge(work.base.with_name("state"), work.operations, kept)
    wrong = list(bad_states(before, [*marks, *disk.calls], judge, len(marks)))
    print(f"{len(judge.seen)} different states")
    assert len(judge.seen) > 5
    return wrong


# --- the true protocol ---------------------------------------------------------------------------------


@pytest.mark.parametrize("below", [4 << 20, 0], ids=["crm.json renewed at once", "renewed late"])
def test_from_the_first_save_on(tmp_path: Path, below: int, torture: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", below)
    monkeypatch.setattr(tiny, "TAIL_ENTRIES", 8)
    work, disk = work_in(tmp_path), FaultyDisk()
    cut = PowerCut(work.base, 2 * torture)
    for number in (1, 2, 3, 5):
        work.do(disk, number)
    assert judged(work, disk, cut) == []


@pytest.mark.parametrize("below", [4 << 20, 0], ids=["crm.json renewed at once", "renewed late"])
def test_many_records_at_once(tmp_path: Path, below: int, torture: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", below)
    work, disk = work_in(tmp_path), FaultyDisk()
    work.prepare(1, 2, 3)
    cut = PowerCut(work.base, 20 * torture)
    work.do(disk, 4)
    assert judged(work, disk, cut, [1, 2, 3]) == []


def _torn(store: TinyStore) -> bytes:
    size = store.files.log.stat().st_size
    _older(store)
    torn = store.files.log.read_bytes()[: size + 900]
    store.files.log.write_bytes(torn)
    return torn[size:]


def _spoilt(store: TinyStore) -> bytes:
    store.files.state.write_bytes(b"spoilt")
    return b"spoilt"


def _older(store: TinyStore) -> bytes:
    """One save that crm.json and the index know nothing of."""
    state, index = store.files.state.read_bytes(), store.files.index.read_bytes()
    save(store, *doing(9, (2, 3), (2, 3)))
    store.files.state.write_bytes(state)
    store.files.index.write_bytes(index)
    return b""


def _without(store: TinyStore) -> bytes:
    store.files.state.unlink()
    store.files.index.unlink()
    return b""


@pytest.mark.parametrize("spoil", [_torn, _spoilt, _older, _without])
@pytest.mark.parametrize("act", ["save", "rebuild", "renew"])
def test_while_it_is_mended(tmp_path: Path, spoil: Callable[[TinyStore], bytes], act: str, torture: int) -> None:
    """Also what does not belong where it was stays somewhere, whenever the power is cut."""
    work, disk = work_in(tmp_path), FaultyDisk()
    kept = spoil(work.prepare(1, 2))
    cut = PowerCut(work.base, torture)
    if act == "save":
        work.do(disk, 3)
    elif act == "rebuild":
        rebuild(TinyStore(work.folder, disk=disk))
    else:
        with TinyStore(work.folder, disk=disk).change() as transaction:
            transaction.flush()
    wrong = judged(work, disk, cut, [1, 2, 9] if spoil is _older else [1, 2], kept)
    assert [one for one in wrong if spoil is not _spoilt or "as it was found: crm.json" not in one] == []


def test_while_a_copy_is_made(tmp_path: Path, torture: int) -> None:
    work, disk = work_in(tmp_path), FaultyDisk()
    store = work.prepare(1, 2)
    cut = PowerCut(work.base, torture)
    store.files.disk = disk
    copy = backup(store.files, work.base / "safe", "monday")
    assert judged(work, disk, cut, [1, 2]) == []
    (last,) = {frozenset(tree) for tree in cut.states(0)}
    assert {f"safe/{copy.name}/crm.json", f"safe/{copy.name}/history.jsonl"} <= last


def test_after_a_save_that_could_not_be_synced_and_was_taken_back(tmp_path: Path, torture: int) -> None:
    work, calls = work_in(tmp_path), list[Call]()
    work.prepare(1, 2)
    cut = PowerCut(work.base, 2 * torture)
    failing = FaultyDisk(Fault(at=1, of=("sync_data",), errno=errno.EIO), calls)
    with pytest.raises(NotSaved):
        work.do(failing, 3)
    disk = FaultyDisk(calls=calls)
    work.do(disk, 5)
    assert judged(work, disk, cut, [1, 2]) == []


@pytest.mark.parametrize("act", ["save", "save without room for crm.json", "renew", "rebuild"])
def test_after_a_writer_was_killed_and_another_went_on(tmp_path: Path, act: str, torture: int) -> None:
    """The killed one may leave whole lines that only memory holds; nothing may be made from them unsynced."""
    dry, seen = FaultyDisk(Fault(of=DOING)), 0
    work_in(tmp_path / "dry").do(dry, 1)
    told = [at for at, name in enumerate(dry.asked, 1) if name in ("sync", "sync_data") or at % 9 == 0 or torture > 1]
    for at in told:
        work, calls = work_in(tmp_path / f"{at}"), list[Call]()
        cut, killed = PowerCut(work.base, min(torture, 3)), FaultyDisk(Fault(at=at, of=DOING, half=True), calls)
        with suppress(Killed):
            work.do(killed, 1)
        killed.bury()
        assert killed.struck
        seen += _gone_on_with(work, cut, calls, act)
    print(f"{seen} different states")


def _gone_on_with(work: Work, cut: PowerCut, calls: list[Call], act: str) -> int:
    """The number of states that another process leaves who goes on now; fails if one of them is bad."""
    full = Fault(at=1, of=("replace",), errno=errno.ENOSPC, ever_after=True)
    disk, first = FaultyDisk(full if "without" in act else None, calls), len(calls)
    store = TinyStore(work.folder, disk=disk)
    if "save" in act:
        with suppress(NotSaved):
            work.do(disk, 6)
    elif act == "rebuild" and store.files.log.exists() and b"t1" in store.files.log.read_bytes():
        rebuild(store)
    elif store.exists():
        with store.change() as transaction:
            transaction.flush()
    judge = Judge(work.base.with_name("state"), work.operations)
    assert list(bad_states(cut, calls, judge, first)) == []
    return len(judge.seen)


# --- mutants: the test of the test -----------------------------------------------------------------------


class NoSyncOfTheLog(FaultyDisk):
    """A protocol that appends and hopes."""

    def sync_data(self, fd: int) -> None:
        pass


class NoSyncOfTheNewFile(FaultyDisk):
    """A protocol that renames what may not be there."""

    def sync(self, fd: int) -> None:
        if self.path(fd).is_dir():
            super().sync(fd)


class NoSyncOfTheFolder(FaultyDisk):
    """A protocol that forgets that names are data too."""

    def sync(self, fd: int) -> None:
        if not self.path(fd).is_dir():
            super().sync(fd)


class RenameBeforeSync(FaultyDisk):
    """A protocol that syncs the new file when it already has its name."""

    late: Path | None = None

    def sync(self, fd: int) -> None:
        if self.path(fd).name.endswith(".tmp"):
            self.late = self.path(fd)
        else:
            super().sync(fd)

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        if self.late == source:
            fd = self.open(target, 0)
            super().sync(fd)
            self.close(fd)


class SaysSoBeforeSync(FaultyDisk):
    """A protocol that acknowledges what it has only written."""

    def write(self, fd: int, raw: bytes | memoryview) -> int:
        count = super().write(fd, raw)
        if self.path(fd).name == LOG:
            begun = [call.number for call in self.calls if call.name == "begun"]
            self.mark("acknowledged", begun[-1])
        return count


class StoreBeforeLog(TinyTransaction):
    """A protocol that lets crm.json know what the log does not know yet."""

    def _commit(self, operation: Operation) -> Written:
        meta, log = self._state.meta, self._state.log
        if meta.seq == 0:
            return super()._commit(operation)
        head = self._state.head()
        lines = Lines(head, operation, self._pending)
        raw = b"".join(lines)
        self._note(lines)
        self.flush()
        log.append([raw], head)
        return written(lines.head)


@pytest.mark.parametrize(
    "mutant",
    [
        FaultyDisk,
        NoSyncOfTheLog,
        NoSyncOfTheNewFile,
        NoSyncOfTheFolder,
        RenameBeforeSync,
        SaysSoBeforeSync,
        StoreBeforeLog,
    ],
)
def test_every_wrong_protocol_is_found_out_and_the_right_one_is_not(
    tmp_path: Path, mutant: type[FaultyDisk] | type[StoreBeforeLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = work_in(tmp_path)
    cut = PowerCut(work.base, 2)
    disk = mutant() if issubclass(mutant, FaultyDisk) else FaultyDisk()
    if issubclass(mutant, TinyTransaction):
        monkeypatch.setattr(tiny, "TinyTransaction", mutant)
    for number in (1, 2, 3):
        work.do(disk, number)
    monkeypatch.undo()
    judge = Judge(tmp_path / "state", work.operations)
    wrong = list(islice(bad_states(cut, disk.calls, judge), 3))
    assert (wrong == []) == (mutant is FaultyDisk), wrong
