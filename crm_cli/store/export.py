"""A whole store as one file of JSON lines: a line that says what follows, then the log exactly as it stands.

The first line names how many lines there must be and the hash of the last one: a file that was cut between two
operations would otherwise pass for a whole one. Without that line the file is a history.jsonl, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.files import Files
from crm_cli.store.line import FORMAT, BadLine, Head
from crm_cli.store.log import damaged
from crm_cli.store.state import State

VERSION = 1


class Cover(Struct, frozen=True, kw_only=True):
    """The first line of an exported store."""

    crm_export: int = VERSION
    format: int = FORMAT
    store: str
    seq: int  # how many lines of the log follow
    head: str  # the hash of the last of them

    def line(self) -> bytes:
        return msgspec.json.encode(self) + b"\n"


@contextmanager
def exported(files: Files) -> Iterator[tuple[Cover, Iterator[bytes]]]:
    """What the store holds now, up to the last whole operation, and its bytes in pieces of some megabytes.

    Takes no lock: what others write meanwhile is left out. Every line is checked on its way. Raises Unreadable, also
    while the pieces are read.
    """
    state = State(files, writing=False, checked=False)
    try:
        meta = state.meta
        if not meta.seq:
            raise Unreadable(f"there is nothing to export in {files.folder}", "crm init makes a store")
        cover = Cover(store=meta.store, seq=meta.seq, head=meta.h)
        yield cover, _pieces(state, cover)
    finally:
        state.close()


def _pieces(state: State, cover: Cover) -> Iterator[bytes]:
    yield cover.line()
    chain = Chain(Head())
    try:
        yield from state.log.pieces(chain, state.meta.off)
    except (Damage, BadLine) as damage:
        raise damaged(damage) from damage
    if chain.head.h != cover.head:
        raise Unreadable("history.jsonl is not the log that crm.json was made from", "look with crm verify")
