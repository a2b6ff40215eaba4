"""The whole store as one file, out and in again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import is_terminal
from crm_cli.cli.export import told
from crm_cli.cli.output import emit, to_json, visible
from crm_cli.cli.params import keeps
from crm_cli.domain.errors import BadValue, NotFound, Unreadable
from crm_cli.store.attachment import digests
from crm_cli.store.export import exported
from crm_cli.store.files import why
from crm_cli.store.intake import must_be_empty, parcel, take_in

FORMATS = ("auto", "json", "jsonl")


def export_all(desk: Desk) -> None:
    """Write the whole store to one file: every record with its history.

    The first line says what follows; then comes the log as it stands, one JSON line a change. Others may go on working.

    \b
    Examples:
      crm export all -o store.jsonl
      crm export all | gzip > store.jsonl.gz
    """
    report = desk.options.json or desk.options.format == "json"
    path = desk.options.output
    if desk.options.format not in (None, *FORMATS):
        raise BadValue(f"crm export all has no format {desk.options.format}", "it writes jsonl")
    if report and path in (None, "-"):
        raise BadValue("crm export all writes JSON lines as it is", "leave --json out, or write to a file: -o FILE")
    if not desk.existing_store().exists():
        raise Unreadable(f"there is no store in {desk.place[0]}", "make one: crm init")
    seen = visible if path is None and is_terminal(sys.stdout) else str
    with exported(desk.store.files) as (cover, pieces):
        emit((seen(piece.decode()) for piece in pieces), path)
    if report:
        row = {"file": path, "store": cover.store, "seq": cover.seq, "head": cover.head}
        emit([to_json(row), "\n"])
    else:
        told(desk, cover.seq + 1, "lines")
    if count := len(digests(desk.store.files)):
        desk.warn(f"warning: {count} attached files are not in it; crm backup copies them too")


@keeps
def import_all(
    desk: Desk,
    file: Annotated[str, typer.Argument(help="What crm export all wrote; - reads stdin.", show_default=False)],
    as_new: Annotated[bool, typer.Option("--as-new", help="The same records, as a store with its own id.")] = False,
) -> None:
    """Make a store from a file that export all has written, byte for byte.

    Everything is checked before anything is put in place. A store that has records already is left alone.

    \b
    Examples:
      crm import all store.jsonl --store ~/sales/again
      crm import all store.jsonl --store ~/sales/trial --as-new
      crm export all | crm import all - --store ~/sales/third
    """
    rehearsal = desk.options.dry_run
    must_be_empty(desk.store.files)
    with _there(file) as path, parcel(path, "stdin" if file == "-" else Path(file).name) as found:
        whole = found.looked_through()
        taken = None if rehearsal else take_in(desk.store, found, whole, as_new=as_new)
    store = taken.store if taken else None if as_new else whole.store
    row = {
        "store": store,
        "seq": whole.seq,
        "records": whole.records,
        "kept": [str(one) for one in taken.kept] if taken else [],
        "dry_run": rehearsal,
    }
    verb = "Would take" if rehearsal else "Took"
    said = f"{verb} {whole.records:,} records with {whole.seq:,} log lines into {desk.place[0]}"
    show.text(desk, row, "" if desk.options.quiet else said)
    for warning in taken.warnings if taken else ():
        desk.warn(warning)
    if whole.attached:
        missing = f"warning: {whole.attached} attached files are named in it and not in it"
        desk.warn(f"{missing}; copy them to {desk.store.files.attachments}")
    if taken and taken.kept:
        desk.warn(f"the empty store that was there is kept in {', '.join(map(str, taken.kept))}")


@contextmanager
def _there(file: str) -> Iterator[Path]:
    """The file as one that can be read twice: what comes through a pipe is put down for as long as it takes."""
    path = Path(os.path.expanduser(file))
    if file != "-" and path.is_file():
        yield Path(os.path.realpath(path))
        return
    if file != "-" and not path.exists():
        raise NotFound(f"there is no file {file}", "give the path of a file that crm export all wrote, or - for stdin")
    from shutil import copyfileobj
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="crm-") as folder:
        put_down = Path(folder) / "whole.jsonl"
        try:
            there = nullcontext(sys.stdin.buffer) if file == "-" else path.open("rb")
            with there as source, put_down.open("wb") as target:
                begin = source.read(1)
                target.write(begin)
                if begin == b"{":  # else it is none of ours, and may have no end
                    copyfileobj(source, target)
        except (OSError, ValueError, AttributeError) as error:
            raise BadValue(f"{file} cannot be read: {why(error)}", "give the path of a file") from error
        yield put_down
