"""Periods, and what a lead says about itself on the day of the report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.reports.facts import Facts, LeadFact, Period

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))


def a_lead(status: str = "new", received: date = date(2024, 3, 5), account: str | None = None) -> LeadFact:
    return LeadFact(id="L1", received=received, status=status, account=account)


def test_a_period_holds_its_first_and_its_last_day() -> None:
    day = timedelta(days=1)

    assert MARCH.holds(date(2024, 3, 1))
    assert MARCH.holds(date(2024, 3, 31))
    assert not MARCH.holds(date(2024, 3, 1) - day)
    assert not MARCH.holds(date(2024, 3, 31) + day)


def test_the_day_the_clocks_change_is_a_day_like_others() -> None:
    assert Period(date(2024, 3, 31), date(2024, 3, 31)).holds(date(2024, 3, 31))
    assert Period(date(2024, 10, 27), date(2024, 10, 27)).holds(date(2024, 10, 27))


def test_an_open_end_holds_everything_on_that_side() -> None:
    assert Period().holds(date.min)
    assert Period(last=date(2024, 3, 31)).holds(date.min)
    assert not Period(first=date(2024, 3, 1)).holds(date(2024, 2, 29))


def test_a_period_that_ends_before_it_begins_is_refused_with_a_way_on() -> None:
    with pytest.raises(BadValue) as refused:
        Period(date(2024, 4, 1), date(2024, 3, 31))

    assert "2024-03-31" in refused.value.message
    assert refused.value.hint is not None
    assert "--from" in refused.value.hint


@pytest.mark.parametrize(
    ("status", "is_open", "is_gone", "is_customer"),
    [
        ("new", True, False, False),
        ("contacted", True, False, False),
        ("qualified", False, False, True),
        ("disqualified", False, False, False),
        ("merged", False, True, False),
        ("deleted", False, True, False),
    ],
)
def test_a_lead_is_open_gone_or_a_customer(status: str, is_open: bool, is_gone: bool, is_customer: bool) -> None:
    lead = a_lead(status)

    assert (lead.is_open, lead.is_gone, lead.is_customer) == (is_open, is_gone, is_customer)


def test_merged_and_deleted_leads_are_not_among_those_received() -> None:
    facts = Facts(leads=[a_lead("merged"), a_lead("deleted"), a_lead("disqualified")])

    assert [lead.status for lead in facts.received(MARCH)] == ["disqualified"]


def test_a_customer_of_an_earlier_day_is_existing_one_of_the_same_day_is_not() -> None:
    facts = Facts(leads=[], customer_since={"A1": date(2024, 3, 5)})

    assert facts.is_existing(a_lead(received=date(2024, 3, 6), account="A1"))
    assert not facts.is_existing(a_lead(received=date(2024, 3, 5), account="A1"))
    assert not facts.is_existing(a_lead(account="A2"))
    assert not facts.is_existing(a_lead(account=None))


def test_an_empty_value_counts_as_no_value() -> None:
    lead = LeadFact(id="L1", received=date(2024, 3, 5), status="new", channel="")

    assert lead.under("channel") == lead.under("rep") == "(none)"
    assert lead.under("month") == "2024-03"


def test_only_what_is_held_by_id_is_looked_up_among_the_names() -> None:
    facts = Facts(leads=[], names={"C1": "Spring fair"})

    assert facts.name("campaign", "C1") == "Spring fair"
    assert facts.name("campaign", "C2") == "C2"
    assert facts.name("channel", "C1") == "C1"
