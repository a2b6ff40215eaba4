"""The desk a command works at: opens the store, says who and when, and turns what happened into output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from crm_cli.cli.environment import (
    COLORS,
    SWITCHES,
    TASTES,
    amiss,
    asks_people,
    config_path,
    default_store,
    is_terminal,
    login,
    present,
    switched_on,
    system_zone,
    tastes,
)
from crm_cli.cli.option import Listing, Many, Options
from crm_cli.cli.output import one_line, tell
from crm_cli.cli.place import variable
from crm_cli.cli.words import words_of, words_with
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, CrmError, NotConfirmed, Unreadable
from crm_cli.domain.moment import read_moment, read_zone
from crm_cli.house import zone_of
from crm_cli.looking import Who
from crm_cli.store.port import Snapshot, Transaction
from crm_cli.store.tiny import TinyStore
from crm_cli.store.words import load_words, save_words

FORMATS = ("auto", "table", "plain", "json", "jsonl", "csv", "tsv", "ids", "markdown", "html")
OF_TEXTS = FORMATS[:5]  # for commands that tell something which is no list of records
DEFAULT_LOCK_WAIT = 5.0


class Desk:
    """One command at work."""

    def __init__(self, options: Options, cmd: str, argv: list[str]) -> None:
        """`cmd` is the verb for the history, such as lead.assign."""
        self.options, self.cmd, self.argv = options, cmd, argv
        self.listing, self.many = Listing(), Many()
        self.saved_as: str | None = None  # the operation, once it is on the disk

    @property
    def noun(self) -> str:
        """The kind of record that the command is about: `lead` of lead.assign."""
        return self.cmd.partition(".")[0]

    # --- who, where, how -------------------------------------------------------------------------

    @cached_property
    def config_path(self) -> Path | None:
        return config_path(self.options.config)

    @cached_property
    def tastes(self) -> dict[str, Any]:
        return tastes(self.config_path)

    def taste(self, given: str | None, name: str, key: str) -> tuple[str | None, str]:
        """A personal setting and where it comes from: the option, the environment, the config, the default."""
        if given:
            return given, "option"
        if text := variable(name):
            return text, name
        if key in self.tastes:
            return str(self.tastes[key]), str(self.config_path)
        return None, "default"

    @cached_property
    def place(self) -> tuple[Path, bool]:
        """The store's folder, and whether somebody named it."""
        named, said_by = self.taste(self.options.store, "CRM_STORE", "core.store")
        if named and "\0" in named:
            raise BadValue(f"{named!r} cannot be a folder", f"name another one in {said_by}")
        return (Path(os.path.expanduser(named)), True) if named else (default_store(), False)

    @cached_property
    def user(self) -> str:
        return self.taste(self.options.user, "CRM_USER", "core.user")[0] or login()

    @cached_property
    def format(self) -> str:
        """One of FORMATS but never auto: a table on a terminal, plain lines elsewhere."""
        if self.options.json:
            return "json"
        chosen = self.taste(self.options.format, "CRM_FORMAT", "output.format")[0] or "auto"
        if chosen not in FORMATS:
            raise BadValue.not_one_of("format", chosen, FORMATS)
        if chosen != "auto":
            return chosen
        return "table" if is_terminal(sys.stdout) and self.options.output is None else "plain"

    @cached_property
    def color(self) -> str | None:
        chosen, _ = self.taste(self.options.color, "CRM_COLOR", "output.color")
        if chosen is not None and chosen not in COLORS:
            raise BadValue.not_one_of("--color", chosen, COLORS)
        return chosen

    def check(self, formats: Sequence[str] = FORMATS) -> None:
        """What is used only when all is done must be right before anything is: raises BadValue, Unreadable.

        `formats` are those the command can give: another one is refused where it was typed, while one that is
        preferred for all commands is let be.
        """
        for name in SWITCHES:
            switched_on(name)
        if self.cmd != "config.check":  # which tells of all that is amiss
            self._mind_the_tastes()
        _ = self.format, self.color
        if self.options.format not in (None, *FORMATS):
            raise BadValue.not_one_of("format", str(self.options.format), formats)
        if self.options.format not in (None, *formats):
            typed = f"crm {self.cmd.replace('.', ' ')}"
            raise BadValue(f"{typed} has no format {self.options.format}", f"allowed: {', '.join(formats)}")
        self.must_be_outside("--output", self.options.output)

    def _mind_the_tastes(self) -> None:
        """Warn of a personal setting that nobody knows; raises Unreadable for one that is no text."""
        unknown, wrong = amiss(self.tastes)
        if wrong:
            told = f"{self.config_path}: {wrong[0]} is {self.tastes[wrong[0]]!r}, which is no text"
            raise Unreadable(told, "put it into quotes, or take the line out; look with: crm config check")
        for key in unknown:
            refusal = BadValue.not_one_of("setting", key, TASTES)
            self.warn(f"{self.config_path}: {refusal.message}; {refusal.hint}")

    def must_be_outside(self, option: str, path: str | None) -> None:
        """Raises BadValue for a file inside the store: nothing of it is ever written over."""
        if path not in (None, "-") and _real(str(path)).is_relative_to(_real(self.place[0])):
            raise BadValue(f"{option} {path} lies in the store", "write the result somewhere else")

    # --- the store -------------------------------------------------------------------------------

    @cached_property
    def store(self) -> TinyStore:
        """The store, there or not."""
        if sys.platform == "win32":
            raise Unreadable("crm does not run on Windows yet", "use it in WSL, where it is tested")
        return TinyStore(self.place[0], lock_wait=self._lock_wait(), holder=f"crm {self.cmd}")

    def _lock_wait(self) -> float:
        text = self.options.lock_timeout or variable("CRM_LOCK_TIMEOUT")
        try:
            seconds = float(text) if text else DEFAULT_LOCK_WAIT
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < 86_400:
            raise BadValue(f"--lock-timeout {text} is no number of seconds", "give seconds, such as 5 or 0.5")
        return seconds

    def existing_store(self) -> TinyStore:
        """The store, which must be there if somebody named it; raises Unreadable."""
        folder, named = self.place
        if named and self.cmd != "init" and not self.store.exists():
            raise Unreadable(f"there is no store in {folder}", f"make one: crm init --store {folder}")
        return self.store

    @contextmanager
    def read(self) -> Iterator[Crm]:
        """The desk as it stands, to look at."""
        with self.existing_store().read() as snapshot:
            yield self._crm(snapshot)

    @contextmanager
    def change(self, on: str | None = None, cmd: str | None = None) -> Iterator[Crm]:
        """The desk to change; what was saved is committed when the block ends well.

        `on` is the day or instant, as typed, on which it happened; with --dry-run nothing is written.
        """
        store = self.existing_store()
        with store.rehearse() if self.options.dry_run else store.change() as transaction:
            crm = self._crm(transaction, on)
            self.found(crm)
            yield crm
            self.commit(crm, cmd or self.cmd)
            for warning in (*transaction.warnings, *crm.warnings):
                self.warn(warning)

    def commit(self, crm: Crm, cmd: str) -> None:
        """Write what was saved, unless this is only a rehearsal."""
        if not self.options.dry_run and (written := crm.commit(cmd)) is not None:
            self.saved_as = f"O{written.tx}"
            self._keep_words(crm, first=written.tx == 1)

    def _keep_words(self, crm: Crm, *, first: bool) -> None:
        """For completion: it is brought up to date where it is, and begun with a store; a TAB makes it anew."""
        files = self.store.files
        try:
            known = load_words(files)
            if known is not None:
                save_words(files, words_with(known, crm))
            elif first:
                save_words(files, words_of(crm))
        except Exception:  # noqa: BLE001 - the command is saved: whatever is amiss here must not make it fail
            files.forget(files.words)

    def keep_words(self, text: str) -> None:
        """Put these words for completion into the store, if that can be done."""
        with suppress(OSError, CrmError):
            save_words(self.store.files, text)

    def own_up(self) -> None:
        """Say what is saved, when a signal ended the command before it could tell its result."""
        if self.saved_as is not None:
            self.warn(f"ended before the result was told, but it is saved: crm history {self.saved_as}")

    def found(self, crm: Crm) -> None:
        """A store that comes into being with this command takes the zone of the machine it is on."""
        if crm.snapshot.seq == 0 and self.cmd != "init":
            crm.found(timezone=system_zone())
            if is_terminal(sys.stderr):
                self.warn(f"made a store in {self.place[0]}")

    def _crm(self, snapshot: Snapshot | Transaction, on: str | None = None) -> Crm:
        zone = zone_of(snapshot) if snapshot.seq else read_zone(system_zone())
        clock = present(self.options.now, zone)
        typed = self.taste(self.options.tz, "CRM_TZ", "core.timezone")[0]
        said = replace(clock, zone=read_zone(typed)) if typed else clock
        who = Who(self.user, ("crm", *self.argv))
        crm = Crm(snapshot, clock, who, on=read_moment(on, said) if on else None, said=said)
        if crm.on is not None:
            crm.mind_the_clocks(crm.on)
        return crm

    # --- people ----------------------------------------------------------------------------------

    def warn(self, text: str) -> None:
        """A sentence on stderr that stops nothing."""
        tell(f"crm: {text}")

    def confirm(self, question: str) -> None:
        """Ask before something dangerous; raises NotConfirmed unless the answer is yes."""
        if not self.agrees(question):
            raise NotConfirmed("not confirmed, nothing was changed", "answer y, or say --yes")

    def agrees(self, question: str) -> bool:
        """Whether the answer is yes; raises NotConfirmed where nobody is there to give one."""
        if self.options.yes or self.options.dry_run:
            return True
        if self.options.no_input or switched_on("CRM_NO_INPUT") or not asks_people():
            raise NotConfirmed(f"{question} nobody there to say yes", "say so beforehand: --yes")
        sys.stderr.write(f"{one_line(question)} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def _real(path: str | Path) -> Path:
    """Links followed; one that leads round in a circle stays as it is."""
    return Path(os.path.realpath(path))
