"""Lists of records: filtered in the store, sorted, cut and shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from typing import Any

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.view import Row, for_people, names_of, public
from crm_cli.domain.condition import Condition, both
from crm_cli.domain.errors import BadValue
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.record import Record
from crm_cli.shelf import Shelf

# What is hidden unless --all or the status itself is asked for.
_GONE = {
    "lead": "status!=deleted,merged",
    "account": "status!=deleted,canceled",
    "contact": "status!=deleted,canceled",
    "deal": "status!=deleted,canceled",
    **dict.fromkeys(("event", "claim", "campaign", "rep"), "status!=deleted"),
}

_MOST = 10**15


def quoted(value: str) -> str:
    """A value as the filter language reads it, whatever is in it."""
    return '"' + value.replace('"', '""') + '"'


def short_cut(field: str, value: str | None) -> list[str]:
    """The filter of an option such as --status new,contacted; `none` means without. Raises BadValue for a blank."""
    if value is None:
        return []
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not parts:
        raise BadValue(f"which {field} is meant?", "leave the option out, or say none")
    return [f"{field}={','.join('none' if part.lower() == 'none' else quoted(part) for part in parts)}"]


def short_cuts(wanted: Mapping[str, str | None]) -> list[str]:
    """The filters of several such options, by the field each is about."""
    return [text for field, value in wanted.items() for text in short_cut(field, value)]


def list_records(
    desk: Desk, kind: str, columns: Sequence[str], filters: Sequence[str] = (), *, sort: str | None = None
) -> None:
    """Carry out a list command; `filters` come from the noun's own options and are ANDed with --where.

    `sort` is the order where none is asked for; the last order is always that of the numbers.
    """
    asked = desk.listing
    for option, count in (("--limit", asked.limit), ("--offset", asked.offset)):
        if count is not None and not 0 <= count <= _MOST:
            raise BadValue(f"{option} {count} is no number of records", f"{option} takes 0 to {_MOST}")
    with desk.read() as crm:
        shelf = crm.shelf(kind)
        names = names_of(kind)
        show.chosen_fields(asked.fields, names)
        found = _found(desk, shelf, [*filters, *(asked.where or ())])
        if order := asked.sort or sort:
            found = iter(_sorted(list(found), order, shelf.fields))
        found = islice(found, asked.offset or 0, None if asked.limit is None else (asked.offset or 0) + asked.limit)
        if asked.count:
            return _counted(desk, sum(1 for _ in found))
        rows: Iterator[Row] = (public(record, crm) for record in found)
        first = next(rows, None) if asked.exit_code else None
        rows = chain([first], rows) if first is not None else rows
        if desk.format in show.HUMAN:
            rows = (for_people(row, kind, crm) for row in rows)
        show.rows(desk, rows, columns, names, empty=f"No {kind}s match.")
    if asked.exit_code and first is None:
        raise show.Empty(f"no {kind} fits", "leave out --exit-code to take that as success")
    return None


def _counted(desk: Desk, count: int) -> None:
    show.text(desk, {"count": count}, str(count))
    if desk.listing.exit_code and not count:
        raise show.Empty("none fits", "leave out --exit-code to take that as success")


def _found(desk: Desk, shelf: Shelf[Any], filters: Sequence[str]) -> Iterator[Record]:
    found = fitting(shelf, filters, all=desk.listing.all)
    return _holding(found, desk.listing.search) if desk.listing.search else found


def fitting(shelf: Shelf[Any], filters: Sequence[str], *, all: bool = False) -> Iterator[Record]:
    """Those that fit every filter, in the order of their numbers; what is gone only with `all`, or by its status."""
    conditions = [shelf.where(text) for text in filters]
    if shelf.kind in _GONE and not all and not any("status" in one.fields for one in conditions):
        conditions.append(shelf.where(_GONE[shelf.kind]))
    where: Condition | None = None
    for condition in conditions:
        where = condition if where is None else both(where, condition)
    return shelf.all(where)


def _holding(found: Iterable[Record], text: str) -> Iterator[Record]:
    """Those in which this text stands anywhere, case apart."""
    wanted = text.casefold()
    for record in found:
        values = (getattr(record, name) for name in record.__struct_fields__)
        if any(wanted in part.casefold() for value in values for part in _texts(value)):
            yield record


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(getattr(inner, "text", inner))


def _sorted(found: list[Record], text: str, fields: dict[str, Field]) -> list[Record]:
    """By several fields, the first first; absent values last, and the order of numbers where all is equal."""
    for name in reversed([part.strip() for part in text.split(",") if part.strip()]):
        downwards, field = name.startswith("-"), _field(name.lstrip("-+"), fields)
        filled = [one for one in found if getattr(one, field.name) not in (None, "", (), {})]
        empty = [one for one in found if getattr(one, field.name) in (None, "", (), {})]
        filled.sort(key=lambda one: _order(getattr(one, field.name), field), reverse=downwards)
        found = [*filled, *empty]
    return found


def _field(name: str, fields: dict[str, Field]) -> Field:
    for candidate in (name, f"{name}_at"):
        if candidate in fields and fields[candidate].type is not FieldType.CUSTOM:
            return fields[candidate]
    raise BadValue.not_one_of("sort field", name, [one for one in fields if one != "custom"])


def _order(value: Any, field: Field) -> Any:
    if field.name == "id":
        letters = value.rstrip("0123456789")
        return letters, int(value[len(letters) :])
    if field.type is FieldType.NUMBER:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return Decimal(0)
    if field.type is FieldType.REF:
        letters = value.rstrip("0123456789.")
        return letters, [int(part) for part in value[len(letters) :].split(".")]
    if isinstance(value, dict | tuple):
        return [str(one).casefold() for one in sorted(value)]
    return str(value).casefold()
