"""Breadth of columns: what must stay whole does, texts give way, and what is left out is told."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.cli.breadth import Column, fitted, measured
from tests.typed import Typed

columns = st.builds(
    lambda natural, floor, is_text: Column(natural, min(natural, floor), is_text),
    st.integers(1, 40),
    st.integers(1, 20),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("title", "cells", "column"),
    [
        ("ID", ["L1", "L1234"], Column(5, 5, False)),
        ("DUE", ["2026-11-22", ""], Column(10, 10, False)),
        ("START", ["2026-11-22 14:00"], Column(16, 16, False)),
        ("STATUS", ["new", "disqualified"], Column(12, 12, False)),
        ("BUDGET", ["12000 EUR", "n/a"], Column(9, 9, False)),
        ("OPEN LEADS", ["3"], Column(10, 5, False)),
        ("NAME", ["Jane Margaret Doe"], Column(17, 6, True)),
        ("COMPANY", ["Acme"], Column(7, 7, True)),
        ("PHONES", ["", ""], Column(6, 6, False, is_empty=True)),
    ],
)
def test_ids_days_figures_and_statuses_are_never_folded(title: str, cells: list[str], column: Column) -> None:
    assert measured(title, cells) == column


def test_the_widest_text_gives_way_first() -> None:
    fit = fitted([Column(5, 5, False), Column(30, 6, True), Column(10, 6, True)], 42)
    assert (fit.shown, fit.gap) == ([0, 1, 2], 1)
    assert fit.widths[0] == 5
    assert sum(fit.widths) == 42 - 3 * 2 - 1


def test_where_there_is_no_room_the_empty_go_and_then_texts_from_the_right() -> None:
    known, text, empty = Column(10, 10, False), Column(20, 6, True), Column(7, 7, False, is_empty=True)
    assert fitted([known, text, empty, text, known], 44).shown == [0, 1, 3, 4]
    assert fitted([known, text, empty, text, known], 32).shown == [0, 1, 4]


@settings(max_examples=80, deadline=None)
@given(st.lists(columns, min_size=1, max_size=9), st.integers(60, 200))
def test_what_is_shown_fits_and_no_column_is_narrower_than_its_floor(known: list[Column], room: int) -> None:
    fit = fitted(known, room)
    assert sum(fit.widths) + (fit.gap + 1) * len(fit.widths) + 1 <= room
    assert all(known[place].floor <= width for place, width in zip(fit.shown, fit.widths, strict=True))
    assert fit.shown[0] == 0


def test_a_narrow_screen_leaves_columns_out_and_says_so(
    crm: Typed, saturday: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm.ok("lead add 'Jane Margaret Doe' --company 'Acme Industries' --potential 123456.78 --rating hot")
    crm.ok("lead disqualify L1 --reason lost")
    monkeypatch.setattr("crm_cli.cli.context.is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setenv("COLUMNS", "55")
    seen = crm.ok("lead list --color never")
    assert all(word in seen.out for word in ("L1", "disqualified", "123456.78", "POTENTIAL", "STATUS"))
    assert "crm: no room here for CAMPAIGN, ACTIVITY, REP: --fields" in seen.err
