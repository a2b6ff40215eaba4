"""cache/index: where to look, without scanning: look-up keys to records, records to their log lines.

A sorted run of 16-byte pairs (key, value) behind one line of JSON. It may lag behind the log (whoever reads
it catches up from its `head`) and may be thrown away; so it is written without waiting for the disk, with a
checksum. A record that lost a key stays listed under it: candidates are looked at before they are believed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from mmap import mmap
from zlib import crc32

import msgspec
from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.ids import LETTERS
from crm_cli.store.files import Files
from crm_cli.store.image import Meta
from crm_cli.store.line import Head

VERSION = 2
_KINDS = tuple(LETTERS)  # a record is its kind's place here, then its number
_PAIR = 16


class IndexMeta(Struct, kw_only=True):
    """Which log this is an index of, and how far it goes."""

    v: int = VERSION
    kinds: tuple[str, ...] = _KINDS
    store: str
    gen: int
    head: Head
    last: int  # where the last line it knows starts
    crc: int


_meta = msgspec.json.Decoder(IndexMeta).decode


def key_bytes(key: str) -> bytes:
    """The 8 bytes a look-up key is found under; equal ones by chance are told apart by looking."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def lines_key(kind: str, number: int) -> str:
    """The key under which a record's log lines are found."""
    return f"lines:{kind}:{number}"


def record_pair(key: str, kind: str, number: int) -> bytes:
    return key_bytes(key) + (_KINDS.index(kind) << 56 | number).to_bytes(8, "big")


def line_pair(kind: str, number: int, offset: int) -> bytes:
    return key_bytes(lines_key(kind, number)) + offset.to_bytes(8, "big")


class Pairs:
    """A sorted run of pairs, as bytes or a mapped file, seen as a sequence of keys."""

    def __init__(self, raw: bytes | mmap, start: int = 0) -> None:
        self.raw, self.start = raw, start

    def __len__(self) -> int:
        return (len(self.raw) - self.start) // _PAIR

    def __getitem__(self, place: int) -> bytes:
        first = self.start + place * _PAIR
        return self.raw[first : first + _PAIR]

    def values(self, key: str) -> Iterator[int]:
        """Every value of a key, in order."""
        wanted = key_bytes(key)
        place = bisect_left(self, wanted)
        while (pair := self[place])[:8] == wanted:
            yield int.from_bytes(pair[8:], "big")
            place += 1

    def merged(self, new: Iterable[bytes]) -> bytes:
        """This run and these pairs as one run without repeats."""
        fresh = sorted(set(new))
        if len(fresh) * 50 > len(self):
            body = self.raw[self.start :]
            return b"".join(sorted({body[i : i + _PAIR] for i in range(0, len(body), _PAIR)}.union(fresh)))
        pieces: list[bytes] = []
        done = 0
        for pair in fresh:
            place = bisect_left(self, pair, lo=done)
            pieces.append(self.raw[self.start + done * _PAIR : self.start + place * _PAIR])
            if self[place] != pair:
                pieces.append(pair)
            done = place
        pieces.append(self.raw[self.start + done * _PAIR :])
        return b"".join(pieces)


class Index:
    """What is known of the log up to `head`, and what was read since."""

    def __init__(self, pairs: Pairs, head: Head, last: int) -> None:
        self.pairs, self.head, self.last = pairs, head, last
        self.since: dict[bytes, set[int]] = {}  # pairs of the tail

    def add(self, pairs: Iterable[bytes]) -> None:
        """Take in what the tail of the log says."""
        for pair in pairs:
            self.since.setdefault(pair[:8], set()).add(int.from_bytes(pair[8:], "big"))

    def records(self, key: str) -> list[tuple[str, int]]:
        """Kind and number of each record that has or had this key."""
        found = {*self.pairs.values(key), *self.since.get(key_bytes(key), ())}
        places = [(value >> 56, value & ((1 << 56) - 1)) for value in sorted(found)]
        return [(_KINDS[kind], number) for kind, number in places if kind < len(_KINDS)]

    def offsets(self, kind: str, number: int) -> list[int]:
        """Where a record's lines start in the log, in order."""
        key = lines_key(kind, number)
        return sorted({*self.pairs.values(key), *self.since.get(key_bytes(key), ())})

    def tail_pairs(self) -> list[bytes]:
        return [key + value.to_bytes(8, "big") for key, values in self.since.items() for value in values]


def load_index(files: Files, store: str, gen: int) -> Index | None:
    """The index of this very log if there is a sound one.

    All of it is read for its checksum, 4 ms for 16 MB: a power cut may leave it with a good beginning, and an
    index that lacks a line hides it.
    """
    try:
        raw = files.mapped(files.index)
        if not raw:
            return None
        start = raw.find(b"\n", 0, 4096) + 1
        meta = _meta(raw[: max(start - 1, 0)])
    except (OSError, ValueError, msgspec.DecodeError, Unreadable):
        return None
    if (meta.v, meta.kinds, meta.store, meta.gen) != (VERSION, _KINDS, store, gen):
        return None
    if (len(raw) - start) % _PAIR or _crc(raw, start) != meta.crc:
        return None
    return Index(Pairs(raw, start), meta.head, meta.last)


def _crc(raw: bytes | mmap, start: int) -> int:
    with memoryview(raw) as view:
        return crc32(view[start:])


def save_index(files: Files, index: Index, meta: Meta) -> None:
    """Write the run up to where `meta` stands, the tail merged in; raises OSError."""
    body = index.pairs.merged(index.tail_pairs())
    about = IndexMeta(store=meta.store, gen=meta.gen, head=meta.head, last=meta.last, crc=crc32(body))
    files.subfolder(files.cache)
    files.replace(files.index, msgspec.json.encode(about) + b"\n" + body, durable=False)


def empty_index() -> Index:
    """What is known of a log not yet read."""
    return Index(Pairs(b""), Head(), 0)
