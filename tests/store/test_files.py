"""The folder of a store: modes, links, litter, and files that are replaced whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_cli.domain.errors import NotSaved, Unreadable
from crm_cli.store.check import rebuild, verify
from crm_cli.store.disk import Disk
from crm_cli.store.files import Files
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, contents, new_lead, operation, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))
    return store


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    found = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    return {**found, ".": stat.S_IMODE(folder.stat().st_mode)}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_folders_are_0700_and_files_0600_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        store = TinyStore(tmp_path / "new" / "store")
        save(store, new_lead(1))
        store.files.log.write_bytes(store.files.log.read_bytes() + b"torn")
        save(store, contacted(1))
    found = modes(tmp_path / "new")
    folders = {".", "store", "store/cache", "store/quarantine"}
    assert {name for name, mode in found.items() if mode == 0o700} == folders
    assert {name for name, mode in found.items() if mode == 0o600} == set(found) - folders
    assert {"store/crm.json", "store/history.jsonl", "store/.lock", "store/cache/index"} < set(found)


def test_the_mode_of_a_file_is_kept_when_it_is_replaced(store: TinyStore) -> None:
    for path, mode in ((store.files.state, 0o640), (store.files.log, 0o660), (store.files.index, 0o644)):
        path.chmod(mode)
    with umask(0o077):
        save(store, contacted(1))
    assert [stat.S_IMODE(path.stat().st_mode) for path in (store.files.state, store.files.log)] == [0o640, 0o660]
    assert stat.S_IMODE(store.files.index.stat().st_mode) == 0o644


def test_the_group_of_a_file_is_kept_when_it_is_replaced(store: TinyStore) -> None:
    others = [group for group in os.getgroups() if group != store.files.state.stat().st_gid]
    group = 4242 if os.geteuid() == 0 else next(iter(others), store.files.state.stat().st_gid)
    os.chown(store.files.state, -1, group)
    save(store, contacted(1))
    assert store.files.state.stat().st_gid == group


def test_a_colleague_who_may_not_give_files_to_the_group_still_saves(store: TinyStore) -> None:
    class NotInTheGroup(QuietDisk):
        """The system says no to chmod and chown."""

        def set_mode(self, fd: int, mode: int) -> None:
            raise PermissionError(1, "Operation not permitted")

    colleague = TinyStore(store.files.folder, disk=NotInTheGroup())
    with colleague.change() as transaction:
        transaction.apply(contacted(1))
        transaction.commit(operation())
        (warning,) = transaction.warnings
    assert warning == "saved in the log, but crm.json could not be renewed: Operation not permitted"
    assert contents(store)["L1"]["status"] == "contacted"


@pytest.mark.parametrize("name", ["crm.json", "history.jsonl", ".lock"])
@pytest.mark.parametrize("planted", ["link", "dangling link", "pipe", "folder"])
def test_what_is_no_plain_file_is_refused_and_not_followed(store: TinyStore, name: str, planted: str) -> None:
    path, elsewhere = store.files.folder / name, store.files.folder.parent / "elsewhere"
    before = path.read_bytes()
    path.unlink()
    if planted == "link":
        elsewhere.write_bytes(before)
    if "link" in planted:
        path.symlink_to(elsewhere)
    else:
        os.mkfifo(path) if planted == "pipe" else path.mkdir()
    with pytest.raises((Unreadable, NotSaved) if name == ".lock" else Unreadable):
        save(store, contacted(1))
    if name != ".lock":
        with pytest.raises(Unreadable):
            contents(store)
        with pytest.raises(Unreadable):
            verify(store.files.folder)
    assert elsewhere.exists() == (planted == "link")
    assert planted != "link" or elsewhere.read_bytes() == before


@pytest.mark.parametrize("planted", ["cache", "quarantine"])
def test_a_folder_that_is_a_link_is_not_written_into(store: TinyStore, planted: str) -> None:
    elsewhere, folder = store.files.folder.parent / "elsewhere", store.files.folder / planted
    elsewhere.mkdir()
    for left in folder.glob("*"):
        left.unlink()
    if folder.exists():
        folder.rmdir()
    folder.symlink_to(elsewhere)
    store.files.log.write_bytes(store.files.log.read_bytes() + b"torn")
    if planted == "quarantine":
        with pytest.raises(Unreadable, match="is a link"):
            save(store, contacted(1))
    else:
        save(store, contacted(1))
        assert contents(store)["L1"]["status"] == "contacted"
    assert list(elsewhere.iterdir()) == []


def test_an_index_that_is_a_link_is_replaced_and_not_followed(store: TinyStore) -> None:
    elsewhere = store.files.folder.parent / "elsewhere"
    store.files.index.rename(elsewhere)
    before = elsewhere.read_bytes()
    store.files.index.symlink_to(elsewhere)
    save(store, contacted(1))
    assert (elsewhere.read_bytes(), store.files.index.is_symlink()) == (before, False)
    assert stat.S_IMODE(store.files.index.stat().st_mode) == 0o600


def test_the_store_itself_may_be_reached_by_a_link(store: TinyStore) -> None:
    link = store.files.folder.parent / "link"
    link.symlink_to(store.files.folder)
    save(TinyStore(link, disk=QuietDisk()), contacted(1))
    assert contents(store)["L1"]["status"] == "contacted"
    assert link.is_symlink()


def test_what_killed_writers_left_is_swept_by_the_next(store: TinyStore) -> None:
    store.files.subfolder(store.files.quarantine)
    litter = [store.files.folder / ".crm.json.99.tmp", store.files.cache / ".index.99.tmp"]
    litter.append(store.files.quarantine / ".torn-tail.1.99.tmp")
    kept = store.files.folder / ".notes"
    for path in (*litter, kept):
        path.write_text("left")
    save(store, contacted(1))
    assert [path.exists() for path in (*litter, kept)] == [False, False, False, True]


def test_a_folder_in_which_anybody_may_write_is_refused(store: TinyStore) -> None:
    store.files.folder.chmod(0o707)
    with pytest.raises(Unreadable, match="anybody may write") as told:
        save(store, contacted(1))
    assert told.value.hint == f"chmod o-w {store.files.folder}"
    store.files.folder.chmod(0o770)
    save(store, contacted(1))


def test_others_who_may_read_are_a_warning(store: TinyStore) -> None:
    store.files.log.chmod(0o604)
    (finding,) = verify(store.files.folder).findings
    assert (finding.level, finding.message.startswith("others may read")) == ("warning", True)


def test_a_folder_that_is_read_only_can_be_read(store: TinyStore) -> None:
    store.files.folder.chmod(0o500)
    store.files.lock.chmod(0o400)
    if os.access(store.files.folder, os.W_OK):
        pytest.skip("root may write everywhere")
    assert list(contents(store)) == ["L1"]
    with pytest.raises(NotSaved):
        save(store, contacted(1))


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("not a folder")
    store = TinyStore(tmp_path / "store")
    with pytest.raises((NotSaved, Unreadable)):
        save(store, new_lead(1))
    with pytest.raises(Unreadable):
        contents(store)


def test_reading_writes_nothing_at_all(store: TinyStore) -> None:
    class ReadOnly(Disk):
        """Opens nothing for writing."""

        def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
            assert flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) == 0
            return super().open(path, flags, mode)

    store.files.log.write_bytes(store.files.log.read_bytes() + b"torn")
    before = {path: _written(path) for path in store.files.folder.rglob("*") if path.is_file()}
    reader = TinyStore(store.files.folder, disk=ReadOnly())
    with reader.read() as snapshot, reader.rehearse() as transaction:
        assert snapshot.history("lead", 1) == transaction.history("lead", 1)
        transaction.apply(contacted(1))
    verify(store.files.folder, disk=ReadOnly())
    assert {path: _written(path) for path in before} == before


def _written(path: Path) -> tuple[int, ...]:
    """All that a write to a file, or its being replaced, would change."""
    found = path.stat()
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def test_bytes_put_aside_never_cover_others(tmp_path: Path) -> None:
    files = Files(tmp_path, QuietDisk())
    kept = [files.keep_aside("torn-tail", raw) for raw in (b"one", b"two", b"three")]
    assert [path.read_bytes() for path in kept] == [b"one", b"two", b"three"]
    kept[1].unlink()
    assert files.keep_aside("torn-tail", b"four").read_bytes() == b"four"
    assert kept[2].read_bytes() == b"three"


def test_a_spoilt_crm_json_is_put_aside_when_it_is_made_again(store: TinyStore) -> None:
    foreign = b'{"_default": {"1": {"name": "somebody"}}}'
    store.files.state.write_bytes(foreign)
    save(store, contacted(1))
    assert (store.files.quarantine / "crm.json.1").read_bytes() == foreign
    rebuild(store)
    assert [path.name for path in store.files.quarantine.iterdir()] == ["crm.json.1"]
