"""What is measured on a store of a given size, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.bench.desk import DUE, NOW
from tests.bench.process import BARE, STOCK, crm, python

MB = 1_000_000
_MOMENT = ("--now", NOW)


class Case(Struct, frozen=True, kw_only=True):
    """A command, and its bounds at 100,000 leads: CPU as a multiple of B0 or in seconds, memory in bytes."""

    name: str
    words: Callable[[int], list[str]]  # by the number of the run
    stdin: Callable[[int], bytes] = lambda run: b""
    ratio: float | None = None
    seconds: float | None = None
    peak: int = 500 * MB
    rarely: bool = False  # one that takes seconds is measured three times


def everyday(leads: int) -> list[Case]:
    """Commands that somebody waits for, beside a bare Typer program."""
    middle = max(1, leads // 2) | 1
    event = max(leads // 10, 2 * DUE + 2) // 2 * 2  # planned, and not due yet
    cases = [
        Case(name="B0", words=lambda run: python(BARE, "show", "L1", "--json")),
        Case(name="lead add", words=_add, ratio=3.5),
        Case(
            name="lead list --where --json",
            words=lambda run: _json("lead", "list", "-w", "potential>89000"),
            seconds=1.5,
        ),
        Case(name="remind check", words=lambda run: crm("remind", "check", *_MOMENT), ratio=3.0),
    ]
    if leads:
        cases += [
            Case(name="lead show", words=lambda run: _json("lead", "show", f"L{middle}"), ratio=2.5),
            Case(
                name="event done",
                words=lambda run: _json("event", "done", f"E{event + 2 * run}", "--result", "fine", *_MOMENT),
                ratio=3.5,
            ),
            Case(name="lead assign, one", words=lambda run: _assigned(), stdin=lambda run: _ids(leads, run, 1)),
            Case(name="lead assign, 100", words=lambda run: _assigned(), stdin=lambda run: _ids(leads, run, 100)),
        ]
    return cases


def whole_store(folder: Path) -> list[Case]:
    """Commands that look at everything."""
    old = ("--as-of", "2026-06-30", *_MOMENT)
    return [
        Case(name="lead list --json", words=lambda run: _json("lead", "list"), rarely=True),
        Case(name="lead list, plain", words=lambda run: crm("lead", "list", "-F", "plain"), rarely=True),
        Case(name="lead list, CSV", words=lambda run: crm("lead", "list", "-F", "csv"), rarely=True),
        Case(
            name="report funnel",
            words=lambda run: _json("report", "funnel", *_MOMENT),
            seconds=3,
            peak=400 * MB,
            rarely=True,
        ),
        Case(name="report funnel --as-of", words=lambda run: _json("report", "funnel", *old), rarely=True),
        Case(name="report pipeline --as-of", words=lambda run: _json("report", "pipeline", *old), rarely=True),
        Case(name="verify", words=lambda run: _json("verify"), seconds=8, rarely=True),
        Case(name="rebuild", words=lambda run: _json("rebuild"), seconds=10, rarely=True),
        Case(name="backup", words=lambda run: _json("backup", "--to", str(folder / f"backup{run}")), rarely=True),
    ]


def stock(path: Path, leads: int) -> list[Case]:
    """The same done by stock TinyDB, without Typer, history, duplicate check or safety."""
    middle = str(max(1, leads // 2))
    return [
        Case(name="stock insert", words=lambda run: python(STOCK, str(path), "insert", str(run))),
        Case(name="stock look-up", words=lambda run: python(STOCK, str(path), "get", middle)),
        Case(name="stock search", words=lambda run: python(STOCK, str(path), "search", "89000")),
    ]


def _json(*words: str) -> list[str]:
    return crm(*words, "--json")


def _add(run: int) -> list[str]:
    return _json("lead", "add", f"Neu Person{run}", "--email", f"neu{run}@neu.example", "--company", "Neu")


def _assigned() -> list[str]:
    return _json("lead", "assign", "-", "--to", "R1")


def _ids(leads: int, run: int, count: int) -> bytes:
    """Open leads that another rep has, others in each run."""
    found = [number for number in range(1, leads + 1) if number % 20 >= 4 and number % 10]
    start = (run * 2 * count) % max(1, len(found) - count + 1)
    return "".join(f"L{number}\n" for number in found[start : start + count]).encode()
