"""What the cells of a lead become."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.domain.lead import Lead
from tests.usecases.office import Office, counts, reasons


def only(header: str, cell: str, zone: str = "UTC", **settings: str) -> Lead:
    office = Office(zone, **settings)
    outcome = office.leads(f"Name;{header}", f"Jane;{cell}")
    assert reasons(outcome.problems) == []
    return office.lead()


def problem(header: str, cell: str) -> str:
    outcome = Office().leads(f"Name;{header}", f"Jane;{cell}")
    assert counts(outcome) == (0, 0, 0, 0, 1)
    return outcome.problems[0].reason


def test_a_day_stays_a_day_and_a_time_is_one_of_the_stores_zone() -> None:
    assert only("Received", "03.02.2026", zone="Europe/Berlin").received_at == "2026-02-03"
    assert only("Received", "03.02.2026 08:00", zone="Europe/Berlin").received_at == "2026-02-03T07:00:00Z"


def test_how_dates_are_written_is_told_by_their_column_or_by_whoever_asks() -> None:
    office = Office()
    lines = ("Name,Received", "Ann,1/2/2026")

    office.leads(*lines, "Bob,2/26/2026")
    with pytest.raises(BadValue, match="'Received' does not tell day from month"):
        office.leads(*lines)
    office.leads("Name,Received", "Cid,1/2/2026", order="dmy")

    assert [lead.received_at for lead in office.all(Lead)] == ["2026-01-02", "2026-02-26", "2026-02-01"]


def test_how_numbers_are_written_is_told_by_their_column_or_by_whoever_asks() -> None:
    office = Office()

    office.leads("Name;Potential", "Ann;1.234", "Bob;7,50", "Eve;999")
    with pytest.raises(BadValue, match="'Potential' does not tell thousands from decimals"):
        office.leads("Name;Potential", "Cid;1.234", "Fay;999")
    office.leads("Name;Potential", "Cid;1.234", comma=False)

    assert [lead.potential for lead in office.all(Lead)] == [1234, Decimal("7.50"), 999, Decimal("1.234")]


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("Received", "31.02.2026", "is not a day of the calendar"),
        ("Received", "2026-11-22", "is in the future"),
        ("Received", "2026-11-21 12:01", "is in the future"),
        ("Potential", "much", "is not a number"),
        ("Potential", "-1", "is negative"),
        ("E-mail", "jane at home", "'jane' is not an e-mail address"),
        ("E-mail", "jane@example", "is not an e-mail address"),
        ("Rep", "sam", "is no rep here; --create-reps adds them"),
        ("Campaign", "Spring", "is no campaign here"),
        ("Rating", "boiling", "is none of hot, warm, cold, junk"),
        ("Do not contact", "perhaps", "is neither yes nor no"),
    ],
)
def test_a_cell_that_cannot_be_read_makes_its_row_a_problem(header: str, cell: str, reason: str) -> None:
    assert reason in problem(header, cell)


def test_a_problem_names_line_column_and_value() -> None:
    outcome = Office().leads("Name,E-mail", "Ann,ann@a.example", 'Bob,"bob at\nhome"', "Cid,cid")

    found = [(one.line, one.column, one.value) for one in outcome.problems]
    assert found == [(3, "E-mail", "bob at\nhome"), (5, "E-mail", "cid")]


def test_a_day_that_is_today_has_come() -> None:
    assert only("Received", "2026-11-21").received_at == "2026-11-21"


@pytest.mark.parametrize("apart", [";", ",", " ", "; ", "\n"])
def test_a_cell_may_hold_several_emails(apart: str) -> None:
    office = Office()
    office.leads("Name\tE-mail", f'Jane\t"j@a.example{apart}J@A.example{apart}jane@b.example"')

    assert office.lead().emails == ("j@a.example", "jane@b.example")


@pytest.mark.parametrize("nothing", ["n/a", "-", "unknown", "none"])
def test_what_says_that_there_is_none_is_blank(nothing: str) -> None:
    office = Office()
    office.leads("Name,E-mail,Phone,External ID", f"Jane,{nothing},{nothing},{nothing}")

    lead = office.lead()
    assert (lead.emails, lead.phones, lead.external_id, lead.custom) == ((), (), None, {})


def test_phones_of_several_columns_are_spelled_internationally() -> None:
    office = Office(country="DE")
    office.leads("Name;Telefon;Mobil", "Jane;030/23125-100;+49 (0)171 3920001", "Joe;0049 30 23125101;")

    assert [lead.phones for lead in office.all(Lead)] == [("+493023125100", "+491713920001"), ("+493023125101",)]


def test_without_a_country_only_international_numbers_are_understood() -> None:
    assert only("Phone", "030 23125-100").phones == ("030 23125-100",)
    assert only("Phone", "+49 30 23125-100").phones == ("+493023125100",)


def test_a_phone_that_is_none_is_kept_with_a_warning() -> None:
    office = Office()
    outcome = office.leads("Name,Phone", "Jane,ask Bob")

    assert office.lead().custom == {"Phone": "ask Bob"}
    assert [(one.line, one.column, one.value) for one in outcome.warnings] == [(2, "Phone", "ask Bob")]


def test_tags_are_taken_apart_and_kept_in_one_spelling() -> None:
    assert only("Tags", "VIP, trade fair,+vip,,").tags == {"vip": True, "trade fair": True}


@pytest.mark.parametrize(("cell", "wanted"), [("yes", True), ("JA", True), ("x", True), ("1", True), ("no", False)])
def test_do_not_contact_is_read_in_several_words(cell: str, wanted: bool) -> None:
    assert only("Do not contact", cell).do_not_contact is wanted


def test_first_and_last_name_are_the_name_where_there_is_no_whole_one() -> None:
    office = Office()
    office.leads("First name,Last name,Name", "Jane,Doe,", "John,,", "Al,Roe,Prof. Roe")

    assert [lead.name for lead in office.all(Lead)] == ["Jane Doe", "John", "Prof. Roe"]


def test_other_columns_become_fields_of_ones_own_under_their_headers() -> None:
    office = Office()
    office.leads("Name,Fleet size,Colour", "Jane,5,", "Joe,,red")

    assert [lead.custom for lead in office.all(Lead)] == [{"Fleet size": "5"}, {"Colour": "red"}]
