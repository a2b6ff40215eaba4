"""The log line: framing, hash chain, and two payloads that each have their own salt and commitment.

`h` covers the line before and the header (from `"seq"` up to `"cp"`); the header holds the commitments `cf`
and `cp` of the factual and the personal payload. So the personal payload and its salt can be dropped later,
to erase a person, and every hash still holds. Lines are UTF-8, so that grep finds people by their names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.history import Change, Entry, Fields, Operation
from crm_cli.domain.ids import LETTERS
from crm_cli.store.port import Written

FIRST_HEAD = "0" * 64  # what the first line is chained to
FORMAT = 1

_Pair = Annotated[list[Any], Meta(min_length=2, max_length=2)]
_encoder = msgspec.json.Encoder(order="deterministic")
_fields = msgspec.json.Decoder(dict[str, _Pair]).decode


class Line(Struct, frozen=True, kw_only=True):
    """One line as read, its payloads still bytes."""

    h: str
    seq: int
    tx: int
    more: int
    at: str
    recorded: str
    by: str
    cmd: str
    t: str
    doc: int
    reason: str | None
    cf: str
    cp: str | None
    sf: str
    f: Raw
    sp: str | None
    p: Raw


KINDS = frozenset({*LETTERS, "store"})
_line = msgspec.json.Decoder(Line).decode
_START = b'{"h":"'
_SEAM = b',"sf":'  # cannot stand inside a JSON string: its quotes would be escaped


class OtherFormat(Unreadable):
    """The store is whole, but written in another format than this program's."""


class BadLine(Exception):
    """The bytes are no line of this chain; `line` is what they are as a line of some log, if one."""

    def __init__(self, reason: str, line: Line | None = None) -> None:
        super().__init__(reason)
        self.line = line


class Head(Struct, frozen=True, kw_only=True):
    """How far a log has been read or written: the last line's hash, numbers, and the byte behind it."""

    h: str = FIRST_HEAD
    seq: int = 0
    tx: int = 0
    off: int = 0


def encode(value: object) -> bytes:
    """JSON, always the same for the same value; raises BadValue for text that is no Unicode."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise BadValue(
            f"{error.object!r} holds bytes that are no text", "give it in UTF-8; crm help import tells how"
        ) from error


def genesis_fields(store_id: str) -> Fields:
    """What the very first line says: whose log this is and how it is written."""
    return {"format": [None, FORMAT], "store": [None, store_id]}


class Lines:
    """The lines of one operation behind `head`: its own with the command as typed, then the changes.

    They are made one by one while they are asked for, which can be done once; then `head` is behind the last one,
    and `places` tells where each stands.
    """

    def __init__(self, head: Head, operation: Operation, changes: Sequence[Change]) -> None:
        self.head, self.places = head, list[tuple[int, str, int]]()  # offset, kind and number of each line
        self._operation = operation
        self._changes = [_own(operation, head.tx + 1), *changes]
        if operation.starts is not None:
            born = genesis_fields(operation.starts)
            self._changes.insert(0, Change(kind="store", number=0, at=operation.recorded, facts=born))

    def __iter__(self) -> Iterator[bytes]:
        """Raises BadValue for text that is no Unicode."""
        changes, self._changes = self._changes, []  # let go of when they are written
        tx, more = self.head.tx + 1, len(changes)
        salts = os.urandom(32 * more).hex()
        for place, change in enumerate(changes):
            before, more = self.head, more - 1
            own = salts[64 * place : 64 * place + 64]
            h, line = _one(before.h, (before.seq + 1, tx, more), self._operation, change, own)
            self.places.append((before.off, change.kind, change.number))
            self.head = Head(h=h, seq=before.seq + 1, tx=tx, off=before.off + len(line))
            yield line


def write_lines(head: Head, operation: Operation, changes: Sequence[Change]) -> tuple[bytes, Head]:
    """The bytes of one operation behind `head`, and where they end."""
    lines = Lines(head, operation, changes)
    raw = b"".join(lines)
    return raw, lines.head


def _own(operation: Operation, tx: int) -> Change:
    """What the operation's own line says."""
    argv: Fields | None = {"argv": [None, [_typed(word) for word in operation.argv]]}
    return Change(
        kind="operation",
        number=tx,
        at=operation.recorded,
        facts=operation.facts,
        personal=argv if operation.argv else None,
    )


def _typed(word: str) -> str:
    """A word of the command line; bytes in it that are no UTF-8 are written as escapes."""
    return word.encode("utf-8", "backslashreplace").decode()


def _one(
    previous: str, count: tuple[int, int, int], operation: Operation, change: Change, salts: str
) -> tuple[str, bytes]:
    facts = encode(change.facts)
    personal = encode(change.personal) if change.personal else None
    salt_f, salt_p = salts[:32], salts[32:]
    seq, tx, more = count
    header = (
        b'"seq":%d,"tx":%d,"more":%d,"at":"%s","recorded":"%s","by":%s,"cmd":%s,"t":"%s","doc":%d,'
        b'"reason":%s,"cf":"%s","cp":%s'
        % (
            seq,
            tx,
            more,
            change.at.encode(),
            operation.recorded.encode(),
            encode(operation.by),
            encode(change.cmd or operation.cmd),
            change.kind.encode(),
            change.number,
            encode(change.reason),
            _commitment(salt_f, facts),
            b'"%s"' % _commitment(salt_p, personal) if personal is not None else b"null",
        )
    )
    h = sha256(previous.encode() + header).hexdigest()
    salted = b'"%s"' % salt_p.encode() if personal is not None else b"null"
    return h, _frame(h.encode(), header, b'"%s"' % salt_f.encode(), facts, salted, personal or b"null")


