"""Campaigns: start, look, change, close."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.campaign_standing import FIGURES, telling
from crm_cli.cli.card import show_record
from crm_cli.cli.chosen import each
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AnyRefs,
    CampaignRef,
    Channel,
    On,
    Set,
    TagOption,
    Unset,
    WithTag,
    changes,
    lists,
    many,
    option,
    shows,
)
from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import BadValue
from crm_cli.usecases.naming import name_must_be_free

COLUMNS = ("id", "name", "status", "leads", "open", "qualified", "rate", "potential", "budget", "end")
PARTICULARS = ("start", "end", "code", "description", "channel", "budget", "cost", "currency", "target_conversion")

Start = Annotated[str | None, option("--start", "The first day it takes leads.", "DAY")]
End = Annotated[str | None, option("--end", "The last day it does.", "DAY")]
Code = Annotated[str | None, option("--code", "A short name of your own, to type and to filter by.", "WORD")]
Description = Annotated[str | None, option("--description", "What it is for.")]
Budget = Annotated[str | None, option("--budget", "What it may cost, a plain number.", "NUMBER")]
Cost = Annotated[str | None, option("--cost", "What it did cost, a plain number.", "NUMBER")]
Currency = Annotated[str | None, option("--currency", "That of budget and cost, if not that of the house.", "EUR")]
Target = Annotated[str | None, option("--target", "How many of 100 leads are to be qualified: 25.", "PERCENT")]


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
    code: Code = None,
    description: Description = None,
    channel: Channel = None,
    budget: Budget = None,
    cost: Cost = None,
    currency: Currency = None,
    target: Target = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Start a campaign with its activities in order.

    \b
    Examples:
      crm campaign add "Spring 27" -a Call -a Demo -a Offer --start 2027-03-01 --end 2027-04-30
      crm campaign add "Newsletter" --budget 5000 --target 25 --channel web --json
    """
    with desk.change(on) as crm:
        fields = _particulars(crm, start, end, code, description, channel)
        fields |= _money(crm, budget, cost, currency)
        goal = parse.given(target_conversion=parse.share(target, "target"))
        new = Campaign(id=crm.campaigns.new_id(), name=name.strip(), **fields, **goal).checked()
        name_must_be_free(crm, new)
        for step in activity or ():
            new, _ = new.add_activity(step)
        crm.save(new.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name} with {len(now.activities)} activities")


def _particulars(
    crm: Crm, start: str | None, end: str | None, code: str | None, description: str | None, channel: str | None
) -> dict[str, Any]:
    return parse.particulars(
        crm,
        start=parse.day(start, crm),
        end=parse.day(end, crm),
        code=code.strip() if code else None,
        description=description,
        channel=channel,
    )


def _money(
    crm: Crm, budget: str | None, cost: str | None, currency: str | None, known: Campaign | None = None
) -> dict[str, Any]:
    """Budget and cost, with the currency they are in; raises BadValue for a currency of nothing."""
    money = parse.given(budget=parse.number(budget, "budget"), cost=parse.number(cost, "cost"))
    there = known is not None and (known.budget is not None or known.cost is not None)
    if currency is None and (not money or (known is not None and known.currency)):
        return money
    if not money and not there:
        raise BadValue("--currency is that of budget and cost", "add --budget 5000, or --cost")
    return {**money, "currency": parse.currency(currency, crm)}


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "active or closed.", "STATUS")] = None,
    active: Annotated[bool, typer.Option("--active", help="The same as --status active.")] = False,
    channel: Channel = None,
    tag: WithTag = None,
) -> None:
    """List campaigns with the leads that are in them.

    LEADS are those in it now, whatever became of them, but for merged and deleted ones; OPEN are the new and
    contacted ones, POTENTIAL is theirs; RATE is QUALIFIED of all LEADS.

    \b
    Examples:
      crm campaign list --active
      crm campaign list --sort -rate --json
    """
    filters = short_cuts({"status": status, "channel": channel, "tags": tag})
    list_records(desk, "campaign", COLUMNS, [*filters, *(["status=active"] if active else [])], figures=FIGURES)


@shows
def show_(desk: Desk, campaign: CampaignRef) -> None:
    """Show one campaign with its activities and the leads at each, and how far they came.

    \b
    Examples:
      crm campaign show C3
      crm campaign show "Spring 27" --json
    """
    show_record(desk, "campaign", campaign, telling=telling)


@changes
def edit(
    desk: Desk,
    campaign: CampaignRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    start: Start = None,
    end: End = None,
    code: Code = None,
    description: Description = None,
    channel: Channel = None,
    budget: Budget = None,
    cost: Cost = None,
    currency: Currency = None,
    target: Target = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change name, days or figures of a campaign.

    \b
    Examples:
      crm campaign edit C3 --end 2027-05-31 --cost 4800
      crm campaign edit C3 --name "Spring 2027" --unset target_conversion
    """
    with desk.change(on) as crm:
        found = crm.campaigns.find(campaign)
        fields = _particulars(crm, start, end, code, description, channel)
        fields |= _money(crm, budget, cost, currency, found)
        fields |= parse.given(name=name.strip() if name is not None else None)
        fields |= parse.given(target_conversion=parse.share(target, "target"))
        changed = found.edit(**{**fields, **parse.emptied(unset, PARTICULARS)})
        if fields.keys() & {"name", "code"}:
            name_must_be_free(crm, changed)
        crm.save(changed.set_custom(parse.pairs(set)))
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")


def _moved(_: Crm, was: Campaign, now: Campaign) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


@changes
@many
def close(desk: Desk, campaigns: AnyRefs = None, on: On = None) -> None:
    """Close campaigns: they take no more leads, those in them stay.

    \b
    Examples:
      crm campaign close C2
      crm campaign close --where 'end<today' --yes
    """
    each(
        desk,
        campaigns,
        on,
        lambda crm: lambda one: one.close(crm.day),
        lambda _crm, was, now: f"Closed {now.id} {now.name} ({was.status} → {now.status})",
    )


@changes
@many
def reopen(desk: Desk, campaigns: AnyRefs = None, on: On = None) -> None:
    """Take closed campaigns up again.

    \b
    Examples:
      crm campaign reopen C2
      crm campaign reopen "Autumn 26" --dry-run
    """
    each(desk, campaigns, on, lambda _: lambda one: one.reopen(), _moved)
