"""Which records a record points to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_cli.domain.errors import Refused
from crm_cli.domain.field import FieldType
from crm_cli.domain.history import flatten
from crm_cli.domain.keys import REFERENCE_SETS
from crm_cli.domain.record import Record, fields_of

_MADE_OF_LEADS = frozenset({"account", "contact", "deal"})


def is_taken_back(kind: str, doc: Mapping[str, Any]) -> bool:
    """Whether a document is an account, contact or deal that is none after all: the lead it came from was taken back.

    An event that was canceled is still one.
    """
    return kind in _MADE_OF_LEADS and doc.get("status") == "canceled"


def must_be_there(kind: str, doc: Mapping[str, Any]) -> None:
    """Raises Refused for a document with which nothing can be put together any more: deleted, or taken back."""
    id, called = doc["id"], f"{doc['id']} {doc.get('name') or ''}".strip()
    if doc.get("status") == "deleted":
        raise Refused(f"{called} is deleted", f"run: crm {kind} restore {id}")
    if is_taken_back(kind, doc):
        way = f"the lead it came from was taken back, see crm {kind} history {id}; choose or add another {kind}"
        raise Refused(f"{called} is canceled", way)


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
