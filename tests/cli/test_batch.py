"""Commands from a file: every changing command works so, all or nothing, as one operation; what a line may not say."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crm_cli.cli.main import load
from tests.cli.lines import GOOD, Bench, copied, furnished
from tests.commands import COMMANDS, function_of
from tests.typed import Seen, Typed

PATHS = {".".join(path): path for path in COMMANDS}
CHANGING = [
    name
    for name, path in PATHS.items()
    if getattr(function_of(COMMANDS[path]), "role", "") == "changes" and name != "init"
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with furnished(tmp_path_factory.mktemp("batch")) as folder:
        yield folder


@pytest.fixture
def bench(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return copied(built, Bench(tmp_path, monkeypatch))


def carried_out(crm: Typed, *lines: Mapping[str, Any] | str, more: str = "--json") -> Seen:
    """The batch of these lines, read from stdin."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return crm(["batch", "-", *more.split()], stdin=text)


# --- every command ---------------------------------------------------------------------------------


def as_object(command: str, typed: str) -> dict[str, Any]:
    """A typed line as a line of a batch, read by the framework itself."""
    path = PATHS[command]
    found = load(path, COMMANDS[path])
    given = found.make_context(command, shlex.split(typed)[len(path) :]).params
    said: dict[str, Any] = {"cmd": command}
    for one in found.params:
        value = given.get(one.name)
        if value == one.default or value is None:
            continue
        metavar = (getattr(one, "metavar", None) or "").split() if one.param_type_name == "argument" else []
        if len(metavar) == 2:
            count = (
                1
                if not metavar[0].endswith("...")
                else len(value) - (not given.get(_last(metavar)) and not given.get("to"))
            )
            said |= {"refs": value[:count], **({_last(metavar): value[count:]} if value[count:] else {})}
        elif one.param_type_name == "argument":
            said[one.name] = [str(part) for part in value] if isinstance(value, list) else value
        else:
            said[max(one.opts, key=len).removeprefix("--")] = value
    return said


def _last(metavar: list[str]) -> str:
    return metavar[1].removesuffix("...").lower()


@pytest.mark.parametrize("command", CHANGING)
def test_a_line_does_and_answers_what_the_command_does(bench: Bench, tmp_path: Path, built: Path, command: str) -> None:
    line = as_object(command, bench.line(GOOD[command]))

    seen = carried_out(bench, line)

    assert seen.code == 0, seen.err
    (answer,) = seen.json
    assert answer.pop("line") == 1
    after = bench.everything()
    copied_again(built, bench)
    alone = bench([*shlex.split(bench.line(GOOD[command])), "--json"], ok=True)
    assert answer == alone.json
    assert records(bench.everything()) == records(after)


def copied_again(built: Path, bench: Bench) -> None:
    """The store as it was before."""
    shutil.rmtree(bench.folder)
    copied(built, bench)


