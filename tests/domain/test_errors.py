"""Refusals: every one has a code for scripts and an exit code of the one table, and offers a way on."""

from __future__ import annotations

import pytest

from crm_cli.domain import errors
from crm_cli.domain.errors import BadValue, CrmError, Exit, Refused, WrongState

# Promised to scripts, by the word that scripts read.
TABLE = {
    "bad_value": 2,
    "not_found": 3,
    "ambiguous": 3,
    "refused": 4,
    "wrong_state": 4,
    "duplicate": 4,
    "conflict": 4,
    "not_confirmed": 5,
    "check_failed": 1,
    "unreadable": 7,
    "busy": 8,
    "not_saved": 11,
    "unknown": 12,
}
CLASSES = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CrmError)]


def test_every_refusal_has_the_exit_code_of_the_table() -> None:
    assert {one.code: one.exit_code for one in CLASSES if one is not CrmError} == TABLE


def test_no_two_refusals_share_a_word_for_scripts() -> None:
    assert len({one.code for one in CLASSES}) == len(CLASSES)


def test_exit_codes_never_change() -> None:
    assert [code.value for code in Exit] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 70, 74]


def test_a_refusal_says_a_sentence_a_way_on_and_details() -> None:
    refusal = WrongState("L12 is qualified", "run: crm lead unqualify L12", id="L12")

    assert str(refusal) == refusal.message == "L12 is qualified"
    assert (refusal.hint, refusal.details) == ("run: crm lead unqualify L12", {"id": "L12"})


def test_a_state_that_does_not_allow_it_is_a_rule_that_says_no() -> None:
    assert issubclass(WrongState, Refused)


@pytest.mark.parametrize(("typed", "meant"), [("hott", "did you mean hot? "), ("zzz", "")])
def test_a_value_that_is_not_in_the_list_gets_the_nearest_and_the_list(typed: str, meant: str) -> None:
    refusal = BadValue.not_one_of("rating", typed, iter(["hot", "warm", "cold"]))

    assert refusal.message == f"rating {typed!r} is not known"
    assert refusal.hint == f"{meant}allowed: hot, warm, cold"
    assert refusal.details == {"allowed": ["hot", "warm", "cold"]}


def test_where_nothing_is_allowed_that_is_said() -> None:
    assert BadValue.not_one_of("channel", "web", []).hint == "allowed: none"
