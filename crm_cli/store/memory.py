"""A store that forgets: as strict as a file, since it keeps text and not objects."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import msgspec

from crm_cli.domain.condition import Condition
from crm_cli.domain.errors import Busy, Refused, Unreadable
from crm_cli.domain.history import Change, Doc, Entry, Operation, applied
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.keys import due_from, match_keys
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

    def __init__(
        self,
        log: bytes,
        docs: dict[str, dict[int, bytes]],
        keys: dict[str, set[tuple[str, int]]],
        files: dict[str, bytes],
    ) -> None:
        self._files = files
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

    @property
    def waiting(self) -> int:
        return 0

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

    def due(self, until: Moment) -> list[tuple[str, int]]:
        docs = [(kind, number, _decode(text)) for kind, some in self._docs.items() for number, text in some.items()]
        waiting = [(due_from(kind, doc), _ORDER.index(kind), number, kind) for kind, number, doc in docs]
        return [(kind, number) for at, _, number, kind in sorted(one for one in waiting if one[0] and one[0] <= until)]

    def history(self, kind: str, number: int) -> list[Entry]:
        return [entry for entry in self._entries if (entry.kind, entry.number) == (kind, number)]

    def log(self) -> Iterator[Entry]:
        return iter(self._entries)

    def latest(self, count: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.tx > self._head.tx - count]

    def since(self, number: int) -> Iterator[Entry]:
        return (entry for entry in self._entries if entry.tx >= number)

    def operation(self, number: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.tx == number]

    def next_number(self, kind: str) -> int:
        if kind == "operation":
            return self._head.tx + 1
        return max(self._docs.get(kind, {}), default=0) + 1

    def attachment(self, digest: str) -> bytes:
        if digest not in self._files:
            raise Unreadable(f"the attached file {digest[:12]!r} is missing")
        return self._files[digest]


class MemoryTransaction(MemorySnapshot):
    """A copy that becomes the store when it is committed."""

    def __init__(self, store: MemoryStore, *, rehearsal: bool = False) -> None:
        super().__init__(store.log, store.docs, store.keys, store.files)
        self._attached: dict[str, Callable[[], Iterable[bytes]]] = {}
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

    def attach(self, digest: str, read: Callable[[], Iterable[bytes]]) -> None:
        self._attached[digest] = read

    def _keep_attached(self) -> None:
        contents = {digest: b"".join(read()) for digest, read in self._attached.items()}
        if any(sha256(content).hexdigest() != digest for digest, content in contents.items()):
            raise Refused("the file was changed while it was read", "nothing was attached; try again")
        self._store.files.update(contents)
        self._attached.clear()

    def commit(self, operation: Operation) -> Written:
        if self._rehearsal:
            raise Refused("a rehearsal cannot be committed")
        self._keep_attached()
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
        self.files: dict[str, bytes] = {}
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
        yield MemorySnapshot(self.log, self.docs, self.keys, self.files)

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
