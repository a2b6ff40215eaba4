"""The whole program as data: commands, options, records, codes, settings; for programs that use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from crm_cli import __version__
from crm_cli.cli import show
from crm_cli.cli.about import rows_of, topics
from crm_cli.cli.context import FORMATS, OF_TEXTS, Desk
from crm_cli.cli.environment import TASTES
from crm_cli.cli.grammar import RECORDS, Part, common_parts, is_common, parts_of
from crm_cli.cli.main import about, function_of
from crm_cli.cli.manual import Path, commands
from crm_cli.cli.names import Word
from crm_cli.cli.params import tells
from crm_cli.cli.view import Row, names_of
from crm_cli.domain.condition import ALIASES, GROUPS, OPERATORS
from crm_cli.domain.errors import BadValue, CrmError, Exit
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.moment import DAY_WORDS, DURATIONS, EXAMPLES
from crm_cli.domain.record import fields_of, personal_fields
from crm_cli.domain.setting import RULES
from crm_cli.looking import KINDS

_TYPES = {str: "text", int: "number", list: "list"}


@tells
def schema(
    desk: Desk,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Only the commands that begin so.", metavar="COMMAND", show_default=False),
    ] = None,
) -> None:
    """Tell programs what there is: commands, options, fields, codes. Names stay, new ones are added.

    \b
    Examples:
      crm schema --json
      crm schema lead assign --json
    """
    wanted = tuple(words or ())
    found = [(path, word) for path, word in commands() if path[: len(wanted)] == wanted]
    if not found:
        known = [" ".join(path) for path, _ in commands()]
        raise BadValue.not_one_of("command", " ".join(wanted), known)
    told = [_command(path, word) for path, word in found]
    row = {"commands": told} if wanted else _whole(told)
    show.text(desk, row, "\n".join(_lines(row)))


def _whole(told: list[Row]) -> Row:
    return {
        "crm": __version__,
        "commands": told,
        "common_options": [_option(part) for part in common_parts()],
        "records": [_record(kind) for kind in RECORDS],
        "ids": [{"letters": letters, "kind": kind} for kind, letters in LETTERS.items()],
        "exit_codes": [_exit_code(int(code), said) for code, said in rows_of("exit-codes") if code.isdigit()],
        "formats": [_format(name, said) for name, said in rows_of("formats") if name in FORMATS],
        "settings": [_setting(key) for key in RULES],
        "tastes": [{"key": key, "help": text} for key, text in TASTES.items()],
        "environment": [{"name": name, "help": said} for name, said in _variables()],
        "filters": _filters(),
        "dates": {"days": list(DAY_WORDS), "examples": EXAMPLES.split(", "), "durations": DURATIONS.split(", ")},
        "topics": [{"name": name, "help": line} for name, line in topics().items()],
    }


def _command(path: Path, word: Word) -> Row:
    function = function_of(word)
    told = about(function, word)
    parts = parts_of(path, word)
    return {
        "name": " ".join(path),
        "help": told.splitlines()[0],
        "role": getattr(function, "role", ""),
        "many": bool(getattr(function, "many", False)),
        "arguments": [_argument(part) for part in parts if part.is_argument],
        "options": [_option(part) for part in parts if not part.is_argument and not is_common(part)],
        "examples": [line.strip() for line in told.partition("Examples:")[2].splitlines() if line.strip()],
    }


def _argument(part: Part) -> Row:
    return {
        "name": part.metavar,
        "help": part.help,
        "required": part.required,
        "repeatable": part.repeats,
        "choices": list(part.choices),
        "refers_to": list(part.points_to),
    }


def _option(part: Part) -> Row:
    return {
        "name": part.name,
        "short": next((word for word in part.words if word[:2] != "--"), None),
        "off": part.off[0] if part.off else None,
        "metavar": part.metavar,
        "help": part.help,
        "required": part.required,
        "repeatable": part.repeats,
        "choices": list(part.choices),
        "refers_to": list(part.points_to),
        "environment": part.variable,
    }


def _record(kind: str) -> Row:
    cls = KINDS[kind]
    personal, known = personal_fields(cls), fields_of(cls)
    return {
        "kind": kind,
        "fields": [
            {
                "name": name,
                "type": str(known[name].type) if name in known else None,
                "choices": [str(one) for one in known[name].choices] if name in known else [],
                "refers_to": known[name].kind if name in known else None,
                "personal": name in personal,
                "filterable": name in known,
            }
            for name in names_of(kind)
        ],
    }


def _exit_code(code: int, said: str) -> Row:
    words = {"bug"} if code == Exit.BUG else {one.code for one in _errors(CrmError) if one.exit_code == code}
    return {"code": code, "words": sorted(words), "help": said}


def _errors(cls: type[CrmError]) -> Iterator[type[CrmError]]:
    """Every kind of error that has a word of its own; that of the whole family is none."""
    for one in cls.__subclasses__():
        if "code" in vars(one):
            yield one
        yield from _errors(one)


def _format(name: str, said: str) -> Row:
    return {"name": name, "help": said, "texts": name in OF_TEXTS}


def _setting(key: str) -> Row:
    rule = RULES[key]
    return {"key": key, "type": _TYPES[type(rule.default)], "default": rule.default, "help": rule.help}


def _variables() -> Iterator[tuple[str, str]]:
    for names, said in rows_of("environment"):
        if re.fullmatch(r"[A-Z_, ]+", names):
            for name in names.split(", "):
                yield name, said


def _filters() -> Row:
    return {
        "operators": [{"type": str(kind), "operators": list(marks)} for kind, marks in OPERATORS.items()],
        "groups": [{"name": name, "members": [list(way) for way in ways]} for name, ways in GROUPS.items()],
        "short_names": [{"name": name, "field": field} for name, field in ALIASES.items()],
    }


def _lines(row: Row) -> Iterator[str]:
    """A line a command with its arguments and options; the rest is for programs."""
    for one in row["commands"]:
        yield " ".join(("crm", one["name"], *map(_shown, one["arguments"]), *map(_shown, one["options"])))
    if "records" in row:
        yield ""
        for record in row["records"]:
            yield f"{record['kind']}: {' '.join(field['name'] for field in record['fields'])}"
        yield ""
        yield "everything else, and what all this means: crm schema --json"


def _shown(part: dict[str, Any]) -> str:
    more = "..." if part["repeatable"] and not str(part.get("metavar") or part["name"]).count("...") else ""
    value = f" {part['metavar']}" if part.get("metavar") else ""
    text = f"{part['name']}{value}{more}"
    return text if part["required"] else f"[{text}]"
