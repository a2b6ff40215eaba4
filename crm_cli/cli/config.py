"""Settings: the rules of the house, which lie in the store, and a person's own taste, which does not."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import TASTES, amiss
from crm_cli.cli.params import changes, lists, tells
from crm_cli.cli.view import Row
from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.setting import RULES, Rule, Setting, Value, rule_of

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
    rule = _rule(desk, key)
    with desk.change() as crm:
        old = crm.setting(key)
        new = _one_more_or_less(old, value, rule) if _is_step(old, value) else rule.read(value)
        if new != old or not _is_step(old, value):  # what is the default may be settled for good
            crm.set(key, new)
    show.changed(desk, crm, _from_to)


@changes
def unset(desk: Desk, key: Key) -> None:
    """Put a rule of the house back to its default.

    \b
    Examples:
      crm config unset lead.reasons
      crm config unset deal.stages --dry-run
    """
    _rule(desk, key)
    with desk.change() as crm:
        crm.unset(key)
    show.changed(desk, crm, _from_to)


def _rule(desk: Desk, key: str) -> Rule:
    if key in TASTES:
        raise BadValue(f"{key} is a matter of taste, not of the house", f"write it into {desk.config_path}")
    return rule_of(key)


def _from_to(was: Setting | None, now: Setting) -> str:
    """currency: default → CHF; back at the default: currency: CHF → EUR, the default."""
    before = show.cell(was.value) if was is not None and not was.unset else "default"
    after = f"{show.cell(now.current) or show.NOTHING}, the default" if now.unset else show.cell(now.value)
    return f"{now.key}: {before or show.NOTHING} → {after or show.NOTHING}"


def _is_step(old: Value, text: str) -> bool:
    return isinstance(old, list) and text[:1] in ("+", "-") and bool(text[1:].strip())


def _one_more_or_less(old: Value, text: str, rule: Rule) -> Value:
    """The list with more or less in it; one that is there already is put anew where it stands.

    Raises BadValue where what is to be taken away is not there.
    """
    parts = rule.read(text[1:])
    assert isinstance(parts, list)
    assert isinstance(old, list)
    given, kept = ({rule.known_by(one): one for one in some} for some in (parts, old))
    if text[0] == "+":
        return rule.read(",".join({**kept, **given}.values()))
    for one in given:
        if one not in kept:
            raise BadValue.not_one_of("entry", one, kept)
    return rule.read(",".join(kept[one] for one in kept if one not in given))


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
    unknown, wrong = amiss(desk.tastes)
    row = {"config": str(desk.config_path) if desk.config_path else None, "unknown": unknown, "wrong": wrong}
    show.text(
        desk, {**row, "ok": not unknown and not wrong}, "Nothing to complain about" if not unknown + wrong else ""
    )
    if unknown or wrong:
        raise Unreadable(
            f"{desk.config_path}: {', '.join(unknown + wrong)} cannot be set", f"known are: {', '.join(TASTES)}"
        )
