"""What holds for every command: JSON and nothing else, dry runs and refusals that touch nothing, names that stay."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.names import NOUNS, WORDS
from tests.cli.lines import ELSEWHERE, GOOD, MAKES, MORE, READS, REFUSED, Bench, copied, furnished
from tests.commands import COMMANDS, function_of
from tests.typed import Seen

ROOT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).with_name("field_names.json")
CHANGING = [".".join(path) for path, word in COMMANDS.items() if getattr(function_of(word), "role", "") == "changes"]
FREE = frozenset({"custom", "changes", "details"})  # their keys are data


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The store in which every line is typed."""
    with furnished(tmp_path_factory.mktemp("every")) as folder:
        yield folder


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench without a store."""
    return Bench(tmp_path, monkeypatch)


@pytest.fixture
def bench(built: Path, fresh: Bench) -> Bench:
    """A bench with a copy of the store."""
    return copied(built, fresh)


@pytest.fixture(scope="module")
def told() -> dict[str, Seen]:
    """What every line said as JSON: typed once, looked at by several tests."""
    return {}


def typed(crm: Bench, line: str, *more: str) -> Seen:
    return crm([*shlex.split(crm.line(line)), *more])


def in_json(crm: Bench, told: dict[str, Seen], label: str) -> Seen:
    if label not in told:
        told[label] = typed(crm, {**GOOD, **MORE}[label], "--json")
    return told[label]


def names(value: Any, path: str = "") -> Iterator[str]:
    """Every key of a JSON document in its order, each once per place: records[].id."""
    if isinstance(value, dict) and path.rpartition(".")[2] not in FREE:
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            yield here
            yield from names(inner, here)
    elif isinstance(value, list):
        yield from dict.fromkeys(name for one in value for name in names(one, f"{path}[]"))


def test_no_command_is_forgotten_here() -> None:
    known = {".".join(path) for path in COMMANDS}
    assert set(GOOD) == known
    assert set(REFUSED) == set(CHANGING)
    assert known.issuperset((*READS, *MAKES))


# --- JSON ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", GOOD)
def test_json_is_one_document_and_nothing_else(bench: Bench, told: dict[str, Seen], command: str) -> None:
    seen = in_json(bench, told, command)
    assert seen.code == 0, seen.err
    json.loads(seen.out)
    assert seen.out.endswith("\n")
    assert "\x1b" not in seen.err


@pytest.mark.parametrize("command", [*READS, *MAKES])
def test_json_is_so_on_first_use_too(fresh: Bench, command: str) -> None:
    seen = typed(fresh, GOOD[command], "--json")
    assert seen.code == 0, seen.err
    json.loads(seen.out)
    assert (seen.err, fresh.folder.exists()) == ("", command in MAKES)


@pytest.mark.parametrize("command", [one for one in GOOD if one not in (*READS, *MAKES, *ELSEWHERE, "contact.add")])
def test_what_needs_a_store_says_so_on_first_use_and_makes_none(fresh: Bench, command: str) -> None:
    before = fresh.everything()
    seen = typed(fresh, GOOD[command], "--json")
    assert (seen.out, len(seen.err.splitlines())) == ("", 1)
    assert seen.error["exit_code"] == seen.code in (2, 3, 7)
    assert fresh.everything() == before


@pytest.mark.parametrize("command", GOOD)
def test_no_command_sends_escapes_to_a_pipe(bench: Bench, command: str) -> None:
    seen = typed(bench, GOOD[command])
    assert seen.code == 0, seen.err
    assert "\x1b" not in seen.out + seen.err


# --- dry runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", CHANGING)
def test_a_dry_run_tells_all_that_would_happen_and_writes_nothing(
    bench: Bench, told: dict[str, Seen], command: str
) -> None:
    before = bench.everything()
    dry = typed(bench, GOOD[command], "--json", "--dry-run")
    assert bench.everything() == before
    real = in_json(bench, told, command)

    assert (dry.code, dry.json["dry_run"], dry.json["op"]) == (0, True, None), dry.err
    assert (real.json["dry_run"], real.json["op"] is None) == (False, False)
    apart = {"op": None, "dry_run": None, "import": None}
    assert {**dry.json, **apart} == {**real.json, **apart}
    assert dry.json.keys() == real.json.keys()


@pytest.mark.parametrize("command", [one for one in CHANGING if one in MAKES])
def test_a_dry_run_makes_no_store(fresh: Bench, command: str) -> None:
    before = fresh.everything()
    assert typed(fresh, GOOD[command], "--json", "-n").json["dry_run"] is True
    assert fresh.everything() == before


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", CHANGING)
def test_a_refused_command_leaves_every_byte_and_says_why_on_one_line(bench: Bench, command: str) -> None:
    line, code = REFUSED[command]
    before = bench.everything()
    for more in ((), ("--dry-run",)):
        seen = typed(bench, line, "--json", *more)
        if more and code == 5:
            continue  # nobody has to say yes to a rehearsal
        assert (seen.code, len(seen.err.splitlines())) == (code, 1), more
        assert not seen.out or (more and command == "import.leads")  # the rehearsal of an import tells all it found
        assert seen.error["exit_code"] == code
        assert seen.error["message"]
    assert bench.everything() == before


@pytest.mark.parametrize("command", CHANGING)
def test_a_refused_command_makes_no_store(fresh: Bench, command: str) -> None:
    before = fresh.everything()
    seen = typed(fresh, REFUSED[command][0], "--json")
    assert seen.code in (2, 3, 4)
    assert (seen.out, seen.error["exit_code"]) == ("", seen.code)
    assert fresh.everything() == before


@pytest.mark.parametrize("command", CHANGING)
def test_a_refusal_for_people_is_a_sentence_and_a_way_on(bench: Bench, command: str) -> None:
    lines = typed(bench, REFUSED[command][0]).err.splitlines()
    assert lines[-2].startswith("crm: error: ")
    assert lines[-1].startswith("  hint: ")
    for found in re.finditer(r"crm ([a-z]+)(?: ([a-z-]+))?", lines[-1]):
        noun, verb = found.groups()
        assert noun in WORDS or verb in (NOUNS[noun].words or {}), found[0]


# --- nobody there --------------------------------------------------------------------------------

UNATTENDED = {
    "lead list": 0,
    "lead delete L6": 5,
    "lead note L1 -": 2,
    "import leads -": 2,
}


@pytest.mark.parametrize("line", UNATTENDED)
@pytest.mark.parametrize("stdin", ["empty", "closed"])
def test_nothing_waits_for_somebody_who_is_not_there(bench: Bench, line: str, stdin: str) -> None:
    script = f"exec {shlex.quote(sys.executable)} -m crm_cli {line} {'<&-' if stdin == 'closed' else '</dev/null'}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=5, cwd=bench.place, env=environment)
    assert done.returncode == UNATTENDED[line], done.stderr
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr


# --- names ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept() -> Iterator[dict[str, list[str]]]:
    """The names as they were; CRM_SNAPSHOT=1 writes down what they are now."""
    found: dict[str, list[str]] = json.loads(SNAPSHOT.read_text(encoding="utf-8")) if SNAPSHOT.exists() else {}
    yield found
    if os.environ.get("CRM_SNAPSHOT") == "1":
        ordered = {label: found[label] for label in (*GOOD, *MORE)}
        SNAPSHOT.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("label", [*GOOD, *MORE])
def test_the_names_in_json_are_those_that_were_promised(
    bench: Bench, told: dict[str, Seen], kept: dict[str, list[str]], label: str
) -> None:
    seen = in_json(bench, told, label)
    now = list(names(json.loads(seen.out or seen.err)))
    if os.environ.get("CRM_SNAPSHOT") == "1":
        kept[label] = now
    before = kept.get(label, [])
    assert [name for name in now if name in before] == before, "names and their order stay: scripts read them"
    assert now == before, f"new names are kept from now on: CRM_SNAPSHOT=1 pytest {Path(__file__).name}"
