"""How campaigns stand: the figures in their list and on their card, and the leads that are in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from crm_cli.cli.context import Desk
from crm_cli.cli.figures import Figures, More, Section
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import CampaignRef, RatingOption, RepOption, WithTag, lists, option
from crm_cli.cli.table import percent
from crm_cli.cli.view import Row, activities
from crm_cli.crm import Crm
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.lead import Lead
from crm_cli.usecases.campaign_standing import Tally, standing, tallies

COLUMNS = ("id", "name", "company", "status", "activity_name", "rating", "rep_name", "potential")
NOWHERE = "(none)"


@lists
def members(
    desk: Desk,
    campaign: CampaignRef,
    activity: Annotated[str | None, option("--activity", "At this activity; `none` for none.", "ACTIVITY")] = None,
    status: Annotated[str | None, option("--status", "new, contacted, open, qualified ...", "STATUS")] = None,
    rep: RepOption = None,
    rating: RatingOption = None,
    tag: WithTag = None,
) -> None:
    """List the leads in a campaign, activity by activity.

    \b
    Examples:
      crm campaign members C3 --status open
      crm campaign members "Spring 27" --activity Call,Demo --json
    """
    with desk.read() as crm:
        home = crm.campaigns.find(campaign)
    wanted = {"activity": _ids(home, activity), "status": status, "rep": rep, "rating": rating, "tags": tag}
    list_records(desk, "lead", COLUMNS, [f"campaign={home.id}", *short_cuts(wanted)], order=_by_activity(home))


def _ids(campaign: Campaign, names: str | None) -> str | None:
    """The ids of the activities with these names, apart by commas."""
    if names is None:
        return None
    parts = [part.strip() for part in names.split(",") if part.strip()]
    found = ("none" if one.lower() == "none" else campaign.activity_id(campaign.find_activity(one)) for one in parts)
    return ",".join(found)


def _by_activity(campaign: Campaign) -> Callable[[Lead], int]:
    """In the order of its activities; who is at none comes last."""
    places = {campaign.activity_id(one): one.place for one in campaign.activities.values()}
    last = len(places) + 1
    return lambda lead: places.get(lead.activity or "", last)


# --- figures -------------------------------------------------------------------------------------


def _figures(tally: Tally) -> Row:
    """The leads that are in it now, merged and deleted ones left out; the potential is that of the open ones."""
    return {
        "leads": tally.leads,
        "open": tally.open,
        "qualified": tally.qualified,
        "disqualified": tally.disqualified,
        "rate": tally.rate,
        "potential": tally.potential,
    }


def _counted(crm: Crm) -> Callable[[str], Row]:
    found = tallies(crm)
    return lambda campaign: _figures(found.get(campaign) or Tally())


def _said(row: Row) -> Row:
    """Shares as percent, money with its currency."""
    said = dict(row)
    for name in ("rate", "target_conversion"):
        if said.get(name) is not None:
            said[name] = percent(said[name])
    for name in ("budget", "cost"):
        if said.get(name) is not None:
            said[name] = f"{said[name]} {said.get('currency') or ''}".rstrip()
    return said


FIGURES = Figures(tuple(_figures(Tally())), _counted, _said)


def at_activities(campaign: Campaign, crm: Crm, at: list[tuple[Activity | None, Tally]]) -> list[Row]:
    """Its activities in order, each with what stands at it."""
    figures = {campaign.activity_id(one): _figures(tally) for one, tally in at if one is not None}
    return [{**row, **figures[row["id"]]} for row in activities(campaign, crm)]


def telling(campaign: Campaign, crm: Crm) -> More:
    """The card of a campaign: its figures in all and at each activity, and how much is planned and done."""
    found = standing(crm, campaign)
    steps = at_activities(campaign, crm, found.at)
    row = {
        "activities": steps,
        **_figures(found.whole),
        "planned_events": found.planned,
        "done_events": found.done,
    }
    nowhere = [{"name": NOWHERE, **_figures(tally)} for one, tally in found.at if one is None]
    return More(row=row, sections=[_section([*steps, *nowhere])], said=_said)


def _section(steps: list[Row]) -> Section:
    return "Activities", [_line(step) for step in steps]


def _line(step: Row) -> str:
    """C3.2  Demo, with Ana Silva: 3 leads, 2 open, potential 1500, 1 qualified."""
    about = [step["name"], *(["retired"] if step.get("retired") else [])]
    if step.get("rep_name"):
        about.append(f"with {step['rep_name']}")
    counted = [f"{step['leads']} lead{'' if step['leads'] == 1 else 's'}", f"{step['open']} open"]
    counted += [f"potential {step['potential']}"] if step["potential"] else []
    counted += [f"{step[name]} {name}" for name in ("qualified", "disqualified") if step[name]]
    return f"{step.get('id', ''):<6}{', '.join(about)}: {', '.join(counted)}"
