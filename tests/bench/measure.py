"""What whole commands cost beside a bare Typer program and stock TinyDB, by the size of the store, all in one run.

    python -m tests.bench.measure [--runs 15] [--save FILE] [--keep DIR] [LEADS ...]

Prints medians of CPU time (user and system) of whole processes, byte-compiled, writing into a file; their ratio to
B0, the bare program; and the most memory any of them had. The commands of one table are measured in turn, so that a
slow minute is slow for all: only figures of one run are comparable.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from compileall import compile_dir
from pathlib import Path
from statistics import median

from tests.bench.cases import MB, Case, everyday, stock, whole_store
from tests.bench.process import Cost, cost, crm, done, first_line, python

SIZE = 100_000  # for which the bounds are
IMPORT_SECONDS, IMPORT_PEAK = 40, 600 * MB
FIRST_ROW_SECONDS = 1.0
TAIL = 10  # operations on a hundred leads each that crm.json lacks: half of what it may lack
Figures = dict[str, Cost]

_DESK = "import sys; from pathlib import Path; from tests.bench.desk import desk_with; "
_DESK += "desk_with(Path(sys.argv[1]), int(sys.argv[2]))"
_FILES = "import sys; from tests.bench.leads import write_files; write_files(*sys.argv[1:4])"


class Bench:
    """A store of one size, put back to what it was after every round."""

    def __init__(self, root: Path, leads: int) -> None:
        """Made by a process of its own: a large parent would be counted into its children's memory."""
        self.root, self.leads = root, leads
        self.store, self.csv, self.stock = root / "crm", root / "leads.csv", root / "stock.json"
        self.env = {**os.environ, "CRM_STORE": str(self.store), "CRM_CONFIG": "none", "TZ": "UTC"}
        self.env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])
        if not self.csv.exists():
            done(python(_DESK, str(self.store), str(leads)), self.env)
            done(python(_FILES, str(leads), str(self.csv), str(self.stock)), self.env)
        done(crm("flush", "-q"), self.env)  # of a store that was found the index may be of another version
        self._keep()

    def _keep(self) -> None:
        self._log = self.store / "history.jsonl"
        self._size = self._whole = self._log.stat().st_size
        for name in ("crm.json", "cache/index"):
            kept = self.root / name.replace("/", ".")
            kept.unlink(missing_ok=True)
            os.link(self.store / name, kept)

    def put_back(self) -> None:
        """What a round of commands has written is taken away."""
        os.truncate(self._log, self._size)
        for copy in self.root.glob("backup*"):
            shutil.rmtree(copy)
        for name in ("crm.json", "cache/index"):
            path = self.store / name
            path.unlink(missing_ok=True)
            os.link(self.root / name.replace("/", "."), path)

    def leave(self) -> None:
        """As it was made, for another time."""
        self._size = self._whole
        self.put_back()

    def grow_a_tail(self) -> None:
        """Let crm.json lag behind the log by a thousand lines, as it does half of the time."""
        ids = [f"L{number}" for number in range(1, self.leads + 1) if number % 20 >= 4 and number % 10][-100:]
        for place in range(TAIL):
            done(crm("lead", "assign", *ids, "--to", f"R{2 + place % 9}", "-q"), self.env)
        self._size = self._log.stat().st_size

    def measured(self, cases: Sequence[Case], runs: int) -> Figures:
        """The median of each, in turn; the first round only warms up."""
        taken: dict[str, list[Cost]] = {case.name: [] for case in cases}
        for run in range(-1, runs):
            for case in cases:
                found = cost(case.words(run + 1), self.env, case.stdin(run + 1))
                if run >= 0:
                    taken[case.name].append(found)
            self.put_back()
        return {name: Cost(median(one.cpu for one in all), max(one.peak for one in all)) for name, all in taken.items()}

    def intake(self, runs: int) -> Cost:
        """An import of as many leads into a new store, with its look for duplicates."""
        found = []
        for run in range(runs):
            folder = self.root / f"intake{run}"
            done(crm("init", "-q", "--store", str(folder)), self.env)
            found.append(cost(crm("import", "leads", str(self.csv), "-q", "--store", str(folder)), self.env))
            shutil.rmtree(folder)
        return Cost(median(one.cpu for one in found), max(one.peak for one in found))

    def without_crm_json(self) -> Cost:
        """One lead shown where crm.json is missing and must be made from the log in memory."""
        (self.store / "crm.json").unlink()
        found = cost(crm("lead", "show", "L1", "--json"), self.env)
        self.put_back()
        return found


