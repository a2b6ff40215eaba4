"""cache/index: where to look, without scanning: look-up keys to records, records to their log lines, moments to both.

Two sorted runs of 16-byte pairs (key, value) behind one line of JSON: of hashed keys, and of the moments from which
records want to be looked at. It may lag behind the log (whoever reads it catches up from its `head`) and may be
thrown away; so it is written without waiting for the disk, with a checksum. A record that lost a key stays listed
under it: candidates are looked at before they are believed. Of moments only the present one is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from hashlib import blake2b
from itertools import groupby, islice
from mmap import mmap
from operator import itemgetter
from zlib import crc32

import msgspec
from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.keys import due_from, match_keys
from crm_cli.domain.moment import Moment
from crm_cli.store.files import Files
from crm_cli.store.image import Meta
from crm_cli.store.line import Head

VERSION = 4
_KINDS = tuple(LETTERS)  # a record is its kind's place here, then its number
_PLACES = {kind: place for place, kind in enumerate(_KINDS)}
_PAIR = 16
_BLOCK = 256 * _PAIR  # as much as is taken apart to put a pair in
_LAST = b"\xff" * 8


class IndexMeta(Struct, kw_only=True):
    """Which log this is an index of, and how far it goes."""

    v: int = VERSION
    kinds: tuple[str, ...] = _KINDS
    store: str
    gen: int
    head: Head
    last: int  # where the last line it knows starts
    dues: int  # bytes of the second run
    crc: int


_meta = msgspec.json.Decoder(IndexMeta).decode


def key_bytes(key: str) -> bytes:
    """The 8 bytes a look-up key is found under; equal ones by chance are told apart by looking."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def lines_key(kind: str, number: int) -> str:
    """The key under which a record's log lines are found."""
    return f"lines:{kind}:{number}"


def moment_bytes(moment: Moment) -> bytes:
    """8 bytes in the order of time; a day is its start."""
    return int(moment.translate(_ONLY_DIGITS).ljust(14, "0")).to_bytes(8, "big")


_ONLY_DIGITS = dict.fromkeys(map(ord, "-T:Z"))


def record_bytes(kind: str, number: int) -> bytes:
    """The 8 bytes that stand for a record."""
    return (_PLACES[kind] << 56 | number).to_bytes(8, "big")


def record_pairs(kind: str, number: int, doc: Doc) -> list[bytes]:
    """The pairs of everything under which a record is looked up."""
    own = record_bytes(kind, number)
    return [key_bytes(key) + own for key in match_keys(kind, doc)]


def line_pair(kind: str, number: int, offset: int) -> bytes:
    return key_bytes(lines_key(kind, number)) + offset.to_bytes(8, "big")


class Pairs:
    """A sorted run of pairs, as bytes or a mapped file, seen as a sequence of keys."""

    def __init__(self, raw: bytes | mmap = b"", start: int = 0, end: int | None = None) -> None:
        self.raw, self.start, self.end = raw, start, len(raw) if end is None else end

    def __len__(self) -> int:
        return (self.end - self.start) // _PAIR

    def __getitem__(self, place: int) -> bytes:
        first = self.start + place * _PAIR
        return self.raw[first : min(first + _PAIR, self.end)]

    def values(self, wanted: bytes) -> Iterator[int]:
        """Every value of a key, in order."""
        if self.start == self.end:
            return
        place = bisect_left(self, wanted)
        while (pair := self[place])[:8] == wanted:
            yield int.from_bytes(pair[8:], "big")
            place += 1

    def up_to(self, key: bytes) -> Iterator[bytes]:
        """Every pair whose key is not behind this one, in order."""
        return (self[place] for place in range(bisect_right(self, key + _LAST)))

    def merged(self, new: Iterable[bytes], but: Container[bytes] = ()) -> Iterator[bytes]:
        """This run and these pairs as one without repeats, in pieces; of this run without the values in `but`."""
        fresh = sorted(new)
        done = 0
        for first in range(self.start, self.end, _BLOCK):
            block = self.raw[first : min(first + _BLOCK, self.end)]
            behind = bisect_right(fresh, block[-_PAIR:], lo=done)
            if behind == done and not but:
                yield block
                continue
            pairs = [block[place : place + _PAIR] for place in range(0, len(block), _PAIR)]
            kept = [pair for pair in pairs if pair[8:] not in but]
            yield run_of([*kept, *fresh[done:behind]])
            done = behind
        rest = _each_once(islice(fresh, done, None))
        while some := list(islice(rest, _BLOCK)):
            yield b"".join(some)


def run_of(pairs: list[bytes]) -> bytes:
    """These pairs in order, each once."""
    return b"".join(_each_once(sorted(pairs)))


