"""The sales funnel: of the leads of a period, how many became customers, bought, and bought again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, get_args, overload

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.reports.facts import Facts, LeadFact, Period, Sale
from crm_cli.reports.figures import grouped, ratio
from crm_cli.reports.sales import sales_by_lead

Scope = Literal["new", "existing", "all"]
Grouping = Literal["campaign", "rep", "channel", "source", "month"]

STAGES = ("leads", "customers", "first_sale", "repeat_sale")

_FROM_TO = {"first": "from", "last": "to"}  # `from` is no name in Python


class Stage(Struct, frozen=True, kw_only=True):
    """How many leads got this far, as a share (0..1, 6 places) of the stage before and of all leads."""

    stage: str
    count: int
    from_previous: float | None
    from_first: float | None


class Stages(Struct, frozen=True, kw_only=True):
    """The four stages of all groups together; no lead counts twice."""

    stages: list[Stage]


class FunnelGroup(Struct, frozen=True, kw_only=True):
    """The funnel of one campaign, rep, channel, source or month."""

    key: str
    name: str
    stages: list[Stage]


class Funnel(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """The funnel of the leads received from the first day to the last."""

    mode: Literal["cohort"] = "cohort"
    first: date | None
    last: date | None
    stages: list[Stage]


class GroupedFunnel(Struct, frozen=True, kw_only=True, rename=_FROM_TO):
    """A funnel for each group, and one for all of them."""

    mode: Literal["cohort"] = "cohort"
    first: date | None
    last: date | None
    by: Grouping
    groups: list[FunnelGroup]
    total: Stages


@overload
def funnel(facts: Facts, period: Period, scope: Scope = "new", by: None = None) -> Funnel: ...


@overload
def funnel(facts: Facts, period: Period, scope: Scope = "new", *, by: Grouping) -> GroupedFunnel: ...


@overload
def funnel(
    facts: Facts, period: Period, scope: Scope = "new", by: Grouping | None = None
) -> Funnel | GroupedFunnel: ...


def funnel(facts: Facts, period: Period, scope: Scope = "new", by: Grouping | None = None) -> Funnel | GroupedFunnel:
    """The leads received in the period and the furthest stage each has reached since: a cohort.

    leads: neither merged nor deleted, and in the scope. customers: of these, qualified. first_sale: of these,
    with a sale on or after the day the lead was received (crm_cli.reports.sales says whose sale it is).
    repeat_sale: of these, with a sale on a later day than the first. `new` leaves out leads whose account was
    a customer before, `existing` keeps only those. Groups stand by name, `(none)` last.
    Raises BadValue for a scope or grouping that there is not.
    """
    _check(scope, by)
    cohort = [lead for lead in facts.received(period) if _fits(facts, lead, scope)]
    sales = sales_by_lead(facts)
    stages = _stages(cohort, sales)
    if by is None:
        return Funnel(first=period.first, last=period.last, stages=stages)
    return GroupedFunnel(
        first=period.first,
        last=period.last,
        by=by,
        groups=[
            FunnelGroup(key=key, name=facts.name(by, key), stages=_stages(leads, sales))
            for key, leads in _groups(facts, cohort, by)
        ],
        total=Stages(stages=stages),
    )


def _check(scope: str, by: str | None) -> None:
    if scope not in get_args(Scope):
        raise BadValue.not_one_of("scope", scope, get_args(Scope))
    if by is not None and by not in get_args(Grouping):
        raise BadValue.not_one_of("grouping", by, get_args(Grouping))


def _fits(facts: Facts, lead: LeadFact, scope: Scope) -> bool:
    return scope == "all" or facts.is_existing(lead) == (scope == "existing")


def _groups(facts: Facts, cohort: Iterable[LeadFact], by: Grouping) -> list[tuple[str, list[LeadFact]]]:
    groups = grouped(cohort, lambda lead: lead.under(by))
    return sorted(groups.items(), key=lambda group: facts.standing(by, group[0]))


def _stages(leads: Sequence[LeadFact], sales: Mapping[str, Sequence[Sale]]) -> list[Stage]:
    """The four stages of these leads; a share is None where nothing stands before."""
    purchases = [_purchases(sales.get(lead.id, ())) for lead in leads]
    customers = sum(lead.is_customer for lead in leads)
    counts = (len(leads), customers, sum(n >= 1 for n in purchases), sum(n >= 2 for n in purchases))
    return [
        Stage(
            stage=stage,
            count=count,
            from_previous=ratio(count, before),
            from_first=ratio(count, counts[0]),
        )
        for stage, count, before in zip(STAGES, counts, (0, *counts[:-1]), strict=True)
    ]


def _purchases(sales: Iterable[Sale]) -> int:
    """Deals won on one day are one purchase."""
    return len({sale.day for sale in sales})
