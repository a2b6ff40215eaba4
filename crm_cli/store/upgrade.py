"""A store of an older format becomes one of this: step by step, after a copy, in one logged operation.

There is only format 1 as yet, and so there is no step; the first change of the format adds one to STEPS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Operation
from crm_cli.store.backup import copied_as_it_is
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.files import Files, saving
from crm_cli.store.image import VERSION, BadImage, Image
from crm_cli.store.line import FORMAT, Head, OtherFormat, format_of, other_format, write_lines
from crm_cli.store.log import Log
from crm_cli.store.replacement import renewed, replace_log
from crm_cli.store.tiny import TinyStore

Step = Callable[[Iterator[bytes]], Iterator[bytes]]  # the lines of a log of one format, as those of the next

STEPS: Mapping[int, Step] = {}  # by the format that a step starts from


class Upgraded(Struct, frozen=True, kw_only=True):
    """From which format a store came, and where the copy of it lies; none where there was nothing to do."""

    before: int
    backup: Path | None = None
    warnings: list[str] = []


def format_in(files: Files) -> int:
    """The format that the store is written in.

    Raises OtherFormat for one that is newer than this program, Unreadable where nothing tells.
    """
    log = Log(files)
    try:
        found = format_of(log.first_line())
    finally:
        log.close()
    if found is None:
        raise Unreadable("history.jsonl does not say how it is written", "look with crm verify; restore a backup")
    if found > FORMAT:
        raise other_format(found)
    return found


def upgrade(store: TinyStore, operation: Operation, name: str, steps: Mapping[int, Step] = STEPS) -> Upgraded:
    """Bring the store to this program's format; `name` is what the copy of it before is called.

    Broken off at any moment, it is the old store or the new one. Raises Unreadable for a store that is newer, that
    no step leads away from, or of which a step made something that does not verify; Refused, Busy, NotSaved.
    """
    files = store.files
    with store.locked(), saving():
        before = format_in(files)
        if before == FORMAT and not _has_an_older_state(files):
            return Upgraded(before=before)
        way = _way(before, steps)
        kept = copied_as_it_is(files, files.backups / name)
        if way:
            replace_log(files, _upgraded(files, way, operation, before))
        else:
            files.disk.remove(files.state)
            files.sync_folder(files.folder)
    return Upgraded(before=before, backup=kept, warnings=renewed(store))


def _has_an_older_state(files: Files) -> bool:
    """Whether only crm.json is of an older format; it is made from the log. Raises OtherFormat for a newer one."""
    raw = files.mapped(files.state)
    try:
        Image(raw or b"")
    except BadImage:
        return False
    except OtherFormat as other:
        if other.details["format"] > VERSION:
            raise
        return True
    return False


def _way(before: int, steps: Mapping[int, Step]) -> list[Step]:
    missing = [format for format in range(before, FORMAT) if format not in steps]
    if missing:
        raise Unreadable(
            f"no way leads from format {missing[0]} to {FORMAT} in this program", "install a version that knows one"
        )
    return [steps[format] for format in range(before, FORMAT)]


def _upgraded(files: Files, way: list[Step], operation: Operation, before: int) -> Iterator[bytes]:
    """The new log: what the steps make of the old lines, and the operation that says so."""
    log = Log(files)
    try:
        lines: Iterator[bytes] = iter(log.read(0, log.size).splitlines(keepends=True))
        for step in way:
            lines = step(lines)
        made = b"".join(lines)
    finally:
        log.close()
    chain = Chain(Head())
    try:
        for _ in chain.walk(made):
            pass
    except Damage as damage:
        told = f"what the steps from format {before} make does not verify: {damage}"
        raise Unreadable(told, "nothing was changed; report it") from damage
    if chain.torn or format_of(made[: made.find(b"\n") + 1]) != FORMAT:
        told = f"what the steps from format {before} make is no whole log of format {FORMAT}"
        raise Unreadable(told, "nothing was changed; report it")
    yield made
    said = {name: getattr(operation, name) for name in Operation.__struct_fields__}
    yield write_lines(chain.head, Operation(**{**said, "facts": {"format": [before, FORMAT]}}), [])[0]
