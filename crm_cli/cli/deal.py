"""Deals: add, look, change particulars."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, quoted, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    DealRef,
    ExternalId,
    GiveTo,
    On,
    RepOption,
    Set,
    TagOption,
    Unset,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.usecases.customer import mind_the_contact
from crm_cli.usecases.deal_fields import begun, particulars
from crm_cli.usecases.deal_stage import kind_called, stage_keys

COLUMNS = ("id", "name", "account_name", "status", "stage_name", "amount", "currency", "rep_name", "won_at")
PARTICULARS = ("amount", "contact", "rep", "expected_close", "external_id")

Amount = Annotated[str | None, option("--amount", "What the customer pays, a plain number.", "NUMBER")]
Currency = Annotated[str | None, option("--currency", "Its currency, if not that of the house.", "EUR")]
Contact = Annotated[str | None, option("--contact", "Whom one talks to.", "CONTACT")]
Expected = Annotated[str | None, option("--expected", "The day it may be won.", "DAY")]
Kind = Annotated[str | None, option("--kind", "The kind of deal: crm config get deal.kinds.", "KIND")]


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="What is to be sold.", show_default=False)],
    account: AccountOption = None,
    contact: Contact = None,
    amount: Amount = None,
    currency: Currency = None,
    expected: Expected = None,
    rep: GiveTo = None,
    kind: Kind = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Add a deal with an account; it starts at the first stage of its kind.

    \b
    Examples:
      crm deal add "10 cargo bikes" --account A7 --amount 42000 --expected eom
      crm deal add "Service contract" --account "Acme GmbH" --rep sam --kind manual
    """
    with desk.change(on) as crm:
        fields = particulars(crm, account, contact, amount, expected, rep, external_id)
        new = begun(crm, name, parse.currency(currency, crm), kind, **fields)
        crm.save(new.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name} with {crm.name_of(now.account)}")


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "in_progress, open (the same), won or lost.", "STATUS")] = None,
    stage: Annotated[str | None, option("--stage", "At this stage: key or name.", "STAGE")] = None,
    kind: Kind = None,
    account: AccountOption = None,
    contact: Annotated[str | None, option("--contact", "The contact: id, e-mail or name.", "CONTACT")] = None,
    rep: RepOption = None,
    on_hold: Annotated[bool, typer.Option("--on-hold", help="Only those on hold.")] = False,
    closing_by: Annotated[
        str | None, option("--closing-by", "In progress, and expected to be won by this day.", "DAY")
    ] = None,
) -> None:
    """List deals.

    \b
    Examples:
      crm deal list --status won --sort -amount --limit 10
      crm deal list --rep sam --closing-by eom --sort expected_close
      crm deal list --where 'won_at>=2026-01-01 and amount>5000' --json
    """
    if stage:
        with desk.read() as crm:
            stage = stage_keys(crm, stage)
    if closing_by and not status:
        status = "in_progress"
    wanted = {"status": status, "stage": stage, "kind": kind, "account": account, "contact": contact, "rep": rep}
    filters = [*short_cuts(wanted), *(["on_hold=yes"] if on_hold else [])]
    if closing_by:
        filters.append(f"expected_close<={quoted(closing_by)}")
    list_records(desk, "deal", COLUMNS, filters)


@shows
def show_(desk: Desk, deal: DealRef) -> None:
    """Show one deal.

    \b
    Examples:
      crm deal show D5
      crm deal show D5 --json
    """
    show_record(desk, "deal", deal)


@changes
def edit(
    desk: Desk,
    deal: DealRef,
    name: Annotated[str | None, option("--name", "Another name.")] = None,
    account: AccountOption = None,
    contact: Contact = None,
    amount: Amount = None,
    currency: Annotated[str | None, option("--currency", "Its currency.", "EUR")] = None,
    expected: Expected = None,
    rep: GiveTo = None,
    kind: Kind = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    unset: Unset = None,
    on: On = None,
) -> None:
    """Change particulars of a deal; of another kind it stays at its stage if that kind has it, else at the first.

    The gate of a stage is open when a field of its name is filled: --set terms="30 days net".

    \b
    Examples:
      crm deal edit D5 --amount 45000 --expected "next month" --set terms="30 days net"
      crm deal edit D5 --contact P9 --tag urgent --unset rep
    """
    with desk.change(on) as crm:
        found = crm.deals.find(deal)
        fields = particulars(crm, account, contact, amount, expected, None, external_id)
        fields |= parse.given(name=name.strip() if name is not None else None)
        fields |= {"currency": parse.currency(currency, crm)} if currency else {}
        changed = found.edit(**fields, **parse.emptied(unset, PARTICULARS))
        if account or contact:
            mind_the_contact(crm, changed.account, changed.contact)
        changed = changed.assign(crm.reps.find(rep)) if rep else changed
        changed = changed.become(kind_called(crm, kind), crm.when) if kind else changed
        crm.save(changed.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda was, now: f"Edited {now.id}: {show.difference_line(was, now, crm)}")
