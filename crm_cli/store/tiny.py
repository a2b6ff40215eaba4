"""The TinyDB store: a log that is the commit, and a TinyDB file that is the state."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import takewhile
from mmap import mmap
from pathlib import Path

from crm_cli.domain.condition import Condition
from crm_cli.domain.errors import CrmError, Refused, Unreadable
from crm_cli.domain.history import Change, Doc, Entry, Operation, applied
from crm_cli.domain.moment import Moment
from crm_cli.store.attachment import content, keep
from crm_cli.store.disk import Disk
from crm_cli.store.files import Files, saving, why
from crm_cli.store.index import save_index
from crm_cli.store.line import BadLine, Head, Lines, written
from crm_cli.store.lock import Lock, only_maker
from crm_cli.store.log import damaged
from crm_cli.store.port import Written
from crm_cli.store.state import State

WHOLE_FILE_BELOW = 4 << 20  # bytes up to which crm.json is replaced with every commit
TAIL_ENTRIES, TAIL_BYTES = 2_000, 1 << 20  # beyond which a larger one is replaced too


class TinySnapshot:
    """One committed state of the folder."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def store_id(self) -> str:
        return self._state.meta.store

    @property
    def seq(self) -> int:
        return self._state.meta.seq

    @property
    def last_at(self) -> Moment:
        return self._state.meta.last_at

    @property
    def waiting(self) -> int:
        return self._state.meta.seq - self._state.image.meta.seq

    @property
    def warnings(self) -> Sequence[str]:
        return self._state.warnings

    def get(self, kind: str, number: int) -> Doc | None:
        return self._state.doc(kind, number)

    def scan(self, kind: str, where: Condition | None = None, fields: Sequence[str] | None = None) -> Iterator[Doc]:
        self._state.must_be_sound()
        yield from self._state.database.records(kind).stream(where, fields)

    def find(self, key: str) -> list[tuple[str, int]]:
        known = self._state.meta.next  # the index may know records that came after this snapshot
        return [(kind, number) for kind, number in self._state.index().records(key) if number < known.get(kind, 1)]

    def due(self, until: Moment) -> list[tuple[str, int]]:
        known = self._state.meta.next
        return [(kind, number) for kind, number in self._state.due(until) if number < known.get(kind, 1)]

    def history(self, kind: str, number: int) -> list[Entry]:
        return self._state.history(kind, number)

    def log(self) -> Iterator[Entry]:
        return (entry for _, entry in self._state.entries())

    def latest(self, count: int) -> list[Entry]:
        return list(self.since(self._state.meta.tx - count + 1))

    def since(self, number: int) -> Iterator[Entry]:
        first = max(1, number)
        offsets = self._state.index().offsets("operation", first)
        if offsets:
            head = self._head_before(offsets[0]) if first > 1 else Head()
            yield from (entry for _, entry in self._state.entries(head))

    def operation(self, number: int) -> list[Entry]:
        return list(takewhile(lambda entry: entry.tx == number, self.since(number)))

    def _head_before(self, offset: int) -> Head:
        """The chain as it stands where an operation's first line starts, taken from the line before."""
        try:
            previous = self._state.log.line_before(offset)
        except BadLine as bad:
            raise damaged(bad) from bad
        return Head(h=previous.h, seq=previous.seq, tx=previous.tx, off=offset)

    def next_number(self, kind: str) -> int:
        meta = self._state.meta
        return meta.tx + 1 if kind == "operation" else meta.next.get(kind, 1)

    def attachment(self, digest: str) -> bytes | mmap:
        return content(self._state.files, digest)


