"""Reminders for cron: silent when nothing is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from msgspec import Struct

from crm_cli.cli import show
from crm_cli.cli.chosen import Partial
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import short_cut
from crm_cli.cli.notifier import Ended, run
from crm_cli.cli.output import complain, emit, one_line, tell, to_json, visible
from crm_cli.cli.params import RepOption, option
from crm_cli.cli.view import Row, for_people, local, names_of, public
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Busy, Exit
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import read_duration
from crm_cli.domain.reminder import Mark, Reminder, mark_of
from crm_cli.store.announced import Announced, announcing
from crm_cli.usecases.remind import REMINDED, awaited, due, untold

COLUMNS = ("due", "id", "kind", "name", "lead", "account_name", "overdue")
ADDED = ("overdue", "late_minutes", "record", "due")


class Asked(Struct, frozen=True, kw_only=True):
    """What is to be looked for, and what is to be done with it."""

    within: timedelta
    kinds: Sequence[str]
    rep: str | None
    once: bool
    repeat: timedelta | None
    command: str | None


class Item(Struct, frozen=True):
    """A reminder as it is told: to scripts, in tables, on a line; and that it was told."""

    row: Row
    seen: Row
    line: str
    mark: Mark


def check(
    desk: Desk,
    within: Annotated[str | None, option("--within", "Also what is due so soon: 15m, 2h, 1d.", "DURATION")] = None,
    kind: Annotated[str | None, option("--kind", "Only these: event, claim, lead.", "KINDS")] = None,
    rep: RepOption = None,
    once: Annotated[bool, typer.Option("--once", help="Only what nobody was told of yet; take note of it.")] = False,
    repeat: Annotated[
        str | None, option("--repeat", "With --once: what is overdue is told again after 1d, 8h ...", "DURATION")
    ] = None,
    command: Annotated[
        str | None, option("--exec", "Run this for each, with it as JSON on stdin, and take note.", "CMD")
    ] = None,
    skip_busy: Annotated[bool, typer.Option("--skip-busy", help="Exit 0 while another check is at work.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 10 if anything is due.")] = False,
) -> None:
    """Tell what is due or overdue; silent when nothing is, with exit code 0.

    An event is due when the first of its own reminders has come; one without reminders at its start. An open claim
    and an open lead that nobody has answered are told when their last day is over. With --once each is told once;
    again when it is put off, and for each of its own reminders. With --exec what fails, or takes more than 10
    seconds, is told again the next time. Only these two take note; else nothing is written.

    \b
    Examples:
      crm remind check
      crm remind check --within 15m --rep sam --exit-code
      crm remind check --once --repeat 1d --kind claim,lead
      crm remind check --once --exec "cat >> due.jsonl"
    """
    asked = Asked(
        within=read_duration(within) if within else timedelta(),
        kinds=_kinds(kind),
        rep=rep,
        once=once,
        repeat=read_duration(repeat) if repeat else None,
        command=command,
    )
    _must_make_sense(desk, asked)
    try:
        told = _announce(desk, asked) if once or command else _look(desk, asked)
    except Busy:
        if not skip_busy:
            raise
        return
    if exit_code and told:
        raise typer.Exit(int(Exit.DUE))


def _kinds(text: str | None) -> list[str]:
    wanted = [one.strip().lower() for one in (text or "").split(",") if one.strip()] or list(REMINDED)
    for one in wanted:
        if one not in REMINDED:
            raise BadValue.not_one_of("kind", one, REMINDED)
    return wanted


def _must_make_sense(desk: Desk, asked: Asked) -> None:
    if asked.repeat is not None and (not asked.once or not asked.repeat):
        raise BadValue("--repeat says after how long --once tells again", "crm remind check --once --repeat 1d")
    if asked.command is not None and not asked.command.strip():
        raise BadValue("--exec has no command", "give one: --exec 'mail -s crm sam'")
    if asked.command and desk.options.output and desk.format in show.HUMAN:
        raise BadValue("with --exec there is nothing to write to a file", "say --format json for what was told")


# --- finding -----------------------------------------------------------------------------------------


def _look(desk: Desk, asked: Asked) -> list[Item]:
    with desk.read() as crm:
        items = _items(crm, asked, {})
    _tell(desk, items)
    return items


def _items(crm: Crm, asked: Asked, marks: Mapping[str, Mark]) -> list[Item]:
    wanted = {kind: [crm.shelf(kind).where(text) for text in short_cut("rep", asked.rep)] for kind in asked.kinds}
    found = due(crm, asked.within, {kind: where[0] if where else None for kind, where in wanted.items()})
    if asked.once:
        found = untold(crm, found, marks, asked.repeat)
    return [_item(one, crm) for one in found]


def _item(reminder: Reminder, crm: Crm) -> Item:
    """Claims and leads have the keys of an event; those that they do not know are null."""
    own = public(reminder.record, crm)
    late = int(reminder.late.total_seconds() // 60)
    added: Row = {"overdue": reminder.overdue, "late_minutes": late}
    added |= {"record": reminder.record.KIND, "due": reminder.planned}
    row = {**{name: own.get(name) for name in names_of("event")}, **added}
    seen = {**for_people(row, "event", crm), "due": local(reminder.planned, crm)}
    return Item(row, seen, _line(reminder, crm), mark_of(reminder, crm.clock.now_text))


def _line(reminder: Reminder, crm: Crm) -> str:
    """overdue 2d  E5  L9 Jane Doe  Call Bob"""
    late, record = reminder.late, reminder.record
    state = f"overdue {_long(late)}" if reminder.overdue else f"in {_long(-late)}" if late < timedelta() else "now"
    if isinstance(record, Lead):
        company = f" ({record.company})" if record.company else ""
        return f"{state}  {record.id}  {record.name}{company}  {record.rating or 'a'} lead, not answered yet"
    about = record.about[0] if isinstance(record, Event) else str(record.account)
    return f"{state}  {record.id}  {about} {crm.name_of(about) or ''}  {record.name}"


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // 1440}d"


# --- telling -----------------------------------------------------------------------------------------


def _tell(desk: Desk, items: Sequence[Item]) -> bool:
    """Show them; False if --quiet keeps them from people."""
    if desk.format not in ("table", "plain"):
        rows = [item.seen if desk.format in show.HUMAN else item.row for item in items]
        show.rows(desk, rows, COLUMNS, [*names_of("event"), *ADDED])
    elif desk.options.quiet:
        return False
    elif items:
        emit((one_line(item.line) + "\n" for item in items), desk.options.output)
    return True


def _announce(desk: Desk, asked: Asked) -> list[Item]:
    """Tell, and only then take note: whoever is killed in between tells again, nobody is told never."""
    if not desk.existing_store().exists():
        return _look(desk, asked)
    with announcing(desk.store) as announced:
        with desk.read() as crm:
            items = _items(crm, asked, announced.marks)
            announced.keep(awaited(crm, announced.marks))
        if asked.command:
            _hand_over(desk, asked.command, items, announced)
        elif _tell(desk, items):
            announced.mark([item.mark for item in items])
    return items


def _hand_over(desk: Desk, command: str, items: Sequence[Item], announced: Announced) -> None:
    """The command for each of them; raises Partial, after all the others, for those it failed on."""
    done, failed = [], list[dict[str, Any]]()
    for item in items:
        ended = run(command, to_json(item.row) + "\n", desk.place[0].resolve())
        if ended.complaint is None:
            announced.mark([item.mark])
            done.append(item)
        else:
            failed.append({"ref": item.mark.id, "message": f"{item.mark.id}: {ended.complaint}"})
        _pass_on(desk, ended)
        if ended.complaint and desk.format not in ("json", "jsonl"):
            complain(failed[-1]["message"])
    if desk.format not in show.HUMAN:
        _tell(desk, done)
    if failed:
        what = f"{len(failed)} of {len(items)} could not be told"
        raise Partial(what, "they are told again with the next: crm remind check", failed=failed)


def _pass_on(desk: Desk, ended: Ended) -> None:
    """What the command printed; where our own result is for a program, all of it on stderr."""
    ours = desk.format in show.HUMAN
    if ended.out and ours and not desk.options.quiet:
        emit([visible(ended.out.rstrip("\n")), "\n"])
    for text in (ended.out if not ours else "", ended.err):
        if text:
            tell(text.rstrip("\n"))
