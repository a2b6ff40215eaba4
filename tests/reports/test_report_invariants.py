"""What holds between the reports whatever the facts: sums over groups, and stages that never grow."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crm_cli.reports.channels import channels
from crm_cli.reports.facts import Facts, LeadFact, Period, Sale
from crm_cli.reports.funnel import Grouping, Scope, Stage, funnel
from crm_cli.reports.pipeline import Axis, pipeline
from crm_cli.reports.sales import sales_by_lead

# Few days, accounts and names, so that leads share customers, days and groups.
days = st.dates(date(2024, 2, 27), date(2024, 4, 2))
accounts = st.sampled_from(["A1", "A2", "A3"])
amounts = st.none() | st.decimals("0", "1e30", places=2)
statuses = st.sampled_from(["new", "contacted", "qualified", "qualified", "disqualified", "merged", "deleted"])
activities = st.sampled_from([None, "C1.1", "C1.2", "C2.1"])
scopes = st.sampled_from(get_args(Scope))


@st.composite
def leads(draw: st.DrawFn) -> LeadFact:
    activity = draw(activities)
    status = draw(statuses)
    qualified = draw(days) if status == "qualified" else None
    return LeadFact(
        id="L0",
        received=draw(days),
        status=status,
        rep=draw(st.sampled_from([None, "R1", "R2"])),
        campaign=activity.partition(".")[0] if activity else draw(st.sampled_from([None, "C1"])),
        activity=activity,
        channel=draw(st.sampled_from([None, "", "web", "fair"])),
        source=draw(st.sampled_from([None, "Spring", "spring"])),
        potential=draw(amounts),
        rating=draw(st.sampled_from([None, "hot", "cold"])),
        account=draw(accounts) if qualified else draw(st.none() | accounts),
        qualified=qualified,
        qualified_at=qualified.isoformat() if qualified else "",
    )


@st.composite
def some_facts(draw: st.DrawFn) -> Facts:
    drawn = draw(st.lists(leads(), max_size=8))
    sale = st.builds(Sale, deal=st.just("D1"), account=accounts, day=days, amount=amounts)
    return Facts(
        leads=[replace(lead, id=f"L{n}") for n, lead in enumerate(drawn, 8)],
        sales=draw(st.lists(sale, max_size=8)),
        customer_since=draw(st.dictionaries(accounts, days)),
        names={"R1": "Zoe", "R2": "ann", "C1": "Fair", "C2": "Fair"},
        order={"C1.1": 2, "C1.2": 1, "C2.1": 1},
    )


periods = st.lists(days, min_size=2, max_size=2).map(sorted).map(lambda ends: Period(*ends)) | st.just(Period())
few = settings(deadline=None, max_examples=40)


def counts(stages: list[Stage]) -> list[int]:
    return [stage.count for stage in stages]


@few
@given(some_facts())
def test_every_axis_adds_up_to_the_number_of_open_leads(facts: Facts) -> None:
    open_leads = [lead for lead in facts.leads if lead.status in ("new", "contacted")]

    for axis in get_args(Axis):
        shown = pipeline(facts, axis, date(2024, 4, 30))
        assert sum(row.leads for row in shown.rows) == shown.total.leads == len(open_leads)


@few
@given(some_facts())
def test_the_total_potential_is_the_same_along_every_axis(facts: Facts) -> None:
    open_leads = [lead for lead in facts.leads if lead.status in ("new", "contacted")]
    worth = sum(Fraction(lead.potential or 0) for lead in open_leads)

    for axis in get_args(Axis):
        shown = pipeline(facts, axis, date(2024, 4, 30))
        assert Fraction(shown.total.potential) == sum(Fraction(row.potential) for row in shown.rows) == worth


@few
@given(some_facts(), periods, scopes)
def test_the_stages_of_a_funnel_never_grow(facts: Facts, period: Period, scope: Scope) -> None:
    for by in get_args(Grouping):
        shown = funnel(facts, period, scope, by=by)
        for stages in (shown.total.stages, *(group.stages for group in shown.groups)):
            assert all(before >= after for before, after in pairwise(counts(stages)))


@few
@given(some_facts(), periods, scopes)
def test_every_stage_of_the_groups_adds_up_to_the_total(facts: Facts, period: Period, scope: Scope) -> None:
    whole = counts(funnel(facts, period, scope).stages)

    for by in get_args(Grouping):
        shown = funnel(facts, period, scope, by=by)
        parts = [counts(group.stages) for group in shown.groups]
        assert [sum(stage) for stage in zip([0] * 4, *parts, strict=True)] == whole
        assert counts(shown.total.stages) == whole


@few
@given(some_facts(), periods)
def test_new_and_existing_together_are_all(facts: Facts, period: Period) -> None:
    new, existing, every = (counts(funnel(facts, period, scope).stages) for scope in get_args(Scope))

    assert [sum(pair) for pair in zip(new, existing, strict=True)] == every


@few
@given(some_facts(), periods)
def test_the_leads_and_customers_of_the_channels_are_those_of_the_whole_funnel(facts: Facts, period: Period) -> None:
    rows = channels(facts, period)

    whole = counts(funnel(facts, period, "all").stages)
    assert [sum(row.leads for row in rows), sum(row.customers for row in rows)] == whole[:2]


@few
@given(some_facts(), periods)
def test_leads_merged_or_deleted_might_as_well_not_be_there(facts: Facts, period: Period) -> None:
    kept = replace(facts, leads=[lead for lead in facts.leads if lead.status not in ("merged", "deleted")])

    assert funnel(facts, period, "all") == funnel(kept, period, "all")
    assert channels(facts, period) == channels(kept, period)
    assert pipeline(facts, "activity", date(2024, 4, 30)) == pipeline(kept, "activity", date(2024, 4, 30))


@few
@given(some_facts())
def test_no_account_has_two_leads_with_sales_and_none_is_from_before_the_lead(facts: Facts) -> None:
    by_lead = sales_by_lead(facts)
    received = {lead.id: lead.received for lead in facts.leads}

    owners = [sales[0].account for sales in by_lead.values()]
    assert len(owners) == len(set(owners))
    assert all(sale.day >= received[lead] for lead, sales in by_lead.items() for sale in sales)


@few
@given(some_facts(), st.randoms(use_true_random=False))
def test_the_order_in_which_leads_come_changes_nothing(facts: Facts, chance: random.Random) -> None:
    shuffled = list(facts.leads)
    chance.shuffle(shuffled)
    again = replace(facts, leads=shuffled)

    assert funnel(again, Period(), by="source") == funnel(facts, Period(), by="source")
    assert pipeline(again, "activity", date.max) == pipeline(facts, "activity", date.max)
