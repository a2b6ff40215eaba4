"""Which sale belongs to which lead."""

from __future__ import annotations

from datetime import date

from crm_cli.reports.facts import Facts, LeadFact, Sale
from crm_cli.reports.sales import sales_by_lead


def a_customer(lead: str, received: int, qualified_at: str, account: str | None = "A1") -> LeadFact:
    day = date(2024, 3, received)
    return LeadFact(
        id=lead, received=day, status="qualified", account=account, qualified=day, qualified_at=qualified_at
    )


def a_sale(deal: str, day: int, account: str = "A1") -> Sale:
    return Sale(deal=deal, account=account, day=date(2024, 3, day))


def belonging(leads: list[LeadFact], sales: list[Sale]) -> dict[str, list[str]]:
    by_lead = sales_by_lead(Facts(leads=leads, sales=sales))
    return {lead: [sale.deal for sale in own] for lead, own in by_lead.items()}


def test_the_sales_of_an_account_belong_to_the_lead_qualified_first() -> None:
    later, first = a_customer("L1", 1, "2024-03-09T10:00:00Z"), a_customer("L2", 2, "2024-03-09T09:59:59Z")

    assert belonging([later, first], [a_sale("D1", 10), a_sale("D2", 11)]) == {"L2": ["D1", "D2"]}


def test_of_two_leads_qualified_at_the_same_moment_the_lower_number_was_first() -> None:
    leads = [a_customer("L10", 1, "2024-03-09"), a_customer("L9", 1, "2024-03-09")]

    assert belonging(leads, [a_sale("D1", 10)]) == {"L9": ["D1"]}


def test_a_sale_on_the_day_the_lead_was_received_counts_an_earlier_one_does_not() -> None:
    assert belonging([a_customer("L1", 5, "2024-03-09")], [a_sale("D1", 4), a_sale("D2", 5)]) == {"L1": ["D2"]}


def test_a_sale_before_the_first_lead_does_not_fall_to_the_second() -> None:
    leads = [a_customer("L1", 8, "2024-03-08"), a_customer("L2", 2, "2024-03-09")]

    assert belonging(leads, [a_sale("D1", 5)]) == {}


def test_a_conversion_taken_back_leaves_the_sales_to_the_next_lead() -> None:
    open_again = LeadFact(id="L1", received=date(2024, 3, 1), status="contacted", account="A1")

    assert belonging([open_again, a_customer("L2", 2, "2024-03-09")], [a_sale("D1", 9)]) == {"L2": ["D1"]}


def test_customers_without_a_lead_and_leads_without_an_account_have_no_sales() -> None:
    assert belonging([a_customer("L1", 1, "2024-03-09", account=None)], [a_sale("D1", 9, "A2")]) == {}
