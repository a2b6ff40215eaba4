"""What makes an account a customer, and since when: sales, qualified leads, and what somebody said."""

from __future__ import annotations

from collections.abc import Sequence

from crm_cli.crm import Crm
from crm_cli.domain.account import Account, AccountType
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import Refused
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.moment import Moment, instant, to_datetime
from crm_cli.usecases.removal import named

_BY_HAND = ("account.add", "account.edit")  # commands that say what an account is to us


def customer_moments(crm: Crm, account: Account) -> list[Moment]:
    """The instants at which it became a customer, by what is so today and by what was said; none, if it is none."""
    moments = [str(one.won_at if isinstance(one, Deal) else one.qualified_at) for one in bought(crm, account)]
    return [*(instant(to_datetime(moment, crm.clock.zone)) for moment in moments), *_said(crm, account)]


def mind_the_contact(crm: Crm, account: str | None, contact: str | None) -> None:
    """Warn where the contact of a deal or claim is at another account than that: people move, yet it is often a slip.

    Both are ids.
    """
    home = crm.contacts.get(contact).account if contact else None
    if home and account and home != account:
        person, firm, other = (f"{id} {crm.name_of(str(id))}" for id in (contact, home, account))
        crm.warnings.append(f"{person} is at {firm}, not at {other}")


def bought(crm: Crm, account: Account) -> list[Deal | Lead]:
    """The won deals and qualified leads that make it a customer today."""
    found: list[Deal | Lead] = []
    for one in crm.referring(account.id, today=True):
        if isinstance(one, Deal) and one.status is DealStatus.WON:
            found.append(one)
        if isinstance(one, Lead) and one.status is LeadStatus.QUALIFIED:
            found.append(one)
    return found


def _said(crm: Crm, account: Account) -> list[Moment]:
    """When it became one, if that is the last that somebody said of it."""
    path = f"types.{AccountType.CUSTOMER}"
    said = [entry for entry in crm.history(account.id) if entry.cmd in _BY_HAND and path in entry.facts]
    if not said or not said[-1].facts[path][1]:
        return []
    return [str(said[-1].facts.get("customer_since", (None, said[-1].at))[1])]


def no_longer(crm: Crm, account: Account, types: Sequence[AccountType]) -> Account:
    """The account without these types; raises Refused for a customer that has bought something, WrongState."""
    changed = account.is_no_longer(types)
    reasons = bought(crm, account) if AccountType.CUSTOMER in types else []
    if reasons:
        first = reasons[0]
        verb = "deal reopen" if isinstance(first, Deal) else "lead unqualify"
        raise Refused(
            f"{account.id} {account.title} is a customer by {named(reasons)}", f"take that back: crm {verb} {first.id}"
        )
    return changed
