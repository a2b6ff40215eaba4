"""A desk in memory: one command after another, each with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.ids import number_of
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import UTC, Clock
from crm_cli.domain.record import Record
from crm_cli.domain.rep import Rep
from crm_cli.looking import Who
from crm_cli.store.memory import MemoryStore
from crm_cli.store.port import Snapshot

NOW = "2026-11-20T10:00:00Z"
UTC_ZONE = ZoneInfo("UTC")
R = TypeVar("R", bound=Record)


class MemoryDesk:
    """Gives commands to a store that forgets."""

    def __init__(self, zone: ZoneInfo = UTC_ZONE) -> None:
        self.store, self.zone = MemoryStore(), zone

    @contextmanager
    def change(self, now: str = NOW, on: str | None = None, cmd: str = "lead.edit") -> Iterator[Crm]:
        """One command, committed if it ends well."""
        with self.store.change() as transaction:
            crm = self._crm(transaction, now, on)
            yield crm
            crm.commit(cmd)

    @contextmanager
    def look(self, now: str = NOW) -> Iterator[Crm]:
        """The desk as it stands."""
        with self.store.read() as snapshot:
            yield self._crm(snapshot, now, None)

    def _crm(self, snapshot: Snapshot, now: str, on: str | None) -> Crm:
        clock = Clock(datetime.fromisoformat(now).astimezone(UTC), self.zone)
        return Crm(snapshot, clock, Who("sam", ("crm",)), on=on)

    def add(self, cls: type[R], now: str = NOW, on: str | None = None, **fields: Any) -> R:
        """A new record of this kind, as it is kept."""
        with self.change(now, on, f"{cls.KIND}.add") as crm:
            new = cls(id=crm.shelf(cls.KIND).new_id(), **fields)
            crm.save(new)
            return crm.record(cls, number_of(new.id))

    def add_lead(self, name: str, now: str = NOW, on: str | None = None, **fields: Any) -> Lead:
        """A new lead that came at that moment."""
        return self.add(Lead, now, on, name=name, received_at=on or now, **fields)

    def add_campaign(self, name: str, *steps: str, now: str = NOW) -> Campaign:
        """A campaign with these activities."""
        with self.change(now, cmd="campaign.add") as crm:
            new = Campaign(id=crm.campaigns.new_id(), name=name)
            for step in steps:
                new, _ = new.add_activity(step)
            crm.save(new)
            return crm.campaigns.get(new.id)

    def add_rep(self, name: str, now: str = NOW, handle: str | None = None) -> Rep:
        """A rep on duty."""
        return self.add(Rep, now, name=name, handle=handle)

    def lead(self, id: str) -> Lead:
        """The lead as it is now."""
        with self.look() as crm:
            return crm.leads.get(id)
