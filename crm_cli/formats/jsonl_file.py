"""Rows from a file with one JSON object on each line."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

import msgspec

from crm_cli.formats.row import (
    Problem,
    Row,
    Sheet,
    flaw_of,
    refuse_too_many_columns,
    sheet_of,
    shortened,
)

# Numbers beyond the integers stay as they are written: a float would change amounts.
_OBJECT = msgspec.json.Decoder(dict[str, Any], float_hook=str)


def read_jsonl(data: bytes, name: str) -> Sheet:
    """The rows of a JSON Lines file (UTF-8); a line that is no object, or too deep, is a Problem.

    Scalars become text: true is `true`, numbers are as written. Null is absent. An object within, `custom`,
    gives the headers `custom.x`; deeper ones are refused. The scalars of a list are joined by `;`. The
    headers are those of all rows in the order in which they appear. Raises BadValue over 2,000 of them.
    """
    lines = enumerate(data.removeprefix(BOM_UTF8).split(b"\n"), 1)
    read = [_read(line, text) for line, text in lines if text.strip()]
    found = [item for item in read if isinstance(item, Problem) or any(item.cells.values())]
    headers = tuple(dict.fromkeys(h for item in found if isinstance(item, Row) for h in item.cells))
    refuse_too_many_columns(len(headers), name)
    return sheet_of(data, name, headers, found)


def _read(line: int, text: bytes) -> Row | Problem:
    try:
        record = _OBJECT.decode(text)
    except (ValueError, RecursionError) as error:
        shown = shortened(text.decode(errors="replace").strip())
        return Problem(line=line, value=shown, reason=f"is not a JSON object: {error}")
    return _row(line, record)


def _row(line: int, record: dict[str, Any]) -> Row | Problem:
    cells: dict[str, str] = {}
    for header, value in _flat(record):
        try:
            _put(cells, header, value)
        except ValueError as refusal:
            return Problem(line=line, column=shortened(header), value=shortened(str(value)), reason=str(refusal))
    return Row(line=line, cells=cells)


def _flat(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from ((f"{key.strip()}.{inner.strip()}", held) for inner, held in value.items())
        else:
            yield key.strip(), value


def _put(cells: dict[str, str], header: str, value: Any) -> None:
    if value is None:
        return
    text = _text(value).strip()
    if not header or header in cells:
        raise ValueError("has a key that is given twice" if header else "has a key without a name")
    if flaw := flaw_of(text) or flaw_of(header):
        raise ValueError(flaw)
    cells[header] = text


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(_scalar(item).strip() for item in value if item is not None)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("holds a list or an object too deep to be a cell")
    return str(value).lower() if isinstance(value, bool) else str(value)
