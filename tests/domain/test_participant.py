"""Who takes part: names that were written down, and those who are known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import Ambiguous, BadValue, NotFound
from crm_cli.domain.participant import Participant, find, kind_of_participant, rows, seated

NAMES, REFS = {"Jane Doe": 1, "Jim Roe": 2}, {"P9": 1, "R2": 3}
ROWS = rows(NAMES, REFS)
people = st.lists(st.one_of(st.tuples(st.sampled_from("abc"), st.just(False)), st.tuples(st.just("P9"), st.just(True))))


def test_a_row_holds_a_name_an_id_or_both() -> None:
    assert rows(NAMES, REFS) == [
        Participant(1, "Jane Doe", "P9"),
        Participant(2, "Jim Roe", None),
        Participant(3, None, "R2"),
    ]
    assert [str(row) for row in ROWS] == ["1 Jane Doe (P9)", "2 Jim Roe", "3 R2"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("P9", "contact"), ("r2", "rep"), ("L3", None), ("Jane", None), ("12", None), ("", None), ("C3.2", None)],
)
def test_contacts_and_reps_are_told_by_their_ids(text: str, kind: str | None) -> None:
    assert kind_of_participant(text) == kind


def test_others_take_the_place_of_those_who_were_there() -> None:
    assert seated(NAMES, REFS, [("Max", False), ("P8", True)]) == ({"Max": 4}, {"P8": 5})
    assert seated(NAMES, REFS, []) == ({}, {})


def test_who_is_there_already_keeps_the_row_with_all_it_holds() -> None:
    assert seated(NAMES, REFS, [("Max", False), ("Jane Doe", False)]) == ({"Jane Doe": 1, "Max": 4}, {"P9": 1})
    assert seated(NAMES, REFS, [("P9", True), ("R2", True)]) == ({"Jane Doe": 1}, {"P9": 1, "R2": 3})


def test_who_is_named_twice_has_one_row() -> None:
    assert seated({}, {}, [("Max", False), ("P8", True), ("Max", False), ("P8", True)]) == ({"Max": 1}, {"P8": 2})


@settings(max_examples=50, deadline=None)
@given(people, people)
def test_no_two_people_share_a_row_unless_they_are_one(
    first: list[tuple[str, bool]], then: list[tuple[str, bool]]
) -> None:
    names, refs = seated(*seated({}, {}, first), then)

    assert {*names, *refs} == {who for who, _ in then}
    assert len({*names.values(), *refs.values()}) == len(rows(names, refs)) == len(names) + len(refs)


@pytest.mark.parametrize(("said", "number"), [("1", 1), (" jane DOE ", 1), ("r2", 3), (None, 2)])
def test_a_participant_is_found_by_number_name_or_id_or_as_the_only_one_unknown(said: str | None, number: int) -> None:
    assert find(ROWS, said).number == number


def test_it_must_be_said_which_where_several_are_unknown_or_none() -> None:
    for there in (rows({"Jane": 1, "Jim": 2}, {}), rows({}, {"P9": 1}), []):
        with pytest.raises(BadValue, match="which participant"):
            find(there, None)


def test_who_does_not_take_part_is_not_found_and_the_others_are_named() -> None:
    with pytest.raises(NotFound, match="no participant answers to 'Max'") as refusal:
        find(ROWS, "Max")
    assert "1 Jane Doe (P9), 2 Jim Roe" in str(refusal.value.hint)
    with pytest.raises(Ambiguous):
        find(rows({"2": 1, "Jim": 2}, {}), "2")
