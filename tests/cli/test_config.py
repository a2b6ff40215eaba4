"""Settings: the rules of the house with their history, a person's own taste, and where each value comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    """A person's own settings."""
    path = tmp_path / "mine.toml"
    path.write_text('[core]\nuser = "zoe"\ntimezone = "Asia/Tokyo"\n[output]\nformat = "json"\n', encoding="utf-8")
    return path


def origins(crm: Typed, options: str = "") -> dict[str, Any]:
    return {row["key"]: (row["value"], row["origin"]) for row in crm.json(f"config list {options}")}


# --- origins -------------------------------------------------------------------------------------


def test_rules_of_the_house_come_from_the_store_or_are_the_default(crm: Typed) -> None:
    crm.ok("config set timezone Europe/Berlin")
    found = origins(crm)
    assert found["timezone"] == ("Europe/Berlin", "store")
    assert found["currency"] == ("EUR", "default")


def test_taste_comes_from_option_environment_file_or_nowhere(
    crm: Typed, toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_USER")
    assert origins(crm)["core.user"] == (None, "default")
    monkeypatch.setenv("CRM_CONFIG", str(toml))
    assert origins(crm)["core.user"] == ("zoe", str(toml))
    monkeypatch.setenv("CRM_USER", "sam")
    assert origins(crm)["core.user"] == ("sam", "CRM_USER")
    assert origins(crm, "--as ana")["core.user"] == ("ana", "option")


def test_what_comes_first_counts(crm: Typed, toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_USER")
    crm.ok(f"lead add Uno --config {toml}")
    monkeypatch.setenv("CRM_USER", "sam")
    crm.ok(f"lead add Due --config {toml}")
    crm.ok(f"lead add Tre --config {toml} --as ana")
    assert [crm.json(f"lead show L{n}")["history"][0]["by"] for n in (1, 2, 3)] == ["zoe", "sam", "ana"]


def test_the_format_one_likes_is_taken(crm: Typed, toml: Path) -> None:
    assert crm.ok(f"lead list --config {toml}").json == []
    assert crm.ok(f"lead list --config {toml} --format ids").out == ""


def test_an_empty_variable_counts_as_none(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CRM_FORMAT", "CRM_TZ", "CRM_STORE", "CRM_COLOR", "CRM_LOCK_TIMEOUT", "CRM_NO_INPUT", "CRM_NOW"):
        monkeypatch.setenv(name, "")
    crm.ok("lead add Uno")
    assert crm.folder.exists()


# --- get and set ---------------------------------------------------------------------------------


def test_a_rule_is_set_and_the_change_has_a_history(crm: Typed) -> None:
    assert "EUR" not in crm.ok("config set currency chf").out
    assert crm.ok("config get currency").out == "CHF\n"
    assert crm.json("config get currency") == {"key": "currency", "value": "CHF", "origin": "store"}
    crm.ok("config set currency USD")
    assert "CHF" in crm.ok("history").out


def test_lists_are_set_whole_or_one_by_one(crm: Typed) -> None:
    crm.ok("config set channels web,fair")
    crm.ok("config set channels +'trade press'")
    assert crm.json("config get channels")["value"] == ["web", "fair", "trade press"]
    crm.ok("config set channels -- -web")
    assert crm.json("config get channels")["value"] == ["fair", "trade press"]
    crm.ok("config set holidays 2026-12-25")
    crm.ok("config set holidays ''")
    assert crm.json("config get holidays")["value"] == []


def test_the_same_value_again_writes_nothing(crm: Typed) -> None:
    crm.ok("config set currency CHF")
    before = crm.bytes()
    assert crm.json("config set currency CHF")["changed"] == 0
    assert crm.bytes() == before


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("timezone Europe/Berln", "Europe/Berlin"),
        ("currency Euro", "EUR"),
        ("country Germany", "DE"),
        ("holidays 2026-02-30", "2026-12-25"),
        ("claim.days.low 0", "365"),
        ("claim.days.low many", "365"),
        ("colour red", "timezone"),
        ("core.user sam", "none"),
    ],
)
def test_a_value_that_cannot_be_is_refused(crm: Typed, line: str, hint: str) -> None:
    seen = crm(f"config set {line} --json")
    assert (seen.code, seen.out) == (2, "")
    assert hint in seen.error["hint"] + seen.error["message"] or line.startswith("core")
    assert not crm.folder.exists()


def test_an_unknown_setting_is_answered_with_those_there_are(crm: Typed) -> None:
    seen = crm("config get timezon --json")
    assert (seen.code, "did you mean timezone" in seen.error["hint"]) == (2, True)


def test_the_zone_of_the_house_decides_when_a_day_begins(crm: Typed) -> None:
    crm.ok("config set timezone Pacific/Auckland")
    crm.ok("lead add Uno --now 2026-11-21T12:00Z")
    assert crm.json("lead list --where 'received=2026-11-22' --count --now 2026-11-22T12:00Z") == {"count": 1}
    crm.ok("claim list --tz UTC")


def test_what_is_not_in_a_list_cannot_be_taken_out_of_it(crm: Typed) -> None:
    seen = crm("config set channels -- -pone")
    assert (seen.code, "did you mean phone" in seen.err) == (2, True)
    assert crm.ok("config set channels +web").out == "Nothing to change.\n"
    assert origins(crm)["channels"][1] == "default"


def test_a_rule_goes_back_to_its_default_and_may_be_set_again(crm: Typed) -> None:
    default = crm.json("config get lead.reasons")["value"]
    assert crm.json("config set lead.reasons bankrupt")["records"][0]["value"] == ["bankrupt"]
    assert crm.json("config unset lead.reasons")["records"][0]["value"] == default
    assert origins(crm)["lead.reasons"] == (default, "default")
    assert crm.ok("config unset lead.reasons").out == "Nothing to change.\n"
    assert crm.ok("config set lead.reasons dead").out == "lead.reasons: default → dead\n"
    assert crm.json("config get lead.reasons")["value"] == ["dead"]


def test_a_house_without_a_zone_of_its_own_has_the_usual_one(crm: Typed) -> None:
    crm.ok("config set timezone Europe/Berlin")
    assert crm.ok("config unset timezone").out == "timezone: Europe/Berlin → UTC, the default\n"
    assert crm.json("config get timezone")["value"] == "UTC"
    assert crm.ok("verify").code == 0


# --- a person's own file -------------------------------------------------------------------------


def test_path_tells_where_settings_and_store_lie(crm: Typed, toml: Path) -> None:
    assert crm.json(f"config path --config {toml}") == {"config": str(toml), "store": str(crm.folder)}
    assert crm.json("config path")["config"] is None


def test_a_sound_file_has_nothing_to_complain_about(crm: Typed, toml: Path) -> None:
    found = crm.json(f"config check --config {toml}")
    assert (found["ok"], found["unknown"], found["wrong"]) == (True, [], [])


def test_unknown_keys_and_wrong_kinds_are_named(crm: Typed, toml: Path) -> None:
    toml.write_text("[core]\nuser = 7\ncolour = 'red'\n", encoding="utf-8")
    seen = crm(f"config check --config {toml} --json")
    assert seen.code == 7
    assert (seen.json["ok"], seen.json["unknown"], seen.json["wrong"]) == (False, ["core.colour"], ["core.user"])


def test_a_broken_file_stops_every_command_that_needs_it(crm: Typed, toml: Path) -> None:
    toml.write_text("[core\n", encoding="utf-8")
    for line in ("lead list", "lead add Uno", "config check", "config list"):
        seen = crm(f"{line} --config {toml} --json")
        assert (seen.code, seen.error["code"]) == (7, "unreadable"), line
        assert str(toml) in seen.error["message"]
    assert not crm.folder.exists()


def test_a_named_file_that_is_not_there_stops_every_command(
    crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no file" in crm(f"lead list --config {tmp_path}/none.toml", ok=False).err
    monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "none.toml"))
    assert crm("lead add Uno").code == 7
    monkeypatch.delenv("CRM_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    crm.ok("lead list")


def test_a_value_of_the_wrong_kind_stops_every_command_and_an_unknown_key_is_told(crm: Typed, toml: Path) -> None:
    toml.write_text("[core]\nuser = 5\n", encoding="utf-8")
    seen = crm(f"lead list --config {toml} --json")
    assert (seen.code, "core.user is 5" in seen.error["message"]) == (7, True)
    toml.write_text("[core]\nusr = 'zoe'\n", encoding="utf-8")
    seen = crm(f"lead list --config {toml} --json")
    assert (seen.code, seen.json) == (0, [])
    assert "'core.usr' is not known; did you mean core.user?" in seen.err


@pytest.mark.parametrize("name", ["CRM_NO_INPUT", "CRM_DEBUG"])
def test_a_switch_in_the_environment_is_on_or_off(crm: Typed, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "maybe")
    seen = crm("lead list")
    assert (seen.code, f"{name}=maybe" in seen.err) == (2, True)
    monkeypatch.setenv(name, "No")
    crm.ok("lead list")
