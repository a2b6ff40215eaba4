"""A campaign: activities in order, in a window of days, through which leads are taken."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct, field
from msgspec.structs import replace

from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused, WrongState
from crm_cli.domain.ids import RESERVED, activity_id, looks_like_id
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Record, Ref, Text
from crm_cli.domain.rep import Rep


class CampaignStatus(StrEnum):
    """Whether it takes leads at all."""

    ACTIVE = "active"
    CLOSED = "closed"
    DELETED = "deleted"


class Activity(Struct, frozen=True, kw_only=True):
    """One step of a campaign; its number stays when it is renamed, moved or retired."""

    number: int
    name: str
    place: int
    retired: bool = False


Activities = dict[str, Activity]  # by number
Reps = dict[str, Ref]  # by the number of the activity they are responsible for


class Campaign(Record, frozen=True, kw_only=True):
    """Activities that should win customers between two days."""

    KIND = "campaign"
    CLOSED: ClassVar = {
        "closed": "run: crm campaign reopen {id}",
        "deleted": "run: crm campaign restore {id}",
    }
    INSTEAD = "crm campaign close {id}"

    name: Text = ""
    status: CampaignStatus = CampaignStatus.ACTIVE
    start: Moment | None = None
    end: Moment | None = None
    closed_at: Moment | None = None
    code: Code | None = None
    description: Text | None = None
    channel: Code | None = None
    budget: Decimal | None = None
    cost: Decimal | None = None
    currency: Code | None = None
    target_conversion: Decimal | None = None  # 0..1
    activities: Activities = field(default_factory=dict)
    reps: Reps = field(default_factory=dict)

    def checked(self) -> Self:
        """Raises BadValue for a campaign without a name, one that ends before it starts, or impossible figures."""
        if not self.name.strip():
            raise BadValue("a campaign needs a name", 'crm campaign add "Spring 27"')
        for called in (self.name, self.code or ""):
            if called.strip().casefold() in RESERVED:
                raise BadValue(
                    f"no campaign can be called {called!r}", f"{called} has a meaning of its own where one is named"
                )
        if self.start and self.end and self.start > self.end:
            raise BadValue(f"a campaign cannot end on {self.end} and start on {self.start}", "swap --start and --end")
        if looks_like_id(self.code or "", self.KIND):
            raise BadValue(f"the code {self.code!r} would be taken for an id", "choose a word: SPRING27")
        for what, money in (("budget", self.budget), ("cost", self.cost)):
            if money is not None and money < 0:
                raise BadValue(f"a {what} cannot be negative", f"give a plain number: --{what} 5000")
        if self.target_conversion is not None and not 0 <= self.target_conversion <= 1:
            raise BadValue("a target conversion lies between 0 and 100 %", "say how many of 100 leads: --target 25")
        return self

    def edit(self, **fields: object) -> Self:
        """With another name, other days or figures."""
        self.must_be_open()
        return self.change(**fields).checked()

    def close(self, day: Moment) -> Self:
        """Takes no more leads; those that are in it stay."""
        self.must_be_open()
        return self.change(status=CampaignStatus.CLOSED, closed_at=day)

    def reopen(self) -> Self:
        """Takes leads again, in its days."""
        if self.status is not CampaignStatus.CLOSED:
            raise WrongState(f"{self.id} is {self.status}, not closed", f"see crm campaign show {self.id}")
        return self.change(status=CampaignStatus.ACTIVE, closed_at=None)

    def delete(self) -> Self:
        """Taken for a mistake, running or closed."""
        return self._deleted()

    def must_take_leads_on(self, day: str) -> None:
        """Raises Refused when it is gone, closed, or the day lies outside its window (both ends belong to it)."""
        if self.is_deleted:
            self.must_be_open()
        if self.status is CampaignStatus.CLOSED and (self.closed_at is None or self.closed_at <= day):
            raise Refused(f"{self.id} {self.name} is closed", "choose a campaign that runs: crm campaign list")
        if (self.start and day < self.start) or (self.end and day > self.end):
            window = f"from {self.start or 'ever'} to {self.end or 'ever'}"
            wider = "--start" if self.start and day < self.start else "--end"
            raise Refused(
                f"{self.id} {self.name} runs {window}, not on {day}",
                f"change it: crm campaign edit {self.id} {wider} {day}",
            )

    def must_take_leads_at(self, activity: Activity) -> None:
        """Raises Refused when the activity is retired."""
        if activity.retired:
            raise Refused(f"{activity.name} of {self.id} is retired", f"see crm campaign show {self.id}")

    # --- activities ------------------------------------------------------------------------------

    def in_order(self, *, retired: bool = False) -> list[Activity]:
        """Its activities in their order; retired ones only if asked for."""
        some = (one for one in self.activities.values() if retired or not one.retired)
        return sorted(some, key=lambda one: (one.place, one.number))

    def activity_id(self, activity: Activity) -> str:
        return activity_id(self.id, activity.number)

    def first_activity(self) -> Activity | None:
        """Where a lead starts; None in a campaign without activities."""
        return next(iter(self.in_order()), None)

    def activity_after(self, current: str | None) -> Activity | None:
        """The next one that is not retired; None behind the last. From nowhere it is the first."""
        place = next((one.place for one in self.activities.values() if self.activity_id(one) == current), -1)
        return next((one for one in self.in_order() if one.place > place), None)

    def find_activity(self, text: str, *, retired: bool = False) -> Activity:
        """By id (C3.2), number or name, one that is not `retired` first, or one that is; raises NotFound, Ambiguous."""
        wanted = text.strip().casefold()
        for one in self.activities.values():
            if wanted in (self.activity_id(one).casefold(), str(one.number)):
                return one
        called = [one for one in self.activities.values() if one.name.casefold() == wanted]
        named = [one for one in called if one.retired is retired] or called
        if not named:
            known = ", ".join(one.name for one in self.in_order()) or "none yet"
            raise NotFound(f"{self.id} {self.name} has no activity {text!r}", f"its activities: {known}")
        if len(named) > 1:
            ids = ", ".join(self.activity_id(one) for one in named)
            raise Ambiguous(f"{self.id} has several activities called {text!r}", f"say which: {ids}")
        return named[0]

    def add_activity(self, name: str, before: Activity | None = None) -> tuple[Self, Activity]:
        """With one more activity, last or before another; also gives the new one."""
        self.must_be_open()
        self._must_be_new(name)
        number = max((one.number for one in self.activities.values()), default=0) + 1
        new = Activity(number=number, name=name.strip(), place=0)
        order = self.in_order(retired=True)
        order.insert(order.index(before) if before else len(order), new)
        placed = self._placed(order)
        return placed, placed.activities[str(number)]

    def rename_activity(self, activity: Activity, name: str) -> Self:
        """Under another name; its id stays."""
        self.must_be_open()
        self._must_be_new(name, activity)
        return self._with(replace(activity, name=name.strip()))

    def move_activity(self, activity: Activity, before: Activity | None) -> Self:
        """Standing before another one, or last."""
        self.must_be_open()
        order = [one for one in self.in_order(retired=True) if one.number != activity.number]
        if before is not None and before.number == activity.number:
            raise BadValue("an activity cannot stand before itself", "name another one")
        order.insert(order.index(before) if before else len(order), activity)
        return self._placed(order)

    def retire_activity(self, activity: Activity) -> Self:
        """Takes no more leads; those that are at it stay."""
        self.must_be_open()
        if activity.retired:
            raise Refused(f"{activity.name} is retired already", f"see crm campaign show {self.id}")
        return self._with(replace(activity, retired=True))

    def unretire_activity(self, activity: Activity) -> Self:
        """Takes leads again, where it stood."""
        self.must_be_open()
        if not activity.retired:
            raise WrongState(f"{activity.name} is not retired", f"see crm campaign show {self.id}")
        self._must_be_new(activity.name)
        return self._with(replace(activity, retired=False))

    def assign_activity(self, activity: Activity, rep: Rep | None) -> Self:
        """In the hands of a rep on duty, or of nobody in particular."""
        self.must_be_open()
        number = str(activity.number)
        if rep is None:
            return self.change(reps={key: id for key, id in self.reps.items() if key != number})
        rep.must_be_active()
        return self.change(reps={**self.reps, number: rep.id})

    def responsible(self, activity: Activity) -> str | None:
        """The id of the rep in whose hands the activity is; None if it is in nobody's."""
        return self.reps.get(str(activity.number))

    def _must_be_new(self, name: str, renamed: Activity | None = None) -> None:
        if not name.strip():
            raise BadValue("an activity needs a name", 'give it one, in quotes if it has blanks: "First call"')
        if any(one.name.casefold() == name.strip().casefold() for one in self.in_order() if one != renamed):
            known = ", ".join(one.name for one in self.in_order())
            raise Refused(f"{self.name} has an activity {name!r} already", f"choose another name; there are: {known}")

    def _with(self, activity: Activity) -> Self:
        return self.change(activities={**self.activities, str(activity.number): activity})

    def _placed(self, order: list[Activity]) -> Self:
        return self.change(
            activities={str(one.number): replace(one, place=place) for place, one in enumerate(order, start=1)}
        )
