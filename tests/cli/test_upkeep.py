"""Keeping a store: made, checked against an anchor, rebuilt, flushed and copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def kept(crm: Typed) -> Typed:
    """A store with two leads."""
    crm.ok("lead add Uno")
    crm.ok("lead add Due")
    return crm


# --- init ----------------------------------------------------------------------------------------


def test_init_makes_a_store_with_the_rules_of_the_house(crm: Typed) -> None:
    seen = crm.ok("init --timezone Europe/Berlin --currency chf --country de")
    assert str(crm.folder) in seen.err
    assert [crm.ok(f"config get {key}").out for key in ("timezone", "currency", "country")] == [
        "Europe/Berlin\n",
        "CHF\n",
        "DE\n",
    ]
    assert crm.folder.stat().st_mode & 0o777 == 0o700
    assert (crm.folder / "crm.json").stat().st_mode & 0o777 == 0o600


def test_init_may_make_it_anywhere(crm: Typed, tmp_path: Path) -> None:
    crm.ok(f"init --store {tmp_path}/deep/er")
    crm.ok(f"lead add Uno --store {tmp_path}/deep/er")
    assert crm.json(f"lead list --count --store {tmp_path}/deep/er") == {"count": 1}
    assert not crm.folder.exists()


def test_init_leaves_a_store_alone_that_is_there(kept: Typed) -> None:
    before = kept.bytes()
    seen = kept("init --json")
    assert (seen.code, str(kept.folder) in seen.error["message"]) == (4, True)
    assert kept.bytes() == before


def test_init_refuses_what_cannot_be_set_and_makes_nothing(crm: Typed) -> None:
    for option in ("--timezone Nowhere", "--currency Euro", "--country Germany"):
        assert crm(f"init {option}").code == 2, option
    assert not crm.folder.exists()


def test_a_store_that_was_named_and_is_not_there_is_an_error(
    crm: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in ("lead list", "lead add Uno", "verify", "report funnel"):
        seen = crm(f"{line} --store {tmp_path}/none --json")
        assert (seen.code, "crm init" in seen.error["hint"]) == (7, True), line
    monkeypatch.setenv("CRM_STORE", str(tmp_path / "none"))
    assert crm("lead list").code == 7
    assert not (tmp_path / "none").exists()


def test_the_default_store_is_made_by_what_saves_and_by_nothing_else(crm: Typed) -> None:
    for line in ("lead list", "history", "config list", "remind check", "lead add Uno -n"):
        crm.ok(line)
    assert not crm.folder.exists()
    crm.ok("lead add Uno")
    assert crm.json("config get timezone") == {"key": "timezone", "value": "UTC", "origin": "store"}


# --- verify --------------------------------------------------------------------------------------


def test_a_sound_store_verifies_and_is_not_touched(kept: Typed) -> None:
    before = kept.bytes()
    found = kept.json("verify")
    assert (found["ok"], found["findings"], found["anchor_found"]) == (True, [], None)
    assert found["records"] >= 2
    assert "all is well" in kept.ok("verify").out
    assert kept.bytes() == before


def test_an_anchor_kept_elsewhere_is_found_again_however_much_came_after(kept: Typed) -> None:
    anchor = kept.ok("verify --print-anchor").out.strip()
    assert anchor == kept.json("verify")["head"]
    kept.ok("lead add Tre")
    assert kept.json(f"verify --anchor {anchor}")["anchor_found"] is True


def test_an_anchor_of_another_log_is_not(kept: Typed) -> None:
    anchor = kept.ok("verify --print-anchor").out.strip()
    for name in ("crm.json", "history.jsonl"):
        (kept.folder / name).unlink()
    kept.ok("lead add Uno")
    kept.ok("lead add Due")
    seen = kept(f"verify --anchor {anchor} --json")
    assert (seen.code, seen.error["code"]) == (1, "check_failed")
    assert (seen.json["ok"], seen.json["anchor_found"], seen.json["findings"]) == (False, False, [])


def test_a_store_that_is_not_there_cannot_be_kept(crm: Typed) -> None:
    for line in ("verify", "rebuild", "flush", "backup"):
        seen = crm(f"{line} --json")
        assert (seen.code, "crm init" in seen.error["hint"]) == (7, True), line
    assert not crm.folder.exists()


def test_a_changed_byte_in_the_log_is_found_and_nothing_is_written_any_more(kept: Typed) -> None:
    log = kept.folder / "history.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Uno", b"Unu", 1))
    (kept.folder / "crm.json").unlink()
    before = kept.bytes()
    seen = kept("verify --json")
    assert (seen.code, seen.error["code"]) == (7, "unreadable")
    assert "error" in [one["level"] for one in seen.json["findings"]]
    for line in ("lead list", "lead add Tre", "rebuild"):
        assert kept(line).code == 7, line
    assert kept("lead add Tre -n").code == 7
    assert kept.bytes().keys() >= before.keys()
    assert (kept.folder / "history.jsonl").read_bytes() == before["history.jsonl"]


def test_a_spoilt_state_is_found_and_mended_from_the_log(kept: Typed) -> None:
    state = kept.folder / "crm.json"
    sound = state.read_bytes()
    state.write_bytes(sound.replace(b"Uno", b"Unu", 1))
    seen = kept("verify --json")
    assert (seen.code, "crm rebuild" in seen.error["hint"]) == (7, True)
    kept.ok("rebuild")
    assert state.read_bytes() == sound
    assert kept.ok("verify").code == 0


# --- rebuild and flush ---------------------------------------------------------------------------


def test_the_state_is_made_again_byte_for_byte(kept: Typed) -> None:
    state = kept.folder / "crm.json"
    before = state.read_bytes()
    state.unlink()
    made = {"seq": kept.json("verify")["seq"], "lost": [], "older": []}
    assert kept.json("rebuild --dry-run") == {**made, "dry_run": True}
    assert not state.exists()
    assert kept.json("rebuild") == {**made, "dry_run": False}
    assert state.read_bytes() == before


def test_a_store_without_its_state_reads_and_writes_as_before(kept: Typed) -> None:
    (kept.folder / "crm.json").unlink()
    assert [one["name"] for one in kept.json("lead list")] == ["Uno", "Due"]
    assert kept.ok("lead add Tre -q").out == "L3\n"


def test_a_flush_is_done_when_it_is_due(kept: Typed) -> None:
    assert kept.json("flush")["written"] is False
    (kept.folder / "crm.json").unlink()
    assert kept.json("flush")["written"] is True
    assert (kept.folder / "crm.json").exists()


def test_what_only_the_state_knows_is_given_up_only_when_asked_for(kept: Typed) -> None:
    log = kept.folder / "history.jsonl"
    log.write_bytes(log.read_bytes()[:-5])
    assert "crm rebuild" not in kept("verify --json").error["hint"]
    for line in ("rebuild", "rebuild -n", "rebuild --yes"):
        seen = kept(f"{line} --json")
        assert (seen.code, seen.error["details"]["lost"], "--shorter" in seen.error["hint"]) == (7, ["L2"], True), line
    assert kept("rebuild --shorter --no-input").code == 5
    assert "; lost: L2" in kept.ok("rebuild --shorter --yes").out
    assert (kept.ok("verify").code, [one["name"] for one in kept.json("lead list")]) == (0, ["Uno"])


# --- backup --------------------------------------------------------------------------------------


def test_a_copy_verifies_and_holds_the_same(kept: Typed) -> None:
    copy = kept.json("backup")["backup"]
    assert Path(copy).parent == kept.folder / "backups"
    assert kept.json(f"verify --store {copy}")["head"] == kept.json("verify")["head"]
    assert [one["name"] for one in kept.json(f"lead list --store {copy}")] == ["Uno", "Due"]


def test_only_the_newest_copies_are_kept(kept: Typed, tmp_path: Path) -> None:
    for minute in range(4):
        kept.ok(f"backup --to {tmp_path}/copies --keep 2 --now 2026-11-21T10:0{minute}Z")
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == ["20261121T100200Z", "20261121T100300Z"]
    assert kept("backup --keep 0").code == 2


def test_a_copy_is_not_overwritten(kept: Typed) -> None:
    kept.ok("backup")
    assert kept("backup").code == 4


def test_cron_hears_nothing_of_a_copy(kept: Typed) -> None:
    seen = kept.ok("backup -q")
    assert (seen.out.strip(), seen.err) == ("", "")
