"""Registering a lead: read, looked for among those that are there, put where it belongs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.duplicates import Likeness
from crm_cli.domain.errors import BadValue, Duplicate
from crm_cli.domain.lead import Lead, Rating
from crm_cli.domain.record import Record, to_doc
from crm_cli.domain.reference import references
from crm_cli.usecases import placing
from crm_cli.usecases.reading import choice

_TELLING = frozenset({"name", "company", "emails", "phones", "external_id"})


class Registered(Struct, frozen=True):
    """A lead that was added, or is there already; and all that are like it, the surest first."""

    lead: Lead
    alike: list[Likeness]
    is_new: bool


def registered(
    crm: Crm,
    fields: Mapping[str, Any],
    *,
    campaign: str | None = None,
    activity: str | None = None,
    rep: str | None = None,
    rating: str | None = None,
    tags: Iterable[str] = (),
    custom: Mapping[str, str | None] | None = None,
    note: str | None = None,
    allow_duplicate: bool = False,
    if_missing: bool = False,
) -> Registered:
    """Save a new lead with these `fields`, each as it is kept; references and the rating are as typed.

    With `if_missing` one that surely is the same will do, and nothing is saved. Raises BadValue, NotFound, Refused,
    and Duplicate where one is there already, unless `allow_duplicate` says that this is another.
    """
    lead = Lead(id=crm.leads.new_id(), received_at=crm.on or crm.at, **fields).checked()
    known = crm.alike(lead)
    there = usable(crm, known) if if_missing else None
    if there is not None:
        return Registered(there, known, is_new=False)
    must_not_be_there(crm, known, allow_duplicate)
    if activity and not campaign:
        way = f'say in which campaign: --campaign "Spring 27" --activity {activity}'
        raise BadValue("--activity alone places no lead", way)
    lead = lead.assign(crm.reps.find(rep)) if rep is not None else lead
    lead = placed(crm, lead, campaign, activity) if campaign is not None else lead
    lead = rated(crm, lead, rating) if rating else lead
    lead = lead.set_custom(custom or {}).tag(add=tags)
    crm.save(lead.note(*crm.note(note)) if note else lead)
    return Registered(lead, known, is_new=True)


def placed(crm: Crm, lead: Lead, campaign: str, activity: str | None) -> Lead:
    """The lead in a campaign, at the given or its first activity; both as typed."""
    home = crm.campaigns.find(campaign)
    return placing.put(crm, lead, home, home.find_activity(activity) if activity else None)


def rated(crm: Crm, lead: Lead, rating: str) -> Lead:
    """The lead with a rating as typed, which sets until when it is to be answered."""
    return lead.rate(choice(Rating, rating, "rating"), crm.deadlines, crm.day)


# --- is it there already? --------------------------------------------------------------------------


def must_be_new(crm: Crm, record: Record, allowed: bool) -> list[Likeness]:
    """Records that are like it; raises Duplicate if one surely is the same, unless that is `allowed`."""
    known = crm.alike(record)
    must_not_be_there(crm, known, allowed)
    return known


def must_not_be_there(crm: Crm, known: list[Likeness], allowed: bool) -> None:
    """Raises Duplicate if one of these surely is the same, unless that is `allowed`."""
    if allowed or not known or known[0].kind != "sure":
        return
    first = known[0]
    raise Duplicate(
        f"{named(crm, first)} is there already ({', '.join(first.why)})",
        f"crm {crm.by_id(first.id).KIND} show {first.id}; or add it all the same: --allow-duplicate",
        candidates=[one.id for one in known if one.kind == "sure"],
    )


def like_now(crm: Crm, record: Record, changed: Collection[str]) -> list[Likeness]:
    """Records that it is like, if one of the changed fields tells who it is; those it is put together with are not."""
    known = [] if _TELLING.isdisjoint(changed) else crm.alike(record)
    if not known:
        return known
    linked = {*references(type(record), to_doc(record)), *(one.id for one in crm.referring(record.id, today=True))}
    return [one for one in known if one.id not in linked]


def usable(crm: Crm, known: list[Likeness]) -> Lead | None:
    """The lead that is there already and can be worked with: no account or contact, not deleted, not merged."""
    for one in known:
        record = crm.by_id(one.id)
        if one.kind == "sure" and isinstance(record, Lead) and record.status not in ("deleted", "merged"):
            return record
    return None


def named(crm: Crm, likeness: Likeness) -> str:
    """Id and name, and whether it was deleted."""
    record = crm.by_id(likeness.id)
    return f"{record.id} {record.title}" + (" (deleted)" if getattr(record, "status", "") == "deleted" else "")
