"""Files that belong to a claim: attached, listed, got out again."""

from __future__ import annotations

import os
import stat
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from msgspec import Struct

from crm_cli.cli import show
from crm_cli.cli.claim_rows import FILE, file_row, size
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import is_terminal
from crm_cli.cli.output import emit, emit_bytes, one_line, to_json
from crm_cli.cli.params import ClaimRef, changes, option
from crm_cli.cli.view import local
from crm_cli.domain.attachment import HEAD, Attachment, media_type, must_fit
from crm_cli.domain.claim import Claim
from crm_cli.domain.errors import BadValue, NotFound

COLUMNS = ("number", "name", "size", "media_type", "at", "by")
_CHUNK = 1 << 20


class Content(Struct, frozen=True):
    """A file as it was looked at: its name in text, its digest and how it begins."""

    path: Path
    name: str
    size: int
    sha256: str
    head: bytes

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, read once more; raises NotFound, BadValue."""
        with _opened(self.path) as file:
            yield from iter(lambda: file.read(_CHUNK), b"")


@changes
def attach(
    desk: Desk,
    claim: ClaimRef,
    files: Annotated[list[Path], typer.Argument(help="The files.", metavar="FILES...", show_default=False)],
    name: Annotated[str | None, option("--name", "What the one file is to be called.")] = None,
) -> None:
    """Attach files to a claim: they are copied into the store, each content once.

    \b
    Examples:
      crm claim attach CL2 photo.jpg
      crm claim attach CL2 report.txt --name "Inspection.txt"
    """
    if name is not None and len(files) > 1:
        raise BadValue("--name is for one file", "attach them one by one")
    contents = [_looked_at(path, name) for path in files]  # before anybody has to wait for us
    with desk.change() as crm:
        found = crm.claims.find(claim)
        for one in contents:
            crm.transaction.attach(one.sha256, one.pieces)
            found = found.attach(_attachment(one, crm.at, crm.who.user))
        crm.save(found)

    def say(was: Claim, now: Claim) -> str:
        new = [f"{one.number} {one.name} ({size(one.size)})" for one in now.files[len(was.files) :]]
        return f"Attached to {now.id} {now.name}: {', '.join(new)}"

    show.changed(desk, crm, say)


def _attachment(content: Content, at: str, by: str) -> Attachment:
    kind = media_type(content.name, content.head)
    return Attachment(
        number=0, name=content.name, sha256=content.sha256, size=content.size, media_type=kind, at=at, by=by
    )


def _looked_at(path: Path, name: str | None) -> Content:
    """Raises NotFound for a file that is not there, BadValue for a folder, device or pipe, and one too large."""
    called = os.fsencode(name if name is not None else path.name).decode("utf-8", errors="replace").strip()
    if not called:
        raise BadValue("a file needs a name", '--name "photo.jpg"')
    with _opened(path) as file:
        head, digest, count = b"", sha256(), 0
        for piece in iter(lambda: file.read(_CHUNK), b""):
            head = head or piece[:HEAD]
            digest.update(piece)
            count += len(piece)
            must_fit(str(path), count)
    return Content(path, called, count, digest.hexdigest(), head)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadValue(f"{path} is not a plain file", "name a file, no folder, device or pipe")
            yield file
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}", "look with: ls") from error
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {error.strerror}", "name another file") from error


def attachments(desk: Desk, claim: ClaimRef) -> None:
    """List the files that are attached to a claim.

    \b
    Examples:
      crm claim attachments CL2
      crm claim attachments CL2 --json
    """
    with desk.read() as crm:
        rows = [file_row(one) for one in crm.claims.find(claim).files]
        if desk.format in show.HUMAN:
            rows = [{**row, "size": size(row["size"]), "at": local(row["at"], crm)} for row in rows]
    show.rows(desk, rows, COLUMNS, FILE, empty="Nothing is attached.")


def attachment(
    desk: Desk,
    claim: ClaimRef,
    file: Annotated[str, typer.Argument(help="Which one: its number or name.", metavar="FILE", show_default=False)],
) -> None:
    """Get an attached file out again: to the file that -o names, or to a pipe.

    Its own name is never used as a path. With --json and no -o the content comes as base64.

    \b
    Examples:
      crm claim attachment CL2 1 -o copy.jpg
      crm claim attachment CL2 photo.jpg --json
    """
    target = desk.options.output if desk.options.output != "-" else None
    wants_json = desk.format in ("json", "jsonl")
    if target is None and not wants_json and is_terminal(sys.stdout):
        raise BadValue("a terminal shows no files", f"say where to: crm claim attachment {claim} {file} -o FILE")
    with desk.read() as crm:
        found = crm.claims.find(claim).find_attachment(file)
        raw = bytes(crm.snapshot.attachment(found.sha256))
    if target is not None or not wants_json:
        emit_bytes(raw, target)
    if wants_json:
        content = b64encode(raw).decode() if target is None else None
        emit([to_json({**file_row(found), "output": target, "content": content}), "\n"])
    elif target is not None and not desk.options.quiet:
        emit([one_line(f"Wrote {found.name} ({size(found.size)}) to {target}") + "\n"])
