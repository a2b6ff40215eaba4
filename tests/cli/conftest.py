"""The program, typed into a fresh store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import Typed


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types commands into a store of this test's own."""
    return Typed(tmp_path / "crm", monkeypatch)
