"""Kinds of deal and their stages, as a house writes them down."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue, Refused
from crm_cli.domain.stage import (
    GATES,
    KINDS,
    STAGES,
    Control,
    DealKind,
    Stage,
    entry_key,
    find_stage,
    kinds_of,
    read_kinds,
    read_stages,
)

TYPICAL, MANUAL, OTHER = kinds_of(tuple(KINDS), tuple(STAGES))


def test_the_typical_sale_has_the_stages_of_1c_with_their_gates() -> None:
    assert [(one.key, *one.gates) for one in TYPICAL.stages] == [
        ("primary_contact",),
        ("qualification", "terms"),
        ("offer", "quote"),
        ("presentation",),
        ("agreeing_terms", "quote_accepted"),
        ("preparing_fulfilment", "invoice"),
        ("fulfilment", "fulfilment"),
    ]
    assert {gate for one in TYPICAL.stages for gate in one.gates} == set(GATES)


def test_the_kind_says_who_controls_the_stages() -> None:
    assert [one.control for one in (TYPICAL, MANUAL, OTHER)] == [Control.PROCESS, Control.MANUAL, Control.NONE]
    assert [one.is_controlled for one in (TYPICAL, MANUAL, OTHER)] == [True, False, False]
    assert (MANUAL.stages, OTHER.stages) == (TYPICAL.stages, ())


def test_a_kind_may_have_stages_of_its_own() -> None:
    found = kinds_of(
        ("typical:process", "project:manual"), ("Offer", "project/Kick-off", "project/build=Building:plan")
    )

    assert [[one.key for one in kind.stages] for kind in found] == [["offer"], ["kick_off", "build"]]
    assert found[1].stages[1] == Stage("build", "Building", ("plan",))


def test_a_process_without_stages_controls_nothing() -> None:
    kind = kinds_of(("typical:process",), ())[0]

    assert not kind.is_controlled
    with pytest.raises(Refused, match="D5 is of kind typical, which has no stages"):
        kind.place(None, "D5")


def test_a_place_is_counted_from_the_first_and_before_it_there_is_none() -> None:
    assert [TYPICAL.place(key, "D5") for key in (None, "primary_contact", "fulfilment")] == [-1, 0, 6]


@pytest.mark.parametrize(("kind", "way"), [(TYPICAL, "--force --reason WHY"), (MANUAL, "primary_contact")])
def test_a_stage_that_is_in_the_list_no_more_is_named_with_a_way_on(kind: DealKind, way: str) -> None:
    with pytest.raises(Refused, match=f"D5 is at fair, which is no stage of kind {kind.key} any more") as refusal:
        kind.place("fair", "D5")
    assert str(refusal.value.hint).endswith(way)


@pytest.mark.parametrize("typed", ["agreeing_terms", "Agreeing terms", " agreeing TERMS ", "Agreeing-terms"])
def test_a_stage_is_found_by_key_or_name(typed: str) -> None:
    assert TYPICAL.find(typed).key == "agreeing_terms"


def test_a_stage_that_was_renamed_is_found_by_its_old_key_and_its_new_name() -> None:
    stages = (Stage("offer", "Proposal"),)
    assert [find_stage(stages, text).key for text in ("offer", "Proposal")] == ["offer", "offer"]


def test_an_unknown_stage_is_answered_with_all_there_are() -> None:
    with pytest.raises(BadValue) as refusal:
        TYPICAL.find("ofer")
    assert "did you mean offer?" in str(refusal.value.hint)
    assert "fulfilment" in refusal.value.details["allowed"]


# --- as they are written ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Offer", "Offer"),
        ("offer = Proposal", "offer=Proposal"),
        ("offer=Offer:quote", "Offer:quote"),
        ("Offer : Quote + credit check", "Offer:quote+credit_check"),
        ("project/offer=Proposal:quote", "project/offer=Proposal:quote"),
        ("Prüfung", "Prüfung"),
    ],
)
def test_a_stage_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert read_stages([typed]) == read_stages([kept]) == [kept]


@pytest.mark.parametrize("typed", ["", ":quote", "offer=", "=Offer", "none", "Offer:+quote", "Offer/Quote", "?"])
def test_what_is_no_stage_is_refused(typed: str) -> None:
    with pytest.raises(BadValue, match="is no stage"):
        read_stages([typed])


@pytest.mark.parametrize("typed", [["Offer", "offer=Proposal"], ["x/Offer", "x/Offer:quote"]])
def test_no_stage_comes_twice(typed: list[str]) -> None:
    with pytest.raises(BadValue, match="offer comes twice"):
        read_stages(typed)


def test_two_kinds_may_have_stages_of_one_name() -> None:
    assert len(read_stages(["Offer", "project/Offer", "service/Offer"])) == 3


def test_a_kind_is_kept_in_one_spelling() -> None:
    assert read_kinds([" Big project : Manual "]) == ["big_project:manual"]


@pytest.mark.parametrize("typed", [["typical"], ["typical:strict"], [":process"], [], ["a:none", "A:manual"]])
def test_what_is_no_list_of_kinds_is_refused(typed: list[str]) -> None:
    with pytest.raises(BadValue) as refusal:
        read_kinds(typed)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("typical:process", "typical"),
        ("offer=Proposal:quote", "offer"),
        ("Offer:quote", "offer"),
        ("x/Offer", "x/offer"),
    ],
)
def test_an_entry_is_known_by_its_key(text: str, key: str) -> None:
    assert entry_key(text) == key
