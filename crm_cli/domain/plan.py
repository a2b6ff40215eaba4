"""A plan: the steps by which the causes of a claim are looked into, each with a day and somebody who does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self

from msgspec import Struct, field
from msgspec.structs import replace

from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, WrongState
from crm_cli.domain.held import Held
from crm_cli.domain.moment import Clock, Moment, end_of, is_day, read_duration
from crm_cli.domain.record import Ref, Words
from crm_cli.domain.rep import Rep


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is a fact about one step; how it is called, and what came of it, is text beside it."""

    number: int
    due: Moment | None = None
    takes: str | None = None  # a length of time such as 2h
    done_at: Moment | None = None
    canceled_at: Moment | None = None

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.canceled_at is None

    @property
    def status(self) -> str:
        """open, done or canceled."""
        return "done" if self.done_at else "canceled" if self.canceled_at else "open"

    def is_overdue(self, clock: Clock) -> bool:
        """Open and late; what is due on a day is late when the day is over."""
        if not (self.is_open and self.due):
            return False
        over = end_of(date.fromisoformat(self.due), clock.zone) if is_day(self.due) else self.due
        return over <= clock.now_text


Plan = dict[str, Step]  # by number
Reps = dict[str, Ref]  # who does it, by the number of the step


class Planned(Held, frozen=True, kw_only=True):
    """A record with a plan."""

    plan: Plan = field(default_factory=dict)
    plan_names: Words = field(default_factory=dict)
    plan_results: Words = field(default_factory=dict)
    reps: Reps = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """All steps of its plan, in the order in which they were added."""
        return sorted(self.plan.values(), key=lambda step: step.number)

    @property
    def open_steps(self) -> list[Step]:
        return [step for step in self.steps if step.is_open]

    def step_title(self, step: Step) -> str:
        """1 Inspect."""
        return f"{step.number} {self.plan_names.get(str(step.number), '')}".rstrip()

    def find_step(self, text: str) -> Step:
        """By number or name; raises NotFound, Ambiguous."""
        names = {str(step.number): self.plan_names.get(str(step.number), "") for step in self.steps}
        return self.plan[pick(self.id, "step", names, text)]

    def add_step(self, name: str, due: Moment | None, rep: Rep | None = None, takes: str | None = None) -> Self:
        """With one more step, the last; `takes` is a length of time such as 2h."""
        self.must_be_open()
        if not name.strip():
            raise BadValue("a step needs a name", f'crm claim plan add {self.id} "Inspect the unit" --due fri')
        if takes is not None:
            read_duration(takes)
        if rep is not None:
            rep.must_be_active()
        number = max((step.number for step in self.steps), default=0) + 1
        return self._with_step(Step(number=number, due=due, takes=takes)).change(
            plan_names={**self.plan_names, str(number): name.strip()},
            reps={**self.reps, str(number): rep.id} if rep else self.reps,
        )

    def step_done(self, step: Step, at: Moment, result: str | None = None) -> Self:
        """With a step that was carried out."""
        self._must_be_to_do(step)
        told = {str(step.number): result.strip()} if result and result.strip() else {}
        return self._with_step(replace(step, done_at=at)).change(plan_results={**self.plan_results, **told})

    def cancel_step(self, step: Step, at: Moment) -> Self:
        """With a step that is not needed after all."""
        self._must_be_to_do(step)
        return self._with_step(replace(step, canceled_at=at))

    def _must_be_to_do(self, step: Step) -> None:
        self.must_be_open()
        if not step.is_open:
            raise WrongState(f"step {self.step_title(step)} is {step.status}", f"see crm claim show {self.id}")

    def _with_step(self, step: Step) -> Self:
        return self.change(plan={**self.plan, str(step.number): step})


def pick(owner: str, what: str, names: Mapping[str, str], text: str) -> str:
    """The number of what a person means, by number or name; raises NotFound, Ambiguous.

    `names` are those of what `owner` has, by number; `what` is a word such as step.
    """
    wanted = text.strip().casefold()
    if wanted in names:
        return wanted
    found = [number for number, name in names.items() if name.casefold() == wanted]
    if not found:
        known = ", ".join(f"{number} {name}" for number, name in names.items()) or "none yet"
        raise NotFound(f"{owner} has no {what} {text!r}", f"it has: {known}")
    if len(found) > 1:
        raise Ambiguous(f"{owner} has several {what}s called {text!r}", f"say which: {', '.join(found)}")
    return found[0]
