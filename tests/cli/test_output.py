"""What is seen: every format for lists and cards, names that would like to be obeyed, files, quiet and colour."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")

FORMATS = ("table", "plain", "json", "jsonl", "csv", "tsv", "ids", "markdown", "html")
HUMAN = ("table", "plain", "markdown", "html")
HOSTILE = (
    "[/red]",
    "[bold]x[/bold]",
    "[link=http://x.example]y[/link]",
    ":smile:",
    "=1+1",
    "tab\there",
    "two\nlines",
    "\x1b[31mred\x1b[0m",
    "\x9b31mC1",
    "bell\x07",
    "del\x7f",
    "\u202egpj.exe",
    "山田太郎",
    "👩‍🚀 Zoë",
    "a|b",
    "<b>bold</b>",
    "back\\slash",
    'quo"te, comma',
)
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # what no person should be sent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store full of names nobody should have."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("hostile") / "crm", patch)
        patch.setenv("CRM_NOW", "2026-11-21T17:30:00Z")
        for name in HOSTILE:
            crm.ok(["lead", "add", name, "--note", name, "--set", f"k={name}"])
        for name in HOSTILE[:8]:
            crm.ok(["event", "add", name, "--lead", "L1", "--at", "yesterday"])
        yield crm.folder


@pytest.fixture
def hostile(crm: Typed, folder: Path) -> Typed:
    """A copy of it."""
    shutil.copytree(folder, crm.folder)
    return crm


@pytest.fixture
def terminal(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout is a terminal of sixty columns, whatever the fixture before said."""
    for module in ("context", "show", "environment"):
        monkeypatch.setattr(f"crm_cli.cli.{module}.is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")


# --- every format --------------------------------------------------------------------------------


def test_a_list_holds_the_same_records_in_every_format(crm: Typed) -> None:
    crm.ok("lead add Uno --company 'Acme, Inc'")
    crm.ok("lead add Due --potential 1234567.89")
    out = {form: crm.ok(f"lead list --format {form}").out for form in FORMATS}
    records = json.loads(out["json"])
    assert [json.loads(line) for line in out["jsonl"].splitlines()] == records
    assert out["ids"] == "L1\nL2\n"
    rows = list(csv.DictReader(io.StringIO(out["csv"])))
    assert list(rows[0]) == list(records[0]) == out["tsv"].splitlines()[0].split("\t")
    assert [(row["id"], row["company"], row["potential"]) for row in rows] == [
        ("L1", "Acme, Inc", ""),
        ("L2", "", "1234567.89"),
    ]
    for form in HUMAN:
        for expected in ("L1", "Uno", "Acme, Inc", "L2", "1234567.89"):
            assert expected in out[form], form


def test_a_card_can_be_had_in_every_format(crm: Typed) -> None:
    crm.ok("lead add Uno --email a@x.example --email b@x.example --tag vip --set size=L")
    out = {form: crm.ok(f"lead show L1 --format {form}").out for form in FORMATS}
    assert json.loads(out["json"]) == json.loads(out["jsonl"])
    assert out["ids"] == "L1\n"
    (row,) = csv.DictReader(io.StringIO(out["csv"]))
    assert (row["emails"], row["tags"], row["custom"]) == ("a@x.example;b@x.example", "vip", '{"size":"L"}')
    for form in HUMAN:
        for expected in ("L1", "Uno", "a@x.example, b@x.example", "vip", "size=L"):
            assert expected in out[form], form


