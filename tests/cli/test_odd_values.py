"""Values nobody should type, places nobody should write to, and moments that are not everybody's."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from crm_cli.cli.main import main
from tests.typed import Typed


@pytest.fixture
def jane(crm: Typed) -> Typed:
    crm.ok("init --timezone UTC")
    crm.ok("lead add 'Jane Doe' --email jane@acme.example")
    return crm


@pytest.mark.parametrize(
    "line",
    [
        "event add Call --lead L1 --at tomorrow --remind 999999d",
        "remind check --within 999999w",
        "lead qualify L1 --deal --amount 5 --currency euros",
        "lead qualify L1 --currency EUR",
        "lead add X --activity Demo",
        "lead set-campaign L1 none --activity Demo",
        "lead list --limit 99999999999999999999999",
        "lead list --offset 99999999999999999999999",
        "verify --anchor xyz",
        "lead list --now 9999-12-31",
    ],
)
def test_what_cannot_be_meant_is_exit_2(jane: Typed, line: str) -> None:
    before = jane.bytes()
    seen = jane(f"{line} --json")
    assert (seen.code, seen.out, seen.error["exit_code"]) == (2, "", 2)
    assert jane.bytes() == before


def test_a_thousand_alternatives_are_only_many(jane: Typed) -> None:
    assert len(jane.json(["lead", "list", "-w", " or ".join(["name~jane"] * 1000)])) == 1


def test_the_first_day_there_is_breaks_no_list(jane: Typed) -> None:
    jane.ok("lead add Old --on 0001-01-01")
    assert "Old" in jane.ok("lead list --fields id,name,created_at --tz America/New_York").out


def test_a_result_is_never_written_into_the_store(jane: Typed) -> None:
    before = jane.bytes()
    seen = jane(["lead", "list", "-o", str(jane.folder / "history.jsonl")])
    assert (seen.code, jane.bytes()) == (2, before)


def test_a_result_follows_a_link_keeps_a_mode_and_writes_into_a_pipe(jane: Typed, tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    target.chmod(0o644)
    link.symlink_to(target)
    jane.ok(["lead", "list", "-F", "ids", "-o", str(link)])
    assert (target.read_text(), link.is_symlink(), stat.S_IMODE(target.stat().st_mode)) == ("L1\n", True, 0o644)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        jane.ok(["lead", "list", "-F", "ids", "-o", str(pipe)])
        assert os.read(reader, 100) == b"L1\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_who_writes_a_note_by_hand_keeps_nobody_waiting(jane: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            assert main(["lead", "add", "Meanwhile", "-q", "--lock-timeout", "0"]) == 0
            return "met at the fair"

    monkeypatch.setattr(sys, "stdin", Slow())
    assert main(["lead", "note", "L1", "-"]) == 0
    assert jane.json("lead show L1")["notes"][0]["text"] == "met at the fair"


def test_today_is_today_where_people_are(crm: Typed) -> None:
    crm.ok("init --timezone UTC")
    east = "--tz Asia/Tokyo --now 2024-05-01T20:00:00Z"  # 5 in the morning of the 2nd there
    assert crm.json(f"lead add Tok --on today {east}")["records"][0]["created_at"] == "2024-05-01T20:00:00Z"
    assert crm.json(f"report pipeline --as-of today {east}")["total"]["leads"] == 1
    west = "--tz America/New_York --now 2024-05-02T02:00:00Z"  # the evening of the 1st there
    assert crm.json(f"lead add Nyc --on today {west}")["records"][0]["created_at"] == "2024-05-02T02:00:00Z"


def test_a_time_that_comes_twice_is_said_to_be_the_first(crm: Typed) -> None:
    crm.ok("init --timezone Europe/Berlin")
    seen = crm.ok("lead add D --on '2024-10-27 02:30' --now 2024-11-01T10:00Z")
    assert "came twice" in seen.err


def test_if_missing_gives_no_deleted_lead_and_no_contact(jane: Typed) -> None:
    assert jane.ok("lead add Jane --email jane@acme.example --if-missing -q").out == "L1\n"
    jane.ok("lead delete L1 --yes")
    seen = jane("lead add Jane --email jane@acme.example --if-missing -q")
    assert (seen.code, "(deleted)" in seen.err) == (4, True)


def test_an_edit_that_makes_a_duplicate_is_told(jane: Typed) -> None:
    jane.ok("lead add 'Joe Roe'")
    assert "L1 Jane Doe" in jane.ok("lead edit L2 --email jane@acme.example").err


def test_an_empty_list_is_printed_before_the_exit_code_says_so(jane: Typed) -> None:
    seen = jane("lead list -w name=none --exit-code --json")
    assert (seen.code, seen.json) == (9, [])


def test_an_error_is_one_line_whatever_is_in_it(jane: Typed) -> None:
    jane.ok(["lead", "add", "ev\nforged: line", "--email", "ev@x.example"])
    seen = jane("lead add Ev --email ev@x.example")
    assert len(seen.err.splitlines()) == 2


def test_an_amount_is_told_without_an_exponent(jane: Typed) -> None:
    jane.ok("lead qualify L1 --deal --amount 1e5")
    assert jane.json("deal show D1")["amount"] == "100000"
