"""cache/words on the disk: text for completion, rebuildable and soon stale, so written without waiting for the disk."""

from __future__ import annotations

from crm_cli.domain.errors import Unreadable
from crm_cli.store.files import Files


def load_words(files: Files) -> str | None:
    """What was written there last; None if there is nothing that can be read."""
    try:
        raw = files.mapped(files.words)
        return bytes(raw).decode() if raw else None
    except (Unreadable, UnicodeDecodeError):
        return None


def save_words(files: Files, text: str) -> None:
    """Put it there, for whoever may read the log; raises OSError, Unreadable."""
    files.subfolder(files.cache)
    files.replace(files.words, text.encode(), durable=False, like=files.log)
