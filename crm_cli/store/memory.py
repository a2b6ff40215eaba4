"""A store that forgets: as strict as a file, since it keeps text and not objects."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from crm_cli.domain.condition import Condition
from crm_cli.domain.errors import Busy, Refused
from crm_cli.domain.history import Change, Doc, Entry, Operation, applied
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.keys import match_keys
from crm_cli.domain.moment import Moment
from crm_cli.store.chain import Chain
from crm_cli.store.line import Head, encode, to_entry, write_lines, written
from crm_cli.store.port import Written

_ORDER = tuple(LETTERS)
_OF_THE_STORE = frozenset({"operation", "store"})
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class MemorySnapshot:
    """What the store held when it was asked."""

    warnings: Sequence[str] = ()

    def __init__(self, log: bytes, docs: dict[str, dict[int, bytes]], keys: dict[str, set[tuple[str, int]]]) -> None:
        self._docs = {kind: dict(some) for kind, some in docs.items()}
        self._keys = defaultdict(set, {key: set(found) for key, found in keys.items()})
        chain = Chain(Head())
        self._entries = [to_entry(line) for _, line in chain.walk(log)]
        self._head = chain.head

    @property
    def store_id(self) -> str:
        return str(self._entries[0].facts["store"][1]) if self._entries else ""

    @property
    def seq(self) -> int:
        return self._head.seq

    @property
    def last_at(self) -> Moment:
        return max((entry.at for entry in self._entries if entry.kind not in _OF_THE_STORE), default="")

    def get(self, kind: str, number: int) -> Doc | None:
        text = self._docs.get(kind, {}).get(number)
        return _decode(text) if text is not None else None

    def scan(self, kind: str, where: Condition | None = None, fields: Sequence[str] | None = None) -> Iterator[Doc]:
        for number in sorted(self._docs.get(kind, {})):
            doc = _decode(self._docs[kind][number])
            if where is None or where.matches(doc):
                yield {name: doc[name] for name in fields if name in doc} if fields is not None else doc

    def find(self, key: str) -> list[tuple[str, int]]:
        return sorted(self._keys.get(key, ()), key=lambda record: (_ORDER.index(record[0]), record[1]))

    def history(self, kind: str, number: int) -> list[Entry]:
        return [entry for entry in self._entries if (entry.kind, entry.number) == (kind, number)]

    def log(self) -> Iterator[Entry]:
        return iter(self._entries)

    def latest(self, count: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.tx > self._head.tx - count]

    def operation(self, number: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.tx == number]

    def next_number(self, kind: str) -> int:
        if kind == "operation":
            return self._head.tx + 1
        return max(self._docs.get(kind, {}), default=0) + 1


class MemoryTransaction(MemorySnapshot):
    """A copy that becomes the store when it is committed."""

    def __init__(self, store: MemoryStore, *, rehearsal: bool = False) -> None:
        super().__init__(store.log, store.docs, store.keys)
        self._store, self._rehearsal = store, rehearsal
        self._pending: list[Change] = []

    def apply(self, change: Change) -> Doc:
        kind, number = change.kind, change.number

        def earlier() -> list[Change]:
            mine = [known for known in self._pending if (known.kind, known.number) == (kind, number)]
            return [*self.history(kind, number), *mine]

        doc = applied(self.get(kind, number), change, earlier)
        text = self._docs.setdefault(kind, {})[number] = encode(doc)
        for key in match_keys(kind, doc):
            self._keys[key].add((kind, number))
        self._pending.append(change)
        return _decode(text)

    def commit(self, operation: Operation) -> Written:
        if self._rehearsal:
            raise Refused("a rehearsal cannot be committed")
        if not self._head.seq:
            operation = msgspec.structs.replace(operation, starts="0" * 32)
        raw, head = write_lines(self._head, operation, self._pending)
        self._store.keep(raw, self._docs, self._keys)
        self._entries += [to_entry(line) for _, line in Chain(self._head).walk(raw)]
        self._head = head
        self._pending.clear()
        return written(head)


class MemoryStore:
    """One process's store."""

    def __init__(self, *, lock_wait: float = 5.0) -> None:
        """`lock_wait` in seconds."""
        self.lock_wait = lock_wait
        self.log = b""
        self.docs: dict[str, dict[int, bytes]] = {}
        self.keys: dict[str, set[tuple[str, int]]] = {}
        self._lock = threading.Lock()

    def exists(self) -> bool:
        """Whether anything was ever written."""
        return bool(self.log)

    def keep(self, raw: bytes, docs: dict[str, dict[int, bytes]], keys: dict[str, set[tuple[str, int]]]) -> None:
        """Let these lines be added, and these be the documents and keys from now on."""
        self.log += raw
        self.docs = {kind: dict(some) for kind, some in docs.items()}
        self.keys = {key: set(found) for key, found in keys.items()}

    @contextmanager
    def read(self) -> Iterator[MemorySnapshot]:
        """A snapshot."""
        yield MemorySnapshot(self.log, self.docs, self.keys)

    @contextmanager
    def change(self) -> Iterator[MemoryTransaction]:
        """The only writer until the block ends."""
        if not self._lock.acquire(timeout=self.lock_wait):
            raise Busy("the store is busy", "try again")
        try:
            yield MemoryTransaction(self)
        finally:
            self._lock.release()

    @contextmanager
    def rehearse(self) -> Iterator[MemoryTransaction]:
        """A transaction that must not be committed."""
        yield MemoryTransaction(self, rehearsal=True)
