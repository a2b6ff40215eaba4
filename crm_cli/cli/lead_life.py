"""The life of a lead: assigned, contacted, rated, moved through a campaign, qualified or disqualified."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.context import Desk
from crm_cli.cli.params import LeadRef, LeadRefs, On, changes, many
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Refused
from crm_cli.domain.lead import Lead, LeadStage, Rating
from crm_cli.domain.moment import spoken
from crm_cli.usecases import lead_stage as stage_usecase
from crm_cli.usecases import placing
from crm_cli.usecases import qualify as usecase
from crm_cli.usecases.reason import reason_of, why_note
from crm_cli.usecases.removal import named
from crm_cli.usecases.reopen import reopened

Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, for the history.", show_default=False)
]


def _moved(_: Crm, was: Lead, now: Lead) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


@changes
@many
def contacted(desk: Desk, leads: LeadRefs = None, on: On = None) -> None:
    """Record that leads have been contacted; a completed event of ours does so by itself.

    \b
    Examples:
      crm lead contacted L12
      crm lead contacted L12 L14 --on "yesterday 15:00"
    """
    each(desk, leads, on, lambda crm: lambda lead: lead.contacted(crm.at), _moved)


@changes
@many
def rate(
    desk: Desk,
    leads: Annotated[
        list[str] | None, typer.Argument(help="The leads, then hot, warm, cold or junk.", metavar="LEADS... RATING")
    ] = None,
    rating: Annotated[
        str | None, typer.Option("--rating", "-r", metavar="RATING", help="The rating.", show_default=False)
    ] = None,
    on: On = None,
) -> None:
    """Rate leads hot, warm, cold or junk.

    \b
    Examples:
      crm lead rate L12 hot
      crm lead rate L12 L14 --rating cold
    """
    refs, word = _split(desk, leads or [], rating, "a rating: crm lead rate L12 hot")
    judged = parse.choice(Rating, word, "rating")
    each(
        desk,
        refs,
        on,
        lambda crm: lambda lead: lead.rate(judged, crm.deadlines, crm.day),
        _rated,
    )


def _rated(crm: Crm, was: Lead, now: Lead) -> str:
    due = f", to be answered by {spoken(now.due, crm.said)}" if now.due and not now.is_answered else ""
    return f"Rated {now.id} {now.name} {now.rating} (was {was.rating or 'not rated'}){due}"


def _split(desk: Desk, words: list[str], option: str | None, missing: str) -> tuple[list[str], str]:
    """The references, and the value that stands last among them unless it was given as an option."""
    if option is not None:
        return words, option
    if not words or (len(words) < 2 and not desk.many.where):
        raise BadValue(f"{words[0] if words else 'that'} alone is not enough", f"add {missing}")
    return words[:-1], words[-1]


@changes
@many
def set_campaign(
    desk: Desk,
    leads: Annotated[
        list[str] | None,
        typer.Argument(help="The leads, then the campaign; `none` for out.", metavar="LEADS... CAMPAIGN"),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="CAMPAIGN", help="The campaign.", show_default=False)
    ] = None,
    activity: Annotated[
        str | None, typer.Option("--activity", metavar="NAME", help="Not its first activity.", show_default=False)
    ] = None,
    on: On = None,
) -> None:
    """Put leads into a campaign, or take them out; they start at its first activity unless told otherwise.

    \b
    Examples:
      crm lead set-campaign L12 C3
      crm lead set-campaign L12 L14 --to "Spring 27" --activity Demo
    """
    refs, home = _split(desk, leads or [], to, "a campaign: crm lead set-campaign L12 C3")

    def prepare(crm: Crm) -> Verb[Lead]:
        campaign = None if home.strip().lower() == "none" else crm.campaigns.find(home)
        if campaign is None and activity:
            raise BadValue("out of every campaign there is no activity", "leave out --activity")
        place = campaign.find_activity(activity) if campaign and activity else None
        return lambda lead: placing.put(crm, lead, campaign, place)

    each(desk, refs, on, prepare, _placed)


def _placed(crm: Crm, was: Lead, now: Lead) -> str:
    return f"{now.id} {now.name}: {_place(crm, was)} → {_place(crm, now)}"


@changes
@many
def set_activity(
    desk: Desk,
    leads: Annotated[
        list[str] | None, typer.Argument(help="The leads, then the activity.", metavar="LEADS... ACTIVITY")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="ACTIVITY", help="The activity.", show_default=False)
    ] = None,
    on: On = None,
) -> None:
    """Move leads to an activity of their campaign.

    \b
    Examples:
      crm lead set-activity L12 Demo
      crm lead set-activity L12 L14 --to C3.2 --on 2026-11-26
    """
    refs, step = _split(desk, leads or [], to, "an activity: crm lead set-activity L12 Demo")

    def moved(crm: Crm, lead: Lead) -> Lead:
        campaign = crm.campaigns.get(_campaign_of(lead))
        return placing.moved(crm, lead, campaign, campaign.find_activity(step))

    each(desk, refs, on, lambda crm: lambda lead: moved(crm, lead), _placed)


@changes
@many
def advance(desk: Desk, leads: LeadRefs = None, on: On = None) -> None:
    """Move leads to the next activity of their campaign.

    \b
    Examples:
      crm lead advance L12
      crm lead advance L12 L14
    """
    each(
        desk,
        leads,
        on,
        lambda crm: lambda lead: placing.advanced(crm, lead, crm.campaigns.get(_campaign_of(lead))),
        _placed,
    )


def _campaign_of(lead: Lead) -> str:
    lead.must_be_open()
    if lead.campaign is None:
        raise Refused(f"{lead.id} is in no campaign", f"run: crm lead set-campaign {lead.id} CAMPAIGN")
    return lead.campaign


def _place(crm: Crm, lead: Lead) -> str:
    if lead.campaign is None:
        return "no campaign"
    step = crm.name_of(lead.activity) if lead.activity else None
    return f"{crm.name_of(lead.campaign)}/{step}" if step else str(crm.name_of(lead.campaign))


@changes
def qualify(
    desk: Desk,
    lead: LeadRef,
    account: Annotated[
        str | None, typer.Option("--account", metavar="ACCOUNT", help="Link this account.", show_default=False)
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Make a new account even if one seems to be there.")] = False,
    deal: Annotated[bool, typer.Option("--deal", help="Make a deal too.")] = False,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="NUMBER", help="The deal's amount.", show_default=False)
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="EUR", help="The deal's currency.", show_default=False)
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Write something down.", show_default=False)
    ] = None,
    on: On = None,
) -> None:
    """Turn a lead into account, contact and, if wanted, deal.

    Stops when its e-mail, phone or tax id belongs to an account or contact already: then say which.

    \b
    Examples:
      crm lead qualify L12 --deal --amount 1500
      crm lead qualify L14 --account A7 --note "new branch of an old customer"
    """
    if account and new:
        raise BadValue("--account and --new exclude one another", "link an account or make a new one")
    with desk.change(on) as crm:
        found = crm.leads.find(lead)
        found.must_be_open()
        found = found.note(*crm.note(note)) if note else found
        owner = crm.accounts.find(account) if account else None
        if owner is None and not new:
            usecase.must_be_unknown(crm, found)
            usecase.mind_namesakes(crm, found)
        if currency and not (deal or amount):
            raise BadValue("--currency is that of a deal", "add --deal, or --amount")
        money = parse.currency(currency, crm)
        wish = usecase.DealWish(None, parse.number(amount, "amount"), money) if deal or amount else None
        done = usecase.qualify(crm, found, owner, wish)

    def say(_: Lead, now: Lead) -> str:
        made = [("account", done.account), ("contact", done.contact), ("deal", done.deal)]
        named = ", ".join(f"{what} {one.id} {one.name}" for what, one in made if one is not None)
        return f"Qualified {now.id} {now.name}: {named}"

    show.changed(desk, crm, say, kinds=("lead",))


@changes
def unqualify(desk: Desk, lead: LeadRef, reason: Reason = None, on: On = None) -> None:
    """Take a qualification back; what was made for it alone is canceled, not erased.

    \b
    Examples:
      crm lead unqualify L12 --reason "wrong person"
      crm lead unqualify L12 -n
    """
    with desk.change(on) as crm:
        usecase.unqualify(crm, why_note(crm, crm.leads.find(lead), reason))
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}", kinds=("lead",))


@changes
@many
def disqualify(
    desk: Desk,
    leads: LeadRefs = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="REASON", help="One of the configured ones.", show_default=False)
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="More about it; needed with other.", show_default=False)
    ] = None,
    keep_events: Annotated[bool, typer.Option("--keep-events", help="Do not cancel planned events.")] = False,
    on: On = None,
) -> None:
    """End leads, with a reason; their planned events are canceled.

    \b
    Examples:
      crm lead disqualify L9 --reason no_budget
      crm lead disqualify L9 --reason other --note "moved abroad"
    """

    def prepare(crm: Crm) -> Verb[Lead]:
        why = reason_of(crm, "lead.reasons", reason, note)
        return lambda lead: ended(crm, lead, why)

    def ended(crm: Crm, lead: Lead, why: str) -> None:
        done = lead.disqualify(why, crm.at)
        crm.save(done.note(*crm.note(note)) if note else done, reason=why)
        if not keep_events:
            usecase.cancel_planned(crm, lead)

    each(desk, leads, on, prepare, lambda _crm, _was, now: f"Disqualified {now.id} {now.name}: {now.reason}")


@changes
@many
def reopen(
    desk: Desk,
    leads: LeadRefs = None,
    reason: Reason = None,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="CAMPAIGN", help="Not the one it was in; `none` for out.", show_default=False
        ),
    ] = None,
    on: On = None,
) -> None:
    """Take disqualified leads up again; campaign and activity are as they were, unless the campaign is over.

    \b
    Examples:
      crm lead reopen L9 --reason "has a budget now"
      crm lead reopen --where 'reason=no_budget' --yes
    """

    def taken_up(crm: Crm, lead: Lead) -> Lead:
        return why_note(crm, reopened(crm, lead, campaign), reason)

    each(desk, leads, on, lambda crm: lambda lead: taken_up(crm, lead), _reopened)


def _reopened(crm: Crm, was: Lead, now: Lead) -> str:
    gone = usecase.canceled_with(crm, was)
    return _moved(crm, was, now) + (f"; still canceled: {named(gone)}" if gone else "")


@changes
@many
def stage(
    desk: Desk,
    leads: Annotated[
        list[str] | None,
        typer.Argument(help="The leads, then next, back, or a stage.", metavar="LEADS... STAGE"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Even if the stage it is at is not done.")] = False,
    reason: Reason = None,
    on: On = None,
) -> None:
    """Move leads through the sales process: qualify, develop, propose, close.

    A stage that is not done is told, or refused: crm config set lead.stage_gate off|warn|enforce.

    \b
    Examples:
      crm lead stage L12 next
      crm lead stage L12 propose --force --reason "they asked for an offer at once"
    """
    refs, word = _split(desk, leads or [], None, "next, back or a stage: crm lead stage L12 next")

    def moved(crm: Crm, lead: Lead) -> Lead:
        gate = "off" if force else str(crm.setting("lead.stage_gate"))
        return why_note(crm, stage_usecase.moved(crm, lead, word, gate), reason)

    def say(_: Crm, was: Lead, now: Lead) -> str:
        return f"{now.id} {now.name}: stage {was.stage or LeadStage.QUALIFY} → {now.stage}"

    each(desk, refs, on, lambda crm: lambda lead: moved(crm, lead), say)
