"""The cells of a file as values: dates and numbers as their column writes them, lists taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.lead import Rating
from crm_cli.domain.moment import Clock, Moment, is_day
from crm_cli.domain.reach import email_key, fold, is_email, known, phone_key, read_phone
from crm_cli.formats.column import dates_in, numbers_in
from crm_cli.formats.date_text import Order
from crm_cli.formats.row import Problem, Row, Sheet, shortened
from crm_cli.usecases.import_columns import CUSTOM, Columns
from crm_cli.usecases.import_house import House
from crm_cli.usecases.import_own import LEFT_OUT, beside

Values = dict[str, Any]  # by field; a blank cell is no value, and under `custom` are the fields of one's own
Read = Callable[[str], Any]  # raises ValueError, whose text is the reason

# What is kept as it was read; every other field has a rule of its own.
PLAIN = (
    "company", "position", "website", "tax_id", "street", "postcode", "city", "country", "source", "source_detail",
    "external_id",
)  # fmt: skip
_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "si"})
_NO = frozenset({"no", "n", "false", "0", "nein", "falsch", "non", ""})


class _ExportedNote(Struct):
    """A note as exports write it."""

    at: str
    by: str
    text: str


_EXPORTED_NOTES = msgspec.json.Decoder(list[_ExportedNote])


class Plan(Struct, frozen=True, kw_only=True):
    """How a file is to be taken in."""

    columns: Columns
    order: Order | None = None  # of day, month and year; None: each column tells
    comma: bool | None = None  # before decimals; None: each column tells
    create_reps: bool = False


class Taken(Struct, frozen=True):
    """One row of the file as values, with what was wrong in it."""

    row: Row
    values: Values
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def line(self) -> int:
        return self.row.line


class Cells:
    """The columns of one sheet, each with its way of being read."""

    def __init__(self, crm: Crm, sheet: Sheet, plan: Plan, house: House) -> None:
        """Raises BadValue for a column that does not tell how its dates or numbers are written."""
        self._crm, self._sheet, self._plan, self._house = crm, sheet, plan, house
        columns = {header: field for header, field in plan.columns.items() if field != LEFT_OUT}
        self._columns = [(header, field, self._way(header, field)) for header, field in columns.items()]
        self._names = {header: names for header in columns if (names := beside(plan.columns, header))}

    def take(self, row: Row) -> Taken:
        """The row as values; a phone that cannot be read is kept as a field of one's own."""
        values: Values = {}
        problems: list[Problem] = []
        warnings: list[Problem] = []
        for header, field, read in self._columns:
            text = row.cells.get(header)
            if not text:
                continue
            if named := row.cells.get(self._names.get(header, "")):
                text = self._house.meant(field, text, named)
            try:
                put(values, field, read(text))
            except ValueError as reason:
                found = Problem(line=row.line, column=header, value=shortened(text), reason=str(reason))
                if field == "phones":
                    put(values, CUSTOM + header, text)
                (warnings if field == "phones" else problems).append(found)
        return Taken(row, _named(values), tuple(problems), tuple(warnings))

    def _way(self, header: str, field: str) -> Read:
        match field:
            case "received_at" | "won_at":
                dates = dates_in(header, self._texts(header), self._crm.clock.zone, self._plan.order)
                return lambda text: _past(dates.read(text), self._crm.clock)
            case "potential" | "amount":
                numbers = numbers_in(header, self._texts(header), self._plan.comma)
                return lambda text: _not_negative(numbers.read(text))
            case "phones":
                country = str(self._crm.setting("country"))
                return lambda text: _phones(text, country)
            case "rep":
                return self._house.check_rep
            case "campaign":
                return self._house.campaign
            case _:
                return _WAYS.get(field, str)

    def _texts(self, header: str) -> list[tuple[int, str]]:
        cells = ((row.line, row.cells.get(header)) for row in self._sheet.rows)
        return [(line, text) for line, text in cells if text]


def put(values: Values, field: str, value: Any) -> None:
    """Set a field; what can be several is added to what is there."""
    if value is None or value == ():
        return
    if field.startswith(CUSTOM):
        values["custom"] = {**values.get("custom", {}), field.removeprefix(CUSTOM): value}
    elif field == "custom":
        values["custom"] = {**values.get("custom", {}), **value}
    elif isinstance(value, tuple):
        values[field] = together(field, values.get(field, ()), value)
    else:
        values[field] = value


def merged(rows: Iterable[Taken]) -> Values:
    """The values of several rows as one; a later one that is not blank wins."""
    first, *others = (row.values for row in rows)
    if not others:
        return first
    values = dict(first)
    for more in others:
        for field, value in more.items():
            put(values, field, value)
    return values


def together(field: str, old: Sequence[str], new: Iterable[str]) -> tuple[str, ...]:
    """What is there, and of what is new one spelling of each that is not there."""
    spelled = {"emails": email_key, "phones": phone_key}.get(field, str)
    found = {spelled(text) or text.casefold(): text for text in old}
    added: dict[str, str] = {}
    for text in new:
        key = spelled(text) or text.casefold()
        if key not in found:
            added.setdefault(key, text)
    return (*old, *added.values())


def _named(values: Values) -> Values:
    """With first and last name joined, where there is no whole name."""
    parts = [values.pop(field, "") for field in ("first_name", "last_name")]
    if any(parts) and "name" not in values:
        values["name"] = " ".join(part for part in parts if part)
    return values


def _past(moment: Moment, clock: Clock) -> Moment:
    if moment > (clock.today.isoformat() if is_day(moment) else clock.now_text):
        raise ValueError("is in the future")
    return moment


def _not_negative(number: Decimal) -> Decimal:
    if number < 0:
        raise ValueError("is negative")
    return number


def _emails(text: str) -> tuple[str, ...]:
    if not known(fold(text)):
        return ()
    parts = [part for part in re.split(r"[;,\s]+", text) if part]
    for part in parts:
        if not is_email(part):
            raise ValueError("is not an e-mail address" if len(parts) == 1 else f"{part!r} is not an e-mail address")
    return together("emails", (), parts)


def _phones(text: str, country: str) -> tuple[str, ...]:
    if not known(fold(text)):
        return ()
    parts = [part for part in re.split(r"[;\n]", text) if part.strip()]
    try:
        return together("phones", (), [read_phone(part, country) for part in parts])
    except BadValue as refusal:
        raise ValueError("is not a phone number; it is kept as a field of its own") from refusal


def _tags(text: str) -> tuple[str, ...]:
    parts = (part.strip(" +").lower() for part in re.split(r"[;,\n\t]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _notes(text: str) -> tuple[str, ...]:
    """One note; several where they are written as exports write them."""
    try:
        return tuple(one.text for one in _EXPORTED_NOTES.decode(text))
    except msgspec.DecodeError:
        return (text,)


def _number_elsewhere(text: str) -> str | None:
    return text if known(fold(text)) else None


def _yes(text: str) -> bool | None:
    word = text.casefold()
    if word not in _YES | _NO:
        raise ValueError("is neither yes nor no")
    return True if word in _YES else None


def _rating(text: str) -> Rating:
    try:
        return Rating(text.lower())
    except ValueError:
        raise ValueError(f"is none of {', '.join(Rating)}") from None


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise ValueError("is not a currency in three letters, such as EUR")
    return text.upper()


_WAYS: dict[str, Read] = {
    "emails": _emails,
    "tags": _tags,
    "notes": _notes,
    "external_id": _number_elsewhere,
    "lead.external_id": _number_elsewhere,
    "do_not_contact": _yes,
    "rating": _rating,
    "currency": _currency,
}
