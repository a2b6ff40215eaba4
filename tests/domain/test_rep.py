"""Reps: their handles, and whether they take work."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.rep import Rep, RepStatus

ANN = Rep(id="R1", name="Ann")


def test_a_rep_needs_a_name() -> None:
    with pytest.raises(BadValue, match="needs a name"):
        Rep(id="R1", name=" ").checked()


@pytest.mark.parametrize("handle", ["ana", "sam.w", "a-b_c", "zoë", "x1y", "a1b2c3d4e5"])
def test_this_is_a_handle(handle: str) -> None:
    assert ANN.change(handle=handle).checked().handle == handle


@pytest.mark.parametrize("handle", ["", "a b", "a@b", "-", "."])
def test_this_is_no_handle(handle: str) -> None:
    with pytest.raises(BadValue, match="is no handle"):
        ANN.change(handle=handle).checked()


@pytest.mark.parametrize("handle", ["R2", "e7", "cl2", "12"])
def test_a_handle_that_would_be_taken_for_an_id_is_refused(handle: str) -> None:
    with pytest.raises(BadValue, match="would be taken for an id"):
        ANN.change(handle=handle).checked()


@pytest.mark.parametrize("fields", [{"handle": "None"}, {"name": "none"}, {"name": "@last"}, {"name": "-"}])
def test_a_word_that_means_something_else_is_no_name_of_a_rep(fields: dict[str, str]) -> None:
    with pytest.raises(BadValue, match="no rep can be called"):
        ANN.edit(**fields)


def test_a_rep_off_duty_takes_no_work_until_back_on_it() -> None:
    off = ANN.deactivate()

    assert off.status is RepStatus.INACTIVE
    with pytest.raises(Refused, match="R1 Ann is inactive"):
        off.must_be_active()
    assert off.activate() == ANN
    ANN.must_be_active()


def test_who_is_on_or_off_duty_already_is_told_so() -> None:
    with pytest.raises(WrongState, match="active already"):
        ANN.activate()
    with pytest.raises(WrongState, match="inactive already"):
        ANN.deactivate().deactivate()


def test_a_rep_is_edited_within_the_same_rules() -> None:
    assert ANN.edit(division="North", handle="ann").division == "North"
    for fields in ({"name": ""}, {"handle": "R2"}):
        with pytest.raises(BadValue):
            ANN.edit(**fields)
    with pytest.raises(WrongState, match="R1 is deleted"):
        ANN.delete().edit(division="North")
