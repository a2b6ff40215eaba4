"""The keys under which a record is found again: e-mail, phone, number, name, likeness, reference, moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.moment import UTC, Moment, instant, is_day, read_duration
from crm_cli.domain.reach import company_core, email_key, fold, known, number_key, phone_key, skeleton

Doc = Mapping[str, Any]

REFERENCES = (
    "rep",
    "campaign",
    "activity",
    "account",
    "contact",
    "lead",
    "deal",
    "claim",
    "event",
    "merged_into",
    "about",
    "competitor",
    "parent",
    "thread",
)
REFERENCE_SETS = ("participants",)  # their keys are the ids
SHORT_NAMES = ("handle", "code")  # of a rep and of a campaign: what one may type for its name
PROSPECTS = frozenset({"lead", "contact", "account"})  # the kinds that may be one another's duplicates
KINDS_WITH_DUES = ("lead", "event", "claim")  # those that `due_from` may give a moment

_DAY = timedelta(days=1)

_NAME_TOKENS = 3
_COMPANY_TOKENS = 2


def match_keys(kind: str, doc: Doc) -> list[str]:
    """Every key of a stored document, in fixed order and each once; a deleted one keeps its keys.

    Raises Unreadable for a document whose fields hold what no record can hold.
    """
    try:
        return _match_keys(kind, doc)
    except (TypeError, AttributeError) as error:
        raise Unreadable.of(str(doc.get("id", kind)), error) from error


def _match_keys(kind: str, doc: Doc) -> list[str]:
    keys = lookup_keys(kind, doc)
    if tax := number_key(doc.get("tax_id") or ""):
        keys.append(f"tax:{tax}")
    if rep := email_key(doc.get("email") or ""):
        keys.append(f"email:{rep}")
    keys += [name_key(kind, doc[field]) for field in ("name", *SHORT_NAMES) if doc.get(field)]
    keys += [reference_key(doc[field]) for field in REFERENCES if doc.get(field)]
    keys += [reference_key(rep) for rep in (doc.get("reps") or {}).values()]
    keys += [reference_key(id) for field in REFERENCE_SETS for id in doc.get(field) or ()]
    return list(dict.fromkeys(keys))


def due_from(kind: str, doc: Doc) -> Moment | None:
    """The earliest instant at which somebody may have to be told of a stored document; None for never.

    A planned event's first reminder; the last day of an open claim, or of an open lead that nobody has answered;
    whatever the zone its days are in: up to a day, or two, before it is really due.
    Raises Unreadable for a document whose fields hold what no record can hold.
    """
    when = _awaited(kind, doc)
    if not when:
        return None
    try:
        start = datetime.fromisoformat(when).replace(tzinfo=UTC)
        before = [read_duration(text) for text in doc.get("remind") or ()]
        unsure = is_day(when) or any(one % _DAY == timedelta() for one in before)
        ahead = max(before, default=timedelta()) + unsure * _DAY
        return instant(start - min(ahead, start - datetime.min.replace(tzinfo=UTC)))
    except (TypeError, ValueError, BadValue) as error:
        raise Unreadable.of(str(doc.get("id", kind)), error) from error


def _awaited(kind: str, doc: Doc) -> Moment | None:
    """What is to be done by when, as it stands in the document; None if nobody waits for it."""
    status = doc.get("status")
    if kind == "event":
        return doc.get("start") if status == "planned" else None
    if kind == "claim":
        return doc.get("due") if status in ("registered", "processing") else None
    if kind != "lead" or status not in ("new", "contacted"):
        return None
    answered = doc.get("responded_at") if doc.get("restarted_at") else status == "contacted"
    return None if answered else doc.get("due")


def lookup_keys(kind: str, doc: Doc) -> list[str]:
    """The keys that find the duplicates of a document: any two that are likely one share at least one.

    Holds for all that are surely one, and for names spelled so that the skeletons of their words stay: case,
    accents, order, punctuation, legal form, doubled letters. A possible one may be missed when a consonant is
    wrong in a company of two words, in every word of a person or its company, or when a person's company is
    written now in one word and now in two.
    """
    keys = [f"email:{email}" for email in email_keys(doc)]
    if number := external_key(doc):
        keys.append(f"ext:{kind}:{number}")
    keys += [f"phone:{phone}" for phone in phone_keys(doc)]
    if kind in PROSPECTS:
        keys += _like_keys(kind, doc)
    return list(dict.fromkeys(keys))


def email_keys(doc: Doc) -> list[str]:
    """The mailboxes of a document, stand-ins left out."""
    return [key for email in doc.get("emails") or () if (key := email_key(email))]


def phone_keys(doc: Doc) -> list[str]:
    """The phone lines of a document, stand-ins left out."""
    return [key for phone in doc.get("phones") or () if (key := phone_key(phone))]


def external_key(doc: Doc) -> str:
    """The number another program gave the record, "" for none or n/a; case and blanks inside count."""
    number = str(doc.get("external_id") or "").strip()
    return number if known(fold(number)) else ""


def name_key(kind: str, name: str) -> str:
    """The key under which records of a kind bear exactly this name, case and accents apart."""
    return f"name:{kind}:{fold(name) or name.strip()}"


def reference_key(record: str) -> str:
    """The key of everything that points to the record with this id."""
    return f"ref:{record}"


def is_company(kind: str, doc: Doc) -> bool:
    """Whether the name is that of a company: `kind` says so, or it is an account that does not deny it."""
    said = doc.get("kind")
    return said == "company" or (said is None and kind == "account")


def _like_keys(kind: str, doc: Doc) -> list[str]:
    """Pairs of skeletons that two documents with like name and like company have in common."""
    name = doc.get("name") or ""
    keys = _company_pairs(company_core(name)) if is_company(kind, doc) else []
    companies = _longest(company_core(doc.get("company") or ""), _COMPANY_TOKENS)
    if companies:
        names = _longest(known(fold(name)), _NAME_TOKENS)
        keys += [_pair(one, other) for one in names for other in companies]
    return keys


def _company_pairs(core: str) -> list[str]:
    """All words in one, so that "Nord Licht" finds "Nordlicht", and every two of the longest."""
    if not core:
        return []
    whole = skeleton(core.replace(" ", ""))
    return [f"like:{whole}", *(_pair(*two) for two in combinations(_longest(core, _NAME_TOKENS), 2))]


def _longest(folded: str, count: int) -> list[str]:
    """The longest skeletons of a name, whatever the order of its words: the longest tell most."""
    skeletons = {skeleton(token) for token in folded.split()}
    return sorted(skeletons, key=lambda skeleton: (-len(skeleton), skeleton))[:count]


def _pair(one: str, other: str) -> str:
    return f"like:{one}|{other}" if one <= other else f"like:{other}|{one}"
