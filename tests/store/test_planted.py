"""What somebody else may have laid in the way of a writer: second names, links, other people's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.domain.errors import Unreadable
from crm_cli.store.backup import backup
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, contents, new_lead, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)
    save(store, new_lead(1))
    return store


@pytest.mark.parametrize("name", ["history.jsonl", ".lock"])
def test_what_is_written_to_in_place_must_have_no_second_name(store: TinyStore, tmp_path: Path, name: str) -> None:
    path, second = store.files.folder / name, tmp_path / "somebodys"
    os.link(path, second)
    before = second.read_bytes()
    with pytest.raises(Unreadable, match="has a second name"):
        save(store, contacted(1))
    assert second.read_bytes() == before
    assert contents(store)["L1"]["status"] == "new"
    second.unlink()
    save(store, contacted(1))
    assert contents(store)["L1"]["status"] == "contacted"


def test_a_lock_that_is_somebody_elses_file_is_not_emptied(store: TinyStore, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me", encoding="utf-8")
    store.files.lock.unlink()
    os.link(precious, store.files.lock)
    with pytest.raises(Unreadable):
        save(store, contacted(1))
    assert precious.read_text(encoding="utf-8") == "keep me"


@pytest.mark.parametrize("path", ["crm.json", "cache/index"])
def test_what_is_replaced_leaves_its_second_name_as_it_was(store: TinyStore, tmp_path: Path, path: str) -> None:
    second = tmp_path / "somebodys"
    os.link(store.files.folder / path, second)
    before = second.read_bytes()
    save(store, contacted(1))
    assert second.read_bytes() == before
    assert (store.files.folder / path).read_bytes() != before


@pytest.mark.parametrize("planted", ["link", "pipe", "second name"])
@pytest.mark.parametrize("path", [".crm.json", "cache/.index"])
def test_what_lies_where_a_passing_file_is_to_be_is_taken_away_and_not_written_into(
    store: TinyStore, tmp_path: Path, path: str, planted: str
) -> None:
    precious, place = tmp_path / "precious", store.files.folder / f"{path}.{os.getpid()}.tmp"
    precious.write_text("keep me", encoding="utf-8")
    if planted == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(precious) if planted == "link" else os.link(precious, place)
    save(store, contacted(1))
    assert precious.read_text(encoding="utf-8") == "keep me"
    assert contents(store)["L1"]["status"] == "contacted"
    assert not place.exists()


def test_backups_are_not_made_behind_a_link_that_lies_in_the_store(store: TinyStore, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.files.backups.symlink_to(elsewhere)
    for target in (None, store.files.backups):
        with pytest.raises(Unreadable, match="backups is a link") as told:
            backup(store.files, target, "monday")
        assert told.value.hint == f"name where it leads to: --to {elsewhere}"
    assert list(elsewhere.iterdir()) == []
    assert backup(store.files, elsewhere, "monday").is_dir()


def test_a_backup_is_not_written_into_what_has_its_name_already(store: TinyStore, tmp_path: Path) -> None:
    safe, elsewhere = tmp_path / "safe", tmp_path / "elsewhere"
    safe.mkdir()
    elsewhere.mkdir()
    (safe / ".monday.tmp").symlink_to(elsewhere)
    with pytest.raises(Exception, match="not backed up: File exists"):
        backup(store.files, safe, "monday")
    assert list(elsewhere.iterdir()) == []
