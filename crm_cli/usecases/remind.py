"""What is due: planned events whose time has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.condition import Condition
from crm_cli.domain.event import Event
from crm_cli.domain.ids import split_id
from crm_cli.domain.moment import to_datetime
from crm_cli.domain.record import from_doc


class Due(Struct, frozen=True):
    """An event to be reminded of; `late` is how long it has been over, or negative: how far its start is away."""

    event: Event
    overdue: bool
    late: timedelta


def due_events(crm: Crm, within: timedelta, where: Condition | None = None) -> list[Due]:
    """Planned events that are overdue, or whose first reminder lies at most `within` ahead; longest overdue first."""
    return sorted(_due(crm, within, where), key=lambda due: (-due.late, due.event.start, due.event.id))


def _is_gone(crm: Crm, event: Event) -> bool:
    """Whether what the event is about was deleted: it comes back with it, and so is not canceled."""
    docs = (crm.snapshot.get(*split_id(ref)) for ref in event.about)
    return any(doc is not None and doc.get("status") == "deleted" for doc in docs)


def _due(crm: Crm, within: timedelta, where: Condition | None) -> Iterator[Due]:
    planned = crm.events.where("status=planned") if where is None else where
    for doc in crm.snapshot.scan("event", planned):
        event = from_doc(doc, Event)
        if event.is_due(crm.clock, within) and not _is_gone(crm, event):
            overdue = event.is_overdue(crm.clock)
            since = event.over(crm.clock) if overdue else event.start
            yield Due(event, overdue, crm.clock.now - to_datetime(since, crm.clock.zone))