def test_plain_lines_are_aligned_and_never_cut_or_wrapped(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    crm.ok(f"lead add abcd --company {'x' * 300}")
    crm.ok("lead add 山田 --company Acme")
    lines = crm.ok("lead list --fields id,name,company").out.splitlines()
    assert lines == ["ID  NAME  COMPANY", f"L1  abcd  {'x' * 300}", "L2  山田  Acme"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_fields_one_asks_for_come_in_that_order(crm: Typed, form: str) -> None:
    crm.ok("lead add Uno --company Acme")
    for line in ("list", "show L1"):
        out = crm.ok(f"lead {line} --fields company,id --format {form}").out
        assert form == "ids" or 0 <= out.index("Acme") < out.index("L1")
        assert "Uno" not in out


def test_reports_and_histories_come_in_every_format_that_has_a_meaning(crm: Typed) -> None:
    crm.ok("lead add Uno")
    for line in ("report funnel", "report channels", "report pipeline", "history", "lead history L1", "config list"):
        for form in FORMATS:
            seen = crm(f"{line} --format {form}")
            assert seen.code == (2 if form == "ids" and "history" not in line else 0), (line, form, seen.err)
    assert crm.ok("history --format ids").out == "O1\n"


def test_what_is_due_comes_in_every_format(crm: Typed) -> None:
    crm.ok("lead add Uno")
    crm.ok("event add Call --lead L1 --at yesterday")
    out = {form: crm.ok(f"remind check --format {form}").out for form in FORMATS}
    assert out["ids"] == "E1\n"
    (row,) = csv.DictReader(io.StringIO(out["csv"]))
    assert (row["id"], row["overdue"]) == ("E1", "true")
    for form in HUMAN:
        assert "Call" in out[form], form


# --- what cannot be shown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("lead list --format xml", "jsonl"),
        ("lead list --fields colour", "company"),
        ("lead list --fields id,colour", "company"),
        ("lead list --fields help", "company"),
        ("lead list --fields ,", "company"),
        ("lead show L1 --fields help", "company"),
        ("lead list --sort colour", "potential"),
        ("lead list --sort -", "potential"),
        ("lead list --limit=-1", "--limit"),
        ("lead list --offset=-1", "--offset"),
        ("lead list --color pink", "always"),
        ("config list --fields colour", "origin"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_can(crm: Typed, line: str, allowed: str) -> None:
    crm.ok("lead add Uno")
    seen = crm(f"{line} --json" if "--format" not in line else line)
    assert (seen.code, seen.out) == (2, "")
    assert allowed in seen.err


@pytest.mark.parametrize("options", ["--format xml", "--color pink", "--lock-timeout soon", "--tz Mars", "--now then"])
def test_it_is_refused_before_anything_is_done(crm: Typed, options: str) -> None:
    assert crm(f"lead add Uno {options}").code == 2
    assert not crm.folder.exists()


@pytest.mark.parametrize(
    "line",
    [
        *(
            f"lead add Due {option} ''"
            for option in ("--on", "--rep", "--campaign", "--potential", "--now", "--tz", "--as")
        ),
        *(f"lead list {option} ''" for option in ("--store", "--format", "--config", "--fields", "--sort", "-o")),
        "lead qualify L1 --account ''",
        "event add Call --lead L1 --at +1d --end ''",
        "report funnel --as-of ''",
        "report pipeline --known-at ''",
        "verify --anchor ''",
        "backup --to ''",
        "remind check --within ''",
        "history ''",
    ],
)
def test_an_option_with_nothing_behind_it_is_not_taken_for_none(crm: Typed, line: str) -> None:
    crm.ok("lead add Uno")
    before = crm.bytes()
    assert crm(line).code == 2
    assert crm.bytes() == before


def test_a_limit_that_is_no_number_is_refused_too(crm: Typed) -> None:
    assert crm("lead list --limit many").code == 2


# --- nothing there -------------------------------------------------------------------------------


def test_an_empty_list_is_empty_in_every_format_and_no_error(crm: Typed) -> None:
    out = {form: crm.ok(f"lead list --format {form}") for form in FORMATS}
    assert (out["json"].out, out["jsonl"].out, out["ids"].out) == ("[]\n", "", "")
    for form, mark in (("csv", ","), ("tsv", "\t")):
        assert out[form].out.count("\n") == 1
        assert out[form].out.startswith(f"id{mark}kind{mark}name")
    for form in ("table", "plain"):
        assert (out[form].out, "No leads match." in out[form].err) == ("", True)
    assert crm.ok("lead list -q").err == ""


def test_nothing_may_have_an_exit_code(crm: Typed) -> None:
    seen = crm("lead list --exit-code --json")
    assert (seen.code, seen.error["code"]) == (9, "empty")
    assert crm("lead list --count --exit-code").code == 9
    crm.ok("lead add Uno")
    assert crm.ok("lead list --exit-code --format ids").out == "L1\n"


# --- hostile names -------------------------------------------------------------------------------


def test_json_is_faithful(hostile: Typed) -> None:
    leads = hostile.json("lead list")
    assert tuple(one["name"] for one in leads) == HOSTILE
    assert [one["notes"][0]["text"] for one in leads] == [name.strip() for name in HOSTILE]
    assert [one["custom"]["k"] for one in leads] == [name.strip() for name in HOSTILE]


def test_csv_is_faithful(hostile: Typed) -> None:
    rows = csv.DictReader(io.StringIO(hostile.ok("lead list --format csv").out, newline=""))
    assert tuple(row["name"] for row in rows) == HOSTILE


def test_tsv_keeps_one_record_on_a_line_and_can_be_read_back(hostile: Typed) -> None:
    lines = hostile.ok("lead list --format tsv --fields id,name").out.split("\n")[1:-1]
    assert len(lines) == len(HOSTILE)
    marks = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    names = [re.sub(r"\\.", lambda found: marks[found[0]], line.split("\t")[1]) for line in lines]
    assert tuple(names) == HOSTILE


@pytest.mark.parametrize(
    "line",
    [
        *(f"lead list --format {form}" for form in HUMAN),
        *(f"event list --format {form}" for form in HUMAN),
        *(f"lead show {ref}" for ref in ("L1", "L6", "L7", "L8", "L9", "L12")),
        *(f"lead show L8 --format {form}" for form in HUMAN),
        "history",
        "history --format table",
        "lead history L8",
        "remind check",
        "lead list --format plain --fields custom,notes",
    ],
)
def test_no_name_is_obeyed_by_a_terminal(hostile: Typed, line: str) -> None:
    seen = hostile.ok(line)
    assert not OBEYED.search(seen.out), OBEYED.findall(seen.out)
    assert seen.err == ""


def test_names_are_shown_literally(hostile: Typed) -> None:
    for form in ("table", "plain"):
        out = hostile.ok(f"lead list --format {form} --fields id,name").out
        for name in (
            "[/red]",
            "[bold]x[/bold]",
            ":smile:",
            "=1+1",
            "tab\\there",
            "two\\nlines",
            "\\x1b[31mred",
            "山田太郎",
        ):
            assert name in out, form
        assert "\\u202egpj.exe" in out


def test_markdown_and_html_keep_their_shape(hostile: Typed) -> None:
    lines = hostile.ok("lead list --format markdown --fields id,name").out.splitlines()
    assert len(lines) == len(HOSTILE) + 2
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}
    page = hostile.ok("lead list --format html --fields id,name").out
    assert page.count("<tr>") == len(HOSTILE) + 1
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


@pytest.mark.usefixtures("terminal")
def test_files_shown_on_a_terminal_are_harmless_too(hostile: Typed) -> None:
    for form in ("csv", "tsv"):
        out = hostile.ok(f"lead list --format {form} --fields id,name").out
        assert not OBEYED.search(out.replace("\t", "") if form == "tsv" else out)


def test_errors_are_harmless(crm: Typed) -> None:
    for name in HOSTILE:
        seen = crm(["lead", "show", name])
        assert seen.code == 3
        assert not OBEYED.search(seen.err), name
        assert len(seen.err.splitlines()) == 2


def test_a_very_long_name_is_kept_and_shown_whole(crm: Typed) -> None:
    crm.ok(["lead", "add", "x" * 10_000])
    assert crm.json("lead list")[0]["name"] == "x" * 10_000
    assert "x" * 10_000 in crm.ok("lead list").out


# --- the terminal --------------------------------------------------------------------------------


@pytest.mark.usefixtures("terminal")
def test_a_table_fits_the_terminal_whatever_is_in_it(hostile: Typed) -> None:
    from rich.cells import cell_len

    out = hostile.ok("lead list").out
    bare = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert max(cell_len(line) for line in bare.splitlines()) <= 60
    assert not OBEYED.search(bare)
    for number in range(1, len(HOSTILE) + 1):
        assert re.search(rf"^ *L{number}\b", bare, re.MULTILINE), number


@pytest.mark.usefixtures("terminal")
def test_reports_have_bars_on_a_terminal(crm: Typed) -> None:
    crm.ok("lead add Uno")
    assert "█" in crm.ok("report funnel").out
    assert "█" not in crm.ok("report funnel --format plain").out


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("variables", "option", "colored"),
    [
        ({}, "", True),
        ({"NO_COLOR": "1"}, "", False),
        ({"NO_COLOR": ""}, "", True),
        ({"TERM": "dumb"}, "", False),
        ({"NO_COLOR": "1", "CRM_COLOR": "always"}, "", True),
        ({"CRM_COLOR": "never"}, "", False),
        ({"CRM_COLOR": "never"}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "--color never", False),
    ],
)
def test_colour_is_as_one_wishes(
    crm: Typed, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], option: str, colored: bool
) -> None:
    crm.ok("lead add Uno")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in crm.ok(f"lead list --format table {option}").out) is colored


