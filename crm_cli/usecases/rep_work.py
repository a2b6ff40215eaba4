"""The work that each rep has: open leads, deals and claims, planned events, accounts."""

from __future__ import annotations

from msgspec import Struct

from crm_cli.crm import Crm

# What is still to be done, and which records of that kind those are.
_WORK = {
    "open_leads": ("lead", "status=new,contacted"),
    "open_deals": ("deal", "status=in_progress"),
    "planned_events": ("event", "status=planned"),
    "open_claims": ("claim", "status=registered,processing"),
    "accounts": ("account", "status=active"),
}


class Work(Struct):
    """How much a rep has."""

    open_leads: int = 0
    open_deals: int = 0
    planned_events: int = 0
    open_claims: int = 0
    accounts: int = 0


def work(crm: Crm) -> dict[str, Work]:
    """By the id of a rep the work that is there now; one without any is not there. One scan of each kind."""
    found: dict[str, Work] = {}
    for name, (kind, where) in _WORK.items():
        for record in crm.snapshot.scan(kind, crm.shelf(kind).where(where), ("rep",)):
            if rep := record.get("rep"):
                its = found.setdefault(rep, Work())
                setattr(its, name, getattr(its, name) + 1)
    return found
