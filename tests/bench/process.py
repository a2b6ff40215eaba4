"""What one whole process costs: CPU, the most memory it had, and how soon its first line came."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError
from time import monotonic

from msgspec import Struct

CRM = "import sys; from crm_cli.cli.main import run; sys.argv[0] = 'crm'; run()"
BARE = "import sys; from tests.bench.bare import app; sys.argv[0] = 'bare'; app()"
STOCK = "from tests.bench.stock import main; main()"


class Cost(Struct, frozen=True):
    """Seconds of CPU (user and system), and bytes."""

    cpu: float
    peak: int


def python(code: str, *words: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, "-c", code, *words]


def crm(*words: str) -> list[str]:
    """A command of ours as it is typed."""
    return python(CRM, *words)


def cost(command: Sequence[str], env: Mapping[str, str], stdin: bytes = b"") -> Cost:
    """What a process costs that writes into a file; raises CalledProcessError if it failed.

    The memory is that of the child alone only as long as this process is the smaller of the two.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as result, tempfile.TemporaryFile() as said:
        given.write(stdin)
        given.seek(0)
        actions = [(os.POSIX_SPAWN_DUP2, file.fileno(), fd) for fd, file in enumerate((given, result, said))]
        pid = os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)
        _, status, used = os.wait4(pid, 0)
        if code := os.waitstatus_to_exitcode(status):
            said.seek(0)
            raise CalledProcessError(code, list(command), stderr=said.read())
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def first_line(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds on the clock until the first two lines, a heading and a row, can be read from a pipe."""
    start = monotonic()
    with subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(env)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        seconds = monotonic() - start
        process.stdout.close()
    return seconds


def done(command: Sequence[str], env: Mapping[str, str]) -> None:
    """Carry out what is not measured; raises CalledProcessError."""
    subprocess.run(list(command), check=True, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def sizes(folder: Path) -> dict[Path, int]:
    """Every file in a folder with its size."""
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
