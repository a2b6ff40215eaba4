"""A process killed at every call it makes to the disk leaves the state before or after, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_cli.domain.history import Change, Doc
from crm_cli.store import tiny
from crm_cli.store.backup import backup
from crm_cli.store.check import rebuild, verify
from crm_cli.store.intake import parcel, take_in
from crm_cli.store.restore import looked_at, restore
from crm_cli.store.tiny import TinyStore
from tests.store.faults import DOING, Fault, FaultyDisk, Killed
from tests.store.samples import NOW, QuietDisk, contacted, contents, new_lead, operation, save, tagged

Act = Callable[[TinyStore], object]


def first(store: TinyStore) -> object:
    return save(store, new_lead(1))


def add(store: TinyStore) -> object:
    return save(store, new_lead(5))


def edit(store: TinyStore) -> object:
    return save(store, contacted(1))


def many(store: TinyStore) -> object:
    return save(store, *(new_lead(number) for number in range(10, 40)), *(tagged(n, "vip") for n in (1, 2, 3)))


def renew(store: TinyStore) -> object:
    with store.change() as transaction:
        transaction.flush()
    return None


def back_up(store: TinyStore) -> object:
    return backup(store.files, None, "monday")


def take_in_a_file(store: TinyStore) -> object:
    with parcel(store.files.folder.with_name("whole.jsonl"), "whole.jsonl", store.files.disk) as found:
        return take_in(store, found, found.looked_through())


def go_back(store: TinyStore) -> object:
    copy = looked_at(store.files.folder.with_name("copy"), store.files)
    return restore(store, copy, older=True)


def ordinary(store: TinyStore) -> None:
    save(store, new_lead(1), new_lead(2), new_lead(3))
    save(store, tagged(2, "fair"))


def nothing(store: TinyStore) -> None:
    store.files.folder.parent.mkdir(exist_ok=True)


def beside_a_whole_file(store: TinyStore) -> None:
    """No store, but the file of one."""
    other = TinyStore(store.files.folder.with_name("other"), disk=QuietDisk())
    ordinary(other)
    shutil.copyfile(other.files.log, store.files.folder.with_name("whole.jsonl"))


def with_settings_only(store: TinyStore) -> None:
    beside_a_whole_file(store)
    save(store, Change(kind="setting", number=1, at=NOW, facts={"key": [None, "currency"]}))


def beside_an_older_copy(store: TinyStore) -> None:
    ordinary(store)
    backup(store.files, store.files.folder.parent, "copy")
    save(store, contacted(2), new_lead(4))


def torn(store: TinyStore) -> None:
    ordinary(store)
    with store.files.log.open("ab") as log:
        log.write(store.files.log.read_bytes()[-300:-1])


def spoilt(store: TinyStore) -> None:
    ordinary(store)
    store.files.state.write_bytes(b"spoilt")
    store.files.index.write_bytes(b"")


def behind(store: TinyStore) -> None:
    ordinary(store)
    before = store.files.state.read_bytes()
    save(store, tagged(1, "fair"))
    store.files.state.write_bytes(before)


CASES: dict[str, tuple[Callable[[TinyStore], None], Act]] = {
    "first of all": (nothing, first),
    "add": (ordinary, add),
    "edit": (ordinary, edit),
    "many": (ordinary, many),
    "edit behind a torn end": (torn, edit),
    "edit with a spoilt crm.json": (spoilt, edit),
    "edit with an older crm.json": (behind, edit),
    "renew": (behind, renew),
    "rebuild": (ordinary, rebuild),
    "rebuild behind a torn end": (torn, rebuild),
    "rebuild a spoilt crm.json": (spoilt, rebuild),
    "import all": (beside_a_whole_file, take_in_a_file),
    "import all over settings": (with_settings_only, take_in_a_file),
    "restore": (beside_an_older_copy, go_back),
    "backup": (ordinary, back_up),
    "backup behind a torn end": (torn, back_up),
}


def kills(start: Path, act: Act) -> Iterator[tuple[TinyStore, bool]]:
    """A copy of the store for every call at which the process was killed, and whether it had acknowledged.

    A call that only looks is not tried: killed there, it leaves what it leaves when killed at the next that does
    something. A write is tried twice: killed before it, and in the middle of it.
    """
    asked = _run(start, act, Fault(of=DOING), start.with_name("not killed"))[0].asked
    for at, name in enumerate(asked, 1):
        for half in (False, True) if name == "write" else (False,):
            folder = start.with_name(f"{start.name} killed at {at}")
            disk, said = _run(start, act, Fault(at=at, of=DOING, half=half), folder)
            assert disk.struck
            yield TinyStore(folder, disk=QuietDisk(), lock_wait=0.1), said
            shutil.rmtree(folder)


def _run(start: Path, act: Act, fault: Fault, folder: Path) -> tuple[FaultyDisk, bool]:
    """The act on a copy of the store in this folder, and whether it came to its end."""
    shutil.rmtree(folder, ignore_errors=True)
    if start.exists():
        shutil.copytree(start, folder)
    disk = FaultyDisk(fault)
    try:
        act(TinyStore(folder, disk=disk))
        return disk, True
    except Killed:
        return disk, False
    finally:
        disk.bury()


@pytest.mark.parametrize("case", CASES)
def test_a_kill_at_any_call_leaves_the_state_before_or_after(tmp_path: Path, case: str) -> None:
    prepare, act = CASES[case]
    start = tmp_path / "start"
    prepare(TinyStore(start, disk=QuietDisk()))
    before = contents(TinyStore(start))
    after = _after(start, act)
    seen = [_recovers(store, before, after, said) for store, said in kills(start, act)]
    assert len(seen) > 10
    assert before == after or set(seen) == {False, True}


@pytest.mark.parametrize("case", ["edit", "many", "edit behind a torn end"])
def test_also_where_crm_json_is_renewed_later(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
    test_a_kill_at_any_call_leaves_the_state_before_or_after(tmp_path, case)


def _after(start: Path, act: Act) -> dict[str, Doc]:
    folder = start.with_name("after")
    if start.exists():
        shutil.copytree(start, folder)
    act(TinyStore(folder, disk=QuietDisk()))
    found = contents(TinyStore(folder))
    shutil.rmtree(folder)
    return found


def _recovers(store: TinyStore, before: dict[str, Doc], after: dict[str, Doc], said: bool) -> bool:
    """Whether the act was done; fails where it was done in part, or not at all though it was said to be."""
    folder = store.files.folder
    found = contents(store)
    assert found == after if said else found in (before, after)
    assert verify(folder).ok or store.files.state.read_bytes() == b"spoilt"
    with store.change() as transaction:
        transaction.apply(new_lead(99))
        transaction.commit(operation())
    assert contents(store) == {**found, "L99": contents(store)["L99"]}
    assert verify(folder).ok
    if store.files.backups.exists():
        backup(store.files, None, "tuesday")
        assert all(verify(copy).ok for copy in store.files.backups.iterdir())
    assert list(folder.rglob(".*.tmp")) == []
    return found == after


def test_a_second_kill_while_the_first_is_mended_does_no_more_harm(tmp_path: Path, torture: int) -> None:
    start = tmp_path / "start"
    torn(TinyStore(start, disk=QuietDisk()))
    before = contents(TinyStore(start))
    after = _after(start, edit)
    for number, (store, said) in enumerate(kills(start, edit)):
        assert not said or contents(store) == after
        if number % 8 and torture == 1:
            continue
        for again, _ in kills(store.files.folder, renew):
            assert contents(again) in (before, after)
            assert verify(again.files.folder).ok
