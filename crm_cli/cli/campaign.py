"""Campaigns: start, look, change, close."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cut
from crm_cli.cli.params import CampaignRef, On, Set, changes, lists, option, shows
from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import Refused

COLUMNS = ("id", "name", "status", "start", "end", "activities")

Start = Annotated[
    str | None, typer.Option("--start", metavar="DAY", help="The first day it takes leads.", show_default=False)
]
End = Annotated[str | None, typer.Option("--end", metavar="DAY", help="The last day it does.", show_default=False)]


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="What it is called.", show_default=False)],
    activity: Annotated[
        list[str] | None,
        typer.Option("--activity", "-a", metavar="NAME", help="An activity; repeat in order.", show_default=False),
    ] = None,
    start: Start = None,
    end: End = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Start a campaign with its activities in order.

    \b
    Examples:
      crm campaign add "Spring 27" -a Call -a Demo -a Offer --start 2027-03-01 --end 2027-04-30
      crm campaign add "Newsletter" --json
    """
    with desk.change(on) as crm:
        _must_be_free(crm, name)
        new = Campaign(
            id=crm.campaigns.new_id(), name=name.strip(), start=parse.day(start, crm), end=parse.day(end, crm)
        ).checked()
        for step in activity or ():
            new, _ = new.add_activity(step)
        crm.save(new.set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name} with {len(now.activities)} activities")


def _must_be_free(crm: Crm, name: str, owner: Campaign | None = None) -> None:
    """People call a campaign by its name: two of one name could not be told apart."""
    if any(one.name.casefold() == name.strip().casefold() for one in crm.campaigns.all() if one != owner):
        raise Refused(f"there is a campaign {name!r} already", "give it another name")


@lists
def list_(
    desk: Desk,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="active or closed.", show_default=False)
    ] = None,
) -> None:
    """List campaigns.

    \b
    Examples:
      crm campaign list
      crm campaign list --status active --json
    """
    list_records(desk, "campaign", COLUMNS, short_cut("status", status))


@shows
def show_(desk: Desk, campaign: CampaignRef) -> None:
    """Show one campaign with its activities.

    \b
    Examples:
      crm campaign show C3
      crm campaign show "Spring 27" --json
    """
    show_record(desk, "campaign", campaign)


@changes
def edit(
    desk: Desk,
    campaign: CampaignRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    start: Start = None,
    end: End = None,
    set: Set = None,
) -> None:
    """Change name or days of a campaign.

    \b
    Examples:
      crm campaign edit C3 --end 2027-05-31
      crm campaign edit C3 --name "Spring 2027"
    """
    with desk.change() as crm:
        found = crm.campaigns.find(campaign)
        if name is not None:
            _must_be_free(crm, name, found)
        fields = parse.given(name=name, start=parse.day(start, crm), end=parse.day(end, crm))
        crm.save(found.edit(**fields).set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")


@changes
def close(desk: Desk, campaign: CampaignRef, on: On = None) -> None:
    """Close a campaign: it takes no more leads, those in it stay.

    \b
    Examples:
      crm campaign close C2
      crm campaign close "Autumn 26" --dry-run
    """
    with desk.change(on) as crm:
        crm.save(crm.campaigns.find(campaign).close(crm.day))
    show.changed(desk, crm, lambda was, now: f"Closed {now.id} {now.name} ({was.status} → {now.status})")
