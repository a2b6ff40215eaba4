"""Going back to a copy: compared with what is there first, and what is there is kept."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from crm_cli.domain.errors import BadValue, NotFound, Refused, Unreadable
from crm_cli.store.attachment import copy as copy_attachments
from crm_cli.store.backup import BEFORE
from crm_cli.store.check import Verdict, verify
from crm_cli.store.files import Files, saving
from crm_cli.store.intake import Parcel, Whole
from crm_cli.store.line import OtherFormat
from crm_cli.store.log import Log
from crm_cli.store.replacement import renewed, replace_log
from crm_cli.store.state import State
from crm_cli.store.tiny import TinyStore


class Known(Struct, frozen=True, kw_only=True):
    """What the store that would be replaced knows, as far as it can be told."""

    store: str = ""  # "" where there is none, or nothing tells
    seq: int = 0
    head: str = ""
    trouble: str = ""  # why it cannot be read, if so


class Copy(Struct, frozen=True, kw_only=True):
    """A copy that verified, beside what is in the place where it should go."""

    folder: Path
    whole: Whole
    known: Known
    adds: bool  # whether the copy holds everything that is there now
    erased_since: tuple[str, ...] = ()  # ids of people who were erased after the copy was made


class Restored(Struct, frozen=True):
    """Where the old files are kept, and what went wrong after the copy was in place."""

    kept: list[Path]
    warnings: list[str]


def looked_at(folder: Path, files: Files) -> Copy:
    """The copy and the store it would replace; neither is touched.

    Raises NotFound where there is no copy, BadValue for the store itself, Unreadable for a copy that does not verify
    and a store of another version.
    """
    if Path(os.path.realpath(folder)) == files.folder:
        raise BadValue(f"{folder} is the store itself", "name a copy: ls the folder of backups")
    if not Files(folder, files.disk).log.exists():
        raise NotFound(f"there is no copy of a store in {folder}", "name a folder that crm backup has made")
    known = _known(files)
    verdict = verify(folder, known.head or None, files.disk)
    _must_be_sound(folder, verdict)
    whole = Whole(store=verdict.store, seq=verdict.seq, head=verdict.head, records=verdict.records)
    adds = not known.seq or verdict.anchor_seen is True
    return Copy(folder=folder, whole=whole, known=known, adds=adds, erased_since=_erased_since(files, whole, known))


def _must_be_sound(folder: Path, verdict: Verdict) -> None:
    wrong = [one.message for one in verdict.findings if one.level == "error" and not one.of_a_file]
    if not verdict.seq:
        wrong.append("there is nothing in it")
    if wrong:
        mendable = verdict.log_ok and not verdict.state_ok
        way_on = f"run: crm rebuild --store {folder}" if mendable else "choose another copy"
        raise Unreadable(f"the copy in {folder} does not verify: {wrong[0]}", way_on)


def must_fit(copy: Copy, *, older: bool) -> None:
    """Raises Refused for the copy of another store, and for one that knows less, unless `older` ones are wanted."""
    whole, known = copy.whole, copy.known
    if known.store and known.store != whole.store:
        raise Refused(
            f"the copy is of store {whole.store}, but the one that is here is {known.store}",
            "restore it elsewhere: --store DIR",
        )
    if not copy.adds and not older and not known.trouble:
        raise Refused(
            f"the store knows more than the copy: {known.seq} log lines of store {known.store}, against {whole.seq}",
            "to go back all the same (what is here is kept aside): --older",
        )


def restore(store: TinyStore, copy: Copy, *, older: bool) -> Restored:
    """Put the copy in the place of the store; whenever it is broken off, the old one is there or the new one.

    Raises what `looked_at` and `must_fit` raise, should others have written meanwhile; Busy, NotSaved.
    """
    parcel = Parcel(copy.folder / store.files.log.name, str(copy.folder), store.files.disk)
    try:
        with store.locked(), saving():
            if _known(store.files) != copy.known:
                must_fit(looked_at(copy.folder, store.files), older=older)
            copy_attachments(Files(copy.folder, store.files.disk), store.files)
            kept = replace_log(store.files, parcel.pieces(copy.whole))
    finally:
        parcel.close()
    return Restored(kept, renewed(store))


def _known(files: Files) -> Known:
    """What is there now; raises OtherFormat, for nothing is written over that cannot be read at all."""
    if not files.exists():
        return Known()
    try:
        state = State(files, writing=False, checked=False)
    except OtherFormat:
        raise
    except (OSError, Unreadable) as error:
        return Known(store=_name_of(files), trouble=str(error))
    try:
        return Known(store=state.meta.store, seq=state.meta.seq, head=state.meta.h if state.meta.seq else "")
    finally:
        state.close()


def _name_of(files: Files) -> str:
    try:
        log = Log(files)
    except Unreadable:
        return ""
    try:
        return log.store_id()
    finally:
        log.close()


def _erased_since(files: Files, whole: Whole, known: Known) -> tuple[str, ...]:
    """People whose erasure the copy knows nothing of: with it they come back."""
    if known.seq <= whole.seq or known.store != whole.store:
        return ()
    state = State(files, writing=False, checked=False)
    try:
        since = (entry for _, entry in state.entries() if entry.seq > whole.seq and entry.cmd.endswith(".erase"))
        return tuple(dict.fromkeys(entry.id for entry in since if entry.kind != "operation"))
    finally:
        state.close()


def copies(files: Files) -> list[Path]:
    """The copies in the store's own folder of backups, the newest last; not those made before something was mended."""
    if not files.backups.is_dir():
        return []
    found = [path for path in files.backups.iterdir() if not path.name.startswith(".") and BEFORE not in path.name]
    return sorted(path for path in found if Files(path, files.disk).log.exists())
