"""Doctor, restore and upgrade, typed: what they say, what they ask, and the exit codes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def kept(crm: Typed) -> Typed:
    """A store with two leads."""
    crm.ok("lead add Uno")
    crm.ok("lead add Due")
    return crm


@pytest.fixture
def copy(kept: Typed, tmp_path: Path) -> Path:
    return Path(kept.json(f"backup --to {tmp_path}/copies")["backup"])


def somebody_says(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person at a terminal who gives this answer to everything."""

    class Person(io.StringIO):
        """What is typed."""

        def readline(self, *args: object) -> str:  # type: ignore[override]
            return f"{answer}\n"

    monkeypatch.setattr("crm_cli.cli.context.asks_people", lambda: True)
    monkeypatch.setattr("tests.typed.io.TextIOWrapper", lambda *args, **more: Person())


# --- doctor --------------------------------------------------------------------------------------


def test_all_is_well_where_all_is_well_and_nothing_is_touched(kept: Typed) -> None:
    before = kept.bytes()
    found = kept.json("doctor")
    assert (found["ok"], found["findings"], found["repairs"], found["done"]) == (True, [], [], [])
    assert (found["format"], found["index"], found["lock"], found["there"]) == (1, "sound", None, True)
    assert found["libraries"]["typer"]
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    seen = kept.ok("doctor")
    assert seen.out.endswith("all is well\n")
    assert "attribute, they do not authorise" in seen.out
    assert kept.bytes() == before


def test_where_no_store_is_yet_it_says_so(crm: Typed, tmp_path: Path) -> None:
    assert crm.json("doctor")["there"] is False
    assert "there is none yet" in crm.ok("doctor").out
    assert crm(f"doctor --store {tmp_path}/none").code == 7
    assert not crm.folder.exists()


def test_a_warning_is_no_failure_and_a_real_problem_is_seven(kept: Typed) -> None:
    with (kept.folder / "history.jsonl").open("ab") as log:
        log.write(b'{"h":"')
    assert [one["level"] for one in kept.json("doctor")["findings"]] == ["warning"]
    (kept.folder / "crm.json").write_bytes(b"spoilt")
    seen = kept("doctor --json")
    assert (seen.code, seen.json["ok"], seen.error["hint"]) == (7, False, "run: crm doctor --repair")
    assert [one["name"] for one in seen.json["repairs"]] == ["tail", "rebuild"]


def test_of_a_damaged_log_nothing_is_told_as_if_it_were_whole(kept: Typed) -> None:
    log = kept.folder / "history.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Due", b"Dua", 1))
    told = kept("doctor").out
    assert "in 4 log lines that are whole" in told
    assert "up to the log" not in told
    (kept.folder / "crm.json").unlink()
    assert "crm.json cannot be compared with the log" in kept("doctor").out


def test_a_missing_state_is_not_called_up_to_the_log(kept: Typed) -> None:
    (kept.folder / "crm.json").unlink()
    assert "crm.json is missing, or is not what the log makes of it" in kept.ok("doctor").out


def test_a_rehearsal_of_repairs_shows_them_and_does_none(kept: Typed) -> None:
    (kept.folder / "crm.json").unlink()
    before = kept.bytes()
    seen = kept.ok("doctor --repair --dry-run")
    assert "would offer: make crm.json and the index again" in seen.out
    assert kept.bytes() == before


def test_nothing_is_mended_where_nobody_is_there_to_say_yes(kept: Typed) -> None:
    (kept.folder / "crm.json").write_bytes(b"spoilt")
    before = kept.bytes()
    assert kept("doctor --repair").code == 5
    assert kept.bytes() == before


def test_every_repair_is_made_after_a_copy_of_the_files(kept: Typed) -> None:
    sound = (kept.folder / "crm.json").read_bytes()
    (kept.folder / "crm.json").write_bytes(b"spoilt")
    told = kept.json("doctor --repair --yes")
    assert (told["ok"], [one["name"] for one in told["done"]]) == (True, ["rebuild"])
    assert (Path(told["done"][0]["copy"]) / "crm.json").read_bytes() == b"spoilt"
    assert (kept.folder / "crm.json").read_bytes() == sound


def test_each_repair_is_asked_for_by_itself(kept: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept.folder / "crm.json").write_bytes(b"spoilt")
    before = (kept.folder / "crm.json").read_bytes()
    somebody_says("n", monkeypatch)
    seen = kept("doctor --repair")
    assert (seen.code, "repair: make crm.json and the index again from the log? [y/N]" in seen.err) == (7, True)
    assert (kept.folder / "crm.json").read_bytes() == before
    somebody_says("y", monkeypatch)
    assert kept.ok("doctor --repair").out.endswith("all is well\n")


def test_a_log_damaged_in_the_middle_is_sent_to_a_backup(kept: Typed) -> None:
    made = kept.json("backup")["backup"]
    log = kept.folder / "history.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Uno", b"Unu", 1))
    seen = kept("doctor --repair --yes")
    assert (seen.code, f"run: crm restore {made}" in seen.err) == (7, True)
    assert "not mended by this program" in seen.out
    kept.ok(f"restore {made} --yes")
    assert kept.json("doctor")["ok"] is True


