"""The life of a deal: assigned, on hold, won, lost and taken up again."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_cli.cli import parse
from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.context import Desk
from crm_cli.cli.deal import Amount
from crm_cli.cli.params import DealRefs, NoteOption, On, Reason, changes, many, option
from crm_cli.crm import Crm
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue
from crm_cli.usecases import deal_stage as usecase
from crm_cli.usecases.qualify import reconsider
from crm_cli.usecases.reason import reason_of, why_note


def _held(was: Deal) -> str:
    return "; on hold no more" if was.on_hold else ""


def _was(_: Crm, was: Deal, now: Deal) -> str:
    return f"{now.id} {now.name}: {was.status} → {now.status}"


@changes
@many
def hold(desk: Desk, deals: DealRefs = None, reason: Reason = None, on: On = None) -> None:
    """Put deals on hold: nothing is done about them for now; their stage stays.

    \b
    Examples:
      crm deal hold D5 --reason "no budget before spring"
      crm deal hold --where 'rep=sam and status=open' --yes
    """

    def held(crm: Crm, deal: Deal) -> Deal:
        return why_note(crm, deal.hold(), reason)

    each(
        desk,
        deals,
        on,
        lambda crm: lambda deal: held(crm, deal),
        lambda _crm, _was, now: f"{now.id} {now.name}: on hold",
    )


@changes
@many
def resume(desk: Desk, deals: DealRefs = None, on: On = None) -> None:
    """Take up again deals that are on hold.

    \b
    Examples:
      crm deal resume D5
      crm deal list --on-hold -F ids | crm deal resume -
    """
    each(
        desk,
        deals,
        on,
        lambda _: lambda deal: deal.resume(),
        lambda _crm, _was, now: f"{now.id} {now.name}: on hold no more",
    )


@changes
@many
def win(
    desk: Desk,
    deals: DealRefs = None,
    amount: Amount = None,
    zero: Annotated[bool, typer.Option("--zero", help="It was for nothing.")] = False,
    note: NoteOption = None,
    on: On = None,
) -> None:
    """Win deals: their accounts are customers.

    Won before the last stage of its kind, or past a shut gate, it is won all the same, and that is told: see
    crm help deals.

    \b
    Examples:
      crm deal win D5 --amount 39900
      crm deal win D5 --on 2026-11-02
    """
    if amount is not None and (desk.many.where or len(deals or ()) != 1 or deals == ["-"]):
        raise BadValue("--amount is that of one deal", "name that one; others are won for the amount they have")
    paid = parse.number(amount, "amount")

    def done(crm: Crm, deal: Deal) -> Deal:
        return why_note(crm, usecase.won(crm, deal, paid, zero=zero), note)

    each(
        desk,
        deals,
        on,
        lambda crm: lambda deal: done(crm, deal),
        lambda _crm, was, now: f"Won {now.id} {now.name}: {now.amount} {now.currency}{_held(was)}",
        warns=True,
    )


@changes
@many
def lose(
    desk: Desk,
    deals: DealRefs = None,
    reason: Annotated[str | None, option("--reason", "One of the configured ones.", "REASON")] = None,
    note: Annotated[str | None, option("--note", "More about it; needed with other.")] = None,
    competitor: Annotated[
        str | None, option("--competitor", "Who was chosen instead: an account, or just a name.", "ACCOUNT")
    ] = None,
    on: On = None,
) -> None:
    """Lose deals, with a reason; the stage where that was stays known.

    \b
    Examples:
      crm deal lose D5 --reason price
      crm deal lose D5 --reason competitor --competitor "Velo AG" --note "they were cheaper"
    """

    def prepare(crm: Crm) -> Verb[Deal]:
        why = reason_of(crm, "deal.reasons", reason, note)
        account, text = usecase.competitor(crm, competitor)
        return lambda deal: ended(crm, deal.lose(crm.at, why, account, text), why)

    def ended(crm: Crm, lost: Deal, why: str) -> None:
        crm.save(why_note(crm, lost, note), reason=why)

    each(desk, deals, on, prepare, lambda _crm, was, now: f"Lost {now.id} {now.name}: {now.reason}{_held(was)}")


@changes
@many
def reopen(desk: Desk, deals: DealRefs = None, reason: Reason = None, on: On = None) -> None:
    """Take won or lost deals up again, at the stage they were at; the former outcome stays in the history.

    \b
    Examples:
      crm deal reopen D5 --reason "payment bounced"
      crm deal reopen D5 --dry-run
    """

    def taken_up(crm: Crm, deal: Deal) -> None:
        again = why_note(crm, deal.reopen(), reason)
        crm.save(again)
        if again.account:
            reconsider(crm, crm.accounts.get(again.account))

    each(desk, deals, on, lambda crm: lambda deal: taken_up(crm, deal), _was)
