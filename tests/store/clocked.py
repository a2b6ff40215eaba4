"""The program itself, as its own process, which also writes down how long it waited for the lock.

python -m tests.store.clocked FILE crm-words ...
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from crm_cli.cli.main import run
from crm_cli.store.lock import Lock


def write_down_waits(path: Path) -> None:
    """From now on every wait, had or in vain, adds a line with its seconds to the file."""
    acquire = Lock.acquire

    def clocked(lock: Lock) -> None:
        begun = time.monotonic()
        try:
            acquire(lock)
        finally:
            with path.open("a") as file:
                file.write(f"{time.monotonic() - begun:.4f}\n")

    Lock.acquire = clocked  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    write_down_waits(Path(sys.argv.pop(1)))
    run()
