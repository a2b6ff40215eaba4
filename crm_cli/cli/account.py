"""Accounts: add and look."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.newness import in_results, must_be_new, tell_possible
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
    Website,
    changes,
    lists,
    shows,
)
from crm_cli.domain.account import Account, AccountKind, AccountType

COLUMNS = ("id", "name", "types", "city", "emails", "phones", "rep_name", "customer_since")


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="What it is called.", show_default=False)],
    person: Annotated[bool, typer.Option("--is-person", help="An individual, not a company.")] = False,
    type: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="prospect, customer, supplier ...; repeat.", show_default=False),
    ] = None,
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
        types = [parse.choice(AccountType, one, "type") for one in type or ()]
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


@lists
def list_(
    desk: Desk,
    type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="customer, prospect ...", show_default=False)
    ] = None,
    rep: RepOption = None,
) -> None:
    """List accounts.

    \b
    Examples:
      crm account list --type customer
      crm account list --where 'city=Berlin' --fields id,name,emails
    """
    list_records(desk, "account", COLUMNS, short_cuts({"types": type, "rep": rep}))


@shows
def show_(desk: Desk, account: AccountRef) -> None:
    """Show one account with its people, deals and events.

    \b
    Examples:
      crm account show A7
      crm account show "Acme GmbH" --json
    """
    show_record(desk, "account", account, ("contact", "deal", "claim", "lead"))
