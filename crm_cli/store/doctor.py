"""Looking a store over from all sides, and the repairs that can be made without losing anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from crm_cli.domain.errors import CrmError
from crm_cli.store.backup import sweep
from crm_cli.store.check import Finding, Verdict, only_files, rebuild, verify
from crm_cli.store.files import FILE_MODE, FOLDER_MODE, Files, saving
from crm_cli.store.image import BadImage, Image, Meta
from crm_cli.store.index import load_index
from crm_cli.store.line import OtherFormat
from crm_cli.store.lock import Holder, holder_of
from crm_cli.store.restore import copies
from crm_cli.store.tiny import TinyStore
from crm_cli.store.volume import file_system, free_bytes, is_shared

ROOM = 16 << 20  # bytes below which the next saves may fail
_MIDDLE = (
    "a log that is damaged in the middle or was cut is not mended by this program: what stands before it is whole, and"
    " so is the newest copy that verifies; crm restore FOLDER puts it in place and keeps what is here aside"
)


class Diagnosis(Struct, frozen=True, kw_only=True):
    """Everything that was seen, what is amiss, and the names of the repairs that are due, in their order."""

    there: bool
    verdict: Verdict | None = None
    file_system: str = ""
    free: int | None = None  # bytes
    holder: Holder | None = None
    index: str = "missing"  # missing, sound, behind or spoilt
    behind: int = 0  # log lines that crm.json does not know yet
    leftovers: tuple[Path, ...] = ()
    open_to_others: tuple[Path, ...] = ()
    last_backup: Path | None = None
    findings: tuple[Finding, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)

    @property
    def only_files(self) -> bool:
        """Whether nothing but attached files is amiss."""
        return only_files(self.findings)


def diagnose(files: Files) -> Diagnosis:
    """Look at everything; writes nothing and waits for nobody. Raises Unreadable, OSError for what cannot be seen."""
    seen = Diagnosis(there=files.exists(), file_system=file_system(files.folder), free=free_bytes(files.folder))
    if not seen.there:
        return seen
    try:
        verdict = verify(files.folder, disk=files.disk)
    except CrmError as error:
        return _with_verdict(files, seen, None, [_unreadable(error)], repairs=not isinstance(error, OtherFormat))
    return _with_verdict(files, seen, verdict, list(verdict.findings), repairs=True)


def _unreadable(error: CrmError) -> Finding:
    return Finding("error", f"{error.message} ({error.hint})" if error.hint else error.message)


def _with_verdict(
    files: Files, seen: Diagnosis, verdict: Verdict | None, findings: list[Finding], *, repairs: bool
) -> Diagnosis:
    holder = holder_of(files.lock, files.disk)
    meta = _meta(files)
    found = replace(
        seen,
        verdict=verdict,
        holder=holder,
        index=_index(files, meta, verdict),
        behind=max(0, verdict.seq - meta.seq) if verdict and meta else 0,
        leftovers=() if holder else tuple(_leftovers(files)),
        open_to_others=tuple(_open_to_others(files)),
        last_backup=next(iter(reversed(copies(files))), None),
    )
    findings += _remarks(files, found)
    due = tuple(name for name, repair in REPAIRS.items() if repairs and repair.is_due(found))
    return replace(found, findings=tuple(findings), repairs=due)


def _meta(files: Files) -> Meta | None:
    try:
        return Image(files.mapped(files.state) or b"").meta
    except (BadImage, OtherFormat):
        return None


def _index(files: Files, meta: Meta | None, verdict: Verdict | None) -> str:
    if not files.index.exists():
        return "missing"
    found = load_index(files, meta.store, meta.gen) if meta is not None else None
    if found is None:
        return "spoilt"
    return "sound" if verdict is None or found.head.seq == verdict.seq else "behind"


def _leftovers(files: Files) -> Iterator[Path]:
    """What killed writers left under passing names."""
    for folder in (files.folder, files.cache, files.quarantine, files.attachments, files.backups):
        if folder.is_dir():
            yield from sorted(path for path in folder.glob(".*.tmp"))


def _open_to_others(files: Files) -> Iterator[Path]:
    """Files and folders of the store that anybody on this machine may read or write."""
    for path in (files.folder, *_ours(files)):
        if not path.is_symlink() and path.stat().st_mode & 0o007:
            yield path


def _ours(files: Files) -> Iterator[Path]:
    kept = (files.state, files.log, files.lock, files.index, files.words, files.announced, files.remind_lock)
    yield from (path for path in kept if path.exists())
    for folder in (files.cache, files.quarantine, files.attachments, files.backups):
        if folder.is_dir():
            yield folder
            yield from folder.rglob("*") if folder != files.cache else ()


def _remarks(files: Files, found: Diagnosis) -> Iterator[Finding]:
    """What `verify` does not look at."""
    if files.folder.stat().st_mode & stat.S_IWOTH:
        yield Finding("error", f"anybody may write in {files.folder}, so nothing is saved there")
    if not os.access(files.folder, os.W_OK):
        yield Finding("warning", f"we may not write in {files.folder}: reading works, saving does not")
    if found.free is not None and found.free < ROOM:
        yield Finding("warning", f"only {found.free // 1024:,} KB are free: saving may fail soon")
    if is_shared(found.file_system):
        yield Finding("warning", f"the file system is {found.file_system}: locks may not hold between machines")
    if found.leftovers:
        yield Finding("warning", f"{len(found.leftovers)} files of killed commands are left over")
    if found.index == "spoilt":
        yield Finding("warning", "the index cannot be used; it is made again by the next change")
    if found.verdict is not None and not found.verdict.log_ok:
        yield Finding("warning", _MIDDLE)


# --- repairs -------------------------------------------------------------------------------------


class Repair(Struct, frozen=True):
    """Something that can be mended: what is told beforehand, when it is due, and how it is done."""

    what: str
    is_due: Callable[[Diagnosis], bool]
    mend: Callable[[TinyStore], str]  # gives what is told afterwards


def _tighten(store: TinyStore) -> str:
    paths = list(_open_to_others(store.files))
    for path in paths:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & (FOLDER_MODE | 0o2070 if path.is_dir() else FILE_MODE | 0o060))
    return f"took the rights of others away from {len(paths)} files and folders"


def _clear(store: TinyStore) -> str:
    before = len(list(_leftovers(store.files)))
    with store.locked():  # which sweeps
        if store.files.backups.is_dir():
            sweep(Files(store.files.backups, store.files.disk))
    return f"took {before - len(list(_leftovers(store.files)))} files of killed commands away"


def _cut(store: TinyStore) -> str:
    with store.change() as transaction:
        return "; ".join(transaction.warnings) or "there was nothing to cut"


def _rebuild(store: TinyStore) -> str:
    return f"made crm.json and the index again from {rebuild(store)} log lines"


REPAIRS: Mapping[str, Repair] = {
    "permissions": Repair(
        "take away the rights that others have to the store's files", lambda found: bool(found.open_to_others), _tighten
    ),
    "leftovers": Repair("take away what killed commands left", lambda found: bool(found.leftovers), _clear),
    "tail": Repair(
        "move the unfinished write at the end of the log to quarantine/",
        lambda found: found.verdict is not None and found.verdict.log_ok and found.verdict.torn > 0,
        _cut,
    ),
    "rebuild": Repair(
        "make crm.json and the index again from the log",
        lambda found: (
            found.verdict is not None
            and found.verdict.log_ok
            and (not found.verdict.state_ok or found.index == "spoilt")
        ),
        _rebuild,
    ),
}


def mend(store: TinyStore, name: str) -> str:
    """Carry out one repair; gives the sentence to tell. Raises Busy, NotSaved, Unreadable."""
    with saving():
        return REPAIRS[name].mend(store)
