"""Any record of any kind, made from what the annotations of its fields say."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Any

import msgspec
from hypothesis import strategies as st

from crm_cli.domain.account import Account
from crm_cli.domain.attachment import Attachment
from crm_cli.domain.batch import Import
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.claim import Claim
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead
from crm_cli.domain.plan import Step
from crm_cli.domain.record import Note, Record
from crm_cli.domain.rep import Rep
from crm_cli.domain.setting import Setting

RECORDS: list[type[Record]] = [Lead, Campaign, Rep, Account, Contact, Deal, Event, Claim, Import, Setting]

_words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_moments = st.sampled_from(["2026-11-30", "2026-11-30T14:00:00Z"])
_notes = st.builds(Note, at=_moments, by=_words, text=_words)
_activities = st.builds(Activity, number=st.integers(1, 9), name=_words, place=st.integers(1, 9), retired=st.booleans())
_steps = st.builds(Step, number=st.integers(1, 9), due=st.none() | _moments, done_at=st.none() | _moments)
_attachments = st.builds(
    Attachment,
    number=st.integers(1, 9),
    name=_words,
    sha256=_words,
    size=st.integers(0, 99),
    media_type=_words,
    at=_moments,
    by=_words,
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Text": _words,
    "Code": _words,
    "Texts": st.lists(_words, max_size=3).map(tuple),
    "Codes": st.dictionaries(_words, st.just(True), max_size=3),
    "Names": st.dictionaries(_words, st.integers(1, 9), max_size=3),
    "Refs": st.dictionaries(st.sampled_from(["P9", "P12", "R1"]), st.integers(1, 9), max_size=3),
    "Custom": st.dictionaries(_words, _words, max_size=3),
    "Notes": st.dictionaries(st.integers(1, 99).map(str), _notes, max_size=2),
    "Activities": st.dictionaries(st.integers(1, 9).map(str), _activities, max_size=3),
    "Reps": st.dictionaries(st.integers(1, 9).map(str), st.just("R1"), max_size=2),
    "Words": st.dictionaries(st.integers(1, 9).map(str), _words, max_size=2),
    "Plan": st.dictionaries(st.integers(1, 9).map(str), _steps, max_size=2),
    "Attachments": st.dictionaries(st.integers(1, 9).map(str), _attachments, max_size=2),
    "Moment": _moments,
    "Decimal": st.decimals(allow_nan=False, allow_infinity=False, places=4),
    "int": st.integers(1, 99),  # 0 is not kept: it is what an absent number is read as, or what no field may be
    "bool": st.booleans(),
    "Ref": st.sampled_from(["R1", "A7", "C3.2"]),
    "Any": st.one_of(_words, st.integers(1, 9), st.lists(_words, min_size=1, max_size=2)),
}


def types_of(cls: type[Record]) -> dict[str, str]:
    """Every field of a record and the name of its type, without `| None`."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        found |= {name: text for name, text in vars(base).get("__annotations__", {}).items() if name not in found}
    return {name: found[name].removesuffix(" | None") for name in cls.__struct_fields__}


def records(cls: type[Record]) -> st.SearchStrategy[Record]:
    """Records with any of their fields filled in."""
    values = {name: _value(cls, text) for name, text in types_of(cls).items() if name != "id"}

    def made(fields: dict[str, Any]) -> Record:
        return cls(**fields)

    return st.fixed_dictionaries({"id": st.just("L1")}, optional=values).map(made)


def _value(cls: type[Record], text: str) -> st.SearchStrategy[Any]:
    choices = getattr(sys.modules[cls.__module__], text, None)
    if isinstance(choices, type) and issubclass(choices, StrEnum):
        return st.sampled_from(sorted(choices))
    return _VALUES[text]


def sample(cls: type[Record], **fields: Any) -> Record:
    """A record with these fields, and with a name if it can have one."""
    named = {"name": "Jane Doe"} if "name" in cls.__struct_fields__ else {}
    return msgspec.convert({"id": "L1", **named, **fields}, cls)
