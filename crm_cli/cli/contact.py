"""Contacts: add and look."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cut
from crm_cli.cli.newness import in_results, must_be_new, tell_possible
from crm_cli.cli.params import (
    AccountOption,
    AllowDuplicate,
    ContactRef,
    DoNotContact,
    Email,
    ExternalId,
    On,
    Phone,
    Position,
    Set,
    TagOption,
    changes,
    lists,
    shows,
)
from crm_cli.domain.contact import Contact

COLUMNS = ("id", "name", "position", "account_name", "emails", "phones")


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="The person's name.", show_default=False)],
    account: AccountOption = None,
    position: Position = None,
    email: Email = None,
    phone: Phone = None,
    do_not_contact: DoNotContact = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
    allow_duplicate: AllowDuplicate = False,
) -> None:
    """Add a contact.

    \b
    Examples:
      crm contact add "Jane Doe" --account A7 --email jane@acme.example
      crm contact add "Max Kern" --account "Acme GmbH" --position Buyer
    """
    with desk.change(on) as crm:
        fields = parse.particulars(
            crm,
            account=crm.accounts.find(account).id if account else None,
            position=position,
            email=email,
            phone=phone,
            do_not_contact=do_not_contact,
            external_id=external_id,
        )
        new = Contact(id=crm.contacts.new_id(), name=name.strip(), **fields).checked()
        new = new.set_custom(parse.pairs(set)).tag(add=tag or ())
        known = must_be_new(crm, new, allow_duplicate)
        crm.save(new)
    tell_possible(desk, crm, known)
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name}", extra=in_results(crm, known))


@lists
def list_(desk: Desk, account: AccountOption = None) -> None:
    """List contacts.

    \b
    Examples:
      crm contact list --account A7
      crm contact list --search kern
    """
    list_records(desk, "contact", COLUMNS, short_cut("account", account))


@shows
def show_(desk: Desk, contact: ContactRef) -> None:
    """Show one contact.

    \b
    Examples:
      crm contact show P9
      crm contact show jane@acme.example --json
    """
    show_record(desk, "contact", contact)
