"""history.jsonl: reading it in whole transactions, and the append that is the commit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EIO

import msgspec

from crm_cli.domain.errors import Busy, OutcomeUnknown, Unreadable
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.files import Files, close, in_blocks, not_saved, open_plain, why, write_all
from crm_cli.store.line import FORMAT, BadLine, Head, Line, check_line, format_of, other_format, parse_line

_CHUNK = 8 << 20
_LONGEST_FIRST = 1 << 20
_A_LOOK = 1.0  # seconds that a writer waits for those who look whether somebody writes: they take no time at all
_AN_APPEND = 1.0  # seconds that a reader waits for an append to end: none takes that long unless it was stopped
_PAUSE = 0.001
_GENESIS = msgspec.json.Decoder(dict[str, list[object]])


class Log:
    """The append-only file; one open descriptor, so that everything read is of one file."""

    def __init__(self, files: Files) -> None:
        self.files, self.disk = files, files.disk
        self.fd = files.open(files.log)
        self.kept = 0  # bytes of it that are known to be on the disk, and not only in the system's memory
        self.named = False  # whether that is known of the names of file and folder
        try:
            self.size = self.disk.size(self.fd) if self.fd is not None else 0
        except OSError as error:
            self.close()
            raise _unreadable(error) from error

    def close(self) -> None:
        """Let the file go."""
        if self.fd is not None:
            close(self.disk, self.fd)
            self.fd = None

    def settle(self) -> None:
        """For who only looks: let an append that is under way end, and see what it left; raises Unreadable.

        What is written but not yet synced may still be taken back, or lost. A writer that was stopped in the
        midst of it is waited for no longer than a second.
        """
        until = time.monotonic() + _AN_APPEND
        while self.fd is not None and not self._is_at_rest(self.fd) and time.monotonic() < until:
            time.sleep(_PAUSE)

    def _is_at_rest(self, fd: int) -> bool:
        """Whether nobody appends; if so the size is that of whole appends. Where there are no locks it is not asked."""
        try:
            self.disk.lock_shared(fd)
        except BlockingIOError:
            return False
        except OSError:
            return True
        try:
            self.size = self.disk.size(fd)
            self.disk.unlock(fd)
        except OSError as error:
            raise _unreadable(error) from error
        return True

    # --- reading ---------------------------------------------------------------------------------

    def read(self, offset: int, count: int) -> bytes:
        """Bytes as they stand; fewer at the end of the file. Raises Unreadable."""
        if self.fd is None or offset < 0:
            return b""
        found = b""
        try:
            while len(found) < count:
                more = self.disk.read(self.fd, count - len(found), offset + len(found))
                if not more:
                    break
                found += more
        except OSError as error:
            raise _unreadable(error) from error
        return found

    def line_at(self, offset: int) -> Line:
        """The line that starts at this byte, unchecked; raises BadLine."""
        return parse_line(self._raw_at(offset))

    def line_before(self, offset: int) -> Line:
        """The line that ends where this byte starts, unchecked; raises BadLine."""
        count = 4096
        while True:
            first = max(0, offset - count)
            raw = self.read(first, offset - first)
            start = raw.rfind(b"\n", 0, len(raw) - 1) + 1
            if start or first == 0:
                return parse_line(raw[start:])
            count *= 4

    def checked_line(self, offset: int) -> Line:
        """The line that starts at this byte, if it continues the one before; raises BadLine."""
        previous = self.line_before(offset) if offset else None
        head = Head(h=previous.h, seq=previous.seq) if previous else Head()
        return check_line(self._raw_at(offset), head)

    def _raw_at(self, offset: int) -> bytes:
        count = 4096
        while True:
            raw = self.read(offset, count)
            end = raw.find(b"\n") + 1
            if end or len(raw) < count:
                return raw[: end or len(raw)]
            count *= 4

    def first_line(self) -> bytes:
        """The first line, of which no more than a megabyte is read: a file of another kind may have no other."""
        raw = self.read(0, _LONGEST_FIRST)
        return raw[: raw.find(b"\n") + 1 or len(raw)]

    def store_id(self) -> str:
        """Whose log this is, from its first line; "" for an empty or unreadable one."""
        try:
            first = self.line_at(0)
            return str(_GENESIS.decode(first.f)["store"][1]) if first.t == "store" else ""
        except (BadLine, msgspec.DecodeError, ValueError, KeyError, IndexError):
            return ""

    def walk(self, chain: Chain, until: int | None = None) -> Iterator[tuple[int, Line]]:
        """Checked lines of whole transactions behind the chain's head, in pieces that fit in memory.

        Raises Damage. Afterwards `chain.head` is behind the last good one and `chain.torn` tells of a rest.
        """
        for raw in self._stretches(chain, until):
            before = chain.head.off
            yield from chain.walk(raw)
            if chain.head.off == before:
                yield from self._large(chain, self.size if until is None else until)

    def _large(self, chain: Chain, until: int) -> Iterator[tuple[int, Line]]:
        """The lines of an operation larger than a piece; none if it is not whole and good."""
        behind = chain.behind_next(self.lines(chain.head.off, until))
        if behind is not None:
            first, chain.head, chain.torn = chain.head.off, behind, False
            for offset, raw in self.lines(first, behind.off):
                yield offset, parse_line(raw)

    def lines(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each whole line between two bytes, unchecked."""
        count = _CHUNK
        while start < end:
            raw = self.read(start, min(count, end - start))
            first = 0
            while behind := raw.find(b"\n", first) + 1:
                yield start + first, raw[first:behind]
                first = behind
            if not first and len(raw) < count:
                return
            if not first:
                count *= 4  # one line larger than a piece
            start += first

    def pieces(self, chain: Chain, until: int | None = None) -> Iterator[bytes]:
        """The same lines as bytes, exactly as they stand: whole operations, some at a time. Raises Damage."""
        for raw in self._stretches(chain, until):
            before = chain.head.off
            for _ in chain.walk(raw):
                pass
            if chain.head.off > before:
                yield raw[: chain.head.off - before]

    def _stretches(self, chain: Chain, until: int | None) -> Iterator[bytes]:
        """What stands behind the chain's head, again and again while whoever asks walks on with it."""
        end = self.size if until is None else until
        count = _CHUNK
        while chain.head.off < end:
            before = chain.head.off
            asked = min(count, end - before)
            raw = self.read(before, asked)
            yield raw
            if chain.head.off == before:
                if len(raw) < asked or before + asked == end:
                    return
                count *= 4  # one operation larger than a piece

    def must_be_of_this_format(self) -> None:
        """Raises OtherFormat for the log of another program version; whether it is damaged is seen when it is walked.

        A line that reads like one of ours but has a wrong hash was altered, whatever format it names.
        """
        raw = self.first_line()
        found = format_of(raw) if raw else FORMAT
        if found in (FORMAT, None):
            return
        try:
            check_line(raw, Head())
        except BadLine as bad:
            if bad.line is not None:
                return
        raise other_format(found)

    # --- writing ---------------------------------------------------------------------------------

    def append(self, lines: Iterable[bytes], head: Head) -> None:
        """The commit: these lines are in the log, and on the disk, when this returns.

        Few are written at once; a large operation in pieces, and is none before the last one. Raises NotSaved when
        nothing of them is kept, OutcomeUnknown when even that cannot be said, Busy when somebody wrote meanwhile.
        A failed sync is never tried again: the system reports such a loss only once.
        """
        with self._writable(head.off) as fd:
            self._keep_before(fd)
            try:
                end = head.off
                for block in in_blocks(lines):
                    write_all(self.disk, fd, block)
                    end += len(block)
                if self.disk.size(fd) != end:
                    raise OSError(EIO, "fewer bytes arrived than were written")
                self.disk.sync_data(fd)
                self._sync_names()
            except BaseException as error:
                self._take_back(fd, head.off, error)
                if isinstance(error, OSError):
                    raise not_saved(error) from error
                raise
        self.size = self.kept = end
        if self.fd is None:
            with suppress(Unreadable):  # it is saved; who looks at it in this very block is told then
                self.fd = self.files.open(self.files.log)

    def _keep_before(self, fd: int) -> None:
        """Whole lines a killed writer left unsynced must not be lost from under those that come now."""
        if self.size > self.kept:
            try:
                self.disk.sync_data(fd)
            except OSError as error:
                raise not_saved(error) from error
            self.kept = self.size

    @contextmanager
    def _writable(self, size: int) -> Iterator[int]:
        """The log opened to be written, and locked: whoever deletes `.lock` still admits no second writer."""
        try:
            create = 0 if size else os.O_CREAT
            fd = open_plain(self.disk, self.files.log, os.O_RDWR | os.O_APPEND | create)
        except OSError as error:
            raise not_saved(error) from error
        try:
            self._must_be_alone(fd, size)
            yield fd
        finally:
            close(self.disk, fd)

    def _must_be_alone(self, fd: int, size: int) -> None:
        try:
            self._lock_out(fd)
            found = self.disk.size(fd)
        except BlockingIOError as error:
            raise _overtaken() from error
        except OSError as error:
            raise not_saved(error) from error
        if found > size:
            raise _overtaken()
        if found < size:
            raise Unreadable("history.jsonl became shorter while it was locked", "run crm verify")

    def _lock_out(self, fd: int) -> None:
        """Raises BlockingIOError when another writes; a reader who looks whether somebody does is gone in a moment."""
        until = time.monotonic() + _A_LOOK
        while True:
            try:
                return self.disk.lock(fd, wait=False)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
            time.sleep(_PAUSE)

    def _sync_names(self) -> None:
        """What is in the file is on the disk only when the names of file and folder are."""
        if not self.named:
            self.files.sync_folder(self.files.folder)
            self.files.sync_parent(self.files.folder)
            self.named = True

    def _take_back(self, fd: int, offset: int, error: BaseException) -> None:
        try:
            self.disk.truncate(fd, offset)
            self.disk.sync(fd)
        except OSError as second:
            raise OutcomeUnknown(
                f"it is not known whether this was saved ({why(error)}, then {why(second)})",
                "look with crm history and crm verify before you do it again",
            ) from second

    def sync(self) -> None:
        """Make sure that all there is survives a power cut, before anything is made from it; raises OSError."""
        if self.size > self.kept:
            with self._writable(self.size) as fd:
                self._keep_before(fd)
                self._sync_names()

    def cut_torn(self, chain: Chain) -> str:
        """Move an unfinished append out of the log; returns the sentence to warn with. Raises OSError, Busy."""
        with self._writable(self.size) as fd:
            raw = self.read(chain.head.off, self.size - chain.head.off)
            kept = self.files.keep_aside("torn-tail", raw)
            self.disk.truncate(fd, chain.head.off)
            self.disk.sync(fd)
        self.size = chain.head.off
        self.kept = self.size
        return f"an unfinished write of {len(raw)} bytes was cut off the log and kept in {kept}"


def damaged(damage: Damage | BadLine) -> Unreadable:
    """The refusal for a log that no crash can have left like this."""
    return Unreadable(f"history.jsonl is damaged: {damage}", "look with crm verify; restore a backup: crm help storage")


def _unreadable(error: OSError) -> Unreadable:
    return Unreadable(f"history.jsonl cannot be read: {why(error)}", "see crm help storage")


def _overtaken() -> Busy:
    return Busy("somebody else wrote to the store meanwhile", "nothing was changed; try again")
