"""What an event needs and does besides itself: an open lead, a chain it belongs to, people who take part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused, WrongState
from crm_cli.domain.event import Event
from crm_cli.domain.ids import looks_like_id, number_of
from crm_cli.domain.moment import Moment, is_day, spoken
from crm_cli.domain.participant import kind_of_participant, seated
from crm_cli.domain.record import Names, Refs
from crm_cli.shelf import Shelf

Seats = dict[str, Names | Refs]


def begun(crm: Crm, about: Mapping[str, str | None], rep: str | None, after: Event | None, **fields: Any) -> Event:
    """A new event about one record, each given as typed; without any, about what the event before it is about.

    The rep is that of the record unless one is given. Raises BadValue, NotFound; WrongState for a closed lead or claim.
    """
    refs = {kind: crm.shelf(kind).find(text).id for kind, text in about.items() if text is not None}
    if after is not None:
        refs = refs or _about(after)
        fields = {"parent": after.id, "thread": after.theme, **fields}
    event = Event(id=crm.events.new_id(), **refs, **fields).checked()
    must_be_open_for(crm, event)
    who = crm.reps.find(rep).id if rep else getattr(crm.by_id(event.about[0]), "rep", None)
    return event.change(rep=who)


def following(crm: Crm, event: Event, name: str, start: Moment, **fields: Any) -> Event:
    """What is planned after an event: about the same, in the same way, by the same rep and with the same people.

    Raises WrongState for a deleted event or a closed lead or claim, BadValue.
    """
    if event.is_deleted:
        event.must_be_open()
    inherited = {
        "kind": event.kind,
        "rep": event.rep,
        "participants": event.participants,
        "participant_names": event.participant_names,
    }
    after = Event(
        id=crm.events.new_id(),
        name=name.strip(),
        start=start,
        parent=event.id,
        thread=event.theme,
        **_about(event),  # type: ignore[arg-type]
        **{**inherited, **fields},
    ).checked()
    must_be_open_for(crm, after)
    return after


def _about(event: Event) -> dict[str, str]:
    """What an event is about; once the lead has become an account, that account alone."""
    kinds = ("account", "contact", "deal", "claim") if event.account else ("lead", "contact", "deal", "claim")
    return {kind: ref for kind in kinds if (ref := getattr(event, kind))}


def must_be_open_for(crm: Crm, event: Event) -> None:
    """Nothing is planned with a lead that has ended, unless it goes on at its account, or about a settled claim.

    A claim has events while it is registered or in processing (requirements, 4.5). Raises WrongState.
    """
    if event.lead and not event.account:
        lead = crm.leads.get(event.lead)
        if not lead.is_open:
            raise WrongState(f"{lead.id} {lead.name} is {lead.status}", lead.CLOSED[lead.status].format(id=lead.id))
    if event.claim:
        crm.claims.get(event.claim).must_be_open()


def reopened(crm: Crm, event: Event) -> Event:
    """Planned again; raises WrongState, also while its lead or claim is closed."""
    planned = event.reopen()
    must_be_open_for(crm, planned)
    return planned


def ended_at(crm: Crm, event: Event) -> Moment:
    """When a planned event is over by this command: what the log says too, never before the change that it follows.

    Raises Refused for a date at which the event had not been entered: that would be over before it was there.
    """
    if crm.then("event", number_of(event.id)) is None:
        raise Refused(
            f"{event.id} came on {spoken(event.created_at, crm.clock)}: it cannot be over before",
            "leave out --on; what took place before is recorded by: crm event log --at",
        )
    return max(crm.at, event.updated_at)


def finished(crm: Crm, event: Event, result: str | None, satisfaction: int | None) -> Event:
    """The event as it took place, saved, and so a lead that it reached; raises BadValue for one that is to last on."""
    if event.end and event.end > (crm.said.today.isoformat() if is_day(event.end) else crm.clock.now_text):
        raise BadValue(f"{spoken(event.end, crm.said)} is in the future", "what has happened has ended by now")
    done = event.done(crm.at, result, satisfaction)
    crm.save(done)
    reached(crm, done)
    return done


def reached(crm: Crm, event: Event) -> None:
    """The lead of a completed event that we began has been contacted (requirements, rule L2)."""
    if event.lead and event.is_ours:
        lead = crm.leads.get(event.lead)
        if lead.is_open:
            crm.save(lead.heard_of_us(crm.at))


def seats(crm: Crm, texts: Iterable[str] | None, event: Event | None = None) -> Seats:
    """The fields of an event that hold these participants, each as typed: the id of a contact or rep, or a name.

    Who takes part already keeps the row. Nothing for none given. Raises BadValue, NotFound.
    """
    people = [_person(crm, text) for text in texts or ()]
    if not people:
        return {}
    names, refs = seated(event.participant_names, event.participants, people) if event else seated({}, {}, people)
    return {"participant_names": names, "participants": refs}


def _person(crm: Crm, text: str) -> tuple[str, bool]:
    """A name, or an id and True."""
    name = text.strip()
    kind = kind_of_participant(name) or ("contact" if name.startswith("name:") else None)
    if kind:
        return str(crm.shelf(kind).find(name).id), True
    if not name or name.isdecimal() or looks_like_id(name):
        raise BadValue(f"{text!r} is no participant", "give a name, or the id of a contact or rep: P9, R2")
    return name, False


def known(crm: Crm, text: str) -> str:
    """The id of the one contact or rep that is meant by an id, e-mail, name or handle; raises NotFound, Ambiguous."""
    ids = known_as(crm, text)
    if not ids:
        raise NotFound(f"there is no contact or rep {text!r}", "look with: crm contact list, crm rep list")
    if len(ids) > 1:
        raise Ambiguous(f"several answer to {text!r}", f"say which: {', '.join(ids)}", candidates=ids)
    return ids[0]


def known_as(crm: Crm, text: str) -> list[str]:
    """The ids of all contacts and reps that are meant by an id, e-mail, name or handle; none is fine for a name.

    A bare number, and @last, is a contact. Raises NotFound for an id.
    """
    if text == "@last" or looks_like_id(text, "contact"):
        return [crm.resolve("participant", text)]
    return [*_answering(crm.contacts, text), *_answering(crm.reps, text)]


def _answering(shelf: Shelf[Any], text: str) -> list[str]:
    try:
        return [str(shelf.find(text).id)]
    except Ambiguous as several:
        return [str(id) for id in several.details["candidates"]]
    except NotFound:
        return []
