"""The seam: what any backend promises; the contract tests hold every one of them to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from mmap import mmap
from typing import Protocol

from msgspec import Struct

from crm_cli.domain.condition import Condition
from crm_cli.domain.history import Change, Doc, Entry, Operation
from crm_cli.domain.moment import Moment


class Written(Struct, frozen=True):
    """What a commit left behind: the operation's number and the last line's place in the chain."""

    tx: int
    seq: int
    head: str


class Snapshot(Protocol):
    """One committed state, unmoved by what others write meanwhile."""

    @property
    def store_id(self) -> str:
        """The random name the store was born with; "" when there is no store yet."""

    @property
    def seq(self) -> int:
        """How many log lines this state is made of."""

    @property
    def last_at(self) -> Moment:
        """The latest business time in the log; "" in an empty one."""

    @property
    def waiting(self) -> int:
        """How many log lines are not yet in the file that holds the state."""

    def get(self, kind: str, number: int) -> Doc | None:
        """One document, or None; costs no more in a large store than in a small one."""

    def scan(self, kind: str, where: Condition | None = None, fields: Sequence[str] | None = None) -> Iterator[Doc]:
        """Documents of a kind in the order of their numbers, streamed; with `fields` they hold only those."""

    def find(self, key: str) -> list[tuple[str, int]]:
        """Kind and number of every record that had this look-up key (domain/keys.py) when last written.

        A record that has since lost the key may still be among them: look at it before believing.
        """

    def due(self, until: Moment) -> list[tuple[str, int]]:
        """Kind and number of every record that wants to be looked at by that instant (`due_from` in domain/keys.py).

        The earliest first; costs no more in a large store than in a small one.
        """

    def history(self, kind: str, number: int) -> list[Entry]:
        """Every entry of one record in log order, without reading the rest of the log."""

    def log(self) -> Iterator[Entry]:
        """Every entry in log order, streamed; operation lines included (kind `operation`)."""

    def latest(self, count: int) -> list[Entry]:
        """The entries of at least the newest `count` operations, in log order, read from the end of the log."""

    def since(self, number: int) -> Iterator[Entry]:
        """Every entry from this operation on, in log order, streamed; the log before it is not read."""

    def operation(self, number: int) -> list[Entry]:
        """The entries of one operation in log order; empty if there is none with this number."""

    def next_number(self, kind: str) -> int:
        """The number the next record of this kind gets; numbers are never used twice.

        Of the kind `operation` it is the number this or the next commit gets.
        """

    def attachment(self, digest: str) -> bytes | mmap:
        """The content of an attached file by its SHA-256 in hex; raises Unreadable if it is missing or spoilt."""


class Transaction(Snapshot, Protocol):
    """A snapshot one may change; nothing is seen by others, or kept, before `commit`."""

    def apply(self, change: Change) -> Doc:
        """Make the change here and return the document; raises Conflict when it was made from another state."""

    def attach(self, digest: str, read: Callable[[], Iterable[bytes]]) -> None:
        """Let a file's content be kept under its SHA-256 in hex, before the lines of the commit that speak of it.

        Nothing is kept before that; `read` gives the bytes then. One that is there already is not kept twice. The
        commit raises Refused if they are other bytes than the digest says.
        """

    def commit(self, operation: Operation) -> Written:
        """All changes or none, on disk when this returns; raises NotSaved or OutcomeUnknown."""

    @property
    def warnings(self) -> Sequence[str]:
        """What had to be mended before this could be written, and what came after the commit but failed."""


class Store(Protocol):
    """A place with a history."""

    def read(self) -> AbstractContextManager[Snapshot]:
        """A snapshot; takes no lock and writes nothing. Raises Unreadable."""

    def change(self) -> AbstractContextManager[Transaction]:
        """The only writer until the block ends; leaving without `commit` keeps nothing. Raises Busy, Unreadable."""

    def rehearse(self) -> AbstractContextManager[Transaction]:
        """A transaction to try things in, never to commit: takes no lock and leaves every byte as it is."""
