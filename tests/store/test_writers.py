"""Real processes: killed while they write, eight of them at once, and readers who look on meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.domain.errors import Busy
from crm_cli.store.backup import backup
from crm_cli.store.check import verify
from crm_cli.store.tiny import TinyStore
from tests.store.samples import LATER, QuietDisk, change, contacted, contents, new_lead, save

ROOT = Path(__file__).parents[2]


def start(what: str, folder: Path, *rest: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.worker", what, str(folder), *rest]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def said(child: subprocess.Popen[str], lines: int = -1) -> list[str]:
    """So many lines of what the child says; without a number, all that is left of them."""
    assert child.stdout is not None
    return [child.stdout.readline().strip() for _ in range(lines)] if lines >= 0 else child.stdout.read().split("\n")


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On a real disk, which takes its time."""
    return tmp_path_factory.mktemp("writers")


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    return TinyStore(tmp_path / "store", lock_wait=0.5)


def test_eight_writers_lose_nothing_and_give_no_number_twice_and_readers_see_whole_operations(
    store: TinyStore, torture: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    times, names = 25 * torture, [f"p{number}" for number in range(8)]
    save(store, change(1, {"custom.done": [None, 0]}))
    children = [start("count", store.files.folder, name, str(times)) for name in names]
    seen = [0]
    while any(child.poll() is None for child in children):
        seen.append(_whole_operations(store, seen[-1]))
        if len(seen) % 40 == 20:
            assert verify(backup(store.files, tmp_path / "copies", str(len(seen)))).findings == ()
    lines = [line.split() for child in children for line in said(child) if line]
    numbers, waits = sorted(int(number) for number, _ in lines), sorted(float(wait) for _, wait in lines)
    assert numbers == list(range(2, 8 * times + 2))
    assert _whole_operations(store, 0) == 8 * times
    assert verify(store.files.folder).findings == ()
    assert len(set(seen)) > 5
    record_property(
        "figures",
        f"8 x {times} commits, 0 lost; {len(seen)} looks meanwhile, none wrong; each took: median"
        f" {waits[len(waits) // 2]:.3f} s, longest {waits[-1]:.3f} s",
    )


def _whole_operations(store: TinyStore, before: int) -> int:
    """How many operations a reader sees; fails if he sees half of one, or fewer than he saw before."""
    with store.read() as snapshot:
        counter = snapshot.get("lead", 1)
        assert counter is not None
        done = int(counter["custom"]["done"])
        assert done == len(list(snapshot.scan("lead"))) - 1 == snapshot.next_number("lead") - 2
        assert len(snapshot.history("lead", 1)) == done + 1
        assert snapshot.seq == 3 + 3 * done
    assert done >= before
    return done


def test_a_stopped_writer_is_named_and_stops_no_reader(store: TinyStore) -> None:
    save(store, new_lead(1))
    child = start("hold", store.files.folder)
    assert said(child, 1) == ["held"]
    child.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    with pytest.raises(Busy, match=rf"pid {child.pid}, hold"):
        save(store, contacted(1))
    assert 0.4 < time.monotonic() - begun < 1
    assert contents(store)["L1"]["status"] == "new"
    child.send_signal(signal.SIGKILL)
    child.wait()
    begun = time.monotonic()
    save(TinyStore(store.files.folder, disk=QuietDisk()), contacted(1))
    assert time.monotonic() - begun < 0.5
    assert contents(store)["L1"]["updated_at"] == LATER
