"""What the doctor sees, what is offered to be mended, and that mending loses nothing."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.store.backup import backup, copied_as_it_is
from crm_cli.store.doctor import REPAIRS, Diagnosis, diagnose, mend
from crm_cli.store.lock import Holder
from crm_cli.store.tiny import TinyStore
from crm_cli.store.volume import file_system, free_bytes, is_shared
from tests.store.samples import QuietDisk, contacted, contents, new_lead, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1), new_lead(2))
    save(store, contacted(1))
    return store


def seen(store: TinyStore) -> tuple[bool, list[str], tuple[str, ...]]:
    """Whether all is well, the levels of what was found, and what is offered."""
    found = diagnose(store.files)
    return found.ok, [one.level for one in found.findings], found.repairs


def test_a_sound_store_is_sound(store: TinyStore) -> None:
    found = diagnose(store.files)
    assert (found.ok, found.findings, found.repairs, found.index, found.behind) == (True, (), (), "sound", 0)
    assert (found.holder, found.last_backup, found.leftovers) == (None, None, ())
    assert found.free
    assert found.free > 0


def test_where_no_store_is_yet_nothing_is_wrong(tmp_path: Path) -> None:
    found = diagnose(TinyStore(tmp_path / "none" / "yet").files)
    assert (found.there, found.ok, found.repairs) == (False, True, ())
    assert not (tmp_path / "none").exists()


def _torn(store: TinyStore) -> None:
    with store.files.log.open("ab") as log:
        log.write(b'{"h":"')


def _spoilt(store: TinyStore) -> None:
    store.files.state.write_bytes(store.files.state.read_bytes().replace(b'"contacted"', b'"conducted"'))


def _no_state(store: TinyStore) -> None:
    store.files.state.unlink()


def _no_index(store: TinyStore) -> None:
    store.files.index.unlink()


def _spoilt_index(store: TinyStore) -> None:
    store.files.index.write_bytes(b"x")


def _leftover(store: TinyStore) -> None:
    (store.files.folder / ".crm.json.77.tmp").write_bytes(b"x")
    (store.files.backups / ".monday.tmp").mkdir(parents=True)
    (store.files.backups / ".monday.tmp" / "crm.json").write_bytes(b"x")
    for path in (store.files.backups, store.files.folder / ".crm.json.77.tmp"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    (store.files.backups / ".monday.tmp").chmod(0o700)
    (store.files.backups / ".monday.tmp" / "crm.json").chmod(0o600)


def _open_to_others(store: TinyStore) -> None:
    store.files.folder.chmod(0o707)
    store.files.log.chmod(0o664)


CASES: list[tuple[Callable[[TinyStore], None], bool, tuple[str, ...]]] = [
    (_torn, True, ("tail",)),
    (_spoilt, False, ("rebuild",)),
    (_no_state, True, ("rebuild",)),
    (_no_index, True, ()),
    (_spoilt_index, True, ("rebuild",)),
    (_leftover, True, ("leftovers",)),
    (_open_to_others, False, ("permissions",)),
]


@pytest.mark.parametrize(("spoil", "ok", "due"), CASES)
def test_what_is_amiss_is_found_and_can_be_mended(
    store: TinyStore, spoil: Callable[[TinyStore], None], ok: bool, due: tuple[str, ...]
) -> None:
    before = contents(store)
    spoil(store)
    left = {path: path.read_bytes() for path in store.files.folder.rglob("*") if path.is_file()}
    assert (seen(store)[0], seen(store)[2]) == (ok, due)
    assert {path: path.read_bytes() for path in store.files.folder.rglob("*") if path.is_file()} == left
    assert all(mend(store, name) for name in due)
    assert (seen(store)[0], seen(store)[2], contents(store)) == (True, (), before)


def test_everything_at_once_is_mended_in_order(store: TinyStore) -> None:
    before = contents(store)
    for spoil in (_torn, _spoilt, _leftover, _open_to_others):
        spoil(store)
    assert seen(store)[2] == tuple(REPAIRS)
    for name in REPAIRS:
        mend(store, name)
    assert (seen(store)[0], contents(store)) == (True, before)


def test_rights_of_a_group_stay_when_those_of_others_go(store: TinyStore) -> None:
    store.files.folder.chmod(0o2775)
    store.files.log.chmod(0o664)
    mend(store, "permissions")
    assert store.files.folder.stat().st_mode & 0o7777 == 0o2770
    assert store.files.log.stat().st_mode & 0o7777 == 0o660


def test_a_log_damaged_in_the_middle_is_told_and_not_mended(store: TinyStore) -> None:
    store.files.log.write_bytes(store.files.log.read_bytes().replace(b'"contacted"', b'"conducted"'))
    found = diagnose(store.files)
    assert (found.ok, found.repairs) == (False, ())
    assert any("not mended by this program" in one.message for one in found.findings)


def test_a_log_shorter_than_crm_json_knows_is_not_rebuilt_from(store: TinyStore) -> None:
    store.files.log.write_bytes(b"".join(store.files.log.read_bytes().splitlines(keepends=True)[:-2]))
    found = diagnose(store.files)
    assert (found.ok, found.repairs) == (False, ())


def test_whoever_holds_the_lock_is_named_and_his_files_are_no_leftovers(store: TinyStore) -> None:
    _leftover(store)
    with store.locked():
        (store.files.folder / ".crm.json.78.tmp").write_bytes(b"x")
        found = diagnose(store.files)
    assert found.holder is not None
    assert (found.holder.pid, found.holder.command) == (str(os.getpid()), "crm")
    assert found.leftovers == ()


def test_a_name_left_in_the_lock_by_a_killed_process_holds_nothing(store: TinyStore) -> None:
    store.files.lock.write_bytes(b"4711 1 crm lead add\n")
    assert diagnose(store.files).holder is None
    with store.files.lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert diagnose(store.files).holder == Holder("4711", "1", "crm lead add")


def test_the_newest_backup_is_named_but_no_copy_of_broken_files(store: TinyStore) -> None:
    made = backup(store.files, None, "20261101T000000Z")
    copied_as_it_is(store.files, store.files.backups / "20261102T000000Z-before-repair-1")
    assert diagnose(store.files).last_backup == made


def test_a_copy_of_the_files_as_they_are_holds_every_byte(store: TinyStore, tmp_path: Path) -> None:
    _torn(store)
    _spoilt(store)
    kept = copied_as_it_is(store.files, tmp_path / "kept")
    for path in (store.files.log, store.files.state):
        assert (kept / path.name).read_bytes() == path.read_bytes()


def test_what_crm_json_does_not_know_yet_is_counted(store: TinyStore) -> None:
    state, index = store.files.state.read_bytes(), store.files.index.read_bytes()
    save(store, new_lead(3))
    store.files.state.write_bytes(state)
    store.files.index.write_bytes(index)
    found = diagnose(store.files)
    assert (found.behind, found.index, found.ok, found.repairs) == (2, "behind", True, ())


def test_little_room_is_a_warning(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.store.doctor.ROOM", 1 << 60)
    assert seen(store)[:2] == (True, ["warning"])


# --- what it lies on -----------------------------------------------------------------------------


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(
        "1 1 0:1 / / rw - ext4 /dev/sda rw\n"
        "2 1 0:2 / /net/a\\040b rw shared:1 - nfs4 host:/x rw\n"
        "3 1 0:3 / /network rw - xfs x rw\n"
    )
    places = {"/home/x": "ext4", "/net/a b/crm": "nfs4", "/net/a": "ext4", "/network": "xfs"}
    assert {place: file_system(Path(place), tmp_path / "mounts") for place in places} == places
    assert file_system(tmp_path, tmp_path / "none") == ""


def test_only_network_file_systems_are_shared() -> None:
    assert [kind for kind in ("ext4", "nfs4", "tmpfs", "fuse.sshfs", "cifs", "overlay", "") if is_shared(kind)] == [
        "nfs4",
        "fuse.sshfs",
        "cifs",
    ]


def test_room_is_told_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "deep" / "down") == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.2)


def test_a_diagnosis_without_findings_is_fine() -> None:
    assert Diagnosis(there=True).ok
