"""Ids as people type them: in any case, as a bare number, of an activity."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.domain.ids import (
    KINDS,
    LETTERS,
    activity_id,
    looks_like_activity,
    looks_like_id,
    make_id,
    number_of,
    split_id,
)

kinds = st.sampled_from(sorted(LETTERS))
numbers = st.integers(1, 10**15 - 1)


def test_the_letters_of_the_kinds_never_change() -> None:
    assert [LETTERS[kind] for kind in ("lead", "campaign", "event", "account", "contact")] == ["L", "C", "E", "A", "P"]
    assert [LETTERS[kind] for kind in ("deal", "claim", "rep", "operation", "import")] == ["D", "CL", "R", "O", "I"]
    assert len(KINDS) == len(LETTERS)


@settings(max_examples=60, deadline=None)
@given(kinds, numbers)
def test_an_id_gives_back_what_it_was_made_of(kind: str, number: int) -> None:
    id = make_id(kind, number)

    assert split_id(id) == split_id(f" {id.lower()} ") == (kind, number)
    assert number_of(id) == number


@settings(max_examples=60, deadline=None)
@given(kinds, numbers, kinds)
def test_whatever_kind_is_asked_for_an_id_says_its_own(kind: str, number: int, asked: str) -> None:
    assert looks_like_id(make_id(kind, number), asked) == (kind, number)


def test_a_bare_number_is_an_id_only_where_the_kind_is_known() -> None:
    assert looks_like_id("12", "lead") == ("lead", 12)
    assert looks_like_id("12") is None


@pytest.mark.parametrize(
    "text", ["", "L", "12L", "L-1", "L 12", "L1.2", "Lead 1", "X1", "LL1", "L12x", "L１", "-1", "1e3"]
)
def test_this_is_no_id(text: str) -> None:
    assert looks_like_id(text) is None
    with pytest.raises(BadValue, match="is not an id"):
        split_id(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=6))
def test_no_text_is_taken_for_an_id_that_would_be_written_otherwise(text: str) -> None:
    found = looks_like_id(text)

    assert found is None or make_id(*found) == _plain(text)


def _plain(text: str) -> str:
    letters = text.strip().upper().rstrip("0123456789")
    return letters + text.strip()[len(letters) :].lstrip("0")


def test_the_id_of_an_activity_names_its_campaign() -> None:
    assert activity_id("C3", 2) == "C3.2"
    assert number_of("C3.2") == 3


def test_the_id_of_an_activity_tells_its_campaign_too() -> None:
    assert looks_like_activity(" c3.02 ") == ("C3", "C3.2")
    assert [looks_like_activity(text) for text in ("C3", "L3.2", "3.2", "C3.", "C3.x")] == [None] * 5
