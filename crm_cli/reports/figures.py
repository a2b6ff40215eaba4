"""How figures are made and lined up: ratios, exact totals, groups, and the row for what has no value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from typing import Final, TypeVar

NONE: Final = "(none)"  # key and name of the row for whatever has no value; always the last row

Standing = tuple[bool, int, str, str, tuple[int, ...]]  # where a row stands among its fellows

_SIX_PLACES = Decimal("0.000001")
# The 28 digits of the ordinary context would round the total of very large potentials.
_EXACT = Context(prec=MAX_PREC)

_Item = TypeVar("_Item")
_Key = TypeVar("_Key")


def ratio(part: int, whole: int) -> float | None:
    """`part` of `whole`, 0..1, rounded half-up to 6 places; None when there is no whole."""
    if whole == 0:
        return None
    return float((Decimal(part) / Decimal(whole)).quantize(_SIX_PLACES, ROUND_HALF_UP))


def exact_total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum to the last digit, in plain digits; a missing amount is 0."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, amount or Decimal(0))
    return total


def grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    """The items by key, keys and items in the order in which they came."""
    groups: dict[_Key, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def number_of(record_id: str) -> tuple[int, ...]:
    """The numbers of an id, so that `L9` stands before `L10` and `C3.2` before `C3.10`."""
    return tuple(int(digits) for digits in re.findall(r"\d+", record_id))


def standing(key: str, name: str, place: int = 0) -> Standing:
    """A sort key: what has no value last, then by place, by name without regard to case, by id number."""
    return key == NONE, place, name.casefold(), name, number_of(key)
