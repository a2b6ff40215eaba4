"""One line of a batch: a command as a JSON object, read and checked against what the command takes."""

from __future__ import annotations

from inspect import Parameter
from pathlib import Path
from typing import Any

from msgspec import Struct

from crm_cli.cli.batch_form import Form, Key, Row, form_of
from crm_cli.cli.option import CHANGING, COMMON, MANY, check_blanks
from crm_cli.domain.errors import BadValue

_OF_THE_BATCH = frozenset({*COMMON, *CHANGING, "as"} - {"yes"})


class Line(Struct, frozen=True):
    """A command to be carried out, and what was said to it."""

    number: int
    cmd: str
    form: Form
    given: dict[str, Any]
    where: list[str] | None
    yes: bool


def read_line(number: int, text: str) -> Line:
    """The command that a line of JSON says; raises BadValue for what it does not take."""
    said = _object(text)
    keys = {key.replace("-", "_"): value for key, value in said.items()}
    if len(keys) != len(said):
        raise BadValue("a key stands there with - and with _", "leave one of them out")
    cmd = keys.pop("cmd", None)
    if not isinstance(cmd, str):
        raise BadValue("no command is named", 'write: {"cmd": "lead.assign", "refs": ["L3"], "to": "sam"}')
    form = form_of(cmd)
    where = _value("where", keys.pop("where"), str, several=True) if form.many and "where" in keys else None
    yes = _value("yes", keys.pop("yes", False), bool)
    given = _given(cmd, form, keys, filtered=where is not None)
    check_blanks(form.parameters, given)
    return Line(number, cmd, form, given, where, yes)


def _object(text: str) -> dict[str, Any]:
    """The object of a line, numbers with a fraction as they are written; raises BadValue."""
    import json

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands there twice")
        return dict(pairs)

    def no_number(text: str) -> Any:
        raise ValueError(f"{text} is no number")

    if not text.strip():
        raise BadValue("a blank line says nothing", "leave it out: one JSON object a line")
    try:
        found = json.loads(text, object_pairs_hook=once, parse_float=str, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"that is no JSON: {error}", "one JSON object a line, and nothing else") from error
    if not isinstance(found, dict):
        raise BadValue("that is no JSON object", 'write: {"cmd": "lead.assign", "refs": ["L3"], "to": "sam"}')
    return found


# --- what is said, as the command takes it ---------------------------------------------------------


def _given(cmd: str, form: Form, keys: dict[str, Any], *, filtered: bool) -> dict[str, Any]:
    """Parameter to value; raises BadValue for a key that is unknown, missing or there under two names."""
    given: dict[str, Any] = {}
    if form.row is not None:
        given |= _words(cmd, form, form.row, keys, filtered=filtered)
    for name, value in keys.items():
        key = form.keys.get(name)
        if key is None:
            raise _unknown(name, form)
        if key.parameter.name in given:
            raise BadValue(f"{name} says again what another key says", "leave one of them out")
        given[key.parameter.name] = _said(name, value, key)
    for one in form.parameters:
        if one.default is not Parameter.empty:
            given.setdefault(one.name, one.default)
        elif one.name not in given:
            raise _missing(cmd, one.name.replace("_", " "))
    return given


def _said(name: str, value: Any, key: Key) -> Any:
    found = _value(name, value, key.kind, several=key.several)
    if key.is_argument and "-" in (map(str, found) if key.several else (str(found),)):
        raise _no_stdin(name)
    if key.kind is bool:
        return found is key.positive
    if key.kind is int:
        _must_be_between(name, found, key.info.min, key.info.max)
    return found


def _words(cmd: str, form: Form, row: Row, keys: dict[str, Any], *, filtered: bool) -> dict[str, Any]:
    """The words of an argument with two meanings, which leave `keys`."""
    names = [name for name in dict.fromkeys(("refs", row.first)) if name in keys]
    if len(names) > 1:
        raise BadValue(f"refs says again what {row.first} says", "leave one of them out")
    first = [one for name in names for one in _value(name, keys.pop(name), str, several=True)]
    if row.single and len(first) > 1:
        raise BadValue(f"{cmd} is for one at a time", "give every other one a line of its own")
    instead = any(name in keys for name in (row.last, "to", "remove") if name in form.keys)
    if row.last in keys and row.last not in form.keys:
        last = _value(row.last, keys.pop(row.last), str, several=True)
    elif instead:
        last = []
    else:
        raise _missing(cmd, row.last)
    if not first and not filtered:
        raise _missing(cmd, "refs")
    if "-" in (*first, *last):
        raise _no_stdin("refs" if "-" in first else row.last)
    return {row.parameter: [*first, *last]}


def _value(name: str, value: Any, kind: type, *, several: bool = False) -> Any:
    """A value as the command takes it; a number will do for a text, and one alone for several. Raises BadValue."""
    if several:
        return [_value(name, one, kind) for one in (value if isinstance(value, list) else [value])]
    if kind in (str, Path) and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind in (str, Path) and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    wanted = str if kind is Path else kind
    if not isinstance(value, wanted) or (kind is int and isinstance(value, bool)):
        raise BadValue(f"{name} is {_called(value)}", f"give {_NAMES[kind]}, or leave the key out")
    if isinstance(value, str) and ("\0" in value or _halves(value)):
        raise BadValue(f"{name} holds a character that is none", "write it as UTF-8")
    return Path(str(value)).expanduser() if kind is Path else value


_NAMES = {str: "a text", Path: "the path of a file", int: "a whole number", bool: "true or false"}


def _called(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "true or false", str: "a text", list: "a list", dict: "an object", int: "a number"}
    return kinds[type(value)]


def _halves(text: str) -> bool:
    """Whether a text holds half a character, as only JSON can say it."""
    return not text.isascii() and any("\ud800" <= mark <= "\udfff" for mark in text)


def _must_be_between(name: str, value: int, least: float | None, most: float | None) -> None:
    if (least is not None and value < least) or (most is not None and value > most):
        raise BadValue(f"{name} cannot be {value}", f"from {least} to {most}")


# --- refusals --------------------------------------------------------------------------------------


def _unknown(name: str, form: Form) -> BadValue:
    if name in _OF_THE_BATCH:
        return BadValue(f"{name} is for the whole batch", "say it when you call: crm batch --help")
    if name in (*MANY, *_REFUSED):
        return BadValue(f"{name} does not go with a batch", "a batch is carried out as a whole or not at all")
    return BadValue.not_one_of("key", name, form.names)


_REFUSED = ("keep_going", "rejects")


def _missing(cmd: str, what: str) -> BadValue:
    return BadValue(f"{cmd} needs {what}", f"see crm {cmd.replace('.', ' ')} --help")


def _no_stdin(name: str) -> BadValue:
    return BadValue(f"{name} cannot come from stdin in a batch", "write it into the line")
