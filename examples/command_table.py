"""The table of every command for the README, made from the table of names."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from crm_cli.cli.names import NOUNS, WORDS, Word

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- commands: python -m examples.command_table --write -->", "<!-- end of commands -->"


def rows(words: Mapping[str, Word], path: str = "crm") -> Iterator[str]:
    """One row a command, in the order of the help."""
    for word in words.values():
        if word.words is not None:
            yield from rows(word.words, f"{path} {word.name}")
        else:
            yield f"| `{path} {word.name}` | {word.help} |"


def table() -> str:
    """The whole table between its two marks."""
    return "\n".join((BEGIN, "| Command | What it does |", "|---|---|", *rows({**NOUNS, **WORDS}), END))


def write() -> None:
    """Put the table between its marks in the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + table() + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write() if "--write" in sys.argv[1:] else print(table())
