"""One command's view of the desk: a shelf for every kind of record, one moment, one commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from crm_cli.domain.history import Change, Doc, Operation, check_order, difference, flatten, fold
from crm_cli.domain.ids import make_id, number_of, split_id
from crm_cli.domain.moment import Clock, Moment, instant, is_day, to_datetime
from crm_cli.domain.record import Note, Record, from_doc, personal_fields, to_doc
from crm_cli.domain.reference import must_be_there, references
from crm_cli.domain.setting import Setting, Value, rule_of
from crm_cli.domain.size import must_be_short, must_fit
from crm_cli.looking import Looking, Who
from crm_cli.store.port import Snapshot, Transaction, Written


class Saved(Struct, frozen=True):
    """A record as it was (None: it is new) and as it is now; `then` is the same at the moment of a dated command."""

    before: Record | None
    after: Record
    then: tuple[Record | None, Record]


class Crm(Looking):
    """The desk for the length of one command: a shelf for every kind of record, one moment, one commit."""

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
        super().__init__(snapshot, clock, who, on, said)
        self.written: Written | None = None
        self.op: str | None = None  # the operation that what was saved here is part of, once that is settled
        self.saved: dict[str, Saved] = {}
        self.changes = 0  # how many were saved, told or not
        self.made: Counter[str] = Counter()  # new records by kind
        self._verb: str | None = None  # the command's own, where the operation is made of several
        self._place = 1  # of this command among those of its operation
        self._followers = 0

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

    def set(self, key: str, value: Value) -> None:
        """Set a rule of the house."""
        rule_of(key)
        old = self._settings.get(key)
        setting = (old or Setting(id=self.shelf("setting").new_id(), key=key)).change(value=value, unset=False)
        self.save(setting)
        self._settings[key] = setting

    def unset(self, key: str) -> None:
        """Put a rule of the house back to its default; one that nobody has set stays as it is."""
        rule_of(key)
        if key in self._settings:
            self._settings[key] = self._settings[key].change(value=None, unset=True)
            self.save(self._settings[key])

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
        """Nothing is put together with what was deleted, or taken back with its lead; raises Refused."""
        for id in references(type(record), {path: new for path, (_, new) in fields.items()}):
            kind, number = split_id(id)
            doc = self.snapshot.get(kind, number)
            if doc is not None:
                must_be_there(kind, doc)

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
