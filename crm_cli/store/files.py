"""The folder of a store: its files, how they are replaced, and what a crash may leave behind."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EIO
from mmap import ACCESS_READ, mmap
from pathlib import Path

from crm_cli.domain.errors import NotSaved, Unreadable
from crm_cli.store.disk import Disk

FOLDER_MODE, FILE_MODE = 0o700, 0o600
_BLOCK = 1 << 20  # bytes that are written at once
STATE, LOG, LOCK, ATTACHMENTS = "crm.json", "history.jsonl", ".lock", "attachments"
ANNOUNCED, REMIND_LOCK = "announced.jsonl", "remind.lock"


class Files:
    """The files of one store; every path is inside the folder and no link is followed."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = Path(os.path.realpath(folder))
        self.disk = disk
        self.state, self.log, self.lock = (self.folder / name for name in (STATE, LOG, LOCK))
        self.announced, self.remind_lock = (self.folder / name for name in (ANNOUNCED, REMIND_LOCK))
        self.cache, self.quarantine = self.folder / "cache", self.folder / "quarantine"
        self.index, self.words = self.cache / "index", self.cache / "words"
        self.backups, self.attachments = self.folder / "backups", self.folder / ATTACHMENTS

    def exists(self) -> bool:
        """Whether a store lies here: the log is the store; an empty one may be left of a first command that failed."""
        try:
            begun = self.log.exists() and (self.log.stat().st_size > 0 or self.index.exists())
            return begun or self.state.exists()
        except OSError as error:
            raise Unreadable(f"{self.folder} cannot be looked into: {why(error)}", f"ls -ld {self.folder}") from error

    def make(self) -> None:
        """The folder itself, and those above it that are missing, 0700 whatever the umask is."""
        self._make(self.folder)

    def make_parents(self) -> list[Path]:
        """What the folder lies in, made in the same way; gives those that were not there, the outermost first."""
        missing = [path for path in reversed(self.folder.parents) if not path.is_dir()]
        self._make(self.folder.parent)
        return missing

    def leave(self, made: list[Path]) -> None:
        """Take away folders made for a store that did not come into being; one that is used by now stays."""
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir()

    def _make(self, folder: Path) -> None:
        missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
        for path in reversed(missing):
            with suppress(FileExistsError):  # somebody else was quicker
                self.disk.make_folder(path, FOLDER_MODE)
            self.sync_parent(path)

    def check_folder(self) -> None:
        """Raises Unreadable for a folder in which anybody may write."""
        if self.folder.is_dir() and self.folder.stat().st_mode & stat.S_IWOTH:
            raise Unreadable(f"anybody may write in {self.folder}", f"chmod o-w {self.folder}")

    def subfolder(self, path: Path) -> Path:
        """A folder inside the store, made when it is first needed; raises Unreadable for a link."""
        if path.is_symlink():
            raise Unreadable(f"{path} is a link", "put a folder in its place")
        if not path.is_dir():
            self.disk.make_folder(path, FOLDER_MODE)
        return path

    # --- reading ---------------------------------------------------------------------------------

    def open(self, path: Path, flags: int = os.O_RDONLY) -> int | None:
        """A descriptor of a plain file, or None if there is none; raises Unreadable for all else."""
        try:
            return open_plain(self.disk, path, flags)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{path} cannot be opened: {why(error)}", "see crm help storage") from error

    def mapped(self, path: Path) -> bytes | mmap | None:
        """A whole file without reading it, or None if there is none; raises Unreadable."""
        fd = self.open(path)
        if fd is None:
            return None
        try:
            return mmap(fd, 0, access=ACCESS_READ) if self.disk.size(fd) else b""
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {why(error)}", "see crm help storage") from error
        finally:
            close(self.disk, fd)

    # --- replacing -------------------------------------------------------------------------------

    def replace(
        self,
        path: Path,
        raw: bytes | mmap | Iterable[bytes | memoryview],
        *,
        durable: bool = True,
        like: Path | None = None,
    ) -> None:
        """Put a whole file in the place of another, or raise OSError, or what `raw` raises, and leave the old one.

        Mode and group of the old file, or of `like`, are kept, so that a colleague in its group is not locked out.
        Without `durable` a power cut may lose it: only for what can be made again.
        """
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        fd = self.disk.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            try:
                self._like_the_old(fd, like or path)
                self._fill(fd, (raw,) if isinstance(raw, bytes | mmap) else in_blocks(raw))
                if durable:
                    self.disk.sync(fd)
            finally:
                close(self.disk, fd)
            self.disk.replace(temporary, path)
        except BaseException:
            self.forget(temporary)
            raise
        if durable:
            self.sync_folder(path.parent)

    def _fill(self, fd: int, pieces: Iterable[bytes | mmap | memoryview]) -> None:
        count = 0
        for piece in pieces:
            write_all(self.disk, fd, piece)
            count += len(piece)
        if self.disk.size(fd) != count:
            raise OSError(EIO, "fewer bytes arrived than were written")

    def _like_the_old(self, fd: int, path: Path) -> None:
        try:
            old = self.disk.status_of(path)
        except FileNotFoundError:
            old = None
        if old is None or not stat.S_ISREG(old.st_mode):
            self.disk.set_mode(fd, FILE_MODE)
            return
        self.disk.set_mode(fd, stat.S_IMODE(old.st_mode))
        if self.disk.status(fd).st_gid != old.st_gid:
            self.disk.set_group(fd, old.st_gid)

    def forget(self, path: Path) -> None:
        """Take a file away that is of no use, if that can be done."""
        with suppress(OSError):  # the next writer sweeps it
            self.disk.remove(path)

    def sync_folder(self, folder: Path) -> None:
        """Make a new or replaced name survive a power cut."""
        fd = self.disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.disk.sync(fd)
        finally:
            close(self.disk, fd)

    def sync_parent(self, folder: Path) -> None:
        """Make a new folder survive a power cut, as far as we may look at the one it lies in."""
        with suppress(PermissionError):
            self.sync_folder(folder.parent)

    def sweep(self) -> None:
        """Take away what killed writers left; only under the lock."""
        for folder in (self.folder, self.cache, self.quarantine, self.attachments):
            if not folder.is_dir():
                continue
            for name in self.disk.names(folder):
                if name.startswith(".") and name.endswith(".tmp"):
                    self.forget(folder / name)

    def keep_aside(self, name: str, raw: bytes | mmap) -> Path:
        """Keep bytes that do not belong where they were, durably, under a name of their own."""
        folder = self.subfolder(self.quarantine)
        taken = set(self.disk.names(folder))
        number = next(n for n in range(1, len(taken) + 2) if f"{name}.{n}" not in taken)
        path = folder / f"{name}.{number}"
        self.replace(path, raw)
        self.sync_folder(self.folder)
        return path


