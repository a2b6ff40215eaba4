"""The facts that reports are made from: records as they stood on a day, read from the store or folded from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from msgspec.structs import replace

from crm_cli.crm import Crm
from crm_cli.domain.account import Account, AccountStatus
from crm_cli.domain.condition import Condition
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue
from crm_cli.domain.history import Doc, Entry, fold
from crm_cli.domain.ids import split_id
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Moment, day_of, end_of
from crm_cli.domain.record import from_doc
from crm_cli.domain.rep import Rep, RepStatus
from crm_cli.reports.facts import Facts, LeadFact, Sale
from crm_cli.reports.sales import sales_by_lead

_NEEDED = ("lead", "deal", "account", "campaign", "rep")
Docs = Mapping[str, Iterable[Doc]]


def facts_as_of(
    crm: Crm, as_of: date | None = None, known_until: Moment | None = None, where: Condition | None = None
) -> Facts:
    """What was so at the end of the day `as_of` (None: now), by what had been recorded before `known_until`.

    `where` limits the leads, as they stood then. Names are those of now. Raises BadValue for a day to come.
    An entry has two times: `at`, when it happened, decides `as_of`; `recorded`, when it was written, `known_until`.
    """
    zone = crm.clock.zone
    day = as_of or crm.clock.today
    if day > crm.clock.today:
        raise BadValue(f"{day} is in the future", "reports look at a day up to today: --as-of yesterday")
    until = end_of(day, zone)
    if known_until is None and crm.snapshot.last_at < until:
        docs: Docs = {kind: crm.snapshot.scan(kind) for kind in _NEEDED}
    else:
        docs = _as_of(crm, until, known_until)
    return _facts(crm, docs, where)


def _as_of(crm: Crm, until: Moment, known_until: Moment | None) -> Docs:
    """The records as they stood before `until`, by what was recorded before `known_until`."""
    told_later = _told_since(crm, known_until) if known_until is not None else frozenset[str]()
    return {kind: _docs_as_of(crm, kind, until, known_until, told_later) for kind in _NEEDED}


def _told_since(crm: Crm, known_until: Moment) -> frozenset[str]:
    """The ids of records about which something was recorded from then on; clocks go back, so all of the log is read."""
    return frozenset(
        entry.id for entry in crm.snapshot.log() if entry.recorded >= known_until and entry.kind in _NEEDED
    )


def _docs_as_of(
    crm: Crm, kind: str, until: Moment, known_until: Moment | None, told_later: frozenset[str]
) -> Iterator[Doc]:
    """Records of a kind; only of those that have changed since is the history read."""
    for doc in crm.snapshot.scan(kind):
        changed = doc["updated_at"] >= until
        if doc["id"] in told_later or (changed and doc["created_at"] < until):
            then = fold(_known(crm.snapshot.history(*split_id(doc["id"])), known_until), until)
            if then is not None:
                yield then
        elif not changed:
            yield doc


def _known(entries: Iterable[Entry], until: Moment | None) -> Iterator[Entry]:
    """In log order: where a clock went back, no change is known before what it was made from."""
    return takewhile(lambda one: until is None or one.recorded < until, entries)


def _facts(crm: Crm, docs: Docs, where: Condition | None) -> Facts:
    leads, chosen = _leads(crm, docs["lead"], where)
    won = [deal for deal in _records(docs["deal"], Deal) if deal.status is DealStatus.WON]
    facts = Facts(
        leads=leads,
        sales=[_sale(deal, crm) for deal in won],
        customer_since=_customer_since(crm, docs["account"], leads, won),
        names=_names(crm),
        order=_order(crm),
    )
    return facts if where is None else _limited(facts, chosen)


def _leads(crm: Crm, docs: Iterable[Doc], where: Condition | None) -> tuple[list[LeadFact], list[LeadFact]]:
    """All leads, and those that fit."""
    leads: list[LeadFact] = []
    chosen: list[LeadFact] = []
    for doc in docs:
        leads.append(_lead_fact(from_doc(doc, Lead), crm))
        if where is None or where.matches(doc):
            chosen.append(leads[-1])
    return leads, chosen


def _limited(facts: Facts, leads: list[LeadFact]) -> Facts:
    """Only these leads, and the sales that are theirs when all leads are asked (crm_cli.reports.sales)."""
    belonging = sales_by_lead(facts)
    return replace(facts, leads=leads, sales=[sale for lead in leads for sale in belonging.get(lead.id, ())])


def _customer_since(
    crm: Crm, accounts: Iterable[Doc], leads: Iterable[LeadFact], won: Iterable[Deal]
) -> dict[str, date]:
    """The first day of each active customer: that of the account, or of a qualification or sale told of only later.

    A sale dated before its own lead came does not make it the lead of an existing customer.
    """
    zone = crm.clock.zone
    since = {
        one.id: day_of(one.customer_since, zone)
        for one in _records(accounts, Account)
        if one.customer_since and one.status is AccountStatus.ACTIVE
    }
    received = {lead.id: lead.received for lead in leads}
    days = [(lead.account, lead.qualified) for lead in leads if lead.is_customer]
    sold = [(deal, day_of(str(deal.won_at), zone)) for deal in won]
    days += [(deal.account, day) for deal, day in sold if day >= received.get(deal.lead or "", day)]
    for account, day in days:
        if account in since and day is not None:
            since[account] = min(since[account], day)
    return since


def _records(docs: Iterable[Doc], cls: type[Any]) -> Iterator[Any]:
    return (from_doc(doc, cls) for doc in docs)


def _lead_fact(lead: Lead, crm: Crm) -> LeadFact:
    zone = crm.clock.zone
    return LeadFact(
        id=lead.id,
        received=day_of(lead.received_at or lead.created_at, zone),
        status=lead.status,
        rep=lead.rep,
        campaign=lead.campaign,
        activity=lead.activity,
        channel=lead.channel,
        source=lead.source,
        potential=lead.potential,
        rating=lead.rating,
        account=lead.account,
        qualified=day_of(lead.qualified_at, zone) if lead.qualified_at else None,
        qualified_at=lead.qualified_at or "",
    )


def _sale(deal: Deal, crm: Crm) -> Sale:
    assert deal.won_at is not None
    return Sale(
        deal=deal.id,
        account=deal.account or "",
        day=day_of(deal.won_at, crm.clock.zone),
        amount=deal.amount,
        currency=deal.currency or str(crm.setting("currency")),
    )


def _names(crm: Crm) -> dict[str, str]:
    """What reps, campaigns and activities are called now; those out of use say so."""
    names: dict[str, str] = {}
    for rep in crm.reps.all():
        names[rep.id] = f"{rep.name} (inactive)" if _is_off(rep) else rep.name
    for campaign in crm.campaigns.all():
        names[campaign.id] = campaign.name
        for one in campaign.in_order(retired=True):
            names[campaign.activity_id(one)] = f"{one.name} (retired)" if one.retired else one.name
    return names


def _is_off(rep: Rep) -> bool:
    return rep.status is RepStatus.INACTIVE


def _order(crm: Crm) -> dict[str, int]:
    """Every activity's place in its campaign."""
    return {
        campaign.activity_id(one): one.place
        for campaign in crm.campaigns.all()
        for one in campaign.in_order(retired=True)
    }
