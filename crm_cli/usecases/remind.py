"""What is due: planned events whose time has come, claims and leads past theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from crm_cli.crm import Crm
from crm_cli.domain.claim import Claim
from crm_cli.domain.condition import Condition
from crm_cli.domain.event import Event
from crm_cli.domain.ids import number_of, split_id
from crm_cli.domain.keys import due_from
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import instant
from crm_cli.domain.record import from_doc
from crm_cli.domain.reminder import Mark, Reminder, reminder_of

REMINDED: Mapping[str, type[Event | Claim | Lead]] = {cls.KIND: cls for cls in (Event, Claim, Lead)}
ALL: Mapping[str, Condition | None] = dict.fromkeys(REMINDED)


def due(crm: Crm, within: timedelta = timedelta(), wanted: Mapping[str, Condition | None] = ALL) -> list[Reminder]:
    """What is overdue, or lies at most `within` ahead; the longest overdue first.

    `wanted` are the kinds of record, each with what it must fit.
    """
    return sorted(
        _due(crm, within, wanted), key=lambda one: (-one.late, one.planned, one.record.KIND, number_of(one.record.id))
    )


def _due(crm: Crm, within: timedelta, wanted: Mapping[str, Condition | None]) -> Iterator[Reminder]:
    """Whoever plans far ahead pays nothing for it here: only what may be due is looked at."""
    for kind, number in crm.snapshot.due(instant(crm.clock.now + within)):
        doc = crm.snapshot.get(kind, number) if kind in wanted else None
        where = wanted.get(kind)
        if doc is None or not (where is None or where.matches(doc)):
            continue
        record = from_doc(doc, REMINDED[kind])
        found = reminder_of(record, crm.clock, within)
        if found is not None and not (isinstance(record, Event) and _is_gone(crm, record)):
            yield found


def _is_gone(crm: Crm, event: Event) -> bool:
    """Whether what the event is about was deleted: it comes back with it, and so is not canceled."""
    docs = (crm.snapshot.get(*split_id(ref)) for ref in event.about)
    return any(doc is not None and doc.get("status") == "deleted" for doc in docs)


def untold(
    crm: Crm, found: Iterable[Reminder], marks: Mapping[str, Mark], repeat: timedelta | None = None
) -> list[Reminder]:
    """Those that nobody was told of yet, by these marks under the ids; what is overdue again every `repeat`."""
    return [one for one in found if not _is_told(marks.get(one.record.id), one, crm, repeat)]


def _is_told(mark: Mark | None, reminder: Reminder, crm: Crm, repeat: timedelta | None) -> bool:
    return mark is not None and mark.covers(reminder, crm.clock, repeat)


def awaited(crm: Crm, ids: Iterable[str]) -> set[str]:
    """Those of these records that are still to be done, so that it matters whether somebody was told of them."""
    docs = ((id, split_id(id), crm.snapshot.get(*split_id(id))) for id in ids)
    return {id for id, (kind, _), doc in docs if doc is not None and due_from(kind, doc) is not None}
