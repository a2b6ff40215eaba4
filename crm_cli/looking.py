"""Finding records at the desk: as they are, as they were at the moment of a command, and by what people call them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from crm_cli.domain.account import Account
from crm_cli.domain.batch import Import
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.claim import Claim
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.duplicates import Likeness, face_of, likeness, rank
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused
from crm_cli.domain.event import Event
from crm_cli.domain.history import Change, Doc, Entry, fold
from crm_cli.domain.ids import looks_like_id, make_id, number_of, split_id
from crm_cli.domain.keys import PROSPECTS, lookup_keys, reference_key
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock, Moment, behind, is_day, occurs_twice, spoken, to_datetime
from crm_cli.domain.participant import kind_of_participant
from crm_cli.domain.record import Record, from_doc, to_doc
from crm_cli.domain.reference import is_taken_back, points_to
from crm_cli.domain.rep import Rep
from crm_cli.domain.setting import Setting
from crm_cli.house import House
from crm_cli.shelf import Shelf
from crm_cli.store.port import Snapshot

R = TypeVar("R", bound=Record)

KINDS: dict[str, type[Record]] = {
    cls.KIND: cls for cls in (Lead, Campaign, Rep, Account, Contact, Deal, Event, Claim, Import, Setting)
}

_MADE = KINDS.keys() - {"setting", "import"}
_ENTERED_LATER = frozenset({"account", "contact", "event"})  # what a dated verb on a lead or deal changes besides


class Who(Struct, frozen=True):
    """Who gives the command, and how it was typed."""

    user: str = "crm"
    argv: tuple[str, ...] = ()


class Looking(House):
    """A shelf for every kind of record, and one moment at which they are looked at."""

    def __init__(self, snapshot: Snapshot, clock: Clock, who: Who, on: Moment | None, said: Clock | None) -> None:
        self.snapshot, self.clock, self.who, self.on = snapshot, clock, who, on
        self.said = said or clock
        self.warnings: list[str] = []
        self._pending: dict[str, list[Change]] = {}  # by id: what this operation has not written yet
        self._names: dict[str, str | None] = {}
        if on is not None and to_datetime(on, clock.zone) > clock.now and on != self.said.today.isoformat():
            raise BadValue(f"{spoken(on, clock)} is in the future", "what has happened has a date up to now")
        self.leads = Shelf(self, Lead)
        self.campaigns = Shelf(self, Campaign)
        self.reps = Shelf(self, Rep)
        self.accounts = Shelf(self, Account)
        self.contacts = Shelf(self, Contact)
        self.deals = Shelf(self, Deal)
        self.events = Shelf(self, Event)
        self.claims = Shelf(self, Claim)
        self.imports = Shelf(self, Import)

    def mind_the_clocks(self, moment: Moment) -> None:
        """Warn of a local time that came twice when the clocks were put back: the first is meant."""
        if not is_day(moment) and occurs_twice(moment, self.said.zone):
            self.warnings.append(f"this time came twice that night; the first is meant, {spoken(moment, self.said)}")

    def shelf(self, kind: str) -> Shelf[Any]:
        """The shelf of a kind by its name."""
        return Shelf(self, KINDS[kind])

    def record(self, cls: type[R], number: int) -> R:
        """One record as it was at the moment of this command; raises NotFound.

        One that came later is found as it is now: reps and campaigns are often entered after the work began.
        To change it before it came is refused when it is saved; an account, contact or event is found as it came.
        """
        doc = self.snapshot.get(cls.KIND, number)
        if doc is None:
            where = f"{cls.KIND} list" if cls.KIND in _MADE else "history"
            raise NotFound(f"there is no {cls.KIND} {make_id(cls.KIND, number)}", f"look with: crm {where}")
        then = self._then(cls.KIND, number, doc) or self._as_it_came(cls.KIND, doc)
        return from_doc(doc if then is None else then, cls)

    def then(self, kind: str, number: int) -> Doc | None:
        """A document as it was at the moment of this command; None if it was not there yet, or is not."""
        doc = self.snapshot.get(kind, number)
        return self._then(kind, number, doc) if doc is not None else None

    def _then(self, kind: str, number: int, doc: Doc) -> Doc | None:
        """Only a command with a date of its own looks back."""
        if self.on is None or doc["updated_at"] < self._limit:
            return doc
        known = [*self.snapshot.history(kind, number), *self._pending.get(doc["id"], ())]
        return fold(known, until=self._limit)

    def _as_it_came(self, kind: str, doc: Doc) -> Doc | None:
        """How it was first, if that may stand for what it was before; None if not."""
        if kind not in _ENTERED_LATER:
            return None
        return fold(self.history(doc["id"]), until=behind(doc["created_at"], self.clock.zone))

    def by_id(self, id: str) -> Record:
        """Any record by its whole id; raises BadValue, NotFound."""
        found = looks_like_id(id)
        if found is None or found[0] not in KINDS:
            raise BadValue(f"{id!r} is not an id", "ids look like L12, A7 or CL2")
        return self.record(KINDS[found[0]], found[1])

    def _as_of(self, kind: str, number: int, doc: Doc) -> Doc:
        """The document at the moment of this command; raises Refused before it came.

        An account, contact or event that was entered later than it was needed is changed from when it came.
        """
        then = self._then(kind, number, doc) or self._as_it_came(kind, doc)
        if then is None:
            raise Refused(
                f"{doc['id']} came on {spoken(doc['created_at'], self.clock)}",
                "nothing about it can be dated before",
            )
        return then

    @cached_property
    def _limit(self) -> Moment:
        """The first instant after the moment of this command: a day is meant up to its end."""
        assert self.on is not None
        return behind(self.on, self.clock.zone)

    def last_made(self, kind: str | None = None) -> Record:
        """The newest record, of this kind if one is given, that this user made; raises NotFound."""
        new = self._newest(kind)
        if new is not None:
            return new
        count = 64
        while True:
            entries = [entry for entry in self.snapshot.latest(count) if entry.by == self.who.user]
            made = (one for one in reversed(entries) if (one.kind == kind if kind else one.kind in _MADE))
            for entry in made:
                if self.snapshot.history(entry.kind, entry.number)[0].seq == entry.seq:
                    return self.record(KINDS[entry.kind], entry.number)
            if count > self.snapshot.next_number("operation"):
                raise NotFound(f"{self.who.user} has made no {kind or 'record'} yet", "give an id: L12")
            count *= 16

    def _newest(self, kind: str | None) -> Record | None:
        """The newest record that this operation makes and has not written yet."""
        for id in reversed(self._pending):
            found, number = split_id(id)
            if (found == kind if kind else found in _MADE) and not self.snapshot.history(found, number):
                return self.record(KINDS[found], number)
        return None

    def history(self, id: str) -> list[Entry]:
        """Every entry of a record in log order, and those to come: what this operation has not written yet."""
        kind, number = looks_like_id(id) or ("", 0)
        return [*self.snapshot.history(kind, number), *map(self._to_come, self._pending.get(id, ()))]

    def _to_come(self, change: Change) -> Entry:
        return Entry(
            kind=change.kind,
            number=change.number,
            at=change.at,
            facts=change.facts,
            personal=change.personal,
            reason=change.reason,
            cmd=change.cmd or "",
            seq=self.snapshot.seq + 1,
            tx=self.snapshot.next_number("operation"),
            recorded=self.clock.now_text,
            by=self.who.user,
        )

    def referring(self, id: str, kind: str | None = None, *, today: bool = False) -> list[Record]:
        """Records that pointed to this one at the moment of this command, by their numbers; of one kind if given.

        With `today` those that point to it now, whatever moment the command is about.
        """
        wanted = KINDS if kind is None else (kind,)
        found = [one for one in self.snapshot.find(reference_key(id)) if one[0] in wanted]
        look = self._doc if today else self.then
        records = [from_doc(doc, KINDS[one]) for one, number in found if (doc := look(one, number))]
        return [one for one in records if points_to(one, id)]

    def _doc(self, kind: str, number: int) -> Doc | None:
        return self.snapshot.get(kind, number) if kind in KINDS else None

    def name_of(self, id: str) -> str | None:
        """What a record, or a campaign's activity, is called now; None for one that is not there."""
        if id not in self._names:
            self._names[id] = self._look_up_name(id)
        return self._names[id]

    def _look_up_name(self, id: str) -> str | None:
        campaign, _, activity = id.partition(".")
        found = looks_like_id(campaign)
        doc = self._doc(*found) if found else None
        if doc is None:
            return None
        if activity:
            name = doc.get("activities", {}).get(activity, {}).get("name")
            return str(name) if name else None
        return str(doc.get("name") or id)

    def resolve(self, kind: str, text: str) -> str:
        """The id of what a person typed for a reference; raises NotFound, Ambiguous."""
        if kind == "activity":
            return self._activity_id(text)
        if kind == "participant":
            kind = kind_of_participant(text) or "contact"
        return str(self.shelf(kind).find(text).id)

    def _activity_id(self, text: str) -> str:
        campaign, dot, _ = text.partition(".")
        if dot and looks_like_id(campaign, "campaign"):
            owner = self.campaigns.find(campaign)
            return owner.activity_id(owner.find_activity(text.upper()))
        ids = [
            owner.activity_id(one)
            for owner in self.campaigns.all()
            for one in owner.in_order(retired=True)
            if one.name.casefold() == text.strip().casefold()
        ]
        if len(ids) != 1:
            kind = Ambiguous if ids else NotFound
            raise kind(f"{len(ids) or 'no'} activities are called {text!r}", "give its id: C3.2")
        return ids[0]

    def alike(self, record: Record, keys: Iterable[str] | None = None) -> list[Likeness]:
        """Records that are, surely or possibly, the same person or company, and not taken back; the surest first.

        They are looked for under these look-up `keys` of the record, or under all: those that hundreds share would
        make an import crawl.
        """
        doc, kind = to_doc(record), record.KIND
        keys = lookup_keys(kind, doc) if keys is None else keys
        found = {one for key in keys for one in self.snapshot.find(key) if one[0] in PROSPECTS or one[0] == kind}
        found.discard((kind, number_of(record.id)))
        mine = face_of(doc, kind)
        others = ((one[0], other) for one in found if (other := self.snapshot.get(*one)) is not None)
        judged = (likeness(mine, other, kind) for kind, other in others if not is_taken_back(kind, other))
        return rank(one for one in judged if one is not None)