@pytest.mark.parametrize(
    ("variables", "colored"), [({}, False), ({"FORCE_COLOR": "1"}, True), ({"CLICOLOR_FORCE": "1"}, True)]
)
def test_a_pipe_gets_colour_only_if_forced(
    crm: Typed, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colored: bool
) -> None:
    crm.ok("lead add Uno")
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in crm.ok("lead list --format table").out) is colored


def test_the_environment_comes_before_a_persons_file(
    crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text('[output]\ncolor = "always"\n', encoding="utf-8")
    crm.ok("lead add Uno")
    line = f"lead list --format table --config {tmp_path}/mine.toml"
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in crm.ok(line).out
    monkeypatch.setenv("CRM_COLOR", "never")
    assert "\x1b[" not in crm.ok(line).out


# --- files and quiet -----------------------------------------------------------------------------


def test_a_result_may_go_into_a_file(crm: Typed, tmp_path: Path) -> None:
    crm.ok("lead add Uno")
    file = tmp_path / "leads.csv"
    file.write_text("old", encoding="utf-8")
    assert crm.ok(f"lead list --format csv --fields id,name -o {file}").out == ""
    assert file.read_bytes() == b"id,name\nL1,Uno\n"
    assert crm.ok("lead list --format ids -o -").out == "L1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm", "leads.csv"]


