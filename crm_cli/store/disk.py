"""The only door to the disk: every file call the store makes, so that tests can stand in it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Disk:
    """Files as the operating system gives them: nothing is buffered, links are never followed."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, mode)

    def close(self, fd: int) -> None:
        os.close(fd)

    def write(self, fd: int, raw: bytes | memoryview) -> int:
        return os.write(fd, raw)

    def read(self, fd: int, count: int, offset: int) -> bytes:
        return os.pread(fd, count, offset)

    def size(self, fd: int) -> int:
        return os.fstat(fd).st_size

    def status(self, fd: int) -> os.stat_result:
        return os.fstat(fd)

    def status_of(self, path: Path) -> os.stat_result:
        return os.stat(path, follow_symlinks=False)

    def lock(self, fd: int, *, wait: bool) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    def lock_shared(self, fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def unlock(self, fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def sync(self, fd: int) -> None:
        os.fsync(fd)

    def sync_data(self, fd: int) -> None:
        getattr(os, "fdatasync", os.fsync)(fd)  # macOS has no fdatasync

    def set_mode(self, fd: int, mode: int) -> None:
        os.fchmod(fd, mode)

    def set_group(self, fd: int, group: int) -> None:
        os.fchown(fd, -1, group)

    def replace(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def remove(self, path: Path) -> None:
        os.unlink(path)

    def make_folder(self, path: Path, mode: int = 0o700) -> None:
        os.mkdir(path, mode)

    def names(self, folder: Path) -> list[str]:
        return os.listdir(folder)