class TinyTransaction(TinySnapshot):
    """A state one may change, under the lock."""

    def __init__(self, state: State, alone: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """`alone` is entered to commit, where the lock is not held yet: in a store that is not there yet."""
        super().__init__(state)
        self._alone = alone
        self._pending: list[Change] = []
        self._by_record: dict[tuple[str, int], Change | list[Change]] = {}  # a list for every one would take room
        self._attached: dict[str, Callable[[], Iterable[bytes]]] = {}

    def apply(self, change: Change) -> Doc:
        before = self.get(change.kind, change.number)
        kind, number = change.kind, change.number
        doc = applied(before, change, lambda: [*self.history(kind, number), *self._made_of(kind, number)])
        self._state.database.records(kind).put(number, doc)
        self._pending.append(change)
        known = self._made_of(kind, number)
        self._by_record[kind, number] = [*known, change] if known else change
        self._state.index().note(kind, number, doc)
        counters = self._state.meta.next
        counters[kind] = max(counters.get(kind, 1), number + 1)
        return self._state.database.records(kind).section()[number]

    def _made_of(self, kind: str, number: int) -> list[Change]:
        """The changes of a record that are still to be committed."""
        known = self._by_record.get((kind, number), [])
        return known if isinstance(known, list) else [known]

    def attach(self, digest: str, read: Callable[[], Iterable[bytes]]) -> None:
        self._attached[digest] = read

    def _keep_attached(self) -> None:
        with saving():
            for digest, read in self._attached.items():
                keep(self._state.files, digest, read)
        self._attached.clear()

    def commit(self, operation: Operation) -> Written:
        with self._alone():
            return self._commit(operation)

    def _commit(self, operation: Operation) -> Written:
        meta, log = self._state.meta, self._state.log
        if meta.seq == 0:
            meta.store = os.urandom(16).hex()
            operation = _founding(operation, meta.store)
        head = self._state.head()
        lines = Lines(head, operation, self._pending)
        self._keep_attached()
        log.append(lines, head)
        try:
            self._note(lines)
            if self._is_due():
                self.flush()
        except (KeyboardInterrupt, SystemExit):
            # It is saved, and so it must be said: the command goes on to its end, crm.json follows with the next.
            self._state.warnings.append("interrupted after it was saved; crm.json is renewed by the next change")
        return written(lines.head)

    def _note(self, lines: Lines) -> None:
        """Take the committed lines into the state in memory."""
        meta, after = self._state.meta, lines.head
        meta.last_at = max([meta.last_at, *(change.at for change in self._pending)])
        meta.seq, meta.tx, meta.h, meta.off = after.seq, after.tx, after.h, after.off
        self._state.note_lines(lines)
        self._pending.clear()
        self._by_record.clear()

    def _is_due(self) -> bool:
        state, image = self._state, self._state.image
        return (
            len(image.raw) < WHOLE_FILE_BELOW
            or state.lacks_index
            or state.meta.off - image.meta.off > TAIL_BYTES
            or state.meta.seq - image.meta.seq > TAIL_ENTRIES
        )

    def is_behind(self) -> bool:
        """Whether crm.json lacks something of the log, or is not what was written; or whether there is no index."""
        self._state.index()
        return self._state.image.meta.off != self._state.meta.off or self._state.lacks_index

    def flush(self) -> None:
        """Bring crm.json and the index up to the log; what fails here is only a warning, all is in the log."""
        if self._pending:
            raise Refused("there are changes that are not committed", "commit them first")
        state = self._state
        try:
            state.log.sync()
            state.keep_spoilt()
            state.files.replace(state.files.state, state.image.pieces(state.database.changed(), state.meta))
            save_index(state.files, state.index(), state.meta)
        except (OSError, CrmError) as error:
            state.warnings.append(f"saved in the log, but crm.json could not be renewed: {why(error)}")


def _founding(operation: Operation, store_id: str) -> Operation:
    fields = {name: getattr(operation, name) for name in Operation.__struct_fields__}
    return Operation(**{**fields, "starts": store_id})


class TinyStore:
    """A folder with a history."""

    def __init__(self, folder: Path, *, disk: Disk | None = None, lock_wait: float = 5.0, holder: str = "crm") -> None:
        """`lock_wait` in seconds; `holder` is the command others are told when they find it locked."""
        self.files = Files(folder, disk or Disk())
        self.lock_wait, self.holder = lock_wait, holder

    def exists(self) -> bool:
        """Whether there is a store in the folder."""
        return self.files.exists()

    @contextmanager
    def read(self) -> Iterator[TinySnapshot]:
        """A snapshot; of a folder that is not there, an empty one."""
        state = self._seen(checked=False)
        try:
            yield TinySnapshot(state)
        finally:
            state.close()

    def _seen(self, *, checked: bool) -> State:
        """What stands in the folder now, for whoever will not write; raises Unreadable."""
        try:
            return State(self.files, writing=False, checked=checked)
        except OSError as error:
            raise Unreadable(f"{self.files.folder} cannot be read: {why(error)}", "see crm help storage") from error

    @contextmanager
    def change(self) -> Iterator[TinyTransaction]:
        """The only writer until the block ends; a store that is not there is made by the commit, not before."""
        if not self.exists():
            with self._only_maker():
                if not self.exists():  # nobody was quicker while we waited
                    with self._looking(alone=self.locked) as transaction:
                        yield transaction
                    return
        with self.locked():
            with saving():
                state = State(self.files, writing=True, checked=True)
            try:
                yield TinyTransaction(state)
            finally:
                state.close()

    @contextmanager
    def _only_maker(self) -> Iterator[None]:
        """One at a time where there is no store yet: whoever comes second works in what the first has made."""
        with saving():
            made = self.files.make_parents()
        try:
            with only_maker(self.files.folder.parent, self.files.disk, wait=self.lock_wait):
                yield
        finally:
            if made and not self.exists():
                self.files.leave(made)

    @contextmanager
    def rehearse(self) -> Iterator[TinyTransaction]:
        """A transaction that must not be committed: takes no lock and leaves every byte as it is."""
        with self._looking(alone=_never) as transaction:
            yield transaction

    @contextmanager
    def _looking(self, alone: Callable[[], AbstractContextManager[None]]) -> Iterator[TinyTransaction]:
        state = self._seen(checked=True)
        try:
            yield TinyTransaction(state, alone)
        finally:
            state.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the files until the block ends; raises Busy, Unreadable, NotSaved."""
        lock = Lock(self.files.lock, self.files.disk, wait=self.lock_wait, holder=self.holder)
        with saving():
            self.files.make()
            self.files.check_folder()
            lock.acquire()
        try:
            with saving():
                self.files.sweep()
            yield
        finally:
            lock.release()


def _never() -> AbstractContextManager[None]:
    raise Refused("a rehearsal cannot be committed")
