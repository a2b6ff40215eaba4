"""The funnel: the worked example, the edge cases, and the shape of its JSON."""

from __future__ import annotations

from datetime import date
from typing import cast

import msgspec
import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.reports.facts import Facts, LeadFact, Period, Sale
from crm_cli.reports.funnel import Funnel, Grouping, Scope, Stage, funnel

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
EVER = Period()

L4_SALES = [
    Sale(deal="D1", account="A1", day=date(2024, 4, 18)),
    Sale(deal="D2", account="A1", day=date(2024, 5, 3)),
]


def a_lead(lead: str, day: int = 5, status: str = "new", month: int = 3) -> LeadFact:
    return LeadFact(id=lead, received=date(2024, month, day), status=status)


def a_customer(lead: str, day: int = 5, account: str = "A1", rep: str | None = None) -> LeadFact:
    received = date(2024, 3, day)
    return LeadFact(
        id=lead,
        received=received,
        status="qualified",
        account=account,
        rep=rep,
        qualified=date(2024, 4, 15),
        qualified_at="2024-04-15",
    )


def example(as_of: date) -> Facts:
    """Seven leads: in March five that stay, one deleted later; L5 comes in April."""
    leads = [a_lead("L1", 5), a_lead("L2", 10), a_lead("L3", 12), a_customer("L4", 20), a_lead("L6", 1)]
    leads += [a_lead("L5", 2, month=4), a_lead("L7", 15, "deleted")]
    sales = [sale for sale in L4_SALES if sale.day <= as_of]
    return Facts(leads=leads, sales=sales, customer_since={"A1": date(2024, 4, 15)})


def counts(stages: list[Stage]) -> list[int]:
    return [stage.count for stage in stages]


def test_the_march_cohort_at_the_end_of_april() -> None:
    stages = funnel(example(date(2024, 4, 30)), MARCH).stages

    assert counts(stages) == [5, 1, 1, 0]
    assert [stage.from_previous for stage in stages] == [None, 0.2, 1, 0]
    assert [stage.from_first for stage in stages] == [1, 0.2, 0.2, 0]


def test_a_month_later_the_customer_has_bought_again() -> None:
    stages = funnel(example(date(2024, 5, 31)), MARCH).stages

    assert counts(stages) == [5, 1, 1, 1]
    assert stages[3].from_first == 0.2


def test_the_json_says_from_and_to_and_four_stages() -> None:
    assert msgspec.to_builtins(funnel(example(date(2024, 4, 30)), MARCH)) == {
        "mode": "cohort",
        "from": "2024-03-01",
        "to": "2024-03-31",
        "stages": [
            {"stage": "leads", "count": 5, "from_previous": None, "from_first": 1},
            {"stage": "customers", "count": 1, "from_previous": 0.2, "from_first": 0.2},
            {"stage": "first_sale", "count": 1, "from_previous": 1, "from_first": 0.2},
            {"stage": "repeat_sale", "count": 0, "from_previous": 0, "from_first": 0},
        ],
    }


def test_a_funnel_of_nothing_has_its_stages_with_zeros_and_no_shares() -> None:
    nothing = msgspec.to_builtins(funnel(Facts(leads=[]), EVER))

    assert (nothing["from"], nothing["to"]) == (None, None)
    assert [tuple(stage.values()) for stage in nothing["stages"]] == [
        ("leads", 0, None, None),
        ("customers", 0, None, None),
        ("first_sale", 0, None, None),
        ("repeat_sale", 0, None, None),
    ]


def test_the_json_of_groups_has_the_total_beside_them() -> None:
    shown = msgspec.to_builtins(funnel(Facts(leads=[a_lead("L1")]), MARCH, by="rep"))

    assert list(shown) == ["mode", "from", "to", "by", "groups", "total"]
    assert [(group["key"], group["name"]) for group in shown["groups"]] == [("(none)", "(none)")]
    assert shown["groups"][0]["stages"] == shown["total"]["stages"]


def test_groups_of_nothing_are_no_groups_and_a_total_of_zeros() -> None:
    shown = funnel(Facts(leads=[]), MARCH, by="campaign")

    assert shown.groups == []
    assert counts(shown.total.stages) == [0, 0, 0, 0]


def test_a_merged_lead_leaves_the_cohort_and_its_winner_stays() -> None:
    facts = Facts(leads=[a_lead("L1", status="merged"), a_lead("L2")])

    assert counts(funnel(facts, MARCH).stages) == [1, 0, 0, 0]


def test_a_deleted_lead_is_out_and_a_restored_one_is_in() -> None:
    assert counts(funnel(Facts(leads=[a_lead("L1", status="deleted")]), MARCH).stages)[0] == 0
    assert counts(funnel(Facts(leads=[a_lead("L1", status="new")]), MARCH).stages)[0] == 1


def test_a_conversion_taken_back_is_no_customer_and_its_sales_do_not_count() -> None:
    taken_back = LeadFact(id="L1", received=date(2024, 3, 5), status="contacted", account="A1")

    assert counts(funnel(Facts(leads=[taken_back], sales=L4_SALES), MARCH).stages) == [1, 0, 0, 0]


