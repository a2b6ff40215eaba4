"""Whoever looks while a commit is under way sees what is saved, never what may still be taken back."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from crm_cli.domain.errors import Busy, NotSaved
from crm_cli.domain.history import Doc
from crm_cli.store import tiny
from crm_cli.store.backup import backup
from crm_cli.store.check import verify
from crm_cli.store.disk import Disk
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, change, contacted, contents, must_be_made_from_the_log, new_lead, save
from tests.store.test_writers import said, start

Look = Callable[[TinyStore], object]


class Slow(QuietDisk):
    """A disk on which the sync of what was appended takes until it is told to end, and how."""

    def __init__(self) -> None:
        self.begun, self.told = threading.Event(), threading.Event()
        self.size_before = 0
        self.fails = False

    def sync_data(self, fd: int) -> None:
        if self.size(fd) == self.size_before:
            return
        self.begun.set()
        assert self.told.wait(10)
        if self.fails:
            raise OSError(5, "Input/output error")


def see(store: TinyStore) -> dict[str, Doc]:
    return contents(store)


def count_lines(store: TinyStore) -> int:
    verdict = verify(store.files.folder)
    assert verdict.findings == ()
    return verdict.seq


def copy(store: TinyStore) -> bytes:
    return (backup(store.files, store.files.folder.parent / "copies", "one") / "history.jsonl").read_bytes()


@pytest.mark.parametrize("fails", [True, False], ids=["is taken back", "is saved"])
@pytest.mark.parametrize("below", [4 << 20, 0], ids=["crm.json renewed at once", "renewed late"])
@pytest.mark.parametrize("look", [see, count_lines, copy])
def test_a_look_waits_until_an_append_is_saved_or_taken_back(
    tmp_path: Path, look: Look, below: int, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, disk = TinyStore(tmp_path / "store", disk=QuietDisk()), Slow()
    save(store, new_lead(1))
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", below)
    save(store, contacted(1))

    def write() -> None:
        with suppress(NotSaved):
            save(TinyStore(store.files.folder, disk=disk), new_lead(2))

    disk.fails, disk.size_before = fails, store.files.log.stat().st_size
    writer = threading.Thread(target=write)
    writer.start()
    assert disk.begun.wait(10)
    threading.Timer(0.03, disk.told.set).start()
    seen = look(store)
    writer.join()
    assert contents(store).keys() == ({"L1"} if fails else {"L1", "L2"})
    assert seen == (store.files.log.read_bytes() if look is copy else look(store))


def test_a_writer_that_stands_still_in_the_midst_of_an_append_stops_nobody_who_looks(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))
    writer = start("stall", store.files.folder)
    assert said(writer, 1) == ["written"]
    writer.send_signal(signal.SIGSTOP)
    assert contents(store)["L1"]["status"] == "new"
    with pytest.raises(Busy, match=rf"pid {writer.pid}, stall"):
        save(store, contacted(1))
    writer.kill()
    said(writer)
    assert list(contents(store)) == ["L1", "L2"]
    must_be_made_from_the_log(store)


def test_those_who_look_stop_no_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1))
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            contents(TinyStore(store.files.folder, disk=QuietDisk()))

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for one in lookers:
        one.start()
    try:
        for number in range(2, 40):
            save(store, new_lead(number))
    finally:
        over.set()
        for one in lookers:
            one.join()
    assert len(contents(store)) == 39


def test_where_a_file_cannot_be_locked_one_may_look_all_the_same(tmp_path: Path) -> None:
    class Unlockable(Disk):
        """Files of a share that knows no locks."""

        def lock_shared(self, fd: int) -> None:
            raise OSError(95, "Operation not supported")

    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1))
    state = store.files.state.read_bytes()
    save(store, contacted(1))
    store.files.state.write_bytes(state)
    assert contents(TinyStore(store.files.folder, disk=Unlockable()))["L1"]["status"] == "contacted"


def test_deleting_the_lock_again_and_again_under_those_who_write_loses_nothing(tmp_path: Path, torture: int) -> None:
    store = TinyStore(tmp_path / "store")
    times, names = 10 * torture, ["p0", "p1", "p2", "p3"]
    save(store, change(1, {"custom.done": [None, 0]}))
    children = [start("insist", store.files.folder, name, str(times)) for name in names]
    while any(child.poll() is None for child in children):
        with suppress(FileNotFoundError):
            os.unlink(store.files.lock)
        threading.Event().wait(0.005)
    numbers = sorted(int(line.split()[0]) for child in children for line in said(child) if line)
    assert numbers == list(range(2, len(names) * times + 2))
    must_be_made_from_the_log(store)
