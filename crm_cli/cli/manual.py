"""The help of any command or noun, and the commands there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm_cli.cli.complete import ALIASES
from crm_cli.cli.main import root
from crm_cli.cli.names import NOUNS, WORDS, Word

Path = tuple[str, ...]


def commands(words: Mapping[str, Word] | None = None, path: Path = ()) -> Iterator[tuple[Path, Word]]:
    """Every command with the words that name it, in the order of the table."""
    for word in ({**NOUNS, **WORDS} if words is None else words).values():
        if word.words is None:
            yield (*path, word.name), word
        else:
            yield from commands(word.words, (*path, word.name))


def help_of(words: Sequence[str]) -> str | None:
    """What --help says of these words; None if they name no command or noun."""
    command: Any = root()
    context = command.make_context("crm", [], resilient_parsing=True)
    for name in words:
        inner = command.get_command(context, name) if hasattr(command, "get_command") else None
        if inner is None:
            return None
        context = inner.make_context(ALIASES.get(name, name), [], parent=context, resilient_parsing=True)
        command = inner
    return str(command.get_help(context))
