"""The activities of a campaign: add, look, rename, move, retire, and who is responsible for each."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.campaign_standing import at_activities
from crm_cli.cli.context import Desk
from crm_cli.cli.params import ActivityRef, CampaignRef, changes, option, shows
from crm_cli.domain.campaign import Campaign
from crm_cli.usecases.campaign_standing import standing

COLUMNS = ("id", "name", "rep_name", "leads", "open", "qualified", "potential", "retired")
NAMES = (
    *("id", "name", "retired", "rep", "rep_name"),
    *("leads", "open", "qualified", "disqualified", "rate", "potential"),
)

Name = Annotated[str, typer.Argument(help="What it is called.", show_default=False)]
Before = Annotated[
    str | None, typer.Option("--before", metavar="ACTIVITY", help="Not last, but before this one.", show_default=False)
]


def _order(campaign: Campaign) -> str:
    return " > ".join(one.name for one in campaign.in_order())


@changes
def add(desk: Desk, campaign: CampaignRef, name: Name, before: Before = None) -> None:
    """Add an activity to a campaign, last or before another.

    \b
    Examples:
      crm campaign activity add C3 Contract
      crm campaign activity add C3 Demo --before Offer
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        changed, new = found.add_activity(name, found.find_activity(before) if before else None)
        crm.save(changed)
    part = found.activity_id(new)
    show.changed(desk, crm, lambda _, now: f"Added {part} {new.name}: {_order(now)}", part=part)


@shows
def list_(desk: Desk, campaign: CampaignRef) -> None:
    """List the activities of a campaign in their order, with the leads at each.

    \b
    Examples:
      crm campaign activity list C3
      crm campaign activity list "Spring 27" --fields id,name,leads --json
    """
    with desk.read() as crm:
        found = crm.campaigns.find(campaign)
        rows = at_activities(found, crm, standing(crm, found).at)
        show.rows(desk, rows, COLUMNS, NAMES, empty="No activities yet.")


@changes
def rename(desk: Desk, campaign: CampaignRef, activity: ActivityRef, name: Name) -> None:
    """Give an activity another name; its id stays.

    \b
    Examples:
      crm campaign activity rename C3 Call "First call"
      crm campaign activity rename C3 C3.2 Presentation
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        old = found.find_activity(activity)
        crm.save(found.rename_activity(old, name))
    show.changed(desk, crm, lambda _, now: f"Renamed {now.activity_id(old)}: {old.name} → {name}")


@changes
def move(desk: Desk, campaign: CampaignRef, activity: ActivityRef, before: Before = None) -> None:
    """Move an activity before another, or to the end.

    \b
    Examples:
      crm campaign activity move C3 Demo --before Call
      crm campaign activity move C3 Demo
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        target = found.find_activity(before) if before else None
        crm.save(found.move_activity(found.find_activity(activity), target))
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {_order(was)} → {_order(now)}")


@changes
def retire(desk: Desk, campaign: CampaignRef, activity: ActivityRef) -> None:
    """Retire an activity: it takes no more leads, those at it stay.

    \b
    Examples:
      crm campaign activity retire C3 Fax
      crm campaign activity retire C3 C3.4 --dry-run
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        old = found.find_activity(activity)
        crm.save(found.retire_activity(old))
    none = "no activity is left to take leads"
    show.changed(desk, crm, lambda _, now: f"Retired {now.activity_id(old)} {old.name}: {_order(now) or none}")


@changes
def unretire(desk: Desk, campaign: CampaignRef, activity: ActivityRef) -> None:
    """Take a retired activity up again, where it stood.

    \b
    Examples:
      crm campaign activity unretire C3 Fax
      crm campaign activity unretire C3 C3.4 --dry-run
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        old = found.find_activity(activity, retired=True)
        crm.save(found.unretire_activity(old))
    show.changed(desk, crm, lambda _, now: f"Took up {now.activity_id(old)} {old.name}: {_order(now)}")


@changes
def assign(
    desk: Desk,
    campaign: CampaignRef,
    activity: ActivityRef,
    to: Annotated[str, option("--to", "The rep: id, handle or name.", "REP")],
) -> None:
    """Make a rep responsible for an activity.

    \b
    Examples:
      crm campaign activity assign C3 Demo --to ana
      crm campaign activity assign C3 C3.3 --to "Sam Weber"
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        step = found.find_activity(activity)
        rep = crm.reps.find(to)
        crm.save(found.assign_activity(step, rep))
    show.changed(desk, crm, lambda _, now: f"{now.activity_id(step)} {step.name} is with {rep.name}")


@changes
def unassign(desk: Desk, campaign: CampaignRef, activity: ActivityRef) -> None:
    """Make nobody in particular responsible for an activity.

    \b
    Examples:
      crm campaign activity unassign C3 Demo
      crm campaign activity unassign C3 C3.2
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        step = found.find_activity(activity)
        crm.save(found.assign_activity(step, None))
    show.changed(desk, crm, lambda _, now: f"{now.activity_id(step)} {step.name} is with nobody in particular")
