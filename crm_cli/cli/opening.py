"""Opening the store for a program, in the place and by the name that commands would take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from crm_cli.cli.environment import config_path, default_store, login, present, system_zone, tastes
from crm_cli.cli.place import variable
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.moment import UTC, instant, read_zone
from crm_cli.house import zone_of
from crm_cli.looking import Who
from crm_cli.script.script import Script
from crm_cli.store.port import Snapshot
from crm_cli.store.tiny import TinyStore


@contextmanager
def open_crm(
    path: str | os.PathLike[str] | None = None,
    *,
    user: str | None = None,
    now: str | datetime | None = None,
    create: bool = False,
    lock_wait: float = 5.0,
    readonly: bool = False,
    dry_run: bool = False,
) -> Iterator[Script]:
    """Open a store: what is done in the block is one operation, saved when it ends well; of an exception nothing stays.

    Without `path`, `user` and `now` they are what commands take: CRM_STORE, CRM_USER and CRM_NOW, your own settings,
    then the usual place, login and clock. `create` makes a store that is not there. Others have to wait while the block
    lasts, and for them we do, at most `lock_wait` seconds; `readonly` locks nothing. With `dry_run` all is checked and
    nothing written. Raises Unreadable, Busy, BadValue, NotSaved, and what the verbs in the block refuse.
    """
    store = TinyStore(_place(path), lock_wait=lock_wait, holder="a script")
    if not create and not store.exists():
        raise Unreadable(f"there is no store in {store.files.folder}", "make one: open_crm(create=True), or crm init")
    if readonly and dry_run:
        raise BadValue("readonly and dry_run exclude one another", "to look: readonly; to try: dry_run")
    with store.read() if readonly else store.rehearse() if dry_run else store.change() as snapshot:
        crm = _desk(snapshot, user, now)
        if snapshot.seq == 0 and not readonly:
            crm.found(timezone=system_zone())
        script = Script(crm, readonly=readonly)
        try:
            yield script
            script.end()
            if not readonly and not dry_run:
                crm.commit("script")
                store.files.forget(store.files.words)  # completion learns them again
                crm.warnings += getattr(snapshot, "warnings", ())
        finally:
            script.close()


def _place(path: str | os.PathLike[str] | None) -> Path:
    if sys.platform == "win32":
        raise Unreadable("crm does not run on Windows yet", "use it in WSL, where it is tested")
    named = path or variable("CRM_STORE") or tastes(config_path(None)).get("core.store")
    return Path(named).expanduser() if named else default_store()


def _desk(snapshot: Snapshot, user: str | None, now: str | datetime | None) -> Crm:
    """The desk of the whole operation; raises BadValue for a present without a zone."""
    if isinstance(now, datetime):
        if now.tzinfo is None:
            raise BadValue(f"{now} has no zone", "give an aware datetime, or text as one types it")
        now = instant(now.astimezone(UTC))
    clock = present(now, zone_of(snapshot) if snapshot.seq else read_zone(system_zone()))
    name = user or variable("CRM_USER") or tastes(config_path(None)).get("core.user") or login()
    return Crm(snapshot, clock, Who(str(name), tuple(sys.argv)))
