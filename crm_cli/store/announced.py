"""announced.jsonl: what somebody was told of and when, one line a reminder, so that it is told once.

It is no part of the log and cannot be made again from it. A line that cannot be read, as a crash may leave one,
counts for nothing: what it stood for is told once more rather than never.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

import msgspec

from crm_cli.domain.errors import NotSaved
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.reminder import Mark
from crm_cli.store.files import Files, close, saving, why, write_all
from crm_cli.store.lock import Lock
from crm_cli.store.tiny import TinyStore

_SPARE = 100  # lines made void by later ones that are let lie
_decode = msgspec.json.Decoder(Mark).decode


class Announced:
    """What was told up to now; only for whoever holds `remind.lock`."""

    def __init__(self, files: Files) -> None:
        """Raises Unreadable for what is no plain file."""
        self.files = files
        raw = bytes(files.mapped(files.announced) or b"")
        lines = raw.splitlines()
        self.marks = {mark.id: mark for line in lines if (mark := _read(line)) is not None}
        self._lines, self._torn = len(lines), raw != b"" and not raw.endswith(b"\n")

    def keep(self, ids: Collection[str]) -> None:
        """Forget what was told of all other records, and lines that later ones have made void, if they are many."""
        kept = {id: mark for id, mark in self.marks.items() if id in ids}
        if len(kept) < len(self.marks) or self._lines > 2 * len(kept) + _SPARE:
            with suppress(OSError):  # then the next one does it
                self.files.replace(self.files.announced, _lines(list(kept.values())))
                self._lines, self._torn = len(kept), False
        self.marks = kept

    def mark(self, marks: Sequence[Mark]) -> None:
        """These were told; it is on the disk when this returns. Raises NotSaved, Unreadable."""
        if not marks:
            return
        try:
            self._append((b"\n" if self._torn else b"") + _lines(marks))
        except OSError as error:
            hint = "it is told again the next time; make room or mend the disk"
            raise NotSaved(f"it was told, but that could not be noted: {why(error)}", hint) from error
        self.marks |= {mark.id: mark for mark in marks}
        self._lines += len(marks)

    def _append(self, raw: bytes) -> None:
        path, disk = self.files.announced, self.files.disk
        is_new = not path.exists()
        self._torn = True  # until all of it is there
        fd = self.files.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        assert fd is not None
        try:
            write_all(disk, fd, raw)
            disk.sync_data(fd)
        finally:
            close(disk, fd)
        if is_new:
            self.files.sync_folder(self.files.folder)
        self._torn = False


@contextmanager
def announcing(store: TinyStore) -> Iterator[Announced]:
    """Alone among those who announce, while others work in the store; raises Busy, Unreadable, NotSaved."""
    files = store.files
    busy = "another crm remind check is at work"
    lock = Lock(files.remind_lock, files.disk, wait=store.lock_wait, holder=store.holder, busy=busy)
    with saving():
        files.check_folder()
        lock.acquire()
    try:
        yield Announced(files)
    finally:
        lock.release()


def _read(line: bytes) -> Mark | None:
    try:
        mark = _decode(line)
        is_whole = looks_like_id(mark.id) is not None and datetime.fromisoformat(mark.at).tzinfo is not None
        return mark if is_whole else None
    except (msgspec.DecodeError, ValueError):
        return None


def _lines(marks: Sequence[Mark]) -> bytes:
    return b"".join(msgspec.json.encode(mark) + b"\n" for mark in marks)
