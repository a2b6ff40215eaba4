"""A copy that can be trusted: taken while others write, verified before it counts."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..domain.errors import NotSaved, Refused
from .check import verify
from .files import FOLDER_MODE, LOG, Files, why
from .state import State


def backup(files: Files, target: Path | None, name: str, keep: int | None = None) -> Path:
    """Copy the store to a folder named by `name` under `target` (default: backups/ in the store).

    crm.json first, then the log: so the log is never the shorter one. The copy is verified and synced before
    it gets its name; with `keep`, only the newest that many copies stay. Raises NotSaved, Unreadable, Refused.
    """
    root = Files(target if target is not None else files.backups, files.disk)
    final, unfinished = root.folder / name, root.folder / f".{name}.tmp"
    if final.exists():
        raise Refused(f"{final} is there already", "wait a second, or name another folder with --to")
    try:
        root.make()
        shutil.rmtree(unfinished, ignore_errors=True)
        _write(files, unfinished)
        files.disk.replace(unfinished, final)
        root.sync_folder(root.folder)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise NotSaved(f"not backed up: {why(error)}", "make room, then try again") from error
    if keep is not None:
        _thin_out(root.folder, keep)
    return final


def _write(files: Files, folder: Path) -> None:
    """The copy under its passing name, verified."""
    files.disk.make_folder(folder, FOLDER_MODE)
    _copy(files, folder)
    verdict = verify(folder, disk=files.disk)
    if not verdict.ok:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(f"the copy did not verify: {verdict.findings[0].message}", "run crm verify on the store itself")


def _copy(files: Files, folder: Path) -> None:
    """Whole transactions only: what another writer has begun is left out."""
    copy = Files(folder, files.disk)
    state = State(files, writing=False)
    try:
        if state.image.meta.off:
            copy.replace(copy.state, bytes(state.image.raw))
        copy.replace(copy.log, state.log.read(0, state.meta.off))
    finally:
        state.close()


def _thin_out(root: Path, keep: int) -> None:
    """Forget the oldest copies; only folders that hold a store are touched."""
    copies = sorted(path for path in root.iterdir() if (path / LOG).is_file() and not path.name.startswith("."))
    for old in copies[: max(0, len(copies) - keep)]:
        shutil.rmtree(old)
