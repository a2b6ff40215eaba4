"""A disk that refuses at any call: what is said to be saved is saved, and nothing else is."""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from crm_cli.domain.errors import CrmError, NotSaved, OutcomeUnknown, Refused, Unreadable
from crm_cli.domain.history import Doc
from crm_cli.store import tiny
from crm_cli.store.backup import backup
from crm_cli.store.check import rebuild, verify
from crm_cli.store.tiny import TinyStore
from tests.store.faults import Fault, FaultyDisk
from tests.store.samples import QuietDisk, contacted, contents, new_lead, save, tagged

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EMFILE", "EINTR", "EXDEV")
Act = Callable[[TinyStore], object]


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A store with a torn end behind three leads."""
    store = TinyStore(tmp_path / "start", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2), new_lead(3))
    save(store, tagged(2, "fair"))
    with store.files.log.open("ab") as log:
        log.write(b'{"h":"torn')
    return store.files.folder


def edit(store: TinyStore) -> object:
    return save(store, contacted(1), tagged(2, "vip"))


def tries(start: Path, act: Act, fault: Callable[[int], Fault]) -> Iterator[tuple[FaultyDisk, TinyStore, object]]:
    """The act, on a fresh copy of the store, with the fault at its first, second ... last call."""
    for at in count(1):
        folder = start.with_name(f"{start.name} {at}")
        if start.exists():
            shutil.copytree(start, folder)
        disk = FaultyDisk(fault(at))
        outcome = _outcome(act, TinyStore(folder, disk=disk))
        disk.bury()
        if not disk.struck:
            shutil.rmtree(folder, ignore_errors=True)
            return
        yield disk, TinyStore(folder, disk=QuietDisk(), lock_wait=0.1), outcome
        shutil.rmtree(folder, ignore_errors=True)


def _outcome(act: Act, store: TinyStore) -> object:
    """What the act gave, or the refusal it raised; anything else it raised is a traceback, and raised here."""
    try:
        return act(store)
    except CrmError as refusal:
        return refusal


def told_the_truth(store: TinyStore, outcome: object, before: dict[str, Doc], after: dict[str, Doc]) -> str:
    """The outcome's name; fails where it is not what is in the store, or the store cannot be written on."""
    folder, found = store.files.folder, contents(store)
    if isinstance(outcome, OutcomeUnknown):
        assert found in (before, after)
    elif isinstance(outcome, CrmError):
        assert isinstance(outcome, NotSaved | Unreadable), outcome
        assert found == before, outcome
    else:
        assert found == after
    assert not any(finding.level == "error" for finding in verify(folder).findings)
    save(store, new_lead(99))
    assert contents(store) == {**found, "L99": contents(store)["L99"]}
    assert verify(folder).ok
    assert list(folder.rglob(".*.tmp")) == []
    return type(outcome).__name__


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_at_any_call_is_told_as_it_is(start: Path, error: str) -> None:
    before = contents(TinyStore(start))
    after = _after(start)
    fault = Counter[str]()
    for _, store, outcome in tries(start, edit, lambda at: Fault(at=at, errno=getattr(errno, error))):
        fault[told_the_truth(store, outcome, before, after)] += 1
    assert fault.total() > 40
    assert min(fault["Written"], fault["NotSaved"], fault["Unreadable"]) > 2


@pytest.mark.parametrize("error", ["ENOSPC", "EROFS"])
def test_nor_does_it_lie_when_everything_fails_from_then_on(start: Path, error: str) -> None:
    before, after = contents(TinyStore(start)), _after(start)
    wrong = getattr(errno, error)
    writing = ("write", "sync", "sync_data", "truncate", "replace", "make_folder")
    told = Counter[str]()
    for _, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=writing, errno=wrong, ever_after=True)):
        told[told_the_truth(store, outcome, before, after)] += 1
    assert told["OutcomeUnknown"] == 2
    assert min(told["Written"], told["NotSaved"]) > 2


@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EMFILE"])
def test_the_first_save_of_all_tells_the_truth_too(tmp_path: Path, error: str) -> None:
    start = tmp_path / "none"

    def first(store: TinyStore) -> object:
        return save(store, new_lead(1))

    first(TinyStore(tmp_path / "after", disk=QuietDisk()))
    after = contents(TinyStore(tmp_path / "after"))
    told = Counter[str]()
    for _, store, outcome in tries(start, first, lambda at: Fault(at=at, errno=getattr(errno, error))):
        told[told_the_truth(store, outcome, {}, after)] += 1
    assert min(told["Written"], told["NotSaved"]) > 2


@pytest.mark.parametrize("taken", [1, 7])
def test_writes_that_take_only_a_few_bytes_are_gone_on_with(start: Path, taken: int) -> None:
    before, after = contents(TinyStore(start)), _after(start)
    told = Counter[str]()
    for _, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=("write",), short=taken)):
        told[told_the_truth(store, outcome, before, after)] += 1
    assert told == {"Written": told.total()}
    assert told.total() >= 5


