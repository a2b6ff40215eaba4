"""Reports on the screen and in files: figures to the right, shares as percent, bars on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.output import emit, to_json
from crm_cli.cli.view import Row

_BAR = 20


def percent(share: float | None) -> str:
    """A share of one as percent with one decimal, rounded half up; n/a where there is none."""
    if share is None:
        return "n/a"
    return f"{(Decimal(str(share)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def bars(share: float | None) -> str:
    """A share as a bar."""
    return "█" * round((share or 0) * _BAR)


def table_or_rows(desk: Desk, result: Any, shown: Sequence[Row], heads: Sequence[str]) -> None:
    """A report: the whole result for scripts, a table for people, the same rows in files."""
    if desk.format in ("json", "jsonl"):
        emit([to_json(result), "\n"], desk.options.output)
        return
    used = [head for head in heads if desk.format == "table" or head != "bar"]
    used = [head for head in used if head != "group" or any(row.get(head) for row in shown)]
    show.rows(desk, shown, used, used, empty="No data.")
