"""What may be done to events, reps and campaigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from crm_cli.crm import Crm
from crm_cli.domain.event import Direction, Event
from crm_cli.domain.moment import Clock, to_datetime
from crm_cli.usecases.event import begun, reached
from crm_cli.usecases.event import reopened as planned_again
from tests.store.machine import SOME, WHEN, Real, Told, When
from tests.store.machine_leads import LeadDesk
from tests.store.model import ZONE

STARTS = ("2026-12-01", "2026-12-01T09:00:00Z", "2026-12-24T13:00:00Z", "2026-10-23T09:00:00Z")


class WholeDesk(LeadDesk):
    """A desk at which all of it may be done."""

    # --- events, reps and campaigns --------------------------------------------------------------------

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME, start=st.sampled_from((*STARTS, "")), ours=st.booleans())
    def add_event(self, when: When, which: int, start: str, ours: bool) -> None:
        """Planned, or without a start one that took place."""
        id, way = self.some("lead", which), Direction.OUTGOING if ours else Direction.INCOMING

        def act(crm: Crm) -> None:
            event = begun(crm, {"lead": id}, None, None, name="Call", start=start or crm.on or crm.at, direction=way)
            if start:
                return crm.save(event)
            crm.save(event.done(crm.at, None))
            return reached(crm, event)

        told: Told = lambda b: b.plan(id, "Call", start, ours=ours) if start else b.log(id, "Call", ours=ours)  # noqa: E731
        self.do(when, "event.add", act, told)

    @precondition(lambda self: self.has("event"))
    @rule(when=WHEN, which=SOME, verb=st.sampled_from(["done", "done", "cancel", "reopen", *STARTS[:3]]))
    def go_on(self, when: When, which: int, verb: str) -> None:
        id = self.some("event", which)

        def done(crm: Crm) -> None:
            event = crm.events.get(id).done(crm.at, None)
            crm.save(event)
            reached(crm, event)

        def moved(crm: Crm) -> Event:
            return crm.events.get(id).postpone(verb, Clock(to_datetime(crm.at, ZONE), ZONE))

        acts: dict[str, tuple[Real, Told]] = {
            "done": (done, lambda b: b.done(id)),
            "cancel": (lambda crm: crm.save(crm.events.get(id).cancel(crm.at, None)), lambda b: b.cancel(id)),
            "reopen": (lambda crm: crm.save(planned_again(crm, crm.events.get(id))), lambda b: b.plan_again(id)),
        }
        act, told = acts.get(verb) or (lambda crm: crm.save(moved(crm)), lambda b: b.postpone(id, verb))
        self.do(when, f"event.{verb[:6]}", act, told)

    @precondition(lambda self: self.has("rep"))
    @rule(when=WHEN, which=SOME, on=st.booleans())
    def turn(self, when: When, which: int, on: bool) -> None:
        id, verb, status = self.some("rep", which), *(("activate", "active") if on else ("deactivate", "inactive"))
        self.to_one(when, f"rep.{verb}", id, lambda _, one: getattr(one, verb)(), lambda b: b.turn(id, verb, status))

    @precondition(lambda self: self.has("campaign"))
    @rule(when=WHEN, which=SOME, verb=st.sampled_from(["close", "reopen", "1", "2"]))
    def stir(self, when: When, which: int, verb: str) -> None:
        """A campaign is closed or reopened, or one of its activities retired."""
        id = self.some("campaign", which)
        acts: dict[str, tuple[Callable[[Crm, Any], Any], Told]] = {
            "close": (lambda crm, one: one.close(crm.day), lambda b: b.close(id)),
            "reopen": (lambda _, one: one.reopen(), lambda b: b.run_again(id)),
        }
        retire = (lambda _, one: one.retire_activity(one.find_activity(verb)), lambda b: b.retire(id, int(verb)))
        act, told = acts.get(verb, retire)
        self.to_one(when, "campaign.stir", id, act, told)
