"""The root command: a table of names, of which only the module of the command that was typed is loaded."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from crm_cli.cli.complete import ALIASES, COMPLETE
from crm_cli.cli.context import FORMATS, OF_TEXTS, Desk
from crm_cli.cli.environment import hear_signals
from crm_cli.cli.names import NOUNS, WORDS, Word
from crm_cli.cli.option import (
    CHANGING,
    COMMON,
    LISTING,
    MANY,
    SHOWING,
    Listing,
    Many,
    Options,
    check_blanks,
    moved_behind,
    option_words,
)
from crm_cli.cli.output import Stopped, complain, complain_json, emit, prepare_streams, tell
from crm_cli.domain.errors import BadValue, CrmError, Exit
from crm_cli.domain.ids import looks_like_id

_ANSWER = Word("complete", "Answer a shell that asks what may be meant.", "learn", "answer")


class Noun(TyperGroup):
    """A group of commands known by name and help line; one is loaded when it is typed."""

    def __init__(self, name: str, about: str, words: Mapping[str, Word], path: tuple[str, ...] = ()) -> None:
        super().__init__(
            name=name,
            help=about,
            rich_markup_mode=None,
            no_args_is_help=True,
            context_settings={"help_option_names": ["-h", "--help"]},
        )
        self.words, self.path = words, path

    def get_help_option(self, ctx: Any) -> Any:
        return _told(super().get_help_option(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.words)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        word = self.words.get(ALIASES.get(cmd_name, cmd_name))
        if word is None:
            return None
        if word.name not in self.commands:  # asked for twice: to see whether it is there, and to run it
            path = (*self.path, word.name)
            loaded = Noun(word.name, word.help, word.words, path) if word.words is not None else load(path, word)
            self.commands[word.name] = loaded
        return self.commands[word.name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """From the table: no module is loaded to be listed."""
        with formatter.section("Commands"):
            formatter.write_dl([(word.name, word.help) for word in self.words.values()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Typer would load every command to suggest one; the names are enough."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise self._unknown(args)
        return super().resolve_command(ctx, args)

    def _unknown(self, args: list[str]) -> BadValue:
        """What may be meant; of a verb without a noun, that of the noun whose id follows it."""
        said = " ".join(("crm", *self.path, args[0]))
        error = BadValue.not_one_of("command", said, [" ".join(("crm", *self.path, one)) for one in self.words])
        ids = (looks_like_id(word) for word in args[1:])
        nouns = [*(found[0] for found in ids if found), *self.words]
        verb = ALIASES.get(args[0], args[0])
        for noun in nouns if not self.path else ():
            verbs = (self.words[noun].words or {}) if noun in self.words else {}
            if verb in verbs and "show" in verbs:  # a kind of record
                error.hint = f"did you mean crm {noun} {verb}? {str(error.hint).rpartition('? ')[2]}"
                break
        return error


class Command(TyperCommand):
    """One command, whose help goes out like every other result."""

    def get_help_option(self, ctx: Any) -> Any:
        return _told(super().get_help_option(ctx))


def _told(option: Any) -> Any:
    """--help by way of `emit`: the framework's own writing takes a full disk or a closed pipe for a bug of ours."""
    if option is not None:
        option.callback = _help
    return option


