"""Before something is added: is it there already?"""

from __future__ import annotations

from collections.abc import Collection

from crm_cli.cli.context import Desk
from crm_cli.cli.view import Row
from crm_cli.crm import Crm
from crm_cli.domain.duplicates import Likeness
from crm_cli.domain.errors import Duplicate
from crm_cli.domain.lead import Lead
from crm_cli.domain.record import Record

_TELLING = frozenset({"name", "company", "emails", "phones", "external_id"})


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
    """Records that it is like, if one of the changed fields tells who it is."""
    return [] if _TELLING.isdisjoint(changed) else crm.alike(record)


def usable(crm: Crm, known: list[Likeness]) -> Record | None:
    """The lead that is there already and can be worked with: no account or contact, not deleted, not merged."""
    for one in known:
        record = crm.by_id(one.id)
        if one.kind == "sure" and isinstance(record, Lead) and record.status not in ("deleted", "merged"):
            return record
    return None


def tell_possible(desk: Desk, crm: Crm, known: list[Likeness]) -> None:
    """Name the likenesses on stderr; they stop nothing."""
    for one in known:
        desk.warn(f"{one.kind} duplicate of {named(crm, one)} ({', '.join(one.why)})")


def named(crm: Crm, likeness: Likeness) -> str:
    """Id and name, and whether it was deleted."""
    record = crm.by_id(likeness.id)
    return f"{record.id} {record.title}" + (" (deleted)" if getattr(record, "status", "") == "deleted" else "")


def in_results(crm: Crm, known: list[Likeness]) -> Row:
    """The likenesses as scripts see them, beside what was added."""
    return {"possible_duplicates": [_row(crm, one) for one in known]}


def _row(crm: Crm, one: Likeness) -> Row:
    deleted = getattr(crm.by_id(one.id), "status", "") == "deleted"
    return {"with": one.id, "kind": one.kind, "score": round(one.score, 1), "why": list(one.why), "deleted": deleted}
