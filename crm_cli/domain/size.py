"""How large a field and a record may become: a text too long is refused wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from crm_cli.domain.errors import BadValue

LONGEST_FIELD = 65_536  # characters of one text: a name, one e-mail, one note, one field of one's own
LARGEST_RECORD = 1 << 20  # bytes of a record as it is kept, its notes included

_encode = msgspec.json.Encoder().encode
_HINT = "keep it in a file, and write down where that lies"


def must_fit(id: str, new: Mapping[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """Refuse a change by which a field or the record becomes too large, or holds bytes that are no text.

    `new` are the changed fields by path (notes.7, custom.size) with their new values. A record that is too large
    already may still become smaller. Raises BadValue, which names the field.
    """
    for path, value in new.items():
        for text in (path, value) if isinstance(value, str) else (path, *_texts(value)):
            if len(text) > LONGEST_FIELD or not text.isascii():
                must_be_short(path, text)
    size = _size(after)
    if size > LARGEST_RECORD and size > _size(before or {}):
        field = _short(max(new, key=lambda path: sum(map(len, _texts(new[path])))))
        told = f"{id} would have {size:,} bytes, more than {LARGEST_RECORD:,}"
        raise BadValue(f"{_called(field)} is too much: {told}", _HINT, field=field)


def must_be_short(field: str, text: str) -> None:
    """Raises BadValue for a text over 65,536 characters, and for one that holds bytes that are no text."""
    if len(text) <= LONGEST_FIELD and text.isascii():
        return
    field = _short(field)
    if len(text) > LONGEST_FIELD:
        told = f"{_called(field)} has {len(text):,} characters, more than {LONGEST_FIELD:,}"
        raise BadValue(told, _HINT, field=field)
    if any("\ud800" <= mark <= "\udfff" for mark in text):
        raise BadValue(f"{_called(field)} {text!r} holds bytes that are no text", "give it in UTF-8", field=field)


def _size(doc: Mapping[str, Any]) -> int:
    """Bytes of the document as JSON."""
    return len(_encode(doc))


def _called(field: str) -> str:
    """A note has a number that nobody knows."""
    return "the note" if field.startswith("notes.") else field


def _short(field: str) -> str:
    return field if len(field) <= 60 else f"{field[:59]}…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
