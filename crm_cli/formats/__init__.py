"""Files in and out, as rows: which reader a file needs."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import BinaryIO, Literal

from crm_cli.domain.errors import BadValue
from crm_cli.formats.csv_file import read_csv
from crm_cli.formats.jsonl_file import read_jsonl
from crm_cli.formats.row import Sheet
from crm_cli.formats.source import Source, must_be_text
from crm_cli.formats.spreadsheet import as_meant

_CSV = (".csv", ".tsv", ".tab")
_JSONL = (".jsonl", ".ndjson")
_ARRAY = re.compile(rb"\s*\[\s*[\[{\]]")


def read_sheet(file: bytes | BinaryIO, name: str, kind: Literal["auto", "csv", "jsonl"] = "auto") -> Sheet:
    """The rows of a file of this name, read as the kind says; `auto` goes by suffix, then by the first byte.

    The file is read once from front to back, so it may be a pipe, and it may be of any size: only its rows are kept.
    An empty file is a sheet with a Problem that says so. Raises BadValue over 2,000 columns and for a file that is
    no text or a JSON array, OSError where it cannot be read.
    """
    source = Source(file)
    must_be_text(source.head, name)
    _must_be_rows(source.head, name, kind)
    if _is_jsonl(source.head, name, kind):
        return read_jsonl(source, name)
    return as_meant(read_csv(source, name))


def _must_be_rows(head: bytes, name: str, kind: str) -> None:
    """Raises BadValue for a JSON array, which is one value and no rows; what is said to be CSV is taken for it."""
    if kind != "csv" and not name.lower().endswith(_CSV) and _ARRAY.match(head.removeprefix(BOM_UTF8)):
        raise BadValue(
            f"{name} is a JSON array; rows are taken in from CSV or JSON lines",
            "with --format jsonl instead of json crm export writes JSON lines, and so does jq -c '.[]'",
        )


def _is_jsonl(head: bytes, name: str, kind: str) -> bool:
    if kind != "auto":
        return kind == "jsonl"
    if name.lower().endswith(_CSV + _JSONL):
        return name.lower().endswith(_JSONL)
    return head.removeprefix(BOM_UTF8).lstrip().startswith(b"{")
