"""A backup: taken while others write, verified, synced, and complete up to an operation."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from crm_cli.domain.errors import NotSaved, Refused
from crm_cli.store import tiny
from crm_cli.store.backup import _locked, backup
from crm_cli.store.check import verify
from crm_cli.store.files import Files
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, contents, new_lead, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1))
    save(store, contacted(1))
    return store


def test_a_copy_is_a_store_with_the_same_in_it(store: TinyStore, tmp_path: Path) -> None:
    copy = backup(store.files, tmp_path / "safe" / "place", "monday")
    assert copy == tmp_path / "safe" / "place" / "monday"
    assert contents(TinyStore(copy)) == contents(store)
    assert verify(copy).findings == ()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (copy, copy.parent, copy.parent.parent)} == {0o700}
    assert sorted(path.name for path in copy.parent.iterdir()) == ["monday"]


def test_by_default_it_lies_in_the_store(store: TinyStore) -> None:
    copy = backup(store.files, None, "monday")
    assert copy == store.files.folder / "backups" / "monday"
    save(TinyStore(copy), new_lead(2))
    assert list(contents(store)) == ["L1"]


def test_what_is_behind_crm_json_is_in_it_and_what_is_unfinished_is_not(
    store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
    save(store, new_lead(2))
    with store.files.log.open("ab") as log:
        log.write(b'{"h":"')
    copy = backup(store.files, None, "monday")
    assert list(contents(TinyStore(copy))) == ["L1", "L2"]
    assert verify(copy).findings == ()


def test_what_others_save_meanwhile_does_no_harm(store: TinyStore) -> None:
    class Busy(QuietDisk):
        """Somebody saves before anything is opened."""

        numbers = iter(range(100, 200))

        def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
            save(store, new_lead(next(self.numbers)))
            return super().open(path, flags, mode)

    copy = backup(Files(store.files.folder, Busy()), None, "monday")
    assert verify(copy).findings == ()
    assert contents(TinyStore(copy)).items() <= contents(store).items()


def test_an_older_copy_is_not_written_over(store: TinyStore) -> None:
    backup(store.files, None, "monday")
    with pytest.raises(Refused, match="is there already"):
        backup(store.files, None, "monday")


def test_only_the_newest_are_kept_and_nothing_else_is_taken_away(store: TinyStore) -> None:
    mine = store.files.backups / "0-mine"
    for day in ("1", "2", "3"):
        backup(store.files, None, day)
        mine.mkdir(exist_ok=True)
    backup(store.files, None, "4", keep=2)
    assert sorted(path.name for path in store.files.backups.iterdir()) == ["0-mine", "3", "4"]


def test_a_damaged_store_is_not_backed_up_as_if_it_were_sound(store: TinyStore) -> None:
    raw = store.files.state.read_bytes()
    store.files.state.write_bytes(raw.replace(b'"contacted"', b'"conducted"'))
    with pytest.raises(Refused, match="did not verify"):
        backup(store.files, None, "monday")
    assert list(store.files.backups.iterdir()) == []


def test_without_room_there_is_no_half_copy(store: TinyStore) -> None:
    class Full(QuietDisk):
        """No room left."""

        def write(self, fd: int, raw: bytes | memoryview) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(NotSaved, match="not backed up: No space left"):
        backup(Files(store.files.folder, Full()), None, "monday")
    assert list(store.files.backups.iterdir()) == []


def test_a_store_beside_the_copies_is_not_taken_for_an_old_one(store: TinyStore) -> None:
    beside = store.files.folder.parent
    for day in ("x1", "x2", "x3"):
        backup(store.files, beside, day, keep=1)
    assert sorted(path.name for path in beside.iterdir()) == ["store", "x3"]
    assert list(contents(store)) == ["L1"]


def test_what_a_killed_backup_left_is_taken_away_but_not_one_that_is_being_made(store: TinyStore) -> None:
    for name in (".left.tmp", ".making.tmp", ".others.tmp"):
        (store.files.backups / name).mkdir(parents=True)
        (store.files.backups / name / (".crm.json.99.tmp" if name != ".others.tmp" else "precious")).touch()
    with _locked(store.files, store.files.backups / ".making.tmp"):
        backup(store.files, None, "monday")
    assert sorted(path.name for path in store.files.backups.iterdir()) == [".making.tmp", ".others.tmp", "monday"]
