"""Which field a column is, told by its header or by --map."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.usecases.import_columns import HEADERS, WEAK, columns_of


def leads(*headers: str, maps: Sequence[str] = ()) -> dict[str, str]:
    return columns_of("leads", headers, maps)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Name", "name"),
        ("Ansprechpartner", "name"),
        ("Vorname", "first_name"),
        ("E-MAIL", "emails"),
        ("e_mail", "emails"),
        ("E-mail 1 - Value", "emails"),
        ("Email (2)", "emails"),
        ("Mobil", "phones"),
        ("Straße", "street"),
        ("STRASSE", "street"),
        ("Strasse / Hausnummer", "custom.Strasse / Hausnummer"),
        ("Postal Code", "postcode"),
        ("Country/Region", "country"),
        ("Vertriebler", "rep"),
        ("Verkäufer", "rep"),
        ("Lead Owner", "rep"),
        ("Create Date", "received_at"),
        ("Received", "received_at"),
        ("Title", "position"),
        ("ID", "external_id"),
        ("Record ID", "external_id"),
        ("Do not contact", "do_not_contact"),
        ("potential", "potential"),
        ("Fleet size", "custom.Fleet size"),
        ("custom.industry", "custom.industry"),
        ("status", "custom.status"),
    ],
)
def test_a_header_is_the_field_it_obviously_means_else_a_field_of_ones_own(header: str, field: str) -> None:
    assert leads(header) == {header: field}


@pytest.mark.parametrize("header", ["lead.external_id", "lead id", "won", "Close Date", "Betrag", "seller", "Title"])
def test_deals_have_headers_of_their_own(header: str) -> None:
    assert not columns_of("deals", [header])[header].startswith("custom.")


def test_no_header_means_two_fields() -> None:
    for of, table in HEADERS.items():
        words = [word.strip() for text in (*table.values(), *WEAK[of].values()) for word in text.split(",")]
        assert len(words) == len(set(words)), of


def test_several_columns_may_hold_emails_but_only_the_first_is_the_company() -> None:
    assert leads("Email", "Private email", "Firma", "Unternehmen") == {
        "Email": "emails",
        "Private email": "emails",
        "Firma": "company",
        "Unternehmen": "custom.Unternehmen",
    }


def test_a_vague_header_counts_only_where_no_other_column_is_that_field() -> None:
    assert leads("Date", "Created at")["Date"] == "custom.Date"
    assert leads("Date", "Received") == {"Date": "custom.Date", "Received": "received_at"}
    assert leads("Title", "Job Title")["Title"] == "custom.Title"
    assert leads("ID", "External ID")["ID"] == "custom.ID"


def test_the_name_of_a_field_counts_before_what_a_header_means() -> None:
    assert leads("created_at", "received_at") == {"created_at": "custom.created_at", "received_at": "received_at"}


def test_what_was_asked_for_counts_before_the_headers() -> None:
    found = leads("Name", "Origin", "Kunde", maps=["Kunde=name", "Origin=channel"])

    assert found == {"Name": "custom.Name", "Origin": "channel", "Kunde": "name"}


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (["A=name", "A=company"], "--map makes 'A' both name and company"),
        (["A=name", "B=name"], "--map makes both 'A' and 'B' name"),
        (["A=custom.Fleet", "B=custom.Fleet"], "--map makes both 'A' and 'B' custom.Fleet"),
    ],
)
def test_two_wishes_that_contradict_each_other_are_refused(maps: list[str], message: str) -> None:
    with pytest.raises(BadValue, match=message):
        leads("A", "B", maps=maps)


def test_a_wish_may_be_said_twice_and_several_columns_may_be_emails() -> None:
    assert leads("A", "B", maps=["A=name", "A=name"]) == {"A": "name", "B": "custom.B"}
    assert leads("A", "B", maps=["A=emails", "B=emails"]) == {"A": "emails", "B": "emails"}


def test_a_wish_may_say_a_field_as_a_header_does_or_name_one_of_ones_own() -> None:
    found = leads("A", "B=C", "D", maps=["a=E-Mail", "B=C=custom.Fleet", "D=Owner"])

    assert found == {"A": "emails", "B=C": "custom.Fleet", "D": "rep"}


@pytest.mark.parametrize(
    ("wish", "message", "allowed"),
    [
        ("Nam=name", "column 'Nam'", "allowed: Name, City"),
        ("City=town hall", "field 'town hall'", "allowed: name, first_name"),
        ("City=custom.", "field 'custom.'", "custom.NAME"),
        ("City", "is not COLUMN=field", "E-Mail=email"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_what_there_is(wish: str, message: str, allowed: str) -> None:
    with pytest.raises(BadValue, match=message) as refusal:
        leads("Name", "City", maps=[wish])

    assert allowed in str(refusal.value.hint)


def test_the_two_columns_added_to_rejected_rows_are_left_out_wherever_they_stand() -> None:
    assert leads("Name", "rejected line", "rejected reason") == {"Name": "name"}
    assert leads("rejected reason", "Name", "rejected line") == {"Name": "name"}
    assert leads("Name", "line", "reason") == {"Name": "name", "line": "custom.line", "reason": "custom.reason"}
