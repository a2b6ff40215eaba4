"""Over all nouns: what stands where, one record by its id, and every record that holds a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.campaign_standing import at_activities
from crm_cli.cli.context import Desk
from crm_cli.cli.entries import show_entries
from crm_cli.cli.listing import fitting, holding
from crm_cli.cli.main import function_of
from crm_cli.cli.names import NOUNS as NAMES
from crm_cli.cli.params import option, shows
from crm_cli.cli.view import Row, public
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, NotFound
from crm_cli.domain.history import Entry
from crm_cli.domain.ids import looks_like_activity, looks_like_id
from crm_cli.domain.moment import spoken
from crm_cli.domain.record import Record
from crm_cli.usecases.campaign_standing import standing
from crm_cli.usecases.status import Status, status_of

NOUNS = ("lead", "account", "contact", "deal", "event", "claim", "campaign", "rep")
FOUND = ("type", "id", "title", "match")
_AROUND = 30  # letters shown on either side of what was found


@shows
def show_(
    desk: Desk,
    id: Annotated[str, typer.Argument(help="L12, A7, CL2, C3.2 ..., O311 or @last.", show_default=False)],
) -> None:
    """Show any record or operation by its id; @last is the record that you made last.

    \b
    Examples:
      crm show L12
      crm show @last --json
    """
    with desk.read() as crm:
        if step := looks_like_activity(id):
            return _show_activity(desk, crm, *step)
        kind, ref = _meant(crm, id)
        if kind == "operation":
            return show_entries(desk, crm, _operation(crm, id))
        if kind not in NOUNS:
            return show.card(desk, public(crm.by_id(ref), crm))
    desk.cmd = f"{kind}.show"
    return function_of((NAMES[kind].words or {})["show"])(desk, ref)


def _meant(crm: Crm, id: str) -> tuple[str, str]:
    if id == "@last":
        made = crm.last_made()
        return made.KIND, made.id
    found = looks_like_id(id)
    if found is None:
        raise BadValue(f"{id!r} is not an id", "ids look like L12, A7, CL2 or O311; by name: crm lead show 'Jane Doe'")
    return found[0], id


def _show_activity(desk: Desk, crm: Crm, campaign: str, id: str) -> None:
    """The card of one activity: its line of the list of activities."""
    home = crm.campaigns.get(campaign)
    row = next((one for one in at_activities(home, crm, standing(crm, home).at) if one["id"] == id), None)
    if row is None:
        raise NotFound(f"there is no activity {id}", f"look with: crm campaign activity list {campaign}")
    show.card(desk, row)


def _operation(crm: Crm, id: str) -> list[Entry]:
    entries = crm.snapshot.operation((looks_like_id(id) or ("", 0))[1])
    if not entries:
        raise NotFound(f"there is no operation {id}", "look with: crm history")
    return entries


def search(
    desk: Desk,
    text: Annotated[str, typer.Argument(help="What to look for, case apart.", show_default=False)],
    kind: Annotated[str | None, option("--kind", "Only these: lead,account,event ...", "KINDS")] = None,
    all: Annotated[bool, typer.Option("--all", help="Deleted and canceled ones too.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most N.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 9 if there is none.")] = False,
) -> None:
    """Find every record that holds a text: in its names, notes, e-mails, tags or own fields.

    \b
    Examples:
      crm search acme
      crm search "wants a demo" --kind lead,event --json
    """
    if not text.strip():
        raise BadValue("nothing to look for", "crm search acme")
    nouns = _nouns(kind)
    with desk.read() as crm:
        found = list(_rows(crm, nouns, text.strip(), all=all, limit=limit))
    show.rows(desk, found, FOUND, FOUND, empty=f"Nothing holds {text!r}.")
    if exit_code and not found:
        raise show.Empty(f"nothing holds {text!r}", "leave out --exit-code to take that as success")


def _nouns(text: str | None) -> list[str]:
    wanted = [one.strip().lower() for one in (text or "").split(",") if one.strip()] or list(NOUNS)
    for noun in wanted:
        if noun not in NOUNS:
            raise BadValue.not_one_of("kind", noun, NOUNS)
    return wanted


def _rows(crm: Crm, nouns: list[str], text: str, *, all: bool, limit: int | None) -> Iterator[Row]:
    left = limit
    for noun in nouns:
        for record, field, held in holding(fitting(crm.shelf(noun), (), all=all), text):
            if left == 0:
                return
            left = left - 1 if left is not None else None
            yield {"type": noun, "id": record.id, "title": _title(record), "match": f"{field}: {_near(held, text)}"}


def _title(record: Record) -> str:
    """Jane Doe (Acme)."""
    company = getattr(record, "company", None)
    return f"{record.title} ({company})" if company else record.title


def _near(held: str, text: str) -> str:
    """What stands around the first place where the text was found."""
    place = held.casefold().find(text.casefold())
    first, behind = max(0, place - _AROUND), place + len(text) + _AROUND
    return ("…" if first else "") + held[first:behind].replace("\n", " ") + ("…" if behind < len(held) else "")


def status(desk: Desk) -> None:
    """Show what stands where: leads to be taken up, what is due, open claims, the last change.

    \b
    Examples:
      crm status
      crm status --json
    """
    with desk.read() as crm:
        found = status_of(crm)
        latest = crm.snapshot.history("operation", crm.snapshot.next_number("operation") - 1)
        row: Row = {
            "leads": {"new": found.new, "unassigned": found.unassigned, "overdue": found.leads_overdue},
            "events": {"today": found.today, "overdue": found.events_overdue},
            "claims": {"open": found.claims_open, "overdue": found.claims_overdue},
            "deals": {"in_progress": found.deals},
            "campaigns": {"active": found.campaigns},
            "last_operation": {"op": latest[0].op, "cmd": latest[0].cmd, "by": latest[0].by, "at": latest[0].recorded}
            if latest
            else None,
            "store": {"path": str(desk.place[0]), "log_lines": crm.snapshot.seq, "waiting": crm.snapshot.waiting},
        }
        show.text(desk, row, "\n".join(_lines(crm, found, row)))


def _lines(crm: Crm, found: Status, row: Row) -> Iterator[str]:
    yield f"leads      {found.new} new, {found.unassigned} unassigned, {found.leads_overdue} overdue"
    yield f"events     {found.today} today, {found.events_overdue} overdue"
    yield f"claims     {found.claims_open} open, {found.claims_overdue} overdue"
    yield f"deals      {found.deals} in progress"
    yield f"campaigns  {found.campaigns} active"
    if last := row["last_operation"]:
        yield f"last       {last['op']} {last['cmd']} by {last['by']}, {spoken(last['at'], crm.said)}"
    waiting = f"; {row['store']['waiting']} of them not in crm.json yet: crm flush" if row["store"]["waiting"] else ""
    yield f"store      {row['store']['path']}, {row['store']['log_lines']} log lines{waiting}"
