"""Leads: register, look, change particulars."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.newness import in_results, like_now, tell_possible
from crm_cli.cli.params import (
    AllowDuplicate,
    CampaignOption,
    Channel,
    City,
    Company,
    Country,
    DoNotContact,
    Email,
    ExternalId,
    GiveTo,
    LeadRef,
    On,
    Phone,
    Position,
    Postcode,
    Potential,
    RatingOption,
    RepOption,
    Set,
    Source,
    SourceDetail,
    Street,
    TagOption,
    TaxId,
    Unset,
    Website,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.crm import Crm
from crm_cli.domain.lead import Lead, LeadKind
from crm_cli.usecases.registration import registered

COLUMNS = ("id", "name", "company", "status", "rating", "campaign_name", "activity_name", "rep_name", "potential")
PARTICULARS = (
    "company",
    "position",
    "emails",
    "phones",
    "website",
    "tax_id",
    "street",
    "postcode",
    "city",
    "country",
    "source",
    "source_detail",
    "channel",
    "potential",
    "external_id",
    "do_not_contact",
)


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="Who is interested.", show_default=False)],
    company_lead: Annotated[bool, typer.Option("--is-company", help="A company, not a person.")] = False,
    company: Company = None,
    position: Position = None,
    email: Email = None,
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    street: Street = None,
    postcode: Postcode = None,
    city: City = None,
    country: Country = None,
    source: Source = None,
    source_detail: SourceDetail = None,
    channel: Channel = None,
    campaign: CampaignOption = None,
    activity: Annotated[str | None, option("--activity", "At this activity, not the first.", "ACTIVITY")] = None,
    rep: GiveTo = None,
    rating: RatingOption = None,
    potential: Potential = None,
    external_id: ExternalId = None,
    do_not_contact: DoNotContact = None,
    tag: TagOption = None,
    note: Annotated[str | None, option("--note", "Write something down.")] = None,
    set: Set = None,
    on: On = None,
    allow_duplicate: AllowDuplicate = False,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="If it is there already, that one will do.")] = False,
) -> None:
    """Register a lead.

    A lead that is surely there already (same e-mail, external id, or phone with a like name) is refused.

    \b
    Examples:
      crm lead add "Jane Doe" --email jane@acme.example --company Acme --channel web
      crm lead add "Acme GmbH" --is-company --potential 1500 --rep sam --on 2026-11-02
    """
    with desk.change(on) as crm:
        fields = parse.particulars(
            crm,
            company=company,
            position=position,
            email=email,
            phone=phone,
            website=website,
            tax_id=tax_id,
            street=street,
            postcode=postcode,
            city=city,
            country=country,
            source=source,
            source_detail=source_detail,
            channel=channel,
            potential=potential,
            external_id=external_id,
            do_not_contact=do_not_contact,
        )
        kind = LeadKind.COMPANY if company_lead else LeadKind.PERSON
        done = registered(
            crm,
            {"kind": kind, "name": name.strip(), **fields},
            campaign=campaign,
            activity=activity,
            rep=rep,
            rating=rating,
            tags=tag or (),
            custom=parse.pairs(set),
            note=note,
            allow_duplicate=allow_duplicate,
            if_missing=if_missing,
        )
        if not done.is_new:
            return show.there_already(desk, crm, done.lead, in_results(crm, done.alike))
    tell_possible(desk, crm, done.alike)
    show.changed(
        desk,
        crm,
        lambda _, now: f"Added {now.id} {_who(now)}, {now.status}, {_whose(crm, now)}",
        extra=in_results(crm, done.alike),
    )
    return None


def _who(lead: Lead) -> str:
    return f"{lead.name} ({lead.company})" if lead.company else lead.name


def _whose(crm: Crm, lead: Lead) -> str:
    return f"with {crm.name_of(lead.rep)}" if lead.rep else "unassigned"


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "new, contacted, open, qualified ...", "STATUS")] = None,
    rep: RepOption = None,
    campaign: CampaignOption = None,
    channel: Channel = None,
    rating: RatingOption = None,
    tag: Annotated[str | None, option("--tag", "With this tag.")] = None,
) -> None:
    """List leads.

    \b
    Examples:
      crm lead list --status open --rep none
      crm lead list --where 'potential>=1000 and (tag=vip or source~fair)' --sort -potential --json
    """
    wanted = {"status": status, "rep": rep, "campaign": campaign, "channel": channel, "rating": rating, "tags": tag}
    filters = short_cuts(wanted)
    list_records(desk, "lead", COLUMNS, filters)


@shows
def show_(desk: Desk, lead: LeadRef) -> None:
    """Show one lead with its notes, events and latest changes.

    \b
    Examples:
      crm lead show L12
      crm lead show jane@acme.example --json
    """
    show_record(desk, "lead", lead)


@changes
def edit(
    desk: Desk,
    lead: LeadRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    company: Company = None,
    position: Position = None,
    email: Email = None,
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    street: Street = None,
    postcode: Postcode = None,
    city: City = None,
    country: Country = None,
    source: Source = None,
    source_detail: SourceDetail = None,
    channel: Channel = None,
    potential: Potential = None,
    external_id: ExternalId = None,
    do_not_contact: DoNotContact = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of a lead; --email and --phone replace those it has.

    \b
    Examples:
      crm lead edit L12 --company "Acme GmbH" --potential 1500
      crm lead edit L12 --set industry=SaaS --unset website
    """
    with desk.change(on) as crm:
        fields = parse.particulars(
            crm,
            name=name.strip() if name else name,
            company=company,
            position=position,
            email=email,
            phone=phone,
            website=website,
            tax_id=tax_id,
            street=street,
            postcode=postcode,
            city=city,
            country=country,
            source=source,
            source_detail=source_detail,
            channel=channel,
            potential=potential,
            external_id=external_id,
            do_not_contact=do_not_contact,
        )
        found = crm.leads.find(lead).edit(**fields, **parse.emptied(unset, PARTICULARS))
        crm.save(found.set_custom(parse.pairs(set)))
        known = like_now(crm, found, fields)
    tell_possible(desk, crm, known)
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")
