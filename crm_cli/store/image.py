"""crm.json as bytes: one document a line, found by halving, changed by splicing; a valid TinyDB file.

The file is a pure function of the log up to its `seq`: tables by name, documents by number, keys in order,
`_meta` last, and in it the checksum over every other byte of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from mmap import mmap

import msgspec
from msgspec import Struct

from crm_cli.domain.history import Doc
from crm_cli.store.line import FIRST_HEAD, Head, OtherFormat, encode

VERSION = 1
_META = b'"_meta": {\n"1": '
_END = b'"}\n}\n}\n'
encode_doc = encode
decode_doc = msgspec.json.Decoder(Doc).decode


class Meta(Struct, kw_only=True):
    """What the file knows about itself; `tables` holds first byte, last byte and count of each."""

    v: int = VERSION
    store: str = ""
    seq: int = 0
    tx: int = 0
    h: str = FIRST_HEAD
    off: int = 0
    last: int = 0  # where the last line of the log starts
    gen: int = 0  # how often the log was rewritten to erase a person
    last_at: str = ""
    next: dict[str, int] = {}
    tables: dict[str, tuple[int, int, int]] = {}
    sum: str = ""

    @property
    def head(self) -> Head:
        return Head(h=self.h, seq=self.seq, tx=self.tx, off=self.off)


class _Version(Struct):
    """The one field that every version of the file has."""

    v: int


_meta = msgspec.json.Decoder(Meta).decode
_version = msgspec.json.Decoder(_Version).decode


class BadImage(Exception):
    """The bytes are not a crm.json of ours."""


class Image:
    """A read-only crm.json."""

    def __init__(self, raw: bytes | mmap) -> None:
        """Looks at the last table only, the checksum is for `check`.

        Raises BadImage for a file of another program, OtherFormat for one of another version.
        """
        self.raw = raw
        place = raw.rfind(_META)
        if place < 0 or raw[len(raw) - len(_END) :] != _END:
            raise BadImage("it does not end in this program's _meta table")
        about = raw[place + len(_META) : len(raw) - 5]
        try:
            _must_be_ours(_version(about).v)
            self.meta = _meta(about)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadImage(f"its _meta table cannot be read ({error})") from error

    def check(self) -> bool:
        """Whether every byte is as it was written."""
        return sha256_without_sum(self.raw) == self.meta.sum

    def kinds(self) -> list[str]:
        return sorted(self.meta.tables)

    def count(self, kind: str) -> int:
        return self.meta.tables.get(kind, (0, 0, 0))[2]

    def line(self, kind: str, number: int) -> bytes | None:
        """The document's JSON, or None; raises BadImage where no documents stand."""
        start, end, found = self._place(kind, number)
        return _document(self.raw[start:end]) if found else None

    def lines(self, kind: str) -> Iterator[tuple[int, bytes]]:
        """Number and JSON of each document of a table, streamed in order; raises BadImage."""
        place, end, _ = self.meta.tables.get(kind, (0, 0, 0))
        raw = self.raw
        while place < end:
            after = raw.find(b"\n", place, end) + 1
            line = raw[place : max(place, after)]
            yield _number(line), _document(line)
            place = after

    def _place(self, kind: str, number: int) -> tuple[int, int, bool]:
        """First and last byte of a document's line, or where it would stand."""
        start, end, _ = self.meta.tables.get(kind, (0, 0, 0))
        low, high, raw = start, end, self.raw
        while low < high:
            middle = (low + high) // 2
            first = raw.rfind(b"\n", low, middle) + 1 or low
            after = raw.find(b"\n", middle, high) + 1
            if not low <= first < after:
                raise BadImage(f"its table of {kind} records does not end where a line does")
            found = _number(raw[first : first + 24])
            if found == number:
                return first, after, True
            if found < number:
                low = after
            else:
                high = first
        return low, low, False

    def spliced(self, docs: Mapping[str, Mapping[int, bytes]], meta: Meta) -> bytes:
        """The bytes of the file with these documents, as JSON, put in; `meta` gets its tables and checksum."""
        return b"".join(self.pieces(docs, meta))

    def pieces(self, docs: Mapping[str, Mapping[int, bytes]], meta: Meta) -> Iterator[bytes | memoryview]:
        """The same in pieces, so that it is nowhere held whole; `meta` is complete when the last one is given."""
        digest, size = sha256(), 0
        meta.tables = {}
        for piece in self._body(docs, meta.tables):
            digest.update(piece)
            size += len(piece)
            yield piece
        meta.sum = "0" * 64
        about = _META + encode(meta)[:-66]
        digest.update(about + _END)
        meta.sum = digest.hexdigest()
        yield about + meta.sum.encode() + _END

    def _body(
        self, docs: Mapping[str, Mapping[int, bytes]], tables: dict[str, tuple[int, int, int]]
    ) -> Iterator[bytes | memoryview]:
        """Every table but the last; `tables` is told where they stand."""
        yield b"{\n"
        size = 2
        for kind in sorted({*self.meta.tables, *(kind for kind, some in docs.items() if some)}):
            opening = b'"%s": {\n' % kind.encode()
            yield opening
            start = size = size + len(opening)
            count = self.count(kind)
            for piece, is_new in self._section(kind, docs.get(kind, {})):
                yield piece
                size += len(piece)
                count += is_new
            yield b"},\n"
            tables[kind] = (start, size, count)
            size += 3

    def _section(self, kind: str, docs: Mapping[int, bytes]) -> Iterator[tuple[bytes | memoryview, bool]]:
        """The lines of a table with these documents put in, and whether each is new; the last one has no comma."""
        held: tuple[bytes | memoryview, bool] | None = None
        for following in self._with_commas(kind, docs):
            if held is not None:
                yield held
            held = following
        if held is not None:
            yield bytes(held[0])[:-2] + b"\n", held[1]

    def _with_commas(self, kind: str, docs: Mapping[int, bytes]) -> Iterator[tuple[bytes | memoryview, bool]]:
        place, end, _ = self.meta.tables.get(kind, (0, 0, 0))
        last = self._last_number(kind)
        for number in sorted(docs):
            first, after, found = self._place(kind, number) if number <= last else (end, end, False)
            yield from ((old, False) for old in self._old(place, first, end))
            yield b'"%d": %s,\n' % (number, docs[number]), not found
            place = after
        yield from ((old, False) for old in self._old(place, end, end))

    def _last_number(self, kind: str) -> int:
        place, end, _ = self.meta.tables.get(kind, (0, 0, 0))
        return _number(self.raw[self.raw.rfind(b"\n", place, end - 1) + 1 or place : end]) if place < end else 0

    def _old(self, first: int, after: int, end: int) -> list[bytes | memoryview]:
        """Lines as they stand, uncopied, each with its comma; the last one of a table has none in the file."""
        if first >= after:
            return []
        view = memoryview(self.raw)
        return [view[first:after]] if after < end else [view[first : after - 1], b",\n"]


