"""A claim: a complaint, and the way it is settled."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import field

from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Codes, Record, Ref, Text


class ClaimStatus(StrEnum):
    """How it stands; the last three are closed."""

    REGISTERED = "registered"
    PROCESSING = "processing"
    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


class ClaimResult(StrEnum):
    """How it may be resolved."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not_satisfied"


class Priority(StrEnum):
    """How soon it must be settled."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Claim(Record, frozen=True, kw_only=True):
    """A complaint by somebody we deal with."""

    KIND = "claim"
    CLOSED: ClassVar = {
        "satisfied": "it is closed; register another: crm claim add",
        "not_satisfied": "it is closed; register another: crm claim add",
        "withdrawn": "it is closed; register another: crm claim add",
        "deleted": "run: crm claim restore {id}",
    }
    INSTEAD = "crm claim withdraw {id}"

    name: Text = ""
    status: ClaimStatus = ClaimStatus.REGISTERED
    priority: Priority = Priority.NORMAL
    account: Ref | None = None
    contact: Ref | None = None
    text: Text | None = None
    rep: Ref | None = None
    division: Code | None = None
    employee: Text | None = None
    causes: Codes = field(default_factory=dict)
    registered_at: Moment = ""
    due: Moment | None = None
    started_at: Moment | None = None
    closed_at: Moment | None = None
    answer: Text | None = None
    external_id: Code | None = None

    def checked(self) -> Self:
        """Raises BadValue for a claim without subject or claimant."""
        if not self.name.strip():
            raise BadValue("a claim needs a subject", 'crm claim add "Damaged unit" --account A7')
        if self.account is None:
            raise BadValue("a claim needs a claimant", 'crm claim add "Damaged unit" --account A7')
        return self

    def with_causes(self, causes: Iterable[str]) -> Self:
        """With these causes besides those it has."""
        return self.change(causes={**self.causes, **{cause.strip().lower(): True for cause in causes}})

    def start(self, at: Moment) -> Self:
        """Taken in hand: somebody handles it, it is known where it comes from, and what caused it."""
        self.must_be_open()
        if self.status is not ClaimStatus.REGISTERED:
            raise WrongState(f"{self.id} is in processing already", f"run: crm claim resolve {self.id}")
        missing = [
            option
            for option, there in (
                ("--rep", self.rep),
                ("--division or --employee", self.division or self.employee),
                ("--cause", self.causes),
            )
            if not there
        ]
        if missing:
            raise Refused(f"{self.id} cannot be started yet", f"add {' and '.join(missing)}")
        return self.change(status=ClaimStatus.PROCESSING, started_at=at)

    def resolve(self, result: ClaimResult, answer: str, at: Moment) -> Self:
        """Settled, with the answer the claimant got."""
        self.must_be_open()
        if self.status is not ClaimStatus.PROCESSING:
            raise WrongState(f"{self.id} is only registered", f"first: crm claim start {self.id}")
        if not answer.strip():
            raise BadValue("a claim is resolved with an answer", '--answer "replaced on 2026-11-20"')
        return self.change(status=ClaimStatus(result.value), closed_at=at, answer=answer)
