"""What a command takes when it is said in JSON and not typed: its keys, and what may stand under each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import Parameter
from pathlib import Path
from typing import Any, get_args, get_origin

from msgspec import Struct
from typer.models import ArgumentInfo, OptionInfo

from crm_cli.cli.main import function_of
from crm_cli.cli.names import NOUNS, WORDS, Word
from crm_cli.domain.errors import BadValue

_NOT_HERE = frozenset({"init"})  # a batch works in a store that is there


class Key(Struct, frozen=True):
    """Something that may be said to a command: the parameter it is for, of which type."""

    parameter: Parameter
    kind: type  # str, int, bool or Path
    several: bool
    positive: bool = True  # whether true under this key switches the flag on

    @property
    def info(self) -> Any:
        """What the parameter says to the framework."""
        return self.parameter.annotation.__metadata__[0]

    @property
    def is_argument(self) -> bool:
        return isinstance(self.info, ArgumentInfo)


class Row(Struct, frozen=True):
    """An argument of words with two meanings, such as LEADS... RATING: `first` come those of one, then the other."""

    parameter: str
    first: str
    last: str
    single: bool  # whether the first is one word only


class Form(Struct, frozen=True):
    """Everything that may be said to a command."""

    function: Callable[..., None]
    parameters: tuple[Parameter, ...]
    keys: Mapping[str, Key]
    row: Row | None
    many: bool

    @property
    def names(self) -> list[str]:
        """Every key, as people are told what is allowed."""
        row = ("refs", self.row.first, self.row.last) if self.row else ()
        return list(dict.fromkeys((*row, *self.keys, *(("where",) if self.many else ()), "yes")))


@cache
def form_of(cmd: str) -> Form:
    """The form of a command by its name in the history; raises BadValue for one that a batch cannot carry out."""
    function = _function(cmd)
    own = tuple(one for name, one in inspect.signature(function, eval_str=True).parameters.items() if name != "desk")
    rows = [found for one in own if (found := _row(one)) is not None]
    plain = [one for one in own if not any(row.parameter == one.name for row in rows)]
    keys = {name: key for one in plain for name, key in _keys(one)}
    if not rows and (about := _about(cmd, plain)) is not None:
        keys.setdefault("refs", about)
    return Form(function, own, keys, rows[0] if rows else None, getattr(function, "many", False))


def _function(cmd: str) -> Callable[..., None]:
    words = dict(_words("", {**NOUNS, **WORDS}.values()))
    word = words.get(cmd)
    role = getattr(function_of(word), "role", "") if word is not None else ""
    if word is None or role == "carries_out" or cmd in _NOT_HERE:
        fit = [name for name, one in words.items() if getattr(function_of(one), "role", "") == "changes"]
        raise BadValue.not_one_of("command", cmd, sorted({*fit} - _NOT_HERE))
    if role != "changes":
        typed = f"crm {cmd.replace('.', ' ')}"
        raise BadValue(f"{cmd} changes no record, and a batch is for commands that do", f"run it by itself: {typed}")
    return function_of(word)


def _words(path: str, words: Iterable[Word]) -> Iterable[tuple[str, Word]]:
    for word in words:
        if word.words is None:
            yield f"{path}{word.name}", word
        else:
            yield from _words(f"{path}{word.name}.", word.words.values())


def _row(parameter: Parameter) -> Row | None:
    """The two meanings of an argument, by the words that stand for them in the usage line."""
    info: Any = parameter.annotation.__metadata__[0]
    words = (info.metavar or "").split()
    if not isinstance(info, ArgumentInfo) or len(words) != 2:
        return None
    first, last = (word.removesuffix("...").lower() for word in words)
    return Row(parameter.name, first, last, single=not words[0].endswith("..."))


def _about(cmd: str, parameters: Iterable[Parameter]) -> Key | None:
    """The argument that names the records which the command is about."""
    first = next((Key(one, *_type(one)) for one in parameters), None)
    if first is None or not first.is_argument:
        return None
    noun = cmd.partition(".")[0]
    return first if first.several or first.parameter.name == noun else None


def _keys(parameter: Parameter) -> Iterable[tuple[str, Key]]:
    """The keys of a parameter: the name of an argument, the long spellings of an option."""
    key = Key(parameter, *_type(parameter))
    info: OptionInfo | ArgumentInfo = key.info
    if isinstance(info, ArgumentInfo):
        yield parameter.name, key
        return
    for spelling in (info.default, *(info.param_decls or ())):
        on, _, off = str(spelling).partition("/")
        if on.startswith("--"):
            yield _name(on), key
        if off:
            yield _name(off), Key(parameter, key.kind, key.several, positive=False)


def _name(spelling: str) -> str:
    return spelling.removeprefix("--").replace("-", "_")


def _type(parameter: Parameter) -> tuple[type, bool]:
    """What one value is, and whether several may be given."""
    declared = get_args(parameter.annotation)[0]
    kinds = [one for one in get_args(declared) or (declared,) if one is not type(None)]
    kind: Any = declared if get_origin(declared) is list else kinds[0]
    if get_origin(kind) is list:
        return get_args(kind)[0], True
    assert kind in (str, int, bool, Path), f"{parameter.name} is of a type that no line can say"
    return kind, False
