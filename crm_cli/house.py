"""The rules of the house as they are set, or as they are where nobody has set them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from crm_cli.domain.deadline import Deadlines
from crm_cli.domain.history import Doc
from crm_cli.domain.moment import Clock
from crm_cli.domain.record import from_doc
from crm_cli.domain.setting import RULES, Setting, Value, rule_of
from crm_cli.domain.stage import DealKind, kinds_of
from crm_cli.store.port import Snapshot


class House:
    """What the store says about how this house works."""

    snapshot: Snapshot
    clock: Clock

    @cached_property
    def _settings(self) -> dict[str, Setting]:
        return {str(doc["key"]): from_doc(doc, Setting) for doc in _setting_docs(self.snapshot)}

    def setting(self, key: str) -> Any:
        """What is set under a key, or its default."""
        set_here = self._settings.get(key)
        return set_here.current if set_here is not None else rule_of(key).default

    def settings(self) -> dict[str, tuple[Value, str]]:
        """Every key with its value and where it comes from (store or default)."""
        set_here = {key for key, setting in self._settings.items() if not setting.unset}
        return {key: (self.setting(key), "store" if key in set_here else "default") for key in RULES}

    @cached_property
    def deal_kinds(self) -> tuple[DealKind, ...]:
        """The kinds of deal of the house; the first is the usual one."""
        return kinds_of(tuple(self.setting("deal.kinds")), tuple(self.setting("deal.stages")))

    @cached_property
    def deadlines(self) -> Deadlines:
        """Until when leads are to be answered."""
        days = {rating: int(self.setting(f"lead.days.{rating}")) for rating in ("hot", "warm", "cold")}
        return Deadlines(days, frozenset(self.setting("holidays")), self.clock.zone)


def zone_of(snapshot: Snapshot) -> ZoneInfo:
    """The store's time zone."""
    for doc in _setting_docs(snapshot):
        if doc.get("key") == "timezone" and doc.get("value"):  # without one it was unset
            return ZoneInfo(str(doc["value"]))
    return ZoneInfo(str(RULES["timezone"].default))


def _setting_docs(snapshot: Snapshot) -> Iterator[Doc]:
    """One by one: they are few, and a scan would read the whole store."""
    for number in range(1, snapshot.next_number("setting")):
        doc = snapshot.get("setting", number)
        if doc is not None:
            yield doc
