"""A deal: a sale in the making, won or lost."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Record, Ref, Text


class DealStatus(StrEnum):
    """How it stands."""

    IN_PROGRESS = "in_progress"
    WON = "won"
    LOST = "lost"
    CANCELED = "canceled"
    DELETED = "deleted"


class Deal(Record, frozen=True, kw_only=True):
    """A sale in the making."""

    KIND = "deal"
    CLOSED: ClassVar = {
        "won": "run: crm deal reopen {id}",
        "lost": "run: crm deal reopen {id}",
        "canceled": "the lead it came from was taken back; add a new deal",
        "deleted": "run: crm deal restore {id}",
    }
    INSTEAD = "crm deal lose {id} --reason REASON"

    name: Text = ""
    status: DealStatus = DealStatus.IN_PROGRESS
    account: Ref | None = None
    contact: Ref | None = None
    lead: Ref | None = None
    rep: Ref | None = None
    amount: Decimal | None = None
    currency: Code | None = None
    expected_close: Moment | None = None
    won_at: Moment | None = None
    lost_at: Moment | None = None
    reason: Code | None = None
    external_id: Code | None = None

    def checked(self) -> Self:
        """Raises BadValue for a deal without a name or an account, or with a negative amount."""
        if not self.name.strip():
            raise BadValue("a deal needs a name", 'crm deal add "10 bikes" --account A7')
        if self.account is None:
            raise BadValue("a deal needs an account", 'crm deal add "10 bikes" --account A7')
        if self.amount is not None and self.amount < 0:
            raise BadValue("an amount cannot be negative", "give what the customer pays: --amount 1500")
        return self

    def win(self, at: Moment, amount: Decimal | None = None, *, zero: bool = False) -> Self:
        """Sold; at nothing only if that is said (`zero`)."""
        self.must_be_open()
        paid = self.amount if amount is None else amount
        if not paid and not zero:
            raise Refused(f"{self.id} has no amount", f"run: crm deal win {self.id} --amount 1500, or --zero")
        return self.change(status=DealStatus.WON, won_at=at, amount=paid or Decimal(0)).checked()

    def lose(self, at: Moment, reason: str) -> Self:
        """Not sold, with one of the configured reasons."""
        self.must_be_open()
        return self.change(status=DealStatus.LOST, lost_at=at, reason=reason)

    def reopen(self) -> Self:
        """In the making again; the former outcome stays in the log."""
        if self.status not in (DealStatus.WON, DealStatus.LOST):
            raise WrongState(f"{self.id} is {self.status}, neither won nor lost", f"see crm deal show {self.id}")
        return self.change(status=DealStatus.IN_PROGRESS, won_at=None, lost_at=None, reason=None)

    def cancel(self) -> Self:
        """No deal after all: the lead that made it was taken back; a won one stands in the way."""
        if self.is_deleted:
            self.must_be_open()
        if self.status is DealStatus.WON:
            raise Refused(f"{self.id} is won", f"a sale cannot be taken back; first: crm deal reopen {self.id}")
        return self.change(status=DealStatus.CANCELED)
