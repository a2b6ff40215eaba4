"""One command's view of the desk: a shelf for every kind of record, one moment, one commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from crm_cli.domain.account import Account
from crm_cli.domain.batch import Import
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.claim import Claim
from crm_cli.domain.contact import Contact
from crm_cli.domain.deadline import Deadlines
from crm_cli.domain.deal import Deal
from crm_cli.domain.duplicates import Likeness, face_of, likeness, rank
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused
from crm_cli.domain.event import Event
from crm_cli.domain.field import FieldType
from crm_cli.domain.history import Change, Doc, Entry, Operation, check_order, difference, flatten, fold
from crm_cli.domain.ids import looks_like_id, make_id, number_of, split_id
from crm_cli.domain.keys import PROSPECTS, REFERENCE_SETS, lookup_keys, reference_key
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock, Moment, behind, instant, is_day, occurs_twice, spoken, to_datetime
from crm_cli.domain.participant import kind_of_participant
from crm_cli.domain.record import Note, Record, fields_of, from_doc, personal_fields, to_doc
from crm_cli.domain.rep import Rep
from crm_cli.domain.setting import RULES, Setting, Value, rule_of
from crm_cli.domain.size import must_be_short, must_fit
from crm_cli.domain.stage import DealKind, kinds_of
from crm_cli.shelf import Shelf
from crm_cli.store.port import Snapshot, Transaction, Written

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


class Saved(Struct, frozen=True):
    """A record as it was (None: it is new) and as it is now; `then` is the same at the moment of a dated command."""

    before: Record | None
    after: Record
    then: tuple[Record | None, Record]


class Crm:
    """The desk for the length of one command."""

    def __init__(
        self,
        snapshot: Snapshot,
        clock: Clock,
        who: Who,
        on: Moment | None = None,
        said: Clock | None = None,
    ) -> None:
        """`clock` has the store's zone, `said` the one in which people read and write times.

        `on` is the business time of what is done; None means now. Raises BadValue for the future.
        """
        self.snapshot, self.clock, self.who, self.on = snapshot, clock, who, on
        self.said = said or clock
        self.written: Written | None = None
        self.op: str | None = None  # the operation that what was saved here is part of, once that is settled
        self.saved: dict[str, Saved] = {}
        self.changes = 0  # how many were saved, told or not
        self.made: Counter[str] = Counter()  # new records by kind
        self.warnings: list[str] = []
        self._pending: dict[str, list[Change]] = {}
        self._names: dict[str, str | None] = {}
        self._verb: str | None = None  # the command's own, where the operation is made of several
        self._place = 1  # of this command among those of its operation
        self._followers = 0
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

    def following(self, verb: str | None, on: Moment | None = None) -> Crm:
        """The desk for the next command of the same operation: it sees all that was done before, and bears a verb.

        What it saves is this desk's to commit once it is `joined`. Raises BadValue for the future.
        """
        crm = Crm(self.snapshot, self.clock, self.who, on, self.said)
        crm._pending, crm._settings, crm._verb = self._pending, self._settings, verb
        self._followers += 1
        crm._place = self._followers
        return crm

    def joined(self, crm: Crm, *, settled: bool = True) -> None:
        """Take over what a following desk has saved; unless it is only a rehearsal, its operation is `settled`."""
        self.saved.update(crm.saved)
        self.changes += crm.changes
        self.made += crm.made
        self.warnings += crm.warnings
        if settled and crm.saved:
            crm.op = make_id("operation", self.snapshot.next_number("operation"))

    def mind_the_clocks(self, moment: Moment) -> None:
        """Warn of a local time that came twice when the clocks were put back: the first is meant."""
        if not is_day(moment) and occurs_twice(moment, self.said.zone):
            self.warnings.append(f"this time came twice that night; the first is meant, {spoken(moment, self.said)}")

    # --- looking ---------------------------------------------------------------------------------

    def shelf(self, kind: str) -> Shelf[Any]:
        """The shelf of a kind by its name."""
        return Shelf(self, KINDS[kind])

    def record(self, cls: type[R], number: int) -> R:
        """One record as it was at the moment of this command; raises NotFound.

        One that came later is found as it is now: reps and campaigns are often entered after the work began.
        To change it before it came is refused when it is saved.
        """
        doc = self.snapshot.get(cls.KIND, number)
        if doc is None:
            raise NotFound(f"there is no {cls.KIND} {make_id(cls.KIND, number)}", f"look with: crm {cls.KIND} list")
        then = self._then(cls.KIND, number, doc)
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
        then = self._then(kind, number, doc)
        if then is None and kind in _ENTERED_LATER:
            then = fold(self.history(doc["id"]), until=behind(doc["created_at"], self.clock.zone))
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
        """Records that are, surely or possibly, the same person or company; the surest first.

        They are looked for under these look-up `keys` of the record, or under all: those that hundreds share would
        make an import crawl.
        """
        doc, kind = to_doc(record), record.KIND
        keys = lookup_keys(kind, doc) if keys is None else keys
        found = {one for key in keys for one in self.snapshot.find(key) if one[0] in PROSPECTS or one[0] == kind}
        found.discard((kind, number_of(record.id)))
        mine = face_of(doc, kind)
        judged = (likeness(mine, other, one[0]) for one in found if (other := self.snapshot.get(*one)) is not None)
        return rank(one for one in judged if one is not None)

    # --- the rules of the house --------------------------------------------------------------------

    @cached_property
    def _settings(self) -> dict[str, Setting]:
        return {str(doc["key"]): from_doc(doc, Setting) for doc in _setting_docs(self.snapshot)}

    def setting(self, key: str) -> Any:
        """What is set under a key, or its default."""
        default = rule_of(key).default
        if key not in self._settings:
            return default
        value = self._settings[key].value
        return type(default)() if value is None else value  # what is empty is not kept

    def settings(self) -> dict[str, tuple[Value, str]]:
        """Every key with its value and where it comes from (store or default)."""
        return {key: (self.setting(key), "store" if key in self._settings else "default") for key in RULES}

    @cached_property
    def deal_kinds(self) -> tuple[DealKind, ...]:
        """The kinds of deal of the house; the first is the usual one."""
        return kinds_of(tuple(self.setting("deal.kinds")), tuple(self.setting("deal.stages")))

    @cached_property
    def deadlines(self) -> Deadlines:
        """Until when leads are to be answered."""
        days = {rating: int(self.setting(f"lead.days.{rating}")) for rating in ("hot", "warm", "cold")}
        return Deadlines(days, frozenset(self.setting("holidays")), self.clock.zone)

    def set(self, key: str, value: Value) -> None:
        """Set a rule of the house."""
        rule_of(key)
        old = self._settings.get(key)
        setting = old or Setting(id=self.shelf("setting").new_id(), key=key)
        self.save(setting.change(value=value))
        self._settings[key] = setting.change(value=value)

    def found(self, **settings: Value) -> None:
        """The first settings of a new store, made with whatever this command does."""
        for key, value in settings.items():
            self.set(key, value)
        self.saved.clear()
        self.made.clear()
        self.changes = 0

    # --- changing --------------------------------------------------------------------------------

    @property
    def transaction(self) -> Transaction:
        """The snapshot as one that takes changes; only commands that change something have one."""
        return self.snapshot  # type: ignore[return-value]

    @property
    def at(self) -> Moment:
        """The business time of what is done, as an instant: a past day is its start, today is now."""
        todays = (self.clock.today.isoformat(), self.said.today.isoformat())
        if self.on is None or self.on in todays:
            return self.clock.now_text
        return instant(to_datetime(self.on, self.clock.zone))

    @property
    def when(self) -> Moment:
        """The business time of what is done, as it is kept: a past day stays a day."""
        return self.on if self.on is not None and is_day(self.on) and self.at != self.clock.now_text else self.at

    @property
    def day(self) -> str:
        """The day in the store's zone on which this is done."""
        return to_datetime(self.at, self.clock.zone).astimezone(self.clock.zone).date().isoformat()

    def note(self, text: str) -> tuple[str, Note]:
        """A note of this operation and the key it is kept under."""
        key = str(self.snapshot.next_number("operation")) + (f"-{self._place}" if self._place > 1 else "")
        return key, Note(self.at, self.who.user, text.strip())

    def save(self, *records: Record, reason: str | None = None, at: Moment | None = None, telling: bool = True) -> None:
        """Put changed or new records into this command's one commit; one that did not change is left out.

        `at` dates this change differently from the command (an import). Without `telling` they are not among those
        that are `saved`: whoever saves a hundred thousand tells only how many. Raises Refused where the dates make
        no legal order of statuses, Conflict.
        """
        for record in records:
            self._save(record, reason, at, telling)

    def _save(self, record: Record, reason: str | None, at: Moment | None, telling: bool) -> None:
        kind, number = record.KIND, number_of(record.id)
        now = self.snapshot.get(kind, number)
        before = self._as_of(kind, number, now) if now is not None else None
        after = {**_unknown(before, type(record)), **to_doc(record)}
        fields = difference(before, after)
        moment = self._moment(before, at)
        if before is not None and moment < before["updated_at"]:
            fields = self._said_then(record, fields, moment)
        if not fields:
            return
        fields = _together(type(record), fields, before, after)
        self._must_point_to_what_is_there(record, fields)
        must_fit(record.id, {path: new for path, (_, new) in fields.items()}, before, after)
        must_be_short("the reason", reason or "")
        change = self._change(record, fields, moment, reason)
        if now is not None and change.at < now["updated_at"]:
            known = [*self.snapshot.history(kind, number), *self._pending.get(record.id, ())]
            check_order([*known, change], record.OPEN)
        doc = self.transaction.apply(change)
        self._pending.setdefault(record.id, []).append(change)
        self._names.pop(record.id, None)
        self.changes += 1
        self.made[kind] += now is None
        if telling:
            self.saved[record.id] = self._told(record, now, before, doc)

    def _must_point_to_what_is_there(self, record: Record, fields: Mapping[str, list[Any]]) -> None:
        """Nothing is put together with what was deleted; raises Refused."""
        for id in references(type(record), {path: new for path, (_, new) in fields.items()}):
            doc = self.snapshot.get(*split_id(id))
            if doc is not None and doc.get("status") == "deleted":
                kind = split_id(id)[0]
                raise Refused(f"{id} {self.name_of(id) or ''} is deleted", f"run: crm {kind} restore {id}")

    def _told(self, record: Record, now: Doc | None, before: Doc | None, after: Doc) -> Saved:
        """What to tell of a saved record; where it is saved twice, what it was before the first time."""
        cls = type(record)
        earlier = self.saved.get(record.id)
        if earlier is not None:
            return Saved(earlier.before, from_doc(after, cls), (earlier.then[0], record))
        was, then = (from_doc(doc, cls) if doc is not None else None for doc in (now, before))
        return Saved(was, from_doc(after, cls), (then, record))

    def _said_then(self, record: Record, fields: Mapping[str, list[Any]], moment: Moment) -> dict[str, list[Any]]:
        """The same new values, told from what was so at that earlier moment."""
        known = self.history(record.id)
        then = flatten(fold([change for change in known if change.at <= moment]) or {})
        return {path: [then.get(path), new] for path, (_, new) in fields.items() if then.get(path) != new}

    def _change(self, record: Record, fields: Mapping[str, list[Any]], at: Moment, reason: str | None) -> Change:
        private = personal_fields(type(record))
        personal = {path: value for path, value in fields.items() if path.partition(".")[0] in private}
        facts = {path: value for path, value in fields.items() if path not in personal}
        return Change(
            kind=record.KIND,
            number=number_of(record.id),
            at=at,
            facts=facts,
            personal=personal or None,
            reason=reason,
            cmd=self._verb,
        )

    def _moment(self, before: Doc | None, at: Moment | None) -> Moment:
        """When a change happened: never before what it was made from, an import's never before the record came."""
        wanted = at or self.at
        if before is None or wanted >= before["updated_at"]:
            return wanted
        if at is not None:
            return max(at, str(before["created_at"]))
        if self.on is None:
            self.warnings.append(
                f"the clock stands behind the last change of {before['id']}; its time {before['updated_at']} is taken"
            )
        return str(before["updated_at"])

    def commit(self, cmd: str, facts: Mapping[str, list[Any]] | None = None) -> Written | None:
        """Write everything saved as one operation; None, and no operation, if nothing changed."""
        if not self.changes:
            return None
        operation = Operation(
            cmd=cmd,
            by=self.who.user,
            recorded=self.clock.now_text,
            argv=self.who.argv,
            facts=dict(facts or {}),
        )
        self._pending.clear()  # from now on it is history
        self.written = self.transaction.commit(operation)
        self.op = make_id("operation", self.written.tx)
        return self.written


