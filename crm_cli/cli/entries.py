"""Log entries as people and scripts read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.output import emit
from crm_cli.cli.view import Row, entry_row
from crm_cli.crm import Crm
from crm_cli.domain.history import Entry
from crm_cli.domain.moment import spoken

HISTORY = ("at", "by", "cmd", "op", "id", "changes")
ENTRY = ("op", "seq", "at", "recorded", "by", "cmd", "kind", "id", "reason", "changes", "erased")


def show_entries(desk: Desk, crm: Crm, entries: Iterable[Entry]) -> None:
    """Log entries as a list, which may be long: an import is one operation."""
    if desk.format in ("table", "plain", "markdown", "html"):
        rows = (human_entry(entry, crm) for entry in entries)
        show.rows(desk, rows, HISTORY, HISTORY, empty="Nothing has happened yet.")
    elif desk.format == "ids":
        emit((f"{op}\n" for op in dict.fromkeys(entry.op for entry in entries)), desk.options.output)
    else:
        show.rows(desk, (entry_row(entry) for entry in entries), ENTRY, ENTRY)


def human_entry(entry: Entry, crm: Crm) -> Row:
    """One entry as people read it: local time, and every change from what to what."""
    return {
        "at": spoken(entry.at, crm.said),
        "by": entry.by,
        "cmd": entry.cmd,
        "op": entry.op,
        "id": entry.id if entry.kind != "store" else "store",
        "changes": changes_in_words(entry),
    }


def changes_in_words(entry: Entry) -> str:
    """status new → contacted, rep – → R1."""
    parts = [
        f"{path} {_said(old)} → {_said(new)}"
        for path, (old, new) in entry.fields.items()
        if path != "argv" and old != new
    ]
    if "argv" in entry.fields:
        parts.append(" ".join(entry.fields["argv"][1]))
    return ", ".join(parts) + (f" ({entry.reason})" if entry.reason else "") + (" [erased]" if entry.erased else "")


def _said(value: Any) -> str:
    if isinstance(value, dict) and "place" in value:  # an activity of a campaign
        return f"{value['name']} ({'retired' if value.get('retired') else 'place ' + str(value['place'])})"
    if isinstance(value, dict):
        return str(value.get("text") or value.get("name") or show.cell(value))
    return show.cell(value) or show.NOTHING
