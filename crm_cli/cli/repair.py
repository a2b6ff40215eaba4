"""When something is wrong with a store: look at it, mend it, go back to a copy, bring it to today's format."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from crm_cli import __version__
from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import present, stamp
from crm_cli.cli.output import tell
from crm_cli.cli.params import keeps
from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Operation
from crm_cli.domain.moment import read_zone
from crm_cli.store.backup import BEFORE, copied_as_it_is
from crm_cli.store.doctor import REPAIRS, Diagnosis, diagnose, mend
from crm_cli.store.files import saving
from crm_cli.store.line import FORMAT
from crm_cli.store.restore import looked_at, must_fit
from crm_cli.store.restore import restore as put_back
from crm_cli.store.upgrade import format_in
from crm_cli.store.upgrade import upgrade as bring_up

LIBRARIES = ("typer", "tinydb", "msgspec", "rich", "rapidfuzz", "phonenumbers", "python-stdnum", "tabulate")
_NOTE = "whoever may write these files may do everything: names in the history attribute, they do not authorise"


# --- doctor --------------------------------------------------------------------------------------


@keeps
def doctor(
    desk: Desk,
    repair: Annotated[bool, typer.Option("--repair", help="Offer what can be mended, one thing at a time.")] = False,
) -> None:
    """Look the store over, and offer repairs.

    It looks at versions, paths, rights, room, lock, log and state, and changes nothing. With --repair it offers every
    repair by itself, each after a full copy of the files. Ends with exit code 7 on a real
    problem, with 0 on warnings.

    \b
    Examples:
      crm doctor
      crm doctor --json
      crm doctor --repair --dry-run
    """
    desk.existing_store()
    with saving():
        found = diagnose(desk.store.files)
    due = found.repairs
    done = _repaired(desk, due) if repair and not desk.options.dry_run else []
    if done:
        with saving():
            found = diagnose(desk.store.files)
    show.text(desk, _row(desk, found, due, done), "\n".join(_lines(desk, found, due, done, repair=repair)))
    if not found.ok:
        wrong = next(one.message for one in found.findings if one.level == "error")
        raise Unreadable(f"something is wrong with the store: {wrong}", _way_on(found, repair=repair))


def _repaired(desk: Desk, due: tuple[str, ...]) -> list[dict[str, str]]:
    """What was mended of what is due, each thing after it was agreed to and a copy was made."""
    done = []
    for number, name in enumerate(due, 1):
        if desk.agrees(f"repair: {REPAIRS[name].what}?"):
            with saving():
                kept = copied_as_it_is(desk.store.files, _place(desk, f"repair-{number}"))
                told = mend(desk.store, name)
            done.append({"name": name, "told": told, "copy": str(kept)})
    return done


def _place(desk: Desk, why: str) -> Path:
    return desk.store.files.backups / f"{stamp(desk.options.now)}{BEFORE}{why}"


def _way_on(found: Diagnosis, *, repair: bool) -> str:
    if found.only_files:
        return "look for it in a backup, under attachments/"
    if found.repairs and not repair:
        return "run: crm doctor --repair"
    return f"run: crm restore {found.last_backup}" if found.last_backup else "restore a backup: crm help storage"


def _row(desk: Desk, found: Diagnosis, due: tuple[str, ...], done: list[dict[str, str]]) -> dict[str, Any]:
    verdict, holder = found.verdict, found.holder
    return {
        "ok": found.ok,
        "crm": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": _libraries(),
        "store": str(desk.place[0]),
        "config": str(desk.config_path) if desk.config_path else None,
        "there": found.there,
        "id": verdict.store if verdict else None,
        "format": FORMAT if verdict and verdict.seq else None,
        "seq": verdict.seq if verdict else None,
        "records": verdict.records if verdict else None,
        "behind": found.behind,
        "torn": verdict.torn if verdict else None,
        "index": found.index,
        "file_system": found.file_system or None,
        "free": found.free,
        "lock": {"pid": holder.pid, "command": holder.command, "seconds": _seconds(holder.since)} if holder else None,
        "last_backup": str(found.last_backup) if found.last_backup else None,
        "findings": [{"level": one.level, "message": one.message} for one in found.findings],
        "repairs": [{"name": name, "what": REPAIRS[name].what} for name in due],
        "done": done,
        "dry_run": desk.options.dry_run,
    }


def _libraries() -> dict[str, str | None]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _seconds(since: str) -> int | None:
    return max(0, int(time.time()) - int(since)) if since.isdecimal() else None


def _lines(
    desk: Desk, found: Diagnosis, due: tuple[str, ...], done: list[dict[str, str]], *, repair: bool
) -> list[str]:
    row = _row(desk, found, due, done)
    about = {
        "program": f"crm {row['crm']}, Python {row['python']}, {row['system']}",
        "libraries": ", ".join(f"{name} {version or 'missing'}" for name, version in row["libraries"].items()),
        "settings": row["config"] or "none",
        "store": row["store"] if found.there else f"{row['store']}: there is none yet; what saves makes it",
        **(_of_the_store(row, found) if found.there else {}),
        "disk": f"{row['file_system'] or 'file system unknown'}, {(found.free or 0) >> 20:,} MB free",
        "note": _NOTE,
    }
    width = max(map(len, about))
    lines = [f"{name:<{width}}  {text}" for name, text in about.items()]
    lines += [f"{one.level}: {one.message}" for one in found.findings]
    lines += [f"done: {one['told']} (copy of the files before: {one['copy']})" for one in done]
    open_ = [name for name in due if name not in [one["name"] for one in done]]
    would = "would offer" if repair and desk.options.dry_run else "can be mended with crm doctor --repair"
    lines += [f"{would}: {REPAIRS[name].what}" for name in open_]
    return [*lines, "all is well" if found.ok else "something is wrong"]


def _of_the_store(row: dict[str, Any], found: Diagnosis) -> dict[str, str]:
    lock = row["lock"]
    return {
        "records": _records(found),
        "format": f"{row['format'] or 'cannot be told'}",
        "state": _state(found),
        "index": found.index,
        "lock": f"held by pid {lock['pid']}, {lock['command']}, for {lock['seconds']} s" if lock else "free",
        "backup": row["last_backup"] or "none in the store's own folder",
    }


def _records(found: Diagnosis) -> str:
    verdict = found.verdict
    if verdict is None:
        return "cannot be told"
    whole = "" if verdict.log_ok else " that are whole"
    return f"{verdict.records:,} in {verdict.seq:,} log lines{whole}"


def _state(found: Diagnosis) -> str:
    if found.verdict is None or not found.verdict.log_ok:
        return "crm.json cannot be compared with the log"
    if not found.verdict.state_ok:
        return "crm.json is missing, or is not what the log makes of it"
    return f"crm.json is {found.behind:,} log lines behind" if found.behind else "crm.json is up to the log"


# --- restore -------------------------------------------------------------------------------------


@keeps
def restore(
    desk: Desk,
    folder: Annotated[str, typer.Argument(help="A copy made by crm backup.", show_default=False)],
    older: Annotated[bool, typer.Option("--older", help="Even if the store knows more than the copy.")] = False,
) -> None:
    """Go back to a copy of the store; what is there now is kept aside.

    The copy is verified first. It is refused if it is of another store, or if the store knows more than it does.

    \b
    Examples:
      crm restore ~/copies/20261127T100000Z --yes
      crm restore ~/copies/20261127T100000Z --store ~/sales/again --yes
    """
    place = Path(os.path.expanduser(folder))
    copy = looked_at(place, desk.store.files)
    must_fit(copy, older=older)
    whole, known = copy.whole, copy.known
    there = f"{known.seq:,} log lines" if not known.trouble else f"a store that cannot be read: {known.trouble}"
    over = f" over what is there ({there})" if known.seq or known.trouble else ""
    desk.confirm(f"put the copy with {whole.seq:,} log lines in {desk.place[0]}{over}?")
    done = None if desk.options.dry_run else put_back(desk.store, copy, older=older)
    row = {
        "restored": str(place),
        "store": whole.store,
        "seq": whole.seq,
        "records": whole.records,
        "kept": [str(one) for one in done.kept] if done else [],
        "erased_since": list(copy.erased_since),
        "dry_run": desk.options.dry_run,
    }
    verb = "Restored" if done else "Would restore"
    said = f"{verb} {whole.records:,} records with {whole.seq:,} log lines from {place}"
    show.text(desk, row, "" if desk.options.quiet else said)
    for warning in done.warnings if done else ():
        desk.warn(warning)
    if done and done.kept and not desk.options.quiet:
        tell(f"What was there is kept: {', '.join(map(str, done.kept))}")
    if copy.erased_since:
        desk.warn(f"people erased since the copy was made are back: {', '.join(copy.erased_since)}; erase them again")


# --- upgrade -------------------------------------------------------------------------------------


@keeps
def upgrade(desk: Desk) -> None:
    """Bring a store of an older program to this one's format, after a backup.

    \b
    Examples:
      crm upgrade
      crm upgrade --dry-run
    """
    if not desk.existing_store().exists():
        raise Unreadable(f"there is no store in {desk.place[0]}", "make one: crm init")
    before = format_in(desk.store.files)
    done = None
    if not desk.options.dry_run:
        now = present(desk.options.now, read_zone("UTC")).now_text
        operation = Operation(cmd="upgrade", by=desk.user, recorded=now, argv=("crm", *desk.argv))
        done = bring_up(desk.store, operation, _place(desk, "upgrade").name)
    backup = str(done.backup) if done and done.backup else None
    row = {"format": FORMAT, "before": before, "backup": backup, "dry_run": desk.options.dry_run}
    show.text(desk, row, "" if desk.options.quiet else _upgraded(before, backup, rehearsal=desk.options.dry_run))
    for warning in done.warnings if done else ():
        desk.warn(warning)


def _upgraded(before: int, backup: str | None, *, rehearsal: bool) -> str:
    if backup:
        return f"Brought the store from format {before} to {FORMAT}; the store before is in {backup}"
    if before < FORMAT and rehearsal:
        return f"Would bring the store from format {before} to {FORMAT}"
    return f"The store is up to date (format {FORMAT})"
