"""What completion knows: two small text files, one about the program and one about the store.

The first has sections: the words of a noun, and of each command that was completed before what can stand where. The
other, cache/words, has the newest records of a store by id and name. What is in neither raises Missing, and `learn`
finds it out. What stands there was made visible when it was written; nothing is loaded here that a TAB would wait for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from crm_cli.cli.place import cache_folder, settings_file, store_folder, variable

GRAMMAR, WORDS = "grammar 1", "words 1"  # how the two files begin
COMMON = "-"  # where the first keeps the options of every command


class Missing(Exception):
    """What is not in the files yet: the words of the store (kind `words`), or of the program, by their path."""

    def __init__(self, kind: str, path: str = "") -> None:
        super().__init__(kind, path)
        self.kind, self.path = kind, path


class Option:
    """An option as far as completing it goes."""

    __slots__ = ("help", "repeats", "values", "words")

    def __init__(self, words: str, values: str, repeats: str, help: str) -> None:
        """`values` says what may follow: `!` nothing, see `Asked.values` for all else."""
        self.words, self.values, self.repeats, self.help = words.split(","), values, bool(repeats), help

    @property
    def takes_value(self) -> bool:
        return self.values != "!"


class Known:
    """The two files, as text; "" for one that is not there."""

    def __init__(self, grammar: str, words: str | None) -> None:
        """`words` is None where there is no store."""
        self.grammar, self._words = grammar, words

    def section(self, path: str) -> list[list[str]]:
        """The lines of a noun, of a command or of the root (""), in their parts; raises Missing."""
        mark = f"\n[{path}]\n"
        start = self.grammar.find(mark)
        if start < 0:
            raise Missing("grammar", path)
        end = self.grammar.find("\n[", start + len(mark) - 1)
        lines = self.grammar[start + len(mark) : end if end >= 0 else None].split("\n")
        return [line.split("\t") for line in lines if line]

    def options(self, path: str) -> list[Option]:
        return [Option(*parts[1:]) for parts in self.section(path) if parts[0] == "o"]

    def records(self, kind: str) -> Iterator[list[str]]:
        """Id, name, what stands beside it and status of the records of a kind; raises Missing."""
        if self._words == "":
            raise Missing("words")
        for line in (self._words or "").split("\n"):
            if line.startswith(f"{kind}\t") and line.replace("\t", "").isprintable():
                parts = line.split("\t")
                if len(parts) == 5:
                    yield parts[1:]


# --- the files -----------------------------------------------------------------------------------


def program_stamp() -> str:
    """What changes whenever the program does: its version, and the times of the files that commands are read from."""
    here = os.path.dirname(os.path.abspath(__file__))
    times = count = 0
    for folder in (here, os.path.join(os.path.dirname(here), "domain")):
        with os.scandir(folder) as files:
            for file in files:
                if file.name.endswith(".py"):
                    times, count = times + file.stat().st_mtime_ns, count + 1
    return f"{here} {count} {times}"


def grammar_file() -> str:
    return os.path.join(cache_folder(), "grammar")


def read_grammar() -> str:
    """What is known of this very program; "" if it is nothing."""
    text = _read(grammar_file())
    return text if text.startswith(f"{GRAMMAR} {program_stamp()}\n") else ""


def folder_of(before: Sequence[str]) -> str:
    """The store that a command line is about: by option, variable, own settings, or the usual one."""
    for place, word in enumerate(before):
        if word == "--store" and place + 1 < len(before):
            return os.path.expanduser(before[place + 1])
        if word.startswith("--store="):
            return os.path.expanduser(word.partition("=")[2])
    return os.path.expanduser(variable("CRM_STORE") or _own_setting() or "") or store_folder()


def _own_setting() -> str | None:
    path = settings_file(None)
    text = _read(path) if path else ""
    if not text:
        return None
    import tomllib

    found = tomllib.loads(text).get("core", {}).get("store")
    return found if isinstance(found, str) else None


def read_words(folder: str) -> str | None:
    """What is known of a store; "" if it is nothing, None where there is no store."""
    text = _read(os.path.join(folder, "cache", "words"))
    if text.startswith(f"{WORDS}\n"):
        return text
    return "" if os.path.exists(os.path.join(folder, "history.jsonl")) else None


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
