"""How a column writes its dates and numbers: decided once for the column, never row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.formats.date_text import Order, taken_apart
from crm_cli.formats.number_text import numeral

Texts = Sequence[tuple[int, str]]  # line and text of each cell that is not blank
Taken = TypeVar("Taken")
Choice = TypeVar("Choice", bound=Hashable)


class Dates(Struct, frozen=True, kw_only=True):
    """How one column writes its dates."""

    name: str
    zone: ZoneInfo
    order: Order | None  # None if the column can do without

    def read(self, text: str) -> str:
        """The moment: a day `2018-02-26`, or an instant `2018-02-26T19:58:00Z` if a time is written.

        A time without an offset is of the zone, the first of two where the clocks go back. Raises
        ValueError, whose text is the reason, for what is no date, is not in the order of the column, or is
        a time that the clocks skip.
        """
        return taken_apart(text).moment(self.order, self.zone)


class Numbers(Struct, frozen=True, kw_only=True):
    """How one column writes its numbers."""

    name: str
    comma: bool  # before the decimals, else a point

    def read(self, text: str) -> Decimal:
        """The number, with its decimals as written. Raises ValueError, whose text is the reason."""
        return numeral(text).value(self.comma)


def dates_in(name: str, values: Texts, zone: ZoneInfo, order: Order | None) -> Dates:
    """How this column writes its dates: in the order asked for, else in the one that its values give away.

    Only `1/2/2018` and `1-2-2018` need an order: with the year in front it is year, month, day; with dots
    it is day, month, year. A part above 12 is a day. If values contradict each other, the order of the
    larger number is the column's and the others will not read. Raises BadValue if an order is needed and
    nothing tells it, or equally many values tell either.
    """
    written = [] if order else list(_readable(values, taken_apart))
    told: list[Order] = [order] if order else _most_told(date.told() for _, date in written)
    unsure = [cell for cell, date in written if date.is_torn() or date.told()]
    if len(told) != 1 and unsure:
        raise _untold("day from month", name, unsure[0], "--dates dmy or --dates mdy")
    return Dates(name=name, zone=zone, order=told[0] if told else None)


def numbers_in(name: str, values: Texts, comma: bool | None) -> Numbers:
    """How this column writes its numbers: as asked for, else as its values give away.

    `1.234,56`, `1.234.567`, `12,5` and `1234,567` tell a comma, their mirror images a point. If values
    contradict each other, the larger number wins and the others will not read. Numbers without either sign
    tell nothing, and alone need no decision. Raises BadValue if nothing tells what `1,234` or `1.234` is, or
    equally many tell either.
    """
    written = [] if comma is not None else list(_readable(values, numeral))
    told = [comma] if comma is not None else _most_told(number.told() for _, number in written)
    unsure = [cell for cell, number in written if number.is_torn() or number.told() is not None]
    if len(told) != 1 and unsure:
        raise _untold("thousands from decimals", name, unsure[0], "--decimal comma or --decimal point")
    return Numbers(name=name, comma=told[0] if told else False)


def _untold(what: str, name: str, cell: tuple[int, str], choices: str) -> BadValue:
    line, text = cell
    return BadValue(
        f"the column {name!r} does not tell {what}, as in {text!r} on line {line}",
        f"say how it is written: {choices}",
        column=name,
        line=line,
    )


def _readable(values: Texts, take: Callable[[str], Taken]) -> Iterator[tuple[tuple[int, str], Taken]]:
    """The cells that make sense; the others tell nothing here and say why when they are read."""
    for cell in values:
        try:
            yield cell, take(cell[1])
        except ValueError:
            continue


def _most_told(told: Iterable[Choice | None]) -> list[Choice]:
    """What most values tell: nothing, one choice, or several between which it is even."""
    counts = Counter(choice for choice in told if choice is not None)
    most = max(counts.values(), default=0)
    return [choice for choice, number in counts.items() if number == most]
