"""Accounts: add, look, change, give to a rep."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.newness import in_results, like_now, must_be_new, tell_possible
from crm_cli.cli.params import (
    AccountRef,
    AllowDuplicate,
    Channel,
    City,
    Country,
    Email,
    ExternalId,
    GiveTo,
    On,
    Phone,
    Postcode,
    RepOption,
    Set,
    Street,
    TagOption,
    TaxId,
    Unset,
    Website,
    WithTag,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.domain.account import Account, AccountKind, AccountType
from crm_cli.usecases.customer import no_longer

COLUMNS = ("id", "name", "types", "city", "emails", "phones", "rep_name", "customer_since")
PARTICULARS = (
    *("emails", "phones", "website", "tax_id", "street", "postcode", "city", "country"),
    *("channel", "external_id", "legal_name"),
)
TYPES = "prospect, customer, supplier ...; repeat for more."

LegalName = Annotated[str | None, option("--legal-name", "The name in the register, if it is another.")]


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="What it is called.", show_default=False)],
    person: Annotated[bool, typer.Option("--is-person", help="An individual, not a company.")] = False,
    type: Annotated[list[str] | None, option("--type", TYPES, "TYPE")] = None,
    legal_name: LegalName = None,
    email: Email = None,
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    street: Street = None,
    postcode: Postcode = None,
    city: City = None,
    country: Country = None,
    channel: Channel = None,
    rep: GiveTo = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
    allow_duplicate: AllowDuplicate = False,
) -> None:
    """Add an account.

    \b
    Examples:
      crm account add "Acme GmbH" --type customer --email info@acme.example
      crm account add "Jane Doe" --is-person --rep sam
    """
    with desk.change(on) as crm:
        types = _types(type)
        fields = parse.particulars(
            crm,
            email=email,
            phone=phone,
            website=website,
            tax_id=tax_id,
            street=street,
            postcode=postcode,
            city=city,
            country=country,
            channel=channel,
            rep=crm.reps.find(rep).id if rep else None,
            external_id=external_id,
            legal_name=legal_name,
        )
        kind = AccountKind.PERSON if person else AccountKind.COMPANY
        new = Account(
            id=crm.accounts.new_id(), kind=kind, name=name.strip(), types=dict.fromkeys(types, True), **fields
        )
        new = new.checked().set_custom(parse.pairs(set)).tag(add=tag or ())
        if AccountType.CUSTOMER in types:
            new = new.becomes_customer(crm.at)
        known = must_be_new(crm, new, allow_duplicate)
        crm.save(new)
    tell_possible(desk, crm, known)
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}", extra=in_results(crm, known))


def _types(texts: list[str] | None) -> list[AccountType]:
    return [parse.choice(AccountType, one, "type") for one in texts or ()]


@lists
def list_(
    desk: Desk,
    type: Annotated[str | None, option("--type", "customer, prospect ...", "TYPE")] = None,
    rep: RepOption = None,
    city: City = None,
    country: Country = None,
    channel: Channel = None,
    tag: WithTag = None,
) -> None:
    """List accounts.

    \b
    Examples:
      crm account list --type customer --city Berlin
      crm account list --where 'country=DE and tag=vip' --fields id,name,emails
    """
    wanted = {"types": type, "rep": rep, "city": city, "country": country, "channel": channel, "tags": tag}
    list_records(desk, "account", COLUMNS, short_cuts(wanted))


@shows
def show_(desk: Desk, account: AccountRef) -> None:
    """Show one account with its people, deals and events.

    \b
    Examples:
      crm account show A7
      crm account show "Acme GmbH" --json
    """
    show_record(desk, "account", account, ("contact", "deal", "claim", "lead"))


@changes
def edit(
    desk: Desk,
    account: AccountRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    person: Annotated[
        bool | None, typer.Option("--is-person/--is-company", help="What it is in law.", show_default=False)
    ] = None,
    type: Annotated[list[str] | None, option("--type", f"What it is besides: {TYPES}", "TYPE")] = None,
    remove_type: Annotated[list[str] | None, option("--remove-type", "What it is no longer; repeat.", "TYPE")] = None,
    legal_name: LegalName = None,
    email: Email = None,
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    street: Street = None,
    postcode: Postcode = None,
    city: City = None,
    country: Country = None,
    channel: Channel = None,
    external_id: ExternalId = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of an account; --email and --phone replace those it has.

    \b
    Examples:
      crm account edit A7 --name "Acme AG" --legal-name "Acme Aktiengesellschaft" --city Berlin
      crm account edit A7 --type supplier --remove-type prospect --unset website
    """
    with desk.change(on) as crm:
        fields = parse.particulars(
            crm,
            name=name.strip() if name is not None else None,
            kind=_kind(person),
            legal_name=legal_name,
            email=email,
            phone=phone,
            website=website,
            tax_id=tax_id,
            street=street,
            postcode=postcode,
            city=city,
            country=country,
            channel=channel,
            external_id=external_id,
        )
        found = crm.accounts.find(account).edit(**{**fields, **parse.emptied(unset, PARTICULARS)})
        found = no_longer(crm, found, _types(remove_type)).becomes(_types(type), crm.at)
        crm.save(found.set_custom(parse.pairs(set)))
        known = like_now(crm, found, fields)
    tell_possible(desk, crm, known)
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")


def _kind(person: bool | None) -> AccountKind | None:
    if person is None:
        return None
    return AccountKind.PERSON if person else AccountKind.COMPANY
