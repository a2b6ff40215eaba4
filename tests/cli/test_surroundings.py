"""Places that are not everybody's: read-only, somebody else's, without a home, in another alphabet."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.typed import Seen, Typed

ROOT = Path(__file__).parents[2]
NOBODY = 65_534  # who we are while root looks on; whoever else runs the tests is already no more than himself
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "XDG_", "LC_", "LANG"))}


@pytest.fixture
def uno() -> Iterator[Typed]:
    """A store with one lead in a folder that others may look into."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(place / "crm", patch)
        crm.ok("lead add Zoë")
        yield crm
    for folder in (place / "crm", place / "crm" / "cache"):
        folder.chmod(0o700)
    shutil.rmtree(place)


def run(crm: Typed, *words: str | bytes, **more: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own, with more in its environment."""
    environment = {
        **BARE,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CRM_STORE": str(crm.folder),
        **more,
    }
    line = [sys.executable, "-m", "crm_cli", *words]
    done = subprocess.run(line, env=environment, capture_output=True, cwd="/", timeout=30, check=False)
    assert b"Traceback" not in done.stderr, done.stderr
    return done


def as_somebody_else(crm: Typed, line: str) -> Seen:
    """What somebody who owns nothing here sees, all modules being loaded; we ourselves, if we are not root."""
    crm(f"{line} --dry-run" if " add " in line else line)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            seen = crm(line)
            os.write(writer, json.dumps([seen.out, seen.err, seen.code]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as told:
        said = told.read()
    os.waitpid(child, 0)
    return Seen(*json.loads(said))


def opened_to(crm: Typed, folders: int, files: int) -> None:
    for path in [*crm.folder.rglob("*"), crm.folder]:
        path.chmod(folders if path.is_dir() else files)


def test_what_is_read_only_can_be_read_and_not_written(uno: Typed) -> None:
    uno.ok("lead list --quiet")
    opened_to(uno, 0o555, 0o444)
    before = uno.bytes()
    for line in ("lead list", "lead show L1", "report funnel", "history", "verify", "remind check"):
        seen = as_somebody_else(uno, line)
        assert seen.code == 0, (line, seen.err)
    refused = as_somebody_else(uno, "lead add Due --json")
    assert (refused.code, refused.error["code"]) == (11, "not_saved")
    assert uno.bytes() == before


@pytest.mark.parametrize("mode", [0o000, 0o311])
def test_what_is_somebody_elses_is_said_to_be(uno: Typed, mode: int) -> None:
    opened_to(uno, mode, 0o000)
    for line in ("lead list", "lead show L1 --json", "lead add Due", "verify", "status"):
        seen = as_somebody_else(uno, line)
        codes = (7, 11) if " add " in line else (7,)  # one may be allowed to look for the lock, and not to open it
        assert (seen.code in codes, seen.out) == (True, ""), (line, seen.err)
        assert "hint" in seen.err


def test_who_has_no_home_has_a_store_all_the_same(uno: Typed) -> None:
    environment = {name: value for name, value in BARE.items() if name != "HOME"}
    line = [sys.executable, "-m", "crm_cli", "lead", "list", "--store", str(uno.folder)]
    done = subprocess.run(line, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, cwd="/", timeout=30)
    assert (done.returncode, "Zoë" in done.stdout.decode()) == (0, True), done.stderr


ALPHABETS = {
    "C, taken at its word": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "latin-1": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"},
    "ascii, strict": {"PYTHONIOENCODING": "ascii:strict"},
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_every_letter_goes_in_and_out_whatever_the_alphabet(uno: Typed, alphabet: str) -> None:
    seen = run(uno, "lead", "add", "山田 Müller".encode(), "--json", **ALPHABETS[alphabet])
    assert (seen.returncode, "山田 Müller".encode() in seen.stdout) == (0, True), seen.stderr
    assert uno.json("lead show L2")["name"] == "山田 Müller"


def test_bytes_that_are_no_text_are_refused_and_shown_as_such(uno: Typed) -> None:
    before = uno.bytes()
    for words, code in (
        ((b"lead", b"add", b"caf\xe9"), 2),
        ((b"lead", b"list", b"--format", b"caf\xe9", b"--json"), 2),
        ((b"import", b"leads", b"/caf\xe9.csv"), 3),
    ):
        seen = run(uno, *words)
        assert (seen.returncode, seen.stdout) == (code, b""), seen.stderr
        assert b"udce9" in seen.stderr
    assert uno.bytes() == before


def test_nothing_is_open_and_it_is_saved_all_the_same(uno: Typed) -> None:
    script = f"exec {sys.executable} -m crm_cli lead add Due <&- >&- 2>&-"
    environment = {**BARE, "PYTHONPATH": str(ROOT), "CRM_STORE": str(uno.folder)}
    assert subprocess.run(["sh", "-c", script], env=environment, timeout=30, check=False).returncode == 74
    assert uno.json("lead list --count") == {"count": 2}


# Paths that lead nowhere, in a circle, to nobody's home, to a device, and the exit code of each.
PATHS = {
    "lead list --store {circle}/x": 7,
    "lead add Due --store {circle}": 7,
    "lead list --store ~nobody-is-called-so/x": 7,
    "lead list -o {circle}/x": 74,
    "lead list -o {folder}": 74,
    "lead list -o ~nobody-is-called-so/x": 74,
    "lead list --config {folder}": 7,
    "lead list --config /dev/zero": 7,
    "lead list --config {nul}": 2,
    "backup --to {circle}": 11,
    "backup --to /dev/null": 11,
    "init --store {circle}": 7,
    "restore {circle} --yes": 3,
    "restore ~nobody-is-called-so/x --yes": 3,
    "import leads ~nobody-is-called-so/x": 3,
    "import leads {csv} --keep-going --rejects {folder}": 2,
    "import all /dev/zero --store {folder}/new": 2,
    "import all {deep} --store {folder}/new": 2,
}


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
@pytest.mark.parametrize("line", PATHS)
def test_a_path_that_leads_nowhere_is_said_to(uno: Typed, tmp_path: Path, line: str) -> None:
    files = {name: tmp_path / name for name in ("circle", "folder", "nul", "deep", "csv")}
    files["circle"].symlink_to("circle")
    files["folder"].mkdir()
    files["nul"].write_text('[core]\nstore = "a\\u0000b"\n', encoding="utf-8")
    files["deep"].write_text('{"crm_export":' + "[" * 100_000, encoding="utf-8")
    files["csv"].write_text("Name\nBo\n", encoding="utf-8")
    before = uno.bytes()
    seen = uno(line.format(**files))
    assert (seen.code, seen.out) == (PATHS[line], ""), seen.err
    assert uno.bytes() == before
    assert list(files["folder"].iterdir()) == []


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_all_that_is_written_is_for_its_owner_only(uno: Typed, tmp_path: Path, mask: int) -> None:
    (tmp_path / "leads.csv").write_text("Name,Email\nBo,bo@x.example\nAl,nonsense\n", encoding="utf-8")
    before = os.umask(mask)
    try:
        uno.ok(f"lead list -o {tmp_path}/list.json --json")
        assert uno(f"import leads {tmp_path}/leads.csv --keep-going --rejects {tmp_path}/rejects.csv").code == 6
        uno.ok(f"backup --to {tmp_path}/copies")
        uno.ok("backup")
    finally:
        os.umask(before)
    made = [tmp_path / "list.json", tmp_path / "rejects.csv", *(tmp_path / "copies").rglob("*"), *uno.folder.rglob("*")]
    for path in (*made, uno.folder):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_store_in_which_anybody_may_write_takes_nothing_in(uno: Typed) -> None:
    uno.folder.chmod(0o707)
    seen = uno("lead add Due")
    assert (seen.code, "anybody may write" in seen.err) == (7, True)
    assert f"chmod o-w {uno.folder.resolve()}" in seen.err
    assert uno.ok("lead list").err == ""
    uno.folder.chmod(0o770)
    uno.ok("lead add Due")
