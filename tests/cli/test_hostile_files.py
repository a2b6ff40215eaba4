"""Files nobody should send: each is read or refused, soon and within little memory, and the store stays as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.typed import Typed

ROOT = Path(__file__).parents[2]
MB = 1 << 20
Made = Callable[[Path], None]
MEMORY = 200  # MB that no file may need
SECONDS = 4.0  # of the processor for one file: twice what is promised
LEAD = b"Name,Email\nBo,bo@x.example\n"

# Takes every file in, one after another, in a process that may not become large, and tells what came of each.
TAKING_IN = """
import io, json, os, resource, sys
from crm_cli.cli.main import main
resource.setrlimit(resource.RLIMIT_AS, (2 * int(sys.argv[1]) << 20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
def processor():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
told = sys.stdout
for path in sys.argv[2:]:
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    before = processor()
    code = main(["import", "leads", path, "--dry-run", "--json"])
    row = {"code": code, "out": sys.stdout.getvalue(), "err": sys.stderr.getvalue(), "seconds": processor() - before}
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    row["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    print(json.dumps([path, row]), file=told, flush=True)
"""


def _sparse(path: Path, begin: bytes) -> None:
    """Ten gigabytes, of which only the beginning lies on the disk."""
    path.write_bytes(begin)
    os.truncate(path, 10 << 30)


def _pipe(path: Path) -> None:
    """A pipe into which somebody writes: 64 MB of blanks, then a lead."""
    os.mkfifo(path)
    written = "import signal, sys; signal.alarm(60); out = open(sys.argv[1], 'wb'); out.write(b'Name,Email\\n')\n"
    written += "for _ in range(64): out.write(b' ' * 1048575 + b'\\n')\nout.write(b'Bo,bo@x.example\\n')"
    subprocess.Popen([sys.executable, "-c", written, str(path)])


def _bytes(*pieces: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(pieces)

    return write


# What is read, with how many leads there are in it.
READ: dict[str, tuple[Made, int]] = {
    "bom.csv": (_bytes(b"\xef\xbb\xbf" + LEAD), 1),
    "utf-16-le.csv": (_bytes(("\ufeff" + LEAD.decode()).encode("utf-16-le")), 1),
    "utf-16-be.csv": (_bytes(("\ufeff" + LEAD.decode()).encode("utf-16-be")), 1),
    "cp1252.csv": (_bytes("Name;Email\nZoé Müller;zoe@x.example\n".encode("cp1252")), 1),
    "newlines.csv": (_bytes(b"Name,Email\r\nA,a@x.example\rB,b@x.example\nC,c@x.example\r\n"), 3),
    "short.csv": (_bytes(LEAD + b"Al\n"), 2),
    "headings.csv": (_bytes(b"Name,Email\n"), 0),
    "pipe.csv": (_pipe, 1),
    "one.jsonl": (_bytes(b'{"name": "Bo"}\n\n{}\n'), 1),
}
# What is refused: where, in which column, and why.
REFUSED: dict[str, tuple[Made, int | None, str | None, str]] = {
    "ragged.csv": (_bytes(LEAD + b"Al,al@x.example,c,d\n"), 3, None, "4 cells where the header has 2"),
    "nul.csv": (_bytes(LEAD + b"A\0l,al@x.example\n"), 3, "Name", "holds a NUL character"),
    "quote.csv": (_bytes(LEAD, b'"Al\n', *[b"Cy,cy@x.example\n" * 9999] * 50), 3, None, "a quote opens here"),
    "long-line.csv": (_bytes(LEAD, *[b"x" * MB] * 100, b"\nAl,al@x.example\n"), 3, None, "more than 1,048,576"),
    "long-headings.csv": (_bytes(*[b"x" * MB] * 100), 1, None, "more than 1,048,576"),
    "long-cell.csv": (_bytes(LEAD + b"x" * 65_537 + b",al@x.example\n"), 3, "Name", "65,537 characters long"),
    "columns.csv": (_bytes(*[b"x," * 10**4] * 100, b"x\n"), 1, None, "more than 1,048,576"),
    "columns-of-a-row.csv": (_bytes(LEAD, *[b"x," * 10**4] * 100, b"x\n"), 3, None, "more than 1,048,576"),
    "many-columns.csv": (_bytes(b"x," * 5000 + b"x\n"), None, None, "has 5,001 columns, more than 2,000"),
    "empty.csv": (_bytes(b""), 1, None, "the file is empty"),
    "hole.csv": (lambda path: _sparse(path, b""), 1, None, "holds a NUL character"),
    "hole-behind.csv": (lambda path: _sparse(path, LEAD), 3, None, "holds a NUL character"),
    "hole-behind.jsonl": (lambda path: _sparse(path, b'{"name": "Bo"}\n'), 2, None, "longer than 1,048,576"),
    "noise.csv": (_bytes(b"Name\n", *[b"\xff\xfe,,\0\n" * 9999] * 50), None, None, "reading stopped there"),
    "workbook.xlsx": (_bytes(b"PK\x03\x04" + bytes(100)), None, None, "a zip archive"),
    "folder.csv": (lambda path: path.mkdir(), None, None, "Is a directory"),
    "circle.csv": (lambda path: path.symlink_to(path.name), None, None, "symbolic links"),
    "nowhere.csv": (lambda path: None, None, None, "there is no file"),
    "deep.jsonl": (_bytes(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), 1, None, "recursion"),
    "long-line.jsonl": (
        _bytes(b'{"name":"Bo"}\n{"x":"', *[b"x" * MB] * 100, b'"}\n'),
        2,
        None,
        "longer than 1,048,576",
    ),
    "twice.jsonl": (_bytes(b'{"name":"Bo","name":"Al"}'), 1, None, "the key 'name' is there twice"),
    "nan.jsonl": (_bytes(b'{"name":"Bo","potential":NaN}'), 1, None, "is not a JSON object"),
    "infinity.jsonl": (_bytes(b'{"name":"Bo","potential":-Infinity}'), 1, None, "is not a JSON object"),
    "large.jsonl": (_bytes(b'{"name":"Bo","potential":1e400}'), 1, "potential", "is not a number"),
    "half-a-pair.jsonl": (_bytes(b'{"name":"\\ud800"}'), 1, None, "is not a JSON object"),
    "list.jsonl": (_bytes(b'{"name":"Al"}\n[{"name":"Bo"}]'), 2, None, "is not a JSON object"),
}
ZERO = "/dev/zero"

pytestmark = pytest.mark.skipif(not Path(ZERO).exists(), reason="this system has no /dev/zero")


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What came of every file, by its name, and of the store under "before" and "after"."""
    place = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(place / "data" / "crm", patch)
        crm.ok("lead add Uno")
        before = crm.bytes()
        files = place / "files"
        files.mkdir()
        makers = {name: made for table in (READ, REFUSED) for name, (made, *_) in table.items()}
        for name, made in makers.items():
            made(files / name)
        paths = [*(str(files / name) for name in makers), ZERO]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", TAKING_IN, str(MEMORY), *paths]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        yield {"before": before, "after": crm.bytes(), **{Path(path).name: seen for path, seen in told}}
    for name in ("long-line.csv", "long-headings.csv", "long-line.jsonl"):
        (files / name).unlink()


def test_none_of_them_touches_the_store_or_needs_much_memory_or_time(taken_in: dict[str, Any]) -> None:
    assert taken_in.pop("before") == taken_in.pop("after")
    for name, seen in taken_in.items():
        assert seen["megabytes"] < MEMORY, name
        assert seen["seconds"] < SECONDS, name
        assert "internal error" not in seen["err"], name


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read(taken_in: dict[str, Any], name: str) -> None:
    seen = taken_in[name]
    assert (seen["code"], json.loads(seen["out"])["added"]) == (0, READ[name][1]), seen["err"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_is_refused_with_line_column_and_reason(taken_in: dict[str, Any], name: str) -> None:
    _, line, column, reason = REFUSED[name]
    seen = taken_in[name]
    assert seen["code"] == (3 if name == "nowhere.csv" else 2)
    error = json.loads(seen["err"].splitlines()[-1])["error"]
    assert error["hint"]
    if line is None:
        assert reason in error["message"]
        return
    problem = error["details"]["problems"][0]
    assert (problem["line"], problem["column"]) == (line, column)
    assert reason in problem["reason"]
    assert problem["value"] or name == "empty.csv" or name.endswith(".jsonl")


def test_a_file_without_an_end_is_given_up(taken_in: dict[str, Any]) -> None:
    assert taken_in["zero"]["code"] == 2
    assert "nothing after it was read" in taken_in["zero"]["err"]
