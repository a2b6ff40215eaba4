"""The sales pipeline: open leads and their potential, along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.reports.facts import Facts, LeadFact
from crm_cli.reports.figures import Standing, exact_total, grouped

Axis = Literal["rep", "campaign", "activity", "channel", "rating"]


class PipelineRow(Struct, frozen=True, kw_only=True):
    """The open leads at one place of the axis; what the axis does not name is None, potential is exact."""

    rep: str | None
    campaign: str | None
    activity: str | None
    channel: str | None
    rating: str | None
    leads: int
    potential: Decimal
    rep_name: str | None
    campaign_name: str | None
    activity_name: str | None


class PipelineTotal(Struct, frozen=True, kw_only=True):
    """All open leads, the same along every axis."""

    leads: int
    potential: Decimal


class Pipeline(Struct, frozen=True, kw_only=True):
    """The pipeline as it stood at the end of a day."""

    as_of: date
    by: Axis
    rows: list[PipelineRow]
    total: PipelineTotal


def pipeline(facts: Facts, by: Axis, as_of: date) -> Pipeline:
    """The open leads (new, contacted) of the facts, grouped along one axis; `activity` within its campaign.

    `as_of` is only said, not applied: the facts are those of that day. A missing potential is 0, totals are
    exact. Rows stand by name, activities by campaign and place in it, `(none)` last.
    Raises BadValue for an axis that there is not.
    """
    if by not in get_args(Axis):
        raise BadValue.not_one_of("axis", by, get_args(Axis))
    fields = _fields(by)
    leads = [lead for lead in facts.leads if lead.is_open]
    groups = grouped(leads, lambda lead: tuple(lead.under(field) for field in fields))

    def order(keys: tuple[str, ...]) -> list[Standing]:
        return [facts.standing(field, key) for field, key in zip(fields, keys, strict=True)]

    rows = [_row(facts, dict(zip(fields, keys, strict=True)), groups[keys]) for keys in sorted(groups, key=order)]
    total = PipelineTotal(leads=len(leads), potential=_potential(leads))
    return Pipeline(as_of=as_of, by=by, rows=rows, total=total)


def _fields(by: Axis) -> tuple[str, ...]:
    """A step of a campaign says little without its campaign."""
    return ("campaign", "activity") if by == "activity" else (by,)


def _row(facts: Facts, place: dict[str, str], leads: Sequence[LeadFact]) -> PipelineRow:
    names = {field: facts.name(field, key) for field, key in place.items()}
    return PipelineRow(
        rep=place.get("rep"),
        campaign=place.get("campaign"),
        activity=place.get("activity"),
        channel=place.get("channel"),
        rating=place.get("rating"),
        leads=len(leads),
        potential=_potential(leads),
        rep_name=names.get("rep"),
        campaign_name=names.get("campaign"),
        activity_name=names.get("activity"),
    )


def _potential(leads: Sequence[LeadFact]) -> Decimal:
    return exact_total(lead.potential for lead in leads)
