"""Keeping a store: make, check, rebuild, flush, copy."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import stamp, system_zone
from crm_cli.cli.params import changes, keeps, option, tells
from crm_cli.domain.errors import BadValue, CheckFailed, Refused, Unreadable
from crm_cli.domain.setting import rule_of
from crm_cli.store.backup import backup as take_backup
from crm_cli.store.check import Verdict, rehearse_rebuild
from crm_cli.store.check import rebuild as make_again
from crm_cli.store.check import verify as look_over
from crm_cli.store.lacking import Lacking


@changes
def init(
    desk: Desk,
    timezone: Annotated[
        str | None, option("--timezone", "The zone days begin in; else this machine's.", "ZONE")
    ] = None,
    currency: Annotated[str | None, option("--currency", "The currency of the house.", "EUR")] = None,
    country: Annotated[str | None, option("--country", "The country of phone numbers without one.", "DE")] = None,
) -> None:
    """Make a store.

    \b
    Examples:
      crm init --timezone Europe/Berlin --currency EUR --country DE
      crm init --store ~/sales/crm
    """
    given = {"timezone": timezone or system_zone(), "currency": currency, "country": country}
    settings = {key: rule_of(key).read(text) for key, text in given.items() if text is not None}
    _must_be_new(desk, there=desk.store.exists())
    with desk.change() as crm:
        _must_be_new(desk, there=crm.snapshot.seq > 0)  # somebody else was quicker
        for key, value in settings.items():
            crm.set(key, value)
    show.changed(desk, crm, lambda _, now: f"{now.key} = {now.value}")
    if desk.format in ("table", "plain") and not desk.options.quiet:
        desk.warn(f"{'would make' if desk.options.dry_run else 'made'} a store in {desk.place[0]}")


def _must_be_new(desk: Desk, *, there: bool) -> None:
    """Raises Refused where there is a store already."""
    if there:
        raise Refused(f"there is a store in {desk.place[0]} already", "work in it, or name another: --store DIR")


@tells
def verify(
    desk: Desk,
    print_anchor: Annotated[bool, typer.Option("--print-anchor", help="Print the hash to keep elsewhere.")] = False,
    anchor: Annotated[str | None, option("--anchor", "Check that this hash is part of the log.", "HASH")] = None,
) -> None:
    """Check that nothing was lost or changed; writes nothing.

    Whoever owns the files could write the whole log anew: only an anchor kept elsewhere would tell.

    \b
    Examples:
      crm verify
      crm verify --print-anchor
    """
    folder = _there(desk)
    if anchor is not None and not (len(anchor) == 64 and set(anchor) <= set("0123456789abcdef")):
        raise BadValue(f"{anchor!r} is no anchor", "an anchor is what crm verify --print-anchor prints: 64 hex digits")
    verdict = look_over(folder, anchor)
    row = {
        "ok": verdict.ok,
        "store": verdict.store,
        "seq": verdict.seq,
        "head": verdict.head,
        "records": verdict.records,
        "anchor_found": verdict.anchor_seen,
        "findings": [{"level": one.level, "message": one.message} for one in verdict.findings],
    }
    said = "all is well" if verdict.ok else "the records are sound" if verdict.only_files else "something is wrong"
    lines = [_aloud(desk, f"{verdict.records} records, {verdict.seq} log lines: {said}")]
    lines += [f"{one.level}: {one.message}" for one in verdict.findings]
    show.text(desk, row, verdict.head if print_anchor else "\n".join(filter(None, lines)))
    if verdict.anchor_seen is False:
        raise CheckFailed("this anchor is not part of the log", "the log was cut or written anew; restore a backup")
    if not verdict.ok:
        raise _damaged(verdict)


def _damaged(verdict: Verdict) -> Unreadable:
    """What is wrong, with a way on that mends just that."""
    if verdict.only_files:
        return Unreadable("attached files are missing or spoilt", "look for them in a backup, under attachments/")
    if not verdict.log_ok:
        return Unreadable("the store is damaged", "restore a backup: crm help storage; crm doctor names the newest")
    if not verdict.state_ok:
        return Unreadable("the store is damaged", "crm rebuild mends crm.json; crm doctor tells what else can be done")
    return Unreadable("the store is damaged", "crm doctor tells what can be done")


def _aloud(desk: Desk, sentence: str) -> str:
    """What is said when all went well, unless --quiet: cron mails whatever is printed."""
    return "" if desk.options.quiet else sentence


def _there(desk: Desk) -> Path:
    """The folder of a store that must be there to be checked."""
    if not desk.existing_store().exists():
        raise Unreadable(f"there is no store in {desk.place[0]}", "make one: crm init")
    return desk.place[0]


@keeps
def rebuild(
    desk: Desk,
    shorter: Annotated[
        bool, typer.Option("--shorter", help="Even if crm.json knows more than the log; that is lost.")
    ] = False,
) -> None:
    """Make crm.json again from the log.

    It is refused where crm.json knows more than the log: a backup brings that back. With --shorter it is given up,
    after a question that says what is lost; the crm.json that was there is kept in quarantine/.

    \b
    Examples:
      crm rebuild
      crm rebuild --store ~/sales/crm --json
    """
    _there(desk)
    rehearsal = desk.options.dry_run
    make = rehearse_rebuild if rehearsal else make_again
    loss: dict[str, list[str]] = {"lost": [], "older": []}
    try:
        lines = make(desk.store)
    except Lacking as lacking:
        if not shorter:
            raise
        desk.confirm(f"{lacking.message}; go on?")
        loss = {name: lacking.details[name] for name in loss}
        lines = make(desk.store, shorter=True)
    said = f"{'Would make' if rehearsal else 'Made'} crm.json again from {lines} log lines{_without(loss)}"
    show.text(desk, {"seq": lines, "dry_run": rehearsal, **loss}, _aloud(desk, said))


def _without(loss: dict[str, list[str]]) -> str:
    return "".join(f"; {word}: {', '.join(names)}" for word, names in loss.items() if names)


@keeps
def flush(desk: Desk) -> None:
    """Bring crm.json up to the log now; it is done by itself when it is due.

    \b
    Examples:
      crm flush
      crm flush --json
    """
    _there(desk)
    rehearsal = desk.options.dry_run
    with desk.store.rehearse() if rehearsal else desk.store.change() as transaction:
        behind = transaction.is_behind()
        if behind and not rehearsal:
            transaction.flush()
        seq = transaction.seq
        for warning in transaction.warnings:
            desk.warn(warning)
    brought = "Would bring" if rehearsal else "Brought"
    said = f"{brought} crm.json up to date" if behind else "crm.json is up to date"
    row = {"seq": seq, "written": behind and not rehearsal, "dry_run": rehearsal}
    show.text(desk, row, _aloud(desk, said))


@keeps
def backup(
    desk: Desk,
    to: Annotated[str | None, option("--to", "Where; else backups/ in the store.", "DIR")] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=1, help="Keep only the newest N.", show_default=False)
    ] = None,
) -> None:
    """Copy the store, verified, while others work.

    To go back to a copy: crm restore FOLDER.

    \b
    Examples:
      crm backup
      crm backup --to /mnt/usb/crm --keep 14 -q
    """
    _there(desk)
    root = Path(os.path.expanduser(to)) if to else desk.store.files.backups
    made = root / stamp(desk.options.now)
    if not desk.options.dry_run:
        made = take_backup(desk.store.files, root, made.name, keep)
    way_back = f"to go back: crm restore {shlex.quote(str(made))}"
    said = f"{'Would copy' if desk.options.dry_run else 'Copied'} to {made}; {way_back}"
    show.text(desk, {"backup": str(made), "dry_run": desk.options.dry_run}, _aloud(desk, said))
