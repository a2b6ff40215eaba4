"""One writer at a time: a blocking flock on a file that is never deleted."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from crm_cli.domain.errors import Busy
from crm_cli.store.disk import Disk
from crm_cli.store.files import close, open_plain, saving, write_all

_LISTEN = 0.2  # seconds: a signal that comes just before we begin to wait is heard no later than this


class Lock:
    """Holds `.lock` exclusively from `acquire` to `release`; works on any thread."""

    def __init__(self, path: Path, disk: Disk, *, wait: float, holder: str, busy: str = "the store is busy") -> None:
        """`wait` in seconds; `holder` is the command that others are told about, `busy` what they are told."""
        self.path, self.disk, self.wait, self.holder, self.busy = path, disk, wait, holder, busy
        self._fd: int | None = None

    def acquire(self) -> None:
        """Wait for the lock, at most `wait` seconds; raises Busy naming who has it, Unreadable, OSError."""
        until = time.monotonic() + self.wait
        while self._fd is None:
            fd = open_plain(self.disk, self.path, os.O_RDWR | os.O_CREAT)
            turn = _Turn(self.disk, fd)
            try:
                if not turn.comes_within(until - time.monotonic()):
                    raise self._busy(fd)
                # A file deleted while we waited is locked in vain: only the one with this name counts.
                if self._is_current(fd):
                    self._fd = fd
            finally:
                if self._fd is None:
                    turn.give_up()
        self._sign(self._fd)

    def release(self) -> None:
        """Give it back; closing the only descriptor unlocks."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            self._unsign(fd)
            close(self.disk, fd)

    def _is_current(self, fd: int) -> bool:
        mine = self.disk.status(fd)
        try:
            named = self.disk.status_of(self.path)
        except FileNotFoundError:
            return False
        return (mine.st_ino, mine.st_dev) == (named.st_ino, named.st_dev)

    def _sign(self, fd: int) -> None:
        """Who holds it is a courtesy to those who wait; a full disk must not stop the work."""
        try:
            self.disk.truncate(fd, 0)
            write_all(self.disk, fd, f"{os.getpid()} {int(time.time())} {self.holder}\n".encode())
        except OSError:
            return

    def _unsign(self, fd: int) -> None:
        """So that a command that was refused leaves every byte as it was."""
        try:
            self.disk.truncate(fd, 0)
        except OSError:
            return

    def _busy(self, fd: int) -> Busy:
        pid, since, holder = self._holder(fd)
        seconds = f"{max(0, int(time.time()) - int(since))} s" if since.isdecimal() else "?"
        return Busy(
            f"{self.busy} (pid {pid}, {holder}, {seconds})",
            "nothing was changed; try again, or wait longer with --lock-timeout SECONDS",
            pid=int(pid) if pid.isdecimal() else None,
        )

    def _holder(self, fd: int) -> tuple[str, str, str]:
        """Process, second of the clock and command of whoever holds it, "?" where that is not known."""
        try:
            found = _signed(self.disk, fd)
        except OSError:
            found = None
        return (found.pid, found.since, found.command) if found else ("?", "?", "?")


class Holder(Struct, frozen=True):
    """Who works in the store, as they signed the lock; "?" for what they did not write."""

    pid: str
    since: str  # second of the clock
    command: str


def holder_of(path: Path, disk: Disk) -> Holder | None:
    """Who holds the lock at this moment; None if nobody does. Waits for nobody; raises Unreadable, OSError."""
    try:
        fd = open_plain(disk, path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        found = _signed(disk, fd)
        return found if found and not _is_free(disk, fd) else None
    finally:
        close(disk, fd)


def _signed(disk: Disk, fd: int) -> Holder | None:
    """What stands in the lock; None for an empty one."""
    words = disk.read(fd, 200, 0).decode(errors="replace").strip().split(" ", 2)
    return Holder(*(*(word or "?" for word in words), "?", "?", "?")[:3]) if words != [""] else None


def _is_free(disk: Disk, fd: int) -> bool:
    try:
        disk.lock_shared(fd)
    except BlockingIOError:
        return False
    disk.unlock(fd)
    return True


@contextmanager
def only_maker(folder: Path, disk: Disk, *, wait: float) -> Iterator[None]:
    """Alone among those who would make something in this folder, by a lock on the folder itself.

    It leaves no file behind. A folder that may be written in but not read cannot be locked, and is not.
    `wait` in seconds; raises Busy, NotSaved.
    """
    turn: _Turn | None = None
    try:
        with saving(), suppress(PermissionError):
            turn = _Turn(disk, disk.open(folder, os.O_RDONLY | os.O_DIRECTORY))
            if not turn.comes_within(wait):
                raise Busy(f"somebody else is making a store in {folder}", "nothing was changed; try again")
        yield
    finally:
        if turn is not None:
            turn.give_up()


class _Turn:
    """A descriptor that waits for the lock, in a thread if it must: polling starves among many writers."""

    def __init__(self, disk: Disk, fd: int) -> None:
        self._disk, self._fd = disk, fd
        self._choice = threading.Lock()
        self._over = threading.Event()  # the thread is done, one way or the other
        self._failed: OSError | None = None
        self._blocked = self._abandoned = False

    def comes_within(self, seconds: float) -> bool:
        """Whether the lock was had in time; raises OSError where there is none to be had at all."""
        try:
            self._disk.lock(self._fd, wait=False)
            return True
        except BlockingIOError:
            if seconds <= 0:
                return False
        self._blocked = True
        threading.Thread(target=self._block, daemon=True).start()
        until = time.monotonic() + seconds
        while not self._over.is_set() and (left := until - time.monotonic()) > 0:
            self._over.wait(min(left, _LISTEN))
        if self._failed is not None:
            raise self._failed
        return self._over.is_set()

    def give_up(self) -> None:
        """Close the descriptor, or leave that to the thread that is blocked on it."""
        with self._choice:
            self._abandoned = True
            if self._blocked and not self._over.is_set():
                return
        close(self._disk, self._fd)

    def _block(self) -> None:
        try:
            self._disk.lock(self._fd, wait=True)
        except OSError as error:
            self._failed = error
        with self._choice:
            self._over.set()
            if self._abandoned:
                close(self._disk, self._fd)
