"""Files taken in: what is printed, what is written, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.typed import Typed

COMPANY = Path(__file__).parents[2] / "examples" / "company"
KEYS = [
    "import", "op", "dry_run", "added", "updated", "unchanged", "skipped", "failed", "created", "warnings",
    "problems", "possible_duplicates",
]  # fmt: skip
GOOD = "ID,Name,E-mail\n1,Ann,ann@a.example\n2,Bob,bob@b.example\n"
MIXED = 'ID,Name,E-mail,Note\n1,Ann,ann@a.example,"a, b"\n2,"Bob ""B""",bob at home,\n3,Cid,cid@c.example,,more\n,,,x\n'
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def written(text: str, name: str = "leads.csv") -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return written


def test_the_result_for_scripts_has_all_its_keys_in_order(crm: Typed, write: Write) -> None:
    result = crm.json(["import", "leads", write(GOOD)])

    assert list(result) == KEYS
    assert (result["import"], result["op"], result["dry_run"], result["added"]) == ("I1", "O1", False, 2)
    assert result["created"] == {"accounts": 0, "contacts": 0, "deals": 0, "reps": 0, "channels": 0}


def test_warnings_problems_and_duplicates_have_their_keys(crm: Typed, write: Write) -> None:
    text = "ID,Name,E-mail,Phone\n1,Ann,a@a.example,\n2,A,a@a.example,call\n3,Bob,bob,\n"
    result = crm(["import", "leads", write(text), "--dry-run", "--json"]).json

    reason = "is not a phone number; it is kept as a field of its own"
    assert result["warnings"] == [{"line": 3, "column": "Phone", "value": "call", "reason": reason}]
    assert result["problems"] == [{"line": 4, "column": "E-mail", "value": "bob", "reason": "is not an e-mail address"}]
    assert result["possible_duplicates"] == [
        {
            "line": 3,
            "id": "L2",
            "with": "L1",
            "kind": "sure",
            "score": 100.0,
            "why": ["same e-mail"],
            "deleted": False,
        }
    ]


def test_people_read_one_sentence_and_the_rest_beside_it(crm: Typed, write: Write) -> None:
    seen = crm.ok(["import", "leads", write("ID,Name,Channel\n1,Ann,Fax\n1,Ann,\n")])

    assert seen.out == (
        "Imported 1 lead from leads.csv (I1, O1): "
        "1 added, 0 updated, 0 unchanged, 1 skipped, 0 failed; 1 channel created\n"
    )
    assert seen.err == "warning: line 3: is the same lead as line 2\n"


def test_of_many_warnings_people_are_told_the_first_twenty(crm: Typed, write: Write) -> None:
    seen = crm.ok(["import", "leads", write("ID,Name\n" + "1,Ann\n" * 31)])

    lines = seen.err.splitlines()
    assert (len(lines), lines[-1]) == (21, "and 10 more: --json gives all")


def test_the_same_file_again_writes_nothing(crm: Typed, write: Write) -> None:
    path = write(GOOD)
    crm.ok(["import", "leads", path])
    before = crm.bytes()

    result = crm.json(["import", "leads", path])

    assert (result["import"], result["op"], result["unchanged"]) == (None, None, 2)
    assert crm.bytes() == before


def test_one_problem_stops_the_whole_import(crm: Typed, write: Write) -> None:
    crm.ok("lead add Zoe")
    before = crm.bytes()
    seen = crm(["import", "leads", write(MIXED), "--json"])

    assert (seen.code, seen.out) == (2, "")
    assert "--keep-going --rejects FILE" in seen.error["hint"]
    assert [one["line"] for one in seen.error["details"]["problems"]] == [3, 4, 5]
    assert crm.bytes() == before


def test_people_are_told_which_rows_stopped_it(crm: Typed, write: Write) -> None:
    seen = crm(["import", "leads", write(MIXED)])

    assert (seen.code, seen.out) == (2, "")
    assert "problem: line 3, E-mail 'bob at home': 'bob' is not an e-mail address\n" in seen.err
    assert "nothing was imported: 3 rows have problems (line 3, E-mail" in seen.err


