"""A record as scripts see it: every key always there, references as ids with their names beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_cli.crm import KINDS, Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.field import FieldType
from crm_cli.domain.history import Entry
from crm_cli.domain.moment import is_day, to_datetime
from crm_cli.domain.record import Record, fields_of

Row = dict[str, Any]

_MONEY = frozenset({"amount"})  # shown as decimal text, beside a currency
_UNNAMED = frozenset({"deal", "claim", "lead", "contact", "merged_into"})  # their ids say enough


def public(record: Record, crm: Crm) -> Row:
    """The record with all its fields in fixed order."""
    row: Row = {}
    for name, field in fields_of(type(record)).items():
        value = getattr(record, name)
        row[name] = _plain(name, value, field.type)
        if field.type is FieldType.REF and name not in _UNNAMED:
            row[f"{name}_name"] = crm.name_of(value) if value else None
    if isinstance(record, Campaign):
        row["activities"] = activities(record)
    row["notes"] = [{"at": note.at, "by": note.by, "text": note.text} for note in in_time(record)]
    return row


def in_time(record: Record) -> list[Any]:
    """Its notes, oldest first; those of one moment in the order they were written."""
    return [note for _, note in sorted(record.notes.items(), key=lambda item: (item[1].at, int(item[0])))]


def activities(campaign: Campaign) -> list[Row]:
    """A campaign's activities in order, the retired ones where they stood."""
    return [
        {"id": campaign.activity_id(one), "name": one.name, "retired": one.retired}
        for one in campaign.in_order(retired=True)
    ]


def _plain(name: str, value: Any, kind: FieldType) -> Any:
    if kind is FieldType.TAGS:
        return sorted(value)
    if kind is FieldType.TEXTS:
        return list(value)
    if isinstance(value, Decimal):
        return str(value) if name in _MONEY else value
    return None if value == "" and name != "name" else value


def for_people(row: Row, kind: str, crm: Crm) -> Row:
    """The same row as people read it: local times, and a campaign's activities in their order."""
    shown = dict(row)
    for name, field in fields_of(KINDS[kind]).items():
        if field.type is FieldType.MOMENT and shown.get(name):
            shown[name] = local(shown[name], crm)
    if shown.get("activities"):
        shown["activities"] = " > ".join(
            one["name"] + (" (retired)" if one["retired"] else "") for one in shown["activities"]
        )
    return shown


def local(moment: str, crm: Crm) -> str:
    """A day as it is, an instant as local time to the minute: 2026-11-27 14:00."""
    if is_day(moment):
        return moment
    try:
        return to_datetime(moment, crm.said.zone).astimezone(crm.said.zone).strftime("%Y-%m-%d %H:%M")
    except OverflowError:  # the first or last day there is, in another zone
        return moment


def names_of(kind: str) -> list[str]:
    """The keys a record of this kind has, in order."""
    names: list[str] = []
    for name, field in fields_of(KINDS[kind]).items():
        names.append(name)
        if field.type is FieldType.REF and name not in _UNNAMED:
            names.append(f"{name}_name")
    return [*names, *(["activities"] if kind == "campaign" else []), "notes"]


def entry_row(entry: Entry) -> Row:
    """One change as scripts see it."""
    return {
        "op": entry.op,
        "seq": entry.seq,
        "at": entry.at,
        "recorded": entry.recorded,
        "by": entry.by,
        "cmd": entry.cmd,
        "kind": entry.kind,
        "id": entry.id if entry.kind != "store" else None,
        "reason": entry.reason,
        "changes": entry.fields,
        "erased": entry.erased,
    }
