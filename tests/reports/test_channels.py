"""Channels: what counts as lead, customer, account and revenue, and the order of the rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from crm_cli.reports.channels import channels
from crm_cli.reports.facts import Facts, LeadFact, Period, Sale

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
DAY = date(2024, 3, 5)


def a_lead(lead: str, channel: str | None, potential: str | None = None, status: str = "new") -> LeadFact:
    worth = Decimal(potential) if potential is not None else None
    return LeadFact(id=lead, received=DAY, status=status, channel=channel, potential=worth)


def a_customer(lead: str, channel: str, account: str, qualified_at: str = "2024-03-09") -> LeadFact:
    return LeadFact(
        id=lead,
        received=DAY,
        status="qualified",
        channel=channel,
        account=account,
        qualified=date(2024, 3, 9),
        qualified_at=qualified_at,
    )


def a_sale(deal: str, account: str, amount: str | None, currency: str = "EUR", day: int = 20) -> Sale:
    worth = Decimal(amount) if amount is not None else None
    return Sale(deal=deal, account=account, day=date(2024, 3, day), amount=worth, currency=currency)


def test_the_json_of_a_row() -> None:
    leads = [a_lead("L1", "fair", "1500.50"), a_customer("L2", "fair", "A1"), a_lead("L3", "fair", "0")]
    sales = [a_sale("D1", "A1", "99.90"), a_sale("D2", "A1", "0.10"), a_sale("D3", "A1", "7", "CHF")]

    (row,) = channels(Facts(leads=leads, sales=sales), MARCH)
    assert msgspec.to_builtins(row, builtin_types=(Decimal,)) == {
        "channel": "fair",
        "leads": 3,
        "customers": 1,
        "accounts": 1,
        "conversion": 0.333333,
        "potential": Decimal("1500.50"),
        "revenue": [{"currency": "CHF", "amount": "7"}, {"currency": "EUR", "amount": "100.00"}],
    }


def test_no_leads_give_no_rows() -> None:
    assert channels(Facts(leads=[]), MARCH) == []


def test_most_leads_first_then_by_name_and_no_channel_last() -> None:
    names = [None, None, None, "web", "fair", "Ad", "web"]
    leads = [a_lead(f"L{n}", channel) for n, channel in enumerate(names)]

    rows = channels(Facts(leads=leads), MARCH)
    assert [(row.channel, row.leads) for row in rows] == [("web", 2), ("Ad", 1), ("fair", 1), ("(none)", 3)]


def test_merged_deleted_and_other_months_leads_are_left_out() -> None:
    april = LeadFact(id="L3", received=date(2024, 4, 1), status="new", channel="web")
    leads = [a_lead("L1", "web", status="merged"), a_lead("L2", "web", status="deleted"), april]

    assert channels(Facts(leads=leads), MARCH) == []


def test_two_customers_of_one_account_are_one_account_and_its_revenue_counts_once() -> None:
    leads = [
        a_customer("L2", "web", "A1", "2024-03-09T10:00:00Z"),
        a_customer("L1", "fair", "A1", "2024-03-10"),
    ]
    facts = Facts(leads=[*leads, a_customer("L3", "web", "A1", "2024-03-11")], sales=[a_sale("D1", "A1", "50")])

    web, fair = channels(facts, MARCH)
    assert (web.customers, web.accounts, web.revenue[0].amount) == (2, 1, "50")
    assert (fair.customers, fair.accounts, fair.revenue) == (1, 1, [])


def test_the_account_of_an_open_lead_is_not_counted() -> None:
    known = LeadFact(id="L1", received=DAY, status="new", channel="web", account="A1")

    assert channels(Facts(leads=[known]), MARCH)[0].accounts == 0


def test_a_sale_before_the_lead_is_no_revenue_of_its_channel() -> None:
    facts = Facts(leads=[a_customer("L1", "web", "A1")], sales=[a_sale("D1", "A1", "50", day=4)])

    assert channels(facts, MARCH)[0].revenue == []


def test_a_deal_won_for_nothing_is_zero_revenue_one_without_amount_is_none() -> None:
    leads = [a_customer("L1", "fair", "A1"), a_customer("L2", "web", "A2")]
    rows = channels(Facts(leads=leads, sales=[a_sale("D1", "A1", "0"), a_sale("D2", "A2", None)]), MARCH)

    assert [[money.amount for money in row.revenue] for row in rows] == [["0"], []]


def test_a_very_large_potential_stays_exact() -> None:
    large = "9" * 40
    rows = channels(Facts(leads=[a_lead("L1", "web", large), a_lead("L2", "web", "0.01")]), MARCH)

    assert str(rows[0].potential) == large + ".01"
