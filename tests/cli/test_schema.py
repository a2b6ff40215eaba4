"""`crm schema`: the whole program as data, of which nothing that was told once is taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_cli.domain.errors import Exit
from tests.commands import COMMANDS
from tests.typed import Typed

SNAPSHOT = Path(__file__).with_name("schema.json")
PROSE = frozenset({"help", "examples", "crm"})  # for people: it may be said better
KEYS = ("name", "kind", "key", "code", "letters", "type")  # what an entry of a list is known by


def entries(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything that is promised, by where it stands: `commands/lead add/options/--email/metavar`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in PROSE:
                yield from entries(inner, f"{path}/{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for one in value:
            known_by = next(key for key in KEYS if key in one)
            yield from entries(one, f"{path}/{one[known_by]}")
    else:
        yield path, value


def parted(flat: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same with the last part of the place apart: a line of the file for each option, field, setting."""
    found: dict[str, dict[str, Any]] = {}
    for path, value in flat.items():
        place, _, key = path.rpartition("/")
        values = found.setdefault(place, {})
        if key == "required" or value not in (None, False, []):  # what comes later to an empty one is new
            values[key] = value
    return found


@pytest.fixture
def schema(crm: Typed) -> Any:
    return crm.json("schema")


def test_nothing_that_was_told_once_is_taken_back_or_changed(schema: Any) -> None:
    now = parted(dict(entries(schema)))
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8")) if SNAPSHOT.exists() else {}
    for place, promised in kept.items():
        for key, value in promised.items():
            told = now.get(place, {}).get(key)
            if isinstance(value, list) and isinstance(told, list) and "default" not in key:
                assert [one for one in told if one in value] == value, f"{place}/{key}: entries and their order stay"
            else:
                assert told == value, f"{place}/{key} is not what was promised: programs rely on it"
    if os.environ.get("CRM_SNAPSHOT") == "1":
        lines = ",\n".join(f" {json.dumps(place)}: {json.dumps(values)}" for place, values in now.items())
        SNAPSHOT.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
        kept = now
    assert now == kept, f"what is new is promised from now on: CRM_SNAPSHOT=1 pytest {Path(__file__).name}"


def test_every_command_is_there_with_all_it_takes(schema: Any) -> None:
    told = {one["name"]: one for one in schema["commands"]}
    assert list(told) == [" ".join(path) for path in COMMANDS]
    add = {one["name"]: one for one in told["lead add"]["options"]}
    assert (add["--email"]["repeatable"], add["--email"]["metavar"]) == (True, "ADDRESS")
    assert (add["--rep"]["refers_to"], add["--rating"]["choices"][0]) == (["rep"], "hot")
    assert (add["--dry-run"]["short"], told["lead add"]["role"]) == ("-n", "changes")
    assert told["lead list"]["options"][0]["choices"][0] == "open"
    assert told["lead assign"]["arguments"][0]["refers_to"] == ["lead"]
    assert all(len(one["examples"]) >= 2 for one in told.values())


def test_common_options_are_told_once(schema: Any) -> None:
    common = {one["name"]: one for one in schema["common_options"]}
    assert common["--store"]["environment"] == "CRM_STORE"
    assert not [one["name"] for one in schema["commands"] for option in one["options"] if option["name"] in common]


def test_codes_fields_settings_and_variables_are_there(schema: Any) -> None:
    codes = {one["code"]: one["words"] for one in schema["exit_codes"]}
    assert {*codes} >= {*map(int, Exit)}
    assert (codes[3], codes[70]) == (["ambiguous", "not_found"], ["bug"])
    fields = {one["kind"]: {field["name"]: field for field in one["fields"]} for one in schema["records"]}
    assert fields["lead"]["status"]["choices"][0] == "new"
    assert (fields["lead"]["campaign"]["refers_to"], fields["lead"]["name"]["personal"]) == ("campaign", True)
    assert fields["lead"]["rep_name"]["filterable"] is False
    assert {"timezone", "lead.reasons"} <= {one["key"] for one in schema["settings"]}
    assert {"CRM_STORE", "NO_COLOR"} <= {one["name"] for one in schema["environment"]}
    assert {one["type"] for one in schema["filters"]["operators"]} >= {"text", "moment", "ref"}


def test_the_fields_told_are_those_that_a_record_has(crm: Typed, schema: Any) -> None:
    crm.ok("lead add Jane")
    told = next(one["fields"] for one in schema["records"] if one["kind"] == "lead")
    assert [field["name"] for field in told] == [*crm.json("lead list")[0]]


def test_some_commands_can_be_asked_for(crm: Typed) -> None:
    found = crm.json("schema lead assign")
    assert [one["name"] for one in found["commands"]] == ["lead assign"]
    assert len(crm.json("schema campaign activity")["commands"]) == 8
    assert crm("schema lead asign").code == 2


def test_people_get_a_line_a_command(crm: Typed) -> None:
    assert crm.ok("schema lead assign").out.startswith("crm lead assign [REFS...] --to REP [")
    assert "crm schema --json" in crm.ok("schema").out
