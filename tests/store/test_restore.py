"""Going back to a copy: what is refused, what is kept, and a store that is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.domain.errors import BadValue, NotFound, Refused, Unreadable
from crm_cli.store.backup import backup
from crm_cli.store.check import verify
from crm_cli.store.restore import Restored, copies, looked_at, must_fit, restore
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, contents, new_lead, save, tagged


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1))
    save(store, contacted(1))
    return store


@pytest.fixture
def copy(store: TinyStore, tmp_path: Path) -> Path:
    return backup(store.files, tmp_path / "safe", "monday")


def go_back(store: TinyStore, copy: Path, *, older: bool = False) -> Restored:
    found = looked_at(copy, store.files)
    must_fit(found, older=older)
    return restore(store, found, older=older)


def test_a_lost_store_comes_back_byte_for_byte(store: TinyStore, copy: Path, tmp_path: Path) -> None:
    other = TinyStore(tmp_path / "elsewhere", disk=QuietDisk())
    assert go_back(other, copy) == Restored([], [])
    for path in (store.files.log, store.files.state):
        assert (other.files.folder / path.name).read_bytes() == path.read_bytes()
    assert verify(other.files.folder).findings == ()


def test_a_damaged_store_is_replaced_and_its_files_are_kept(store: TinyStore, copy: Path) -> None:
    sound = contents(store)
    log = store.files.log.read_bytes().replace(b'"contacted"', b'"conducted"')
    store.files.log.write_bytes(log)
    store.files.state.write_bytes(b"spoilt")
    done = go_back(store, copy)
    assert [path.read_bytes() for path in done.kept] == [log, b"spoilt"]
    assert contents(store) == sound
    assert verify(store.files.folder).ok


def test_a_store_that_knows_more_is_left_alone_and_both_are_named(store: TinyStore, copy: Path) -> None:
    save(store, tagged(1, "vip"))
    before = store.files.log.read_bytes()
    with pytest.raises(Refused, match=r"7 log lines of store [0-9a-f]{32}, against 5"):
        go_back(store, copy)
    assert store.files.log.read_bytes() == before
    done = go_back(store, copy, older=True)
    assert done.kept[0].read_bytes() == before
    assert "tags" not in contents(store)["L1"]


def test_a_store_that_went_another_way_is_left_alone_though_it_is_no_longer(store: TinyStore, copy: Path) -> None:
    save(store, tagged(1, "vip"))
    ahead = backup(store.files, copy.parent, "tuesday")
    go_back(store, copy, older=True)
    save(store, tagged(1, "fair"))
    with pytest.raises(Refused, match="knows more than the copy"):
        go_back(store, ahead)
    assert contents(store)["L1"]["tags"] == {"fair": True}


def test_a_copy_that_knows_more_is_put_in_place(store: TinyStore, copy: Path) -> None:
    save(store, tagged(1, "vip"))
    ahead = backup(store.files, copy.parent, "tuesday")
    go_back(store, copy, older=True)
    go_back(store, ahead)
    assert contents(store)["L1"]["tags"] == {"vip": True}


def test_the_copy_of_another_store_is_refused(store: TinyStore, tmp_path: Path) -> None:
    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    save(other, new_lead(1))
    for older in (False, True):
        with pytest.raises(Refused, match=f"{verify(store.files.folder).store}, but the one that is here is"):
            go_back(other, backup(store.files, tmp_path / "safe", f"{older}"), older=older)


def test_a_copy_that_does_not_verify_is_not_put_in_place(store: TinyStore, copy: Path) -> None:
    state = copy / "crm.json"
    sound = state.read_bytes()
    state.write_bytes(sound.replace(b'"contacted"', b'"conducted"'))
    with pytest.raises(Unreadable, match="does not verify") as told:
        go_back(store, copy)
    assert "crm rebuild --store" in str(told.value.hint)
    log = copy / "history.jsonl"
    log.write_bytes(log.read_bytes()[:400])
    with pytest.raises(Unreadable, match="does not verify"):
        go_back(store, copy)


def test_what_is_no_copy_is_told(store: TinyStore, tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(NotFound):
            looked_at(folder, store.files)
    with pytest.raises(BadValue, match="the store itself"):
        looked_at(store.files.folder / ".." / "store", store.files)


def test_what_others_saved_since_the_question_is_not_lost(store: TinyStore, copy: Path) -> None:
    found = looked_at(copy, store.files)
    must_fit(found, older=False)
    save(store, tagged(1, "vip"))
    with pytest.raises(Refused, match="knows more"):
        restore(store, found, older=False)
    assert contents(store)["L1"]["tags"] == {"vip": True}


def test_a_store_of_a_newer_program_is_never_replaced(store: TinyStore, copy: Path) -> None:
    store.files.state.write_bytes(store.files.state.read_bytes().replace(b'{"v":1', b'{"v":2'))
    with pytest.raises(Unreadable, match="newer program"):
        go_back(store, copy, older=True)


def test_people_erased_since_the_copy_are_named(store: TinyStore, copy: Path) -> None:
    save(store, tagged(1, "gone"), cmd="lead.erase")
    assert looked_at(copy, store.files).erased_since == ("L1",)
    later = backup(store.files, copy.parent, "tuesday")
    assert looked_at(later, store.files).erased_since == ()


def test_mode_and_place_of_the_log_stay(store: TinyStore, copy: Path) -> None:
    store.files.log.chmod(0o660)
    save(store, tagged(1, "vip"))
    go_back(store, copy, older=True)
    assert store.files.log.stat().st_mode & 0o777 == 0o660


def test_copies_in_the_stores_own_folder_are_listed_in_their_order(store: TinyStore) -> None:
    assert copies(store.files) == []
    made = [backup(store.files, None, day) for day in ("20261101", "20261102")]
    (store.files.backups / "20261103-before-repair-1").mkdir()
    (store.files.backups / "notes").mkdir()
    assert copies(store.files) == made