def _each_once(pairs: Iterable[bytes]) -> Iterator[bytes]:
    """Without the repeats of a sorted run."""
    return map(itemgetter(0), groupby(pairs))


class Index:
    """What is known of the log up to `head`, and what was read since."""

    def __init__(self, pairs: Pairs, dues: Pairs, head: Head, last: int) -> None:
        self.pairs, self.dues, self.head, self.last = pairs, dues, head, last
        self.since: dict[bytes, int | set[int]] = {}  # key to value, or values, of the tail
        self.renewed: dict[bytes, bytes | None] = {}  # record to the moment it has now

    def add(self, pairs: Iterable[bytes]) -> None:
        """Take in what the tail of the log says."""
        since = self.since
        value, raw = 0, b""
        for pair in pairs:
            if pair[8:] != raw:  # the keys of one record come together: one number serves them all
                raw = pair[8:]
                value = int.from_bytes(raw, "big")
            held = since.setdefault(pair[:8], value)
            if isinstance(held, set):
                held.add(value)
            elif held != value:
                since[pair[:8]] = {held, value}

    def note(self, kind: str, number: int, doc: Doc) -> None:
        """Take in a record as it is now."""
        self.add(record_pairs(kind, number, doc))
        self.renew(kind, number, due_from(kind, doc))

    def renew(self, kind: str, number: int, due: Moment | None) -> None:
        """From when on a record wants to be looked at now; None for never."""
        self.renewed[record_bytes(kind, number)] = moment_bytes(due) if due else None

    def records(self, key: str) -> list[tuple[str, int]]:
        """Kind and number of each record that has or had this key."""
        found = (_record(value) for value in self._values(key))
        return [record for record in found if record is not None]

    def due(self, until: Moment) -> list[tuple[str, int]]:
        """Kind and number of each record that wants to be looked at by then, the earliest first."""
        last = moment_bytes(until)
        found = [pair for pair in self.dues.up_to(last) if pair[8:] not in self.renewed]
        found += [at + record for record, at in self.renewed.items() if at is not None and at <= last]
        records = (_record(int.from_bytes(pair[8:], "big")) for pair in sorted(found))
        return [record for record in records if record is not None]

    def offsets(self, kind: str, number: int) -> list[int]:
        """Where a record's lines start in the log, in order."""
        return self._values(lines_key(kind, number))

    def _values(self, key: str) -> list[int]:
        wanted = key_bytes(key)
        known, held = list(self.pairs.values(wanted)), self.since.get(wanted)
        if held is None:
            return known
        return sorted({*known, *((held,) if isinstance(held, int) else held)})

    def runs(self) -> tuple[list[bytes], list[bytes]]:
        """Both runs with the tail merged in, each in pieces."""
        fresh = [at + record for record, at in self.renewed.items() if at is not None]
        return [*self.pairs.merged(self._tail())], [*self.dues.merged(fresh, but=self.renewed)]

    def _tail(self) -> Iterator[bytes]:
        for key, held in self.since.items():
            for value in (held,) if isinstance(held, int) else held:
                yield key + value.to_bytes(8, "big")


def index_of(records: Iterable[tuple[str, int, Doc]], lines: Iterable[bytes], head: Head, last: int) -> Index:
    """An index of everything there is, put in order at once; `lines` are the pairs of all log lines up to `head`."""
    index = Index(Pairs(), Pairs(), head, last)
    pairs = list(lines)
    for kind, number, doc in records:
        pairs += record_pairs(kind, number, doc)
        index.renew(kind, number, due_from(kind, doc))
    index.pairs = Pairs(run_of(pairs))
    return index


def _record(value: int) -> tuple[str, int] | None:
    """Kind and number; None for one of a kind that this program does not know."""
    place = value >> 56
    return (_KINDS[place], value & ((1 << 56) - 1)) if place < len(_KINDS) else None


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
    middle = len(raw) - meta.dues
    if not start <= middle <= len(raw) or (middle - start) % _PAIR or meta.dues % _PAIR or _crc(raw, start) != meta.crc:
        return None
    return Index(Pairs(raw, start, middle), Pairs(raw, middle), meta.head, meta.last)


def _crc(raw: bytes | mmap, start: int) -> int:
    with memoryview(raw) as view:
        return crc32(view[start:])


def save_index(files: Files, index: Index, meta: Meta) -> None:
    """Write the run up to where `meta` stands, the tail merged in; raises OSError."""
    pairs, dues = index.runs()
    crc = 0
    for piece in (*pairs, *dues):
        crc = crc32(piece, crc)
    size = sum(map(len, dues))
    about = IndexMeta(store=meta.store, gen=meta.gen, head=meta.head, last=meta.last, dues=size, crc=crc)
    files.subfolder(files.cache)
    files.replace(files.index, (msgspec.json.encode(about), b"\n", *pairs, *dues), durable=False)
