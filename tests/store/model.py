"""A plain model of the books: what was told of each record and what that makes of it, without a line of the CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Doc = dict[str, Any]  # flat: `tags.vip`, `notes.3`; what is not there is not in it
Changed = dict[str, list[Any]]  # path: [old, new]

ZONE = ZoneInfo("Europe/Berlin")
LETTERS = {
    "lead": "L", "campaign": "C", "event": "E", "account": "A", "contact": "P", "deal": "D", "rep": "R", "import": "I"
}  # fmt: skip
KINDS = {letter: kind for kind, letter in LETTERS.items()}
REFERENCES = frozenset({"rep", "campaign", "account", "contact", "lead", "deal"})
TOGETHER = {"lead": ("campaign", "activity"), "event": ("start", "end"), "deal": ("stage", "stage_at")}
FIRST = frozenset({"contacted_at", "customer_since"})  # the earliest that was told
LATER = frozenset({"account", "contact", "event"})  # often entered only after they were needed

OPEN = frozenset({"new", "contacted"})
CLOSED = {
    "lead": {"qualified", "disqualified", "merged", "deleted"},
    "event": {"completed", "canceled", "deleted"},
    "campaign": {"closed", "deleted"},
    "deal": {"won", "lost", "canceled", "deleted"},
    **{kind: {"deleted"} for kind in ("rep", "account", "contact")},
}
# From which statuses each verb leads on (requirements, 4.1 to 4.3); None: it is not there yet.
_ADDED: dict[str, set[str | None]] = {"add": {None}, "restore": {"deleted"}}
LEGAL: dict[str, dict[str, set[str | None]]] = {
    "lead": {
        **_ADDED,
        **{verb: {*OPEN} for verb in ("contacted", "qualify", "disqualify", "delete")},
        "reopen": {"disqualified"},
        "unqualify": {"qualified"},
    },
    "event": {
        **_ADDED,
        **{verb: {"planned"} for verb in ("done", "cancel")},
        "reopen": {"completed", "canceled"},
        "delete": {"planned", "completed", "canceled"},
    },
    "campaign": {**_ADDED, "close": {"active"}, "reopen": {"closed"}, "delete": {"active", "closed"}},
    "rep": {**_ADDED, "deactivate": {"active"}, "activate": {"inactive"}, "delete": {"active", "inactive"}},
    "account": {**_ADDED, "cancel": {"active"}, "revive": {"canceled"}},
    "contact": {**_ADDED, "cancel": {"active"}, "revive": {"canceled"}},
    "deal": {**_ADDED, "win": {"in_progress"}, "cancel": {"in_progress", "lost"}},
    "import": {},
}


class Illegal(Exception):
    """What the rules of the house do not allow."""


class Entry(NamedTuple):
    """What was told of a record: when it happened, where it stands in the log, when it was written, and what."""

    at: str
    seq: int
    recorded: str
    verb: str
    changed: Changed


def kind_of(id: str) -> str:
    return KINDS[id.rstrip("0123456789")]


def number_of(id: str) -> int:
    return int(id.lstrip("ACDEILPR"))


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(day: str, later: int = 0) -> str:
    """The instant at which a day begins in the zone, or one so many days later."""
    return instant(datetime.combine(date.fromisoformat(day) + timedelta(later), time(), ZONE))


def local_day(moment: str) -> str:
    return moment if len(moment) == 10 else datetime.fromisoformat(moment).astimezone(ZONE).date().isoformat()


def folded(entries: Iterable[Entry], before: str | None = None) -> Doc:
    """The record by what happened `before` an instant; {} if it was not there."""
    doc: Doc = {}
    for at, _, _, _, changed in sorted(entries, key=lambda entry: (entry.at, entry.seq)):
        if before is not None and at >= before:
            break
        for path, (old, new) in changed.items():
            told = doc.get(path)
            earlier = path in FIRST and new and told and told != old
            doc[path] = min(told, new) if earlier else new
        doc["updated_at"] = at
        doc.setdefault("created_at", at)
    return {path: value for path, value in doc.items() if value is not None}


def known(entries: Iterable[Entry], until: str | None) -> list[Entry]:
    """What had been written before that; no line is known without those before it, whatever the clock said."""
    return [*takewhile(lambda entry: until is None or entry.recorded < until, entries)]


class Books:
    """All that was ever told, and how far the log has come."""

    def __init__(self) -> None:
        self.records: dict[str, list[Entry]] = {}
        self.seq = self.tx = 0
        self._today: dict[str, Doc] = {}

    def copy(self) -> Books:
        copy = Books()
        copy.records = {id: list(entries) for id, entries in self.records.items()}
        copy.seq, copy.tx, copy._today = self.seq, self.tx, dict(self._today)
        return copy

    def tell(self, id: str, entry: Entry) -> None:
        self.records.setdefault(id, []).append(entry)
        self._today.pop(id, None)

    def today(self, id: str) -> Doc:
        """A record as it is now."""
        if id not in self._today:
            self._today[id] = folded(self.records[id])
        return self._today[id]

    def ids(self, kind: str, *statuses: str) -> list[str]:
        """The records of a kind in the order of their numbers; with `statuses` only those that are so now."""
        found = sorted((id for id in self.records if kind_of(id) == kind), key=number_of)
        return [id for id in found if not statuses or self.today(id)["status"] in statuses]

    def next(self, kind: str) -> int:
        return max(map(number_of, self.ids(kind)), default=0) + 1

    def is_deleted(self, id: str) -> bool:
        return id in self.records and self.today(id).get("status") == "deleted"

    def pointing(self, id: str) -> set[str]:
        """The records that point to this one now."""
        return {other for other in self.records if other != id and id in references(self.today(other))}

    @property
    def last_at(self) -> str:
        return max((entry.at for entries in self.records.values() for entry in entries), default="")


def references(doc: Mapping[str, Any]) -> set[str]:
    return {value for path, value in doc.items() if value and (path in REFERENCES or path.startswith("reps."))}


def is_answered(lead: Doc) -> bool:
    """Whether somebody was in touch since it came, or was reopened last."""
    return "responded_at" in lead if "restarted_at" in lead else bool(lead["status"] == "contacted")


class Command:
    """One command given to the books: `books` is what they are when it is done."""

    def __init__(self, books: Books, now: datetime, on: str | None) -> None:
        self.books, self.now, self.on = books.copy(), instant(now), on
        self.first = books.seq + (2 if books.seq else 3)  # behind the line of the operation, and that of a new store
        self.told = 0
        today = local_day(self.now)
        begins = midnight(on) if on and len(on) == 10 else on
        if begins and begins > self.now and on != today:
            raise Illegal(f"{on} is in the future")
        self.at = self.now if begins is None or on == today else begins
        self.day = local_day(self.at)
        self.when = on if on and len(on) == 10 and on != today else self.at
        self.before = None if on is None else midnight(on, 1) if len(on) == 10 else f"{on}~"

    def end(self) -> Books:
        """The books when all is told; a command that changed nothing leaves no trace."""
        if self.told:
            self.books.seq, self.books.tx = self.first + self.told - 1, self.books.tx + 1
        return self.books

    def then(self, id: str) -> Doc:
        """A record as it was at the moment of this command; {} if it was not there yet."""
        return self.books.today(id) if self.before is None else folded(self.books.records[id], self.before)

    def found(self, id: str) -> Doc:
        """What a verb starts from: one that came later is taken as it came, or as it is now."""
        return self.then(id) or self._as_it_came(id) or self.books.today(id)

    def _as_it_came(self, id: str) -> Doc:
        entries = self.books.records[id]
        return folded(entries, min(entry.at for entry in entries) + "~") if kind_of(id) in LATER else {}

    def _base(self, id: str) -> Doc:
        if id not in self.books.records:
            return {}
        base = self.then(id) or self._as_it_came(id)
        if not base:
            raise Illegal(f"{id} was not there yet")
        return base

    def tell(self, id: str, verb: str, new: Mapping[str, Any], at: str | None = None) -> None:
        """Let these paths have these values, as far as they differ from what was so; never before what that was."""
        base = self._base(id)
        changed: Changed = {path: [base.get(path), value] for path, value in new.items() if base.get(path) != value}
        pair = TOGETHER.get(kind_of(id), ())
        if base and any(path in changed for path in pair):
            changed |= {path: [base.get(path), new.get(path, base.get(path))] for path in pair}
        if not changed:
            return
        for other in references({path: value for path, (_, value) in changed.items()}):
            if self.books.is_deleted(other):
                raise Illegal(f"{other} is deleted")
        moment = max(at or self.at, base.get("updated_at", ""))
        self.books.tell(id, Entry(moment, self.first + self.told, self.now, verb, changed))
        self.told += 1
        self._must_be_legal(id)

    def _must_be_legal(self, id: str) -> None:
        """In the order of time every status stands on one from which its verb leads on, as it did when it was made."""
        status: str | None = None
        for entry in sorted(self.books.records[id], key=lambda entry: (entry.at, entry.seq)):
            if "status" not in entry.changed:
                continue
            old, new = entry.changed["status"]
            alike = status == old or {status, old} <= OPEN
            if status not in LEGAL[kind_of(id)][entry.verb] or not alike:
                raise Illegal(f"{id} was {status} before it became {new} on {entry.at}")
            status = new
