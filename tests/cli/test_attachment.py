"""Attached files as they are typed: copied in, listed, got out, and never a path of ours, whatever they are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")
ROOT = Path(__file__).parents[2]
PHOTO = b"\xff\xd8\xff\xe0 a photo"
DIGEST = sha256(PHOTO).hexdigest()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "files" / "photo.jpg"
    path.parent.mkdir()
    path.write_bytes(PHOTO)
    return path


@pytest.fixture
def acme(crm: Typed) -> Typed:
    """A claim."""
    crm.ok("account add Acme")
    crm.ok("claim add Noise --account A1")
    return crm


def test_a_file_is_copied_in_and_got_out_again(acme: Typed, photo: Path, tmp_path: Path) -> None:
    assert acme.ok(f"claim attach CL1 {photo}").out == "Attached to CL1 Noise: 1 photo.jpg (12 bytes)\n"
    photo.unlink()
    copy = tmp_path / "copy.jpg"
    assert acme.ok(f"claim attachment CL1 1 -o {copy}").out == f"Wrote photo.jpg (12 bytes) to {copy}\n"
    assert copy.read_bytes() == PHOTO


def test_what_is_known_of_a_file_is_listed(acme: Typed, photo: Path) -> None:
    acme.ok(f"claim attach CL1 {photo}")
    known = {
        "number": 1,
        "name": "photo.jpg",
        "size": 12,
        "media_type": "image/jpeg",
        "sha256": DIGEST,
        "at": "2026-11-21T17:30:00Z",
        "by": "sam",
    }
    assert acme.json("claim attachments CL1") == acme.json("claim show CL1")["attachments"] == [known]
    line = acme.ok("claim attachments CL1").out.splitlines()[1]
    assert line.split() == ["1", "photo.jpg", "12", "bytes", "image/jpeg", "2026-11-21", "17:30", "sam"]
    assert "1  photo.jpg  12 bytes  image/jpeg  Sat 2026-11-21 17:30 +00:00  sam" in acme.ok("claim show CL1").out


def test_the_same_content_is_kept_once_under_many_names(acme: Typed, photo: Path) -> None:
    acme.ok(f"claim attach CL1 {photo} {photo}")
    acme.ok(f"claim attach CL1 {photo} --name 'another name.jpg'")
    assert [one["name"] for one in acme.json("claim attachments CL1")] == [
        "photo.jpg",
        "photo.jpg",
        "another name.jpg",
    ]
    assert [path.name for path in (acme.folder / "attachments").iterdir()] == [DIGEST]


def test_a_content_comes_as_base64_in_json_and_as_it_is_in_a_pipe(acme: Typed, photo: Path, tmp_path: Path) -> None:
    acme.ok(f"claim attach CL1 {photo}")
    told = acme.json("claim attachment CL1 photo.jpg")
    assert (told["content"], told["output"]) == ("/9j/4CBhIHBob3Rv", None)
    told = acme.json(f"claim attachment CL1 1 -o {tmp_path / 'x'}")
    assert (told["content"], told["output"]) == (None, str(tmp_path / "x"))
    piped = subprocess.run(
        [sys.executable, "-m", "crm_cli", "--store", str(acme.folder), "claim", "attachment", "CL1", "1"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert piped.stdout == PHOTO


def test_nothing_of_the_store_is_written_over(acme: Typed, photo: Path) -> None:
    acme.ok(f"claim attach CL1 {photo}")
    assert acme(f"claim attachment CL1 1 -o {acme.folder}/crm.json").code == 2


def test_a_dry_run_keeps_nothing(acme: Typed, photo: Path) -> None:
    before = acme.bytes()
    assert acme.ok(f"claim attach CL1 {photo} -n").out.startswith("Would have: Attached to CL1")
    assert acme.bytes() == before
    assert not (acme.folder / "attachments").exists()


@pytest.mark.parametrize("what", ["folder", "pipe", "device", "missing", "link to nothing", "large"])
def test_what_is_no_file_or_too_large_is_refused(acme: Typed, photo: Path, what: str) -> None:
    path = str(photo.with_name("other"))
    if what == "folder":
        path = str(photo.parent)
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path = "/dev/zero"
    elif what == "link to nothing":
        os.symlink("nowhere", path)
    elif what == "large":
        with open(path, "wb") as file:
            file.truncate((50 << 20) + 1)
    before = acme.bytes()
    seen = acme(["claim", "attach", "CL1", str(photo), path, "--json"])
    assert seen.code == (3 if what in ("missing", "link to nothing") else 2), seen.err
    assert seen.error["hint"]
    assert acme.bytes() == before


def test_a_closed_claim_takes_no_more_files(acme: Typed, photo: Path) -> None:
    acme.ok("claim withdraw CL1")
    seen = acme(f"claim attach CL1 {photo} --json")
    assert (seen.code, seen.error["hint"]) == (4, "run: crm claim reopen CL1")
    assert not (acme.folder / "attachments").exists()


def test_a_file_that_is_not_there_is_not_found(acme: Typed, photo: Path) -> None:
    acme.ok(f"claim attach CL1 {photo}")
    for which in ("2", "x.jpg"):
        assert acme(f"claim attachment CL1 {which}").code == 3
    (acme.folder / "attachments" / DIGEST).unlink()
    seen = acme("claim attachment CL1 1 --json")
    assert (seen.code, "is missing" in seen.error["message"]) == (7, True)
    assert acme("verify").code == 7


def test_one_name_goes_with_one_file(acme: Typed, photo: Path) -> None:
    assert acme(f"claim attach CL1 {photo} {photo} --name x").code == 2
    assert acme(["claim", "attach", "CL1", str(photo), "--name", " "]).code == 2


HOSTILE = [
    *("..", ".", "../", "../../x", "../../../../tmp/evil.sh", "./x", "a/../../b", "....//x", "..\\..\\x"),
    *("/", "/etc/passwd", "/etc/cron.d/x", "//server/share", "/dev/null", "/dev/zero", "~/.ssh/authorized_keys"),
    *("C:\\Windows\\system32", "\\\\server\\share", "CON", "NUL", "aux.txt", "x:stream", "..%2fx", "file:///x"),
    *("crm.json", "../crm.json", "history.jsonl", ".lock", "attachments", "attachments/../crm.json", ".hidden"),
    *("a\0b", "\0", "a\nb", "a\tb", "a\rb", "\x1b[2J", "\x9b31m", "x" * 4096, "ü" * 4096, "../" * 1300),
    *("photo\u202egpj.exe", "\u200f\u200fabc", "\u2066abc\u2069", "a\u0000\u202e/../b", "\ufeffx", "e\u0301"),
    *("-o", "--yes", "$(touch x)", "`touch x`", "; rm -rf /", "| cat", "*", "?"),
]


def test_fifty_hostile_names_are_only_text(acme: Typed, photo: Path, tmp_path: Path) -> None:
    def everything() -> set[str]:
        return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}

    acme.ok(f"claim attach CL1 {photo}")
    before = everything()
    for name in HOSTILE:
        acme.ok(["claim", "attach", "CL1", str(photo), f"--name={name}"])

    assert len(HOSTILE) >= 50
    assert everything() == before
    assert [one["name"] for one in acme.json("claim attachments CL1")[1:]] == [name.strip() for name in HOSTILE]
    shown = acme.ok("claim attachments CL1").out + acme.ok("claim show CL1").out + acme.ok("claim history CL1").out
    assert not {"\0", "\x1b", "\x9b", "\u202e", "\u2066", "\r", "\t"} & set(shown)
    assert acme("verify").code == 0


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "photo\u202egpj.exe"])
def test_a_hostile_name_says_which_file_but_not_where_it_goes(
    acme: Typed, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    acme.ok(["claim", "attach", "CL1", str(photo), f"--name={name}"])
    told = json.loads(acme.ok(["claim", "attachment", "CL1", name, "-o", "out", "--json"]).out)
    assert told["name"] == name
    assert [path.name for path in (tmp_path / "deep").rglob("*")] == ["er", "out"]


def test_a_name_in_another_encoding_is_readable(acme: Typed, photo: Path) -> None:
    odd = os.fsencode(str(photo.parent)) + b"/caf\xe9.jpg"
    os.rename(photo, odd)
    acme.ok(["claim", "attach", "CL1", os.fsdecode(odd)])
    assert acme.json("claim attachments CL1")[0]["name"] == "caf\ufffd.jpg"


def test_a_missing_file_is_not_called_a_damaged_store(acme: Typed, photo: Path) -> None:
    acme.ok(f"claim attach CL1 {photo}")
    (acme.folder / "attachments" / DIGEST).unlink()
    for line in ("verify --json", "doctor --json"):
        seen = acme(line)
        assert (seen.code, "under attachments/" in seen.error["hint"]) == (7, True)
    assert acme("verify --json").error["message"] == "attached files are missing or spoilt"
    assert "log lines: the records are sound" in acme("verify").out
