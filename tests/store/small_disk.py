"""Work on a disk of its own, so small that it is soon full: python -m tests.store.small_disk KIND FOLDER.

Run in a mount namespace of its own (unshare --mount): what is mounted goes with the process. The last line it
prints is JSON: what was answered, what was refused and how, and what is there in the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

from crm_cli.store.tiny import TinyStore
from tests.store.samples import contents
from tests.store.seller import typed

ENOUGH = 10  # refusals
BALLAST = {"tmpfs": 200 << 10, "ext4": 400 << 10}  # bytes that are freed in the end


def mount(kind: str, place: Path) -> None:
    """A disk of half a megabyte in memory, or one of a megabyte in a file; raises CalledProcessError."""
    what = ["-t", "tmpfs", "-o", "size=512k", "none"]
    if kind == "ext4":
        image = place.with_suffix(".image")
        image.write_bytes(bytes(1 << 20))
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True, text=True)
        what = ["-o", "loop", str(image)]
    place.mkdir()
    subprocess.run(["mount", *what, str(place)], check=True, capture_output=True, text=True)


class FullDisk:
    """Commands on a disk until so many were refused, and once more when there is room again."""

    def __init__(self, place: Path, ballast: int) -> None:
        self.store, self.ballast = place / "store", place / "ballast"
        self.ballast.write_bytes(os.urandom(ballast))
        self.dice = Random(ballast)
        self.answered: dict[str, str] = {}  # the position of every lead by its name
        self.refused: list[tuple[int, str]] = []
        self.warned = 0
        self.left: list[str] = []

    def fill(self) -> None:
        """Leads with long notes and short ones, and changes of both."""
        while len(self.refused) < ENOUGH:
            name, position = f"Lead {len(self.answered)}", f"at {len(self.answered)} and {len(self.refused)}"
            words = ["lead", "add", name, "--position", position, "--note", "n" * self.dice.choice((0, 300, 4000))]
            if self.answered and self.dice.random() < 0.4:
                name = self.dice.choice(sorted(self.answered))
                words = ["lead", "edit", f'name:"{name}"', "--position", position]
            self._type(words, {name: position})

    def _type(self, words: list[str], then: dict[str, str]) -> None:
        code, err = typed(words)
        if code:
            self.refused.append((code, err))
        else:
            self.answered.update(then)
            self.warned += "could not be renewed" in err
        self.left += [path.name for path in self.store.rglob(".*.tmp")]

    def told(self) -> dict[str, object]:
        """What is there while it is full, what when there is room again, and how the next commands end."""
        full = self._positions()
        self.ballast.unlink()
        after = [typed(words) for words in (["lead", "add", "Last"], ["verify"], ["rebuild"], ["verify"])]
        self.answered["Last"] = ""
        return {
            "answered": self.answered,
            "refused": self.refused,
            "warned": self.warned,
            "full": full,
            "present": self._positions(),
            "after": after,
            "left": self.left + [path.name for path in self.store.rglob(".*.tmp")],
        }

    def _positions(self) -> dict[str, str]:
        return {doc["name"]: doc.get("position", "") for doc in contents(TinyStore(self.store)).values()}


def work(kind: str, folder: Path) -> dict[str, object]:
    """Everything, or why it cannot be done here."""
    try:
        mount(kind, folder / "disk")
    except (OSError, subprocess.CalledProcessError) as error:
        return {"cannot": str(getattr(error, "stderr", "") or error)}
    disk = FullDisk(folder / "disk", BALLAST[kind])
    os.environ.update(CRM_STORE=str(disk.store), CRM_CONFIG="none", CRM_USER="sam", TZ="UTC")
    assert typed(["init"])[0] == 0
    disk.fill()
    return disk.told()


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], Path(sys.argv[2]))))
