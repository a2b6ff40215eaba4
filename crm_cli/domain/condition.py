"""The little language of filters: status=new and (potential>=1000 or tag=hot)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NoReturn, Protocol

from msgspec import Struct

from crm_cli.domain.comparison import (
    LIKE,
    NUMBER,
    ORDERS,
    SAME,
    WORD,
    And,
    Comparison,
    Condition,
    Everything,
    Not,
    Or,
    Value,
    both,
)
from crm_cli.domain.errors import BadValue
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.moment import Clock, Moment, read_moment

__all__ = ["DEEPEST", "GROUPS", "And", "Comparison", "Condition", "Everything", "Not", "Or", "both", "parse"]

GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {  # of leads, deals, claims
    "open": (("new", "contacted"), ("in_progress",), ("registered", "processing")),
}
DEEPEST = 50  # brackets and nots inside one another

ALIASES = {
    "created": "created_at",
    "updated": "updated_at",
    "received": "received_at",
    "tag": "tags",
    "email": "emails",
    "phone": "phones",
    "participant": "participants",
}
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
OPERATORS = {
    FieldType.TEXT: (*SAME, *LIKE, *ORDERS),
    FieldType.TEXTS: (*SAME, *LIKE),
    FieldType.TAGS: (*SAME, *LIKE),
    FieldType.CUSTOM: (*SAME, *LIKE, *ORDERS),
    FieldType.NUMBER: (*SAME, *ORDERS),
    FieldType.MOMENT: (*SAME, *ORDERS),
    FieldType.CHOICE: SAME,
    FieldType.FLAG: SAME,
    FieldType.REF: SAME,
    FieldType.REFS: SAME,
}
_SHAPE = "write FIELD OPERATOR VALUE, as in status=new; a value with blanks in quotes: name='Jane Doe'"
_TOKEN = (
    rf"\s*(?:(?P<operator>!=|!~|>=|<=|[=~><])|(?P<mark>[(),])|(?P<word>{WORD})"
    r"""|"(?P<double>[^"]*(?:""[^"]*)*)"|'(?P<single>[^']*(?:''[^']*)*)')"""
)


class Implied(str):
    """A filter that an option stands for: nobody has typed it, so that no column of it means anything to anybody."""

    def refusal(self, error: BadValue) -> BadValue:
        """The same about the option, which is called what its field is called."""
        told = error.message.partition(": ")[2]
        field = self.partition("=")[0]
        option = f"--{field.replace('_', '-')}"
        return BadValue(told.replace(field, option, 1) if told.startswith(f"{field} ") else told, error.hint)


class Elsewhere(Protocol):
    """The other kinds of record, for what is asked of those a record points to."""

    def fields(self, kind: str) -> Mapping[str, Field]:
        """What can be asked of a record of this kind."""

    def ids(self, kind: str, where: Condition) -> Iterable[str]:
        """The ids of those that fit."""


def parse(
    text: str,
    fields: Mapping[str, Field],
    clock: Clock,
    resolve: Callable[[str, str], str],
    elsewhere: Elsewhere | None = None,
) -> Condition:
    """The condition that was typed; Everything if the text is blank.

    `resolve(kind, text)` turns what was typed for a REF into an id, and raises NotFound itself; `elsewhere` answers
    what is asked over a reference, as in campaign.name=Spring. BadValue names the column, from 1, and what is allowed
    there; more than DEEPEST levels are refused.
    """
    if not text.strip():
        return Everything()
    try:
        return _Reader(list(_tokens(text.rstrip())), _Vocabulary(fields, clock, resolve, elsewhere)).whole()
    except BadValue as error:
        if isinstance(text, Implied) and "column" in error.details:
            raise text.refusal(error) from error
        raise


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
    elsewhere: Elsewhere | None = None

    def comparison(self, name: _Token, op: _Token, typed: list[_Token]) -> Comparison:
        """The comparison that these words make; BadValue if they do not fit one another."""
        if (crossed := self._crossed(name)) and self.elsewhere:
            reference, rest = crossed
            return self._over(self.elsewhere, reference, rest, op, typed)
        field = self._field(name)
        if op.text not in OPERATORS[field.type]:
            allowed = " ".join(OPERATORS[field.type])
            op.refuse(f"{field.name} cannot be compared by {op.text}", f"allowed: {allowed}")
        if op.text in ORDERS and len(typed) > 1:
            typed[1].refuse(f"one value only goes with {op.text}", "a decimal is written 5.10")
        values = dict.fromkeys(value for token in typed for value in self._values(field, op.text, token))
        if field.type is FieldType.CUSTOM and "." not in field.name:
            return self._whole_custom(field, op, values)
        zone = self.clock.zone if field.type is FieldType.MOMENT else None
        return Comparison(field.name, op.text, tuple(values), field.type, zone)

    def _crossed(self, token: _Token) -> tuple[Field, _Token] | None:
        """The reference and what is asked of the record behind it: campaign.name."""
        head, dot, rest = token.text.partition(".")
        field = self.fields.get(head.lower())
        if not (dot and rest and field and field.type is FieldType.REF):
            return None
        return field, _Token(token.kind, rest, token.column + len(head) + 1)

    def _over(
        self, elsewhere: Elsewhere, reference: Field, name: _Token, op: _Token, typed: list[_Token]
    ) -> Comparison:
        """The same asked of the records behind a reference; who points to none is asked as an empty one."""
        kind = reference.kind or reference.name
        there = _Vocabulary(elsewhere.fields(kind), self.clock, self.resolve, elsewhere)
        asked = there.comparison(name, op, typed)
        nobody: tuple[Value, ...] = (None,) if asked.matches({}) else ()
        return Comparison(reference.name, "=", (*nobody, *elsewhere.ids(kind, asked)), FieldType.REF)

    def _whole_custom(self, field: Field, op: _Token, values: Mapping[Value, None]) -> Comparison:
        if list(values) != [None]:
            op.refuse("which custom field is meant?", f"write {field.name}.KEY, as in custom.industry=SaaS")
        return Comparison(field.name, op.text, (None,), FieldType.TAGS)

    def _field(self, token: _Token) -> Field:
        """The field of that name, by its short name, or one custom field as custom.KEY."""
        short = {name: target for name, target in ALIASES.items() if target in self.fields}
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
        if not token.text or (token.says("none") and op not in LIKE):
            if op not in SAME:
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
            case FieldType.REF | FieldType.REFS:
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
    if not re.fullmatch(NUMBER, token.text):
        token.refuse(f"{token} is not a number", "write it as 1500 or 1500.50")
    return Decimal(token.text)


def _flag(field: Field, token: _Token) -> bool:
    if token.text.lower() not in _FLAGS:
        raise _unknown(token, field.name, list(_FLAGS))
    return _FLAGS[token.text.lower()]


def _choices(field: Field, token: _Token) -> tuple[str, ...]:
    choices = set(field.choices)
    groups = {name: members for name, ways in GROUPS.items() for members in ways if set(members) <= choices}
    known = {**groups, **{choice.casefold(): (choice,) for choice in field.choices}}
    if token.text.casefold() not in known:
        raise _unknown(token, field.name, [*field.choices, *groups, "none"])
    return known[token.text.casefold()]
