"""Reports: funnel, channels, pipeline."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, get_args

import msgspec

from crm_cli.cli.context import Desk
from crm_cli.cli.listing import short_cuts
from crm_cli.cli.params import CampaignOption, Channel, RepOption, Where, option
from crm_cli.cli.table import bars, percent, table_or_rows
from crm_cli.crm import Crm
from crm_cli.domain.condition import Condition, both
from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import behind, read_day, read_moment
from crm_cli.reports import channels as channels_report
from crm_cli.reports import funnel as funnel_report
from crm_cli.reports import pipeline as pipeline_report
from crm_cli.reports.facts import Facts, Period
from crm_cli.usecases.facts import facts_as_of

From = Annotated[str | None, option("--from", "Leads received from this day on.", "DAY")]
To = Annotated[str | None, option("--to", "Leads received up to this day.", "DAY")]
AsOf = Annotated[str | None, option("--as-of", "As things stood at the end of this day.", "DAY")]
KnownAt = Annotated[str | None, option("--known-at", "By what had been recorded then.", "WHEN")]
Tag = Annotated[str | None, option("--tag", "Only leads with this tag.")]
Source = Annotated[str | None, option("--source", "Only leads from this source.")]


def _one_of(text: str | None, literal: Any, what: str) -> Any:
    allowed = get_args(literal)
    if text is not None and text not in allowed:
        raise BadValue.not_one_of(what, text, allowed)
    return text


def _period(crm: Crm, first: str | None, last: str | None) -> Period:
    return Period(
        read_day(first, crm.said) if first else None,
        read_day(last, crm.said) if last else None,
    )


def _facts(crm: Crm, as_of: str | None, known_at: str | None, where: Condition | None) -> Facts:
    day = _day(crm, as_of)
    known = behind(read_moment(known_at, crm.said), crm.clock.zone) if known_at else None
    return facts_as_of(crm, day, known, where)


def _day(crm: Crm, text: str | None) -> date | None:
    """The day a report is about; where people are ahead of the store's zone, their today is its today."""
    day = read_day(text, crm.said) if text else None
    return min(day, crm.clock.today) if day is not None and day <= crm.said.today else day


def _filter(crm: Crm, wanted: dict[str, str | None], where: list[str] | None) -> Condition | None:
    """The leads a report is limited to; every limit must hold."""
    texts = [*short_cuts(wanted), *(where or ())]
    found: Condition | None = None
    for text in texts:
        condition = crm.leads.where(text)
        found = condition if found is None else both(found, condition)
    return found


def funnel(
    desk: Desk,
    first: From = None,
    last: To = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    by: Annotated[
        str | None, option("--by", "A funnel for each campaign, rep, channel, source or month.", "AXIS")
    ] = None,
    scope: Annotated[str, option("--scope", "new, existing or all customers' leads.", "SCOPE")] = "new",
    campaign: CampaignOption = None,
    rep: RepOption = None,
    channel: Channel = None,
    source: Source = None,
    tag: Tag = None,
    where: Where = None,
) -> None:
    """From lead to customer, first sale and repeat sale.

    Counts the leads received in the period and how far they have come: qualified, a sale of their account, a
    further sale on a later day. The accounts' sales belong to the lead that was qualified first.

    \b
    Examples:
      crm report funnel --from 2026-01-01 --to 2026-03-31 --as-of 2026-06-30
      crm report funnel --by channel --json
    """
    axis = _one_of(by, funnel_report.Grouping, "--by")
    reach = _one_of(scope, funnel_report.Scope, "--scope")
    with desk.read() as crm:
        wanted = {"campaign": campaign, "rep": rep, "channel": channel, "source": source, "tags": tag}
        facts = _facts(crm, as_of, known_at, _filter(crm, wanted, where))
        found = funnel_report.funnel(facts, _period(crm, first, last), scope=reach, by=axis)
    result = plain(found)
    table_or_rows(desk, result, _funnel_rows(result), ("group", "stage", "count", "of_previous", "of_leads", "bar"))


def plain(found: Any) -> Any:
    """A report's structs as plain values, numbers still exact."""
    from decimal import Decimal

    return msgspec.to_builtins(found, builtin_types=(Decimal,))


def _funnel_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [(group["name"], group["stages"]) for group in result.get("groups", ())]
    groups.append(
        ("Total" if groups else "", result["total"]["stages"] if groups or "total" in result else result["stages"])
    )
    return [
        {
            "group": name if place == 0 else "",
            "stage": stage["stage"].replace("_", " "),
            "count": stage["count"],
            "of_previous": percent(stage["from_previous"]),
            "of_leads": percent(stage["from_first"]),
            "bar": bars(stage["from_first"]),
        }
        for name, stages in groups
        for place, stage in enumerate(stages)
    ]


def channels(
    desk: Desk,
    first: From = None,
    last: To = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    campaign: CampaignOption = None,
    rep: RepOption = None,
    tag: Tag = None,
    where: Where = None,
) -> None:
    """Where leads and customers come from, and what they brought in.

    \b
    Examples:
      crm report channels --from 2026-01-01
      crm report channels --as-of 2026-06-30 --rep sam --json
    """
    with desk.read() as crm:
        facts = _facts(crm, as_of, known_at, _filter(crm, {"campaign": campaign, "rep": rep, "tags": tag}, where))
        rows = plain(channels_report.channels(facts, _period(crm, first, last)))
    shown = [
        {
            **row,
            "conversion": percent(row["conversion"]),
            "revenue": ", ".join(f"{one['amount']} {one['currency']}" for one in row["revenue"]),
        }
        for row in rows
    ]
    table_or_rows(
        desk, rows, shown, ("channel", "leads", "customers", "accounts", "conversion", "potential", "revenue")
    )


def pipeline(
    desk: Desk,
    by: Annotated[str, option("--by", "rep, campaign, activity, channel or rating.", "AXIS")] = "rep",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    campaign: CampaignOption = None,
    rep: RepOption = None,
    channel: Channel = None,
    tag: Tag = None,
    where: Where = None,
) -> None:
    """Open leads and their potential, today or on any past day.

    \b
    Examples:
      crm report pipeline --by rep
      crm report pipeline --by activity --as-of 2026-03-31 --json
    """
    axis = _one_of(by, pipeline_report.Axis, "--by")
    with desk.read() as crm:
        wanted = {"campaign": campaign, "rep": rep, "channel": channel, "tags": tag}
        facts = _facts(crm, as_of, known_at, _filter(crm, wanted, where))
        day = _day(crm, as_of) or crm.clock.today
        result = plain(pipeline_report.pipeline(facts, axis, day))
    heads = [f"{axis}_name" if axis in ("rep", "campaign") else axis, "leads", "potential"]
    heads = ["campaign_name", "activity_name", "leads", "potential"] if axis == "activity" else heads
    total = {heads[0]: "Total", **result["total"]}
    table_or_rows(desk, result, [*result["rows"], total], heads)
