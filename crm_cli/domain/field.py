"""What kinds of value a field of a record holds, for filters, files and tables."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FieldType(StrEnum):
    """How a field is compared and read."""

    TEXT = "text"  # compared without regard to case
    TEXTS = "texts"  # a list of texts; one that fits is enough
    TAGS = "tags"  # a dict whose keys are the tags
    CUSTOM = "custom"  # a dict of texts, addressed as custom.KEY
    NUMBER = "number"  # a decimal written as text, or an int
    MOMENT = "moment"  # 2026-11-30 or 2026-11-30T14:00:00Z
    CHOICE = "choice"  # one of a fixed list
    FLAG = "flag"  # true or absent
    REF = "ref"  # the id of another record
    REFS = "refs"  # a dict whose keys are the ids of other records


class Field(Struct, frozen=True, kw_only=True):
    """One field of a kind of record."""

    name: str
    type: FieldType
    choices: tuple[str, ...] = ()  # for CHOICE
    kind: str | None = None  # for REF: what it points to
