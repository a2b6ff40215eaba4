"""What a filter asks of a stored document: comparisons, and how they are joined."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import force_setattr

from crm_cli.domain.field import FieldType
from crm_cli.domain.moment import Moment, day_of, end_of, is_day, start_of

Value: TypeAlias = str | Decimal | bool | None  # None stands for an absent or empty field
Test: TypeAlias = Callable[[Mapping[str, Any]], bool]

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
SAME, LIKE = ("=", "!="), ("~", "!~")
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
WORD = r"""(?:[^\s"'(),=!~<>]|!(?![=~]))(?:[^\s"(),=!~<>]|!(?![=~]))*"""  # what needs no quotes


class Comparison(Struct, frozen=True, dict=True):
    """A field beside values: one that fits is enough, for `!=` and `!~` none may fit."""

    field: str  # custom.KEY for a custom field
    op: str
    values: tuple[Value, ...]
    type: FieldType = FieldType.TEXT
    zone: ZoneInfo | None = None  # for MOMENT only: where its days begin and end

    @property
    def fields(self) -> frozenset[str]:
        """The top-level keys of a document that are read."""
        return frozenset({self._path[0]})

    @cached_property
    def matches(self) -> Test:
        """Whether a stored document fits."""
        pick, fits, negated = _picker(*self._path), _fits(self), self.op in ("!=", "!~")
        missing = False if self.type is FieldType.FLAG else None
        if_missing = any(value is missing for value in self.values) != negated

        def test(document: Mapping[str, Any]) -> bool:
            value = pick(document)
            if value is None or (not value and value != 0):
                return if_missing
            return fits(value) != negated

        return test

    def __str__(self) -> str:
        return f"{_quoted(self.field)}{self.op}{','.join(map(_written, self.values))}"

    @property
    def _path(self) -> tuple[str, str]:
        head, _, key = self.field.partition(".") if self.type is FieldType.CUSTOM else (self.field, "", "")
        return head, key


class _Several(Struct, frozen=True, dict=True):
    """Conditions side by side; what they hold of their own sort is laid open."""

    parts: tuple[Condition, ...]

    def __post_init__(self) -> None:
        own = type(self)
        inner = (part.parts if isinstance(part, own) else (part,) for part in self.parts)
        force_setattr(self, "parts", tuple(part for parts in inner for part in parts))

    @property
    def fields(self) -> frozenset[str]:
        """The top-level keys of a document that are read."""
        return frozenset[str]().union(*(part.fields for part in self.parts))


class And(_Several, frozen=True, dict=True):
    """Conditions that all hold, two at least."""

    @cached_property
    def matches(self) -> Test:
        """Whether a stored document fits."""
        tests = [part.matches for part in self.parts]
        return lambda document: all(test(document) for test in tests)

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


class Or(_Several, frozen=True, dict=True):
    """Conditions of which one at least holds, two at least."""

    @cached_property
    def matches(self) -> Test:
        """Whether a stored document fits."""
        tests = [part.matches for part in self.parts]
        return lambda document: any(test(document) for test in tests)

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


class Not(Struct, frozen=True, dict=True):
    """A condition that does not hold."""

    part: Condition

    @property
    def fields(self) -> frozenset[str]:
        """The top-level keys of a document that are read."""
        return self.part.fields

    @cached_property
    def matches(self) -> Test:
        """Whether a stored document fits."""
        test = self.part.matches
        return lambda document: not test(document)

    def __str__(self) -> str:
        return f"not ({self.part})" if isinstance(self.part, _Several) else f"not {self.part}"


class Everything(Struct, frozen=True):
    """No condition at all."""

    @property
    def fields(self) -> frozenset[str]:
        """No key of a document is read."""
        return frozenset()

    def matches(self, document: Mapping[str, Any]) -> bool:
        """Every stored document fits."""
        return True

    def __str__(self) -> str:
        return ""


Condition: TypeAlias = Comparison | And | Or | Not | Everything


def both(first: Condition, second: Condition) -> Condition:
    """The condition that holds where these two hold."""
    if isinstance(first, Everything):
        return second
    return first if isinstance(second, Everything) else And((first, second))


def _picker(head: str, key: str) -> Callable[[Mapping[str, Any]], Any]:
    """What a document holds there; a custom field is found in any case of its key."""
    if not key:
        return lambda document: document.get(head)
    folded = key.casefold()

    def custom(document: Mapping[str, Any]) -> Any:
        held = document.get(head) or {}
        if key in held:
            return held[key]
        return next((value for name, value in held.items() if name.casefold() == folded), None)

    return custom


def _fits(comparison: Comparison) -> Callable[[Any], bool]:
    """Whether a value that is there fits one of those compared with, `!` left aside."""
    match comparison.type:
        case FieldType.NUMBER:
            return _number_fits(comparison)
        case FieldType.MOMENT:
            return _moment_fits(comparison)
        case FieldType.TEXT | FieldType.CUSTOM:
            return _text_fits(comparison)
        case FieldType.TEXTS:
            fits = _text_fits(comparison)
            return lambda held: any(map(fits, held))
        case FieldType.TAGS:
            return _tags_fit(comparison)
        case FieldType.REFS:
            ids = frozenset(comparison.values)
            return lambda held: not ids.isdisjoint(held)
        case _:
            wanted = frozenset(comparison.values)
            return lambda held: held in wanted


def _tags_fit(comparison: Comparison) -> Callable[[Any], bool]:
    """One tag that fits is enough; one of two levels, transport/broken, is found by its first too."""
    fits = _text_fits(comparison)
    if comparison.op in LIKE:
        return lambda held: any(map(fits, held))
    return lambda held: any(fits(tag) or fits(tag.partition("/")[0]) for tag in held)


def _number_fits(comparison: Comparison) -> Callable[[Any], bool]:
    if order := ORDERS.get(comparison.op):
        return lambda held: order(Decimal(held), comparison.values[0])
    wanted = frozenset(comparison.values)
    return lambda held: Decimal(held) in wanted


def _text_fits(comparison: Comparison) -> Callable[[Any], bool]:
    wanted = frozenset(value.casefold() for value in comparison.values if isinstance(value, str))
    if order := ORDERS.get(comparison.op):
        return _order_fits(order, next(iter(wanted)), comparison.type)
    if comparison.op in LIKE:
        return lambda held: any(text in held.casefold() for text in wanted)
    return lambda held: held.casefold() in wanted


def _order_fits(order: Callable[[Any, Any], bool], text: str, kind: FieldType) -> Callable[[Any], bool]:
    """By the alphabet; custom fields beside a number as numbers, and those that are no number never fit."""
    if kind is not FieldType.CUSTOM or not re.fullmatch(NUMBER, text):
        return lambda held: order(held.casefold(), text)
    number, pattern = Decimal(text), re.compile(NUMBER)
    return lambda held: pattern.fullmatch(held) is not None and order(Decimal(held), number)


def _covers(held: str, first: str, behind: str) -> bool:
    return first <= held < behind


_WITHIN: dict[str, Callable[[str, str, str], bool]] = {
    "=": _covers,
    "!=": _covers,
    ">": lambda held, first, behind: held >= behind,
    ">=": lambda held, first, behind: held >= first,
    "<": lambda held, first, behind: held < first,
    "<=": lambda held, first, behind: held < behind,
}


def _moment_fits(comparison: Comparison) -> Callable[[Any], bool]:
    """Stored days lie within days and stored instants within instants: each side has a stretch of both."""
    within = _WITHIN[comparison.op]
    stretches = [_stretches(value, comparison.zone) for value in comparison.values if isinstance(value, str)]
    return lambda held: any(within(held, *stretch[is_day(held)]) for stretch in stretches)


def _stretches(moment: Moment, zone: ZoneInfo | None) -> tuple[tuple[str, str], tuple[str, str]]:
    """From and behind, as texts: for stored instants, then for stored days."""
    assert zone, "moments are compared in a zone"
    day = day_of(moment, zone)
    instants = (start_of(day, zone), end_of(day, zone)) if is_day(moment) else (moment, f"{moment}~")
    return instants, (day.isoformat(), f"{day}~")


def _quoted(text: str) -> str:
    """The text as it can be typed."""
    if re.fullmatch(WORD, text) and text.casefold() not in ("none", "and", "or", "not"):
        return text
    return '"' + text.replace('"', '""') + '"'


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "none" if value is None else _quoted(value)
