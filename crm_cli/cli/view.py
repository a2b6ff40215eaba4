"""A record as scripts see it: every key always there, references as ids with their names beside them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from crm_cli.cli.claim_rows import BESIDES, besides, in_short
from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.claim import Claim
from crm_cli.domain.deal import Deal
from crm_cli.domain.event import Event
from crm_cli.domain.field import FieldType
from crm_cli.domain.history import Entry
from crm_cli.domain.moment import is_day, to_datetime
from crm_cli.domain.record import Record, fields_of
from crm_cli.domain.setting import Setting
from crm_cli.domain.stage import stage_name
from crm_cli.looking import KINDS

Row = dict[str, Any]

_MONEY = frozenset({"amount", "budget", "cost"})  # shown as decimal text, beside a currency
_STAGES = frozenset({"stage", "lost_stage"})  # of a deal: keys, with what the stages are called beside them
_UNNAMED = frozenset({"deal", "claim", "lead", "contact", "merged_into", "parent"})  # their ids say enough
_WITHIN = frozenset({"participant_names"})  # shown as part of another field


def public(record: Record, crm: Crm) -> Row:
    """The record with all its fields in fixed order."""
    row: Row = {}
    for name, kind, beside in _in_order(type(record)):
        value = getattr(record, name)
        row[name] = None if value is None else _plain(name, value, kind)
        if beside:
            row[beside] = crm.name_of(value) if value else None
        elif isinstance(record, Deal) and name in _STAGES:
            row[f"{name}_name"] = stage_name(crm.deal_kinds, record.kind, value)
    if isinstance(record, Campaign):
        row["activities"] = activities(record, crm)
    if isinstance(record, Event):
        row["participants"] = participants(record, crm)
    if isinstance(record, Claim):
        row |= besides(record, crm)
    row["notes"] = [{"at": note.at, "by": note.by, "text": note.text} for note in in_time(record)]
    if isinstance(record, Setting):
        row["value"] = record.current
    return row


@cache
def _in_order(cls: type[Record]) -> tuple[tuple[str, FieldType, str], ...]:
    """Name and type of every field that is shown, and the key for the name of whom it points to ("": none)."""
    named = {name: f"{name}_name" for name, field in fields_of(cls).items() if field.type is FieldType.REF}
    return tuple(
        (name, field.type, "" if name in _UNNAMED else named.get(name, ""))
        for name, field in fields_of(cls).items()
        if name not in _WITHIN
    )


def in_time(record: Record) -> list[Any]:
    """Its notes, oldest first; those of one moment in the order they were written."""
    return [note for _, note in sorted(record.notes.items(), key=lambda item: (item[1].at, _written(item[0])))]


def _written(key: str) -> list[int]:
    """Operation, and place in it, of a note: 7, or 7-2 for one of the second command of a batch."""
    return [int(part) for part in key.split("-")]


def activities(campaign: Campaign, crm: Crm) -> list[Row]:
    """A campaign's activities in order, the retired ones where they stood."""
    rows: list[Row] = []
    for one in campaign.in_order(retired=True):
        rep = campaign.responsible(one)
        rows.append(
            {
                "id": campaign.activity_id(one),
                "name": one.name,
                "retired": one.retired,
                "rep": rep,
                "rep_name": crm.name_of(rep) if rep else None,
            }
        )
    return rows


def participants(event: Event, crm: Crm) -> list[Row]:
    """Who takes part: what they are called now, what was written down, and who they are known to be."""
    return [
        {
            "number": one.number,
            "name": (crm.name_of(one.ref) if one.ref else None) or one.text,
            "text": one.text,
            "ref": one.ref,
        }
        for one in event.rows
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
    if shown.get("participants"):
        shown["participants"] = ", ".join(
            f"{one['name']} ({one['ref']})" if one["ref"] else one["name"] for one in shown["participants"]
        )
    return {**shown, **in_short(shown)} if kind == "claim" else shown


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
        if name in _WITHIN:
            continue
        names.append(name)
        if (field.type is FieldType.REF and name not in _UNNAMED) or (kind == "deal" and name in _STAGES):
            names.append(f"{name}_name")
    return [*names, *(["activities"] if kind == "campaign" else BESIDES if kind == "claim" else []), "notes"]


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
