"""Files in and out, as rows: which reader a file needs."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Literal

from crm_cli.formats.csv_file import read_csv
from crm_cli.formats.jsonl_file import read_jsonl
from crm_cli.formats.row import Sheet

_CSV = (".csv", ".tsv", ".tab")
_JSONL = (".jsonl", ".ndjson")


def read_sheet(data: bytes, name: str, kind: Literal["auto", "csv", "jsonl"] = "auto") -> Sheet:
    """The rows of a file of this name, read as the kind says; `auto` goes by suffix, then by the first byte.

    An empty file is a sheet with a Problem that says so. Raises BadValue over 2,000 columns.
    """
    return (read_jsonl if _is_jsonl(data, name, kind) else read_csv)(data, name)


def _is_jsonl(data: bytes, name: str, kind: str) -> bool:
    if kind != "auto":
        return kind == "jsonl"
    if name.lower().endswith(_CSV + _JSONL):
        return name.lower().endswith(_JSONL)
    return data.removeprefix(BOM_UTF8).lstrip().startswith(b"{")
