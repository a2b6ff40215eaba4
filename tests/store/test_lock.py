"""One writer at a time: waiting, giving up, naming the holder, and outliving whoever held it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from crm_cli.domain.errors import Busy, NotSaved, Unreadable
from crm_cli.store import tiny
from crm_cli.store.check import verify
from crm_cli.store.disk import Disk
from crm_cli.store.lock import Lock
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, contents, new_lead, operation, save

HOLD = """
import sys, time
from pathlib import Path
from crm_cli.store.disk import Disk
from crm_cli.store.lock import Lock
Lock(Path(sys.argv[1]), Disk(), wait=1, holder="lead import").acquire()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".lock"


def lock(path: Path, wait: float = 0.0, holder: str = "lead add") -> Lock:
    return Lock(path, Disk(), wait=wait, holder=holder)


def seconds_until_busy(path: Path, wait: float) -> float:
    begun = time.monotonic()
    with pytest.raises(Busy):
        lock(path, wait).acquire()
    return time.monotonic() - begun


def test_it_is_had_and_given_back_and_had_again(path: Path) -> None:
    for _ in range(3):
        one = lock(path)
        one.acquire()
        one.release()
        one.release()
    assert path.stat().st_mode & 0o777 == 0o600


def test_whoever_does_not_wait_is_told_at_once(path: Path) -> None:
    lock(path).acquire()
    assert seconds_until_busy(path, 0) < 0.1


def test_whoever_waits_is_told_after_that_time_on_any_thread(path: Path) -> None:
    lock(path).acquire()
    waited: list[float] = []
    other = threading.Thread(target=lambda: waited.append(seconds_until_busy(path, 0.4)))
    other.start()
    waited.append(seconds_until_busy(path, 0.4))
    other.join()
    assert [0.35 <= seconds <= 0.9 for seconds in waited] == [True, True], waited


def test_a_waiter_has_it_as_soon_as_it_is_free(path: Path) -> None:
    first, second = lock(path), lock(path, 5)
    first.acquire()
    threading.Timer(0.05, first.release).start()
    begun = time.monotonic()
    second.acquire()
    assert time.monotonic() - begun < 0.5
    assert path.read_text().split()[:1] == [str(os.getpid())]


def test_whoever_gave_up_waiting_does_not_get_it_later(path: Path) -> None:
    first = lock(path)
    first.acquire()
    seconds_until_busy(path, 0.02)
    first.release()
    time.sleep(0.05)
    lock(path).acquire()


def test_the_holder_is_named_and_leaves_nothing_behind_when_it_is_killed(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=rf"pid {child.pid}, lead import, \d+ s") as told:
            lock(path).acquire()
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert told.value.details == {"pid": child.pid}
    lock(path, 0.5).acquire()


@pytest.mark.parametrize("signature", [b"", b"\xff\xfe", b"x y z", b"7", "٣ ٤ ٥".encode(), b" " * 300])
def test_whoever_scribbles_in_the_file_only_spoils_the_name(path: Path, signature: bytes) -> None:
    lock(path).acquire()
    path.write_bytes(signature)
    with pytest.raises(Busy, match="the store is busy"):
        lock(path).acquire()


def test_a_file_deleted_while_it_was_waited_for_is_not_locked_in_vain(path: Path) -> None:
    first, second = lock(path), lock(path, 5)
    first.acquire()
    waiter = threading.Thread(target=second.acquire)
    waiter.start()
    time.sleep(0.05)
    path.unlink()
    first.release()
    waiter.join(2)
    assert seconds_until_busy(path, 0) < 0.1


def test_deleting_the_file_while_it_is_held_admits_no_second_writer(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))
    with store.change() as first:
        first.apply(contacted(1))
        store.files.lock.unlink()
        save(store, new_lead(2))
        with pytest.raises(Busy, match="somebody else wrote"):
            first.commit(operation())
    assert {id: doc["status"] for id, doc in contents(store).items()} == {"L1": "new", "L2": "new"}
    assert verify(store.files.folder).findings == ()


def test_nor_does_it_let_a_writer_take_an_unfinished_write_for_a_torn_one(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))

    class Interrupted(QuietDisk):
        """Lets somebody delete the lock and write, just when the first half of a commit has arrived."""

        def sync_data(self, fd: int) -> None:
            os.ftruncate(fd, os.fstat(fd).st_size - 20)
            store.files.lock.unlink()
            with pytest.raises(Busy):
                save(store, contacted(1))
            raise OSError(5, "Input/output error")

    with pytest.raises(NotSaved):
        save(TinyStore(store.files.folder, disk=Interrupted()), new_lead(2))
    assert list(contents(store)) == ["L1"]
    assert verify(store.files.folder).findings == ()


def test_whoever_would_make_a_store_that_is_being_made_waits_and_then_works_in_it(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "deep" / "store", disk=QuietDisk(), lock_wait=0.1)
    with store.change() as first:
        with pytest.raises(Busy, match="somebody else is making a store"), store.change():
            pass
        assert list(tmp_path.rglob("*")) == [tmp_path / "deep"]
        store.lock_wait = 5
        second = threading.Thread(target=save, args=(store, new_lead(2)))
        second.start()
        first.apply(new_lead(1))
        first.commit(operation())
    second.join()
    assert list(contents(store)) == ["L1", "L2"]
    assert verify(store.files.folder).findings == ()


def test_two_who_make_it_all_the_same_do_not_make_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that may not be read, and so cannot be locked."""
    monkeypatch.setattr(tiny, "only_maker", lambda *_, **__: nullcontext())
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    with store.change() as first, store.change() as second:
        first.apply(new_lead(1))
        second.apply(new_lead(1))
        first.commit(operation())
        with pytest.raises(Busy):
            second.commit(operation())
    assert verify(store.files.folder).records == 1


@pytest.mark.parametrize("planted", ["link", "dangling link", "pipe", "folder"])
def test_a_lock_that_is_no_plain_file_is_refused(tmp_path: Path, planted: str) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))
    store.files.lock.unlink()
    target = tmp_path / "target"
    if planted == "link":
        target.write_text("precious")
    if planted.endswith("link"):
        store.files.lock.symlink_to(target)
    elif planted == "pipe":
        os.mkfifo(store.files.lock)
    else:
        store.files.lock.mkdir()
    with pytest.raises((Unreadable, NotSaved)):
        save(store, contacted(1))
    assert planted != "link" or target.read_text() == "precious"
    assert planted == "link" or not target.exists()
    assert contents(store)["L1"]["status"] == "new"
