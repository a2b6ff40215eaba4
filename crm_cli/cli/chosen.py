"""The records a command is for: named, read from stdin, or all that fit a filter; one verb for all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.listing import fitting
from crm_cli.cli.output import complain
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, CrmError, Exit
from crm_cli.domain.record import Record

R = TypeVar("R", bound=Record)
Verb = Callable[[R], R | None]  # gives the record to be saved; None: the verb has saved what there is to save

_SAMPLE = 4


class Partial(CrmError):
    """Some were left out, as --keep-going allows."""

    code = "partial"
    exit_code = Exit.PARTIAL


class Chosen:
    """What was asked for, settled before anybody has to wait for us."""

    def __init__(self, desk: Desk, refs: Sequence[str] | None) -> None:
        """Reads stdin for `-`; raises BadValue when nothing is chosen, or named and filtered at once."""
        self.desk, self.kind = desk, desk.noun
        self.left_out: list[dict[str, str]] = []
        self.found = 0  # how many there were when it was their turn
        self.filters = list(desk.many.where or ())
        self.settled = not self.filters
        self.refs = [ref for one in refs or () for ref in (_from_stdin() if one == "-" else [one])]
        if self.refs and self.filters:
            raise BadValue(f"--where chooses the {self.kind}s already", "name them, or give --where; not both")
        if not refs and not self.filters:
            hint = f"name them: crm {self.kind} list shows ids; - reads ids from stdin, --where filters"
            raise BadValue(f"which {self.kind}s?", hint)

    def settle(self) -> None:
        """Ask where a filter finds several; raises NotConfirmed."""
        if not self.settled:
            with self.desk.read() as crm:
                found = list(self._look(crm))
            self.ask(found, least=2)

    def ask(self, found: Sequence[Record], least: int = 1) -> None:
        """Ask whether these are meant, if they are so many; raises NotConfirmed."""
        if self.filters:
            self.refs = [one.id for one in found]
        if len(found) >= least:
            verb = self.desk.cmd.rpartition(".")[2].replace("-", " ").capitalize()
            self.desk.confirm(f"{verb} {_sample(found)}?")
        self.settled = True

    def records(self, crm: Crm) -> Iterator[Record]:
        """Each once, as it was at the moment of this command; what fits the filter no longer is left out."""
        if not self.filters:
            return self._look(crm)
        still = [one.id for one in self._look(crm) if not self.settled or one.id in self.refs]
        return (crm.shelf(self.kind).get(id) for id in still)

    def _look(self, crm: Crm) -> Iterator[Record]:
        if self.filters:
            yield from fitting(crm.shelf(self.kind), self.filters)
            return
        seen: set[str] = set()
        for ref in self.refs:
            record = self.tried(ref, partial(crm.shelf(self.kind).find, ref))
            if record is not None and record.id not in seen:
                seen.add(record.id)
                yield record

    def apply(self, crm: Crm, verb: Verb[Any]) -> None:
        """The verb for each of them; with --keep-going those that are refused are left out."""
        for record in self.records(crm):
            self.found += 1
            changed = self.tried(record.id, partial(verb, record), crm)
            if changed is not None:
                crm.save(changed)

    def tried(self, ref: str, act: Callable[[], Any], crm: Crm | None = None) -> Any:
        """What the act gives; None, and a line for the end, where it is refused and that is to be left out."""
        saved = len(crm.saved) if crm is not None else 0
        try:
            return act()
        except CrmError as error:
            half_done = crm is not None and len(crm.saved) != saved
            if not self.desk.many.keep_going or half_done or error.exit_code not in (Exit.NOT_FOUND, Exit.REFUSED):
                raise
            if ref not in [one["ref"] for one in self.left_out]:
                self.left_out.append({"ref": ref, "code": error.code, "message": error.message})
            return None

    def tell(self) -> None:
        """Say at the end who was left out; raises Partial if anybody was."""
        for one in self.left_out:
            if self.desk.format not in ("json", "jsonl"):
                complain(one["message"])
        if self.left_out:
            others = "a rehearsal: nothing was done" if self.desk.options.dry_run else "the others are done"
            raise Partial(f"{len(self.left_out)} left out", f"{others}: crm {self.kind} list")

    @property
    def nothing(self) -> str:
        """What is said where nothing had to be changed."""
        return "Nothing to change." if self.found or not self.filters else f"No {self.kind}s match."


def each(
    desk: Desk,
    chosen: Chosen | Sequence[str] | None,
    on: str | None,
    prepare: Callable[[Crm], Verb[Any]],
    say: Callable[[Crm, Any, Any], str],
    *,
    warns: bool = False,
) -> None:
    """One verb for all that were chosen: one transaction, one operation, a sentence for each.

    `prepare` gives the verb, once what else was typed has been looked up; `say` tells of one record, before and after.
    With `warns` scripts are told what stderr says, too.
    """
    many = chosen if isinstance(chosen, Chosen) else Chosen(desk, chosen)
    many.settle()
    with desk.change(on) as crm:
        many.apply(crm, prepare(crm))
    extra = {"left_out": many.left_out, **({"warnings": crm.warnings} if warns else {})}
    show.changed(desk, crm, partial(say, crm), kinds=(desk.noun,), extra=extra, nothing=many.nothing)
    many.tell()


def _from_stdin() -> list[str]:
    """The first word of each line; blank lines, comments and a heading are skipped."""
    try:
        lines = sys.stdin.read().splitlines()
    except (OSError, ValueError, AttributeError, UnicodeDecodeError) as error:
        raise BadValue("no ids could be read from stdin", "give them as arguments") from error
    words = [line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return words[1:] if words[:1] in (["ID"], ["id"]) else words


def _sample(found: Sequence[Record]) -> str:
    """L9 Gone; or: 9 leads (L3 Jane, L8 Joe, ...)."""
    some = ", ".join(f"{one.id} {one.title}" for one in found[:_SAMPLE])
    if len(found) == 1:
        return some
    return f"{len(found)} {found[0].KIND}s ({some}{', ...' if len(found) > _SAMPLE else ''})"