# --- restore -------------------------------------------------------------------------------------


def test_a_backup_says_how_to_go_back(kept: Typed, tmp_path: Path) -> None:
    said = kept.ok(f"backup --to '{tmp_path}/my copies'").out
    kept.ok(said.partition("to go back: crm ")[2].strip() + " --yes")


def test_a_store_that_is_lost_comes_back(kept: Typed, copy: Path, tmp_path: Path) -> None:
    before = {name: (kept.folder / name).read_bytes() for name in ("history.jsonl", "crm.json")}
    kept.folder.rename(tmp_path / "away")
    told = kept.json(f"restore {copy} --yes")
    assert (told["restored"], told["kept"], told["seq"]) == (str(copy), [], before["history.jsonl"].count(b"\n"))
    assert {name: (kept.folder / name).read_bytes() for name in before} == before


def test_it_asks_first(kept: Typed, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.bytes()
    assert kept(f"restore {copy}").code == 5
    somebody_says("no", monkeypatch)
    seen = kept(f"restore {copy}")
    assert (seen.code, "put the copy with" in seen.err) == (5, True)
    assert kept.bytes() == before


def test_a_store_that_knows_more_is_left_alone_unless_older_is_said(kept: Typed, copy: Path) -> None:
    kept.ok("lead add Tre")
    before = kept.bytes()
    seen = kept(f"restore {copy} --yes --json")
    assert (seen.code, "--older" in seen.error["hint"]) == (4, True)
    assert kept.bytes() == before
    told = kept.json(f"restore {copy} --yes --older")
    assert [Path(path).read_bytes() for path in told["kept"]] == [before["history.jsonl"], before["crm.json"]]
    assert [row["name"] for row in kept.json("lead list")] == ["Uno", "Due"]


def test_the_copy_of_another_store_is_refused_and_both_are_named(kept: Typed, copy: Path, tmp_path: Path) -> None:
    kept.ok(f"init --store {tmp_path}/other")
    kept.ok(f"lead add Other --store {tmp_path}/other")
    ids = [kept.json(f"verify --store {place}")["store"] for place in (copy, tmp_path / "other")]
    seen = kept(f"restore {copy} --store {tmp_path}/other --yes --older --json")
    assert (seen.code, [id in seen.error["message"] for id in ids]) == (4, [True, True])


def test_a_rehearsal_of_it_verifies_and_touches_nothing(kept: Typed, copy: Path) -> None:
    kept.ok("lead add Tre")
    before = kept.bytes()
    assert kept.json(f"restore {copy} --older --dry-run")["dry_run"] is True
    assert kept(f"restore {copy} --dry-run").code == 4
    assert kept.bytes() == before


def test_what_is_no_copy_is_not_found(kept: Typed, tmp_path: Path) -> None:
    assert kept(f"restore {tmp_path}/none --yes").code == 3
    assert kept(f"restore {kept.folder} --yes").code == 2


# --- upgrade -------------------------------------------------------------------------------------


def test_a_store_of_today_is_up_to_date(kept: Typed) -> None:
    before = kept.bytes()
    assert kept.ok("upgrade").out == "The store is up to date (format 1)\n"
    assert kept.json("upgrade") == {"format": 1, "before": 1, "backup": None, "dry_run": False}
    assert kept.bytes() == before


@pytest.mark.parametrize(
    "line", ["lead list", "lead add X", "verify", "rebuild", "flush", "backup", "export all", "upgrade", "doctor"]
)
def test_a_store_of_a_newer_program_is_refused_by_every_command(kept: Typed, line: str) -> None:
    state = kept.folder / "crm.json"
    state.write_bytes(state.read_bytes().replace(b'{"v":1,', b'{"v":2,'))
    before = kept.bytes()
    seen = kept(line)
    assert (seen.code, "newer program" in seen.err) == (7, True)
    assert kept.bytes() == before


def test_a_crm_json_of_an_older_program_is_made_again_after_a_backup(kept: Typed) -> None:
    state = kept.folder / "crm.json"
    right = state.read_bytes()
    state.write_bytes(right.replace(b'{"v":1,', b'{"v":0,'))
    assert "crm upgrade" in kept("lead list").err
    told = kept.json("upgrade")
    assert (Path(told["backup"]) / "crm.json").read_bytes() != right
    assert state.read_bytes() == right


# --- formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["version", "verify", "config get timezone", "backup", "help", "doctor", "flush"])
@pytest.mark.parametrize("form", ["csv", "tsv", "ids", "markdown", "html"])
def test_a_format_that_a_command_cannot_give_is_refused_with_those_it_can(kept: Typed, line: str, form: str) -> None:
    before = kept.bytes()
    seen = kept(f"{line} --format {form}")
    assert (seen.code, seen.out, "allowed: auto, table, plain, json, jsonl" in seen.err) == (2, "", True)
    assert kept.bytes() == before


def test_a_format_that_is_liked_in_general_does_no_harm_there(kept: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_FORMAT", "csv")
    assert kept.ok("config get timezone").out == "UTC\n"
