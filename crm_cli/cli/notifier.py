"""A command of the user's own that is run for each thing it is to tell of, with that on its standard input."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from msgspec import Struct

LIMIT = 10.0  # seconds one command may take
_KEPT = 1 << 16  # bytes of what it prints, of each stream
_LAST_WORDS = 0.2  # seconds: what it left running may hold its output open for ever


class Ended(Struct, frozen=True):
    """How a command ended: its exit code, None where it was stopped for taking too long, and what it printed."""

    code: int | None
    out: str
    err: str

    @property
    def complaint(self) -> str | None:
        """Why the thing counts as not told; None if all went well."""
        if self.code is None:
            return f"the command took longer than {LIMIT:g} s and was stopped"
        if self.code < 0:
            return f"the command was ended by signal {-self.code}"
        return f"the command ended with exit code {self.code}" if self.code else None


def run(command: str, given: str, store: Path, limit: float = LIMIT) -> Ended:
    """Let /bin/sh carry out a command as the user typed it, with `given` on its standard input and nowhere else.

    Its environment is ours, with CRM_STORE besides. After `limit` seconds it is killed, with all it has started;
    what it leaves running when it ends in time is let be.
    """
    from subprocess import PIPE, Popen

    child = Popen(  # noqa: S603 - typed by the user; nothing from the store is put into it
        ["/bin/sh", "-c", command],
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, "CRM_STORE": str(store)},
        start_new_session=True,
    )
    out, err = bytearray(), bytearray()
    listeners = [_begin(_listen, child.stdout, out), _begin(_listen, child.stderr, err)]
    _begin(_give, child.stdin, given.encode())
    code = _awaited(child, limit)
    for one in listeners:
        one.join(_LAST_WORDS)
    return Ended(code, _text(out), _text(err))


def _awaited(child: Any, limit: float) -> int | None:
    """Its exit code, or None; whatever ends our waiting, a signal too, it does not outlive."""
    from subprocess import TimeoutExpired

    try:
        return int(child.wait(limit))
    except TimeoutExpired:
        _kill(child)
        return None
    except BaseException:
        _kill(child)
        raise


def _kill(child: Any) -> None:
    """End it and all its children; its group bears its number as long as it was not waited for."""
    from signal import SIGKILL

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, SIGKILL)
    child.wait()


def _begin(work: Any, *args: Any) -> Thread:
    thread = Thread(target=work, args=args, daemon=True)
    thread.start()
    return thread


def _listen(pipe: IO[bytes], kept: bytearray) -> None:
    """To the end, so that it never has to wait for us; only the beginning is kept."""
    with suppress(OSError, ValueError), pipe:
        while piece := os.read(pipe.fileno(), _KEPT):
            kept += piece[: _KEPT - len(kept)]


def _give(pipe: IO[bytes], given: bytes) -> None:
    """Whoever does not want to read it need not."""
    with suppress(OSError, ValueError), pipe:
        pipe.write(given)


def _text(raw: bytearray) -> str:
    text = bytes(raw).decode(errors="replace")
    return text if len(raw) < _KEPT else f"{text}\n(the rest is left out)"
