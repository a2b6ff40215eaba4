"""Reminders for cron: silent when nothing is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import short_cut
from crm_cli.cli.output import emit, one_line
from crm_cli.cli.params import RepOption, option
from crm_cli.cli.view import Row, for_people, names_of, public
from crm_cli.crm import Crm
from crm_cli.domain.condition import both
from crm_cli.domain.errors import Exit
from crm_cli.domain.moment import read_duration
from crm_cli.usecases.remind import Due, due_events

COLUMNS = ("start", "id", "kind", "name", "lead", "account_name", "overdue")
ADDED = ("overdue", "late_minutes")


def check(
    desk: Desk,
    within: Annotated[str | None, option("--within", "Also what is due so soon: 15m, 2h, 1d.", "DURATION")] = None,
    rep: RepOption = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 10 if anything is due.")] = False,
) -> None:
    """Tell what is due or overdue; silent when nothing is, with exit code 0.

    An event is due when the first of its own reminders has come; one without reminders at its start.

    \b
    Examples:
      crm remind check
      crm remind check --within 15m --rep sam --exit-code
    """
    ahead = read_duration(within) if within else timedelta()
    with desk.read() as crm:
        where = crm.events.where("status=planned")
        for text in short_cut("rep", rep):
            where = both(where, crm.events.where(text))
        due = due_events(crm, ahead, where)
        rows = [_row(one, crm) for one in due]
        lines = [_line(one, crm) for one in due]
        seen = [for_people(row, "event", crm) for row in rows]
    if desk.format not in ("table", "plain"):
        show.rows(desk, seen if desk.format in show.HUMAN else rows, COLUMNS, [*names_of("event"), *ADDED])
    elif lines and not desk.options.quiet:
        emit((one_line(line) + "\n" for line in lines), desk.options.output)
    if exit_code and due:
        raise typer.Exit(int(Exit.DUE))


def _row(due: Due, crm: Crm) -> Row:
    return {**public(due.event, crm), "overdue": due.overdue, "late_minutes": int(due.late.total_seconds() // 60)}


def _line(due: Due, crm: Crm) -> str:
    """overdue 2d  E5  L9 Jane Doe  Call Bob"""
    event = due.event
    about = event.about[0]
    state = (
        f"overdue {_long(due.late)}" if due.overdue else f"in {_long(-due.late)}" if due.late < timedelta() else "now"
    )
    return f"{state}  {event.id}  {about} {crm.name_of(about) or ''}  {event.name}"


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // 1440}d"
