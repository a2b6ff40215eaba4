"""What every record has in common: an id, notes, tags, fields of one's own, and verbs that return a changed copy.

The annotation of a field says all that is known about it: how it is compared, and whether it is personal
(`Text`, `Texts`, `Notes`, `Custom`: goes when a person is erased) or a fact that reports count (all others).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

import msgspec
from msgspec import Struct

from crm_cli.domain.errors import BadValue, Unreadable, WrongState
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.history import Doc
from crm_cli.domain.moment import Moment

Text = str  # personal
Texts = tuple[str, ...]  # personal
Code = str  # a fact
Ref = str  # the id of another record
Codes = dict[str, bool]  # a set that changes element by element
Refs = dict[str, int]  # a set of ids of other records, each with the number of its row
Names = dict[str, int]  # personal: people as they were written down, each with the number of its row
Custom = dict[str, str]
Words = dict[str, str]  # personal: texts that belong to what else stands under the same key

_PERSONAL = frozenset({"Text", "Texts", "Names", "Notes", "Custom", "Words", "Attachments"})
_TYPES = {
    "Text": FieldType.TEXT,
    "Code": FieldType.TEXT,
    "Texts": FieldType.TEXTS,
    "Codes": FieldType.TAGS,
    "Names": FieldType.TAGS,
    "Custom": FieldType.CUSTOM,
    "Moment": FieldType.MOMENT,
    "Decimal": FieldType.NUMBER,
    "int": FieldType.NUMBER,
    "bool": FieldType.FLAG,
    "Ref": FieldType.REF,
    "Refs": FieldType.REFS,
}
_POINTS_TO = {
    "merged_into": "lead",
    "competitor": "account",
    "handler": "rep",
    "activity": "activity",
    "import_id": "import",
    "thread": "event",
    "participants": "participant",
}


class Note(Struct, frozen=True):
    """Something somebody wrote down about a record."""

    at: Moment
    by: str
    text: str


Notes = dict[str, Note]  # by the number of the operation that wrote it; 7-2: by the second command in it


class Record(Struct, frozen=True, kw_only=True):
    """Something the sales desk keeps."""

    KIND: ClassVar[str]
    CLOSED: ClassVar[Mapping[str, str]] = {}  # statuses in which it is read-only, and the way out of each
    OPEN: ClassVar[frozenset[str]] = frozenset()  # statuses that count as one for the order of changes
    TOGETHER: ClassVar[tuple[str, ...]] = ()  # fields that mean something only together: logged all or none
    INSTEAD: ClassVar[str | None] = None  # the command for one that was no mistake, and yet is to be gone

    id: Ref
    tags: Codes = {}
    custom: Custom = {}
    notes: Notes = {}
    created_at: Moment = ""
    updated_at: Moment = ""

    def change(self, **fields: Any) -> Self:
        """A copy with these fields."""
        return msgspec.structs.replace(self, **fields)

    def note(self, key: str, note: Note) -> Self:
        """With something written down; every record takes a note, whatever its state."""
        if not note.text.strip():
            raise BadValue("a note needs a text", 'crm lead note L12 "called, wants a demo"')
        return self.change(notes={**self.notes, key: note})

    def tag(self, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Self:
        """With tags added and taken away; one that is there already, or is not, is fine."""
        self.must_be_open()
        gone = {_tag(tag) for tag in remove}
        kept = {tag: True for tag in self.tags if tag not in gone}
        return self.change(tags=kept | {_tag(tag): True for tag in add})

    def set_custom(self, values: Mapping[str, str | None]) -> Self:
        """With fields of one's own set; None takes one away."""
        self.must_be_open()
        custom = {key: value for key, value in {**self.custom, **values}.items() if value}
        return self.change(custom=custom)

    def delete(self) -> Self:
        """Taken for a mistake; it stays in the log and can be restored. What is closed is reopened first."""
        self.must_be_open()
        return self._deleted()

    def _deleted(self) -> Self:
        if self.is_deleted:
            raise WrongState(f"{self.id} is deleted already", f"run: crm {self.KIND} restore {self.id}")
        return self.change(status=type(self._status)("deleted"))

    def restore(self, was: str) -> Self:
        """Brought back as it was: `was` is the status it had."""
        if not self.is_deleted:
            raise WrongState(f"{self.id} is {self._status}, not deleted", f"see crm {self.KIND} show {self.id}")
        return self.change(status=type(self._status)(was))

    @property
    def is_deleted(self) -> bool:
        return bool(self._status == "deleted")

    @property
    def _status(self) -> Any:
        return getattr(self, "status", "")

    def must_be_open(self) -> None:
        """Raises WrongState, with the way out, for a record that is closed."""
        status = str(self._status)
        if status in self.CLOSED:
            raise WrongState(f"{self.id} is {status}", self.CLOSED[status].format(id=self.id))

    @property
    def title(self) -> str:
        """What people call it."""
        return str(getattr(self, "name", "") or self.id)


def _tag(text: str) -> str:
    tag = text.strip().lstrip("+").strip().lower()
    if not tag or any(mark in tag for mark in ",;\n\t"):
        raise BadValue(f"{text!r} is no tag", "a tag is one word or a few, without commas: vip, trade fair")
    return tag


R = TypeVar("R", bound=Record)


def to_doc(record: Record) -> Doc:
    """The record as the store keeps it: plain values, empty fields absent."""
    doc: Doc = msgspec.to_builtins(record)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in doc.items() if value}


def from_doc(doc: Mapping[str, Any], cls: type[R]) -> R:
    """The record in a document; fields this program does not know are left where they are.

    Raises Unreadable for one that this program cannot have written.
    """
    try:
        return msgspec.convert(doc, cls)
    except msgspec.ValidationError as error:
        raise Unreadable.of(str(doc.get("id", cls.KIND)), error) from error


@cache
def fields_of(cls: type[Record]) -> dict[str, Field]:
    """Every field of a kind of record that can be asked for, in the order they are shown."""
    found = {name: _field(cls, name, text) for name, text in _annotations(cls).items()}
    return {name: field for name, field in found.items() if field is not None}


@cache
def personal_fields(cls: type[Record]) -> frozenset[str]:
    """The fields that go when a person is erased."""
    return frozenset(name for name, text in _annotations(cls).items() if text in _PERSONAL)


def _annotations(cls: type[Record]) -> dict[str, str]:
    """Field to the name of its type, without `| None`; the common ones of Record come last, its id first."""
    own: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Record) and base is not Record:
            own.update(base.__annotations__)
    texts = {"id": "Ref", **own, **Record.__annotations__}
    return {name: text.removesuffix(" | None") for name, text in texts.items() if not text.startswith("ClassVar")}


def _field(cls: type[Record], name: str, text: str) -> Field | None:
    if name == "id":
        return Field(name=name, type=FieldType.TEXT)
    if text in _TYPES:
        kind = _pointed_to(cls, name) if text in ("Ref", "Refs") else None
        return Field(name=name, type=_TYPES[text], kind=kind)
    choices = getattr(sys.modules[cls.__module__], text, None)
    if isinstance(choices, type) and issubclass(choices, StrEnum):
        return Field(name=name, type=FieldType.CHOICE, choices=tuple(choices))
    return None


def _pointed_to(cls: type[Record], name: str) -> str:
    """What kind of record a reference of this name means; a parent is of the record's own."""
    return cls.KIND if name == "parent" else _POINTS_TO.get(name, name)
