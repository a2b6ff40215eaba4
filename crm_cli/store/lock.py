"""One writer at a time: a blocking flock on a file that is never deleted."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from crm_cli.domain.errors import Busy
from crm_cli.store.disk import Disk
from crm_cli.store.files import close, open_plain, write_all

_LISTEN = 0.2  # seconds: a signal that comes just before we begin to wait is heard no later than this


class Lock:
    """Holds `.lock` exclusively from `acquire` to `release`; works on any thread."""

    def __init__(self, path: Path, disk: Disk, *, wait: float, holder: str) -> None:
        """`wait` in seconds; `holder` is the command that others are told about."""
        self.path, self.disk, self.wait, self.holder = path, disk, wait, holder
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
            f"the store is busy (pid {pid}, {holder}, {seconds})",
            "nothing was changed; try again, or wait longer with --lock-timeout SECONDS",
            pid=int(pid) if pid.isdecimal() else None,
        )

    def _holder(self, fd: int) -> tuple[str, str, str]:
        """Process, second of the clock and command of whoever holds it, "?" where that is not known."""
        try:
            words = self.disk.read(fd, 200, 0).decode(errors="replace").strip().split(" ", 2)
        except OSError:
            words = []
        pid, since, holder = (*(word or "?" for word in words), "?", "?", "?")[:3]
        return pid, since, holder


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