def _help(ctx: Any, param: Any, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        emit([ctx.get_help(), "\n"])
        raise typer.Exit


def load(path: tuple[str, ...], word: Word) -> Any:
    """The command itself, from the module that the table names."""
    function = function_of(word)
    info = CommandInfo(
        name=word.name,
        cls=Command,
        callback=_with_desk(function, ".".join(path), about(function, word)),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def function_of(word: Word) -> Callable[..., None]:
    """The function behind a command, its module loaded now."""
    found: Callable[..., None] = getattr(importlib.import_module(f"crm_cli.cli.{word.module}"), word.function)
    return found


def about(function: Callable[..., None], word: Word) -> str:
    """The help of a command; where several nouns share it, with this noun's words."""
    text = inspect.getdoc(function) or ""
    for name, said in word.said.items():
        text = text.replace(f"{{{name}}}", said)
    return text


def _with_desk(function: Callable[..., None], cmd: str, told: str) -> Callable[..., None]:
    """The function as Typer sees it: its own parameters, then the common options that make its desk."""
    signature = inspect.signature(function, eval_str=True)
    own = [one for name, one in signature.parameters.items() if name != "desk"]
    role = getattr(function, "role", "")
    listing = LISTING if role == "lists" else SHOWING if role == "shows" else {}
    many = MANY if getattr(function, "many", False) else {}
    common = {**COMMON, **(CHANGING if role in ("changes", "carries_out", "keeps") else {})}

    def command(**given: Any) -> None:
        check_blanks(parameters, given)
        desk = Desk(Options(**{name: given.pop(name) for name in common}), cmd, _argv)
        desk.listing = Listing(**{name: given.pop(name) for name in listing})
        desk.many = Many(**{name: given.pop(name) for name in many})
        desk.check(OF_TEXTS if role in ("keeps", "tells") else FORMATS)
        try:
            function(desk, **given)
        except (KeyboardInterrupt, SystemExit):
            desk.own_up()
            raise

    parameters = [
        *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own),
        *many.values(),
        *listing.values(),
        *common.values(),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__doc__ = told
    command.__name__ = function.__name__
    return command


_argv: list[str] = []


def root() -> Noun:
    """The whole program as one group."""
    group = Noun("crm", "The CRM of the command line.", {**NOUNS, **WORDS})
    group.params.append(
        typer.core.TyperOption(
            param_decls=["--version", "-V"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help="Show the version and stop.",
            callback=_version,
        )
    )
    return group


def _version(ctx: Any, param: Any, value: bool) -> None:
    if value:
        from crm_cli import __version__

        emit([f"crm {__version__}\n"])
        raise typer.Exit


def run() -> None:
    """The program: ends the process with the exit code.

    Everything is flushed and closed by then; taking the interpreter apart would cost a tenth of a short command.
    Nor does it look for garbage that holds itself: there is next to none, and an import would spend a sixth on it.
    """
    gc.disable()
    hear_signals()
    code = main()
    os._exit(code or _flushed())


def _flushed() -> int:
    """What still lies in the buffers goes out; the exit code if nobody takes it."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return 141
    except (OSError, ValueError):
        return int(Exit.NO_OUTPUT)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line and give its exit code; never ends the process."""
    prepare_streams()
    typed = [_in_letters(word) for word in (sys.argv[1:] if argv is None else argv)]
    _argv[:] = typed
    try:
        return _tried(typed)
    except Stopped as stopped:
        return stopped.code
    except CrmError as error:
        return _refused(error, typed)
    except KeyboardInterrupt:
        return 130
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0


def _in_letters(word: str) -> str:
    """Where the locale knows ASCII only, letters beyond it come as bytes: they are UTF-8 unless they cannot be."""
    try:
        return word if word.isascii() else word.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return word


def _tried(argv: list[str]) -> int:
    """The exit code of what the framework lets through; our own refusals, and the end of it all, pass."""
    try:
        return _carried_out(_arranged(argv))
    except (Stopped, CrmError):
        raise
    except typer.Abort:
        return 130
    except typer.Exit as left:
        return left.exit_code
    except Exception as error:  # noqa: BLE001 - the one boundary: nothing of ours ends in a traceback
        return _broken(error, argv)


def _carried_out(argv: list[str]) -> int:
    if shell := os.environ.get(COMPLETE):
        answer: Any = function_of(_ANSWER)
        answer(shell, list(_argv))
        return 0
    code = root().main(args=argv, prog_name="crm", standalone_mode=False)
    return code if type(code) is int else 0


def _arranged(argv: list[str]) -> list[str]:
    """Common options may stand before and between the words of the command as well as behind it."""
    depth = len(_named(argv))
    return moved_behind(argv, depth, _movable()) if depth else argv


def _movable() -> dict[str, bool]:
    return option_words(COMMON) | option_words(CHANGING)


def _named(argv: list[str]) -> list[str]:
    """The words that name the command, common options apart."""
    named: list[str] = []
    known = {**NOUNS, **WORDS}
    for name in [word for word in moved_behind(argv, len(argv), _movable()) if not word.startswith("-")]:
        word = known.get(ALIASES.get(name, name))
        if word is None:
            break
        named.append(name)
        known = dict(word.words or {})
    return named


def _refused(error: CrmError, argv: list[str]) -> int:
    if _wants_json(argv):
        complain_json(error)
    else:
        complain(error.message, error.hint)
    return int(error.exit_code)


def _broken(error: Exception, argv: list[str]) -> int:
    """Usage errors of the framework in our words' shape; anything else is a bug of ours."""
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        if type(error).__name__ == "NoArgsIsHelpError":
            emit([error.format_message(), "\n"])
            return int(Exit.USAGE)
        return _refused(BadValue(error.format_message(), _way_on(error, argv)), argv)
    if "--debug" in argv or os.environ.get("CRM_DEBUG", "") not in ("", "0", "false", "no"):
        import traceback

        tell(traceback.format_exc())
    told = "run it again with --debug and report it; look it over before, it may quote what is nobody's business"
    bug = CrmError(f"internal error: {type(error).__name__} in {_place(error)}", told)
    bug.exit_code = Exit.BUG  # type: ignore[misc]
    bug.code = "bug"  # type: ignore[misc]
    return _refused(bug, argv)


def _way_on(error: Any, argv: list[str]) -> str:
    """Which help to see; and what to do with a text that was taken for an option."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else " ".join(["crm", *_named(argv)])
    wrong = getattr(error, "option_name", "")
    texts = [word for word in argv if wrong[:2] == word[:2] and word[:2] != "--" and len(word) > 2]
    if type(error).__name__ == "NoSuchOption" and texts:
        return f"see {where} --help; a text that begins so stands last, behind --: {where} -- {texts[0]}"
    return f"see {where} --help"


def _place(error: Exception) -> str:
    """The last line of ours that led there; what the error says itself may be somebody's data."""
    place, trace = "crm", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "crm_cli" in file:
            place = f"{file[file.rindex('crm_cli') :]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _wants_json(argv: list[str]) -> bool:
    """Told from the words alone: the error may be that they cannot be read."""
    formats = ("json", "jsonl")
    follows = {argv[place + 1] for place, word in enumerate(argv[:-1]) if word in ("-F", "--format")}
    return (
        "--json" in argv
        or bool(follows & set(formats))
        or any(word in (f"--format={one}", f"-F{one}") for word in argv for one in formats)
        or os.environ.get("CRM_FORMAT") in formats
    )
