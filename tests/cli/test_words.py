"""cache/words: what completion knows of the store; begun with it, kept up to date, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.cli.words import LARGEST
from tests.typed import Typed


@pytest.fixture
def words(crm: Typed) -> Path:
    """Where they lie."""
    return crm.folder / "cache" / "words"


def lines(path: Path, kind: str) -> list[list[str]]:
    return [line.split("\t")[1:] for line in path.read_text().splitlines() if line.startswith(f"{kind}\t")]


def test_they_begin_with_the_store_and_follow_every_change(crm: Typed, words: Path) -> None:
    crm.ok("lead add 'Jane Doe' --company Acme --tag vip --set industry=SaaS")
    crm.ok("rep add Ana --handle ana")
    crm.ok("lead add John")
    assert [one[0] for one in lines(words, "lead")] == ["L2", "L1"]
    crm.ok("lead edit L1 --name 'Jane Roe'")
    assert lines(words, "lead") == [["L1", "Jane Roe", "Acme", "new"], ["L2", "John", "", "new"]]
    assert lines(words, "rep") == [["R1", "Ana", "ana", "active"]]
    assert (lines(words, "tag")[0][0], lines(words, "key")[0][0]) == ("vip", "industry")


def test_activities_go_with_their_campaign(crm: Typed, words: Path) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    assert [one[:2] for one in lines(words, "activity")] == [["C1.1", "Call"], ["C1.2", "Demo"]]
    crm.ok("campaign activity retire C1 Call")
    crm.ok("campaign activity rename C1 Demo Show")
    assert [one[:2] for one in lines(words, "activity")] == [["C1.2", "Show"]]
    crm.ok("campaign delete C1 --yes")
    assert lines(words, "activity") == []


def test_the_lists_of_the_house_are_among_them(crm: Typed, words: Path) -> None:
    crm.ok("init")
    assert lines(words, "channel")[0][:1] == ["web"]
    crm.ok("config set channels fair,web")
    assert [one[0] for one in lines(words, "channel")] == ["fair", "web"]
    crm.ok("config set claim.causes transport/broken")
    assert [one[0] for one in lines(words, "claim.causes")] == ["transport/broken"]


def test_they_are_few_and_small_and_the_newest(crm: Typed, words: Path, tmp_path: Path) -> None:
    rows = "".join(f"{'Ä' * 200} {number},x{number}@x.example\n" for number in range(1, 301))
    (tmp_path / "leads.csv").write_text(f"name,email\n{rows}", encoding="utf-8")
    crm.ok(["import", "leads", str(tmp_path / "leads.csv")])
    found = lines(words, "lead")
    assert (found[0][0], len(found), len(found[0][1])) == ("L300", 100, 60)
    words.unlink()
    crm.ok("lead tag L7 vip")
    assert not words.exists()
    tags = "".join(f"tag\t{'x' * 300}{number}\t\t\t\n" for number in range(200))
    words.write_text(f"words 1\n\n{tags}")
    crm.ok("lead tag L8 vip")
    assert 0 < words.stat().st_size <= LARGEST
    assert [one[0] for one in lines(words, "lead")] == ["L8"]


def test_what_a_terminal_might_obey_is_written_out(crm: Typed, words: Path) -> None:
    crm.ok(["lead", "add", "Jane\x1b[31m\tDoe\u202e", "--tag", "a\x07b"])
    assert lines(words, "lead")[0][1] == "Jane\\x1b[31m Doe\\u202e"
    assert lines(words, "tag")[0][0] == "a\\x07b"
    assert words.read_text().replace("\t", "").replace("\n", "").isprintable()


def test_nothing_about_them_makes_a_command_fail(crm: Typed, words: Path) -> None:
    crm.ok("lead add Jane")
    for spoilt in (b"\xff\xfe", b"words 1\nnonsense", b"words 1\n\nlead", b"words 9\n"):
        words.write_bytes(spoilt)
        assert crm.ok("lead note L1 hello").err == ""
    words.unlink(missing_ok=True)
    words.mkdir()
    assert crm.ok("lead note L1 hello").err == ""
    words.rmdir()
    words.symlink_to("/etc/passwd")
    assert crm.ok("lead note L1 hello").err == ""
    assert Path("/etc/passwd").read_text().startswith("root")


def test_whoever_may_read_the_log_may_read_them(crm: Typed, words: Path) -> None:
    crm.ok("lead add Jane")
    assert words.stat().st_mode & 0o777 == 0o600
    os.chmod(crm.folder / "history.jsonl", 0o660)
    crm.ok("lead add John")
    assert words.stat().st_mode & 0o777 == 0o660


def test_a_dry_run_and_a_look_leave_them_alone(crm: Typed, words: Path) -> None:
    crm.ok("lead add Jane")
    before = words.read_bytes(), words.stat().st_ino
    crm.ok("lead add John -n")
    crm.ok("lead list")
    assert (words.read_bytes(), words.stat().st_ino) == before


def test_they_go_when_the_store_is_made_anew(crm: Typed, words: Path) -> None:
    crm.ok("lead add Jane")
    assert words.exists()
    crm.ok("rebuild")
    assert not words.exists()
    assert crm.json("verify")["ok"] is True
