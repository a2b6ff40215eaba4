"""What stands under a record's own fields when it is shown: notes, events, what belongs to it, latest changes."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.cli import show
from crm_cli.cli.claim_rows import sections as claim_sections
from crm_cli.cli.context import Desk
from crm_cli.cli.entries import changes_in_words
from crm_cli.cli.figures import More, Telling
from crm_cli.cli.view import Row, entry_row, for_people, in_time, public
from crm_cli.crm import Crm
from crm_cli.domain.claim import Claim
from crm_cli.domain.event import Event
from crm_cli.domain.history import Entry
from crm_cli.domain.moment import spoken
from crm_cli.domain.record import Record

Section = tuple[str, Sequence[str]]
_LATEST = 5


def show_record(desk: Desk, kind: str, ref: str, belonging: Sequence[str] = (), telling: Telling | None = None) -> None:
    """Carry out a show command; `belonging` are the kinds of record listed under it for people.

    `telling` counts what stands behind the fields of the record itself.
    """
    with desk.read() as crm:
        found = crm.shelf(kind).find(ref)
        more = telling(found, crm) if telling else More(row={})
        row = {**public(found, crm), **more.row}
        if desk.format in show.HUMAN:
            shown = more.said(for_people(row, kind, crm))
            show.card(desk, shown, [*more.sections, *sections(found, crm, belonging)])
        else:
            show.card(desk, row, extra=extra(found, crm))


def sections(record: Record, crm: Crm, kinds: Sequence[str] = ()) -> list[Section]:
    """Notes, the records of these kinds that point to it, events, and the latest changes."""
    belonging = [_pointing(record, crm, kind) for kind in kinds]
    if isinstance(record, Claim):
        belonging = [*claim_sections(record, crm), *belonging]
    return [notes(record, crm), *belonging, events(record, crm), latest(record, crm)]


def notes(record: Record, crm: Crm) -> Section:
    """What was written down, oldest first."""
    return "Notes", [f"{spoken(one.at, crm.said)}  {one.by}  {one.text}" for one in in_time(record)]


def events(record: Record, crm: Crm) -> Section:
    """Calls, meetings and messages about it, in the order of their start; of an event the rest of its chain."""
    return "Thread" if isinstance(record, Event) else "Events", [
        f"{one.id}  {spoken(one.start, crm.said)}  {one.kind}  {one.name}  {one.status}"
        for one in sorted(_events(record, crm), key=lambda one: one.start)
    ]


def _events(record: Record, crm: Crm) -> list[Event]:
    """What there is about it, by number, the deleted left out; of an event the others of its chain."""
    if not isinstance(record, Event):
        return [one for one in _there(record, crm, "event") if isinstance(one, Event)]
    chain = [crm.events.get(record.theme), *crm.referring(record.theme, "event")]
    return [one for one in chain if isinstance(one, Event) and one.id != record.id and not one.is_deleted]


def _pointing(record: Record, crm: Crm, kind: str) -> Section:
    found = _there(record, crm, kind)
    return f"{kind.title()}s", [f"{one.id}  {one.title}  {getattr(one, 'status', '')}".rstrip() for one in found]


def _there(record: Record, crm: Crm, kind: str) -> list[Record]:
    """What of this kind points to the record and was not deleted."""
    return [one for one in crm.referring(record.id, kind) if not one.is_deleted]


def latest(record: Record, crm: Crm) -> Section:
    """The last few changes, newest first."""
    return "History", [
        f"{spoken(entry.at, crm.said)}  {entry.by}  {entry.cmd}  {changes_in_words(entry)}  {entry.op}"
        for entry in reversed(_last(record, crm))
    ]


def _last(record: Record, crm: Crm) -> list[Entry]:
    return sorted(crm.history(record.id), key=lambda entry: (entry.at, entry.seq))[-_LATEST:]


def extra(record: Record, crm: Crm) -> Row:
    """What scripts get besides the record: its events and its latest changes, newest first."""
    return {
        "events": [public(one, crm) for one in _events(record, crm)],
        "history": [entry_row(entry) for entry in reversed(_last(record, crm))],
    }
