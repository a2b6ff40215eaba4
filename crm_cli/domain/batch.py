"""An import: one file taken in, and what came of it."""

from __future__ import annotations

from crm_cli.domain.record import Code, Record, Text


class Import(Record, frozen=True, kw_only=True):
    """One file that was taken in."""

    KIND = "import"

    of: Code = ""
    file: Text = ""
    sha256: Code = ""
    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
