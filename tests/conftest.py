"""Options of the test run, shared by every folder of tests."""

from __future__ import annotations

import pytest


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
