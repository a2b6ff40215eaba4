"""The rules of the house that can be set: kept as records of the store, so that they have a history."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import read_zone
from crm_cli.domain.record import Code, Record
from crm_cli.domain.stage import KINDS, STAGES, entry_key, read_kinds, read_stages

Value = str | int | list[str]


class Setting(Record, frozen=True, kw_only=True):
    """One rule of the house, under its key."""

    KIND = "setting"

    key: Code = ""
    value: Any = None
    unset: bool = False  # back at the default, whatever that is by then

    @property
    def current(self) -> Value:
        """What holds: the default where it was unset; what is empty is not kept."""
        default = RULES[self.key].default if self.key in RULES else ""  # one of a newer program
        empty: Value = default if self.unset else type(default)()
        return empty if self.value is None else self.value


class Rule(Struct, frozen=True):
    """What may be set under a key."""

    default: Value
    help: str
    read: Callable[[str], Value]
    known_by: Callable[[str], str] = str  # of an entry of a list: what +entry and -entry find it by


def _zone(text: str) -> Value:
    return read_zone(text.strip()).key


def _currency(text: str) -> Value:
    return _matching(text.strip().upper(), r"[A-Z]{3}", "a currency is three letters, such as EUR or USD")


def _country(text: str) -> Value:
    return _matching(text.strip().upper(), r"[A-Z]{2}", "a country is two letters, such as DE or BR")


def _matching(text: str, pattern: str, hint: str) -> Value:
    if not re.fullmatch(pattern, text):
        raise BadValue(f"{text!r} cannot be set", hint)
    return text


def _list(text: str) -> Value:
    return [*_parts(text)]


def _codes(text: str) -> Value:
    return [str(part).lower().replace(" ", "_") for part in _parts(text)]


def _reasons(text: str) -> Value:
    if not _parts(text):
        raise BadValue(
            "there must be a reason", "nothing could be ended without one; crm config unset KEY gives the usual ones"
        )
    return _codes(text)


def _days(text: str) -> Value:
    return sorted({_day(part) for part in _parts(text)})


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadValue(f"{text!r} is no day", "holidays are days such as 2026-12-25, with commas between") from error


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _count(text: str) -> Value:
    if not text.strip().isdecimal() or not 0 < int(text) <= 365:
        raise BadValue(f"{text!r} is no number of days", "give a whole number from 1 to 365")
    return int(text)


def _gate(text: str) -> Value:
    return _matching(text.strip().lower(), "off|warn|enforce", "off, warn or enforce")


RULES: Mapping[str, Rule] = {
    "timezone": Rule("UTC", "the zone in which days begin and times are told", _zone),
    "currency": Rule("EUR", "the currency of amounts given without one", _currency),
    "country": Rule("", "the country of phone numbers written without one", _country),
    "channels": Rule(
        ["web", "phone", "email", "referral", "trade_fair", "advertising", "social", "partner"],
        "acquisition channels; an import adds those it finds",
        _list,
    ),
    "lead.reasons": Rule(
        [
            "lost",
            "cannot_contact",
            "no_longer_interested",
            "canceled",
            "no_budget",
            "competitor",
            "duplicate",
            "junk",
            "other",
        ],
        "why a lead may be disqualified; other needs a note",
        _reasons,
    ),
    "deal.reasons": Rule(
        ["price", "competitor", "no_budget", "no_decision", "canceled", "other"],
        "why a deal may be lost; other needs a note",
        _reasons,
    ),
    "deal.kinds": Rule(
        KINDS,
        "kinds of deal, each under process, manual or none control; the first is the usual one",
        lambda text: [*read_kinds(_parts(text))],
        entry_key,
    ),
    "deal.stages": Rule(
        STAGES,
        "stages of a deal, with gates: Offer:quote; of one kind only: project/Offer",
        lambda text: [*read_stages(_parts(text))],
        entry_key,
    ),
    "deal.stage_gate": Rule("warn", "a stage left, or a deal won, before its time: off, warn or enforce", _gate),
    "holidays": Rule([], "days on which nobody works", _days),
    "lead.days.hot": Rule(2, "working days to answer a hot lead", _count),
    "lead.days.warm": Rule(5, "working days to answer a warm lead", _count),
    "lead.days.cold": Rule(10, "working days to answer a cold lead", _count),
    "lead.stage_gate": Rule("warn", "a stage left before it is done: off, warn or enforce", _gate),
    "claim.causes": Rule([], "causes of claims, as category/cause; while there is none, any will do", _codes),
    "claim.days.high": Rule(1, "working days to settle an urgent claim", _count),
    "claim.days.normal": Rule(2, "working days to settle a claim", _count),
    "claim.days.low": Rule(5, "working days to settle a claim that can wait", _count),
}


def rule_of(key: str) -> Rule:
    """The rule under a key; raises BadValue with the known ones."""
    if key not in RULES:
        raise BadValue.not_one_of("setting", key, RULES)
    return RULES[key]


def one_of(what: str, text: str, allowed: list[str]) -> str:
    """The allowed spelling of what was typed, case and blanks apart; raises BadValue with the list."""
    wanted = text.strip().casefold().replace(" ", "_")
    for value in allowed:
        if value.casefold().replace(" ", "_") == wanted:
            return value
    raise BadValue.not_one_of(what, text, allowed)
