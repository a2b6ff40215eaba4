"""Files of one kind of record: faithful, safe for spreadsheets, and read back as they were."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from crm_cli.formats.spreadsheet import is_formula
from tests.formats.test_spreadsheet import FORMULAS
from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


HOUSE = """
init --timezone Europe/Berlin --currency EUR --country DE
rep add 'Ana Silva' --handle ana
campaign add Spring -a Call
lead add 'Jane "JD" Doe' --company 'Acme, Inc.' --email a@x.example --email b@x.example --rep ana
lead edit L1 --set industry=SaaS --set 'Shoe size=39' --potential 1500.50
lead tag L1 vip big
lead add Gone
lead delete L2 --yes
account add 'Nord GmbH' --type supplier
contact add Eve --account A1
deal add Bikes --account A1 --amount 500
event log Talk --account A1
claim add Broken --account A1
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two leads, one of them deleted, and one of each other kind; made once."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("house") / "crm", patch)
        patch.setenv("CRM_NOW", "2026-11-21T10:00:00Z")
        for line in HOUSE.strip().splitlines():
            crm.ok(line)
        crm.ok(["lead", "note", "L1", "first line\nsecond"])
    return crm.folder


@pytest.fixture
def house(built: Path, crm: Typed) -> Typed:
    """A copy of that store."""
    shutil.copytree(built, crm.folder)
    return crm


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_holds_every_field_and_fields_of_ones_own_as_columns(house: Typed) -> None:
    (row,) = table(house.ok("export leads").out)
    shown = house.json("lead list")[0]
    assert set(shown) - {"custom"} == {name for name in row if not name.startswith("custom.")}
    assert (row["name"], row["company"], row["emails"]) == ('Jane "JD" Doe', "Acme, Inc.", "a@x.example;b@x.example")
    assert (row["custom.industry"], row["custom.Shoe size"], row["tags"]) == ("SaaS", "39", "big;vip")
    assert (row["potential"], row["rep"], row["rep_name"]) == ("1500.50", "R1", "Ana Silva")
    assert json.loads(row["notes"])[0]["text"] == "first line\nsecond"


@pytest.mark.parametrize("many", ["leads", "accounts", "contacts", "deals", "events", "claims", "campaigns", "reps"])
def test_every_kind_can_be_written_and_holds_what_the_list_holds(house: Typed, many: str) -> None:
    (listed,) = house.json(f"{many[:-1]} list")
    (written,) = house.json(f"export {many}")
    assert written == {name: listed[name] for name in written}
    assert json.loads(house.ok(f"export {many} --format jsonl").out) == written
    assert [row["id"] for row in table(house.ok(f"export {many}").out)] == [listed["id"]]
    assert house.ok(f"export {many} --format tsv").out.count("\n") == 2


def test_deleted_ones_are_written_when_they_are_asked_for(house: Typed) -> None:
    assert [row["id"] for row in table(house.ok("export leads --all").out)] == ["L1", "L2"]
    assert [row["id"] for row in table(house.ok("export leads --where status=deleted").out)] == ["L2"]


def test_fields_are_chosen_in_their_order(house: Typed) -> None:
    assert house.ok("export leads --fields custom.industry,id").out == "custom.industry,id\nSaaS,L1\n"
    seen = house("export leads --fields shoes")
    assert (seen.code, "custom.industry" in seen.err) == (2, True)


def test_a_file_is_written_whole_and_said_so(house: Typed, tmp_path: Path) -> None:
    seen = house.ok(f"export leads --all -o {tmp_path}/leads.csv")
    assert (seen.out, seen.err) == ("", f"Wrote 2 rows to {tmp_path}/leads.csv\n")
    assert (tmp_path / "leads.csv").read_text() == house.ok("export leads --all").out
    assert (tmp_path / "leads.csv").stat().st_mode & 0o777 == 0o600
    assert house.ok(f"export leads -o {tmp_path}/leads.csv -q").err == ""
    assert house.ok(f"export deals -o {tmp_path}/deals.csv").err == f"Wrote 1 row to {tmp_path}/deals.csv\n"


