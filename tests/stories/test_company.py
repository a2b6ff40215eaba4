"""The example company: its files come from their generator, its figures from a second computation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
COMPANY = EXAMPLES / "company"


def run(script: str, folder: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / script, folder], check=True, timeout=60)


def test_the_generator_writes_the_files_that_are_committed_byte_for_byte(tmp_path: Path) -> None:
    run("make_company.py", tmp_path)

    for name in ("leads.csv", "deals.csv"):
        assert (tmp_path / name).read_bytes() == (COMPANY / name).read_bytes(), name


def test_the_second_computation_gives_the_figures_that_are_committed(tmp_path: Path) -> None:
    for name in ("leads.csv", "deals.csv"):
        (tmp_path / name).write_bytes((COMPANY / name).read_bytes())

    run("expected.py", tmp_path)

    assert (tmp_path / "expected.json").read_bytes() == (COMPANY / "expected.json").read_bytes()