def test_leads_received_on_the_first_and_last_day_are_in_those_beside_are_not() -> None:
    leads = [a_lead("L1", 1), a_lead("L2", 31), a_lead("L3", 29, month=2), a_lead("L4", 1, month=4)]

    assert counts(funnel(Facts(leads=leads), MARCH).stages)[0] == 2


def test_a_period_before_the_first_record_is_empty() -> None:
    before = Period(date(1999, 1, 1), date(1999, 12, 31))

    assert counts(funnel(example(date(2024, 4, 30)), before).stages) == [0, 0, 0, 0]


@pytest.mark.parametrize(("scope", "expected"), [("new", 2), ("existing", 1), ("all", 3)])
def test_a_lead_of_a_customer_is_in_scope_existing_and_not_in_new(scope: Scope, expected: int) -> None:
    known = LeadFact(id="L3", received=date(2024, 3, 20), status="new", account="A1")
    facts = Facts(leads=[a_lead("L1"), a_customer("L2"), known], customer_since={"A1": date(2024, 3, 6)})

    assert counts(funnel(facts, MARCH, scope).stages)[0] == expected


def test_without_the_cancelled_sale_the_repeat_and_then_the_first_sale_fall_away() -> None:
    lead = a_customer("L4", 20)

    assert counts(funnel(Facts(leads=[lead], sales=L4_SALES), MARCH).stages) == [1, 1, 1, 1]
    assert counts(funnel(Facts(leads=[lead], sales=L4_SALES[:1]), MARCH).stages) == [1, 1, 1, 0]
    assert counts(funnel(Facts(leads=[lead]), MARCH).stages) == [1, 1, 0, 0]


def test_two_deals_won_on_one_day_are_one_purchase() -> None:
    same_day = [Sale(deal=deal, account="A1", day=date(2024, 4, 18)) for deal in ("D1", "D2")]

    assert counts(funnel(Facts(leads=[a_customer("L4")], sales=same_day), MARCH).stages) == [1, 1, 1, 0]


def test_a_sale_before_the_lead_neither_counts_nor_makes_the_next_a_repeat() -> None:
    sales = [Sale(deal="D0", account="A1", day=date(2024, 3, 19)), L4_SALES[0]]

    assert counts(funnel(Facts(leads=[a_customer("L4", 20)], sales=sales), MARCH).stages) == [1, 1, 1, 0]


def test_two_leads_of_one_account_are_two_customers_and_one_first_sale() -> None:
    facts = Facts(leads=[a_customer("L4"), a_customer("L8")], sales=L4_SALES)

    assert counts(funnel(facts, MARCH).stages) == [2, 2, 1, 1]


def test_a_shared_customer_has_no_sale_although_the_first_lead_is_of_another_cohort() -> None:
    facts = Facts(leads=[a_customer("L4", 1), a_customer("L8", 20)], sales=L4_SALES)

    late = Period(date(2024, 3, 15), date(2024, 3, 31))
    assert counts(funnel(facts, late).stages) == [1, 1, 0, 0]


def test_groups_stand_by_name_and_nothing_last() -> None:
    leads = [a_customer("L1", rep="R1"), a_lead("L2"), a_customer("L3", account="A2", rep="R2")]
    facts = Facts(leads=leads, names={"R1": "Zoe (inactive)", "R2": "ann"})

    shown = funnel(facts, MARCH, by="rep").groups
    assert [(group.key, group.name) for group in shown] == [
        ("R2", "ann"),
        ("R1", "Zoe (inactive)"),
        ("(none)", "(none)"),
    ]


def test_two_campaigns_of_one_name_stay_two() -> None:
    leads = [LeadFact(id=f"L{n}", received=date(2024, 3, 5), status="new", campaign=f"C{n}") for n in (10, 9)]
    facts = Facts(leads=leads, names={"C9": "Fair", "C10": "Fair"})

    assert [group.key for group in funnel(facts, MARCH, by="campaign").groups] == ["C9", "C10"]


def test_months_stand_in_their_order() -> None:
    leads = [a_lead("L1", month=11), a_lead("L2", month=2), a_lead("L3", month=2)]

    groups = funnel(Facts(leads=leads), EVER, by="month").groups
    assert [(group.key, group.name, group.stages[0].count) for group in groups] == [
        ("2024-02", "2024-02", 2),
        ("2024-11", "2024-11", 1),
    ]


def test_a_channel_that_looks_like_an_id_keeps_its_own_name() -> None:
    lead = LeadFact(id="L1", received=date(2024, 3, 5), status="new", channel="C1", source="R1")
    facts = Facts(leads=[lead], names={"C1": "Spring fair", "R1": "Ann"})

    assert funnel(facts, MARCH, by="channel").groups[0].name == "C1"
    assert funnel(facts, MARCH, by="source").groups[0].name == "R1"


def test_no_grouping_gives_a_plain_funnel() -> None:
    by: Grouping | None = None

    assert isinstance(funnel(Facts(leads=[]), EVER, "new", by), Funnel)


def test_an_unknown_scope_or_grouping_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(BadValue, match="scope 'newest'") as scope:
        funnel(Facts(leads=[]), EVER, cast(Scope, "newest"))
    with pytest.raises(BadValue, match="grouping 'colour'"):
        funnel(Facts(leads=[]), EVER, by=cast(Grouping, "colour"))

    assert "existing" in str(scope.value.hint)
