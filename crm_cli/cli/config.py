"""Settings: the rules of the house, which lie in the store, and a person's own taste, which does not."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import TASTES
from crm_cli.cli.params import changes, lists, tells
from crm_cli.cli.view import Row
from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.setting import RULES, Rule, Value, rule_of

COLUMNS = ("key", "value", "origin", "help")
_OPTIONS = {
    "core.store": ("store", "CRM_STORE"),
    "core.user": ("user", "CRM_USER"),
    "core.timezone": ("tz", "CRM_TZ"),
    "output.format": ("format", "CRM_FORMAT"),
    "output.color": ("color", "CRM_COLOR"),
}

Key = Annotated[str, typer.Argument(help="Such as timezone or lead.reasons.", show_default=False)]


def _rows(desk: Desk) -> list[Row]:
    with desk.read() as crm:
        business = [
            {"key": key, "value": value, "origin": origin, "help": RULES[key].help}
            for key, (value, origin) in crm.settings().items()
        ]
    return [*business, *({"key": key, **_taste(desk, key), "help": text} for key, text in TASTES.items())]


def _taste(desk: Desk, key: str) -> dict[str, Any]:
    name, variable = _OPTIONS[key]
    value, origin = desk.taste(getattr(desk.options, name), variable, key)
    return {"value": value, "origin": origin}


@lists
def list_(desk: Desk) -> None:
    """List every setting and where it comes from: option, environment, file, store or default.

    \b
    Examples:
      crm config list
      crm config list --json
    """
    show.rows(desk, _rows(desk), COLUMNS, COLUMNS)


@tells
def get(desk: Desk, key: Key) -> None:
    """Print one setting.

    \b
    Examples:
      crm config get timezone
      crm config get lead.reasons --json
    """
    found = {str(row["key"]): row for row in _rows(desk)}
    if key not in found:
        raise BadValue.not_one_of("setting", key, found)
    row = found[key]
    show.text(desk, {name: row[name] for name in ("key", "value", "origin")}, show.cell(row["value"]))


@changes
def set_(
    desk: Desk,
    key: Key,
    value: Annotated[
        str, typer.Argument(help="The value; lists with commas; +one adds, and after -- also -one takes away.")
    ],
) -> None:
    """Change a rule of the house; your own taste is changed in your own file, see crm config path.

    \b
    Examples:
      crm config set timezone Europe/Berlin
      crm config set channels +"trade press"
    """
    if key in TASTES:
        raise BadValue(f"{key} is a matter of taste, not of the house", f"write it into {desk.config_path}")
    rule = rule_of(key)
    with desk.change() as crm:
        crm.set(key, _new_value(crm.setting(key), value, rule))
    show.changed(
        desk, crm, lambda was, now: f"{now.key}: {show.cell(was.value) if was else 'default'} → {show.cell(now.value)}"
    )


def _new_value(old: Value, text: str, rule: Rule) -> Value:
    """A whole new value, or one more or one less in a list; one that is there already is put anew where it stands."""
    if isinstance(old, list) and text[:1] in "+-" and text[1:].strip():
        parts = rule.read(text[1:])
        assert isinstance(parts, list)
        given, kept = ({rule.known_by(one): one for one in some} for some in (parts, old))
        changed = {**kept, **given} if text[0] == "+" else {key: kept[key] for key in kept if key not in given}
        text = ",".join(changed.values())
    return rule.read(text)


@tells
def path(desk: Desk) -> None:
    """Print where your own settings lie, and the store.

    \b
    Examples:
      crm config path
      crm config path --json
    """
    config, store = desk.config_path, desk.place[0]
    there = {"config": str(config) if config else None, "store": str(store)}
    show.text(desk, there, f"config  {config or 'none'}\nstore   {store}")


@tells
def check(desk: Desk) -> None:
    """Check your own settings: unknown keys and values of the wrong kind.

    \b
    Examples:
      crm config check
      crm config check --config ./crm.toml
    """
    unknown = [key for key in desk.tastes if key not in TASTES]
    wrong = [key for key in TASTES if not isinstance(desk.tastes.get(key, ""), str)]
    row = {"config": str(desk.config_path) if desk.config_path else None, "unknown": unknown, "wrong": wrong}
    show.text(
        desk, {**row, "ok": not unknown and not wrong}, "Nothing to complain about" if not unknown + wrong else ""
    )
    if unknown or wrong:
        raise Unreadable(
            f"{desk.config_path}: {', '.join(unknown + wrong)} cannot be set", f"known are: {', '.join(TASTES)}"
        )