def empty_image() -> Image:
    """The file of a store without records."""
    meta = Meta(sum="0" * 64)
    return Image(b"{\n" + _META + encode(meta)[:-66] + b"0" * 64 + _END)


def is_made_of(raw: bytes | mmap, pieces: Iterable[bytes | memoryview]) -> bool:
    """Whether these bytes are the pieces, one behind the other, and nothing else."""
    place = 0
    for piece in pieces:
        if raw[place : place + len(piece)] != piece:
            return False
        place += len(piece)
    return place == len(raw)


def sha256_without_sum(raw: bytes | mmap) -> str:
    """The checksum of a file: over everything but the 64 digits that hold it."""
    place = len(raw) - len(_END) - 64
    with memoryview(raw) as view:
        digest = sha256(view[:place])
        digest.update(view[place + 64 :])
    return digest.hexdigest()


def _must_be_ours(version: int) -> None:
    if version > VERSION:
        newer = f"this store was written by a newer program (format {version})"
        raise OtherFormat(newer, "install that version of crm", format=version)
    if version < VERSION:
        older = f"this store was written by an older program (format {version})"
        raise OtherFormat(older, "run: crm upgrade", format=version)


def _number(line: bytes) -> int:
    digits = line[1 : line.find(b'"', 1)]
    if line[:1] != b'"' or not digits.isdigit():
        raise BadImage("a line of it is no record")
    return int(digits)


def _document(line: bytes) -> bytes:
    body = line[line.find(b" ") + 1 :]
    return body[:-2] if body.endswith(b",\n") else body[:-1]
