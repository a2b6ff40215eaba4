"""A claim: a complaint, and the way it is settled."""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import StrEnum
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from msgspec import field
from msgspec.structs import replace

from crm_cli.domain.attachment import Attachment, Attachments
from crm_cli.domain.cause import category, cause_code
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.moment import Clock, Moment, day_of, past
from crm_cli.domain.plan import Planned, pick
from crm_cli.domain.record import Code, Codes, Ref, Text
from crm_cli.domain.working_day import working_days_between


class ClaimStatus(StrEnum):
    """How it stands; satisfied, not_satisfied and withdrawn are closed."""

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


class Justified(StrEnum):
    """Whether it is right, in our own judgement."""

    YES = "yes"
    NO = "no"


class Claim(Planned, frozen=True, kw_only=True):
    """A complaint by somebody we deal with; its life is that of claims in 1C:ERP, with withdrawing and reopening."""

    KIND = "claim"
    CLOSED: ClassVar = {
        **dict.fromkeys(("satisfied", "not_satisfied", "withdrawn"), "run: crm claim reopen {id}"),
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
    source: Code | None = None  # how it came: mail, phone, order
    kind: Code | None = None
    justified: Justified | None = None
    event: Ref | None = None  # the conversation in which it was made
    satisfaction: int | None = None  # of the claimant in the end, 1 to 5
    reopen_count: int = 0
    attachments: Attachments = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status not in self.CLOSED

    def is_overdue(self, clock: Clock) -> bool:
        """Whether it is open and should have been settled by now; one due on a day is late when the day is over."""
        return self.is_open and self.due is not None and past(self.due, clock.zone) <= clock.now_text

    def checked(self) -> Self:
        """Raises BadValue for a claim without subject or claimant, and for a satisfaction outside 1 to 5."""
        if not self.name.strip():
            raise BadValue("a claim needs a subject", 'crm claim add "Damaged unit" --account A7')
        if self.account is None:
            raise BadValue("a claim needs a claimant", 'crm claim add "Damaged unit" --account A7')
        if self.satisfaction is not None and not 1 <= self.satisfaction <= 5:
            raise BadValue(f"a satisfaction of {self.satisfaction} is not on the scale", "1 (not at all) to 5 (very)")
        return self

    def due_in_time(self, zone: ZoneInfo) -> Self:
        """The same claim; raises BadValue for one that is due before the day of the zone on which it was registered."""
        if self.due and self.due < (day := day_of(self.registered_at, zone).isoformat()):
            raise BadValue(f"a claim registered on {day} cannot be due {self.due}", "give a later --due")
        return self

    def edit(self, **fields: object) -> Self:
        """With other particulars; one in processing keeps handler, origin and cause."""
        self.must_be_open()
        edited = self.change(**fields).checked()
        if self.status is ClaimStatus.PROCESSING:
            edited._must_be_ready("stay in processing")
        return edited

    def with_causes(self, causes: Iterable[str]) -> Self:
        """With these causes besides those it has; a cause takes the place of its mere category."""
        known = {**self.causes, **{cause_code(cause): True for cause in causes}}
        categories = {category(cause) for cause in known if cause != category(cause)}
        return self.change(causes={cause: True for cause in known if cause not in categories})

    # --- who handles it -------------------------------------------------------------------------------

    def unassign(self) -> Self:
        """Taken from its handler; one in processing must have one."""
        if self.status is ClaimStatus.PROCESSING:
            raise Refused(f"{self.id} is in processing: somebody handles it", f"crm claim assign {self.id} --to REP")
        return super().unassign()

    # --- its life -------------------------------------------------------------------------------------

    def start(self, at: Moment) -> Self:
        """Taken in hand: somebody handles it, it is known where it comes from, and what caused it."""
        self.must_be_open()
        if self.status is not ClaimStatus.REGISTERED:
            raise WrongState(
                f"{self.id} is in processing already",
                f'run: crm claim resolve {self.id} --result satisfied --answer "replaced"',
            )
        self._must_be_ready("be started yet")
        return self.change(status=ClaimStatus.PROCESSING, started_at=at)

    def _must_be_ready(self, what: str) -> None:
        known = {
            "--rep": self.rep,
            "--division or --employee": self.division or self.employee,
            "--cause": self.causes,
        }
        missing = [option for option, there in known.items() if not there]
        if missing:
            raise Refused(f"{self.id} cannot {what}", f"add {' and '.join(missing)}")

    def resolve(self, result: ClaimResult, answer: str, at: Moment, *, force: bool = False) -> Self:
        """Settled, with the answer the claimant got; `force` leaves steps of the plan open."""
        self.must_be_open()
        if self.status is not ClaimStatus.PROCESSING:
            raise WrongState(f"{self.id} is only registered", f"first: crm claim start {self.id}")
        if not answer.strip():
            raise BadValue("a claim is resolved with an answer", '--answer "replaced on 2026-11-20"')
        if self.open_steps and not force:
            first = self.open_steps[0].number
            named = ", ".join(self.step_title(step) for step in self.open_steps)
            raise Refused(
                f"{self.id} has open steps in its plan: {named}",
                f"crm claim plan done {self.id} {first}, or resolve it as it is: --force",
                open_steps=[str(step.number) for step in self.open_steps],
            )
        return self.change(status=ClaimStatus(result.value), closed_at=at, answer=answer)

    def withdraw(self, at: Moment) -> Self:
        """Taken back by the claimant."""
        self.must_be_open()
        return self.change(status=ClaimStatus.WITHDRAWN, closed_at=at)

    def reopen(self, at: Moment) -> Self:
        """In processing again; how it was closed stays in the log. One never started must be ready for it."""
        if self.is_open or self.is_deleted:
            way = self.CLOSED["deleted"].format(id=self.id) if self.is_deleted else f"see crm claim show {self.id}"
            raise WrongState(f"{self.id} is {self.status}, not closed", way)
        if self.started_at is None:
            self._must_be_ready("be taken up yet")
        return self.change(
            status=ClaimStatus.PROCESSING,
            started_at=self.started_at or at,
            closed_at=None,
            answer=None,
            satisfaction=None,
            reopen_count=self.reopen_count + 1,
        )

    def handling_days(self, zone: ZoneInfo, holidays: Container[str]) -> int | None:
        """Working days it took: those after the day it was registered, up to the day it was closed; None while open.

        Counted as the date due is: one closed in time took no more than its priority allows.
        """
        if not (self.closed_at and self.registered_at):
            return None
        return working_days_between(day_of(self.registered_at, zone), day_of(self.closed_at, zone), holidays)

    # --- its files ------------------------------------------------------------------------------------

    @property
    def files(self) -> list[Attachment]:
        """What is attached to it, in the order in which it came."""
        return sorted(self.attachments.values(), key=lambda one: one.number)

    def find_attachment(self, text: str) -> Attachment:
        """By number or name; raises NotFound, Ambiguous."""
        names = {str(one.number): one.name for one in self.files}
        return self.attachments[pick(self.id, "attachment", names, text)]

    def attach(self, attachment: Attachment) -> Self:
        """With one more file, under the next number."""
        self.must_be_open()
        number = max((one.number for one in self.files), default=0) + 1
        return self.change(attachments={**self.attachments, str(number): replace(attachment, number=number)})
