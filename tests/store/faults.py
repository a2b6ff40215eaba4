"""A disk that fails, or goes with its process, at any call one chooses, and remembers what was asked of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from crm_cli.store.disk import Disk

T = TypeVar("T")
LOOKING = frozenset({"read", "size", "status", "status_of", "names"})  # calls that leave the disk as it is
DOING = frozenset(
    {
        "open",
        "close",
        "lock",
        "write",
        "truncate",
        "sync",
        "sync_data",
        "set_mode",
        "set_group",
        "replace",
        "remove",
        "make_folder",
    }
)


class Killed(BaseException):
    """The process was killed: nothing in it can do anything any more."""


class Call(Struct, frozen=True):
    """One call that was done: `mark` stands for none, but for something the process said meanwhile."""

    name: str
    fd: int = -1
    path: Path | None = None
    target: Path | None = None
    raw: bytes = b""
    number: int = 0  # flags, size or mode; of a mark, what it is about


class Fault(Struct, frozen=True, kw_only=True):
    """What goes wrong, and at which call; the first one is number 1."""

    at: int = 0  # 0: never
    of: Collection[str] = ()  # only calls of these names count; () for all
    errno: int = 0  # 0: the process is killed there
    ever_after: bool = False  # whether all later ones fail too; killed is always for ever
    half: bool = False  # a write that is killed has half arrived
    short: int = 0  # a write takes no more than so many bytes
    lies: bool = False  # and says it took all


class FaultyDisk(Disk):
    """A real disk with one fault; it is never waited for."""

    def __init__(self, fault: Fault | None = None, calls: list[Call] | None = None) -> None:
        """`calls` is the record to go on with, where this process is not the first."""
        self.fault = fault or Fault()
        self.calls = [] if calls is None else calls
        self.asked: list[str] = []  # the names of the calls that were counted
        self.struck = False  # whether the fault has come to pass
        self._open: dict[int, Path] = {}

    def mark(self, name: str, number: int) -> None:
        """Remember what the process said at this point."""
        self.calls.append(Call(name, number=number))

    def path(self, fd: int) -> Path:
        """What was opened as this descriptor."""
        return self._open[fd]

    def bury(self) -> None:
        """What the system does for a killed process: close what it had open, and so unlock it."""
        for fd in self._open:
            with suppress(OSError):
                os.close(fd)
        self._open.clear()

    def _strikes(self, name: str) -> bool:
        """Whether this very call goes wrong; raises Killed for all that come after a kill."""
        fault = self.fault
        if self.struck and not fault.errno and not fault.short:
            raise Killed
        if fault.of and name not in fault.of:
            return False
        self.asked.append(name)
        now = len(self.asked) == fault.at
        self.struck = self.struck or now
        return now or (self.struck and fault.ever_after)

    def _do(self, call: Call, work: Callable[[], T]) -> T:
        if self._strikes(call.name) and not self.fault.short:
            if not self.fault.errno:
                raise Killed
            raise OSError(self.fault.errno, os.strerror(self.fault.errno))
        found = work()
        if call.name not in LOOKING:
            self.calls.append(call)
        return found

    # --- the calls -----------------------------------------------------------------------------------

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        new = not path.exists()
        fd = self._do(Call("open"), lambda: Disk.open(self, path, flags, mode))
        self._open[fd] = path
        self.calls[-1] = Call("create" if new else "open", fd, path, number=flags)
        return fd

    def close(self, fd: int) -> None:
        if not self.struck or self.fault.errno or self.fault.short:
            self._open.pop(fd, None)
            Disk.close(self, fd)  # a system that reports an error has closed it all the same
        self._do(Call("close", fd), lambda: None)

    def write(self, fd: int, raw: bytes | memoryview) -> int:
        if not self._strikes("write"):
            return self._written(fd, bytes(raw))
        if self.fault.short:
            count = self._written(fd, bytes(raw[: self.fault.short]))
            return len(raw) if self.fault.lies else count
        if self.fault.half or self.fault.errno:
            self._written(fd, bytes(raw[: len(raw) // 2]))
        if not self.fault.errno:
            raise Killed
        raise OSError(self.fault.errno, os.strerror(self.fault.errno))

    def _written(self, fd: int, raw: bytes) -> int:
        count = Disk.write(self, fd, raw)
        self.calls.append(Call("write", fd, raw=raw[:count]))
        return count

    def read(self, fd: int, count: int, offset: int) -> bytes:
        return self._do(Call("read", fd), lambda: Disk.read(self, fd, count, offset))

    def size(self, fd: int) -> int:
        return self._do(Call("size", fd), lambda: Disk.size(self, fd))

    def status(self, fd: int) -> os.stat_result:
        return self._do(Call("status", fd), lambda: Disk.status(self, fd))

    def status_of(self, path: Path) -> os.stat_result:
        return self._do(Call("status_of", path=path), lambda: Disk.status_of(self, path))

    def lock(self, fd: int, *, wait: bool) -> None:
        self._do(Call("lock", fd), lambda: Disk.lock(self, fd, wait=wait))

    def truncate(self, fd: int, size: int) -> None:
        self._do(Call("truncate", fd, number=size), lambda: Disk.truncate(self, fd, size))

    def sync(self, fd: int) -> None:
        self._do(Call("sync", fd), lambda: None)

    def sync_data(self, fd: int) -> None:
        self._do(Call("sync_data", fd), lambda: None)

    def set_mode(self, fd: int, mode: int) -> None:
        self._do(Call("set_mode", fd, number=mode), lambda: Disk.set_mode(self, fd, mode))

    def set_group(self, fd: int, group: int) -> None:
        self._do(Call("set_group", fd), lambda: Disk.set_group(self, fd, group))

    def replace(self, source: Path, target: Path) -> None:
        self._do(Call("replace", path=source, target=target), lambda: Disk.replace(self, source, target))

    def remove(self, path: Path) -> None:
        self._do(Call("remove", path=path), lambda: Disk.remove(self, path))

    def make_folder(self, path: Path, mode: int = 0o700) -> None:
        self._do(Call("make_folder", path=path, number=mode), lambda: Disk.make_folder(self, path, mode))

    def names(self, folder: Path) -> list[str]:
        return self._do(Call("names", path=folder), lambda: Disk.names(self, folder))
