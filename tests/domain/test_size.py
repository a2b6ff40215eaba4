"""How large a field and a record may become."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.domain.lead import Lead
from crm_cli.domain.record import Note, to_doc
from crm_cli.domain.size import LARGEST_RECORD, LONGEST_FIELD, must_be_short, must_fit
from tests.desk import MemoryDesk

LONG = "x" * (LONGEST_FIELD + 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", LONG),
        ("emails", ["a@x.example", LONG]),
        ("custom.size", LONG),
        ("notes.7", {"at": "2026-11-30", "by": "sam", "text": LONG}),
        ("value", [LONG]),
    ],
)
def test_a_text_that_is_too_long_is_refused_with_the_name_of_its_field(path: str, value: object) -> None:
    with pytest.raises(BadValue) as refusal:
        must_fit("L1", {path: value}, None, {})
    called = "the note" if path == "notes.7" else path
    assert refusal.value.message == f"{called} has 65,537 characters, more than 65,536"
    assert refusal.value.details["field"] == path


def test_the_name_of_a_field_of_ones_own_and_a_tag_can_be_too_long_themselves() -> None:
    for path in (f"custom.{LONG}", f"tags.{LONG}"):
        with pytest.raises(BadValue, match=r"x… has 65,54\d characters"):
            must_fit("L1", {path: True}, None, {})


def test_the_longest_text_there_may_be_is_none_too_long() -> None:
    text = "é" * LONGEST_FIELD
    must_fit("L1", {"name": text}, None, {"name": text})


@pytest.mark.parametrize("text", ["caf\udce9", "\ud83d"])
def test_what_is_no_text_is_refused_with_the_name_of_its_field(text: str) -> None:
    with pytest.raises(BadValue, match=r"company .* holds bytes that are no text"):
        must_fit("L1", {"company": text}, None, {})
    with pytest.raises(BadValue, match="the reason"):
        must_be_short("the reason", text)


def test_a_record_that_becomes_too_large_names_what_made_it_so() -> None:
    notes = {f"notes.{number}": {"text": "x" * 60_000} for number in range(20)}
    with pytest.raises(BadValue, match="the note is too much: L1 would have") as refusal:
        must_fit("L1", {"name": "Jane", "notes.7": {"text": "xx"}}, {}, notes)
    assert refusal.value.details["field"] == "notes.7"


def test_a_record_that_is_too_large_may_become_smaller() -> None:
    large, smaller = {"notes": ["x" * LARGEST_RECORD, "y"]}, {"notes": ["x" * LARGEST_RECORD]}
    must_fit("L1", {"notes": None}, large, smaller)
    with pytest.raises(BadValue):
        must_fit("L1", {"notes": "y"}, smaller, large)


def test_the_desk_saves_nothing_that_is_too_large() -> None:
    desk = MemoryDesk()
    with pytest.raises(BadValue, match="name has"), desk.change() as crm:
        crm.save(Lead(id="L1", name=LONG))
    with pytest.raises(BadValue, match="the reason has"), desk.change() as crm:
        crm.save(Lead(id="L1", name="Jane"), reason=LONG)
    notes = {str(number): Note("2026-11-20", "sam", "x" * 60_000) for number in range(17)}
    with desk.change() as crm:
        crm.save(Lead(id="L1", name="Jane", notes=notes))
    with pytest.raises(BadValue, match="the note is too much"), desk.change() as crm:
        crm.save(crm.leads.get("L1").note("18", Note("2026-11-20", "sam", "x" * 60_000)))
    with desk.look() as crm:
        assert set(to_doc(crm.leads.get("L1"))["notes"]) == set(notes)
