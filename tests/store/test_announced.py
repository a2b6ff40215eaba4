"""What was told is kept, whatever happens to the file, and the file does not grow for ever."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from crm_cli.domain.errors import Busy, NotSaved, Unreadable
from crm_cli.domain.reminder import Mark
from crm_cli.store.announced import announcing
from crm_cli.store.disk import Disk
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, new_lead, save

NOON = "2026-11-20T12:00:00Z"


def mark(number: int, at: str = NOON) -> Mark:
    return Mark(f"E{number}", NOON, NOON, at)


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "crm", disk=QuietDisk(), lock_wait=0, holder="crm remind.check")
    save(store, new_lead(1))
    return store


def kept(store: TinyStore) -> dict[str, Mark]:
    with announcing(store) as announced:
        return announced.marks


def told(store: TinyStore, *marks: Mark) -> None:
    with announcing(store) as announced:
        announced.mark(marks)


def test_what_was_told_is_known_to_the_next(store: TinyStore) -> None:
    assert kept(store) == {}
    told(store, mark(1), mark(2))
    told(store, mark(1, "2026-11-21T12:00:00Z"))
    assert kept(store) == {"E1": mark(1, "2026-11-21T12:00:00Z"), "E2": mark(2)}
    assert store.files.announced.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_not_finished_counts_for_nothing_and_harms_no_other(store: TinyStore) -> None:
    told(store, mark(1), mark(2))
    os.truncate(store.files.announced, store.files.announced.stat().st_size - 5)
    assert [*kept(store)] == ["E1"]
    told(store, mark(3))
    assert [*kept(store)] == ["E1", "E3"]


@pytest.mark.parametrize(
    "line",
    [b"\x00\xff", b"[]", b'{"id":"E9"}', b'{"id":"X","planned":"","moment":"","at":"2026-11-20T12:00:00Z"}']
    + [b'{"id":"E9","planned":"","moment":"","at":"%s"}' % at for at in (b"soon", b"2026-11-20")],
)
def test_what_somebody_else_wrote_there_is_overlooked(store: TinyStore, line: bytes) -> None:
    store.files.announced.write_bytes(line + b"\n")
    told(store, mark(1))
    assert [*kept(store)] == ["E1"]


def test_what_is_done_is_forgotten_for_good(store: TinyStore) -> None:
    told(store, mark(1), mark(2), mark(3))
    with announcing(store) as announced:
        announced.keep({"E2", "E9"})
        assert [*announced.marks] == ["E2"]
        announced.mark([mark(4)])
    assert kept(store) == {"E2": mark(2), "E4": mark(4)}


def test_however_often_something_is_told_the_file_stays_short(store: TinyStore) -> None:
    for minute in range(60):
        told(store, mark(1), mark(2), mark(3, f"2026-11-20T12:{minute:02}:00Z"))
        with announcing(store) as announced:
            announced.keep({"E1", "E2", "E3"})
    assert len(store.files.announced.read_bytes().splitlines()) < 110
    assert kept(store)["E3"].at == "2026-11-20T12:59:00Z"


def test_one_announces_at_a_time_while_others_work(store: TinyStore) -> None:
    with announcing(store):
        with pytest.raises(Busy, match=r"^another crm remind check is at work \(pid \d+, crm remind.check"):
            kept(store)
        save(store, new_lead(2))
    assert kept(store) == {}


class Full(Disk):
    """A disk without room for more than the beginning of a line."""

    def write(self, fd: int, raw: bytes | memoryview) -> int:
        if b'"planned"' not in bytes(raw):
            return super().write(fd, raw)
        super().write(fd, raw[:7])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_what_comes_later_is_kept(store: TinyStore) -> None:
    told(store, mark(1))
    full = TinyStore(store.files.folder, disk=Full())
    with pytest.raises(NotSaved, match="it was told, but that could not be noted: No space left"):
        told(full, mark(2))
    told(store, mark(3))
    assert [*kept(store)] == ["E1", "E3"]


@pytest.mark.parametrize("name", ["announced.jsonl", "remind.lock"])
def test_no_link_is_followed(store: TinyStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "other").write_bytes(b"precious")
    (store.files.folder / name).symlink_to(tmp_path / "other")
    with pytest.raises(Unreadable, match="is a link"):
        told(store, mark(1))
    assert (tmp_path / "other").read_bytes() == b"precious"
