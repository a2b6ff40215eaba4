"""The options every command takes, before or after its name, and what they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import Parameter
from typing import Annotated, Any

import typer
from msgspec import Struct
from typer.models import OptionInfo

from crm_cli.domain.errors import BadValue

_PANEL = "Common options"


def _flag(name: str, *decls: str, help: str) -> Parameter:
    option = typer.Option(*decls, help=help, rich_help_panel=_PANEL, show_default=False)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, option])


def _value(name: str, *decls: str, help: str, metavar: str) -> Parameter:
    option = typer.Option(*decls, help=help, rich_help_panel=_PANEL, metavar=metavar, show_default=False)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, option])


COMMON: dict[str, Parameter] = {
    one.name: one
    for one in (
        _value("store", "--store", metavar="DIR", help="The store to work in (CRM_STORE)."),
        _value("config", "--config", metavar="FILE", help="Your own settings; `none` for none (CRM_CONFIG)."),
        _value("format", "--format", "-F", metavar="FORMAT", help="How to show it: crm help formats (CRM_FORMAT)."),
        _flag("json", "--json", help="The same as --format json."),
        _value("output", "--output", "-o", metavar="FILE", help="Write the result to FILE, all or nothing."),
        _flag("quiet", "--quiet", "-q", help="Only ids; nothing where there are none."),
        _flag("verbose", "--verbose", "-v", help="More: what records were before."),
        _flag("yes", "--yes", "-y", help="Do not ask."),
        _flag("no_input", "--no-input", help="Never ask; stop instead (CRM_NO_INPUT)."),
        _value("color", "--color", metavar="WHEN", help="always, never or auto (CRM_COLOR)."),
        _value("tz", "--tz", metavar="ZONE", help="The zone times are read and shown in (CRM_TZ)."),
        _value("now", "--now", metavar="TIME", help="Take this for the present moment (CRM_NOW)."),
        _value("user", "--as", metavar="USER", help="Who does it, for the history (CRM_USER)."),
        _value("lock_timeout", "--lock-timeout", metavar="SEC", help="How long to wait for others (default 5)."),
        _flag("debug", "--debug", help="Show where a bug of ours comes from (CRM_DEBUG)."),
    )
}
CHANGING: dict[str, Parameter] = {
    one.name: one for one in (_flag("dry_run", "--dry-run", "-n", help="Show what would happen, write nothing."),)
}


_MANY = "For many at once"


def _many(name: str, default: Any, kind: Any, *decls: str, help: str, **more: str) -> Parameter:
    option = typer.Option(*decls, help=help, rich_help_panel=_MANY, show_default=False, **more)  # type: ignore[call-overload]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])


MANY: dict[str, Parameter] = {
    one.name: one
    for one in (
        _many(
            "where",
            None,
            list[str] | None,
            "--where",
            "-w",
            help="All that fit: crm help filters. Asks first.",
            metavar="EXPR",
        ),
        _many("keep_going", False, bool, "--keep-going", help="Leave out those that are refused, with exit code 6."),
    )
}

_LIST = "List options"


def _choice(name: str, *decls: str, help: str, metavar: str, kind: Any = str | None) -> Parameter:
    option = typer.Option(*decls, help=help, rich_help_panel=_LIST, metavar=metavar, show_default=False)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option])


def _switch(name: str, *decls: str, help: str) -> Parameter:
    option = typer.Option(*decls, help=help, rich_help_panel=_LIST, show_default=False)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, option])


FIELDS = _choice("fields", "--fields", metavar="A,B", help="These fields, in this order; `help` lists them.")
SHOWING: dict[str, Parameter] = {"fields": FIELDS}
LISTING: dict[str, Parameter] = {
    one.name: one
    for one in (
        FIELDS,
        _choice(
            "where",
            "--where",
            "-w",
            metavar="EXPR",
            help="Only those that fit: crm help filters.",
            kind=list[str] | None,
        ),
        _choice("search", "--search", metavar="TEXT", help="Only those that hold this text."),
        _choice("sort", "--sort", metavar="F,-G", help="By these fields, with - downwards."),
        _choice("limit", "--limit", metavar="N", help="At most N.", kind=int | None),
        _choice("offset", "--offset", metavar="N", help="Leave out the first N.", kind=int | None),
        _switch("all", "--all", help="Deleted and canceled ones too."),
        _switch("count", "--count", help="Only how many."),
        _switch("exit_code", "--exit-code", help="Exit 9 if there is none."),
    )
}


class Listing(Struct, frozen=True, kw_only=True):
    """What a list was asked for."""

    fields: str | None = None
    where: list[str] | None = None
    search: str | None = None
    sort: str | None = None
    limit: int | None = None
    offset: int | None = None
    all: bool = False
    count: bool = False
    exit_code: bool = False


class Many(Struct, frozen=True, kw_only=True):
    """Which records a command was asked for besides those that were named, and what to do with a refused one."""

    where: list[str] | None = None
    keep_going: bool = False


class Options(Struct, frozen=True, kw_only=True):
    """The common options as given; None or False where they were not."""

    store: str | None = None
    config: str | None = None
    format: str | None = None
    json: bool = False
    output: str | None = None
    quiet: bool = False
    verbose: bool = False
    yes: bool = False
    no_input: bool = False
    color: str | None = None
    tz: str | None = None
    now: str | None = None
    user: str | None = None
    lock_timeout: str | None = None
    debug: bool = False
    dry_run: bool = False


def check_blanks(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> None:
    """Raises BadValue for an option with nothing behind it: an unset variable of a script must not mean "none given".

    A blank text is a value: it empties a field.
    """
    for parameter in parameters:
        if given.get(parameter.name) == "":
            option: Any = parameter.annotation.__metadata__[0]
            if isinstance(option, OptionInfo) and option.metavar not in ("TEXT", "URL"):
                raise BadValue(f"{option.default} has no value", "give one, or leave the option out")


def option_words(parameters: dict[str, Parameter]) -> dict[str, bool]:
    """Every spelling of these options, and whether a value follows it."""
    words: dict[str, bool] = {}
    for parameter in parameters.values():
        option: Any = parameter.annotation.__metadata__[0]
        for word in (option.default, *option.param_decls):  # inside Annotated the first one stands as default
            words[word] = parameter.default is None
    return words


def moved_behind(argv: list[str], depth: int, words: dict[str, bool]) -> list[str]:
    """The command line with common options that stand before the command moved behind its words.

    `depth` says how many words name the command. `crm --json lead list` becomes `crm lead list --json`.
    """
    early: list[str] = []
    names: list[str] = []
    rest = list(argv)
    while rest and len(names) < depth:
        word = rest.pop(0)
        option, _, value = word.partition("=")
        if option not in words and word[:1] == "-" and word[:2] in words:  # -Fjson, -nq
            option, value = word[:2], word[2:]
        if option not in words:
            names.append(word)
            continue
        early.append(word)
        if words[option] and not value and rest:
            early.append(rest.pop(0))
    return [*names, *early, *rest]