def records(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """What crm.json says of every record."""
    return [value for name, value in json.loads(files["data/crm/crm.json"]).items() if name != "_meta"]


# --- one operation ---------------------------------------------------------------------------------


def test_a_line_sees_what_those_before_it_did(crm: Typed) -> None:
    seen = carried_out(
        crm,
        {"cmd": "rep.add", "name": "Sam Weber", "handle": "sam"},
        {"cmd": "lead.add", "name": "Jane", "email": ["jane@x.example", "j@x.example"], "potential": 1500.75},
        {"cmd": "lead.assign", "refs": ["@last"], "to": "sam"},
        {"cmd": "event.add", "subject": "Call", "lead": "jane@x.example", "at": "+1d"},
        {"cmd": "lead.note", "refs": ["L1"], "text": "one"},
        {"cmd": "lead.note", "refs": ["@last"], "text": "two"},
    )

    assert [(one["line"], one["action"], one["op"]) for one in seen.json][-1] == (6, "lead.note", "O1")
    lead = crm.json("lead show L1")
    assert (lead["rep_name"], [note["text"] for note in lead["notes"]]) == ("Sam Weber", ["one", "two"])
    assert '"potential":1500.75,' in crm.ok("lead show L1 --json").out
    assert crm.json("event list")[0]["rep"] == "R1"


def test_a_batch_is_one_operation_in_which_every_change_bears_its_verb(crm: Typed) -> None:
    crm.ok("lead add Jane")
    carried_out(crm, {"cmd": "lead.tag", "ref": "L1", "tags": ["vip"]}, {"cmd": "lead.contacted", "refs": "L1"})

    assert [one["cmd"] for one in crm.json("history O2")] == ["batch", "lead.tag", "lead.contacted"]
    assert "crm batch -" in crm.ok("history O2").out
    assert [one["op"] for one in crm.json("lead history L1")] == ["O1", "O2", "O2"]
    crm.ok("verify")


def test_people_read_the_same_sentences_and_scripts_ids(crm: Typed) -> None:
    lines = {"cmd": "lead.add", "name": "Jane"}, {"cmd": "lead.rate", "refs": [1], "rating": "junk"}

    assert carried_out(crm, *lines, more="-n").out.startswith("Would have: Added L1 Jane")
    assert not crm.folder.exists()
    assert [json.loads(line)["line"] for line in carried_out(crm, *lines, more="-F jsonl -n").out.splitlines()] == [
        1,
        2,
    ]
    assert carried_out(crm, *lines, more="-q").out == "L1\n"
    assert carried_out(crm, more="").out == "Nothing to change.\n"
    assert carried_out(crm).json == []


def test_what_was_done_in_a_batch_can_be_taken_back_in_it(crm: Typed) -> None:
    crm.ok("lead add Jane --company Acme")
    lines = (
        {"cmd": "lead.contacted", "refs": ["L1"]},
        {"cmd": "lead.delete", "refs": ["L1"], "yes": True},
        {"cmd": "lead.restore", "refs": ["L1"]},
        {"cmd": "lead.qualify", "lead": "L1", "deal": True},
        {"cmd": "lead.unqualify", "refs": "L1"},
    )

    assert carried_out(crm, *lines).code == 0

    assert crm.json("lead show L1")["status"] == "contacted"
    assert [one["status"] for one in crm.json("account list --all")] == ["canceled"]
    crm.ok("verify")


def test_a_line_may_have_a_date_of_its_own(crm: Typed) -> None:
    crm.ok("lead add Jane --on 2026-01-05")
    lines = (
        {"cmd": "lead.note", "refs": ["L1"], "text": "now"},
        {"cmd": "lead.note", "refs": ["L1"], "text": "then", "on": "2026-01-06"},
        {"cmd": "lead.contacted", "refs": ["L1"], "on": "2026-01-07"},
    )

    assert carried_out(crm, *lines).code == 0

    lead = crm.json("lead show L1")
    assert [note["text"] for note in lead["notes"]] == ["then", "now"]
    assert lead["contacted_at"].startswith("2026-01-07")


# --- all or nothing --------------------------------------------------------------------------------


def test_one_line_that_is_refused_keeps_all_from_being_done(crm: Typed) -> None:
    crm.ok("lead add Jane --email jane@x.example")
    before = crm.bytes()

    seen = carried_out(
        crm,
        {"cmd": "lead.note", "refs": ["L1"], "text": "one"},
        {"cmd": "lead.add", "name": "J", "email": "jane@x.example"},
    )

    assert (seen.out, seen.code, len(seen.err.splitlines())) == ("", 4, 1)
    assert seen.error["message"].startswith("line 2: L1 Jane is there already")
    assert (seen.error["code"], seen.error["details"]["line"]) == ("duplicate", 2)
    assert crm.bytes() == before


def test_nobody_is_asked_in_a_batch(crm: Typed) -> None:
    crm.ok("lead add Jane")
    line = {"cmd": "lead.delete", "refs": ["L1"]}

    seen = carried_out(crm, line)

    assert (seen.code, seen.error["code"]) == (5, "not_confirmed")
    assert carried_out(crm, line, more="--yes").code == 0


WRONG: dict[str, Mapping[str, Any] | str] = {
    "no JSON": "{",
    "deep": "[" * 100_000,
    "an array": "[]",
    "blank": " ",
    "a key twice": '{"cmd": "lead.add", "name": "A", "name": "B"}',
    "a key in two spellings": '{"cmd": "lead.add", "name": "A", "tax-id": "1", "tax_id": "2"}',
    "not a number": '{"cmd": "lead.add", "name": "A", "potential": NaN}',
    "half a character": '{"cmd": "lead.add", "name": "\\ud800"}',
    "a NUL": '{"cmd": "lead.add", "name": "a\\u0000b"}',
    "no command": {"refs": ["L1"]},
    "an unknown command": {"cmd": "lead.asign", "refs": ["L1"]},
    "a command that reads": {"cmd": "lead.list"},
    "a command for files": {"cmd": "backup", "to": "x"},
    "a batch": {"cmd": "batch", "file": "x"},
    "a new store": {"cmd": "init"},
    "an unknown key": {"cmd": "lead.add", "name": "A", "mail": "a@x.example"},
    "another store": {"cmd": "lead.add", "name": "A", "store": "x"},
    "another user": {"cmd": "lead.add", "name": "A", "as": "x"},
    "in part": {"cmd": "lead.contacted", "refs": ["L1"], "keep_going": True},
    "null": {"cmd": "lead.add", "name": "A", "company": None},
    "a text for a flag": {"cmd": "lead.add", "name": "A", "is_company": "yes"},
    "a flag for a text": {"cmd": "lead.add", "name": True},
    "several for one": {"cmd": "lead.add", "name": ["A", "B"]},
    "an object": {"cmd": "lead.add", "name": {"first": "A"}},
    "a text for a figure": {"cmd": "event.log", "subject": "A", "lead": "L1", "satisfaction": "5"},
    "a fraction": {"cmd": "event.log", "subject": "A", "lead": "L1", "satisfaction": 4.5},
    "an empty value": {"cmd": "lead.add", "name": "A", "rep": ""},
    "a name that is missing": {"cmd": "lead.add"},
    "no records": {"cmd": "lead.contacted", "refs": []},
    "no text": {"cmd": "lead.note", "refs": ["L1", "L2"]},
    "no record": {"cmd": "lead.note", "text": "A"},
    "a tag for two": {"cmd": "lead.tag", "refs": ["L1", "L2"], "tags": ["a"]},
    "refs twice": {"cmd": "lead.contacted", "refs": ["L1"], "leads": ["L1"]},
    "ids from stdin": {"cmd": "lead.contacted", "refs": ["-"]},
    "a text from stdin": {"cmd": "lead.note", "refs": ["L1"], "text": "-"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_line_that_says_what_it_cannot_is_refused_with_its_number(crm: Typed, wrong: str) -> None:
    crm.ok("lead add Jane")
    before = crm.bytes()

    seen = carried_out(crm, {"cmd": "lead.note", "refs": ["L1"], "text": "one"}, WRONG[wrong])

    assert (seen.out, seen.code, len(seen.err.splitlines())) == ("", 2, 1), seen.err
    assert seen.error["message"].startswith("line 2: ")
    assert seen.error["hint"]
    assert crm.bytes() == before


def test_a_flag_can_be_said_both_ways_and_a_filter_chooses(crm: Typed) -> None:
    crm.ok("lead add Jane --do-not-contact")
    lines = (
        {"cmd": "lead.edit", "lead": "L1", "may-contact": True},
        {"cmd": "lead.note", "where": "do_not_contact=no", "text": "may be called", "yes": True},
    )

    assert carried_out(crm, *lines).code == 0

    lead = crm.json("lead show L1")
    assert (lead["do_not_contact"], lead["notes"][0]["text"]) == (False, "may be called")


def test_a_file_that_is_not_there_or_no_text_is_refused(crm: Typed, tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(
        b'{"cmd": "lead.add", "name": "A"}\n{"cmd": "lead.add", "name": "M\xfcller"}\n'
    )

    assert crm(f"batch {tmp_path}/none.jsonl").code == 3
    assert crm(f"batch {tmp_path}").code == 2
    assert crm(f"batch {tmp_path}/latin.jsonl --json").error["message"] == "line 2: that is no UTF-8"
    assert not crm.folder.exists()


def test_an_account_made_in_a_batch_is_changed_by_what_is_dated_before_it(crm: Typed) -> None:
    crm.ok("lead add Jane --on 2026-01-05")
    lines = (
        {"cmd": "account.add", "name": "Acme"},
        {"cmd": "lead.qualify", "lead": "L1", "account": "@last", "on": "2026-01-07"},
    )

    assert carried_out(crm, *lines).code == 0, carried_out(crm, *lines).err

    assert crm.json("account show A1")["types"] == ["customer"]
    crm.ok("verify")
