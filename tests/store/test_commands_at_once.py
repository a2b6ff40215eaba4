"""Real commands, each a process of its own, given at the same time: none is lost, none sees half of another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from threading import Event

import pytest

from crm_cli.domain.ids import number_of
from crm_cli.store.check import verify
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contents, must_be_made_from_the_log, new_lead, save
from tests.store.test_writers import ROOT, said, start

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On a real disk, which takes its time."""
    return tmp_path_factory.mktemp("commands")


class House:
    """A store, and commands typed into it at terminals of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "store"
        self.waits = folder / "waits"
        self.env = {**os.environ, "CRM_STORE": str(self.folder), "CRM_CONFIG": "none", "TZ": "UTC", "COLUMNS": "200"}

    def typed(self, *words: str) -> Done:
        command = [sys.executable, "-m", "tests.store.clocked", str(self.waits), *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    def must(self, *words: str) -> str:
        """Stdout of a command that must be done without a word of complaint."""
        done = self.typed(*words)
        assert (done.returncode, done.stderr) == (0, ""), f"{words}: exit {done.returncode}: {done.stderr}"
        return done.stdout

    def sorted_waits(self) -> list[float]:
        return sorted(map(float, self.waits.read_text().split()))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def write(house: House, name: str, times: int) -> list[str]:
    """Leads of one's own and notes on the lead that all share, in turn; the ids that were answered."""
    ids = []
    for turn in range(times):
        if turn % 2:
            house.must("lead", "note", "L1", f"{name} {turn}", "--lock-timeout", "60")
        else:
            ids.append(house.must("lead", "add", f"{name} {turn}", "--lock-timeout", "60", "--quiet").strip())
    return ids


