"""Which records a record points to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_cli.domain.field import FieldType
from crm_cli.domain.history import flatten
from crm_cli.domain.keys import REFERENCE_SETS
from crm_cli.domain.record import Record, fields_of


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
