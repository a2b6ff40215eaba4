"""A lead that comes to an activity of a campaign, and whoever is responsible there."""

from __future__ import annotations

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.lead import Lead
from crm_cli.domain.rep import RepStatus


def put(crm: Crm, lead: Lead, campaign: Campaign | None, activity: Activity | None = None) -> Lead:
    """The lead in a campaign, at the given or its first activity; out of every one with None. Raises Refused."""
    return _taken_over(crm, lead.set_campaign(campaign, crm.day, activity), campaign)


def moved(crm: Crm, lead: Lead, campaign: Campaign, activity: Activity) -> Lead:
    """The lead at another activity of its campaign. Raises Refused."""
    return _taken_over(crm, lead.set_activity(campaign, activity), campaign)


def advanced(crm: Crm, lead: Lead, campaign: Campaign) -> Lead:
    """The lead at the next activity of its campaign. Raises Refused."""
    return _taken_over(crm, lead.advance(campaign), campaign)


def _taken_over(crm: Crm, lead: Lead, campaign: Campaign | None) -> Lead:
    """A lead that is nobody's is given to the rep who is responsible for the activity, if that one is on duty."""
    if campaign is None or lead.activity is None or lead.rep is not None:
        return lead
    responsible = campaign.responsible(campaign.find_activity(lead.activity))
    if responsible is None:
        return lead
    rep = crm.reps.get(responsible)
    return lead.assign(rep) if rep.status is RepStatus.ACTIVE else lead
