"""What is done with customers, for a program: events, deals, claims."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.claim import Claim, ClaimResult, Priority
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead
from crm_cli.domain.rep import Rep
from crm_cli.script.block import When
from crm_cli.script.records import Records, Several, ref_of, several
from crm_cli.usecases import claim as claims
from crm_cli.usecases import deal_stage as sale
from crm_cli.usecases import event as events
from crm_cli.usecases.deal_fields import begun
from crm_cli.usecases.deal_fields import particulars as of_deal
from crm_cli.usecases.event_fields import particulars as of_event
from crm_cli.usecases.reading import choice, currency, given, number
from crm_cli.usecases.reason import reason_of, why_note

Custom = Mapping[str, str | None] | None


class EventFields(TypedDict, total=False):
    """What is said about an event, as the options of `crm event add` say it; None is left out.

    What it is about (lead, account, contact, deal or claim) is what people type, or a record.
    """

    lead: Lead | str | None
    account: Account | str | None
    contact: Contact | str | None
    deal: Deal | str | None
    claim: Claim | str | None
    kind: str | None
    direction: str | None
    end: str | None
    participant: Several | None
    place: str | None
    priority: str | None
    content: str | None
    purpose: str | None
    material: Several | None
    remind: Several | None


class Events(Records[Event]):
    """Calls, meetings, mails and messages."""

    OF = Event

    def add(
        self,
        name: str,
        at: When,
        *,
        rep: Rep | str | None = None,
        tags: Several = (),
        custom: Custom = None,
        **fields: Unpack[EventFields],
    ) -> Event:
        """Plan an event; raises BadValue, NotFound, and WrongState for a lead that is closed."""
        with self._doing("add") as crm:
            event = self._begun(crm, name, fields, rep, self._block.moment(at))
            if event.rep and rep is not None:
                crm.reps.get(event.rep).must_be_active()
            return self._added(crm, event, tags, custom)

    def log(
        self,
        name: str,
        *,
        rep: Rep | str | None = None,
        result: str | None = None,
        satisfaction: int | None = None,
        follows: Event | str | None = None,
        tags: Several = (),
        custom: Custom = None,
        **fields: Unpack[EventFields],
    ) -> Event:
        """Record an event that took place now, or when the desk is (`on`); a new lead that we reached is contacted.

        Raises BadValue, NotFound, WrongState.
        """
        with self._doing("log") as crm:
            before = self._fresh(crm, follows) if follows is not None else None
            event = self._begun(crm, name, fields, rep, crm.on or crm.at, before)
            event = event.set_custom(custom or {}).tag(several(tags))
            return self._block.kept(crm, events.finished(crm, event, result, satisfaction))

    def done(self, ref: Event | str, *, result: str | None = None, satisfaction: int | None = None) -> Event:
        """Mark as done; a new lead that we reached is contacted. Raises WrongState, BadValue, Refused."""
        with self._doing("done") as crm:
            event = self._fresh(crm, ref)
            event = self._saved(crm, event.done(events.ended_at(crm, event), result, satisfaction))
            events.reached(crm, event)
            return event

    def cancel(self, ref: Event | str, *, reason: str | None = None) -> Event:
        """Cancel what is planned; raises WrongState, and Refused for a date before it was entered."""
        with self._doing("cancel") as crm:
            event = self._fresh(crm, ref)
            return self._saved(crm, event.cancel(events.ended_at(crm, event), reason))

    def _begun(
        self, crm: Crm, name: str, fields: EventFields, rep: Rep | str | None, start: str, after: Event | None = None
    ) -> Event:
        said: dict[str, Any] = {**fields}
        about = {kind: ref_of(said.pop(kind, None)) for kind in ("lead", "account", "contact", "deal", "claim")}
        rows: dict[str, Any] = {key: several(said.pop(key, None)) for key in ("participant", "material", "remind")}
        return events.begun(crm, about, ref_of(rep), after, start=start, **of_event(crm, subject=name, **rows, **said))


class Deals(Records[Deal]):
    """Sales in the making, won and lost."""

    OF = Deal

    def add(
        self,
        name: str,
        *,
        account: Account | str,
        contact: Contact | str | None = None,
        amount: str | int | Decimal | None = None,
        currency: str | None = None,
        expected: str | None = None,
        rep: Rep | str | None = None,
        kind: str | None = None,
        external_id: str | None = None,
        tags: Several = (),
        custom: Custom = None,
    ) -> Deal:
        """Add a deal, at the first stage of its kind; raises BadValue, NotFound."""
        with self._doing("add") as crm:
            refs = ref_of(account), ref_of(contact)
            fields = of_deal(crm, *refs, amount, expected, ref_of(rep), external_id)
            return self._added(crm, begun(crm, name, _money(currency, crm), kind, **fields), tags, custom)

    def advance(self, ref: Deal | str) -> Deal:
        """At its next stage; a shut gate is a warning, or refused if the house wants it so. Raises Refused."""
        with self._doing("advance") as crm:
            return self._saved(crm, sale.advanced(crm, self._fresh(crm, ref)))

    def win(self, ref: Deal | str, amount: str | int | Decimal | None = None, *, zero: bool = False) -> Deal:
        """Sold, and its account a customer; for nothing only with `zero`. Raises WrongState, Refused, BadValue."""
        with self._doing("win") as crm:
            return self._saved(crm, sale.won(crm, self._fresh(crm, ref), number(amount, "amount"), zero=zero))

    def lose(self, ref: Deal | str, reason: str, *, note: str | None = None, competitor: str | None = None) -> Deal:
        """Lost, for one of the house's reasons; raises BadValue, WrongState."""
        with self._doing("lose") as crm:
            why = reason_of(crm, "deal.reasons", reason, note)
            lost = self._fresh(crm, ref).lose(crm.at, why, *sale.competitor(crm, competitor))
            return self._saved(crm, why_note(crm, lost, note), why)


