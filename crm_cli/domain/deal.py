"""A deal: a sale in the making, won or lost."""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self

from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.held import Held
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Ref, Text
from crm_cli.domain.stage import Control, DealKind, Stage


class DealStatus(StrEnum):
    """How it stands."""

    IN_PROGRESS = "in_progress"
    WON = "won"
    LOST = "lost"
    CANCELED = "canceled"
    DELETED = "deleted"


class Deal(Held, frozen=True, kw_only=True):
    """A sale in the making."""

    KIND = "deal"
    CLOSED: ClassVar = {
        "won": "run: crm deal reopen {id}",
        "lost": "run: crm deal reopen {id}",
        "canceled": "the lead it came from was taken back; add a new deal",
        "deleted": "run: crm deal restore {id}",
    }
    TOGETHER: ClassVar[tuple[str, ...]] = ("stage", "stage_at")
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
    kind: Code | None = None  # None: made before there were kinds, which is the usual one
    stage: Code | None = None  # None: of a kind without stages, or entered only when it was won
    stage_at: Moment | None = None
    on_hold: bool = False
    lost_stage: Code | None = None
    competitor: Ref | None = None
    competitor_text: Text | None = None  # one that is no account

    def checked(self) -> Self:
        """Raises BadValue for a deal without a name or an account, or with a negative amount."""
        if not self.name.strip():
            raise BadValue("a deal needs a name", 'crm deal add "10 bikes" --account A7')
        if self.account is None:
            raise BadValue("a deal needs an account", 'crm deal add "10 bikes" --account A7')
        if self.amount is not None and self.amount < 0:
            raise BadValue("an amount cannot be negative", "give what the customer pays: --amount 1500")
        return self

    def edit(self, **fields: Any) -> Self:
        """With other particulars; status and stage change only by the verbs that say so."""
        self.must_be_open()
        return self.change(**fields).checked()

    # --- the way through the stages ------------------------------------------------------------------

    def become(self, kind: DealKind, at: Moment) -> Self:
        """Of this kind: at the stage where it was if the kind has that too, else at its first, or at none."""
        self.must_be_open()
        same = kind.stage(self.stage)
        new = self.change(kind=kind.key)
        return new if same else new._enter(kind.stages[0] if kind.stages else None, at)

    def advance(self, kind: DealKind, at: Moment) -> Self:
        """At the next stage; raises Refused at the last, and for a kind without stages."""
        self.must_be_open()
        place = kind.place(self.stage, self.id) + 1
        if place == len(kind.stages):
            raise Refused(
                f"{self.id} is at the last stage, {kind.stages[-1].name}",
                f"run: crm deal win {self.id}, or: crm deal lose {self.id} --reason REASON",
            )
        return self._enter(kind.stages[place], at)

    def back(self, kind: DealKind, at: Moment) -> Self:
        """At the stage before; raises Refused at the first, and for a kind without stages."""
        self.must_be_open()
        place = kind.place(self.stage, self.id) - 1
        if place < 0:
            raise Refused(f"{self.id} is at the first stage", f"see crm deal show {self.id}")
        return self._enter(kind.stages[place], at)

    def set_stage(self, kind: DealKind, stage: Stage, at: Moment, *, force: bool = False) -> Self:
        """At any stage; where the process leads only by `force`. Raises WrongState if it is there already."""
        self.must_be_open()
        if kind.control is Control.PROCESS and not force:
            raise Refused(
                f"{self.id} is of kind {kind.key}: one stage after the other",
                f"run: crm deal advance {self.id}; or say why not: --force --reason WHY",
            )
        if stage.key == self.stage:
            raise WrongState(f"{self.id} is at {stage.name} already", f"see crm deal history {self.id}")
        return self._enter(stage, at)

    def _enter(self, stage: Stage | None, at: Moment) -> Self:
        return self.change(stage=stage.key if stage else None, stage_at=at if stage else None)

    def lacks(self, stage: Stage, noted: Container[str] = ()) -> list[str]:
        """The gates of a stage that are shut: open is one whose name is a filled field of the deal, or is `noted`.

        Fields are its own (amount, contact) and those of the house (terms, set with --set).
        """
        return [gate for gate in stage.gates if gate not in noted and not self._has(gate)]

    def _has(self, gate: str) -> bool:
        own = getattr(self, gate) if gate in self.__struct_fields__ else None
        return bool(own or self.custom.get(gate))

    def hold(self) -> Self:
        """Nothing is done about it for now; its stage stays."""
        self.must_be_open()
        if self.on_hold:
            raise WrongState(f"{self.id} is on hold already", f"run: crm deal resume {self.id}")
        return self.change(on_hold=True)

    def resume(self) -> Self:
        """Taken up again after it was on hold."""
        self.must_be_open()
        if not self.on_hold:
            raise WrongState(f"{self.id} is not on hold", f"see crm deal show {self.id}")
        return self.change(on_hold=False)

    # --- how it ends ---------------------------------------------------------------------------------

    def win(self, at: Moment, amount: Decimal | None = None, *, zero: bool = False) -> Self:
        """Sold; at nothing only if that is said (`zero`)."""
        self.must_be_open()
        paid = self.amount if amount is None else amount
        if not paid and not zero:
            raise Refused(f"{self.id} has no amount", f"run: crm deal win {self.id} --amount 1500, or --zero")
        return self.change(status=DealStatus.WON, won_at=at, amount=paid or Decimal(0), on_hold=False).checked()

    def lose(self, at: Moment, reason: str, competitor: str | None = None, text: str | None = None) -> Self:
        """Not sold, with one of the configured reasons; to a `competitor` (an account), or one that is only `text`."""
        self.must_be_open()
        return self.change(
            status=DealStatus.LOST,
            lost_at=at,
            reason=reason,
            lost_stage=self.stage,
            competitor=competitor,
            competitor_text=text,
            on_hold=False,
        )

    def reopen(self) -> Self:
        """In the making again, at the stage it was at; the former outcome stays in the log."""
        if self.status not in (DealStatus.WON, DealStatus.LOST):
            raise WrongState(f"{self.id} is {self.status}, neither won nor lost", f"see crm deal show {self.id}")
        return self.change(
            status=DealStatus.IN_PROGRESS,
            won_at=None,
            lost_at=None,
            reason=None,
            lost_stage=None,
            competitor=None,
            competitor_text=None,
        )

    def cancel(self) -> Self:
        """No deal after all: the lead that made it was taken back; a won one stands in the way."""
        if self.is_deleted:
            self.must_be_open()
        if self.status is DealStatus.WON:
            raise Refused(f"{self.id} is won", f"a sale cannot be taken back; first: crm deal reopen {self.id}")
        return self.change(status=DealStatus.CANCELED)
