"""A sales desk at which anything may be done in any order, held against the plain model after every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from crm_cli.crm import Crm
from crm_cli.domain.errors import Busy, Conflict, CrmError, Exit
from crm_cli.domain.moment import Clock
from crm_cli.looking import Who
from crm_cli.store.port import Snapshot, Store, Transaction
from tests.store.compared import compare, compare_past
from tests.store.model import ZONE, Books, Illegal, instant, local_day
from tests.store.model_sales import Sales

BEGIN = datetime(2026, 10, 23, 8, tzinfo=UTC)  # two days before the clocks go back in Berlin
HOUR = timedelta(hours=1)


class When(NamedTuple):
    """How much later than the last step something is typed, and how it is dated."""

    later: timedelta
    back: int | None = None  # so many days, up to 4; None: not at all; from 10 on: just before the latest entries
    hour: int | None = None  # of that day; None: only the day is said


def moment_of(when: When, now: datetime, books: Books) -> str | None:
    """What is typed as the date."""
    if when.back is None:
        return None
    if when.back >= 10:
        told = sorted(entry.at for entries in books.records.values() for entry in entries)[9 - when.back :]
        return instant(datetime.fromisoformat(told[0]) - timedelta(seconds=1)) if told else None
    day = now.astimezone(ZONE) - timedelta(days=when.back)
    return local_day(instant(day)) if when.hour is None else instant(day.replace(hour=when.hour, minute=0))


LATER = st.sampled_from([1, 1, 1, 5, 24, 24, 60, 0, -30]).map(lambda hours: hours * HOUR)
DAYS = [(0, None), (1, None), (2, None), (4, None), (1, 9), (3, 12), (-1, None)]
BACK = st.sampled_from([*[(None, None)] * 7, *DAYS, *((10 + nth, None) for nth in range(5))])
WHEN = st.builds(lambda later, back: When(later, *back), LATER, BACK)
SOME = st.integers(0, 5)  # which of those there are
TROUBLE = st.sampled_from(["break off", "rehearse"])

Real = Callable[[Crm], Any]
Told = Callable[[Sales], Any]


class Desk(RuleBasedStateMachine):
    """What may be done at a desk, whatever store stands behind it."""

    steps = 0  # by all desks

    def __init__(self) -> None:
        super().__init__()
        self.books, self.now = Books(), BEGIN
        self.trouble: str | None = None  # what is to happen at the next step
        self.tidy = True  # whether nothing waits to be mended by the next writer
        self.held: tuple[Snapshot, Books] | None = None
        self.open = ExitStack()
        self.store = self.new_store()

    def new_store(self) -> Store:
        raise NotImplementedError

    def bytes(self) -> object:
        """Every byte that the store keeps."""
        raise NotImplementedError

    def teardown(self) -> None:
        self.open.close()

    # --- a step ----------------------------------------------------------------------------------------

    def do(self, when: When, cmd: str, act: Real, told: Told) -> None:
        """One command given to the desk and to the books: both do it, or both refuse it and nothing changes."""
        Desk.steps += 1
        self.now = max(BEGIN - 72 * HOUR, self.now + when.later)
        on = moment_of(when, self.now, self.books)
        after, why = self._in_the_books(on, told)
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            return self.get_into(trouble, on, cmd, act, after)
        before = self.bytes()
        refusal = self.give(self.store, on, cmd, act)
        assert (refusal is None) == (why is None), f"{cmd} on {on}: the desk says {refusal!r}, the books say {why!r}"
        assert after.seq > self.books.seq or not self.tidy or self.bytes() == before
        self.tidy, self.books = True, after
        return self.look()

    def _in_the_books(self, on: str | None, told: Told) -> tuple[Books, Illegal | None]:
        try:
            command = Sales(self.books, self.now, on)
            told(command)
        except Illegal as why:
            return self.books, why
        return command.end(), None

    def crm(self, snapshot: Snapshot, on: str | None = None) -> Crm:
        return Crm(snapshot, Clock(self.now, ZONE), Who("sam", ("crm",)), on=on)

    def give(self, store: Store, on: str | None, cmd: str, act: Real) -> CrmError | None:
        """The refusal, if it is one that people bring about; anything else is a fault."""
        try:
            with store.change() as transaction:
                crm = self.crm(transaction, on)
                act(crm)
                crm.commit(cmd)
        except CrmError as error:
            if isinstance(error, Conflict) or error.exit_code not in (Exit.USAGE, Exit.NOT_FOUND, Exit.REFUSED):
                raise
            return error
        return None

    def get_into(self, trouble: str, on: str | None, cmd: str, act: Real, after: Books) -> None:
        """The step is begun and given up, or only rehearsed: nothing comes of it."""
        before = self.bytes()
        with pytest.raises((ZeroDivisionError, CrmError)):
            self._give_up(self.store.change() if trouble == "break off" else self.store.rehearse(), on, act)
        assert not self.tidy or self.bytes() == before
        self.tidy = self.tidy or trouble == "break off"
        self.look()

    def _give_up(self, begun: AbstractContextManager[Transaction], on: str | None, act: Real) -> None:
        with begun as transaction:
            act(self.crm(transaction, on))
            raise ZeroDivisionError

    def to_one(self, when: When, verb: str, id: str, act: Callable[[Crm, Any], Any], told: Told) -> None:
        self.do(when, verb, lambda crm: crm.save(act(crm, crm.by_id(id))), told)

    def look(self) -> None:
        """Everything a new reader sees is what the books say."""
        with self.store.read() as snapshot:
            compare(self.crm(snapshot), self.books)

    def some(self, kind: str, place: int) -> str:
        ids = self.books.ids(kind)
        return ids[place % len(ids)]

    def has(self, *kinds: str) -> bool:
        return all(self.books.ids(kind) for kind in kinds)

    @rule(trouble=TROUBLE)
    def trouble_ahead(self, trouble: str) -> None:
        self.trouble = trouble

    # --- two at once -----------------------------------------------------------------------------------

    @rule()
    def find_it_busy(self) -> None:
        with self.store.change(), pytest.raises(Busy), self.store.change():
            pass
        self.tidy = True

    @precondition(lambda self: self.held is None)
    @rule()
    def hold(self) -> None:
        """Somebody begins to look."""
        snapshot = self.open.enter_context(self.store.read())
        self.held = snapshot, self.books.copy()

    @precondition(lambda self: self.held is not None)
    @rule()
    def let_go(self) -> None:
        """And has seen the same all the time, whatever was done meanwhile."""
        assert self.held is not None
        snapshot, books = self.held
        compare(self.crm(snapshot), books)
        self.held = None
        self.open.close()

    # --- the past --------------------------------------------------------------------------------------

    @rule(back=st.integers(0, 6), known=st.none() | st.integers(0, 6))
    def look_back(self, back: int, known: int | None) -> None:
        day = local_day(instant(self.now - timedelta(days=back)))
        until = instant(self.now - timedelta(days=known)) if known is not None else None
        with self.store.read() as snapshot:
            compare_past(self.crm(snapshot), self.crm(snapshot, day), self.books, day, until)
