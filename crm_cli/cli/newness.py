"""What people and scripts are told of records that are like one that is added or changed."""

from __future__ import annotations

from crm_cli.cli.context import Desk
from crm_cli.cli.view import Row
from crm_cli.crm import Crm
from crm_cli.domain.duplicates import Likeness
from crm_cli.usecases.registration import like_now, must_be_new, named

__all__ = ("in_results", "like_now", "must_be_new", "tell_possible")


def tell_possible(desk: Desk, crm: Crm, known: list[Likeness]) -> None:
    """Name the likenesses on stderr; they stop nothing."""
    for one in known:
        desk.warn(f"{one.kind} duplicate of {named(crm, one)} ({', '.join(one.why)})")


def in_results(crm: Crm, known: list[Likeness]) -> Row:
    """The likenesses as scripts see them, beside what was added."""
    return {"possible_duplicates": [_row(crm, one) for one in known]}


def _row(crm: Crm, one: Likeness) -> Row:
    deleted = getattr(crm.by_id(one.id), "status", "") == "deleted"
    return {"with": one.id, "kind": one.kind, "score": round(one.score, 1), "why": list(one.why), "deleted": deleted}
