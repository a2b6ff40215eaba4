"""Options of the test run and the program to type into, shared by every folder of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typed import Typed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--torture",
        type=int,
        default=1,
        metavar="N",
        help="do N times as much killing, cutting and crowding of the store (default 1, some seconds)",
    )


@pytest.fixture
def torture(request: pytest.FixtureRequest) -> int:
    """How many times as hard as usual the store is to be tried."""
    return int(request.config.getoption("--torture"))


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types commands into a store of this test's own."""
    return Typed(tmp_path / "crm", monkeypatch)
