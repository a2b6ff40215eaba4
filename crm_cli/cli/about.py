"""The program itself: versions, help by topic, completion."""

from __future__ import annotations

import platform
from importlib import resources
from typing import Annotated

import typer

from crm_cli import __version__
from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.domain.errors import BadValue
from crm_cli.store.image import VERSION as FORMAT

SHELLS = ("bash", "zsh", "fish", "powershell")


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


def help_(
    desk: Desk,
    topic: Annotated[str | None, typer.Argument(help="A topic; all are listed without.", show_default=False)] = None,
) -> None:
    """Explain a topic.

    \b
    Examples:
      crm help
      crm help filters
    """
    if topic is None:
        known = topics()
        width = max(map(len, known), default=0)
        text = "\n".join(f"{name:<{width}}  {line}" for name, line in known.items())
        show.text(desk, {"topic": None, "text": text}, text)
        return
    if topic not in topics():
        raise BadValue.not_one_of("topic", topic, topics())
    page = _page(f"{topic}.md")
    show.text(desk, {"topic": topic, "text": page}, page)


def completion(
    desk: Desk,
    shell: Annotated[str, typer.Argument(help="bash, zsh, fish or powershell.", show_default=False)],
) -> None:
    """Print the completion script of a shell.

    \b
    Examples:
      crm completion bash > ~/.local/share/bash-completion/completions/crm
      crm completion zsh
    """
    if shell not in SHELLS:
        raise BadValue.not_one_of("shell", shell, SHELLS)
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    script = get_completion_script(prog_name="crm", complete_var="_CRM_COMPLETE", shell=shell)
    show.text(desk, {"shell": shell, "text": script}, script)
