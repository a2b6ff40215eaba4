"""A typed line and what one sees: the program in process, in a store of its own."""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crm_cli.cli.main import main


class Seen(msgspec.Struct, frozen=True):
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document it must be."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """Stderr's JSON error line."""
        return json.loads(self.err.splitlines()[-1])["error"]


class Typed:
    """Types commands into a store: crm("lead add 'Jane Doe'")."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name in ("CRM_FORMAT", "CRM_NOW", "CRM_TZ", "CRM_USER", "NO_COLOR", "FORCE_COLOR", "CRM_COLOR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv("CRM_STORE", raising=False)
        monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent))
        monkeypatch.setenv("CRM_CONFIG", "none")
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.setenv("CRM_USER", "sam")
        monkeypatch.setenv("COLUMNS", "200")

    def __call__(self, line: str | list[str], *, stdin: str = "", ok: bool | None = None) -> Seen:
        """Carry out one line; with `ok` the exit code is asserted to be 0 or not."""
        argv = shlex.split(line) if isinstance(line, str) else line
        with _streams(stdin) as (out, err):
            code = main(argv)
        seen = Seen(out.getvalue(), err.getvalue(), code)
        assert ok is None or (code == 0) is ok, f"crm {line}: exit {code}\n{seen.out}{seen.err}"
        return seen

    def ok(self, line: str | list[str], *, stdin: str = "") -> Seen:
        """Carry out one line that must succeed."""
        return self(line, stdin=stdin, ok=True)

    def json(self, line: str | list[str]) -> Any:
        """The JSON of one line that must succeed."""
        argv = shlex.split(line) if isinstance(line, str) else list(line)
        return self([*argv, "--json"], ok=True).json

    def bytes(self) -> dict[str, bytes]:
        """Every file of the store, to see that nothing was touched."""
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in self._files()}

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file()) if self.folder.exists() else []


@contextmanager
def _streams(stdin: str) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    kept = sys.stdin, sys.stdout, sys.stderr
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    sys.stdin, sys.stdout, sys.stderr = given, out, err
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept
