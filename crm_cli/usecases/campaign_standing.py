"""What stands in each campaign: how many leads, how far they came, what they may bring, what is planned with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.history import Doc
from crm_cli.domain.lead import Lead
from crm_cli.reports.figures import exact_total, ratio

_GONE = frozenset({"merged", "deleted"})
_FIELDS = ("id", "status", "campaign", "activity", "potential")


class Tally(Struct):
    """Leads counted where they are now, those merged or deleted left out."""

    leads: int = 0
    open: int = 0
    qualified: int = 0
    disqualified: int = 0
    potential: Decimal = Decimal(0)  # of the open ones; a missing one is 0

    @property
    def rate(self) -> float | None:
        """The qualified of all of them, 0..1 with 6 places; None where there are none."""
        return ratio(self.qualified, self.leads)

    def count(self, lead: Doc) -> None:
        """One more."""
        status = lead["status"]
        self.leads += 1
        self.qualified += status == "qualified"
        self.disqualified += status == "disqualified"
        if status in Lead.OPEN:
            self.open += 1
            self.potential = exact_total((self.potential, Decimal(str(lead.get("potential") or 0))))


def tallies(crm: Crm) -> dict[str, Tally]:
    """By the id of a campaign what stands in it now; one without leads is not there. One scan of the leads."""
    found: dict[str, Tally] = {}
    for lead in _there(crm.snapshot.scan("lead", None, _FIELDS)):
        if campaign := lead.get("campaign"):
            found.setdefault(campaign, Tally()).count(lead)
    return found


class Standing(Struct, frozen=True):
    """What stands in one campaign: in all, at each activity, and what is planned and done with its leads."""

    whole: Tally
    at: list[tuple[Activity | None, Tally]]  # in their order, retired ones too; None, where anybody is at none
    planned: int
    done: int


def standing(crm: Crm, campaign: Campaign) -> Standing:
    """What stands in the campaign now; events are those of the leads that are in it. One scan of leads and events."""
    steps = {campaign.activity_id(one): one for one in campaign.in_order(retired=True)}
    at: dict[str | None, Tally] = {id: Tally() for id in steps}
    whole, members = Tally(), set[str]()
    for lead in _there(crm.snapshot.scan("lead", crm.leads.where(f"campaign={campaign.id}"), _FIELDS)):
        place = lead.get("activity")
        at.setdefault(place if place in steps else None, Tally()).count(lead)
        whole.count(lead)
        members.add(lead["id"])
    events = _events(crm, members)
    placed = [(steps.get(id or ""), tally) for id, tally in at.items()]
    return Standing(whole, placed, events.count("planned"), events.count("completed"))


def _there(leads: Iterable[Doc]) -> Iterator[Doc]:
    return (lead for lead in leads if lead["status"] not in _GONE)


def _events(crm: Crm, leads: set[str]) -> list[str]:
    """The statuses of the events with these leads."""
    if not leads:
        return []
    return [
        str(one["status"]) for one in crm.snapshot.scan("event", None, ("lead", "status")) if one.get("lead") in leads
    ]
