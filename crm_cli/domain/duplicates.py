"""Who is likely there already: two documents compared, with the reasons said in words."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from crm_cli.domain.ids import looks_like_id, number_of
from crm_cli.domain.keys import PROSPECTS, Doc, email_keys, external_key, is_company, phone_keys
from crm_cli.domain.reach import company_core, fold, known

SAME_LINE_FLOOR = 90.0  # like enough a name to be one person on one phone line
LIKE_FLOOR = 85.0  # like enough for a name and for a company


class Likeness(Struct, frozen=True, kw_only=True):
    """How likely a document is another one's duplicate, and why."""

    kind: Literal["sure", "possible"]
    id: str
    score: float  # 0 to 100
    why: tuple[str, ...]


class Face(Struct, frozen=True):
    """A document as it is compared with others: whoever compares it with many works this out once."""

    id: str
    kind: str
    emails: frozenset[str]
    phones: frozenset[str]
    number: str  # in another program
    person: str
    company: str  # of a person
    core: str  # of a company's own name
    is_company: bool


def face_of(doc: Doc, kind: str) -> Face:
    """How a document of this kind is compared."""
    return Face(
        id=str(doc.get("id", "")),
        kind=kind,
        emails=frozenset(email_keys(doc)),
        phones=frozenset(phone_keys(doc)),
        number=external_key(doc),
        person=_person(doc),
        company=_company(doc),
        core=_core(doc),
        is_company=is_company(kind, doc),
    )


def compare(mine: Doc, theirs: Doc, kind: str | None = None) -> Likeness | None:
    """What speaks for these two being one; None if too little does. Deleted and merged ones count too.

    `kind` is that of `mine` while it has no id; without it, it counts as of the kind of `theirs`. Leads,
    contacts and accounts are compared with one another, other kinds only with their own.
    Sure: same e-mail, same external id within a kind, or same phone and a like name (90 of 100).
    Possible: like name and like company (85 each); for two companies the name alone. Blank never matches.
    """
    their_kind = _kind_of(theirs)
    return likeness(face_of(mine, _kind_of(mine) or kind or their_kind), theirs, their_kind)


def likeness(mine: Face, theirs: Doc, kind: str) -> Likeness | None:
    """The same for a document that is compared with many; `kind` is that of `theirs`."""
    if not _comparable(mine.kind, kind) or (mine.id and mine.id == theirs.get("id")):
        return None
    if same := _same_identity(mine, theirs, mine.kind == kind):
        return _likeness("sure", theirs, 100.0, *same)
    companies = mine.is_company and is_company(kind, theirs)
    return _on_one_line(mine, theirs, companies) or _alike(mine, theirs, companies)


def rank(likenesses: Iterable[Likeness]) -> list[Likeness]:
    """The sure ones first, then the higher score, then the lower id number."""
    return sorted(likenesses, key=lambda one: (one.kind != "sure", -one.score, number_of(one.id), one.id))


def how_alike(mine: str, theirs: str, floor: float) -> float:
    """How alike two folded names are, 0 to 100, in any order of words; 0 below the floor or for a blank.

    Source: RapidFuzz token_sort_ratio, 200 * longest common subsequence / both lengths.
    """
    one, other = _in_order(mine), _in_order(theirs)
    if not one or not other:
        return 0.0
    if one == other:
        return 100.0
    # RapidFuzz takes 20 ms to load: until it is, what cannot reach the floor in any order of letters is settled here.
    if "rapidfuzz" not in sys.modules and 200 * _in_common(one, other) < floor * (len(one) + len(other)):
        return 0.0
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one, other, score_cutoff=floor))


@lru_cache(maxsize=1 << 14)  # whoever imports asks for the same ones again and again
def _in_order(name: str) -> str:
    return " ".join(sorted(name.split()))


def _in_common(one: str, other: str) -> int:
    return (Counter(one) & Counter(other)).total()


def _kind_of(doc: Doc) -> str:
    found = looks_like_id(str(doc.get("id", "")))
    return found[0] if found else ""


def _comparable(mine: str, theirs: str) -> bool:
    return mine == theirs or (mine in PROSPECTS and theirs in PROSPECTS)


def _same_identity(mine: Face, theirs: Doc, same_kind: bool) -> tuple[str, ...]:
    why = []
    if not mine.emails.isdisjoint(email_keys(theirs)):
        why.append("same e-mail")
    if same_kind and mine.number and mine.number == external_key(theirs):
        why.append("same external id")
    return tuple(why)


def _on_one_line(mine: Face, theirs: Doc, companies: bool) -> Likeness | None:
    """Colleagues share a switchboard, so that the phone alone says nothing."""
    if mine.phones.isdisjoint(phone_keys(theirs)):
        return None
    score = _like_names(mine, theirs, companies, SAME_LINE_FLOOR)
    return _likeness("sure", theirs, score, "same phone, like name") if score else None


def _alike(mine: Face, theirs: Doc, companies: bool) -> Likeness | None:
    company = 100.0 if companies else how_alike(mine.company, _company(theirs), LIKE_FLOOR)
    if not company:
        return None
    score = min(company, _like_names(mine, theirs, companies, LIKE_FLOOR))
    why = "like company name" if companies else "like name, like company"
    return _likeness("possible", theirs, score, why) if score else None


def _like_names(mine: Face, theirs: Doc, companies: bool, floor: float) -> float:
    if not companies:
        return how_alike(mine.person, _person(theirs), floor)
    one, other = mine.core, _core(theirs)
    if one and one.replace(" ", "") == other.replace(" ", ""):
        return 100.0  # Nord-Licht is Nordlicht, which sorting the words would hide
    return how_alike(one, other, floor)


def _person(doc: Doc) -> str:
    return known(fold(doc.get("name") or ""))


def _company(doc: Doc) -> str:
    return company_core(doc.get("company") or "")


def _core(doc: Doc) -> str:
    return company_core(doc.get("name") or "")


def _likeness(kind: Literal["sure", "possible"], theirs: Doc, score: float, *why: str) -> Likeness:
    return Likeness(kind=kind, id=str(theirs.get("id", "")), score=score, why=why)
