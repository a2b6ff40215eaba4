"""Rows from a file with one JSON object on each line."""

from __future__ import annotations

import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec

from crm_cli.domain.errors import BadValue
from crm_cli.formats.row import (
    Problem,
    Row,
    Sheet,
    collected,
    flaw_of,
    refuse_too_many_columns,
    sheet_of,
    shortened,
)
from crm_cli.formats.source import LONGEST_RECORD, Overlong, Source, source_of

# Numbers beyond the integers stay as they are written: a float would change amounts.
_NOTE = {"at", "by", "text"}  # the keys of a note as exports write it
_OBJECT = msgspec.json.Decoder(dict[str, Any], float_hook=str)


def read_jsonl(file: bytes | BinaryIO | Source, name: str) -> Sheet:
    """The rows of a JSON Lines file (UTF-8); a line that is no object, too deep or too long is a Problem.

    The file is read once, line by line. Scalars become text: true is `true`, numbers are as written. Null is absent.
    An object within, `custom`, gives the headers `custom.x`; deeper ones are refused, and so is a key that comes
    twice. The scalars of a list are joined by `;`; exported notes stay JSON. The headers are those
    of all rows in the order in which they appear. Raises BadValue over 2,000 of them, over 10,000 problems and for
    UTF-16, OSError.
    """
    source = source_of(file)
    if source.head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise BadValue(f"{name} is in UTF-16, and JSON lines are UTF-8", f"iconv -f UTF-16 -t UTF-8 {name}")
    headers: dict[str, None] = {}
    found = collected(_counted(_items(source), headers, name), name)
    return sheet_of(source.sha256, name, tuple(headers), found)


def _counted(items: Iterable[Row | Problem], headers: dict[str, None], name: str) -> Iterator[Row | Problem]:
    """The same, their headers written down."""
    for item in items:
        if isinstance(item, Row):
            headers.update(dict.fromkeys(item.cells))
            refuse_too_many_columns(len(headers), name)
        yield item


def _items(source: Source) -> Iterator[Row | Problem]:
    """What is on each line that is not blank."""
    line = 0
    too_long = f"is longer than {LONGEST_RECORD:,} bytes"
    try:
        for line, text in enumerate(source.lines(), 1):
            if text is None:
                yield Problem(line=line, reason=too_long)
            elif item := _read(line, text.removeprefix(BOM_UTF8) if line == 1 else text):
                yield item
    except Overlong:
        yield Problem(line=line + 1, reason=f"{too_long}; nothing after it was read")


def _read(line: int, text: bytes) -> Row | Problem | None:
    """What is on a line: nothing, if it or all its cells are blank."""
    if not text.strip():
        return None
    try:
        record = _OBJECT.decode(text)
        if text.count(b":") != _keys(record):  # else no key can be there twice
            json.loads(text, object_pairs_hook=_each_once, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        shown = shortened(text.decode(errors="replace").strip())
        return Problem(line=line, value=shown, reason=f"is not a JSON object: {error}")
    row = _row(line, record)
    return row if isinstance(row, Problem) or any(row.cells.values()) else None


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shortened(key)!r} is there twice")
        found[key] = value
    return found


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
    if isinstance(value, list) and all(isinstance(item, dict) and item.keys() == _NOTE for item in value) and value:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ";".join(_scalar(item).strip() for item in value if item is not None)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise ValueError("holds a list or an object too deep to be a cell")
    return str(value).lower() if isinstance(value, bool) else str(value)
