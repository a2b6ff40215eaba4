"""The whole store in one file, typed: out, in again, and every way in which that is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def kept(crm: Typed) -> Typed:
    """A store with a history."""
    crm.ok("lead add Uno --on 2026-11-01")
    crm.ok("lead add 'Zoë 李' --email zoe@x.example")
    crm.ok("lead contacted L2")
    crm.ok("lead edit L1 --company Acme --on 2026-11-10")
    return crm


@pytest.fixture
def file(kept: Typed, tmp_path: Path) -> Path:
    kept.ok(f"export all -o {tmp_path}/all.jsonl")
    return tmp_path / "all.jsonl"


def test_it_is_said_how_much_was_written(kept: Typed, tmp_path: Path) -> None:
    lines = kept.json("verify")["seq"] + 1
    assert kept.ok(f"export all -o {tmp_path}/x").err == f"Wrote {lines} lines to {tmp_path}/x\n"
    assert kept.ok(f"export all -o {tmp_path}/x -q").err == ""
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
    told = kept.json(f"export all -o {tmp_path}/x")
    assert (told["file"], told["seq"], told["head"]) == (f"{tmp_path}/x", lines - 1, kept.json("verify")["head"])


def test_it_goes_through_a_pipe_too(kept: Typed, file: Path) -> None:
    assert kept.ok("export all").out == file.read_text()


def test_in_another_place_it_is_the_same_store(kept: Typed, file: Path, tmp_path: Path) -> None:
    told = kept.json(f"import all {file} --store {tmp_path}/other")
    assert (told["seq"], told["records"], told["kept"]) == (
        kept.json("verify")["seq"],
        kept.json("verify")["records"],
        [],
    )
    kept.ok("rebuild")
    kept.ok(f"rebuild --store {tmp_path}/other")
    for name in ("history.jsonl", "crm.json"):
        assert (tmp_path / "other" / name).read_bytes() == (kept.folder / name).read_bytes()
    for line in ("lead list", "history", "lead history L1", "verify"):
        assert kept(f"{line} --store {tmp_path}/other --json").out == kept(f"{line} --json").out, line


def test_the_default_store_is_made_by_it(kept: Typed, file: Path, tmp_path: Path) -> None:
    kept.folder.rename(tmp_path / "away")
    kept.ok(f"import all {file}")
    assert [row["id"] for row in kept.json("lead list")] == ["L1", "L2"]
    assert kept.ok("lead add Tre -q").out == "L3\n"


def test_stdin_will_do(kept: Typed, file: Path, tmp_path: Path) -> None:
    kept.ok(f"import all - --store {tmp_path}/other", stdin=file.read_text())
    assert (tmp_path / "other" / "history.jsonl").read_bytes() == (kept.folder / "history.jsonl").read_bytes()


def test_as_new_it_is_another_store_with_the_same_in_it(kept: Typed, file: Path, tmp_path: Path) -> None:
    told = kept.json(f"import all {file} --store {tmp_path}/other --as-new")
    assert told["store"] == kept.json(f"verify --store {tmp_path}/other")["store"] != kept.json("verify")["store"]
    for line in ("lead list", "lead history L1", "lead history L2"):
        assert kept(f"{line} --store {tmp_path}/other --json").out == kept(f"{line} --json").out, line


def test_a_store_that_crm_init_made_makes_room(kept: Typed, file: Path, tmp_path: Path) -> None:
    kept.ok(f"init --store {tmp_path}/other")
    seen = kept.ok(f"import all {file} --store {tmp_path}/other")
    assert "the empty store that was there is kept in" in seen.err
    assert (tmp_path / "other" / "history.jsonl").read_bytes() == (kept.folder / "history.jsonl").read_bytes()


def test_a_store_with_records_is_left_alone(kept: Typed, file: Path) -> None:
    before = kept.bytes()
    seen = kept(f"import all {file} --json")
    assert (seen.code, seen.out, "--store" in seen.error["hint"]) == (4, "", True)
    assert kept.bytes() == before


def test_a_rehearsal_makes_nothing(kept: Typed, file: Path, tmp_path: Path) -> None:
    told = kept.json(f"import all {file} --store {tmp_path}/other --dry-run")
    assert (told["records"], told["dry_run"]) == (kept.json("verify")["records"], True)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text[:-20], 7),
        (lambda text: "".join(text.splitlines(keepends=True)[:-2]), 7),
        (lambda text: text.replace("Zoë", "Zoe"), 7),
        (lambda text: text.replace('"format":1', '"format":9', 1), 7),
        (lambda text: "name,email\nUno,uno@x.example\n", 2),
        (lambda text: "", 2),
    ],
    ids=["cut", "cut between", "altered", "newer", "a table", "empty"],
)
def test_a_file_that_is_not_whole_is_refused_and_makes_no_store(
    kept: Typed, file: Path, tmp_path: Path, spoil: object, code: int
) -> None:
    assert callable(spoil)
    file.write_text(spoil(file.read_text()))
    seen = kept(f"import all {file} --store {tmp_path}/other --json")
    assert (seen.code, seen.out) == (code, "")
    assert "all.jsonl, line" in seen.error["message"] or "newer" in seen.error["message"]
    assert not (tmp_path / "other").exists()


def test_a_file_that_is_not_there_is_not_found(kept: Typed, tmp_path: Path) -> None:
    assert kept(f"import all {tmp_path}/none --store {tmp_path}/other").code == 3
    assert kept(f"import all {tmp_path} --store {tmp_path}/other").code == 2
    assert not (tmp_path / "other").exists()


def test_where_no_store_is_there_is_nothing_to_export(crm: Typed, tmp_path: Path) -> None:
    seen = crm(f"export all -o {tmp_path}/x")
    assert (seen.code, "crm init" in seen.err, (tmp_path / "x").exists()) == (7, True, False)


def test_a_damaged_store_leaves_no_file(kept: Typed, tmp_path: Path) -> None:
    log = kept.folder / "history.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Uno", b"Unu", 1))
    assert kept(f"export all -o {tmp_path}/x").code == 7
    assert list(tmp_path.glob("*x*")) == []


def test_it_is_json_lines_and_nothing_else(kept: Typed) -> None:
    for option in ("--json", "--format csv", "--format table"):
        assert kept(f"export all {option}").code == 2, option
    lines = kept.ok("export all --format jsonl").out.splitlines()
    assert all(json.loads(line) for line in lines)
