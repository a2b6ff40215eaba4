"""Cells that a spreadsheet would take for formulas, made harmless by an apostrophe, and the apostrophe taken back.

Source: OWASP, CSV Injection, and ASVS 5.0 1.2.10 (= + - @ tab NUL at the beginning), widened by CR, other control
characters, the full-width forms that East Asian spreadsheets obey, and blanks before any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from crm_cli.formats.row import Row, Sheet, unique_headers

MARK = "'"
_FORMULA = re.compile("[\x00-\x08\x09\x0b-\x1f]|[\\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠﹢﹣﹦﹫]")
# A number is a number to a spreadsheet too, and digits that begin with + can call nothing.
_HARMLESS = re.compile(r"[+-]?[0-9]+([.,' ][0-9]+)*( ?%)?|\+[0-9][0-9 ()/.-]*")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might obey the cell instead of showing it; plain numbers and phone numbers pass.

    Blanks at its end do not matter: those who read tables take them away.
    """
    bare = cell.rstrip()
    return bool(bare) and _FORMULA.match(cell) is not None and _HARMLESS.fullmatch(bare) is None


def _is_told_apart(cell: str) -> bool:
    """Whether the cell gets an apostrophe: a formula does, and so does what would else look like a guarded one."""
    return is_formula(cell.lstrip(MARK))


def guarded(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not obey it; every other cell stays as it is."""
    return MARK + cell if _is_told_apart(cell) else cell


def unguarded(cell: str) -> str:
    """What was guarded: the exact inverse of `guarded`, which takes away one apostrophe and no more."""
    return cell[1:] if cell.startswith(MARK) and _is_told_apart(cell[1:]) else cell


def guarded_headers(headers: Sequence[str]) -> list[str]:
    """The headers of a file whose cells are guarded: an apostrophe before the first says so.

    It has to be said: a cell that begins with '= may well be meant so where nothing was guarded.
    """
    return [MARK + header if place == 0 else guarded(header) for place, header in enumerate(headers)]


def as_meant(sheet: Sheet) -> Sheet:
    """The sheet with the guard taken off, if the first header says that its cells are guarded; else as it is."""
    if not sheet.headers or not sheet.headers[0].startswith(MARK):
        return sheet
    first, *others = sheet.headers
    headers = unique_headers([first.removeprefix(MARK), *map(unguarded, others)])
    names = dict(zip(sheet.headers, headers, strict=True))
    rows = [_as_meant(row, names) for row in sheet.rows]
    return replace(sheet, headers=headers, rows=rows)


def _as_meant(row: Row, names: Mapping[str, str]) -> Row:
    return Row(line=row.line, cells={names[header]: unguarded(cell) for header, cell in row.cells.items()})
