"""What came of a file: counts, what is new, warnings, rows that could not be taken in, and likely duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from crm_cli.crm import Crm
from crm_cli.domain.batch import Import
from crm_cli.domain.duplicates import Likeness
from crm_cli.domain.errors import BadValue
from crm_cli.formats.row import Problem, Sheet, shortened
from crm_cli.usecases.import_cells import Cells, Taken
from crm_cli.usecases.import_columns import Of

Watch = Callable[[int, int], None]  # told how many rows of how many are done


class Twin(Struct, frozen=True):
    """An added lead and somebody who is, surely or possibly, the same."""

    line: int
    id: str
    name: str
    other: Likeness
    other_name: str
    deleted: bool


class Outcome(Struct):
    """What an import has done so far; the counts are rows."""

    of: Of
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    channels: int = 0
    records: Counter[str] = field(default_factory=Counter)  # new ones by kind
    warnings: list[Problem] = []
    problems: list[Problem] = []
    twins: list[Twin] = []
    id: str | None = None  # of the import itself; None if nothing was changed

    @property
    def failed(self) -> int:
        """Rows that could not be taken in."""
        return len({problem.line for problem in self.problems})

    def warn(self, row: Taken, reason: str, column: str | None = None) -> None:
        """Something about a row, or about one of its cells, that stops nothing."""
        self.warnings.append(_about(row, column, reason))

    def fail(self, row: Taken, reason: str, column: str | None = None) -> None:
        """Something for which a row cannot be taken in."""
        self.problems.append(_about(row, column, reason))

    def skip(self, row: Taken, reason: str) -> None:
        """A row that is left as it is, and why."""
        self.skipped += 1
        self.warn(row, reason)

    def readable(self, sheet: Sheet, cells: Cells) -> Iterator[Taken]:
        """The rows without a problem; the problems of the others are written down."""
        self.problems += sheet.problems
        for row in sheet.rows:
            taken = cells.take(row)
            self.warnings += taken.warnings
            self.problems += taken.problems
            if not taken.problems:
                yield taken

    def close(self, crm: Crm, sheet: Sheet) -> None:
        """Count what is new and, if anything changed, save the record of this import with it."""
        self.records = crm.made.copy()
        self.warnings.sort(key=lambda warning: warning.line)
        self.problems.sort(key=lambda problem: problem.line)
        if crm.changes:
            batch = self._record(crm, sheet)
            crm.save(batch)
            self.id = batch.id

    def _record(self, crm: Crm, sheet: Sheet) -> Import:
        return Import(
            id=crm.imports.new_id(),
            of=self.of,
            file=sheet.name,
            sha256=sheet.sha256,
            rows=self.added + self.updated + self.unchanged + self.skipped + self.failed,
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            skipped=self.skipped,
            failed=self.failed,
        )

    def created(self) -> dict[str, int]:
        """How many of what else came with the rows."""
        kinds = {f"{kind}s": self.records[kind] for kind in ("account", "contact", "deal", "rep")}
        return {**kinds, "channels": self.channels}


def _about(row: Taken, column: str | None, reason: str) -> Problem:
    value = row.row.cells.get(column) if column else None
    return Problem(line=row.line, column=column, value=shortened(value) if value else None, reason=reason)


class ImportStopped(BadValue):
    """Some rows cannot be taken in, and so none was."""

    code = "import_stopped"

    def __init__(self, problems: Sequence[Problem]) -> None:
        rows = len({problem.line for problem in problems})
        many = f"{rows:,} rows have" if rows > 1 else "a row has"
        super().__init__(
            f"nothing was imported: {many} problems ({told(problems[0])})",
            "mend the file, or take in the good rows and get the others back: --keep-going --rejects FILE",
            problems=[as_row(problem) for problem in problems],
        )


def told(problem: Problem) -> str:
    """In one line: where, what, why."""
    column = f", {problem.column}" if problem.column else ""
    value = f" {problem.value!r}" if problem.value else ""
    return f"line {problem.line}{column}{value}: {problem.reason}"


def as_row(problem: Problem) -> dict[str, Any]:
    """As scripts see it."""
    return {"line": problem.line, "column": problem.column, "value": problem.value, "reason": problem.reason}
