"""Registers leads of a file of your own, or made-up ones, in one transaction: who is there already is named and left.

    python -m examples.import_leads STORE leads.csv
    python -m examples.import_leads STORE --made 1000

The file is a CSV with a heading; Name, Company, Email, Phone and Source are read, other columns are kept as fields of
your own. For files that need no such care there is `crm import leads`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from crm_cli import CrmError, Duplicate, Script, open_crm

FIRST = ("Ada", "Ben", "Carla", "Dirk", "Edda", "Franz", "Greta", "Hugo", "Ida", "Jost")
LAST = ("Ahrens", "Brandt", "Claasen", "Dierks", "Eggers", "Feddersen", "Gerdes", "Hansen", "Iversen", "Jessen")
TRADES = ("Bakery", "Garage", "Pharmacy", "Bookshop", "Nursery", "Roofing", "Bicycles", "Laundry", "Brewery", "Joinery")
KNOWN = ("Name", "Company", "Email", "Phone", "Source")
Row = dict[str, str]


def made(count: int) -> Iterator[Row]:
    """So many leads, always the same; every fiftieth is somebody who was there before."""
    for number in range(count):
        of = number - 25 if number % 50 == 49 else number
        first, last = FIRST[of % 10], LAST[of // 10 % 10]
        company = f"{LAST[of // 100 % 10]} {TRADES[of // 7 % 10]} {of}"
        yield {"Name": f"{first} {last}", "Company": company, "Email": f"{first}.{last}.{of}@example.org".lower()}


def read(file: Path) -> list[Row]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [{name: (cell or "").strip() for name, cell in row.items()} for row in csv.DictReader(lines)]


def register(crm: Script, rows: Iterable[Row]) -> tuple[int, list[str]]:
    """How many were added, and a line for everybody who was there already; raises CrmError with the row it is about."""
    added, there = 0, []
    for number, row in enumerate(rows, 1):
        try:
            add(crm, row)
            added += 1
        except Duplicate as known:
            there.append(f"row {number}: {known.message}")
        except CrmError as refused:
            refused.message = f"row {number}: {refused.message}"
            raise
    return added, there


def add(crm: Script, row: Row) -> None:
    """One row as a lead."""
    crm.leads.add(
        row.get("Name", ""),
        company=row.get("Company") or None,
        emails=[row["Email"]] if row.get("Email") else [],
        phones=[row["Phone"]] if row.get("Phone") else [],
        source=row.get("Source") or None,
        custom={name.lower(): cell for name, cell in row.items() if cell and name not in KNOWN},
    )


def main(argv: list[str] | None = None) -> int:
    """Carry it out; the exit code is that of the refusal, if there is one, and then nothing is kept."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("store", type=Path)
    reader.add_argument("file", type=Path, nargs="?")
    reader.add_argument("--made", type=int, default=0, metavar="N", help="make up so many leads")
    said = reader.parse_args(argv)
    rows = read(said.file) if said.file else made(said.made)
    try:
        with open_crm(said.store, create=True) as crm:
            added, there = register(crm, rows)
    except CrmError as refused:
        print(f"{refused.message}\n  {refused.hint}")
        return int(refused.exit_code)
    print(
        "".join(f"{line}\n" for line in there) + f"{added} added, {len(there)} there already ({crm.op or 'no change'})"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
