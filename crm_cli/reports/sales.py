"""Which sale belongs to which lead: the one rule that funnel and channels share."""

from __future__ import annotations

from crm_cli.reports.facts import Facts, LeadFact, Sale
from crm_cli.reports.figures import grouped, number_of


def sales_by_lead(facts: Facts) -> dict[str, list[Sale]]:
    """Lead id -> its sales; leads without a sale are absent.

    An account's sales belong to the lead of that account that was qualified first (of two at the same moment,
    the one with the lower number), asked over all leads and not only those of a period: a later lead of a
    shared customer has none. Sales dated before the day the lead was received belong to nobody.
    """
    sales = grouped(facts.sales, lambda sale: sale.account)
    belonging = {
        lead.id: [sale for sale in sales.get(account, ()) if sale.day >= lead.received]
        for account, lead in _first_leads(facts).items()
    }
    return {lead: own for lead, own in belonging.items() if own}


def _first_leads(facts: Facts) -> dict[str, LeadFact]:
    """Account id -> the lead that made it a customer."""
    first: dict[str, LeadFact] = {}
    for lead in facts.leads:
        if lead.is_customer and lead.account:
            rival = first.setdefault(lead.account, lead)
            if _conversion(lead) < _conversion(rival):
                first[lead.account] = lead
    return first


def _conversion(lead: LeadFact) -> tuple[str, tuple[int, ...]]:
    return lead.qualified_at, number_of(lead.id)
