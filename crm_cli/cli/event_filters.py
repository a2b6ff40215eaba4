"""The short-cuts of a list of events as filters, and what is late."""

from __future__ import annotations

from collections.abc import Callable

from crm_cli.cli.context import Desk
from crm_cli.cli.figures import Figures, More
from crm_cli.cli.listing import quoted
from crm_cli.cli.view import Row
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.event import Event
from crm_cli.domain.participant import kind_of_participant
from crm_cli.usecases.event import known_as

# An event is overdue when it is over (requirements, 4.2), and belongs to every day that it touches.
_DUE = {
    "overdue": "end<now or (end=none and start<now)",
    "today": "start=today or (start<today and end>=today)",
    "week": "(start>=today and start<=eow) or (start<today and end>=today)",
}


def filters_of(
    desk: Desk, *, participant: str | None, thread: str | None, since: str | None, until: str | None, due: str | None
) -> list[str]:
    """What these options ask for; raises BadValue, NotFound."""
    found = [*_due(due)]
    found += [f"start{sign}{quoted(text)}" for sign, text in ((">=", since), ("<=", until)) if text]
    if participant or thread:
        with desk.read() as crm:
            found += [_taking_part(crm, participant)] if participant else []
            found += [_chain(crm, thread)] if thread else []
    return found


def _due(text: str | None) -> list[str]:
    if text is None:
        return []
    parts = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in parts or [text]:
        if part not in _DUE:
            raise BadValue.not_one_of("--due", part, _DUE)
    return ["status=planned and (" + " or ".join(f"({_DUE[part]})" for part in parts) + ")"]


def _chain(crm: Crm, text: str) -> str:
    first = crm.events.find(text).theme
    return f"thread={first} or id={first}"


def _taking_part(crm: Crm, text: str) -> str:
    """Those known by this id, e-mail or name, and those of whom only this was written down."""
    ids = known_as(crm, text)
    known = [f"participants={','.join(ids)}"] if ids else []
    written = [] if kind_of_participant(text) else [f"participant_names~{quoted(text.strip())}"]
    return " or ".join([*known, *written])


def late(event: Event, crm: Crm) -> More:
    """Whether it is overdue, for a card."""
    return More(row={"overdue": event.is_overdue(crm.clock)})


def _late(crm: Crm) -> Callable[[str], Row]:
    """The same for a list: only what is planned and has begun, in any zone, need be looked at."""
    begun = crm.events.all(crm.events.where("status=planned and start<=tomorrow"))
    overdue = {event.id for event in begun if event.is_overdue(crm.clock)}
    return lambda ref: {"overdue": ref in overdue}


LATE = Figures(("overdue",), _late)
