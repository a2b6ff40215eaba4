"""The bytes of a file, read once from front to back, so that a pipe will do and no file is too large."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from io import BufferedReader, BytesIO, RawIOBase
from typing import BinaryIO

from crm_cli.domain.errors import BadValue

LONGEST_RECORD = 1 << 20  # characters of text, bytes of JSON
_HEAD = 16 << 20  # bytes by which kind and encoding of a file are decided
FAR = 64  # times the longest record, after which the end of a line is looked for no longer

# How files begin that look like tables to their owners and are none to us.
_OTHERS = (
    (b"PK\x03\x04", "a zip archive, as Excel files are"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database"),
)


class Overlong(Exception):
    """A record is too long to be one; says how it begins."""


class Source(RawIOBase):
    """A file of bytes whose first 16 MB are known before it is read, and whose digest is known after."""

    def __init__(self, file: bytes | BinaryIO) -> None:
        """Reads the first bytes; raises OSError."""
        self._file = BytesIO(file) if isinstance(file, bytes) else file
        self.head = _up_to(self._file, _HEAD)
        self.is_whole = len(self.head) < _HEAD  # nothing comes after the head
        self._ahead = BytesIO(self.head)
        self._digest = sha256()

    @property
    def sha256(self) -> str:
        """The hex digest of all that was read."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        raw = self._ahead.read(len(buffer)) or self._file.read(len(buffer)) or b""
        buffer[: len(raw)] = raw
        self._digest.update(raw)
        return len(raw)

    def lines(self) -> Iterator[bytes | None]:
        """Each line up to its line feed, None for one over 1,048,576 bytes; raises Overlong if its end is far away."""
        reader = BufferedReader(self)
        while line := reader.readline(LONGEST_RECORD + 1):
            if len(line) <= LONGEST_RECORD:
                yield line
            elif line.endswith(b"\n") or _passed(reader):
                yield None
            else:
                raise Overlong(line)


def _passed(reader: BufferedReader[Source]) -> bool:
    """Read on behind the end of a line; whether that was not too far away."""
    for _ in range(FAR):
        piece = reader.readline(LONGEST_RECORD)
        if not piece or piece.endswith(b"\n"):
            return True
    return False


def _up_to(file: BinaryIO, count: int) -> bytes:
    """So many bytes, fewer only at the end: a pipe gives a little at a time."""
    pieces: list[bytes] = []
    while count and (piece := file.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def source_of(file: bytes | BinaryIO | Source) -> Source:
    """The file as a source, if it is not one already."""
    return file if isinstance(file, Source) else Source(file)


def must_be_text(head: bytes, name: str) -> None:
    """Raises BadValue for a file that begins like an archive, a spreadsheet, a database or a document."""
    for mark, what in _OTHERS:
        if head.startswith(mark):
            raise BadValue(f"{name} is {what}, not text", "save it as CSV, in UTF-8 if there is a choice")
