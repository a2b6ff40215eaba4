"""The pipeline: a worked example at two dates, along every axis."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import cast, get_args

import msgspec
import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.reports.facts import Facts, LeadFact
from crm_cli.reports.pipeline import Axis, Pipeline, pipeline

MARCH, APRIL = date(2024, 3, 31), date(2024, 4, 30)
NAMES = {"R1": "Ann", "R2": "Bob", "C1": "A", "C2": "B"}
NAMES |= {"C1.1": "Call", "C1.2": "Demo", "C1.3": "Offer", "C2.1": "Invite", "C2.2": "Follow-up"}
ORDER = {"C1.1": 1, "C1.2": 2, "C1.3": 3, "C2.1": 1, "C2.2": 2}


def a_lead(lead: str, activity: str | None, rep: str | None, potential: str, status: str = "new") -> LeadFact:
    campaign = activity.partition(".")[0] if activity else None
    return LeadFact(
        id=lead,
        received=date(2024, 3, 1),
        status=status,
        campaign=campaign,
        activity=activity,
        rep=rep,
        potential=Decimal(potential),
    )


def facts_of(*leads: LeadFact) -> Facts:
    return Facts(leads=leads, names=NAMES, order=ORDER)


def in_march() -> Facts:
    return facts_of(
        a_lead("L1", "C1.1", "R1", "1000"),
        a_lead("L2", "C1.2", "R1", "2000"),
        a_lead("L3", "C2.1", "R2", "500"),
        a_lead("L4", "C1.3", "R2", "3000"),
        a_lead("L6", "C2.2", "R2", "400", "disqualified"),
        a_lead("L7", None, None, "250"),
    )


def in_april() -> Facts:
    return facts_of(
        a_lead("L1", "C1.2", "R1", "1500"),
        a_lead("L2", "C2.1", "R1", "2000"),
        a_lead("L3", "C2.1", "R2", "500"),
        a_lead("L4", "C1.3", "R2", "3000", "qualified"),
        a_lead("L5", "C1.1", "R2", "700"),
        a_lead("L6", "C2.2", "R2", "400", "contacted"),
        a_lead("L7", None, None, "250", "deleted"),
    )


def figures(shown: Pipeline) -> list[tuple[str | None, int, str]]:
    names = {"rep": "rep_name", "campaign": "campaign_name", "activity": "activity_name"}
    return [(getattr(row, names[shown.by]), row.leads, str(row.potential)) for row in shown.rows]


def test_the_example_at_the_end_of_march_by_activity() -> None:
    shown = pipeline(in_march(), "activity", MARCH)

    assert figures(shown) == [
        ("Call", 1, "1000"),
        ("Demo", 1, "2000"),
        ("Offer", 1, "3000"),
        ("Invite", 1, "500"),
        ("(none)", 1, "250"),
    ]
    assert (shown.total.leads, str(shown.total.potential)) == (5, "6750")


def test_the_example_at_the_end_of_april_by_activity() -> None:
    shown = pipeline(in_april(), "activity", APRIL)

    assert figures(shown) == [
        ("Call", 1, "700"),
        ("Demo", 1, "1500"),
        ("Invite", 2, "2500"),
        ("Follow-up", 1, "400"),
    ]
    assert (shown.total.leads, str(shown.total.potential)) == (5, "5100")


def test_the_lead_that_changed_its_rep_is_the_old_ones_in_march_and_the_new_ones_in_april() -> None:
    old = facts_of(a_lead("L5", "C1.1", "R1", "700"))
    new = facts_of(a_lead("L5", "C1.1", "R2", "700"))

    assert figures(pipeline(old, "rep", MARCH)) == [("Ann", 1, "700")]
    assert figures(pipeline(new, "rep", APRIL)) == [("Bob", 1, "700")]


def test_the_example_by_rep() -> None:
    assert figures(pipeline(in_april(), "rep", APRIL)) == [("Ann", 2, "3500"), ("Bob", 3, "1600")]
    assert figures(pipeline(in_march(), "rep", MARCH)) == [
        ("Ann", 2, "3000"),
        ("Bob", 2, "3500"),
        ("(none)", 1, "250"),
    ]


def test_the_example_by_campaign() -> None:
    assert figures(pipeline(in_april(), "campaign", APRIL)) == [("A", 2, "2200"), ("B", 3, "2900")]


def test_the_json_of_an_activity_has_campaign_and_activity_and_the_names_behind() -> None:
    shown = pipeline(facts_of(a_lead("L1", "C1.2", "R1", "1500.50")), "activity", APRIL)

    built = msgspec.to_builtins(shown, builtin_types=(Decimal,))
    assert (built["as_of"], built["by"]) == ("2024-04-30", "activity")
    assert built["total"] == {"leads": 1, "potential": Decimal("1500.50")}
    assert list(built["rows"][0].items()) == [
        ("rep", None),
        ("campaign", "C1"),
        ("activity", "C1.2"),
        ("channel", None),
        ("rating", None),
        ("leads", 1),
        ("potential", Decimal("1500.50")),
        ("rep_name", None),
        ("campaign_name", "A"),
        ("activity_name", "Demo"),
    ]


@pytest.mark.parametrize("axis", get_args(Axis))
def test_an_empty_pipeline_has_no_rows_and_a_total_of_zeros(axis: Axis) -> None:
    assert msgspec.to_builtins(pipeline(Facts(leads=[]), axis, APRIL), builtin_types=(Decimal,)) == {
        "as_of": "2024-04-30",
        "by": axis,
        "rows": [],
        "total": {"leads": 0, "potential": 0},
    }


@pytest.mark.parametrize("axis", get_args(Axis))
def test_a_lead_that_has_nothing_is_in_the_row_none(axis: Axis) -> None:
    (row,) = pipeline(facts_of(a_lead("L7", None, None, "250")), axis, APRIL).rows

    assert getattr(row, axis) == "(none)"
    assert row.campaign == ("(none)" if axis in ("campaign", "activity") else None)


def test_a_lead_in_a_campaign_without_activity_stands_last_in_that_campaign() -> None:
    no_step = LeadFact(id="L8", received=MARCH, status="new", campaign="C1")
    shown = pipeline(facts_of(no_step, *in_march().leads), "activity", MARCH)

    steps = [(row.campaign, row.activity) for row in shown.rows]
    assert steps[2:5] == [("C1", "C1.3"), ("C1", "(none)"), ("C2", "C2.1")]
    assert steps[-1] == ("(none)", "(none)")


def test_a_potential_missing_or_zero_adds_nothing_and_one_that_is_large_stays_exact() -> None:
    missing = LeadFact(id="L8", received=MARCH, status="new")
    large = "12345678901234567890123456789012345678"
    leads = [missing, a_lead("L1", None, None, "0"), a_lead("L2", None, None, large)]

    shown = pipeline(facts_of(*leads, a_lead("L3", None, None, "0.25")), "rep", MARCH)
    assert str(shown.total.potential) == large + ".25"


def test_merged_deleted_qualified_and_disqualified_leads_are_not_in_the_pipeline() -> None:
    states = ["merged", "deleted", "qualified", "disqualified"]
    leads = [a_lead(f"L{n}", "C1.1", "R1", "9", state) for n, state in enumerate(states)]

    assert pipeline(facts_of(*leads), "campaign", APRIL).total.leads == 0


def test_a_conversion_taken_back_and_a_lead_restored_are_in_the_pipeline_again() -> None:
    leads = [a_lead("L4", "C1.3", "R2", "3000", "contacted"), a_lead("L7", None, None, "250", "new")]

    assert pipeline(facts_of(*leads), "rep", APRIL).total.leads == 2


def test_inactive_reps_and_retired_activities_keep_their_rows() -> None:
    names = {"R1": "Ann (inactive)", "C1": "A", "C1.1": "Call (retired)"}
    facts = Facts(leads=[a_lead("L1", "C1.1", "R1", "1")], names=names, order=ORDER)

    assert figures(pipeline(facts, "rep", APRIL)) == [("Ann (inactive)", 1, "1")]
    assert figures(pipeline(facts, "activity", APRIL)) == [("Call (retired)", 1, "1")]


def test_channels_and_ratings_stand_under_their_own_names() -> None:
    marks = [("web", "warm"), ("fair", "hot"), (None, None)]
    leads = [
        LeadFact(id=f"L{n}", received=MARCH, status="new", channel=channel, rating=rating)
        for n, (channel, rating) in enumerate(marks)
    ]

    facts = facts_of(*leads)
    assert [row.channel for row in pipeline(facts, "channel", APRIL).rows] == ["fair", "web", "(none)"]
    assert [row.rating for row in pipeline(facts, "rating", APRIL).rows] == ["hot", "warm", "(none)"]


def test_an_unknown_axis_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(BadValue) as refused:
        pipeline(Facts(leads=[]), cast(Axis, "colour"), APRIL)

    assert "campaign" in str(refused.value.hint)
