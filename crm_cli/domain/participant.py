"""Who takes part in an event: people as they were written down, and contacts and reps that are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from msgspec import Struct

from crm_cli.domain.errors import Ambiguous, BadValue, NotFound
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.record import Names, Ref, Refs

KINDS = ("contact", "rep")


class Participant(Struct, frozen=True):
    """One row: what was written there, who it is known to be, or both."""

    number: int
    text: str | None
    ref: Ref | None

    def __str__(self) -> str:
        """2 Jane Doe (P9)."""
        known = f"({self.ref})" if self.text and self.ref else self.ref
        return " ".join(part for part in (str(self.number), self.text, known) if part)


def kind_of_participant(text: str) -> str | None:
    """The kind of record that is meant by an id such as P9 or R2; None for a name, or the id of another kind."""
    found = looks_like_id(text)
    return found[0] if found and found[0] in KINDS else None


def rows(names: Names, refs: Refs) -> list[Participant]:
    """The rows in the order of their numbers; each number stands once in `names`, in `refs`, or once in both."""
    texts, ids = ({number: one for one, number in held.items()} for held in (names, refs))
    return [Participant(number, texts.get(number), ids.get(number)) for number in sorted({*texts, *ids})]


def seated(names: Names, refs: Refs, people: Iterable[tuple[str, bool]]) -> tuple[Names, Refs]:
    """Those people alone, each given as text or, with True, as id; who is there keeps the row, and what it holds."""
    there = rows(names, refs)
    free = count(max((row.number for row in there), default=0) + 1)
    kept: dict[int, Participant] = {}
    for who, known in people:
        row = next((one for one in (*there, *kept.values()) if who == (one.ref if known else one.text)), None)
        row = row or Participant(next(free), None if known else who, who if known else None)
        kept[row.number] = row
    return (
        {row.text: row.number for row in kept.values() if row.text},
        {row.ref: row.number for row in kept.values() if row.ref},
    )


def find(there: Sequence[Participant], said: str | None) -> Participant:
    """The row with this number or text, case apart; without either the only one that is not known yet.

    Raises NotFound, Ambiguous, and BadValue where it must be said which.
    """
    listed = ", ".join(map(str, there)) or "nobody; crm event edit takes --participant"
    if said is None:
        unknown = [row for row in there if row.ref is None]
        if len(unknown) != 1:
            raise BadValue("which participant?", f"--participant, by number or name: {listed}")
        return unknown[0]
    word = said.strip().casefold()
    found = [row for row in there if word in (str(row.number), (row.text or "").casefold(), (row.ref or "").casefold())]
    if len(found) != 1:
        error = Ambiguous if found else NotFound
        raise error(f"{'several answer' if found else 'no participant answers'} to {said!r}", f"there are: {listed}")
    return found[0]
