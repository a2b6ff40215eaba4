"""What all records have in common: fields, what is personal, how they are kept, tags, notes, being closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.account import Account
from crm_cli.domain.batch import Import
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.claim import Claim
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue, WrongState
from crm_cli.domain.event import Event
from crm_cli.domain.field import FieldType
from crm_cli.domain.history import difference, flatten, put
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.record import Note, Record, fields_of, from_doc, personal_fields, to_doc
from crm_cli.domain.rep import Rep
from crm_cli.domain.setting import Setting
from tests.domain.records import RECORDS, records, sample, types_of

AT = "2026-11-20T10:00:00Z"
ADDRESS = {"emails", "phones", "website", "tax_id", "street", "postcode", "city"}
# What goes when a person is erased: names, contact points, addresses, free text.
PERSONAL: dict[type[Record], set[str]] = {
    Lead: {"name", "company", "position", *ADDRESS},
    Account: {"name", "legal_name", *ADDRESS},
    Contact: {"name", "position", "emails", "phones"},
    Rep: {"name", "email"},
    Campaign: {"name", "description"},
    Deal: {"name", "competitor_text"},
    Event: {
        *{"name", "result", "cancel_reason", "content", "purpose", "material", "place"},
        "participant_names",
    },
    Claim: {"name", "text", "employee", "answer", "plan_names", "plan_results", "attachments"},
    Import: {"file"},
    Setting: set(),
}
any_record = st.sampled_from(RECORDS).flatmap(records)
CLOSED = [(cls, status) for cls in RECORDS for status in cls.CLOSED]


# --- fields ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", RECORDS)
def test_every_field_can_be_asked_for_but_for_what_is_shown_in_its_own_way(cls: type[Record]) -> None:
    shown_so = ("Notes", "Activities", "Reps", "Plan", "Words", "Attachments", "Any")
    left_out = {name for name, text in types_of(cls).items() if text in shown_so}

    assert set(fields_of(cls)) == set(cls.__struct_fields__) - left_out
    assert next(iter(fields_of(cls))) == "id"


@pytest.mark.parametrize("cls", RECORDS)
def test_what_is_personal_is_what_names_or_reaches_somebody(cls: type[Record]) -> None:
    assert personal_fields(cls) == PERSONAL[cls] | {"custom", "notes"}


@pytest.mark.parametrize("cls", RECORDS)
def test_what_reports_count_is_never_personal(cls: type[Record]) -> None:
    counted = {
        name
        for name, field in fields_of(cls).items()
        if field.type in (FieldType.CHOICE, FieldType.MOMENT, FieldType.NUMBER, FieldType.REF, FieldType.FLAG)
    }

    assert not personal_fields(cls) & (counted | {"id", "channel", "source", "reason", "external_id", "tags"})


def test_a_field_says_how_it_is_compared() -> None:
    fields = fields_of(Lead)

    kinds = {name: fields[name].type for name in ("name", "emails", "tags", "custom", "potential", "received_at")}
    assert list(kinds.values()) == ["text", "texts", "tags", "custom", "number", "moment"]
    assert (fields["status"].type, fields["status"].choices) == (FieldType.CHOICE, tuple(LeadStatus))
    assert (fields["do_not_contact"].type, fields["reopen_count"].type) == (FieldType.FLAG, FieldType.NUMBER)


def test_a_reference_says_what_it_points_to() -> None:
    points = {cls: {name: field.kind for name, field in fields_of(cls).items() if field.kind} for cls in (Lead, Deal)}

    same = {"account": "account", "contact": "contact", "lead": "lead", "rep": "rep"}
    assert points[Deal] == {**same, "competitor": "account"}
    assert (points[Lead]["merged_into"], points[Lead]["activity"]) == ("lead", "activity")


# --- how they are kept -------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(any_record)
def test_a_record_comes_back_from_its_document(record: Record) -> None:
    assert from_doc(to_doc(record), type(record)) == record


@settings(max_examples=60, deadline=None)
@given(any_record)
def test_a_document_survives_json_and_holds_nothing_empty_and_no_float(record: Record) -> None:
    doc = to_doc(record)

    assert msgspec.json.decode(msgspec.json.encode(doc)) == doc
    assert not [value for value in doc.values() if value in (None, "", [], {}) or isinstance(value, float | tuple)]


@settings(max_examples=40, deadline=None)
@given(any_record, st.data())
def test_a_record_is_the_sum_of_its_changes(before: Record, data: st.DataObject) -> None:
    after = data.draw(records(type(before)))
    doc = to_doc(before)
    for path, (_, value) in difference(doc, to_doc(after)).items():
        put(doc, path, value)

    assert flatten(doc) == flatten(to_doc(after))


def test_a_document_holds_decimals_as_they_were_written() -> None:
    kept = to_doc(Lead(id="L1", name="Jane", potential=Decimal("1500.50")))

    assert kept == {"id": "L1", "kind": "person", "name": "Jane", "status": "new", "potential": "1500.50"}
    assert to_doc(Lead(id="L1", potential=Decimal(0)))["potential"] == "0"


def test_what_a_newer_program_has_written_is_no_obstacle() -> None:
    assert from_doc({"id": "L1", "name": "Jane", "shoe_size": 44}, Lead) == Lead(id="L1", name="Jane")


# --- tags, custom fields, notes ----------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["vip", "VIP", " vip ", "+vip", "+ Vip"])
def test_a_tag_is_kept_in_one_spelling(typed: str) -> None:
    tagged = Lead(id="L1").tag([typed])

    assert tagged.tags == {"vip": True}
    assert tagged.tag(["vip"]) == tagged
    assert tagged.tag(remove=[typed]) == Lead(id="L1")


def test_a_tag_taken_away_and_added_at_once_is_there() -> None:
    assert Lead(id="L1", tags={"vip": True}).tag(["vip", "trade fair"], ["vip", "cold"]).tags == {
        "vip": True,
        "trade fair": True,
    }


@pytest.mark.parametrize("typed", ["", " + ", "a,b", "a;b", "a\nb", "a\tb"])
def test_this_is_no_tag(typed: str) -> None:
    with pytest.raises(BadValue, match="is no tag"):
        Lead(id="L1").tag([typed])


def test_custom_fields_are_set_and_taken_away_one_by_one() -> None:
    lead = Lead(id="L1").set_custom({"industry": "SaaS", "size": "50"})

    assert lead.set_custom({"size": None, "city": ""}).custom == {"industry": "SaaS"}
    assert lead.set_custom({}) == lead


@pytest.mark.parametrize(("cls", "status"), CLOSED)
def test_a_closed_record_takes_notes_and_nothing_else(cls: type[Record], status: str) -> None:
    closed: Any = sample(cls, status=status)

    assert closed.note("7", Note(AT, "sam", "called")).notes == {"7": Note(AT, "sam", "called")}
    for change in (lambda: closed.tag(["vip"]), lambda: closed.set_custom({"a": "b"}), closed.must_be_open):
        with pytest.raises(WrongState, match=f"L1 is {status}") as refusal:
            change()
        assert "{" not in str(refusal.value.hint)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_note_says_something(text: str) -> None:
    with pytest.raises(BadValue, match="a note needs a text"):
        Lead(id="L1").note("7", Note(AT, "sam", text))


def test_notes_stand_beside_one_another() -> None:
    lead = Lead(id="L1").note("7", Note(AT, "sam", "one")).note("8", Note(AT, "ana", "two"))

    assert [note.text for note in lead.notes.values()] == ["one", "two"]


def test_a_record_is_called_by_its_name_and_else_by_its_id() -> None:
    assert (Lead(id="L1", name="Jane").title, Lead(id="L1").title, Setting(id="ST1").title) == ("Jane", "L1", "ST1")