def test_a_rehearsal_shows_the_result_and_writes_nothing(crm: Typed, write: Write) -> None:
    crm.ok("lead add Zoe")
    before = crm.bytes()

    good = crm(["import", "leads", write(GOOD), "--dry-run", "--json"])
    mixed = crm(["import", "leads", write(MIXED), "-n", "--json"])
    human = crm.ok(["import", "leads", write(GOOD), "--dry-run"])

    assert (good.code, good.json["import"], good.json["dry_run"], good.json["added"]) == (0, None, True, 2)
    assert (mixed.code, mixed.json["added"], mixed.json["failed"]) == (2, 1, 3)
    assert human.out.startswith("Would import 2 leads from leads.csv: 2 added")
    assert crm.bytes() == before


def test_the_good_rows_are_taken_in_and_the_others_given_back(crm: Typed, write: Write, tmp_path: Path) -> None:
    rejects = tmp_path / "rejected.csv"
    seen = crm(["import", "leads", write(MIXED), "--keep-going", "--rejects", str(rejects), "--json"])

    assert (seen.code, seen.json["added"], seen.json["failed"], seen.error["code"]) == (6, 1, 3, "partial")
    assert rejects.read_text().splitlines() == [
        "ID,Name,E-mail,Note,rejected line,rejected reason",
        '2,"Bob ""B""",bob at home,,3,E-mail: \'bob\' is not an e-mail address',
        "3,Cid,cid@c.example,,4,5 cells where the header has 4: more",
        ',,,x,5,"has neither name, external id, e-mail nor company"',
    ]


def test_rejected_rows_that_were_mended_can_be_imported(crm: Typed, write: Write, tmp_path: Path) -> None:
    rejects = tmp_path / "rejected.csv"
    crm(["import", "leads", write(MIXED), "--keep-going", "--rejects", str(rejects)])
    lines = rejects.read_text().replace("bob at home", "bob@b.example").splitlines()[:3]
    crm.ok(["import", "leads", write("\n".join(lines), "mended.csv")])

    leads = crm.json("lead list --all")
    assert [(lead["name"], lead["custom"]) for lead in leads] == [("Ann", {}), ('Bob "B"', {}), ("Cid", {})]