def open_plain(disk: Disk, path: Path, flags: int) -> int:
    """A descriptor of a plain file; raises OSError, and Unreadable for a link, pipe or device.

    One that is to be written to must have no second name: what is written here would be written there too.
    """
    try:
        fd = disk.open(path, flags | os.O_NONBLOCK, FILE_MODE)
    except OSError as error:
        if path.is_symlink():
            raise Unreadable(f"{path} is a link", "put the file itself in its place") from error
        raise
    try:
        status = disk.status(fd)
    except OSError:
        close(disk, fd)
        raise
    if not stat.S_ISREG(status.st_mode):
        close(disk, fd)
        raise Unreadable(f"{path} is not a plain file", "see crm help storage")
    if flags & (os.O_WRONLY | os.O_RDWR) and status.st_nlink > 1:
        close(disk, fd)
        raise Unreadable(f"{path} has a second name", f"put a copy in its place: cp -p {path} new && mv new {path}")
    return fd


def in_blocks(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    """Small pieces joined, so that a file of many takes few calls."""
    block = bytearray()
    for piece in pieces:
        if len(piece) < _BLOCK:
            block += piece
            if len(block) < _BLOCK:
                continue
            piece = b""
        yield bytes(block)
        block.clear()
        yield piece
    yield bytes(block)


def close(disk: Disk, fd: int) -> None:
    """Let a descriptor go; what was synced before stays, whatever the system says now."""
    with suppress(OSError):
        disk.close(fd)


def write_all(disk: Disk, fd: int, raw: bytes | mmap | memoryview) -> None:
    """Write every byte, however few the system takes at a time; raises OSError."""
    view = memoryview(raw)
    while view:
        count = disk.write(fd, view)
        if count <= 0:
            raise OSError(EIO, "nothing more can be written")
        view = view[count:]


@contextmanager
def saving() -> Iterator[None]:
    """What the disk refuses in this block becomes NotSaved."""
    try:
        yield
    except OSError as error:
        raise not_saved(error) from error


def not_saved(error: OSError) -> NotSaved:
    """The disk's refusal as a sentence."""
    return NotSaved(f"not saved: {why(error)}", "nothing was changed; make room or mend the disk, then try again")


def why(error: BaseException) -> str:
    """What went wrong, in the system's words."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