def test_no_file_is_written_into_the_store(house: Typed) -> None:
    before = house.bytes()
    for many in ("leads", "all"):
        assert house(f"export {many} -o {house.folder}/x.csv").code == 2
        assert house(f"export {many} -o {house.folder}/history.jsonl").code == 2
    assert house.bytes() == before


def test_where_nothing_is_there_is_a_header_only(crm: Typed) -> None:
    assert crm.ok("export leads --fields id,name").out == "id,name\n"
    assert crm.ok("export leads --format jsonl").out == ""
    assert crm.json("export leads") == []


@pytest.mark.parametrize("form", ["ids", "table", "markdown", "html", "plain"])
def test_what_no_file_is_made_of_is_refused_with_what_there_is(house: Typed, form: str) -> None:
    seen = house(f"export leads --format {form}")
    assert (seen.code, seen.out, "csv, tsv, jsonl, json" in seen.err) == (2, "", True)


def test_what_somebody_likes_to_see_says_nothing_about_files(house: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    before = house.ok("export leads").out
    monkeypatch.setenv("CRM_FORMAT", "json")
    assert house.ok("export leads").out == before


# --- spreadsheets --------------------------------------------------------------------------------


OWN = {f"k{place}": cell for place, cell in enumerate(FORMULAS) if "\x00" not in cell} | {"quoted": "'=1"}


@pytest.fixture
def hostile(crm: Typed) -> Typed:
    """A lead with every formula in a field of its own, and one whose name is one."""
    own = [word for name, cell in OWN.items() for word in ("--set", f"{name}={cell}")]
    crm.ok(["lead", "add", "Jane", "--external-id", "x1", "--phone", "+49 30 23125100", *own])
    crm.ok(["lead", "add", "=cmd", "--external-id", "x2"])
    return crm


def kept_of(crm: Typed, where: str = "") -> list[tuple[str, str, dict[str, str]]]:
    rows = crm.json(f"lead list {where}")
    return [(row["external_id"], row["name"], {k: v.strip() for k, v in row["custom"].items()}) for row in rows]


def test_cells_that_a_spreadsheet_would_obey_are_counted(hostile: Typed) -> None:
    seen = hostile.ok("export leads")
    count = sum(is_formula(cell) for row in table(seen.out) for cell in row.values())
    assert count > 30
    assert f"a spreadsheet may obey {count} of these cells; --spreadsheet-safe guards them" in seen.err
    assert hostile.ok("export leads --format jsonl").err == ""


def test_guarded_no_cell_is_obeyed_and_phones_stay(hostile: Typed) -> None:
    seen = hostile.ok("export leads --spreadsheet-safe")
    rows = table(seen.out)
    cells = [cell for row in rows for cell in row.values()]
    assert seen.err == ""
    assert not [cell for cell in cells if is_formula(cell) or cell.startswith(("=", "@", "\t", "\r"))]
    assert (rows[0]["phones"], rows[0]["custom.quoted"], rows[1]["name"]) == ("+493023125100", "''=1", "'=cmd")


@pytest.mark.parametrize("option", ["", "--spreadsheet-safe"])
def test_either_file_is_read_back_as_it_was(hostile: Typed, tmp_path: Path, option: str) -> None:
    fields = ",".join(["external_id", "name", "phones", *(f"custom.{name}" for name in OWN)])
    hostile.ok(f"export leads --fields {fields} -o {tmp_path}/x.csv {option}")
    hostile.ok(f"init --store {tmp_path}/other --country DE")
    hostile.ok(f"import leads {tmp_path}/x.csv --store {tmp_path}/other")
    assert kept_of(hostile, f"--store {tmp_path}/other") == kept_of(hostile)


def test_only_tables_are_guarded(house: Typed) -> None:
    assert house("export leads --spreadsheet-safe --format jsonl").code == 2
