"""How long whole commands take beside a bare Typer program and beside stock TinyDB, all in one run.

    python -m tests.bench.measure [--runs 15] [LEADS ...]

Prints medians of CPU time (user and system) of whole processes, writing to a file, byte-compiled, and their
ratio to B0. These machines are noisy: only figures of one run are comparable.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench.leads import made_up, store_with

CRM = "import sys; from crm_cli.cli.main import run; sys.argv[0] = 'crm'; run()"
BARE = "import sys; from tests.bench.bare import app; sys.argv[0] = 'bare'; app()"
STOCK = "from tests.bench.stock import main; main()"
LIMITS = {"show": {10_000: 1.6, 100_000: 2.5}, "add": {10_000: 2.0, 100_000: 3.5}}


def cpu(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of CPU one process took; raises CalledProcessError if it failed."""
    with tempfile.TemporaryFile() as sink:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=sink, env=environment, stdin=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def side_by_side(
    commands: dict[str, Callable[[int], list[str]]],
    runs: int,
    env: dict[str, str],
    before: Callable[[int], object] = lambda run: None,
) -> dict[str, float]:
    """The median of each, taken in turn so that a slow minute is slow for all; `before` is not timed."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(-1, runs):
        before(run + 1)
        for name, command in commands.items():
            seconds = cpu(command(run + 1), env)
            if run >= 0:
                taken[name].append(seconds)
    return {name: median(values) for name, values in taken.items()}


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def commands(count: int, stock: Path) -> dict[str, Callable[[int], list[str]]]:
    """What is measured on a store of so many leads; adds differ from run to run."""
    middle = max(1, count // 2)
    words: dict[str, Callable[[int], list[str]]] = {
        "B0": lambda run: python(BARE, "show", "L1", "--json"),
        "add": lambda run: python(
            CRM, "lead", "add", f"Neu Person{run}", "--email", f"neu{run}@neu.example", "--company", "Neu", "--json"
        ),
        "list --where": lambda run: python(CRM, "lead", "list", "-w", "potential>89000", "--json"),
        "stock insert": lambda run: python(STOCK, str(stock), "insert", str(run)),
        "stock look-up": lambda run: python(STOCK, str(stock), "get", str(middle)),
        "stock search": lambda run: python(STOCK, str(stock), "search", "89000"),
    }
    if count:
        words["show"] = lambda run: python(CRM, "lead", "show", f"L{middle}", "--json")
    return words


def intake(leads: int, runs: int) -> None:
    """An import of so many leads into a fresh store, with its look for duplicates, beside B0."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        heads = ("name", "company", "email", "phone", "city", "source", "channel", "potential", "received")
        lines = [",".join(heads)]
        for lead in made_up(leads):
            cells = (lead["name"], lead["company"], lead["emails"][0], lead["phones"][0], lead["city"])
            rest = (lead["source"], lead["channel"], lead["potential"], lead["received_at"])
            lines.append(",".join((*cells, *rest)))
        (root / "leads.csv").write_text("\n".join(lines))
        env = {**os.environ, "CRM_CONFIG": "none", "TZ": "UTC"}
        figures = side_by_side(
            {
                "B0": lambda run: python(BARE, "show", "L1", "--json"),
                "import": lambda run: python(
                    CRM, "import", "leads", str(root / "leads.csv"), "-q", "--store", str(root / f"crm{run}")
                ),
            },
            runs,
            {**env, "CRM_STORE": ""},
            before=lambda run: subprocess.run(
                python(CRM, "init", "--store", str(root / f"crm{run}"), "-q"), check=True, env=env, capture_output=True
            ),
        )
    seconds = figures["import"]
    print(f"\nimport of {leads:,} leads: {seconds:.2f} s, {seconds / figures['B0']:.1f} x B0   (at most 5 s)")


def report(count: int, runs: int) -> None:
    """Measure one size and print its table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store_with(root / "crm", count)
        stock = root / "stock.json"
        stock.write_text(json.dumps({"_default": {str(n): doc for n, doc in enumerate(made_up(count), start=1)}}))
        env = {**os.environ, "CRM_STORE": str(root / "crm"), "CRM_CONFIG": "none", "TZ": "UTC"}
        figures = side_by_side(commands(count, stock), runs, env)
    print(f"\n{count:,} leads, median CPU of {runs} runs")
    for name, seconds in figures.items():
        limit = LIMITS.get(name, {}).get(max(10_000, count))
        bar = f"   (at most {limit})" if limit else ""
        print(f"  {name:<14} {seconds * 1000:8.1f} ms  {seconds / figures['B0']:6.2f} x B0{bar}")


def main() -> None:
    """Measure the sizes given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("leads", nargs="*", type=int, default=[0, 10_000])
    parser.add_argument("--runs", type=int, default=15)
    given = parser.parse_args()
    for count in given.leads:
        report(count, given.runs)
    intake(8_000, min(given.runs, 5))


if __name__ == "__main__":
    main()
