"""The program itself: versions, help by topic, completion."""

from __future__ import annotations

import platform
from importlib import resources
from typing import Annotated

import typer

from crm_cli import __version__
from crm_cli.cli import show
from crm_cli.cli.answer import SHELLS
from crm_cli.cli.context import Desk
from crm_cli.cli.manual import commands, help_of
from crm_cli.cli.params import tells
from crm_cli.cli.shells import SCRIPTS
from crm_cli.domain.errors import BadValue
from crm_cli.store.image import VERSION as FORMAT


@tells
def version(desk: Desk) -> None:
    """Show versions: of the program, of Python and Typer, and of the store's format.

    \b
    Examples:
      crm version
      crm version --json
    """
    from importlib.metadata import version as installed

    about = {
        "crm": __version__,
        "python": platform.python_version(),
        "typer": installed("typer"),
        "tinydb": installed("tinydb"),
        "store_format": FORMAT,
    }
    show.text(desk, about, "\n".join(f"{name} {value}" for name, value in about.items()))


def topics() -> dict[str, str]:
    """Every topic and its first line."""
    pages = sorted(page.name for page in resources.files("crm_cli.help").iterdir() if page.name.endswith(".md"))
    return {name.removesuffix(".md"): _page(name).splitlines()[0].lstrip("# ") for name in pages}


def _page(name: str) -> str:
    return (resources.files("crm_cli.help") / name).read_text(encoding="utf-8")


def rows_of(topic: str) -> list[tuple[str, str]]:
    """The pictures of a page that have two columns: what stands left of two blanks or more, and right of them."""
    lines = (line.strip() for line in _page(f"{topic}.md").splitlines() if line.startswith("    "))
    parts = (line.partition("  ") for line in lines)
    return [(left, right.strip()) for left, _, right in parts if right.strip()]


_ON = """
crm help TOPIC                one of these pages
crm help lead assign          the same as: crm lead assign --help
crm --help                    all commands; crm lead --help: those about leads
crm schema                    commands, options, fields and codes in one piece, for programs"""


@tells
def help_(
    desk: Desk,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="A topic or a command; all topics without.", metavar="TOPIC", show_default=False),
    ] = None,
) -> None:
    """Explain a topic, or a command.

    \b
    Examples:
      crm help
      crm help filters
      crm help lead assign
    """
    if not words:
        known = topics()
        width = max(map(len, known), default=0)
        lines = [f"{name:<{width}}  {line}" for name, line in known.items()]
        show.text(desk, {"topic": None, "text": "\n".join(lines)}, "\n".join([*lines, *_ON.splitlines()]))
        return
    topic = " ".join(words)
    page = _page(f"{topic}.md") if topic in topics() else _help_of([*words])
    show.text(desk, {"topic": topic, "text": page}, page)


def _help_of(words: list[str]) -> str:
    """What --help says of a command or noun; raises BadValue."""
    text = help_of(words[1:] if words[0] == "crm" else words)
    if text is not None:
        return text
    error = BadValue.not_one_of("topic", " ".join(words), topics())
    near = BadValue.not_one_of("command", " ".join(words), [" ".join(path) for path, _ in commands()])
    if "did you mean" in str(near.hint) and "did you mean" not in str(error.hint):
        error.hint = f"{str(near.hint).partition('?')[0]}? {error.hint}"
    raise error


@tells
def completion(
    desk: Desk,
    shell: Annotated[str, typer.Argument(help="bash, zsh, fish or powershell.", show_default=False)],
) -> None:
    """Print the completion script of a shell; what to do with it is on the page crm help completion.

    \b
    Examples:
      crm completion bash > ~/.local/share/bash-completion/completions/crm
      crm completion zsh
    """
    if shell not in SHELLS:
        raise BadValue.not_one_of("shell", shell, SHELLS)
    script = SCRIPTS[shell]
    show.text(desk, {"shell": shell, "text": script}, script)
