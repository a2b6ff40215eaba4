"""Ids people type: letters for the kind, then a number that is never used again."""

from __future__ import annotations

import re

from crm_cli.domain.errors import BadValue

LETTERS = {
    "lead": "L",
    "campaign": "C",
    "rep": "R",
    "account": "A",
    "contact": "P",
    "deal": "D",
    "event": "E",
    "claim": "CL",
    "import": "I",
    "setting": "ST",
    "operation": "O",
}
KINDS = {letters: kind for kind, letters in LETTERS.items()}
RESERVED = frozenset({"none", "@last", "-"})  # mean nobody, the one made last, and those on stdin where one is named
_ID = re.compile(r"([A-Za-z]{1,2})?([0-9]{1,15})(?:\.([0-9]{1,9}))?", re.ASCII)


def make_id(kind: str, number: int) -> str:
    """The id of the number-th record of a kind: lead 12 is L12."""
    return f"{LETTERS[kind]}{number}"


def split_id(id: str) -> tuple[str, int]:
    """Kind and number of a whole id such as L12; raises BadValue when it is none."""
    found = looks_like_id(id)
    if found is None:
        raise BadValue(f"{id!r} is not an id", "ids look like L12, C3 or CL2")
    return found


def number_of(id: str) -> int:
    """The number in a well-formed id; of an activity C3.2 that of the campaign, 3."""
    return int(id.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").partition(".")[0])


def looks_like_id(text: str, kind: str | None = None) -> tuple[str, int] | None:
    """Kind and number if this is an id; the bare number will do where the kind is given."""
    match = _ID.fullmatch(text.strip())
    if match is None or match[3]:
        return None
    found = KINDS.get(match[1].upper()) if match[1] else kind
    return (found, int(match[2])) if found else None


def looks_like_activity(text: str) -> tuple[str, str] | None:
    """The ids of campaign and activity if this is a whole one, such as C3.2."""
    match = _ID.fullmatch(text.strip())
    if match is None or not match[3] or (match[1] or "").upper() != LETTERS["campaign"]:
        return None
    campaign = make_id("campaign", int(match[2]))
    return campaign, activity_id(campaign, int(match[3]))


def activity_id(campaign: str, number: int) -> str:
    """The id of a campaign's activity: C3 and 2 make C3.2."""
    return f"{campaign}.{number}"
