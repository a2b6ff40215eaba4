"""A made-up desk of any size, at work for most of a year: reps, a campaign, leads and their lives, events, sales."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead, Rating
from crm_cli.domain.moment import Clock
from crm_cli.domain.record import from_doc
from crm_cli.domain.rep import Rep
from crm_cli.looking import Who
from crm_cli.store.tiny import TinyStore
from crm_cli.usecases.qualify import DealWish, qualify
from tests.bench.leads import LAST, made_up

NOW = "2026-11-20T10:00:00Z"
DUE = 50  # planned events whose time has come
DAYS = [(date(2026, 1, 5) + timedelta(days)).isoformat() for days in range(310)]
_AHEAD = [(date(2026, 11, 23) + timedelta(days)).isoformat() for days in range(120)]
_REPS, _STEPS = 10, ("Call", "Demo", "Offer", "Contract")
_RECEIVED = 270  # days in which leads come; the rest is for what happens to them


def desk_with(folder: Path, leads: int) -> TinyStore:
    """A store of so many leads with three entries each, an event for every fifth, every twentieth a customer.

    Written in four operations, so that 300,000 log lines take a minute.
    """
    store = TinyStore(folder)
    _work(store, "init", _open_house)
    _work(store, "import.leads", lambda crm: _receive(crm, leads))
    _work(store, "lead.rate", lambda crm: _lives(crm, leads))
    _work(store, "event.add", lambda crm: _events(crm, leads))
    return store


def _work(store: TinyStore, cmd: str, step: Callable[[Crm], None]) -> None:
    with store.change() as transaction:
        crm = Crm(
            transaction, Clock(datetime.fromisoformat(NOW), ZoneInfo("UTC")), Who("bench", ("crm", *cmd.split(".")))
        )
        step(crm)
        crm.commit(cmd)
        transaction.flush()


def _open_house(crm: Crm) -> None:
    crm.set("timezone", "UTC")
    for number in range(_REPS):
        crm.save(Rep(id=crm.reps.new_id(), name=f"Rep {LAST[number]}", handle=LAST[number].lower()), at=_at(0))
    spring = Campaign(id=crm.campaigns.new_id(), name="Spring 26")
    for step in _STEPS:
        spring, _ = spring.add_activity(step)
    crm.save(spring, at=_at(0))


def _receive(crm: Crm, leads: int) -> None:
    campaign = crm.campaigns.get("C1") if leads else None
    for number, doc in enumerate(made_up(leads), start=1):
        day = _day(number, leads)
        lead = from_doc({**doc, "id": f"L{number}", "status": "new", "received_at": DAYS[day]}, Lead)
        lead = lead.set_campaign(campaign, DAYS[day]).change(rep=f"R{1 + number % _REPS}")
        crm.save(lead, at=_at(day, number), telling=False)


def _lives(crm: Crm, leads: int) -> None:
    """Two entries more for each lead: contacted, then moved on, rated, ended or won."""
    campaign = crm.campaigns.get("C1") if leads else None
    for number in range(1, leads + 1):
        day = _day(number, leads)
        first, then = _at(day + 1 + number % 9, number), _at(day + 10 + number % 29, number)
        lead = crm.leads.get(f"L{number}").contacted(first)
        crm.save(lead, at=first, telling=False)
        if number % 20 == 0:
            _sell(crm, lead, then)
        elif number % 20 < 4:
            crm.save(lead.disqualify("no_budget", then), at=then, telling=False)
        elif number % 20 < 12 and campaign is not None:
            crm.save(lead.advance(campaign), at=then, telling=False)
        else:
            crm.save(lead.rate((Rating.HOT, Rating.WARM, Rating.COLD)[number % 3]), at=then, telling=False)


def _sell(crm: Crm, lead: Lead, at: str) -> None:
    deal = qualify(crm, lead, None, DealWish(), at=at).deal
    if deal is not None and deal.amount:
        crm.save(deal.win(at), at=at)


def _events(crm: Crm, leads: int) -> None:
    """Half of them took place; of the planned ones a few are due."""
    dice = random.Random(2)
    for number in range(1, leads // 5 + 1):
        blank = Event(id=f"E{number}", name="Call back", lead=f"L{number * 5}", rep=f"R{1 + number % _REPS}")
        if number % 2:
            at = _at(min(_day(number * 5, leads) + 12, len(DAYS) - 1), number)
            crm.save(blank.change(start=at).done(at, "wants an offer"), at=at, telling=False)
        else:
            start = _at(-dice.randrange(1, 9)) if number <= 2 * DUE else f"{dice.choice(_AHEAD)}T09:30:00Z"
            crm.save(blank.change(start=start, remind={"1d": True} if number % 3 else {}), at=_at(-1), telling=False)


def _day(number: int, leads: int) -> int:
    return number * _RECEIVED // (leads + 1)


def _at(day: int, number: int = 0) -> str:
    """A moment of a working day; what comes later has the later moment."""
    return f"{DAYS[day]}T{8 + number % 9:02d}:{number % 60:02d}:00Z"
