"""What stands where at this moment: counts of what somebody should look at."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign, CampaignStatus
from crm_cli.domain.claim import Claim, ClaimStatus
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock, to_datetime
from crm_cli.domain.record import from_doc

_LEAD = ("id", "status", "rep", "due", "restarted_at", "responded_at")
_EVENT = ("id", "status", "start", "end")


class Status(Struct):
    """How many of each; a lead is unassigned while it is open, an event is today's while it is planned."""

    new: int = 0
    unassigned: int = 0
    leads_overdue: int = 0
    today: int = 0
    events_overdue: int = 0
    claims_open: int = 0
    claims_overdue: int = 0
    deals: int = 0
    campaigns: int = 0


def status_of(crm: Crm) -> Status:
    """One pass over each kind; of leads and events only a few fields are read."""
    found, snapshot, clock = Status(), crm.snapshot, crm.clock
    _leads(found, crm)
    _events(found, crm)
    for doc in snapshot.scan("claim"):
        claim = from_doc(doc, Claim)
        if claim.status in (ClaimStatus.REGISTERED, ClaimStatus.PROCESSING):
            found.claims_open += 1
            found.claims_overdue += claim.due is not None and claim.due < clock.today.isoformat()
    found.deals = sum(doc.get("status") == "in_progress" for doc in snapshot.scan("deal", None, ("status",)))
    found.campaigns = sum(_runs(from_doc(doc, Campaign), clock) for doc in snapshot.scan("campaign"))
    return found


def _leads(found: Status, crm: Crm) -> None:
    today = crm.clock.today.isoformat()
    for doc in crm.snapshot.scan("lead", None, _LEAD):
        if doc.get("status", "") not in Lead.OPEN:
            continue
        found.new += doc["status"] == "new"
        found.unassigned += "rep" not in doc
        if "due" in doc:
            found.leads_overdue += from_doc(doc, Lead).is_overdue(today)


def _events(found: Status, crm: Crm) -> None:
    for doc in crm.snapshot.scan("event", None, _EVENT):
        if doc.get("status") == "planned":
            event = from_doc(doc, Event)
            late = event.is_overdue(crm.clock)
            found.events_overdue += late
            found.today += not late and _starts_today(event, crm.clock)


def _starts_today(event: Event, clock: Clock) -> bool:
    start = to_datetime(event.start, clock.zone).astimezone(clock.zone)
    return timedelta() <= start.date() - clock.today < timedelta(days=1)


def _runs(campaign: Campaign, clock: Clock) -> bool:
    today = clock.today.isoformat()
    over = campaign.end is not None and campaign.end < today
    return campaign.status is CampaignStatus.ACTIVE and not over
