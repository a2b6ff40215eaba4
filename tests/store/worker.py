"""A process that works on a store until it is done or killed, and says on its standard output what is saved."""

from __future__ import annotations

import sys
import time
from itertools import count
from pathlib import Path

from crm_cli.domain.history import Change
from crm_cli.store.port import Transaction
from crm_cli.store.tiny import TinyStore
from tests.store.samples import change, new_lead, operation


def add_leads(store: TinyStore) -> None:
    """One new lead after another, each acknowledged by its number."""
    for _ in count():
        with store.change() as transaction:
            number = transaction.next_number("lead")
            transaction.apply(new_lead(number))
            transaction.commit(operation())
        print(number, flush=True)


def count_up(store: TinyStore, name: str, times: int) -> None:
    """Lead 1 counts what all have done, and each has a new lead for it; says its number and the seconds it took."""
    for _ in range(times):
        begun = time.monotonic()
        with store.change() as transaction:
            number = transaction.next_number("lead")
            transaction.apply(_counted(transaction))
            transaction.apply(change(number, {f"tags.{name}": [None, True]}))
            transaction.commit(operation("lead.count"))
        print(number, time.monotonic() - begun, flush=True)


def _counted(transaction: Transaction) -> Change:
    doc = transaction.get("lead", 1)
    assert doc is not None
    done = doc["custom"]["done"]
    return change(1, {"custom.done": [done, done + 1]})


def hold(store: TinyStore) -> None:
    """The store is changed for a minute."""
    with store.change():
        print("held", flush=True)
        time.sleep(60)


if __name__ == "__main__":
    what, folder, *rest = sys.argv[1:]
    place = TinyStore(Path(folder), lock_wait=60, holder=what)
    if what == "add":
        add_leads(place)
    elif what == "hold":
        hold(place)
    else:
        count_up(place, rest[0], int(rest[1]))