class Claims(Records[Claim]):
    """Complaints, and the way they are settled."""

    OF = Claim

    def add(
        self,
        name: str,
        *,
        account: Account | str | None = None,
        contact: Contact | str | None = None,
        text: str | None = None,
        priority: str = "normal",
        division: str | None = None,
        employee: str | None = None,
        causes: Several = (),
        rep: Rep | str | None = None,
        tags: Several = (),
        custom: Custom = None,
    ) -> Claim:
        """Register a claim, due in as many working days as its priority says; raises BadValue, NotFound, Refused."""
        with self._doing("add") as crm:
            judged = choice(Priority, priority, "priority")
            registered = crm.on or crm.at
            fields: dict[str, Any] = dict(claims.claimant(crm, ref_of(account), ref_of(contact)))
            fields |= given(text=text, division=division, employee=employee, due=claims.due(crm, judged, registered))
            new = Claim(
                id=crm.claims.new_id(), name=name.strip(), priority=judged, registered_at=registered, **fields
            ).checked()
            new = new.assign(crm.reps.find(str(ref_of(rep)))) if rep is not None else new
            return self._added(crm, new.with_causes(claims.causes(crm, several(causes))), tags, custom)

    def start(self, ref: Claim | str) -> Claim:
        """Taken in hand; raises WrongState, and Refused while something about it is not known."""
        with self._doing("start") as crm:
            return self._saved(crm, self._fresh(crm, ref).start(crm.at))

    def resolve(self, ref: Claim | str, result: str, answer: str, *, force: bool = False) -> Claim:
        """Settled, satisfied or not_satisfied, with the answer given; raises BadValue, WrongState, Refused."""
        with self._doing("resolve") as crm:
            outcome = choice(ClaimResult, result, "result")
            return self._saved(crm, self._fresh(crm, ref).resolve(outcome, answer, crm.at, force=force).checked())


_money = currency
