"""The little language of filters: status=new and (potential>=1000 or tag=hot)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, NoReturn, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import force_setattr

from crm_cli.domain.errors import BadValue
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.moment import Clock, Moment, day_of, end_of, is_day, read_moment, start_of

Value: TypeAlias = str | Decimal | bool | None  # None stands for an absent or empty field
Test: TypeAlias = Callable[[Mapping[str, Any]], bool]

GROUPS: dict[str, tuple[str, ...]] = {"open": ("new", "contacted")}
DEEPEST = 50  # brackets and nots inside one another

_ALIASES = {
    "created": "created_at",
    "updated": "updated_at",
    "received": "received_at",
    "tag": "tags",
    "email": "emails",
    "phone": "phones",
}
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_SAME, _LIKE = ("=", "!="), ("~", "!~")
_OPERATORS = {
    FieldType.TEXT: (*_SAME, *_LIKE, *_ORDERS),
    FieldType.TEXTS: (*_SAME, *_LIKE),
    FieldType.TAGS: (*_SAME, *_LIKE),
    FieldType.CUSTOM: (*_SAME, *_LIKE, *_ORDERS),
    FieldType.NUMBER: (*_SAME, *_ORDERS),
    FieldType.MOMENT: (*_SAME, *_ORDERS),
    FieldType.CHOICE: _SAME,
    FieldType.FLAG: _SAME,
    FieldType.REF: _SAME,
}
_SHAPE = "write FIELD OPERATOR VALUE, as in status=new; a value with blanks in quotes: name='Jane Doe'"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_WORD = r"""(?:[^\s"'(),=!~<>]|!(?![=~]))(?:[^\s"(),=!~<>]|!(?![=~]))*"""
_TOKEN = (
    rf"\s*(?:(?P<operator>!=|!~|>=|<=|[=~><])|(?P<mark>[(),])|(?P<word>{_WORD})"
    r"""|"(?P<double>[^"]*(?:""[^"]*)*)"|'(?P<single>[^']*(?:''[^']*)*)')"""
)


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


def parse(text: str, fields: Mapping[str, Field], clock: Clock, resolve: Callable[[str, str], str]) -> Condition:
    """The condition that was typed; Everything if the text is blank.

    `resolve(kind, text)` turns what was typed for a REF into an id, and raises NotFound itself.
    BadValue names the column, from 1, and what is allowed there; more than DEEPEST levels are refused.
    """
    if not text.strip():
        return Everything()
    return _Reader(list(_tokens(text.rstrip())), _Vocabulary(fields, clock, resolve)).whole()


def both(first: Condition, second: Condition) -> Condition:
    """The condition that holds where these two hold."""
    if isinstance(first, Everything):
        return second
    return first if isinstance(second, Everything) else And((first, second))


class _Token(Struct, frozen=True):
    """A piece of the typed text."""

    kind: str  # operator, mark, word, quoted or end
    text: str
    column: int  # from 1

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or marks, not in quotes."""
        return self.kind in ("word", "mark") and self.text.casefold() in words

    def refuse(self, problem: str, hint: str = _SHAPE) -> NoReturn:
        raise BadValue(f"column {self.column}: {problem}", hint, column=self.column)

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def _tokens(text: str) -> Iterator[_Token]:
    pattern, place = re.compile(_TOKEN), 0
    while found := pattern.match(text, place):
        kind, place = str(found.lastgroup), found.end()
        if quote := {"double": '"', "single": "'"}.get(kind):
            yield _Token("quoted", found[kind].replace(quote * 2, quote), found.start(kind))
        else:
            yield _Token(kind, found[kind], found.start(kind) + 1)
    rest = text[place:].lstrip()
    end = _Token("end", rest, len(text) - len(rest) + 1)
    if rest:
        end.refuse(f"the quotation {rest[0]} is not closed", "close it; write the quote itself twice")
    yield end


class _Vocabulary(Struct, frozen=True):
    """What the words of a filter can mean here."""

    fields: Mapping[str, Field]
    clock: Clock
    resolve: Callable[[str, str], str]

    def comparison(self, name: _Token, op: _Token, typed: list[_Token]) -> Comparison:
        """The comparison that these words make; BadValue if they do not fit one another."""
        field = self._field(name)
        if op.text not in _OPERATORS[field.type]:
            allowed = " ".join(_OPERATORS[field.type])
            op.refuse(f"{field.name} cannot be compared by {op.text}", f"allowed: {allowed}")
        if op.text in _ORDERS and len(typed) > 1:
            typed[1].refuse(f"one value only goes with {op.text}", "a decimal is written 5.10")
        values = dict.fromkeys(value for token in typed for value in self._values(field, op.text, token))
        if field.type is FieldType.CUSTOM and "." not in field.name:
            return self._whole_custom(field, op, values)
        zone = self.clock.zone if field.type is FieldType.MOMENT else None
        return Comparison(field.name, op.text, tuple(values), field.type, zone)

    def _whole_custom(self, field: Field, op: _Token, values: Mapping[Value, None]) -> Comparison:
        if list(values) != [None]:
            op.refuse("which custom field is meant?", f"write {field.name}.KEY, as in custom.industry=SaaS")
        return Comparison(field.name, op.text, (None,), FieldType.TAGS)

    def _field(self, token: _Token) -> Field:
        """The field of that name, by its short name, or one custom field as custom.KEY."""
        short = {name: target for name, target in _ALIASES.items() if target in self.fields}
        name = token.text.lower()
        if found := self.fields.get(name) or self.fields.get(short.get(name, "")):
            return found
        head, _, key = token.text.partition(".")
        custom = self.fields.get(head.lower())
        if key and custom and custom.type is FieldType.CUSTOM:
            return Field(name=f"{custom.name}.{key}", type=FieldType.CUSTOM)
        names = (f"{name}.KEY" if field.type is FieldType.CUSTOM else name for name, field in self.fields.items())
        raise _unknown(token, "field", [*names, *short])

    def _values(self, field: Field, op: str, token: _Token) -> tuple[Value, ...]:
        """What was typed, as what the field holds; a group of choices is several."""
        if not token.text or (token.says("none") and op not in _LIKE):
            if op not in _SAME:
                token.refuse(f"nothing can be compared by {op}", "none goes with = and != only")
            return (False if field.type is FieldType.FLAG else None,)
        match field.type:
            case FieldType.NUMBER:
                return (_number(token),)
            case FieldType.MOMENT:
                return (self._moment(token),)
            case FieldType.CHOICE:
                return _choices(field, token)
            case FieldType.FLAG:
                return (_flag(field, token),)
            case FieldType.REF:
                return (self.resolve(field.kind or field.name, token.text),)
            case _:
                return (token.text,)

    def _moment(self, token: _Token) -> Moment:
        try:
            return read_moment(token.text, self.clock)
        except BadValue as error:
            hint = f"{error.hint}; quote what holds blanks"
            raise BadValue(f"column {token.column}: {error.message}", hint, column=token.column) from error


class _Reader:
    """The grammar, loosest first: each method reads what it is named after and steps behind it."""

    def __init__(self, tokens: list[_Token], vocabulary: _Vocabulary) -> None:
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._place = 0
        self._depth = 0

    def whole(self) -> Condition:
        """All that was typed."""
        found = self._either()
        if self._next.kind != "end":
            self._next.refuse("no bracket is open here")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _took(self, word: str) -> bool:
        return self._next.says(word) and bool(self._take())

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._took("or"):
            parts.append(self._all())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._next.kind != "end" and not self._next.says("or", ")"):
            self._took("and")  # a blank says the same
            parts.append(self._one())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Condition:
        opening = self._next
        if self._took("not"):
            return Not(self._inside(opening, self._one))
        if not self._took("("):
            return self._comparison()
        found = self._inside(opening, self._either)
        if not self._took(")"):
            opening.refuse("this bracket is not closed", "close it with )")
        return found

    def _inside(self, opening: _Token, read: Callable[[], Condition]) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            opening.refuse(f"more than {DEEPEST} levels of brackets and nots", "write it flatter")
        found = read()
        self._depth -= 1
        return found

    def _comparison(self) -> Comparison:
        name, op = self._word("a field"), self._take()
        if op.kind != "operator":
            op.refuse(f"an operator was expected after {name}, not {op}")
        values = [self._word("a value")]
        while self._took(","):
            values.append(self._word("a value"))
        return self._vocabulary.comparison(name, op, values)

    def _word(self, what: str) -> _Token:
        token = self._take()
        if token.kind not in ("word", "quoted") or token.says("and", "or", "not"):
            token.refuse(f"{what} was expected, not {token}")
        return token


def _unknown(token: _Token, what: str, allowed: list[str]) -> BadValue:
    error = BadValue.not_one_of(f"column {token.column}: {what}", token.text, allowed)
    error.details["column"] = token.column
    return error


def _number(token: _Token) -> Decimal:
    if not re.fullmatch(_NUMBER, token.text):
        token.refuse(f"{token} is not a number", "write it as 1500 or 1500.50")
    return Decimal(token.text)


def _flag(field: Field, token: _Token) -> bool:
    if token.text.lower() not in _FLAGS:
        raise _unknown(token, field.name, list(_FLAGS))
    return _FLAGS[token.text.lower()]


def _choices(field: Field, token: _Token) -> tuple[str, ...]:
    groups = {name: members for name, members in GROUPS.items() if set(members) <= set(field.choices)}
    known = {**groups, **{choice.casefold(): (choice,) for choice in field.choices}}
    if token.text.casefold() not in known:
        raise _unknown(token, field.name, [*field.choices, *groups, "none"])
    return known[token.text.casefold()]


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
        case FieldType.TEXTS | FieldType.TAGS:
            fits = _text_fits(comparison)
            return lambda held: any(map(fits, held))
        case _:
            wanted = frozenset(comparison.values)
            return lambda held: held in wanted


def _number_fits(comparison: Comparison) -> Callable[[Any], bool]:
    if order := _ORDERS.get(comparison.op):
        return lambda held: order(Decimal(held), comparison.values[0])
    wanted = frozenset(comparison.values)
    return lambda held: Decimal(held) in wanted


def _text_fits(comparison: Comparison) -> Callable[[Any], bool]:
    wanted = frozenset(value.casefold() for value in comparison.values if isinstance(value, str))
    if order := _ORDERS.get(comparison.op):
        return _order_fits(order, next(iter(wanted)), comparison.type)
    if comparison.op in _LIKE:
        return lambda held: any(text in held.casefold() for text in wanted)
    return lambda held: held.casefold() in wanted


def _order_fits(order: Callable[[Any, Any], bool], text: str, kind: FieldType) -> Callable[[Any], bool]:
    """By the alphabet; custom fields beside a number as numbers, and those that are no number never fit."""
    if kind is not FieldType.CUSTOM or not re.fullmatch(_NUMBER, text):
        return lambda held: order(held.casefold(), text)
    number, pattern = Decimal(text), re.compile(_NUMBER)
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
    if re.fullmatch(_WORD, text) and text.casefold() not in ("none", "and", "or", "not"):
        return text
    return '"' + text.replace('"', '""') + '"'


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "none" if value is None else _quoted(value)
