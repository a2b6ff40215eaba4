"""The particulars of an event as they are said, turned into its fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.event import Direction, Event, EventKind, Priority, reminder_codes
from crm_cli.usecases.event import seats
from crm_cli.usecases.reading import choice, given, moment


def particulars(
    crm: Crm,
    event: Event | None = None,
    *,
    subject: str | None = None,
    kind: str | None = None,
    direction: str | None = None,
    at: str | None = None,
    end: str | None = None,
    priority: str | None = None,
    material: Iterable[str] | None = None,
    remind: Iterable[str] | None = None,
    participant: Iterable[str] | None = None,
    **plain: Any,
) -> dict[str, Any]:
    """The fields that were given, each as it is kept; `event` is the one whose particulars change."""
    fields = given(
        name=subject.strip() if subject is not None else None,
        kind=choice(EventKind, kind, "kind") if kind else None,
        direction=choice(Direction, direction, "direction") if direction else None,
        start=moment(at, crm) if at else None,
        end=moment(end, crm) if end else None,
        priority=choice(Priority, priority, "priority") if priority else None,
        material=tuple(text.strip() for text in material or () if text.strip()),
        remind=reminder_codes(remind) if remind else None,
        **plain,
    )
    return {**fields, **seats(crm, participant, event)}
