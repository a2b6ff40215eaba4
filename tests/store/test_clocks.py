"""A machine whose clock jumps by years, at the edges of summer time, on leap days: nothing is lost or out of order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from crm_cli.store.tiny import TinyStore
from tests.store.samples import must_be_made_from_the_log
from tests.typed import Typed

CLOCKS = [
    "2026-11-21T10:00:00Z",
    "2016-11-21T10:00:00Z",
    "2099-11-21T10:00:00Z",
    "1970-01-01T00:00:00Z",
    "2027-03-28T00:59:59Z",  # the last second of winter time in Berlin, and the first of summer time
    "2027-03-28T01:00:00Z",
    "2027-10-31T00:30:00Z",  # half past two, twice
    "2027-10-31T01:30:00Z",
    "2028-02-29T12:00:00Z",
    "2028-02-29T23:30:00Z",  # already March in Berlin
    "2016-12-31T23:59:59Z",  # before a leap second
]


def edited(crm: Typed, clocks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One lead more and one change of the first, at each of these times."""
    for number, clock in enumerate(clocks):
        monkeypatch.setenv("CRM_NOW", clock)
        crm.ok(f"lead add 'Lead {number}'")
        crm.ok(f"lead edit L1 --potential {number}")
        crm.ok(f"lead note L1 'note {number}'")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_is_that_of_the_commands_whatever_the_clock_says(
    crm: Typed, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Random(seed).sample(CLOCKS, len(CLOCKS))
    monkeypatch.setenv("CRM_NOW", clocks[0])
    crm.ok("init --timezone Europe/Berlin")
    edited(crm, clocks, monkeypatch)
    lead = crm.json("lead show L1")
    assert lead["potential"] == len(clocks) - 1
    told = [f"note {number}" for _, number in sorted((clock, number) for number, clock in enumerate(clocks))]
    assert [note["text"] for note in lead["notes"]] == told
    assert lead["updated_at"] == max(clocks)
    entries = [entry for entry in crm.json("history --limit 100") if entry["kind"] == "operation"]
    assert [entry["op"] for entry in entries] == [f"O{number}" for number in range(1, 3 * len(clocks) + 2)]
    assert [entry["recorded"] for entry in entries[1:]] == [clock for clock in clocks for _ in range(3)]
    assert crm.json("verify")["ok"] is True
    assert len(crm.json("lead list")) == len(clocks)
    must_be_made_from_the_log(TinyStore(crm.folder))


def test_what_happened_to_a_record_never_goes_back_and_that_is_said(crm: Typed) -> None:
    crm.ok("lead add Jane --now 2099-01-01T00:00:00Z")
    said = crm.ok("lead edit L1 --potential 5 --now 2016-01-01T00:00:00Z").err
    assert "the clock stands behind the last change of L1; its time 2099-01-01T00:00:00Z is taken" in said
    assert crm.json("lead show L1")["updated_at"] == "2099-01-01T00:00:00Z"
    assert "the clock went back once; the order is kept by number" in crm.ok("verify").out


def test_no_reminder_is_lost_by_a_clock_that_jumped(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.ok("lead add Jane --now 2026-11-21T10:00:00Z")
    crm.ok("event add Call --lead L1 --at 2026-12-01T09:00:00Z --remind 1h --now 2026-11-21T10:00:00Z")
    due = {
        "2016-11-21T10:00:00Z": False,
        "2099-11-21T10:00:00Z": True,
        "2026-12-01T07:59:59Z": False,
        "2026-12-01T08:00:00Z": True,
        "1970-01-01T00:00:00Z": False,
        "2026-12-01T09:00:00Z": True,
    }
    for clock, is_due in due.items():
        monkeypatch.setenv("CRM_NOW", clock)
        assert ("E1" in crm.ok("remind check").out) is is_due
        crm.ok("lead note L1 'looked'")
    assert crm.json("verify")["ok"] is True


@pytest.mark.parametrize("clock", ["2016-12-31T23:59:60Z", "2027-02-29", "1969-12-31T23:59:59Z", "9999-12-31"])
def test_a_time_that_no_clock_shows_is_refused_and_nothing_is_made(crm: Typed, clock: str) -> None:
    seen = crm(f"lead add Jane --now {clock}")
    assert (seen.code, seen.out) == (2, "")
    assert not crm.folder.exists()


def faked(crm: Typed, jump: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process for which every clock of the machine is wrong by so much."""
    return subprocess.run(
        ["faketime", "-f", jump, sys.executable, "-m", "crm_cli", *words],
        env={**os.environ, "CRM_STORE": str(crm.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not installed")
def test_nor_does_it_matter_when_the_whole_machine_is_wrong(crm: Typed, tmp_path: Path) -> None:
    crm.ok("lead add Jane")
    crm.ok("event add Call --lead L1 --at +1d")
    for number, jump in enumerate(("-10y", "+73y", "-3d")):
        done = faked(crm, jump, "lead", "add", f"Lead {number}", "--quiet")
        assert (done.returncode, done.stdout) == (0, f"L{number + 2}\n"), done.stderr
    assert "E1" in faked(crm, "+73y", "remind", "check").stdout
    assert faked(crm, "-10y", "remind", "check").stdout == ""
    created = [lead["created_at"][:4] for lead in crm.json("lead list")]
    assert created[2] > created[0] > created[1]
    assert crm.json("verify")["ok"] is True
    must_be_made_from_the_log(TinyStore(crm.folder))
