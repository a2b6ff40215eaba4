"""Deals: add, look, win, lose, reopen."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse, show
from crm_cli.cli.card import show_record
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import list_records, short_cuts
from crm_cli.cli.params import (
    AccountOption,
    DealRef,
    ExternalId,
    GiveTo,
    On,
    RepOption,
    Set,
    TagOption,
    changes,
    lists,
    option,
    shows,
)
from crm_cli.cli.reason import reason_of, why_note
from crm_cli.domain.deal import Deal
from crm_cli.usecases.qualify import reconsider

COLUMNS = ("id", "name", "account_name", "status", "amount", "currency", "rep_name", "won_at")

Amount = Annotated[str | None, option("--amount", "What the customer pays, a plain number.", "NUMBER")]
Currency = Annotated[str | None, option("--currency", "Its currency, if not that of the house.", "EUR")]


@changes
def add(
    desk: Desk,
    name: Annotated[str, typer.Argument(help="What is to be sold.", show_default=False)],
    account: AccountOption = None,
    contact: Annotated[str | None, option("--contact", "Whom one talks to.", "CONTACT")] = None,
    amount: Amount = None,
    currency: Currency = None,
    expected: Annotated[str | None, option("--expected", "The day it may be won.", "DAY")] = None,
    rep: GiveTo = None,
    external_id: ExternalId = None,
    tag: TagOption = None,
    set: Set = None,
    on: On = None,
) -> None:
    """Add a deal with an account.

    \b
    Examples:
      crm deal add "10 cargo bikes" --account A7 --amount 42000 --expected eom
      crm deal add "Service contract" --account "Acme GmbH" --rep sam
    """
    with desk.change(on) as crm:
        fields = parse.given(
            account=crm.accounts.find(account).id if account else None,
            contact=crm.contacts.find(contact).id if contact else None,
            amount=parse.number(amount, "amount"),
            currency=parse.currency(currency, crm),
            expected_close=parse.day(expected, crm),
            rep=crm.reps.find(rep).id if rep else None,
            external_id=external_id,
        )
        new = Deal(id=crm.deals.new_id(), name=name.strip(), **fields).checked()
        crm.save(new.set_custom(parse.pairs(set)).tag(add=tag or ()))
    show.changed(desk, crm, lambda _, now: f"Added {now.id} {now.name} with {crm.name_of(now.account)}")


@lists
def list_(
    desk: Desk,
    status: Annotated[str | None, option("--status", "in_progress, won or lost.", "STATUS")] = None,
    account: AccountOption = None,
    rep: RepOption = None,
) -> None:
    """List deals.

    \b
    Examples:
      crm deal list --status won --sort -amount --limit 10
      crm deal list --where 'won_at>=2026-01-01 and amount>5000' --json
    """
    wanted = {"status": status, "account": account, "rep": rep}
    list_records(desk, "deal", COLUMNS, short_cuts(wanted))


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
def win(
    desk: Desk,
    deal: DealRef,
    amount: Amount = None,
    zero: Annotated[bool, typer.Option("--zero", help="It was for nothing.")] = False,
    on: On = None,
) -> None:
    """Win a deal: its account is a customer.

    \b
    Examples:
      crm deal win D5 --amount 39900
      crm deal win D5 --on 2026-11-02
    """
    with desk.change(on) as crm:
        won = crm.deals.find(deal).win(crm.when, parse.number(amount, "amount"), zero=zero)
        if won.account:
            crm.save(crm.accounts.get(won.account).becomes_customer(crm.at))
        crm.save(won)
    show.changed(desk, crm, lambda _, now: f"Won {now.id} {now.name}: {now.amount} {now.currency}", kinds=("deal",))


@changes
def lose(
    desk: Desk,
    deal: DealRef,
    reason: Annotated[str | None, option("--reason", "One of the configured ones.", "REASON")] = None,
    note: Annotated[str | None, option("--note", "More about it; needed with other.")] = None,
    on: On = None,
) -> None:
    """Lose a deal, with a reason.

    \b
    Examples:
      crm deal lose D5 --reason price
      crm deal lose D5 --reason other --note "plant was closed"
    """
    with desk.change(on) as crm:
        why = reason_of(crm, "deal.reasons", reason, note)
        crm.save(why_note(crm, crm.deals.find(deal).lose(crm.at, why), note), reason=why)
    show.changed(desk, crm, lambda _, now: f"Lost {now.id} {now.name}: {now.reason}")


@changes
def reopen(
    desk: Desk,
    deal: DealRef,
    reason: Annotated[str | None, option("--reason", "Why, for the history.")] = None,
    on: On = None,
) -> None:
    """Take a won or lost deal up again; the former outcome stays in the history.

    \b
    Examples:
      crm deal reopen D5 --reason "payment bounced"
      crm deal reopen D5 --dry-run
    """
    with desk.change(on) as crm:
        again = why_note(crm, crm.deals.find(deal).reopen(), reason)
        crm.save(again)
        if again.account:
            reconsider(crm, crm.accounts.get(again.account))
    show.changed(desk, crm, lambda was, now: f"{now.id} {now.name}: {was.status} → {now.status}", kinds=("deal",))
