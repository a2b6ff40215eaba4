"""Every command is there, says what it does, shows how it is typed, and stands in the README."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from crm_cli.cli.names import NOUNS, WORDS, Word
from crm_cli.cli.option import CHANGING, COMMON, LISTING
from tests.commands import COMMANDS, examples_of, function_of, help_of
from tests.typed import Typed

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "crm_cli" / "help"
WIDEST = 100  # columns

every_command = pytest.mark.parametrize("path", COMMANDS, ids=".".join)


def nouns(words: dict[str, Word], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Word]:
    """Every word that has words of its own, by its path."""
    found: dict[tuple[str, ...], Word] = {}
    for word in words.values():
        if word.words is not None:
            found[*path, word.name] = word
            found |= nouns(dict(word.words), (*path, word.name))
    return found


@every_command
def test_a_command_has_a_function_that_takes_the_desk_first(path: tuple[str, ...]) -> None:
    names = list(inspect.signature(function_of(COMMANDS[path])).parameters)

    assert names[0] == "desk"


@every_command
def test_the_line_in_the_list_opens_the_help_of_the_command(path: tuple[str, ...]) -> None:
    line = COMMANDS[path].help
    first = help_of(COMMANDS[path]).splitlines()[0]

    assert line.endswith(".")
    assert first == line or first.startswith(tuple(line[:-1] + mark for mark in " ,;:."))
    assert first.endswith(".")


@every_command
def test_a_command_shows_how_it_is_typed(path: tuple[str, ...]) -> None:
    typed = [line for line in examples_of(COMMANDS[path]) if line.startswith("crm ") or " | crm " in line]

    assert len(typed) >= 2
    assert any(" ".join(("crm", *path)) in line for line in typed)


@every_command
def test_the_help_of_a_command_fits_the_screen(
    path: tuple[str, ...], crm: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    seen = crm.ok([*path, "--help"])

    assert max(map(len, seen.out.splitlines())) <= WIDEST
    assert "\b" not in seen.out
    assert not seen.err


@pytest.mark.parametrize("path", [(), *nouns({**NOUNS, **WORDS})], ids=lambda path: " ".join(("crm", *path)))
def test_a_noun_lists_its_words_when_nothing_follows_it(path: tuple[str, ...], crm: Typed) -> None:
    words = nouns({**NOUNS, **WORDS})[path].words if path else {**NOUNS, **WORDS}

    seen = crm(list(path))

    assert seen.code == 2
    assert all(f"  {name} " in seen.out for name in words or ())
    assert crm.ok([*path, "--help"]).out.split() == seen.out.split()


def said_of(annotation: Any) -> Any:
    """What Typer is told about a parameter."""
    assert get_origin(annotation) is not None, annotation
    return next(one for one in get_args(annotation)[1:] if hasattr(one, "help"))


@every_command
def test_every_option_and_argument_says_what_it_is_for(path: tuple[str, ...]) -> None:
    signature = inspect.signature(function_of(COMMANDS[path]), eval_str=True)

    for name, parameter in signature.parameters.items():
        if name != "desk":
            assert said_of(parameter.annotation).help, name


@pytest.mark.parametrize("name", [*COMMON, *CHANGING, *LISTING])
def test_every_common_option_is_explained_in_a_topic(name: str) -> None:
    parameter = (COMMON | CHANGING | LISTING)[name]
    said = said_of(parameter.annotation)
    words = [word for word in (said.default, *said.param_decls) if str(word).startswith("--")]
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md"))

    assert said.help
    assert any(word in pages for word in words), words


def test_a_word_that_is_no_command_is_answered_with_those_there_are(crm: Typed) -> None:
    seen = crm("leed list")

    assert seen.code == 2
    assert "did you mean crm lead?" in seen.err


def test_the_readme_lists_every_command() -> None:
    script = [sys.executable, "-m", "examples.command_table"]

    table = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert table.stdout.strip() in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "write it anew: python -m examples.command_table --write"
    )


def told_to_type() -> list[tuple[str, str]]:
    """Every `crm ...` in a text of the program or on a help page, with where it stands."""
    found: list[tuple[str, str]] = []
    for path in sorted((ROOT / "crm_cli").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str]
        found += [(path.name, said) for text in texts for said in _SAID.findall(text)]
    for path in [*PAGES.glob("*.md"), ROOT / "README.md"]:
        found += [(path.name, said) for said in _SAID.findall(path.read_text(encoding="utf-8"))]
    return found


# Where a command may be named: at the beginning of a text or a line, in backquotes, or behind a colon or `run`.
_SAID = re.compile(
    r"(?:^|`|: |run |see |with |ask |[$|;,] )crm (?!does not)((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)", re.MULTILINE
)


def test_people_are_told_to_type_only_commands_that_there_are() -> None:
    unknown = {(where, said) for where, said in told_to_type() if not _is_command(said.split())}

    assert len(told_to_type()) > 200
    assert not unknown


def _is_command(words: list[str], known: Mapping[str, Word] | None = None) -> bool:
    """Whether the words begin with those of a command; a noun may stand alone."""
    known = {**NOUNS, **WORDS} if known is None else known
    word = known.get({"ls": "list", "rm": "delete"}.get(words[0], words[0]))
    return word is not None and (word.words is None or len(words) == 1 or _is_command(words[1:], word.words))