def test_rows_rejected_again_are_given_back_with_their_own_columns_and_the_new_reasons(
    crm: Typed, write: Write, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejected.csv"
    text = "rejected reason,line,Name,E-mail,reason\nold,7,Ann,ann,why\nold,8,Bob,bob@b.example,because\n"
    crm(["import", "leads", write(text), "--keep-going", "--rejects", str(rejects)])

    assert rejects.read_text().splitlines() == [
        "line,Name,E-mail,reason,rejected line,rejected reason",
        "7,Ann,ann,why,2,E-mail: is not an e-mail address",
    ]
    assert crm.json("lead show L1")["custom"] == {"line": "8", "reason": "because"}


@pytest.mark.parametrize(("name", "message"), [("leads.csv", "is inside the store"), ("..", "is no plain file")])
def test_the_rejects_may_be_neither_in_the_store_nor_anything_but_a_file(
    crm: Typed, write: Write, name: str, message: str
) -> None:
    crm.ok("lead add Zoe")
    before = crm.bytes()
    seen = crm(["import", "leads", write(MIXED), "--keep-going", "--rejects", str(crm.folder / name), "--json"])

    assert (seen.code, seen.out, crm.bytes()) == (2, "", before)
    assert message in seen.error["message"]


def test_a_rehearsal_gives_no_rows_back(crm: Typed, write: Write, tmp_path: Path) -> None:
    rejects = tmp_path / "rejected.csv"

    assert crm(["import", "leads", write(MIXED), "--keep-going", "--rejects", str(rejects), "-n"]).code == 2
    assert not rejects.exists()


def test_a_file_without_problems_leaves_no_rejects(crm: Typed, write: Write, tmp_path: Path) -> None:
    crm.ok(["import", "leads", write(GOOD), "--keep-going", "--rejects", str(tmp_path / "rejected.csv")])

    assert not (tmp_path / "rejected.csv").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--map Nam=name", "column 'Nam' is not known"),
        ("--map Name=nam", "field 'nam' is not known"),
        ("--dates dym", "--dates 'dym' is not known"),
        ("--decimal dot", "--decimal 'dot' is not known"),
        ("--map Name=name --map Name=company", "--map makes 'Name' both name and company"),
        ("--map Name=name --map ID=name", "--map makes both 'Name' and 'ID' name"),
        ("--input xml", "--input 'xml' is not known"),
        ("--rejects x.csv", "--rejects is for the rows that are left out"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_happens(
    crm: Typed, write: Write, options: str, message: str
) -> None:
    seen = crm(["import", "leads", write(GOOD), *options.split(), "--json"])

    assert (seen.code, seen.error["exit_code"], seen.out) == (2, 2, "")
    assert seen.error["message"].startswith(message)
    assert crm.bytes() == {}


def test_the_rejects_may_not_overwrite_the_file(crm: Typed, write: Write) -> None:
    path = write(MIXED)

    assert crm(["import", "leads", path, "--keep-going", "--rejects", path]).code == 2
    assert Path(path).read_text() == MIXED


def test_a_file_that_is_not_there_is_not_found_and_a_folder_is_no_file(crm: Typed, tmp_path: Path) -> None:
    assert crm("import leads nowhere.csv").code == 3
    assert crm(["import", "leads", str(tmp_path)]).code == 2


def test_an_empty_file_is_a_problem(crm: Typed) -> None:
    seen = crm("import leads - --json")

    assert seen.error["details"]["problems"][0]["reason"] == "the file is empty"


def test_rows_can_come_from_stdin_in_either_format(crm: Typed) -> None:
    crm.ok("import leads -", stdin='{"name": "Ann", "email": "ann@a.example", "custom": {"colour": "red"}}\n')
    crm.ok("import leads - --input csv", stdin="{name}\tName\nx\tBob\n")

    leads = crm.json("lead list")
    assert [(lead["name"], lead["custom"]) for lead in leads] == [("Ann", {"colour": "red"}), ("Bob", {"{name}": "x"})]


def test_dates_and_decimals_can_be_said_where_a_column_does_not_tell(crm: Typed, write: Write) -> None:
    path = write("Name;Received;Potential\nAnn;1/2/2026;1.234\n")

    assert crm(["import", "leads", path]).code == 2
    crm.ok(["import", "leads", path, "--dates", "dmy", "--decimal", "comma"])

    lead = crm.json("lead show L1")
    assert (lead["received_at"], lead["potential"]) == ("2026-02-01", 1234)


def test_quietly_only_the_import_is_named_and_nothing_where_there_is_none(crm: Typed, write: Write) -> None:
    path = write("ID,Name\n1,Ann\n1,Ann\n")
    first, again = crm.ok(["import", "leads", path, "-q"]), crm.ok(["import", "leads", path, "--quiet"])

    assert (first.out, first.err) == ("I1\n", "")
    assert (again.out, again.err) == ("", "")


def test_deals_make_customers(crm: Typed, write: Write) -> None:
    crm.ok(["import", "leads", write("ID,Name,Received\n1,Ann,2026-01-02\n2,Bob,2026-01-02\n")])
    path = write("number,won,amount,seller\n1,2026-01-05,99.5,sam\n2,2026-01-01,0,ana\n", "won.csv")
    seen = crm.ok(["import", "deals", path, "--map", "number=lead.external_id", "--create-reps"])

    assert seen.out == (
        "Imported 2 deals from won.csv (I2, O2): 2 added, 0 updated, 0 unchanged, 0 skipped, 0 failed; "
        "2 accounts, 2 contacts, 2 reps created\n"
    )
    assert "warning: line 3, won '2026-01-01': was won before L2 came on 2026-01-02" in seen.err
    assert [deal["amount"] for deal in crm.json("deal list")] == ["0", "99.5"]


def test_the_example_company_is_taken_in_whole(crm: Typed) -> None:
    crm.ok("import leads - --input csv", stdin="Name\nsomebody\n")  # founds the store
    crm.ok("config set country DE")
    leads = crm.json(["import", "leads", str(COMPANY / "leads.csv")])
    deals = crm.json(
        ["import", "deals", str(COMPANY / "deals.csv"), "--map", "lead id=lead.external_id", "--create-reps"]
    )

    assert (leads["added"], leads["skipped"], leads["failed"]) == (303, 2, 0)
    assert len(leads["possible_duplicates"]) == 3
    assert (deals["added"], deals["created"]["accounts"], deals["created"]["reps"]) == (116, 87, 5)
    assert len({deal["lead"] for deal in crm.json("deal list")}) == 87
