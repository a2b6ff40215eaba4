"""Claims and what the house says about them: the date due, the causes there are, who complains, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.cause import category, cause_code
from crm_cli.domain.claim import Claim, Priority
from crm_cli.domain.event import Event
from crm_cli.domain.moment import Moment, day_of
from crm_cli.domain.setting import one_of
from crm_cli.domain.working_day import working_days_after
from crm_cli.usecases.customer import mind_the_contact


def due(crm: Crm, priority: Priority, registered_at: Moment) -> Moment:
    """The last day to settle it: so many working days (claim.days.*) after the day it was registered."""
    days = int(crm.setting(f"claim.days.{priority}"))
    day = day_of(registered_at, crm.clock.zone)
    return working_days_after(day, days, frozenset(crm.setting("holidays"))).isoformat()


def edited(crm: Crm, claim: Claim, fields: dict[str, Any]) -> Claim:
    """With other particulars; another priority sets the date due anew, unless that is given too. Raises BadValue."""
    priority = fields.get("priority", claim.priority)
    if priority != claim.priority and "due" not in fields:
        fields = {**fields, "due": due(crm, priority, claim.registered_at)}
    changed = claim.edit(**fields)
    if not fields.keys().isdisjoint(("account", "contact")):
        mind_the_contact(crm, changed.account, changed.contact)
    return changed.due_in_time(crm.clock.zone) if "due" in fields else changed


def causes(crm: Crm, texts: Iterable[str] | None) -> list[str]:
    """These causes in the house's spelling; any will do while claim.causes is empty. Raises BadValue."""
    listed = list(crm.setting("claim.causes"))
    codes = [cause_code(text) for text in texts or ()]
    if not listed:
        return codes
    allowed = list(dict.fromkeys([*listed, *map(category, listed)]))
    return [one_of("cause", code, allowed) for code in codes]


def claimant(crm: Crm, account: str | None, contact: str | None) -> dict[str, str]:
    """Who complains, as typed; a contact complains for the account it is at."""
    person = crm.contacts.find(contact) if contact else None
    owner = crm.accounts.find(account).id if account else person.account if person else None
    mind_the_contact(crm, owner, person.id if person else None)
    return {name: id for name, id in (("account", owner), ("contact", person and person.id)) if id}


def told_in(crm: Crm, event: Event) -> dict[str, Any]:
    """What a conversation says about the claim made in it: by whom, to whom, how, and in which words."""
    about = [crm.by_id(id) for id in event.about]
    owners = [event.account, *(getattr(one, "account", None) for one in about)]
    people = [event.contact, *(getattr(one, "contact", None) for one in about)]
    fields = {
        "account": next(filter(None, owners), None),
        "contact": next(filter(None, people), None),
        "text": event.result,
        "source": str(event.kind),
        "rep": event.rep,
        "event": event.id,
    }
    return {name: value for name, value in fields.items() if value}
