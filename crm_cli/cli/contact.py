"""Contacts: add, look, change."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.newness import in_results, like_now, must_be_new, tell_possible
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
    Unset,
    WithTag,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.domain.contact import Contact

COLUMNS = ("id", "name", "position", "account_name", "emails", "phones")
PARTICULARS = ("account", "position", "emails", "phones", "external_id", "do_not_contact")


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
def list_(desk: Desk, account: AccountOption = None, do_not_contact: DoNotContact = None, tag: WithTag = None) -> None:
    """List contacts.

    \b
    Examples:
      crm contact list --account A7 --may-contact
      crm contact list --search kern
    """
    wants = None if do_not_contact is None else str(do_not_contact).lower()
    wanted = {"account": account, "do_not_contact": wants, "tags": tag}
    list_records(desk, "contact", COLUMNS, short_cuts(wanted))


@shows
def show_(desk: Desk, contact: ContactRef) -> None:
    """Show one contact.

    \b
    Examples:
      crm contact show P9
      crm contact show jane@acme.example --json
    """
    show_record(desk, "contact", contact)


@changes
def edit(
    desk: Desk,
    contact: ContactRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    account: AccountOption = None,
    position: Position = None,
    email: Email = None,
    phone: Phone = None,
    do_not_contact: DoNotContact = None,
    external_id: ExternalId = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of a contact, or move it to another account; --email and --phone replace those it has.

    \b
    Examples:
      crm contact edit P9 --position "Head of purchasing" --account A6
      crm contact edit P9 --do-not-contact --unset phones
    """
    with desk.change(on) as crm:
        fields = parse.particulars(
            crm,
            name=name.strip() if name is not None else None,
            account=crm.accounts.find(account).id if account else None,
            position=position,
            email=email,
            phone=phone,
            do_not_contact=do_not_contact,
            external_id=external_id,
        )
        found = crm.contacts.find(contact).edit(**{**fields, **parse.emptied(unset, PARTICULARS)})
        crm.save(found.set_custom(parse.pairs(set)))
        known = like_now(crm, found, fields)
    tell_possible(desk, crm, known)
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")
