"""What is seen of an import: progress, the result for scripts and for people, and the rows that were left out."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from time import monotonic
from typing import Any

from crm_cli.cli.context import Desk
from crm_cli.cli.environment import is_terminal
from crm_cli.cli.output import emit, one_line, tell, to_json
from crm_cli.crm import Crm
from crm_cli.formats.csv_file import write_csv
from crm_cli.formats.row import Problem, Sheet
from crm_cli.usecases.import_columns import ADDED
from crm_cli.usecases.import_outcome import Outcome, Twin, Watch, as_row, told

SHOWN = 20  # lines told to people, of warnings, problems and duplicates each
PATIENCE = 1.0  # seconds before progress is shown
_STEP = 0.1  # seconds between two counts
_COUNTS = ("added", "updated", "unchanged", "skipped", "failed")


@contextmanager
def progress() -> Iterator[Watch | None]:
    """A count on the terminal once it takes longer than a moment; it is wiped out in the end."""
    if not is_terminal(sys.stderr):
        yield None
        return
    due, width = monotonic() + PATIENCE, 0

    def watch(done: int, of: int) -> None:
        nonlocal due, width
        if monotonic() >= due:
            text = f"{done:,} of {of:,}"
            due, width = monotonic() + _STEP, len(text)
            sys.stderr.write(f"\r{text}")
            sys.stderr.flush()

    try:
        yield watch
    finally:
        if width:
            sys.stderr.write(f"\r{' ' * width}\r")


def show(desk: Desk, crm: Crm, sheet: Sheet, outcome: Outcome) -> None:
    """The result: one object for scripts; for people a sentence, and on stderr what it was about."""
    if desk.format in ("json", "jsonl"):
        emit([to_json(_result(desk, crm, outcome)), "\n"], desk.options.output)
    elif desk.options.quiet or desk.format == "ids":
        emit([f"{outcome.id}\n"] if crm.op else [], desk.options.output)
    else:
        emit([one_line(_sentence(desk, crm, sheet, outcome)), "\n"], desk.options.output)
        _tell("warning", [told(warning) for warning in outcome.warnings])
        _tell("possible duplicate", [_twin_told(twin) for twin in outcome.twins])
    tell_problems(desk, outcome)


def tell_problems(desk: Desk, outcome: Outcome) -> None:
    """Which rows cannot be taken in, to people; scripts find them in the result."""
    if desk.format not in ("json", "jsonl"):
        _tell("problem", [told(problem) for problem in outcome.problems])


def rejected(sheet: Sheet, problems: Sequence[Problem]) -> str:
    """The rows that were left out as CSV, each with its line and what is wrong with it."""
    own = [header for header in sheet.headers if header not in ADDED]
    rows = {row.line: [row.cells.get(header, "") for header in own] for row in sheet.rows}
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        reasons[problem.line].append(_reason(problem))
        cells = zip_longest(sheet.headers, problem.cells[: len(sheet.headers)], fillvalue="")
        rows.setdefault(problem.line, [cell for header, cell in cells if header not in ADDED])
    found = [[*rows[line], str(line), "; ".join(why)] for line, why in sorted(reasons.items())]
    return write_csv([*own, *ADDED], found)


def _reason(problem: Problem) -> str:
    if problem.column:
        return f"{problem.column}: {problem.reason}"
    return f"{problem.reason}: {problem.value}" if problem.value else problem.reason


def _result(desk: Desk, crm: Crm, outcome: Outcome) -> dict[str, Any]:
    return {
        "import": outcome.id if crm.op else None,
        "op": crm.op,
        "dry_run": desk.options.dry_run,
        **{name: getattr(outcome, name) for name in _COUNTS},
        "created": outcome.created(),
        "warnings": [as_row(warning) for warning in outcome.warnings],
        "problems": [as_row(problem) for problem in outcome.problems],
        "possible_duplicates": [_twin_row(twin) for twin in outcome.twins],
    }


def _twin_row(twin: Twin) -> dict[str, Any]:
    return {
        "line": twin.line,
        "id": twin.id,
        "with": twin.other.id,
        "kind": twin.other.kind,
        "score": round(twin.other.score, 1),
        "why": list(twin.other.why),
        "deleted": twin.deleted,
    }


def _sentence(desk: Desk, crm: Crm, sheet: Sheet, outcome: Outcome) -> str:
    """Imported 8,000 leads from leads.csv (I1, O2): 8,000 added, 0 updated ...; 10 channels created."""
    verb = "Would import" if desk.options.dry_run else "Imported"
    what = _counted(outcome.added + outcome.updated, outcome.of)
    done = f" ({outcome.id}, {crm.op})" if crm.op else ""
    counts = ", ".join(f"{getattr(outcome, name):,} {name}" for name in _COUNTS)
    others = ((count, name) for name, count in outcome.created().items() if count and name != outcome.of)
    made = ", ".join(_counted(*other) for other in others)
    return f"{verb} {what} from {sheet.name}{done}: {counts}" + (f"; {made} created" if made else "")


def _counted(count: int, many: str) -> str:
    return f"{count:,} {many if count != 1 else many.removesuffix('s')}"


def _twin_told(twin: Twin) -> str:
    there = " (deleted)" if twin.deleted else ""
    why = ", ".join(twin.other.why)
    return f"line {twin.line}: {twin.id} {twin.name} and {twin.other.id} {twin.other_name}{there}: {why}"


def _tell(what: str, lines: Sequence[str]) -> None:
    """At most so many, then how many more."""
    for line in lines[:SHOWN]:
        tell(f"{what}: {one_line(line)}")
    if len(lines) > SHOWN:
        tell(f"and {len(lines) - SHOWN:,} more: --json gives all")