def report(leads: int, runs: int, kept: str | None) -> dict[str, Figures]:
    """Measure one size and print its tables; in `kept` the store is left for the next time, or found."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(kept or folder) / str(leads)
        root.mkdir(parents=True, exist_ok=True)
        bench = Bench(root, leads)
        cases, whole = everyday(leads), whole_store(bench.root)
        bounded, bounded_whole = (cases, whole) if leads == SIZE else ([], [])
        tables = {"everyday": bench.measured([*cases, *stock(bench.stock, leads)], runs)}
        b0 = tables["everyday"]["B0"].cpu
        show(f"{leads:,} leads, median of {runs} runs", tables["everyday"], bounded, b0)
        tables["whole"] = bench.measured(whole, min(runs, 3))
        show("looking at everything, median of 3 runs", tables["whole"], bounded_whole, b0)
        tables["whole"] |= others(bench, b0)
        if leads >= 1_000:
            bench.grow_a_tail()
            tables["tail"] = bench.measured(cases, runs)
            show("the same while crm.json lacks 1,000 lines", tables["tail"], bounded, tables["tail"]["B0"].cpu)
        bench.leave()
    return tables


def others(bench: Bench, b0: float) -> Figures:
    """What is no plain case: the first row, the import, the missing file."""
    found: Figures = {}
    if bench.leads:
        seconds = median(first_line(crm("lead", "list"), bench.env) for _ in range(5))
        bound = _bound(FIRST_ROW_SECONDS if bench.leads == SIZE else None, "s")
        print(f"  {'lead list, first row':<26} {seconds * 1000:9.1f} ms on the clock{bound}")
        found["import"] = bench.intake(1 if bench.leads > 20_000 else 3)
        found["show without crm.json"] = bench.without_crm_json()
        bounds = f"{_bound(IMPORT_SECONDS, 's')}{_bound(IMPORT_PEAK / MB, 'MB')}"
        for name, one in found.items():
            line(name, one, b0, bounds if name == "import" and bench.leads == SIZE else "")
    return found


def show(title: str, figures: Mapping[str, Cost], cases: Sequence[Case], b0: float) -> None:
    """A table of figures beside their bounds."""
    known = {case.name: case for case in cases}
    print(f"\n{title}")
    for name, one in figures.items():
        case = known.get(name)
        bounds = [_bound(case.ratio, "x B0"), _bound(case.seconds, "s"), _bound(case.peak / MB, "MB")] if case else []
        line(name, one, b0, "".join(bounds))
    if "lead assign, 100" in figures:
        times = figures["lead assign, 100"].cpu / figures["lead assign, one"].cpu
        print(f"  {'assign 100 / assign one':<26} {times:9.2f}{_bound(1.5 if cases else None, '')}")


def line(name: str, one: Cost, b0: float, bounds: str) -> None:
    """One command's figures."""
    print(f"  {name:<26} {one.cpu * 1000:9.1f} ms {one.cpu / b0:8.2f} x B0 {one.peak / MB:6.0f} MB{bounds}", flush=True)


def _bound(value: float | None, unit: str) -> str:
    return f"   (at most {value:g} {unit})" if value is not None else ""


def main() -> None:
    """Measure the sizes given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("leads", nargs="*", type=int, default=[0, 10_000])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--save", help="write all figures there, for tests.bench.plot")
    parser.add_argument("--keep", help="a folder in which the stores are left, and found the next time")
    given = parser.parse_args()
    for package in ("crm_cli", "tests"):
        compile_dir(Path(__file__).parents[2] / package, quiet=1)
    found = {str(leads): report(leads, given.runs, given.keep) for leads in given.leads}
    if given.save:
        plain = {
            leads: {table: {name: [one.cpu, one.peak] for name, one in some.items()} for table, some in tables.items()}
            for leads, tables in found.items()
        }
        path = Path(given.save)
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**known, **plain}, indent=1) + "\n")


if __name__ == "__main__":
    main()