def test_a_refused_command_leaves_the_file_alone(crm: Typed, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("old", encoding="utf-8")
    assert crm(f"lead list --sort bogus -o {file}").code == 2
    assert file.read_text(encoding="utf-8") == "old"


def test_quietly_there_are_only_ids(crm: Typed) -> None:
    assert crm.ok("lead add Uno -q").out == "L1\n"
    assert crm.ok("lead list -q").out == "L1\n"
    for line in ("lead rate L1 hot", "lead note L1 x", "lead delete L1 -y"):
        assert crm.ok(f"{line} -q").out == "", line
    assert "crm: error:" in crm("lead rate L1 hot -q").err


def test_what_was_before_is_told_if_one_asks_for_more(crm: Typed) -> None:
    crm.ok("lead add Uno")
    (record,) = crm.json("lead rate L1 hot -v")["records"]
    assert (record["before"]["rating"], record["rating"]) == (None, "hot")
    assert crm.json("lead add Due -v")["records"][0]["before"] is None


def test_a_zone_of_ones_own_is_for_the_eyes_only(crm: Typed) -> None:
    crm.ok("lead add Uno --tz Asia/Tokyo")
    crm.ok("event add Call --lead L1 --at '2026-11-23 09:00' --tz Asia/Tokyo")
    assert crm.json("event show E1 --tz Asia/Tokyo")["start"] == "2026-11-23T00:00:00Z"
    assert "09:00" in crm.ok("event list --tz Asia/Tokyo").out
    assert "00:00" in crm.ok("event list").out
