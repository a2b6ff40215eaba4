"""Leads, changes and operations that the tests of the store are made of."""

from __future__ import annotations

from typing import Any

from crm_cli.domain.history import Change, Doc, Fields, Operation
from crm_cli.store.check import rebuild, verify
from crm_cli.store.disk import Disk
from crm_cli.store.port import Snapshot, Store, Written
from crm_cli.store.tiny import TinyStore

NOVEMBER = "2026-11-20T10:00:00Z"
LATER = "2026-11-21T10:00:00Z"
NOW = "2026-11-22T10:00:00Z"
KINDS = ("lead", "account", "event")


class QuietDisk(Disk):
    """A disk that is never waited for, where no power is cut."""

    def sync(self, fd: int) -> None:
        pass

    def sync_data(self, fd: int) -> None:
        pass


def operation(cmd: str = "lead.add") -> Operation:
    return Operation(cmd=cmd, by="sam", recorded=NOW, argv=("crm", *cmd.split(".")))


def change(number: int, facts: Fields, at: str = LATER, **personal: list[Any]) -> Change:
    return Change(kind="lead", number=number, at=at, facts=facts, personal=personal or None)


def new_lead(number: int, at: str = NOVEMBER) -> Change:
    who: Fields = {"name": [None, f"Jürgen Müller {number}"], "emails": [None, [f"a{number}@example.com"]]}
    return Change(kind="lead", number=number, at=at, facts={"status": [None, "new"]}, personal=who)


def contacted(number: int, at: str = LATER) -> Change:
    return change(number, {"status": ["new", "contacted"]}, at)


def tagged(number: int, tag: str, at: str = LATER) -> Change:
    return change(number, {f"tags.{tag}": [None, True]}, at)


def save(store: Store, *changes: Change, cmd: str = "lead.add") -> Written:
    """One operation with these changes."""
    with store.change() as transaction:
        for one in changes:
            transaction.apply(one)
        return transaction.commit(operation(cmd))


def documents(snapshot: Snapshot) -> dict[str, Doc]:
    """Everything in the store, by id."""
    return {doc["id"]: doc for kind in KINDS for doc in snapshot.scan(kind)}


def contents(store: Store) -> dict[str, Doc]:
    """Everything a new reader sees, by id."""
    with store.read() as snapshot:
        return documents(snapshot)


def must_be_sound(store: TinyStore) -> None:
    """Nothing of all that `verify` looks at is wrong."""
    assert [finding for finding in verify(store.files.folder).findings if finding.level == "error"] == []


def must_be_made_from_the_log(store: TinyStore) -> None:
    """The next save works and leaves nothing lying about, and the log alone gives the same crm.json."""
    with store.change() as transaction:
        number = transaction.next_number("lead")
        transaction.apply(new_lead(number))
        transaction.commit(operation())
        transaction.flush()
    before = store.files.state.read_bytes()
    rebuild(store)
    assert store.files.state.read_bytes() == before
    must_be_sound(store)
    assert list(store.files.folder.rglob(".*.tmp")) == []
