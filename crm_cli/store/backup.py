"""A copy that can be trusted: taken while others write, verified before it counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crm_cli.domain.errors import NotSaved, Refused, Unreadable
from crm_cli.store.attachment import copy as copy_attachments
from crm_cli.store.check import verify
from crm_cli.store.files import ATTACHMENTS, FOLDER_MODE, LOG, STATE, Files, close, why
from crm_cli.store.state import State

BEFORE = "-before-"  # in the names of copies of files as they were, sound or not


def backup(files: Files, target: Path | None, name: str, keep: int | None = None) -> Path:
    """Copy the store to a folder named by `name` under `target` (default: backups/ in the store).

    crm.json first, then the log: so the log is never the shorter one. The copy is verified and synced before
    it gets its name; with `keep`, only the newest that many copies stay. An attached file that is missing or spoilt
    does not keep the rest from being copied. Raises NotSaved, Unreadable, Refused.
    """
    if target in (None, files.backups) and files.backups.is_symlink():
        raise Unreadable(f"{files.backups} is a link", f"name where it leads to: --to {files.backups.resolve()}")
    root = Files(target if target is not None else files.backups, files.disk)
    final, unfinished = root.folder / name, root.folder / f".{name}.tmp"
    if final.exists():
        raise Refused(f"{final} is there already", "wait a second, or name another folder with --to")
    try:
        root.make()
        sweep(root)
        _write(files, unfinished)
        files.disk.replace(unfinished, final)
        root.sync_folder(root.folder)
    except OSError as error:
        raise NotSaved(f"not backed up: {why(error)}", "make room, then try again") from error
    if keep is not None:
        _thin_out(root.folder, keep)
    return final


def copied_as_it_is(files: Files, final: Path) -> Path:
    """Copy crm.json and the log byte for byte, whatever is in them: before something is done to them.

    The copy gets its name when it is whole and on the disk; gives the name. Raises OSError, Refused.
    """
    root = Files(final.parent, files.disk)
    if final.exists():
        raise Refused(f"{final} is there already", "wait a second, and try again")
    root.make()
    unfinished = Files(final.with_name(f".{final.name}.tmp"), files.disk)
    files.disk.make_folder(unfinished.folder, FOLDER_MODE)
    for old, new in ((files.state, unfinished.state), (files.log, unfinished.log)):
        if (raw := files.mapped(old)) is not None:
            unfinished.replace(new, raw)
    files.disk.replace(unfinished.folder, final)
    root.sync_folder(root.folder)
    return final


def sweep(root: Files) -> None:
    """Take away copies that killed backups left; one that is still being made is locked."""
    for path in root.folder.glob(".*.tmp"):
        if not _is_mere_copy(path):
            continue
        with suppress(BlockingIOError), _locked(root, path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(root: Files, folder: Path) -> Iterator[None]:
    fd = root.disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        root.disk.lock(fd, wait=False)
        yield
    finally:
        close(root.disk, fd)


def _write(files: Files, folder: Path) -> None:
    """The copy under its passing name, verified; nothing of it is left where that fails."""
    files.disk.make_folder(folder, FOLDER_MODE)
    try:
        with _locked(files, folder):
            _copy(files, folder)
            verdict = verify(folder, disk=files.disk)
        why_not = next((one.message for one in verdict.findings if one.level == "error" and not one.of_a_file), None)
        if why_not is not None:
            raise Refused(f"the copy did not verify: {why_not}", "run crm verify on the store itself")
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _copy(files: Files, folder: Path) -> None:
    """Whole transactions only: what another writer has begun is left out."""
    copy = Files(folder, files.disk)
    state = State(files, writing=False, checked=False)
    try:
        if state.image.meta.off:
            copy.replace(copy.state, bytes(state.image.raw))
        copy.replace(copy.log, state.log.read(0, state.meta.off))
        copy_attachments(files, copy)  # after the log: whatever it speaks of was kept before
    finally:
        state.close()


def _thin_out(root: Path, keep: int) -> None:
    """Forget the oldest copies; a store that somebody works in is no mere copy, and stays."""
    copies = sorted(path for path in root.iterdir() if not path.name.startswith(".") and _is_mere_copy(path))
    for old in copies[: max(0, len(copies) - keep)]:
        shutil.rmtree(old, ignore_errors=True)


def _is_mere_copy(folder: Path) -> bool:
    """Whether there is nothing in it but the parts of a copy, finished or not."""
    if not folder.is_dir() or folder.is_symlink() or not os.access(folder, os.R_OK | os.X_OK):
        return False
    names = os.listdir(folder)
    parts = (STATE, LOG, ATTACHMENTS)
    ours = [name for name in names if name in parts or name.startswith((f".{STATE}.", f".{LOG}."))]
    return len(ours) == len(names) and (LOG in names or folder.name.startswith("."))
