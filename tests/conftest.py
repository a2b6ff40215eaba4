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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After a harder run than usual: what was tried and found, test by test, and the numbers in all."""
    if config.getoption("--torture") == 1:
        return
    told = [
        (report.nodeid.rpartition("::")[2], name, value)
        for report in terminalreporter.getreports("")
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties
    ]
    for test, name, value in told:
        terminalreporter.write_line(f"{test}: {name}: {value}")
    for name in sorted({name for _, name, value in told if isinstance(value, int)}):
        terminalreporter.write_line(f"{name} in all: {sum(value for _, one, value in told if one == name)}")


@pytest.fixture
def torture(request: pytest.FixtureRequest) -> int:
    """How many times as hard as usual the store is to be tried."""
    return int(request.config.getoption("--torture"))


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types commands into a store of this test's own."""
    return Typed(tmp_path / "crm", monkeypatch)
