"""Changes and the fold: differences, dates in any order, and statuses that must follow one another."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import Conflict, Refused
from crm_cli.domain.history import (
    Change,
    Doc,
    Entry,
    Fields,
    advance,
    applied,
    check_order,
    covered,
    difference,
    flatten,
    fold,
    in_order,
    put,
)

OPEN = frozenset({"new", "contacted"})
DAYS = [f"2026-11-{day:02}T10:00:00Z" for day in range(1, 9)]

keys = st.sampled_from(["a", "b", "v1.2", "two words", ""])
plain = st.one_of(st.integers(-3, 3), st.text(max_size=3), st.just(True), st.lists(st.integers(0, 3), max_size=2))
inner = st.dictionaries(keys, plain, min_size=1, max_size=3)
docs = st.fixed_dictionaries({}, optional={"name": plain, "potential": plain, "tags": inner, "custom": inner})
paths = st.sampled_from(["name", "potential", "tags.vip", "tags.cold", "custom.a", "custom.a.b", "notes.7"])
written = st.lists(st.tuples(st.sampled_from(DAYS), paths, st.one_of(st.none(), st.integers(0, 9))), max_size=9)


def change(at: str, facts: Fields, personal: Fields | None = None) -> Change:
    return Change(kind="lead", number=1, at=at, facts=facts, personal=personal)


def unchecked(at: str, path: str, value: Any) -> Change:
    return change(at, {path: [None, value]})


def expected(changes: Iterable[tuple[str, str, Any]]) -> Doc:
    """The latest value of every path by a second, plain computation."""
    latest: dict[str, Any] = {}
    for _, path, value in sorted(changes, key=lambda one: one[0]):
        latest[path] = value
    doc: Doc = {}
    for path, value in latest.items():
        field, _, key = path.partition(".")
        if value is not None and key:
            doc.setdefault(field, {})[key] = value
        elif value is not None:
            doc[field] = value
    return doc


def without_dates(doc: Doc | None) -> Doc:
    return {field: value for field, value in (doc or {}).items() if field not in ("id", "created_at", "updated_at")}


# --- differences -------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(docs, docs)
def test_a_difference_put_into_the_old_document_makes_the_new_one(before: Doc, after: Doc) -> None:
    made = copy.deepcopy(before)
    for path, (_, value) in difference(before, after).items():
        put(made, path, value)

    assert flatten(made) == flatten(after)


@settings(max_examples=80, deadline=None)
@given(docs, docs)
def test_a_difference_turned_round_is_the_way_back(before: Doc, after: Doc) -> None:
    turned = {path: [new, old] for path, (old, new) in difference(before, after).items()}

    assert turned == difference(after, before)


@settings(max_examples=40, deadline=None)
@given(docs)
def test_nothing_differs_from_itself_and_everything_from_nothing(doc: Doc) -> None:
    assert difference(doc, doc) == {}
    assert difference(None, doc) == {path: [None, value] for path, value in flatten(doc).items()}


def test_every_key_of_a_dict_is_a_path_of_its_own() -> None:
    before = {"tags": {"vip": True, "old": True}, "custom": {"a": "1"}}
    after = {"tags": {"vip": True, "new": True}, "custom": {"a": "2"}}

    changed = {"tags.new": [None, True], "custom.a": ["1", "2"], "tags.old": [True, None]}
    assert difference(before, after) == changed


def test_what_the_fold_computes_is_never_logged() -> None:
    assert flatten({"id": "L1", "created_at": DAYS[0], "updated_at": DAYS[1], "name": "Jane"}) == {"name": "Jane"}


def test_a_dict_that_has_lost_its_last_key_is_gone() -> None:
    doc: Doc = {"tags": {"vip": True}}
    put(doc, "tags.vip", None)
    put(doc, "tags.never", None)

    assert doc == {}


# --- the fold ----------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(written)
def test_the_fold_is_the_latest_value_of_every_path_in_whatever_order_it_was_written(
    changes: list[tuple[str, str, Any]],
) -> None:
    doc = fold([unchecked(*one) for one in changes])

    assert without_dates(doc) == expected(changes)
    if doc is not None:
        moments = [at for at, _, _ in changes]
        assert (doc["created_at"], doc["updated_at"]) == (min(moments), max(moments))


@settings(max_examples=60, deadline=None)
@given(st.permutations([(day, path, place) for place, (day, path) in enumerate(zip(DAYS, ["name"] * 8, strict=True))]))
def test_what_happened_at_different_moments_may_be_written_in_any_order(changes: list[tuple[str, str, int]]) -> None:
    assert fold([unchecked(*one) for one in changes]) == fold([unchecked(*one) for one in sorted(changes)])


@settings(max_examples=60, deadline=None)
@given(written, st.sampled_from(DAYS))
def test_the_fold_up_to_a_moment_knows_nothing_of_what_came_at_it_or_later(
    changes: list[tuple[str, str, Any]], until: str
) -> None:
    earlier = [one for one in changes if one[0] < until]

    assert fold((unchecked(*one) for one in changes), until) == fold(unchecked(*one) for one in earlier)


def test_of_what_happened_at_one_moment_the_last_written_counts() -> None:
    changes = [unchecked(DAYS[0], "name", name) for name in ("Jane", "Joe")]

    assert [one.fields["name"][1] for one in in_order(changes)] == ["Jane", "Joe"]
    assert without_dates(fold(changes)) == {"name": "Joe"}


def test_two_dated_changes_of_one_dict_are_both_kept() -> None:
    changes = [unchecked(DAYS[3], "tags.vip", True), unchecked(DAYS[1], "tags.cold", True)]

    assert without_dates(fold(changes)) == {"tags": {"vip": True, "cold": True}}


@pytest.mark.parametrize("path", ["contacted_at", "customer_since"])
def test_when_something_was_so_first_stays_the_earliest_moment_whatever_was_told_first(path: str) -> None:
    changes = [unchecked(DAYS[0], "name", "Jane"), unchecked(DAYS[4], path, DAYS[4]), unchecked(DAYS[2], path, DAYS[2])]

    assert without_dates(fold(changes))[path] == DAYS[2]


def test_a_first_time_that_was_taken_back_or_mended_is_what_was_said_last() -> None:
    first = unchecked(DAYS[1], "customer_since", DAYS[1])
    back = change(DAYS[3], {"customer_since": [DAYS[1], None]})
    again = unchecked(DAYS[4], "customer_since", DAYS[4])
    mended = change(DAYS[5], {"customer_since": [DAYS[4], DAYS[5]]})

    assert without_dates(fold([first, back])) == {}
    assert without_dates(fold([first, back, again, mended])) == {"customer_since": DAYS[5]}


def test_nothing_makes_no_document() -> None:
    assert fold([]) is None
    assert fold([unchecked(DAYS[1], "name", "Jane")], until=DAYS[1]) is None


def test_a_document_begins_with_its_id_and_the_moment_of_its_first_change() -> None:
    made = advance(None, change(DAYS[0], {"status": [None, "new"]}, {"name": [None, "Jane"]}))

    assert made == {"id": "L1", "created_at": DAYS[0], "updated_at": DAYS[0], "status": "new", "name": "Jane"}


def test_what_was_erased_leaves_the_facts() -> None:
    known = change(DAYS[0], {"status": [None, "new"]}, {"name": [None, "Jane"]})
    erased = change(DAYS[0], known.facts)

    assert without_dates(fold([erased])) == {"status": "new"}
    assert (set(known.fields), set(erased.fields)) == ({"status", "name"}, {"status"})


@settings(max_examples=40, deadline=None)
@given(docs, paths)
def test_a_document_is_left_as_it_was_when_another_is_made_of_it(doc: Doc, path: str) -> None:
    before = copy.deepcopy(doc)
    advance(doc, unchecked(DAYS[0], path, 1))

    assert doc == before


# --- applied -----------------------------------------------------------------------------------------


def made_from(known: list[Change], at: str, path: str, value: Any) -> Change:
    """A change as somebody makes it who looks at the record as it was at that moment."""
    then = flatten(fold([one for one in known if one.at <= at]) or {})
    return change(at, {path: [then.get(path), value]})


@settings(max_examples=80, deadline=None)
@given(written)
def test_applied_one_by_one_in_any_order_the_changes_make_the_same_as_their_fold(
    changes: list[tuple[str, str, Any]],
) -> None:
    doc: Doc | None = None
    known: list[Change] = []
    for at, path, value in changes:
        new = made_from(known, at, path, value)
        doc = applied(doc, new, lambda: list(known))
        known.append(new)

    assert doc == fold(known)
    assert without_dates(doc) == expected(changes)


def test_a_change_on_top_does_not_ask_for_the_history() -> None:
    doc = advance(None, unchecked(DAYS[0], "name", "Jane"))

    assert applied(doc, change(DAYS[0], {"name": ["Jane", "Joe"]}), list)["name"] == "Joe"


@pytest.mark.parametrize("at", [DAYS[2], DAYS[1], DAYS[0]])
def test_a_change_made_from_another_state_is_a_conflict(at: str) -> None:
    known = [unchecked(DAYS[0], "name", "Jane"), change(DAYS[2], {"name": ["Jane", "Joe"]})]

    with pytest.raises(Conflict, match="L1 has changed meanwhile: name"):
        applied(fold(known), change(at, {"name": ["Jim", "Jill"]}), lambda: known)


def test_a_personal_value_from_another_state_is_a_conflict_too() -> None:
    doc = advance(None, change(DAYS[0], {}, {"city": [None, "Berlin"]}))

    with pytest.raises(Conflict, match="city"):
        applied(doc, change(DAYS[1], {}, {"city": ["Hamburg", "Bremen"]}), list)


# --- statuses ----------------------------------------------------------------------------------------

Status = tuple[str, str | None, str]  # day, from, to
LEGAL: list[list[Status]] = [
    [("05", None, "new"), ("07", "new", "contacted"), ("06", "new", "contacted")],
    [("05", None, "new"), ("09", "new", "disqualified"), ("06", "new", "contacted")],
    [("05", None, "new"), ("09", "new", "qualified"), ("07", "disqualified", "new"), ("06", "new", "disqualified")],
    [("05", None, "new"), ("06", "new", "contacted"), ("06", "contacted", "deleted"), ("07", "deleted", "new")],
]
ILLEGAL: list[list[Status]] = [
    [("05", None, "new"), ("07", "new", "contacted"), ("06", "new", "disqualified")],
    [("05", None, "new"), ("07", "new", "qualified"), ("06", "new", "disqualified")],
    [("05", None, "new"), ("08", "new", "qualified"), ("08", "new", "deleted")],
    [("05", "new", "contacted")],
]


def status_changes(statuses: Iterable[Status]) -> list[Change]:
    return [change(f"2026-11-{day}T10:00:00Z", {"status": [old, new]}) for day, old, new in statuses]


@pytest.mark.parametrize("statuses", LEGAL)
def test_statuses_that_follow_one_another_in_time_are_a_legal_order(statuses: list[Status]) -> None:
    changes = status_changes(statuses)
    check_order(changes, OPEN)

    folded = fold(changes)
    assert folded is not None
    assert folded["status"] == max(statuses, key=lambda one: one[0])[2]


@pytest.mark.parametrize("statuses", ILLEGAL)
def test_a_status_that_follows_one_it_cannot_follow_is_refused(statuses: list[Status]) -> None:
    with pytest.raises(Refused, match="L1 was"):
        check_order(status_changes(statuses), OPEN)


def test_open_statuses_are_told_apart_where_a_kind_has_none() -> None:
    statuses = [("05", None, "new"), ("07", "new", "contacted"), ("06", "new", "contacted")]

    with pytest.raises(Refused):
        check_order(status_changes(statuses), frozenset())


def test_what_became_so_twice_is_said_to_be_so_already() -> None:
    statuses = [("05", None, "new"), ("09", "new", "qualified"), ("06", "new", "qualified")]

    with pytest.raises(Refused, match="L1 became qualified on 2026-11-09T10:00:00Z already"):
        check_order(status_changes(statuses), OPEN)


def test_changes_without_a_status_do_not_stand_in_the_way() -> None:
    check_order([unchecked(day, "name", "Jane") for day in reversed(DAYS)], OPEN)


def test_a_dated_change_is_covered_where_something_later_stands_on_top() -> None:
    was: Doc = {"id": "L1", "rating": "warm", "city": "Ulm"}
    then = {**was, "rating": "cold", "city": "Bonn", "tags": {"a": True, "b": True}}

    assert covered(was, then, then) == covered(None, was, was) == []
    assert covered(was, then, {**then, "rating": "hot", "channel": "web", "tags": {"b": True}}) == ["rating", "tags"]


# --- entries -----------------------------------------------------------------------------------------


def test_an_entry_names_its_record_and_its_operation() -> None:
    entry = Entry(kind="claim", number=2, at=DAYS[0], facts={}, cmd="claim.add", seq=9, tx=31, recorded="", by="sam")

    assert (entry.id, entry.op) == ("CL2", "O31")
