"""Lists of records: filtered in the store, sorted, cut and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.figures import Figures
from crm_cli.cli.option import Listing
from crm_cli.cli.view import Row, for_people, names_of, public
from crm_cli.domain.condition import Implied
from crm_cli.domain.errors import BadValue
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.record import Record
from crm_cli.shelf import Shelf

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
    return [Implied(f"{field}={','.join('none' if part.lower() == 'none' else quoted(part) for part in parts)}")]


def short_cuts(wanted: Mapping[str, str | None]) -> list[str]:
    """The filters of several such options, by the field each is about."""
    return [text for field, value in wanted.items() for text in short_cut(field, value)]


def list_records(
    desk: Desk,
    kind: str,
    columns: Sequence[str],
    filters: Sequence[str] = (),
    *,
    sort: str | None = None,
    order: Callable[[Any], Any] | None = None,
    figures: Figures | None = None,
) -> None:
    """Carry out a list command; `filters` come from the noun's own options and are ANDed with --where.

    `sort`, fields or a key of a record by `order`, is the order where none is asked for; the last order is always
    that of the numbers. `figures` stand behind the fields of each record.
    """
    asked = desk.listing
    start, stop = _cut(asked)
    with desk.read() as crm:
        shelf = crm.shelf(kind)
        names = [*names_of(kind), *(figures.names if figures else ())]
        if asked.all and "status" in names and "status" not in columns:
            columns = [*columns, "status"]  # what is gone must not look as if it were there
        show.chosen_fields(asked.fields, names)
        found = _found(desk, shelf, [*filters, *(asked.where or ())])
        counted = figures.count(crm) if figures and figures.asked_for(desk) else _nothing_counted
        if wanted := asked.sort or sort:
            found = iter(_sorted(list(found), wanted, shelf.fields, _getters(figures, counted)))
        elif order is not None:
            found = iter(sorted(found, key=order))
        found = islice(found, start, stop)
        if asked.count:
            return _counted(desk, sum(1 for _ in found))
        rows: Iterator[Row] = ({**public(record, crm), **counted(record.id)} for record in found)
        first = next(rows, None) if asked.exit_code else None
        rows = chain([first], rows) if first is not None else rows
        if desk.format in show.HUMAN:
            rows = (for_people(row, kind, crm) for row in rows)
            rows = map(figures.said, rows) if figures else rows
        show.rows(desk, rows, columns, names, empty=f"No {kind}s match.")
    if asked.exit_code and first is None:
        raise show.Empty(f"no {kind} fits", "leave out --exit-code to take that as success")
    return None


def _cut(asked: Listing) -> tuple[int, int | None]:
    """From where up to where; raises BadValue."""
    for option, count in (("--limit", asked.limit), ("--offset", asked.offset)):
        if count is not None and not 0 <= count <= _MOST:
            raise BadValue(f"{option} {count} is no number of records", f"{option} takes 0 to {_MOST}")
    start = asked.offset or 0
    return start, None if asked.limit is None else start + asked.limit


def _nothing_counted(_id: str) -> Row:
    return {}


def _getters(figures: Figures | None, counted: Callable[[str], Row]) -> dict[str, Callable[[Record], Any]]:
    """How the figures of a record are looked up, by their names."""
    names = figures.names if figures else ()
    return {name: partial(lambda name, record: counted(record.id)[name], name) for name in names}


def _counted(desk: Desk, count: int) -> None:
    show.text(desk, {"count": count}, str(count))
    if desk.listing.exit_code and not count:
        raise show.Empty("none fits", "leave out --exit-code to take that as success")


def _found(desk: Desk, shelf: Shelf[Any], filters: Sequence[str]) -> Iterator[Record]:
    found = fitting(shelf, filters, all=desk.listing.all)
    return (one for one, _, _ in holding(found, desk.listing.search)) if desk.listing.search else found


def fitting(shelf: Shelf[Any], filters: Sequence[str], *, all: bool = False) -> Iterator[Record]:
    """Those that fit every filter, in the order of their numbers; what is gone only with `all`, or by its status."""
    return shelf.all(shelf.fitting(filters, gone=all))


def holding(found: Iterable[Record], text: str) -> Iterator[tuple[Record, str, str]]:
    """Those in which this text stands anywhere, case apart, with the field and what it holds there."""
    wanted = text.casefold()
    for record in found:
        texts = ((name, part) for name in record.__struct_fields__ for part in _texts(getattr(record, name)))
        first = next(((name, part) for name, part in texts if wanted in part.casefold()), None)
        if first is not None:
            yield record, *first


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(getattr(inner, "text", getattr(inner, "name", inner)))


def _sorted(
    found: list[Record], text: str, fields: dict[str, Field], figures: Mapping[str, Callable[[Record], Any]]
) -> list[Record]:
    """By several fields or figures, the first first; absent values last, the order of numbers where all is equal."""
    known = {**fields, **{name: Field(name=name, type=FieldType.NUMBER) for name in figures}}
    for name in reversed([part.strip() for part in text.split(",") if part.strip()]):
        downwards, field = name.startswith("-"), _field(name.lstrip("-+"), known)
        value = figures.get(field.name) or attrgetter(field.name)
        filled = [one for one in found if value(one) not in (None, "", (), {})]
        empty = [one for one in found if value(one) in (None, "", (), {})]
        filled.sort(key=partial(_standing, value, field), reverse=downwards)
        found = [*filled, *empty]
    return found


def _standing(value: Callable[[Record], Any], field: Field, record: Record) -> Any:
    return _order(value(record), field)


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
