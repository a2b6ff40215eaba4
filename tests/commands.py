"""Every command of the program by its path, and the examples in its help."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping

from crm_cli.cli.main import about
from crm_cli.cli.names import NOUNS, WORDS, Word

Path = tuple[str, ...]


def commands(words: Mapping[str, Word] | None = None, path: Path = ()) -> Iterator[tuple[Path, Word]]:
    """Every command with the words that name it: ("lead", "add")."""
    for word in ({**NOUNS, **WORDS} if words is None else words).values():
        here = (*path, word.name)
        if word.words is None:
            yield here, word
        else:
            yield from commands(word.words, here)


def function_of(word: Word) -> Callable[..., None]:
    """The function behind a command, as the table of names says."""
    found: Callable[..., None] = getattr(importlib.import_module(f"crm_cli.cli.{word.module}"), word.function)
    return found


def help_of(word: Word) -> str:
    """What the help of a command says above its options."""
    return about(function_of(word), word)


def examples_of(word: Word) -> list[str]:
    """The lines under `Examples:` in the help of a command."""
    return [line.strip() for line in help_of(word).partition("Examples:")[2].splitlines() if line.strip()]


COMMANDS = dict(commands())