def _frame(h: bytes, header: bytes, sf: bytes, f: bytes, sp: bytes, p: bytes) -> bytes:
    return b'{"h":"%s",%s,"sf":%s,"f":%s,"sp":%s,"p":%s}\n' % (h, header, sf, f, sp, p)


def _commitment(salt: str, payload: bytes) -> bytes:
    """Raises ValueError for a salt that is not written as this program writes."""
    raw = bytes.fromhex(salt)
    if raw.hex() != salt:
        raise ValueError("not in small hexadecimal digits")
    return sha256(raw + payload).hexdigest().encode()


def rechained(raw: bytes, previous: str, facts: bytes | None = None) -> tuple[str, bytes]:
    """This line as the next of another chain: its hash there, and its bytes, with salts of its own.

    `facts` stand in for the line's. What was erased of it stays erased, under the commitment it had. Raises BadLine.
    """
    line = parse_line(raw)
    header = raw[len(_START) + 66 : raw.find(_SEAM)]
    about = header[: header.rfind(b',"cf":"')]
    salts = os.urandom(32).hex()
    factual = bytes(line.f) if facts is None else facts
    cp, sp, personal = b"null" if line.cp is None else b'"%s"' % line.cp.encode(), b"null", bytes(line.p)
    if line.sp is not None:
        cp, sp = b'"%s"' % _commitment(salts[32:], personal), b'"%s"' % salts[32:].encode()
    header = about + b',"cf":"%s","cp":%s' % (_commitment(salts[:32], factual), cp)
    h = sha256(previous.encode() + header).hexdigest()
    return h, _frame(h.encode(), header, b'"%s"' % salts[:32].encode(), factual, sp, personal)


def parse_line(raw: bytes) -> Line:
    """A line of some log, unchecked; raises BadLine."""
    try:
        return _line(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadLine(f"is not a log line ({error})") from error


def check_line(raw: bytes, head: Head) -> Line:
    """The line if it is, byte for byte, the next of this chain and its payloads are what it committed to.

    `raw` ends in its line feed. Raises BadLine with the reason.
    """
    line = parse_line(raw)
    seam = raw.find(_SEAM)
    header = raw[len(_START) + 66 : seam]
    if seam < 0 or sha256(head.h.encode() + header).hexdigest() != line.h:
        raise BadLine("does not continue the chain", line)
    if line.seq != head.seq + 1:
        raise BadLine(f"has number {line.seq} where {head.seq + 1} is due", line)
    sf, sp = b'"%s"' % line.sf.encode(), b"null" if line.sp is None else b'"%s"' % line.sp.encode()
    if _frame(line.h.encode(), header, sf, bytes(line.f), sp, bytes(line.p)) != raw:
        raise BadLine("is not written as this program writes", line)
    _check_payloads(line)
    return line


def _check_payloads(line: Line) -> None:
    try:
        if _commitment(line.sf, bytes(line.f)).decode() != line.cf:
            raise BadLine("its facts are not those it was written with", line)
        if line.sp is None:
            if bytes(line.p) != b"null":
                raise BadLine("it has a personal part without a salt", line)
        elif line.cp is None or _commitment(line.sp, bytes(line.p)).decode() != line.cp:
            raise BadLine("its personal part is not the one it was written with", line)
    except ValueError as error:
        raise BadLine(f"its salt cannot be read ({error})", line) from error


def to_entry(line: Line) -> Entry:
    """The entry in a line; raises BadLine where its payloads are not fields before and after."""
    try:
        facts, personal = _fields(line.f), _fields(line.p) if line.sp is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadLine(f"says what no record can take ({error})", line) from error
    if line.t not in KINDS:
        raise BadLine(f"is about {line.t!r}, which this program does not know", line)
    return Entry(
        kind=line.t,
        number=line.doc,
        at=line.at,
        facts=facts,
        personal=personal,
        reason=line.reason,
        cmd=line.cmd,
        seq=line.seq,
        tx=line.tx,
        recorded=line.recorded,
        by=line.by,
        erased=line.cp is not None and line.sp is None,
    )


def born(entry: Entry) -> str:
    """The store's random name, from the first entry; raises OtherFormat for a log of another format."""
    format, store = (entry.facts.get(field, [None, None])[1] for field in ("format", "store"))
    if format != FORMAT or not isinstance(store, str):
        raise other_format(format if isinstance(format, int) else None)
    return store


def other_format(format: int | None) -> OtherFormat:
    """The refusal for a log of this format; None where it names none that can be told."""
    if format is not None and format < FORMAT:
        older = f"history.jsonl was written by an older program (format {format})"
        return OtherFormat(older, "run: crm upgrade", format=format)
    named = "" if format is None else f" (format {format}; this one knows {FORMAT})"
    newer = f"history.jsonl was written by a newer program, or not by this one{named}"
    return OtherFormat(newer, "install that version of crm", format=format)


class _First(Struct):
    """As much of a log's first line as every format has: in its facts, how the log is written."""

    t: str
    f: dict[str, list[Any]]


_first = msgspec.json.Decoder(_First).decode


def format_of(raw: bytes) -> int | None:
    """The format that a log's first line says it is written in, whichever that is; None if it says none."""
    try:
        first = _first(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    said = first.f.get("format", [None, None])[1:]
    return said[0] if first.t == "store" and said and type(said[0]) is int else None


def written(head: Head) -> Written:
    """What a commit up to this head left behind."""
    return Written(head.tx, head.seq, head.h)