def _together(
    cls: type[Record], fields: Mapping[str, list[Any]], before: Doc | None, after: Doc
) -> dict[str, list[Any]]:
    """With the fields that change only together: a lead dated back into a campaign keeps no other one's activity."""
    whole = dict(fields)
    if before is not None and any(name in fields for name in cls.TOGETHER):
        for name in cls.TOGETHER:
            whole.setdefault(name, [before.get(name), after.get(name)])
    return whole


def _unknown(doc: Doc | None, cls: type[Record]) -> Doc:
    """What a newer program wrote into a document: kept as it is."""
    return {name: value for name, value in (doc or {}).items() if name not in cls.__struct_fields__}


def points_to(record: Record, id: str) -> bool:
    """Whether one of the record's references is this id."""
    if id in getattr(record, "reps", {}).values() or any(id in getattr(record, name, ()) for name in REFERENCE_SETS):
        return True
    return any(getattr(record, name, None) == id for name in record.__struct_fields__ if name != "id")


def references(cls: type[Record], values: Mapping[str, Any]) -> list[str]:
    """The ids of the records that these values of a record point to; an activity stands for its campaign.

    `values` are by field or by path: those of a campaign's reps stand under `reps` or `reps.3`, an event's
    participants are the keys under `participants` or `participants.P9`.
    """
    fields = fields_of(cls)
    refs = [value for name, value in values.items() if value and name in fields and fields[name].type is FieldType.REF]
    for path, value in flatten(values).items():
        name, _, key = path.partition(".")
        if value and key and name in ("reps", *REFERENCE_SETS):
            refs.append(value if name == "reps" else key)
    return list(dict.fromkeys(str(ref).partition(".")[0] for ref in refs))


def zone_of(snapshot: Snapshot) -> ZoneInfo:
    """The store's time zone."""
    for doc in _setting_docs(snapshot):
        if doc.get("key") == "timezone":
            return ZoneInfo(str(doc["value"]))
    return ZoneInfo(str(RULES["timezone"].default))


def _setting_docs(snapshot: Snapshot) -> Iterator[Doc]:
    """One by one: they are few, and a scan would read the whole store."""
    for number in range(1, snapshot.next_number("setting")):
        doc = snapshot.get("setting", number)
        if doc is not None:
            yield doc
