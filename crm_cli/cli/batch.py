"""Commands from a file, carried out as one: one lock, one transaction, one operation, all or none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from crm_cli.cli.batch_line import Line, read_line
from crm_cli.cli.context import Desk
from crm_cli.cli.option import Many
from crm_cli.cli.output import Kept, emit, kept_back, tell
from crm_cli.cli.params import carries_out
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, CrmError, NotConfirmed, NotFound
from crm_cli.domain.moment import read_moment

_SHOWN = 20


class LineDesk(Desk):
    """A line of a batch at work: its desk is the one of the lines before it, and nothing is committed by it."""

    def __init__(self, batch: Desk, crm: Crm, line: Line) -> None:
        """`crm` is the desk of the whole batch."""
        yes = batch.options.yes or line.yes
        options = replace(batch.options, format=batch.format, json=False, output=None, yes=yes)
        super().__init__(options, line.cmd, batch.argv)
        self.many = Many(where=line.where)
        self.batch = crm

    @contextmanager
    def read(self) -> Iterator[Crm]:
        """The desk as the lines before left it, to look at."""
        yield self.batch.following(self.cmd)

    @contextmanager
    def change(self, on: str | None = None, cmd: str | None = None) -> Iterator[Crm]:
        """The desk as the lines before left it, to change."""
        crm = self.batch.following(cmd or self.cmd, read_moment(on, self.batch.said) if on else None)
        if crm.on is not None:
            crm.mind_the_clocks(crm.on)
        yield crm
        self.batch.joined(crm, settled=not self.options.dry_run)

    def agrees(self, question: str) -> bool:
        """Nobody is asked while others wait for the store; raises NotConfirmed."""
        if self.options.yes or self.options.dry_run:
            return True
        raise NotConfirmed(f"{question} nobody is asked in a batch", 'say so beforehand: "yes": true, or --yes')


@carries_out
def batch(
    desk: Desk,
    file: Annotated[str, typer.Argument(help="A file with a JSON object a line; - reads stdin.", show_default=False)],
) -> None:
    """Carry out commands that stand in a file, one JSON object a line: all or none, as one operation.

    A line such as {"cmd": "lead.assign", "refs": ["L3"], "to": "sam"} names a command that changes something, as the
    history does, and what it takes: options by their long names (lists for those that repeat, true for flags),
    arguments by the words in the usage line of the command, and under refs the records it is about. A line sees what
    those before it did; @last is the record made last. One that would ask needs "yes": true. More: crm help scripting.

    \b
    Examples:
      crm batch changes.jsonl --dry-run
      echo '{"cmd": "lead.assign", "refs": ["L12", "L14"], "to": "sam"}' | crm batch - --json
    """
    lines = [_read(number, text) for number, text in enumerate(_texts(file), 1)]
    with desk.change() as crm:
        answers = [_carried_out(desk, crm, line) for line in lines]
    _tell([f"line {number}: {text}" for number, one in enumerate(answers, 1) for text in map(_bare, one.told)])
    emit(_together(desk, ["".join(one.out) for one in answers]), desk.options.output)


def _texts(file: str) -> list[str]:
    """The lines of the file; raises NotFound, BadValue."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).expanduser().read_bytes()
        return raw.decode("utf-8-sig").removesuffix("\n").split("\n") if raw else []
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}", "give a file with a JSON object a line, or - for stdin") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadValue(f"line {line}: that is no UTF-8", "save the file as UTF-8", line=line) from error
    except (OSError, ValueError, AttributeError, RuntimeError) as error:
        raise BadValue(f"{file} cannot be read", "give a file with a JSON object a line, or - for stdin") from error


@contextmanager
def _in_line(number: int) -> Iterator[None]:
    """A refusal in the block says in which line of the batch it was."""
    try:
        yield
    except CrmError as error:
        error.message = f"line {number}: {error.message}"
        error.details = {**error.details, "line": number}
        raise


def _read(number: int, text: str) -> Line:
    with _in_line(number):
        return read_line(number, text)


def _carried_out(desk: Desk, crm: Crm, line: Line) -> Kept:
    """What the command of a line answers; what it had to tell before it is refused is told now."""
    with _in_line(line.number):
        try:
            with kept_back() as kept:
                line.form.function(LineDesk(desk, crm, line), **line.given)
        except CrmError:
            _tell([f"line {line.number}: {text}" for text in map(_bare, kept.told)])
            raise
    return kept


def _bare(told: str) -> str:
    """What a command told, without the name of the program."""
    return told.removeprefix("crm: ")


def _tell(lines: list[str]) -> None:
    """Lines for people, so many that they are read, then how many more there are."""
    for line in lines[:_SHOWN]:
        tell(f"crm: {line}")
    if len(lines) > _SHOWN:
        tell(f"crm: and {len(lines) - _SHOWN:,} more")


def _together(desk: Desk, answers: list[str]) -> Iterator[str]:
    """All answers as one: for scripts an array of objects, each with the number of its line first."""
    if desk.format not in ("json", "jsonl"):
        yield from answers or ["Nothing to change.\n"]
        return
    objects = [f'{{"line":{number},{text.strip()[1:]}' for number, text in enumerate(answers, 1)]
    if desk.format == "jsonl":
        yield from (f"{one}\n" for one in objects)
    else:
        yield "[" + ",\n".join(objects) + "]\n"
