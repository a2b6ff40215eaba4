"""Everything the README shows is so: its commands run in order in a fresh store and answer what stands there."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from crm_cli.domain.errors import Exit
from tests.stories.house import NOW, ZONE
from tests.stories.shell import Shell
from tests.typed import Typed

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A fresh store at a fixed moment in Berlin, beside the example company."""
    Typed(tmp_path / "crm", monkeypatch)
    monkeypatch.setenv("CRM_NOW", NOW)
    monkeypatch.setenv("TZ", ZONE)
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copytree(ROOT / "examples" / "company", tmp_path / "examples" / "company")
    return Shell(tmp_path)


def played(text: str, shell: Shell) -> str:
    """The page with every block as it comes out when it is run now."""
    return _BLOCK.sub(lambda block: f"```{block[1]}\n{_answered(block[1], block[2], shell)}```", text)


def _answered(kind: str, body: str, shell: Shell) -> str:
    """A block with fresh answers; of a script only that it runs."""
    if kind == "sh":
        for line in body.splitlines():
            told = shell.run(line)
            assert told.code == 0, f"{line}\n{told.screen}"
        return body
    return "".join(f"{line}\n{shell.run(line).screen}" for line in body.splitlines() if line.startswith("$ "))


def test_the_commands_answer_what_the_readme_shows(shell: Shell) -> None:
    text = README.read_text(encoding="utf-8")

    now = played(text, shell)

    assert shell.refused == ['crm lead add "J. Doe" --email Jane+news@ACME.example', "crm lead show L9999 --json"]

    if os.environ.get("CRM_SNAPSHOT"):
        README.write_text(now, encoding="utf-8")
    assert now == text, "if the new answers are right: CRM_SNAPSHOT=1 pytest tests/stories/test_readme.py"


def test_the_readme_has_every_exit_code() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \| \w", README.read_text(encoding="utf-8"), re.MULTILINE)
    codes = {int(code) for row in rows for code in row.split(",")}

    assert codes == {*map(int, Exit), 129, 130, 141, 143}


def test_the_files_that_the_readme_names_are_there() -> None:
    named = re.findall(r"`([a-z_]+/[a-z_./]+)`", README.read_text(encoding="utf-8"))
    places = (ROOT, ROOT / "crm_cli")
    stores = {"cache/", "quarantine/", "backups/"}

    assert not [name for name in named if name not in stores and not any((place / name).exists() for place in places)]


def test_the_two_commands_at_the_top_can_be_run() -> None:
    for name in ("examples/quickstart.sh", "tests/run.sh", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
