"""What a shell asks and the files for completion do not know yet: found out, answered, and kept for the next TAB."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from crm_cli.cli.answer import typed_in
from crm_cli.cli.complete import completed
from crm_cli.cli.context import Desk
from crm_cli.cli.grammar import section_of_command, section_of_common, section_of_words
from crm_cli.cli.known import (
    COMMON,
    GRAMMAR,
    Known,
    Missing,
    folder_of,
    grammar_file,
    program_stamp,
    read_grammar,
    read_words,
)
from crm_cli.cli.names import NOUNS, WORDS
from crm_cli.cli.option import Options
from crm_cli.cli.output import emit
from crm_cli.cli.place import variable
from crm_cli.cli.words import words_of

_TRIES = 6  # the common options, the words of the program, of two nouns, a command, the words of the store


def answer(shell: str, argv: list[str]) -> None:
    """Print what may be meant; nothing where nothing is known, or where anything is amiss unless CRM_DEBUG is set."""
    lines: list[str] = []
    try:
        lines = _found_out(shell, argv)
    except Exception:
        if variable("CRM_DEBUG"):
            raise
    emit(f"{line}\n" for line in lines)


def _found_out(shell: str, argv: list[str]) -> list[str]:
    folder = folder_of(typed_in(shell, argv).before)
    grammar, words = read_grammar(), read_words(folder)
    for _ in range(_TRIES):
        try:
            return completed(shell, argv, Known(grammar, words))
        except Missing as missing:
            if missing.kind == "words":
                words = _words(folder) or None
            else:
                grammar = _learnt(grammar, missing.path)
    return []


def _words(folder: str) -> str:
    """The words of a store, kept there if that can be done."""
    desk = Desk(Options(store=folder), "complete", [])
    with desk.read() as crm:
        text = words_of(crm)
        desk.keep_words(text)
    return text


def _learnt(grammar: str, path: str) -> str:
    """The grammar with one section more, which is kept if that can be done."""
    text = (grammar or f"{GRAMMAR} {program_stamp()}\n") + _section(path)
    with suppress(OSError):
        _keep(Path(grammar_file()), text)
    return text


def _section(path: str) -> str:
    if path == COMMON:
        return section_of_common()
    names = tuple(path.split())
    words = {**NOUNS, **WORDS}
    for name in names:
        word = words[name]
        if word.words is None:
            return section_of_command(names, word)
        words = dict(word.words)
    return section_of_words(names, words)


def _keep(path: Path, text: str) -> None:
    """Whole or not at all, for this person only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    passing.write_text(text, encoding="utf-8")
    passing.replace(path)
