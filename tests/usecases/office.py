"""An office for the tests of imports: a store in memory into which texts are imported like files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from crm_cli.crm import Crm
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import Clock
from crm_cli.domain.record import Record
from crm_cli.formats import read_sheet
from crm_cli.looking import Who
from crm_cli.store.memory import MemoryStore
from crm_cli.usecases.import_cells import Plan
from crm_cli.usecases.import_columns import Of, columns_of
from crm_cli.usecases.import_deals import import_deals
from crm_cli.usecases.import_leads import import_leads
from crm_cli.usecases.import_outcome import Outcome, Watch

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
R = TypeVar("R", bound=Record)


class Office:
    """Takes in leads and deals given as the lines of a CSV file."""

    def __init__(self, zone: str = "UTC", **settings: str) -> None:
        self.store = MemoryStore()
        self.zone = ZoneInfo(zone)
        with self.change() as crm:
            for key, value in {"timezone": zone, **settings}.items():
                crm.set(key, value)

    @contextmanager
    def change(self, on: str | None = None) -> Iterator[Crm]:
        """The desk to change; committed in the end."""
        with self.store.change() as transaction:
            crm = Crm(transaction, Clock(NOW, self.zone), Who("sam"), on=on)
            yield crm
            crm.commit("test")

    def leads(self, *lines: str, maps: tuple[str, ...] = (), **asked: Any) -> Outcome:
        """What comes of these lines taken in as leads."""
        return self._take("leads", lines, maps, asked)

    def deals(self, *lines: str, maps: tuple[str, ...] = (), **asked: Any) -> Outcome:
        """What comes of these lines taken in as won deals."""
        return self._take("deals", lines, maps, asked)

    def _take(self, of: Of, lines: tuple[str, ...], maps: tuple[str, ...], asked: dict[str, Any]) -> Outcome:
        sheet = read_sheet("\n".join(lines).encode(), f"{of}.csv")
        watch: Watch | None = asked.pop("watch", None)
        plan = Plan(columns=columns_of(of, sheet.headers, maps), **asked)
        with self.change() as crm:
            return (import_leads if of == "leads" else import_deals)(crm, sheet, plan, watch)

    def all(self, cls: type[R]) -> list[R]:
        """Every record of a kind, by number."""
        with self.change() as crm:
            return list(crm.shelf(cls.KIND).all())

    def lead(self, number: int = 1) -> Lead:
        """The lead with this number."""
        return self.all(Lead)[number - 1]

    def save(self, *records: Record) -> None:
        """Put changed records back."""
        with self.change() as crm:
            crm.save(*records)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    """Rows added, updated, unchanged, skipped and failed."""
    return outcome.added, outcome.updated, outcome.unchanged, outcome.skipped, outcome.failed


def reasons(findings: list[Any]) -> list[tuple[int, str]]:
    """Line and reason of each warning or problem."""
    return [(finding.line, finding.reason) for finding in findings]
