"""A whole log put in the place of the store's: whenever it is broken off, the old one is there or the new one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from crm_cli.domain.errors import CrmError
from crm_cli.store.check import rebuild
from crm_cli.store.files import LOG, Files, why
from crm_cli.store.tiny import TinyStore


def replace_log(files: Files, pieces: Iterable[bytes]) -> list[Path]:
    """Let the log be these bytes; gives where the files that were there are kept. Only under the lock.

    crm.json is taken away before: alone the old log is a whole store, and so is the new one. Raises OSError, and
    whatever `pieces` raises, in which case nothing is changed.
    """
    staged = files.folder / f".{LOG}.new.{os.getpid()}.tmp"  # swept by the next writer if this one is killed
    files.replace(staged, pieces, like=files.log)
    try:
        kept = [files.keep_aside(path.name, raw) for path in (files.log, files.state) if (raw := files.mapped(path))]
        if files.state.exists():
            files.disk.remove(files.state)
            files.sync_folder(files.folder)
        files.disk.replace(staged, files.log)
    except BaseException:
        files.forget(staged)
        raise
    files.sync_folder(files.folder)
    files.sync_parent(files.folder)
    return kept


def renewed(store: TinyStore) -> list[str]:
    """Make crm.json from a log that was just put in place; what fails here is only a warning, all is in the log."""
    try:
        rebuild(store)
    except (OSError, CrmError) as error:
        return [f"the log is in place, but crm.json could not be made from it: {why(error)}; run crm rebuild"]
    return []