def test_a_disk_that_lies_about_what_it_took_is_found_out(start: Path) -> None:
    before, after = contents(TinyStore(start)), _after(start)
    told = Counter[str]()
    for _, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=("write",), short=9, lies=True)):
        told[told_the_truth(store, outcome, before, after)] += 1
    assert told["NotSaved"] >= 2
    assert told["Written"] >= 2


def test_a_write_that_takes_nothing_is_no_endless_loop(start: Path) -> None:
    class Full(QuietDisk):
        """Takes no byte and says so."""

        def write(self, fd: int, raw: bytes | memoryview) -> int:
            return 0

    with pytest.raises(NotSaved):
        edit(TinyStore(start, disk=Full()))


# --- syncs that fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("below", [0, 4 << 20])
def test_what_could_not_be_synced_is_never_said_to_be_saved_and_never_synced_again(
    start: Path, below: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", below)
    save(TinyStore(start, disk=QuietDisk()), new_lead(7))
    before, after = contents(TinyStore(start)), _after(start)
    told = []
    for disk, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=("sync_data",), errno=errno.EIO)):
        told.append(told_the_truth(store, outcome, before, after))
        assert len(disk.asked) == disk.fault.at
    assert told == (["NotSaved"] if below else ["NotSaved", "NotSaved"])


def test_a_failed_sync_that_cannot_be_taken_back_is_said_to_be_unknown(start: Path) -> None:
    before, after = contents(TinyStore(start)), _after(start)
    save(TinyStore(start, disk=QuietDisk()), new_lead(7))
    before, after = contents(TinyStore(start)), _after(start)
    syncs = ("sync_data", "sync")
    for disk, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=syncs, errno=errno.EIO, ever_after=True)):
        name = told_the_truth(store, outcome, before, after)
        assert name == ("OutcomeUnknown" if disk.asked[0] == "sync_data" and disk.fault.at == 1 else "Written")
        assert disk.asked.count("sync_data") == 1


def test_a_failed_sync_of_another_file_does_not_make_it_unsaved(start: Path) -> None:
    save(TinyStore(start, disk=QuietDisk()), new_lead(7))
    before, after = contents(TinyStore(start)), _after(start)
    told = [
        told_the_truth(store, outcome, before, after)
        for _, store, outcome in tries(start, edit, lambda at: Fault(at=at, of=("sync",), errno=errno.EIO))
    ]
    assert told == ["Written", "Written"]


def test_where_the_name_of_a_new_log_cannot_be_synced_nothing_is_saved(tmp_path: Path) -> None:
    def first(store: TinyStore) -> object:
        return save(store, new_lead(1))

    told = [
        (disk.calls[-1].name, type(outcome).__name__)
        for disk, _, outcome in tries(tmp_path / "none", first, lambda at: Fault(at=at, of=("sync",), errno=errno.EIO))
    ]
    assert [name for _, name in told] == ["NotSaved"] * 3 + ["Written"] * 2


# --- reading and the rest ----------------------------------------------------------------------------


def test_reading_from_a_failing_disk_gives_the_truth_or_a_refusal(start: Path) -> None:
    def look(store: TinyStore) -> object:
        with store.read() as snapshot:
            return [snapshot.find("email:a1@example.com"), snapshot.history("lead", 2), list(snapshot.scan("lead"))]

    for act in (look, lambda store: verify(store.files.folder, disk=store.files.disk)):
        right = act(TinyStore(start))
        seen = [outcome for _, _, outcome in tries(start, act, lambda at: Fault(at=at, errno=errno.EIO))]
        assert [outcome for outcome in seen if outcome != right and not isinstance(outcome, Unreadable)] == []
        assert len(seen) > 5


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_rebuilding_and_backing_up_are_done_or_refused(start: Path, error: str) -> None:
    before = contents(TinyStore(start))
    for act in (rebuild, lambda store: backup(store.files, None, "monday")):
        for _, store, outcome in tries(start, act, lambda at: Fault(at=at, errno=getattr(errno, error))):
            assert not isinstance(outcome, CrmError) or isinstance(outcome, NotSaved | Unreadable | Refused)
            assert contents(store) == before
            assert all(verify(copy).ok for copy in store.files.backups.glob("*"))
            save(store, new_lead(99))
            assert verify(store.files.folder).ok


def _after(start: Path) -> dict[str, Doc]:
    folder = start.with_name("after")
    shutil.copytree(start, folder)
    edit(TinyStore(folder, disk=QuietDisk()))
    found = contents(TinyStore(folder))
    shutil.rmtree(folder)
    return found
