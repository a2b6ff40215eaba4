"""A power cut while a whole log is put in the place of another leaves the one or the other, and loses neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.store.backup import backup
from crm_cli.store.files import STATE
from crm_cli.store.intake import parcel, take_in
from crm_cli.store.restore import looked_at, restore
from crm_cli.store.tiny import TinyStore
from crm_cli.store.upgrade import upgrade
from tests.store.faults import DOING, Call, Fault, FaultyDisk, Killed
from tests.store.powercut import Judge, PowerCut, bad_states
from tests.store.samples import QuietDisk, contents
from tests.store.test_powercut import Work, work_in
from tests.store.test_upgrade import UPGRADE, old_log, step


def found_in(work: Work, calls: list[Call], cut: PowerCut, kept: bytes = b"") -> set[frozenset[int]]:
    """Which operations there are in the states that a power cut may leave; fails if one of them is bad."""
    judge = Judge(work.base.with_name("state"), work.operations, kept)
    assert list(bad_states(cut, calls, judge)) == []
    assert len(judge.seen) > 5
    return {frozenset(found) for found in judge.seen.values() if isinstance(found, set)}


def said(*numbers: int) -> list[Call]:
    return [Call("begun", number=number) for number in numbers]


def exported(work: Work, *numbers: int) -> Path:
    """The log of these operations as a file elsewhere; no store."""
    file = work.base / "whole.jsonl"
    store = work.prepare(*numbers)
    file.write_bytes(store.files.log.read_bytes())
    for path in sorted(store.files.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    store.files.folder.rmdir()
    return file


def test_while_a_store_is_taken_in(tmp_path: Path, torture: int) -> None:
    work, disk = work_in(tmp_path), FaultyDisk()
    file = exported(work, 1, 2, 4)
    cut = PowerCut(work.base, torture)
    with parcel(file, "whole.jsonl", disk) as found:
        take_in(TinyStore(work.folder, disk=disk), found, found.looked_through())
    calls = [*said(1, 2, 4), *disk.calls, Call("acknowledged", number=1), Call("acknowledged", number=4)]
    assert found_in(work, calls, cut) == {frozenset(), frozenset({1, 2, 4})}


@pytest.mark.parametrize("state", ["sound", "spoilt"])
def test_while_a_copy_takes_the_place_of_a_store_that_knows_more(tmp_path: Path, state: str, torture: int) -> None:
    """And the lines that only the store had are somewhere, whenever the power is cut."""
    work, disk = work_in(tmp_path), FaultyDisk()
    store = work.prepare(1, 2)
    copy = backup(store.files, work.base / "safe", "monday")
    size = store.files.log.stat().st_size
    kept = work.prepare(3, 5).files.log.read_bytes()[size:]
    if state == "spoilt":
        store.files.state.unlink()
    cut = PowerCut(work.base, torture)
    own = TinyStore(work.folder, disk=disk)
    restore(own, looked_at(copy, own.files), older=True)
    marks = [*said(1, 2, 3, 5), *(Call("acknowledged", number=number) for number in (1, 2))]
    assert found_in(work, [*marks, *disk.calls], cut, kept) == {frozenset({1, 2}), frozenset({1, 2, 3, 5})}


def test_the_crm_json_of_the_old_log_is_never_beside_the_new_one(tmp_path: Path, torture: int) -> None:
    """The test of the test: a restore that leaves it there until it is replaced is found out."""

    class LeavesTheState(FaultyDisk):
        """A restore that takes nothing away first."""

        def remove(self, path: Path) -> None:
            if path.name != STATE:
                super().remove(path)

    work, disk = work_in(tmp_path), LeavesTheState()
    store = work.prepare(1, 2)
    copy = backup(store.files, work.base / "safe", "monday")
    work.prepare(3, 5)
    cut = PowerCut(work.base, torture)
    own = TinyStore(work.folder, disk=disk)
    restore(own, looked_at(copy, own.files), older=True)
    judge = Judge(work.base.with_name("state"), work.operations)
    assert list(bad_states(cut, [*said(1, 2, 3, 5), *disk.calls], judge)) != []


def test_an_upgrade_that_is_killed_can_be_done_again(tmp_path: Path) -> None:
    """At every call: the old store as it was, or the new one; the copy never takes part of a name."""
    at, ended = 0, False
    while not ended:
        at += 1
        store = TinyStore(tmp_path / f"{at}", disk=QuietDisk())
        store.files.make()
        store.files.log.write_bytes(old_log())
        store.files.state.write_bytes(b"{}\n")
        disk = FaultyDisk(Fault(at=at, of=DOING))
        try:
            upgrade(TinyStore(store.files.folder, disk=disk), UPGRADE, "first", {0: step})
            ended = True
        except Killed:
            disk.bury()
        log = store.files.log.read_bytes()
        assert log == old_log() or b'"cmd":"upgrade"' in log
        upgrade(store, UPGRADE, "second", {0: step})
        assert list(contents(store)) == ["L1", "L2"]
    assert at > 20
