"""A disqualified lead taken up again, in a campaign that still runs."""

from __future__ import annotations

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import Refused
from crm_cli.domain.lead import Lead


def reopened(crm: Crm, lead: Lead, campaign: str | None) -> Lead:
    """The lead as open again: where it was, in the `campaign` that was typed, or in none.

    Raises WrongState; Refused when its campaign is over and nothing is said about it (rule L7).
    """
    again = lead.reopen(crm.at, crm.deadlines, crm.day)
    if campaign is not None:
        home = None if campaign.strip().lower() == "none" else crm.campaigns.find(campaign)
        return again.set_campaign(home, crm.day)
    if again.campaign is not None:
        home = crm.campaigns.get(again.campaign)
        _must_still_run(crm, again, home)
        _mind_the_activity(crm, again, home)
    return again


def _mind_the_activity(crm: Crm, lead: Lead, home: Campaign) -> None:
    """Say that it stands at an activity that takes no leads any more."""
    step = home.find_activity(lead.activity) if lead.activity else None
    if step is not None and step.retired:
        way = f"crm lead advance {lead.id}" if home.activity_after(lead.activity) else f"crm campaign show {home.id}"
        crm.warnings.append(f"{lead.id} is at {step.name} of {home.id} again, which is retired; see {way}")


def _must_still_run(crm: Crm, lead: Lead, home: Campaign) -> None:
    try:
        home.must_take_leads_on(crm.day)
    except Refused as over:
        way = "say which takes it, or that none does: --campaign NAME, --campaign none"
        raise Refused(f"{lead.id} cannot go back where it was: {over.message}", way) from over
