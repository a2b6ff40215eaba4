"""Customer acquisition channels: what the leads of a period brought, by the channel they came through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from crm_cli.reports.facts import Facts, LeadFact, Period, Sale
from crm_cli.reports.figures import exact_total, grouped, ratio, standing
from crm_cli.reports.sales import sales_by_lead


class Revenue(Struct, frozen=True, kw_only=True):
    """What was sold in one currency; the amount is decimal text."""

    currency: str
    amount: str


class ChannelRow(Struct, frozen=True, kw_only=True):
    """One channel: its leads, what became of them and what they are worth.

    `accounts` counts the customers' accounts once each; `conversion` is customers / leads (0..1, 6 places);
    `potential` is an exact decimal, printed as a number.
    """

    channel: str
    leads: int
    customers: int
    accounts: int
    conversion: float | None
    potential: Decimal
    revenue: list[Revenue]


def channels(facts: Facts, period: Period) -> list[ChannelRow]:
    """A row for each channel of the leads received in the period, neither merged nor deleted.

    The channel is today's: it is a fact that gets corrected, not a step. Customers are leads that are
    qualified; revenue is that of the sales which belong to the leads (crm_cli.reports.sales), whenever they
    were made. The channel with most leads first, then by name, `(none)` last.
    """
    sales = sales_by_lead(facts)
    groups = grouped(facts.received(period), lambda lead: lead.under("channel"))
    ordered = sorted(groups.items(), key=lambda group: standing(group[0], group[0], place=-len(group[1])))
    return [_row(channel, leads, sales) for channel, leads in ordered]


def _row(channel: str, leads: Sequence[LeadFact], sales: Mapping[str, Sequence[Sale]]) -> ChannelRow:
    customers = [lead for lead in leads if lead.is_customer]
    return ChannelRow(
        channel=channel,
        leads=len(leads),
        customers=len(customers),
        accounts=len({lead.account for lead in customers if lead.account}),
        conversion=ratio(len(customers), len(leads)),
        potential=exact_total(lead.potential for lead in leads),
        revenue=_revenue(sale for lead in customers for sale in sales.get(lead.id, ())),
    )


def _revenue(sales: Iterable[Sale]) -> list[Revenue]:
    """Per currency, by its name; a sale without an amount has no currency worth a line."""
    by_currency = grouped((sale for sale in sales if sale.amount is not None), lambda sale: sale.currency)
    return [
        Revenue(currency=currency, amount=f"{exact_total(sale.amount for sale in own):f}")
        for currency, own in sorted(by_currency.items())
    ]
