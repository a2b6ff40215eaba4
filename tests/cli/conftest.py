"""The program, typed into a fresh store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import Typed

NOW = "2026-11-21T17:30:00Z"


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types commands into a store of this test's own."""
    return Typed(tmp_path / "crm", monkeypatch)


@pytest.fixture
def saturday(crm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Saturday, 2026-11-21, half past five in the afternoon, UTC, until a command says otherwise."""
    monkeypatch.setenv("CRM_NOW", NOW)
