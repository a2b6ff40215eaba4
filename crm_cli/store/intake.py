"""Taking in a whole store from a file: looked through to its end before anything of it is put in place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from crm_cli.domain.errors import BadValue, Refused, Unreadable
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.check import Folded
from crm_cli.store.disk import Disk
from crm_cli.store.export import VERSION, Cover
from crm_cli.store.files import Files, saving
from crm_cli.store.line import (
    FIRST_HEAD,
    FORMAT,
    Head,
    encode,
    format_of,
    genesis_fields,
    other_format,
    rechained,
)
from crm_cli.store.log import Log
from crm_cli.store.replacement import renewed, replace_log
from crm_cli.store.state import State
from crm_cli.store.tiny import TinyStore

_cover = msgspec.json.Decoder(Cover).decode
_SETTLED = frozenset({"setting"})  # kinds of records that a store may have and still be empty


class Whole(Struct, frozen=True, kw_only=True):
    """A file that was looked through: whose store it is, and how much is in it."""

    store: str
    seq: int
    head: str
    records: int
    attached: int = 0  # how many attached files its records name; they are not in it


class Taken(Struct, frozen=True):
    """What taking it in has done: whose store it is now, where the old files are kept, and what went wrong after."""

    store: str
    kept: list[Path]
    warnings: list[str]


class Parcel:
    """A file that should hold a whole store: an export, or the history.jsonl of one."""

    def __init__(self, path: Path, name: str, disk: Disk) -> None:
        """`name` is what people are told it is called. Raises Unreadable for a file that cannot be opened."""
        self.name = name
        files = Files(path.parent, disk)
        files.log = path
        self.log = Log(files)

    def close(self) -> None:
        self.log.close()

    def looked_through(self) -> Whole:
        """Everything in it: every line, and that records can be made of them.

        Raises BadValue for a file of another kind; Unreadable, with the line, for one that is damaged or was cut, and
        for one of a newer program.
        """
        cover, start = self._beginning()
        lead_in = 1 if cover is not None else 0
        folded = Folded(self.log, start)
        try:
            for _ in folded.walk():
                pass
            folded.settle()
            attached = {one["sha256"] for one in folded.attached()}
        except Damage as damage:
            raise self._spoilt(damage.seq + lead_in, damage.reason) from damage
        except (ValueError, TypeError, AttributeError, KeyError) as odd:
            raise self._spoilt(lead_in + 1, f"records cannot be made of what follows ({odd})") from odd
        meta = folded.meta
        if folded.chain.torn or meta.seq == 0:
            raise self._spoilt(meta.seq + lead_in + 1, "the file ends in the middle of an operation: it was cut")
        if cover is not None and cover.seq != meta.seq:
            told = f"the file ends behind {meta.seq} lines of the log, and should have {cover.seq}: it was cut"
            raise self._spoilt(meta.seq + lead_in + 1, told)
        if cover is not None and (cover.store, cover.head) != (meta.store, meta.h):
            raise self._spoilt(1, "what follows is not the log that this line is about")
        if not meta.store:
            raise self._spoilt(lead_in + 1, "the log does not say whose it is")
        return Whole(store=meta.store, seq=meta.seq, head=meta.h, records=folded.count, attached=len(attached))

    def pieces(self, whole: Whole) -> Iterator[bytes]:
        """The bytes of the log in it, checked once more; raises Unreadable if it is no longer what it was."""
        _, start = self._beginning()
        chain = Chain(start)
        with suppress(Damage):
            yield from self.log.pieces(chain)
        if chain.head.h != whole.head:
            raise Unreadable(f"{self.name} was changed while it was read", "nothing was taken in; try again")

    def pieces_as_new(self, whole: Whole, store: str) -> Iterator[bytes]:
        """The same lines as the log of another store, with a chain and salts of its own."""
        h, facts = FIRST_HEAD, encode(genesis_fields(store))
        for piece in self.pieces(whole):
            lines = []
            for raw in piece.splitlines(keepends=True):  # a line feed in a text is written as an escape
                h, line = rechained(raw, h, facts if h == FIRST_HEAD else None)
                lines.append(line)
            yield b"".join(lines)

    def _beginning(self) -> tuple[Cover | None, Head]:
        """The first line if it is a cover, and where the log begins."""
        first = self.log.first_line()
        try:
            cover = _cover(first)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._must_be_a_log(first)
            return None, Head()
        if cover.crm_export > VERSION or cover.format > FORMAT:
            raise other_format(max(cover.format, FORMAT + 1))
        return cover, Head(off=len(first))

    def _must_be_a_log(self, first: bytes) -> None:
        format = format_of(first)
        if format is None:
            raise BadValue(
                f"{self.name}, line 1: this is no store that crm export all has written",
                "leads and deals in a table: crm import leads, crm import deals",
            )
        if format != FORMAT:
            raise other_format(format)

    def _spoilt(self, line: int, reason: str) -> Unreadable:
        hint = "nothing was taken in; export it again, or restore a backup: crm help storage"
        return Unreadable(f"{self.name}, line {line}: {reason}", hint)


@contextmanager
def parcel(path: Path, name: str, disk: Disk | None = None) -> Iterator[Parcel]:
    """The file, open; raises Unreadable."""
    found = Parcel(path, name, disk or Disk())
    try:
        yield found
    finally:
        found.close()


def must_be_empty(files: Files) -> None:
    """Raises Refused where the store has records; the settings that crm init makes are none."""
    if not files.exists():
        return
    state = State(files, writing=False, checked=False)
    try:
        if set(state.meta.next) - _SETTLED:
            raise Refused(
                f"the store in {files.folder} has records already ({state.meta.seq} log lines)",
                "take it into a store that is not there yet: --store DIR",
            )
    finally:
        state.close()


def take_in(store: TinyStore, found: Parcel, whole: Whole, *, as_new: bool = False) -> Taken:
    """Let the store be what is in the file, which was looked through before; all of it or nothing.

    `as_new`: the same records and their history, under another store id. Raises Refused where there are records
    already, Busy, NotSaved, Unreadable.
    """
    id = os.urandom(16).hex() if as_new else whole.store
    with store.locked(), saving():
        must_be_empty(store.files)
        kept = replace_log(store.files, found.pieces_as_new(whole, id) if as_new else found.pieces(whole))
    return Taken(store=id, kept=kept, warnings=renewed(store))
