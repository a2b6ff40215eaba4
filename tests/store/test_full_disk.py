"""A disk that is really full, and a limit that the system really sets: refused, said so, and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contents, must_be_made_from_the_log, new_lead, save
from tests.store.test_writers import ROOT


def on_a_small_disk(kind: str, folder: Path) -> dict[str, Any]:
    """What happened there; skips where nothing can be mounted."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here to mount something with")
    apart = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    done = subprocess.run(
        [*apart, sys.executable, "-m", "tests.store.small_disk", kind, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "cannot" in told:
        pytest.skip(f"no {kind} can be mounted here: {told['cannot'].strip()}")
    return told


@pytest.mark.parametrize("kind", ["tmpfs", "ext4"])
def test_on_a_full_disk_all_that_was_answered_is_there_and_work_goes_on_when_there_is_room(
    tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    told = on_a_small_disk(kind, tmp_path)
    answered = told["answered"]
    assert told["full"] == {name: position for name, position in answered.items() if name != "Last"}
    assert told["present"] == answered
    assert {code for code, _ in told["refused"]} == {11}
    assert all("not saved: No space left on device" in err for _, err in told["refused"])
    assert [code for code, _ in told["after"]] == [0, 0, 0, 0], told["after"]
    assert told["left"] == []
    assert len(answered) > 20
    assert told["warned"] > 0  # there was a time when the log had room and crm.json had none
    record_property(
        "figures", f"{len(told['refused'])} refusals, {len(answered)} leads answered for, 0 lost; {told['warned']} late"
    )


def limited(folder: Path, most: int, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that may not make any file larger than this."""
    return subprocess.run(
        [sys.executable, "-m", "crm_cli", *words],
        env={**os.environ, "CRM_STORE": str(folder), "CRM_CONFIG": "none", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def test_a_limit_on_the_size_of_files_is_told_and_harms_nothing(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, *(new_lead(number) for number in range(1, 9)))
    before, log = contents(store), store.files.log.read_bytes()
    for more in (0, 100, 700):
        refused = limited(store.files.folder, len(log) + more, "lead", "add", "Second", "--json")
        error = json.loads(refused.stderr)["error"]
        assert (refused.returncode, error["code"], error["message"]) == (11, "not_saved", "not saved: File too large")
        assert refused.stdout == ""
        assert (contents(store), store.files.log.read_bytes()) == (before, log)
        assert list(store.files.folder.rglob(".*.tmp")) == []
    done = limited(store.files.folder, len(log) + 10_000, "lead", "add", "Second", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "L9\n", "")
    must_be_made_from_the_log(store)


def test_a_first_command_that_may_write_nothing_at_all_leaves_no_store_half_made(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert limited(folder, 0, "init").returncode == 11
    assert contents(TinyStore(folder)) == {}
    assert limited(folder, 100_000, "init").returncode == 0
    must_be_made_from_the_log(TinyStore(folder))
