"""Who is likely there already: two documents compared, with the reasons said in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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


def compare(mine: Doc, theirs: Doc, kind: str | None = None) -> Likeness | None:
    """What speaks for these two being one; None if too little does. Deleted and merged ones count too.

    `kind` is that of `mine` while it has no id; without it, it counts as of the kind of `theirs`. Leads,
    contacts and accounts are compared with one another, other kinds only with their own.
    Sure: same e-mail, same external id within a kind, or same phone and a like name (90 of 100).
    Possible: like name and like company (85 each); for two companies the name alone. Blank never matches.
    """
    their_kind = _kind_of(theirs)
    my_kind = _kind_of(mine) or kind or their_kind
    if not _comparable(my_kind, their_kind) or (mine.get("id") and mine.get("id") == theirs.get("id")):
        return None
    if same := _same_identity(mine, theirs, my_kind == their_kind):
        return _likeness("sure", theirs, 100.0, *same)
    companies = is_company(my_kind, mine) and is_company(their_kind, theirs)
    return _on_one_line(mine, theirs, companies) or _alike(mine, theirs, companies)


def rank(likenesses: Iterable[Likeness]) -> list[Likeness]:
    """The sure ones first, then the higher score, then the lower id number."""
    return sorted(likenesses, key=lambda one: (one.kind != "sure", -one.score, number_of(one.id), one.id))


def how_alike(mine: str, theirs: str, floor: float) -> float:
    """How alike two folded names are, 0 to 100, in any order of words; 0 below the floor or for a blank.

    Source: RapidFuzz token_sort_ratio, 200 * longest common subsequence / both lengths.
    """
    one, other = " ".join(sorted(mine.split())), " ".join(sorted(theirs.split()))
    if not one or not other:
        return 0.0
    if one == other:
        return 100.0
    # RapidFuzz takes 20 ms to load: what cannot reach the floor even if order did not matter is settled here.
    if 200 * (Counter(one) & Counter(other)).total() < floor * (len(one) + len(other)):
        return 0.0
    from rapidfuzz import fuzz

    return float(fuzz.token_sort_ratio(one, other, score_cutoff=floor))


def _kind_of(doc: Doc) -> str:
    found = looks_like_id(str(doc.get("id", "")))
    return found[0] if found else ""


def _comparable(mine: str, theirs: str) -> bool:
    return mine == theirs or (mine in PROSPECTS and theirs in PROSPECTS)


def _same_identity(mine: Doc, theirs: Doc, same_kind: bool) -> tuple[str, ...]:
    why = []
    if not set(email_keys(mine)).isdisjoint(email_keys(theirs)):
        why.append("same e-mail")
    if same_kind and external_key(mine) and external_key(mine) == external_key(theirs):
        why.append("same external id")
    return tuple(why)


def _on_one_line(mine: Doc, theirs: Doc, companies: bool) -> Likeness | None:
    """Colleagues share a switchboard, so that the phone alone says nothing."""
    if set(phone_keys(mine)).isdisjoint(phone_keys(theirs)):
        return None
    score = _like_names(mine, theirs, companies, SAME_LINE_FLOOR)
    return _likeness("sure", theirs, score, "same phone, like name") if score else None


def _alike(mine: Doc, theirs: Doc, companies: bool) -> Likeness | None:
    company = 100.0 if companies else how_alike(_company(mine), _company(theirs), LIKE_FLOOR)
    if not company:
        return None
    score = min(company, _like_names(mine, theirs, companies, LIKE_FLOOR))
    why = "like company name" if companies else "like name, like company"
    return _likeness("possible", theirs, score, why) if score else None


def _like_names(mine: Doc, theirs: Doc, companies: bool, floor: float) -> float:
    if not companies:
        return how_alike(_person(mine), _person(theirs), floor)
    one, other = company_core(mine.get("name") or ""), company_core(theirs.get("name") or "")
    if one and one.replace(" ", "") == other.replace(" ", ""):
        return 100.0  # Nord-Licht is Nordlicht, which sorting the words would hide
    return how_alike(one, other, floor)


def _person(doc: Doc) -> str:
    return known(fold(doc.get("name") or ""))


def _company(doc: Doc) -> str:
    return company_core(doc.get("company") or "")


def _likeness(kind: Literal["sure", "possible"], theirs: Doc, score: float, *why: str) -> Likeness:
    return Likeness(kind=kind, id=str(theirs.get("id", "")), score=score, why=why)
