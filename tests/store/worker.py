"""A process that works on a store until it is done or killed, and says on its standard output what is saved."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from crm_cli.domain.errors import Busy
from crm_cli.domain.history import Change
from crm_cli.store.disk import Disk
from crm_cli.store.port import Transaction
from crm_cli.store.tiny import TinyStore
from tests.store.samples import change, new_lead, operation, save


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


def leave(store: TinyStore) -> None:
    """The same, with a child that lives on; says its process number."""
    with store.change():
        child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
        child.wait()


class Stalling(Disk):
    """A disk that takes a minute to sync data."""

    def sync_data(self, fd: int) -> None:
        print("written", flush=True)
        time.sleep(60)


def stall(store: TinyStore) -> None:
    """A new lead is written and not yet saved, for a minute."""
    save(TinyStore(store.files.folder, disk=Stalling(), holder=store.holder), new_lead(2))


def insist(store: TinyStore, name: str, times: int) -> None:
    """Count up, and try again as long as somebody else is at it."""
    for _ in range(times):
        while True:
            with suppress(Busy):
                count_up(store, name, 1)
                break


if __name__ == "__main__":
    what, folder, *rest = sys.argv[1:]
    place = TinyStore(Path(folder), lock_wait=60, holder=what)
    if what in ("count", "insist"):
        {"count": count_up, "insist": insist}[what](place, rest[0], int(rest[1]))
    else:
        {"hold": hold, "leave": leave, "stall": stall}[what](place)
