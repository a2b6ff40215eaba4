"""A very small shell that runs the lines of our pages in process: pipes, files, variables and comments, no more."""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from crm_cli.cli.main import main

_CRON = re.compile(r"(?:[\d*/,-]+ +){5}(?=crm )")
_ASSIGNMENT = re.compile(r"(\w+)=\$\((.+)\)")
_VARIABLE = re.compile(r"\$(\w+)")


class Told(Struct, frozen=True):
    """What a line printed, both streams as they come on the screen, and its exit code."""

    screen: str
    out: str
    code: int


class Shell:
    """Runs lines as they stand in a page, in one folder and with variables of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables: dict[str, str] = {}
        self.refused: list[str] = []  # the lines that did not end with exit code 0

    def run(self, line: str) -> Told:
        """One line; of programs that are not ours only echo is known, others end the line unharmed."""
        line = _CRON.sub("", line.removeprefix("$ "))
        if assigned := _ASSIGNMENT.fullmatch(line):
            told = self.run(assigned[2])
            self.variables[assigned[1]] = told.out.strip()
            return Told("", "", told.code)
        line = _VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), line)
        told = self._line(line)
        if told.code:
            self.refused.append(line)
        return told

    def _line(self, line: str) -> Told:
        told = Told("", "", 0)
        for step in _split(_words(line.replace("/mnt/", f"{self.folder}/mnt/")), "|"):
            told = self._step(step, told)
        return told

    def _step(self, words: list[str], before: Told) -> Told:
        if "||" in words:  # what follows is for the case that fails
            words = words[: words.index("||")]
        words, target = _redirected(words)
        if words[0] == "echo":
            return Told(before.screen, " ".join(words[1:]) + "\n", 0)
        if words[0] != "crm":
            return before
        told = self._crm(words[1:], before.out)
        if target is None:
            return told
        path = self.folder / Path(target).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told.out, encoding="utf-8")
        return Told("", "", told.code)

    def _crm(self, argv: list[str], stdin: str) -> Told:
        kept = Path.cwd()
        os.chdir(self.folder)
        try:
            with _streams(stdin) as (screen, out):
                code = main(argv)
        finally:
            os.chdir(kept)
        return Told(screen.getvalue(), out.getvalue(), code)


def _words(line: str) -> list[str]:
    reader = shlex.shlex(line, posix=True, punctuation_chars="|>")
    reader.whitespace_split = True
    return list(reader)


def _split(words: list[str], mark: str) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word == mark:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _redirected(words: list[str]) -> tuple[list[str], str | None]:
    """The words without `> FILE`, and the file."""
    if ">" not in words:
        return words, None
    place = words.index(">")
    return words[:place], words[place + 1]


class _Copied(io.StringIO):
    """A stream whose text is also seen on the screen."""

    def __init__(self, screen: io.StringIO) -> None:
        super().__init__()
        self.screen = screen

    def write(self, text: str) -> int:
        self.screen.write(text)
        return super().write(text)


@contextmanager
def _streams(stdin: str) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Screen and stdout of what is done in the block."""
    kept = sys.stdin, sys.stdout, sys.stderr
    screen = io.StringIO()
    out, err = _Copied(screen), _Copied(screen)
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    try:
        yield screen, out
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept
