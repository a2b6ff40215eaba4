"""Records taken for a mistake: deleted where nothing points to them, and brought back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from crm_cli.crm import Crm
from crm_cli.domain.errors import Refused
from crm_cli.domain.ids import split_id
from crm_cli.domain.record import Record, to_doc
from crm_cli.domain.reference import references

R = TypeVar("R", bound=Record)

_NAMED = 5


def deleted(crm: Crm, record: R) -> R:
    """The record as deleted; raises Refused, naming them, while others point to it, and WrongState."""
    gone = record.delete()
    pointing = [one for one in crm.referring(record.id, today=True) if not one.is_deleted and one.id != record.id]
    if pointing:
        raise Refused(
            f"{record.id} {record.title} is still needed by {named(pointing)}",
            _way_on(record, pointing[0]),
            needed_by=[one.id for one in pointing],
        )
    return gone


def _way_on(record: Record, pointing: Record) -> str:
    """What to do with those that point there first: work is handed over, the rest deleted."""
    if record.KIND == "rep":
        return f"who has worked stays; hand over what is open, then: crm rep deactivate {record.id}"
    instead = f"; or: {record.INSTEAD.format(id=record.id)}" if record.INSTEAD else ""
    return f"delete those first, {pointing.id} with: crm {pointing.KIND} delete {pointing.id}{instead}"


def restored(crm: Crm, record: R) -> R:
    """The record as it was before it was deleted; raises Refused while what it points to is deleted, WrongState.

    What is known today decides, whatever day it is dated on.
    """
    back = record.restore(_status_before(crm, record))
    for id in references(type(record), to_doc(record)):
        kind, number = split_id(id)
        other = crm.snapshot.get(kind, number)
        if other is not None and other.get("status") == "deleted":
            told = f"{record.id} {record.title} belongs to {id} {crm.name_of(id)}, which is deleted"
            raise Refused(told, f"first: crm {kind} restore {id}")
    return back


def named(records: Sequence[Record]) -> str:
    """E3 Call, E4 Demo and 2 more."""
    some = ", ".join(f"{one.id} {one.title}" for one in records[:_NAMED])
    return some + (f" and {len(records) - _NAMED} more" if len(records) > _NAMED else "")


def _status_before(crm: Crm, record: Record) -> str:
    """What it was when it was deleted last, by the log."""
    ended = [entry.facts["status"][0] for entry in crm.history(record.id) if _deletes(entry.facts)]
    return str(ended[-1]) if ended else ""


def _deletes(facts: dict[str, list[object]]) -> bool:
    return "status" in facts and facts["status"][1] == "deleted"
