"""Finding records by what people type, on a shelf for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Generic, Protocol, TypeVar

from crm_cli.domain.condition import Condition, both, parse
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.history import Doc
from crm_cli.domain.ids import LETTERS, looks_like_id, make_id, number_of
from crm_cli.domain.keys import SHORT_NAMES, name_key
from crm_cli.domain.moment import Clock
from crm_cli.domain.reach import email_key, is_email
from crm_cli.domain.record import Record, fields_of, from_doc
from crm_cli.store.port import Snapshot

R = TypeVar("R", bound=Record)
_SHOWN = frozenset({"lead", "account", "contact", "deal", "event", "claim", "campaign", "rep"})  # with a noun each

_GONE = {
    "lead": ("deleted", "merged"),
    **dict.fromkeys(("account", "contact", "deal"), ("deleted", "canceled")),
    **dict.fromkeys(("event", "claim", "campaign", "rep"), ("deleted",)),
}


class Books(Protocol):
    """What a shelf must know of the desk it stands at."""

    snapshot: Snapshot
    said: Clock

    def record(self, cls: type[R], number: int) -> R:
        """One record as it was at the moment of the command; raises NotFound."""

    def then(self, kind: str, number: int) -> Doc | None:
        """A document as it was at the moment of the command; None if it was not there."""

    def last_made(self, kind: str | None = None) -> Record:
        """The newest record, of this kind if one is given, that this user made; raises NotFound."""

    def shelf(self, kind: str) -> Shelf[Any]:
        """The shelf of a kind by its name."""

    def resolve(self, kind: str, text: str) -> str:
        """The id of what a person typed for a reference; raises NotFound, Ambiguous."""


class Shelf(Generic[R]):
    """Every record of one kind."""

    def __init__(self, crm: Books, cls: type[R]) -> None:
        self.crm, self.cls, self.kind = crm, cls, cls.KIND

    def get(self, id: str) -> R:
        """By whole id, as it was at the moment of this command; raises NotFound."""
        return self.crm.record(self.cls, number_of(id))

    def find(self, text: str) -> R:
        """By what a person types: id, number, e-mail, name:"Jane Doe", handle, name, or @last for the one made last.

        Where several answer to a name or e-mail, those that are gone stand back. Raises NotFound, Ambiguous.
        """
        if text == "@last":
            return self.get(self.crm.last_made(self.kind).id)
        found = looks_like_id(text, self.kind)
        if found is not None:
            if found[0] != self.kind:
                there = f"; see crm {found[0]} show {text.upper()}" if found[0] in _SHOWN else ""
                raise BadValue(f"{text} is no {self.kind}", f"{self.kind} ids look like {LETTERS[self.kind]}12{there}")
            return self.crm.record(self.cls, found[1])
        candidates = self._called(text)
        if not candidates and text.casefold() == "none":
            raise NotFound("none is nobody", "to take it from whoever has it: unassign; to give it to nobody: no --rep")
        if not candidates:
            raise NotFound(f"there is no {self.kind} {text!r}", f"look with: crm {self.kind} list --search TEXT")
        if len(candidates) > 1:
            ids = ", ".join(sorted((one.id for one in candidates), key=number_of))
            raise Ambiguous(f"several {self.kind}s answer to {text!r}", f"say which: {ids}", candidates=ids.split(", "))
        return candidates[0]

    def _called(self, text: str) -> list[R]:
        name = text.removeprefix("name:").strip().strip('"')
        keys = [f"email:{email_key(text)}"] if is_email(text) else [name_key(self.kind, name)]
        numbers = {number for key in keys for kind, number in self.crm.snapshot.find(key) if kind == self.kind}
        answering = [number for number in sorted(numbers) if self._answers(number, text if is_email(text) else name)]
        there = [number for number in answering if self.crm.then(self.kind, number) is not None]
        found = [self.crm.record(self.cls, number) for number in there or answering]
        return [one for one in found if getattr(one, "status", "") not in _GONE.get(self.kind, ())] or found

    def _answers(self, number: int, text: str) -> bool:
        """People type what it is called today, or was called at the moment of this command."""
        docs = self.crm.snapshot.get(self.kind, number), self.crm.then(self.kind, number)
        return any(_answers(from_doc(doc, self.cls), text) for doc in docs if doc is not None)

    def all(self, where: Condition | None = None) -> Iterator[R]:
        """Those that fit, streamed in the order of their numbers, as they are now."""
        return (from_doc(doc, self.cls) for doc in self.crm.snapshot.scan(self.kind, where))

    @property
    def fields(self) -> dict[str, Field]:
        """What can be asked of a record of this kind."""
        return fields_of(self.cls)

    def where(self, text: str) -> Condition:
        """A filter as typed, its references looked up; raises BadValue, NotFound."""
        return parse(text, self.fields, self.crm.said, self.crm.resolve, Shelves(self.crm))

    def fitting(self, filters: Sequence[str], *, gone: bool = False) -> Condition | None:
        """All these filters as one; what was deleted fits only with `gone`, or where its status is asked for."""
        conditions = [self.where(text) for text in filters]
        if self.kind in _GONE and not gone and not any("status" in one.fields for one in conditions):
            conditions.append(self.where(f"status!={','.join(_GONE[self.kind])}"))
        return reduce(both, conditions) if conditions else None

    def new_id(self) -> str:
        return make_id(self.kind, self.crm.snapshot.next_number(self.kind))


_STEP = {
    "name": Field(name="name", type=FieldType.TEXT),
    "retired": Field(name="retired", type=FieldType.FLAG),
}


class Shelves:
    """Every shelf, for what is asked of records that others point to; activities stand in their campaigns."""

    def __init__(self, crm: Books) -> None:
        self.crm = crm

    def fields(self, kind: str) -> Mapping[str, Field]:
        """What can be asked of a record of this kind."""
        return _STEP if kind == "activity" else self.crm.shelf(kind).fields

    def ids(self, kind: str, where: Condition) -> Iterator[str]:
        """The ids of those that fit, as they are now."""
        if kind != "activity":
            return (str(doc["id"]) for doc in self.crm.snapshot.scan(kind, where, ("id",)))
        campaigns = self.crm.snapshot.scan("campaign", None, ("id", "activities"))
        steps = ((doc["id"], number, step) for doc in campaigns for number, step in doc.get("activities", {}).items())
        return (f"{id}.{number}" for id, number, step in steps if where.matches(step))


def _answers(record: Record, text: str) -> bool:
    """Keys may be stale or collide: the record itself decides."""
    if is_email(text):
        emails = [*getattr(record, "emails", ()), getattr(record, "email", None) or ""]
        return email_key(text) in [email_key(email) for email in emails]
    wanted = name_key("", text)
    short = (getattr(record, field, None) for field in SHORT_NAMES)
    return wanted in [name_key("", name) for name in (record.title, *short) if name]
