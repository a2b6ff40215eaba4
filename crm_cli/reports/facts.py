"""What reports are made from: leads as they stood on a day, sales, and the names to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.reports.figures import NONE, Standing, standing

_OPEN = frozenset({"new", "contacted"})
_GONE = frozenset({"merged", "deleted"})
_HELD_BY_ID = frozenset({"rep", "campaign", "activity"})  # channel, source and month are shown as they are


class Period(Struct, frozen=True):
    """From the first day to the last, both included; None leaves that end open. BadValue if first > last."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise BadValue(
                f"the period ends on {self.last}, before it begins on {self.first}",
                "--from takes the first day, --to the last: --from 2026-01-01 --to 2026-03-31",
            )

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class LeadFact(Struct, frozen=True, kw_only=True):
    """A lead as it stood on the day the report is about.

    `rep`, `campaign`, `activity` and `account` are ids. `qualified_at` is the moment of the conversion as
    text, "" if there was none: the day `qualified` is too coarse to say which of two leads came first.
    """

    id: str
    received: date
    status: str  # new, contacted, qualified, disqualified, merged, deleted
    rep: str | None = None
    campaign: str | None = None
    activity: str | None = None
    channel: str | None = None
    source: str | None = None
    potential: Decimal | None = None
    rating: str | None = None
    account: str | None = None
    qualified: date | None = None
    qualified_at: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the lead is in the pipeline."""
        return self.status in _OPEN

    @property
    def is_gone(self) -> bool:
        """Whether the lead was merged into another or deleted, so that no cohort counts it."""
        return self.status in _GONE

    @property
    def is_customer(self) -> bool:
        """Whether the lead was qualified, and that was not taken back."""
        return self.status == "qualified"

    @property
    def month(self) -> str:
        """The month it was received in, as `2026-03`."""
        return self.received.isoformat()[:7]

    def under(self, field: str) -> str:
        """What the lead is counted under: the value of the field, or `(none)`."""
        return str(getattr(self, field) or NONE)


class Sale(Struct, frozen=True, kw_only=True):
    """A won deal of an account; the amount is in its currency and may be missing."""

    deal: str
    account: str
    day: date
    amount: Decimal | None = None
    currency: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """All that a report may know; as-of and filters are already applied by whoever gathered them."""

    leads: Sequence[LeadFact]
    sales: Sequence[Sale] = ()
    customer_since: Mapping[str, date] = {}  # account id -> the first day it was a customer
    names: Mapping[str, str] = {}  # id -> the name shown, with (retired) or (inactive) where that holds
    order: Mapping[str, int] = {}  # activity id -> its place in its campaign

    def received(self, period: Period) -> list[LeadFact]:
        """The leads received in the period, without those merged away or deleted."""
        return [lead for lead in self.leads if not lead.is_gone and period.holds(lead.received)]

    def is_existing(self, lead: LeadFact) -> bool:
        """Whether the lead's account was a customer already on a day before the lead was received."""
        since = self.customer_since.get(lead.account) if lead.account else None
        return since is not None and since < lead.received

    def name(self, field: str, key: str) -> str:
        """The name shown for a key: that of the record where the field holds ids, else the key itself."""
        return self.names.get(key, key) if field in _HELD_BY_ID else key

    def standing(self, field: str, key: str) -> Standing:
        """Where the key stands: by name, activities by their place in the campaign, `(none)` last."""
        place = self.order.get(key, 0) if field == "activity" else 0
        return standing(key, self.name(field, key), place)
