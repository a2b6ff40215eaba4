"""B0, what every command is measured beside: a bare Typer program with two commands."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def show(ref: str, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show something."""
    print({"ref": ref} if json else ref)


@app.command()
def add(name: str, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Add something."""
    print({"name": name} if json else name)
