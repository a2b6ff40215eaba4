"""The desk held against the plain model: records, histories, numbers, look-ups, references, and the past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.errors import Ambiguous, NotFound
from crm_cli.usecases.facts import facts_as_of
from tests.store.model import (
    LETTERS,
    OPEN,
    Books,
    Doc,
    folded,
    is_answered,
    kind_of,
    known,
    local_day,
    midnight,
    number_of,
)

ALIKE = {"ann lee": ("Ann Lee", "ANN LEE", "Ànn Lee"), "bob": ("Bob",), "jurgen": ("Jürgen Müller",)}
MAILS = ("ann@a.example", "bob@b.example", "cid@c.example")
ASKED = ("status", "rep", "activity", "account")  # by which a report counts leads
LATEST = "2026-12-24T12:59:59Z"


def flat(doc: Mapping[str, Any]) -> Doc:
    """A document of the store as the model writes it, without its id."""
    found: Doc = {}
    for name, value in doc.items():
        if isinstance(value, dict):
            found.update({f"{name}.{key}": inner for key, inner in value.items()})
        elif name != "id":
            found[name] = value
    return found


def compare(crm: Crm, books: Books) -> None:
    """Fails where anything at all differs."""
    snapshot = crm.snapshot
    for kind in LETTERS:
        found = {str(doc["id"]): flat(doc) for doc in snapshot.scan(kind)}
        alike(f"{kind} records", found, {id: books.today(id) for id in books.ids(kind)})
        alike(f"the next {kind}", snapshot.next_number(kind), books.next(kind))
    alike("lines and latest", (snapshot.seq, snapshot.last_at), (books.seq, books.last_at))
    alike("the next operation", snapshot.next_number("operation"), books.tx + 1)
    for id, entries in books.records.items():
        found_lines = [(entry.at, entry.seq, entry.recorded, entry.fields) for entry in crm.history(id)]
        told_lines = [(entry.at, entry.seq, entry.recorded, entry.changed) for entry in entries]
        alike(f"the history of {id}", found_lines, told_lines)
        alike(id, flat(snapshot.get(kind_of(id), number_of(id)) or {}), books.today(id))
        alike(f"what points to {id}", {one.id for one in crm.referring(id) if one.id != id}, books.pointing(id))
    _compare_look_ups(crm, books)


def _compare_look_ups(crm: Crm, books: Books) -> None:
    leads = {id: books.today(id) for id in books.ids("lead")}
    for names in ALIKE.values():
        called = [id for id, doc in leads.items() if doc["name"] in names]
        alike(f"leads called {names[-1]}", _answering(crm, names[-1]), _there(leads, called))
    for mail in MAILS:
        mailed = [id for id, doc in leads.items() if mail in doc.get("emails", ())]
        alike(f"leads with {mail}", _answering(crm, mail.upper()), _there(leads, mailed))
    alike("what is due", crm.snapshot.due(LATEST), _due(books))


def _there(leads: dict[str, Doc], ids: list[str]) -> list[str]:
    """Those that are not gone, if there are any: the others stand back."""
    return [id for id in ids if leads[id]["status"] not in ("deleted", "merged")] or ids


def _due(books: Books) -> list[tuple[str, int]]:
    """Planned events by their start, unanswered leads by their last day; days a day earlier, whatever the zone."""
    waiting = [(books.today(id)["start"], 1, number_of(id)) for id in books.ids("event", "planned")]
    leads = [id for id in books.ids("lead", *OPEN) if not is_answered(books.today(id))]
    waiting += [(books.today(id)["due"], 0, number_of(id)) for id in leads if "due" in books.today(id)]
    told = sorted((_a_day_before(moment), kind, number) for moment, kind, number in waiting)
    return [(("lead", "event")[kind], number) for moment, kind, number in told if moment <= LATEST]


def _a_day_before(moment: str) -> str:
    return moment if len(moment) > 10 else f"{date.fromisoformat(moment) - timedelta(1)}T00:00:00Z"


def _answering(crm: Crm, text: str) -> list[str]:
    try:
        return [crm.leads.find(text).id]
    except NotFound:
        return []
    except Ambiguous as several:
        return [str(id) for id in several.details["candidates"]]


def compare_past(now: Crm, then: Crm, books: Books, day: str, until: str | None) -> None:
    """Fails where the end of a day, read as commands dated on it do or as reports do, is not what the books say."""
    end = midnight(day, 1)
    for id, entries in books.records.items():
        alike(f"{id} on {day}", flat(then.then(kind_of(id), number_of(id)) or {}), folded(entries, end))
    leads = {id: folded(known(books.records[id], until), end) for id in books.ids("lead")}
    facts = facts_as_of(now, date.fromisoformat(day), until)
    found = {one.id: (one.received.isoformat(), one.qualified_at, *map(one.under, ASKED)) for one in facts.leads}
    told = {id: _fact(doc) for id, doc in leads.items() if doc}
    alike(f"what reports count on {day}, known at {until}", found, told)


def _fact(doc: Doc) -> tuple[str, ...]:
    under = (doc.get(path) or "(none)" for path in ASKED)
    return (local_day(doc["received_at"]), doc.get("qualified_at", ""), *under)


def alike(what: str, found: object, told: object) -> None:
    """Fails, saying what, where what is found is not what was told."""
    if found != told:
        raise AssertionError(f"{what}:\n  found {found}\n  told  {told}")
