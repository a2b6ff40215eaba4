"""The block in which a program works: everything done in it is one transaction and one operation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Self, TypeVar

from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Conflict, Refused
from crm_cli.domain.ids import number_of
from crm_cli.domain.moment import UTC, Moment, instant, read_moment
from crm_cli.domain.record import Record

R = TypeVar("R", bound=Record)
When = str | date | datetime


class Block:
    """The store while the block lasts; of a dated view (`on`) all that is done happens on its day."""

    def __init__(self, crm: Crm, *, readonly: bool = False) -> None:
        """`crm` is the desk of the whole operation, which is committed by whoever opened it."""
        self._crm, self._readonly = crm, readonly
        self._moment: Moment | None = None
        self._whole = self
        self._ended = False
        self._halved: Exception | None = None
        self._stamps: dict[str, dict[Moment | None, str]] = {}  # by record and view, of those in the program's hands
        self._forgotten: set[str] = set()  # by the verb at work

    @property
    def now(self) -> Moment:
        """When it is done, as an instant in UTC: 2026-11-30T14:00:00Z. Verbs of records that need a moment take it."""
        return self.looking().at

    @property
    def today(self) -> str:
        """The day of it in the store's zone: 2026-11-30."""
        return self.looking().day

    @property
    def op(self) -> str | None:
        """The id of the operation once the block has ended; None if nothing was saved."""
        return self._whole._crm.op

    @property
    def warnings(self) -> list[str]:
        """What commands say on stderr and what stops nothing."""
        return self._whole._crm.warnings

    def setting(self, key: str) -> Any:
        """A rule of the house, such as currency or lead.reasons; raises BadValue for a key there is not."""
        return self.looking().setting(key)

    def on(self, when: When) -> Self:
        """The same desk at another day or instant: text as one types it, a date, or a datetime with its zone.

        Raises BadValue for what cannot be read, a datetime without a zone, and the future.
        """
        view = type(self)(self._crm, readonly=self._readonly)
        view._moment, view._whole = self.moment(when), self._whole
        self._crm.following(None, view._moment)  # the future is refused here
        return view

    def moment(self, when: When) -> Moment:
        """A day (2026-11-30) or an instant (2026-11-30T14:00:00Z), as records keep them; raises BadValue."""
        if isinstance(when, datetime):
            if when.tzinfo is None:
                raise BadValue(f"{when} has no zone", "give an aware datetime, or text as one types it")
            return instant(when.astimezone(UTC))
        return when.isoformat() if isinstance(when, date) else read_moment(when, self._crm.said)

    # --- changing --------------------------------------------------------------------------------

    def save(self, record: R, *, reason: str | None = None) -> R:
        """Put a changed record, from a verb of its own, into this operation; gives it as it is kept.

        Raises Conflict for one that has been changed since it was got, as that would be lost; NotFound for one that
        was never added; Refused.
        """
        with self.doing(None) as crm:
            self._must_be_fresh(crm, record)
            crm.save(record, reason=reason)
            return self.kept(crm, record)

    def _must_be_fresh(self, crm: Crm, record: Record) -> None:
        stamp = self._whole._stamps.get(record.id, {}).get(self._moment)
        known = crm.record(type(record), number_of(record.id)).updated_at
        if record.updated_at is not stamp if stamp is not None else record.updated_at != known:
            told = f"{record.id} has been changed since you got it"
            raise Conflict(told, f'take it anew: crm.{record.KIND}s.get("{record.id}")')

    def kept(self, crm: Crm, record: R) -> R:
        """A record as the verb that ends now leaves it."""
        self._forget(crm)
        return self.given(crm.record(type(record), number_of(record.id)))

    def _forget(self, crm: Crm) -> None:
        """What the program has of the records that this verb has saved is of yesterday."""
        for id in crm.saved.keys() - self._whole._forgotten:
            self._whole._stamps.pop(id, None)
            self._whole._forgotten.add(id)

    def given(self, record: R) -> R:
        """The record for the program, stamped: its moment of change is an object of its own until it is changed again.

        What a verb makes of it keeps that very object, and so `save` knows from which state it was made: two changes
        of one operation bear the same moment.
        """
        stamps = self._whole._stamps.setdefault(record.id, {})
        stamp = stamps.setdefault(self._moment, record.updated_at[:1] + record.updated_at[1:])
        return record.change(updated_at=stamp)

    # --- for the collections ---------------------------------------------------------------------

    def looking(self) -> Crm:
        """The inner desk, to look at; raises Refused once the block has ended."""
        self._must_be_open()
        return self._crm if self._moment is None else self._crm.following(None, self._moment)

    @contextmanager
    def doing(self, verb: str | None) -> Iterator[Crm]:
        """The inner desk for one verb; what is refused half way spoils the operation. Raises Refused."""
        self._must_be_open()
        if self._readonly:
            raise Refused("the store was opened to be read only", "open_crm(readonly=False)")
        crm = self._crm.following(verb, self._moment)
        self._whole._forgotten.clear()
        try:
            yield crm
        except Exception as error:
            if crm.saved:
                self._whole._halved = error
            raise
        self._whole._crm.joined(crm, settled=False)
        self._forget(crm)

    def end(self) -> None:
        """No more is done here; raises Refused where something was refused half way and the program went on."""
        self._ended = True
        if self._halved is not None:
            raise Refused(f"a verb was refused half way: {self._halved}", "let such a refusal leave the with block")

    def close(self) -> None:
        """No more is done here."""
        self._ended = True

    def _must_be_open(self) -> None:
        if self._whole._ended:
            raise Refused("the with block of open_crm has ended", "do it inside of the block")
