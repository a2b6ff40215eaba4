"""Attached files: each content once, under its SHA-256; no name from outside is ever part of a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from mmap import mmap
from pathlib import Path
from re import fullmatch
from typing import Any

from crm_cli.domain.errors import Refused, Unreadable
from crm_cli.store.files import Files


def keep(files: Files, digest: str, read: Callable[[], Iterable[bytes]]) -> None:
    """Keep a content durably, unless it is there already; raises OSError, and Refused if it has another digest."""
    path = _place(files, digest)
    is_new = not files.attachments.exists()
    files.subfolder(files.attachments)
    if is_new:
        files.sync_folder(files.folder)
    kept = files.mapped(path)
    if kept is None or sha256(kept).hexdigest() != digest:
        files.replace(path, _checked(digest, read()))


def _checked(digest: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    seen = sha256()
    for piece in pieces:
        seen.update(piece)
        yield piece
    if seen.hexdigest() != digest:
        raise Refused("the file was changed while it was read", "nothing was attached; try again")


def content(files: Files, digest: str) -> bytes | mmap:
    """The content with this digest; raises Unreadable if it is not there, or is another one."""
    kept = files.mapped(_place(files, digest))
    if kept is None:
        raise Unreadable(f"the attached file {digest[:12]} is missing", "look for it in a backup, under attachments/")
    if sha256(kept).hexdigest() != digest:
        raise Unreadable(f"the attached file {digest[:12]} is spoilt", "look for it in a backup, under attachments/")
    return kept


def digests(files: Files) -> list[str]:
    """Of everything that is kept, in order."""
    if not files.attachments.is_dir():
        return []
    return sorted(name for name in files.disk.names(files.attachments) if _is_digest(name))


def copy(files: Files, other: Files) -> None:
    """Everything that is kept and sound, to another store; raises OSError."""
    for digest in digests(files):
        try:
            kept = content(files, digest)
        except Unreadable:  # crm verify says so; the rest is copied all the same
            continue
        keep(other, digest, partial(_whole, kept))


def _whole(kept: bytes | mmap) -> Iterator[bytes]:
    yield bytes(kept)


def amiss(files: Files, doc: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the files that are attached to a record."""
    for number, one in (doc.get("attachments") or {}).items():
        try:
            content(files, str(one.get("sha256")))
        except Unreadable as error:
            yield f"{doc['id']}: attachment {number}: {error.message}"


def _place(files: Files, digest: str) -> Path:
    if not _is_digest(digest):
        raise Unreadable(f"{digest[:64]!r} is not what a file is kept under", "look with crm verify")
    return files.attachments / digest


def _is_digest(name: str) -> bool:
    return fullmatch("[0-9a-f]{64}", name) is not None