class Onlooker:
    """Looks at the store in every way while others write; what it sees never goes back, and is never half done."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.leads = self.notes = self.seq = self.looks = 0

    def look_on(self, over: Event) -> int:
        """Until it is over; the number of looks, each of them a command that must be done."""
        for look in cycle((self._list, self._shared_lead, self._verdict, self._due, self._funnel)):
            look()
            self.looks += 1
            if over.is_set() and self.looks >= 5:
                return self.looks
        raise AssertionError

    def _list(self) -> None:
        ids = self.house.must("lead", "list", "--format", "ids").split()
        assert ids == [f"L{number}" for number in range(1, len(ids) + 1)]
        assert len(ids) >= self.leads
        self.leads = len(ids)

    def _shared_lead(self) -> None:
        texts = notes(self.house)
        for name in {text.split()[0] for text in texts}:
            turns = [int(text.split()[1]) for text in texts if text.split()[0] == name]
            assert turns == list(range(1, 2 * len(turns), 2))
        assert len(texts) >= self.notes
        self.notes = len(texts)

    def _verdict(self) -> None:
        verdict = json.loads(self.house.must("verify", "--json"))
        assert verdict["ok"], verdict["findings"]
        assert verdict["seq"] >= self.seq
        self.seq = verdict["seq"]

    def _due(self) -> None:
        assert self.house.must("remind", "check") == ""

    def _funnel(self) -> None:
        json.loads(self.house.must("report", "funnel", "--json"))


def notes(house: House) -> list[str]:
    """The texts of the notes on the shared lead, in order."""
    shown = json.loads(house.must("lead", "show", "L1", "--json"))
    return [note["text"] for note in shown["notes"]]


def test_commands_given_at_once_are_all_done_and_whoever_looks_on_sees_whole_ones(
    house: House, torture: int, record_property: Callable[[str, object], None]
) -> None:
    writers, times, stock = (4, 6, 1) if torture == 1 else (8, 10 * torture, 10_000)
    save(TinyStore(house.folder), *(new_lead(number) for number in range(1, stock + 1)))
    over = Event()
    with ThreadPoolExecutor(writers + 1) as pool:
        onlooker = pool.submit(Onlooker(house).look_on, over)
        crew = [pool.submit(write, house, f"p{number}", times) for number in range(writers)]
        try:
            ids = [id for one in crew for id in one.result()]
        finally:
            over.set()
        looks = onlooker.result()
    assert sorted(ids, key=number_of) == [f"L{stock + 1 + n}" for n in range(writers * times // 2)]
    told = sorted(f"p{number} {turn}" for number in range(writers) for turn in range(1, times, 2))
    assert sorted(notes(house)) == told
    must_be_made_from_the_log(TinyStore(house.folder))
    waits = house.sorted_waits()
    assert len(waits) == writers * times
    late = waits[len(waits) * 99 // 100]
    assert torture == 1 or (late < 3 and waits[-1] < 10)  # the goal is 1 and 3, on a machine with nothing else to do
    record_property(
        "figures",
        f"{writers} x {times} commands in a store of {stock} leads, 0 lost; {looks} looks meanwhile, none"
        f" wrong; waits: 99 % below {late:.3f} s, longest {waits[-1]:.3f} s",
    )


def test_the_first_commands_of_all_given_at_once_make_one_store_together(house: House) -> None:
    home = house.folder.parent / "deep" / "data"
    house.env = {**house.env, "CRM_STORE": "", "XDG_DATA_HOME": str(home)}
    with ThreadPoolExecutor(5) as pool:
        ids = list(pool.map(lambda number: house.must("lead", "add", f"Lead {number}", "--quiet").strip(), range(5)))
    assert sorted(ids) == ["L1", "L2", "L3", "L4", "L5"]
    assert verify(home / "crm").findings == ()
    assert home.parent.stat().st_mode & 0o777 == 0o700


def test_a_store_is_made_by_one_init_only(house: House) -> None:
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda currency: house.typed("init", "--currency", currency), ("EUR", "USD", "CHF")))
    assert sorted(one.returncode for one in done) == [0, 4, 4]
    (first,) = (one for one in done if one.returncode == 0)
    assert f"currency = {house.must('config', 'get', 'currency').strip()}" in first.stdout
    assert all("there is a store in" in one.stderr for one in done if one.returncode)


def look_at_all(house: House) -> None:
    """Whatever the writers do, one may look."""
    commands: Sequence[Sequence[str]] = (["lead", "list"], ["lead", "show", "L1"], ["report", "pipeline"], ["verify"])
    for words in commands:
        house.must(*words)


def test_a_command_that_finds_the_store_held_says_by_whom_when_its_time_is_over(house: House, torture: int) -> None:
    store = TinyStore(house.folder, disk=QuietDisk())
    save(store, new_lead(1))
    holder = start("hold", house.folder)
    assert said(holder, 1) == ["held"]
    holder.send_signal(signal.SIGSTOP)
    wait = 0.3 if torture == 1 else 5.0
    words = ["--lock-timeout", str(wait)] if torture == 1 else []
    refused = house.typed("lead", "add", "Second", "--json", *words)
    error = json.loads(refused.stderr)["error"]
    assert (refused.returncode, error["code"], error["details"]) == (8, "busy", {"pid": holder.pid})
    assert f"pid {holder.pid}, hold" in error["message"]
    (waited,) = house.sorted_waits()
    assert wait <= waited
    assert torture == 1 or waited < wait + 0.5
    look_at_all(house)
    holder.kill()
    said(holder)
    house.must("lead", "add", "Second", "--lock-timeout", "0")
    assert sorted(contents(store)) == ["L1", "L2"]


def test_a_child_of_a_killed_holder_keeps_nothing_of_the_store(house: House) -> None:
    save(TinyStore(house.folder, disk=QuietDisk()), new_lead(1))
    holder = start("leave", house.folder)
    child = int(said(holder, 1)[0])
    try:
        holder.kill()
        holder.wait()
        assert [path for path in open_files(child) if path.is_relative_to(house.folder)] == []
        house.must("lead", "add", "Second", "--lock-timeout", "0")
        os.kill(child, 0)  # it lives still
    finally:
        os.kill(child, signal.SIGKILL)


def open_files(pid: int) -> list[Path]:
    """What a process has open, where the system tells."""
    folder = Path(f"/proc/{pid}/fd")
    return [path.readlink() for path in folder.iterdir()] if folder.exists() else []
