"""The quickstart runs, says the same every time, and its figures are those of the second computation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "quickstart.sh"
EXPECTED: dict[str, Any] = json.loads((ROOT / "examples" / "company" / "expected.json").read_text(encoding="utf-8"))
STAGES = ("leads", "customers", "first_sale", "repeat_sale")
# What the script does besides the import: one more lead, by recommendation, who becomes a customer and buys once.
ADDED = {"leads": 1, "customers": 1, "first_sale": 1, "repeat_sale": 0}


def start(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CRM_QUICKSTART_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", SCRIPT, folder], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which an earlier run has left its store."""
    place = tmp_path_factory.mktemp("quickstart")
    (place / "made-by-quickstart").touch()
    (place / "store").mkdir()
    (place / "store" / "history.jsonl").write_text("of an earlier run\n", encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def steps(folder: Path) -> dict[str, list[str]]:
    """Every command of the script with the lines it answered."""
    done = start(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    parts = re.split(r"^\$ ", done.stdout.partition("\nThe store lies in ")[0], flags=re.MULTILINE)[1:]
    found = [part.splitlines() for part in parts]
    return {lines[0]: [line for line in lines[1:] if line and not line.startswith("# ")] for lines in found}


def table(lines: list[str]) -> list[list[str]]:
    """The rows of a printed table, without its heading."""
    return [re.split(r" {2,}", line.strip()) for line in lines[1:]]


def counts(lines: list[str]) -> dict[str, int]:
    """How many a printed funnel counts at each stage."""
    return {row[0].replace(" ", "_"): int(row[1]) for row in table(lines)}


def test_the_import_names_the_twins_before_anything_is_written(steps: dict[str, list[str]]) -> None:
    rehearsed, done = (steps[f'crm import leads "$company/leads.csv"{option}'] for option in (" --dry-run", ""))

    assert rehearsed[0].startswith(f"Would import {EXPECTED['leads']} leads")
    assert done[0].startswith(f"Imported {EXPECTED['leads']} leads")
    assert len([line for line in done if line.startswith("possible duplicate")]) == len(EXPECTED["twins"])
    assert rehearsed[1:] == done[1:]


def test_every_deal_of_the_file_is_won(steps: dict[str, list[str]]) -> None:
    answer = steps['crm import deals "$company/deals.csv" --map "lead id=lead.external_id" --create-reps']

    sellers = EXPECTED["deals_by_seller"]
    assert answer[0].startswith(f"Imported {sum(sellers.values())} deals")
    assert f"{EXPECTED['customers']} accounts" in answer[0]
    assert f"{len(sellers)} reps" in answer[0]


def test_the_funnel_of_the_file_is_that_of_the_second_computation(steps: dict[str, list[str]]) -> None:
    funnel = counts(steps["crm report funnel --from 2026-01-01 --to 2026-06-30 --scope all"])

    assert funnel == {stage: EXPECTED[stage] for stage in STAGES}


def test_the_whole_funnel_has_the_story_s_own_sale_too(steps: dict[str, list[str]]) -> None:
    funnel = counts(steps["crm report funnel --scope all"])

    assert funnel == {stage: EXPECTED[stage] + ADDED[stage] for stage in STAGES}


def test_the_channels_are_those_of_the_second_computation(steps: dict[str, list[str]]) -> None:
    spelled = {"trade_fair": "Trade fair", "referral": "Referral"}  # as the house had them before
    rows = {spelled.get(row[0], row[0]): row for row in table(steps["crm report channels"])}

    assert set(rows) == set(EXPECTED["by_channel"])
    for name, wanted in EXPECTED["by_channel"].items():
        more = 1 if name == "Referral" else 0
        assert rows[name][1:3] == [str(wanted["leads"] + more), str(wanted["customers"] + more)]
        assert more or rows[name][-1] == f"{wanted['revenue']} EUR"


def test_reminders_refusals_and_history_are_shown(steps: dict[str, list[str]]) -> None:
    answers = {line: "\n".join(answer) for line, answer in steps.items()}

    assert "in 45m  E2  L16 Birgit Quittenbaum" in answers["crm remind check"]
    assert answers['crm lead add "F. Nordwind" --email Frieda+bikes@Nordwind.example || echo "exit code $?"'].endswith(
        "exit code 4"
    )
    assert "lead.advance" in answers["crm lead history L16"]
    assert answers["crm verify"].endswith("all is well")


def test_the_store_of_an_earlier_run_is_replaced(steps: dict[str, list[str]], folder: Path) -> None:
    assert steps["crm verify"]
    assert "of an earlier run" not in (folder / "store" / "history.jsonl").read_text(encoding="utf-8")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sam", encoding="utf-8")

    done = start(tmp_path)

    assert done.returncode == 1
    assert "name a new folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
