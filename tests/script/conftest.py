"""A store for programs to open."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from crm_cli import Script, open_crm

NOW = "2026-11-20T10:00:00Z"


class Opener(Protocol):
    """Opens the test's store."""

    def __call__(
        self, *, now: str = NOW, readonly: bool = False, dry_run: bool = False
    ) -> AbstractContextManager[Script]: ...


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    monkeypatch.setenv("CRM_CONFIG", "none")
    monkeypatch.setenv("TZ", "UTC")
    return partial(open_crm, tmp_path / "crm", user="sam", now=NOW, create=True, lock_wait=0.1)
