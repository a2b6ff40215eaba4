"""Which rows are one lead, and which lead that is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm_cli.domain.lead import Lead
from crm_cli.usecases.import_mail import CROWD
from tests.usecases.office import Office, counts, reasons

HEADER = "External ID,Name,E-mail,Company,Phone,Notes,Channel"
CELLS = (
    ("X", "Y", "Z"),
    ("Ann", "ann", "Bob", "Anbob"),
    ("m@a.example", "n@a.example", "M+x@a.example; n@a.example", "o@a.example", "test@test.com"),
    ("Acme", "Beta"),
    ("+49 30 1234567", "+49 30 7654321"),
    ("called", "wrote"),
    ("Fair", "web"),
)
ROWS = st.lists(st.tuples(*(st.sampled_from(["", *some]) for some in CELLS)).map(",".join), max_size=6)


NAMED_LIKE_Y = [",Ann,,Acme,+49 30 1234567,,", "X,,m@a.example,,,,", "Y,Ann,m@a.example,Acme,+49 30 1234567,,"]


@example(there=[], rows=[*NAMED_LIKE_Y, ",,m@a.example,,,,web"], closed=0)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(there=ROWS, rows=ROWS, closed=st.integers(0, 2))
def test_the_same_file_again_changes_nothing_byte_for_byte(there: list[str], rows: list[str], closed: int) -> None:
    office = Office()
    office.leads(HEADER, *there)
    office.save(*(lead.disqualify("lost", "2026-11-21") for lead in office.all(Lead)[:closed]))
    first = office.leads(HEADER, *rows)
    log = office.store.log

    again = office.leads(HEADER, *rows)

    assert office.store.log == log
    assert (again.id, again.added, again.updated) == (None, 0, 0)
    assert sum(counts(first)) == sum(counts(again)) == sum(row.strip(",") != "" for row in rows)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_no_two_leads_get_one_external_id_and_no_row_is_lost(rows: list[str]) -> None:
    office = Office()
    outcome = office.leads(HEADER, *rows)

    numbers = [lead.external_id for lead in office.all(Lead) if lead.external_id]
    assert sorted(numbers) == sorted({row.split(",")[0] for row in rows} - {""})
    assert outcome.added == len(office.all(Lead))


def test_a_row_is_the_lead_with_its_external_id_whatever_the_email_says() -> None:
    office = Office()
    office.leads("ID,Name,E-mail", "7,Ann,ann@a.example", "8,Bob,bob@a.example")

    office.leads("ID,Name,E-mail", "7,Anna,bob@a.example")

    assert [lead.name for lead in office.all(Lead)] == ["Anna", "Bob"]


def test_a_row_with_a_new_external_id_is_the_lead_with_its_email_that_has_none() -> None:
    office = Office()
    office.leads("Name,E-mail", "Ann,ann@a.example")

    assert counts(office.leads("ID,E-mail", "7,Ann+news@A.example")) == (0, 1, 0, 0, 0)
    assert (office.lead().external_id, office.lead().emails) == ("7", ("ann@a.example",))
    assert counts(office.leads("ID,E-mail", "8,ann@a.example")) == (1, 0, 0, 0, 0)


def test_a_row_without_external_id_is_the_lead_with_its_email() -> None:
    office = Office()
    office.leads("ID,Name,E-mail", "7,Ann,ann@a.example")

    assert counts(office.leads("Name,E-mail", "Anna,ANN@a.example")) == (0, 1, 0, 0, 0)


def test_a_row_with_neither_is_the_lead_with_its_name_company_and_phones() -> None:
    office = Office()
    header, line = "Name,Company,Phone", "Jörg Müller,Acme,+49 30 1234567"
    office.leads(header, line)

    assert counts(office.leads(header, line, "Jörg Müller,Acme,+49 (30) 1234567")) == (0, 0, 1, 1, 0)
    assert counts(office.leads(header, "Joerg MUELLER,ACME,+49301234567")) == (1, 0, 0, 0, 0)
    assert counts(office.leads(header, "Jörg Müller,Acme,+49 30 7654321")) == (1, 0, 0, 0, 0)
    assert counts(office.leads(header, "Jörg Müller,Beta,+49 30 1234567")) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("City", "Berlin", "Wien"),
        ("Potential", "100", "200"),
        ("Received", "2026-02-03", "2026-02-04"),
        ("Colour", "red", "blue"),
        ("Owner", "sam", "ana"),
        ("Channel", "Fair", "Letter"),
        ("Tags", "vip", "fair"),
        ("Notes", "called", "wrote"),
        ("Rating", "hot", "cold"),
        ("Do not contact", "no", "yes"),
    ],
)
def test_rows_told_by_name_alone_are_two_leads_where_a_cell_differs(header: str, one: str, other: str) -> None:
    office = Office()
    lines = (f"Name,Company,{header}", f"Anna Schmidt,Acme,{one}", f"Anna Schmidt,Acme,{other}")

    first = office.leads(*lines, create_reps=True)
    log = office.store.log

    assert (counts(first), [twin.other.kind for twin in first.twins]) == ((2, 0, 0, 0, 0), ["possible"])
    assert counts(office.leads(*lines, create_reps=True)) == (0, 0, 2, 0, 0)
    assert office.store.log == log


def test_numbers_are_compared_as_read_and_blank_cells_say_nothing() -> None:
    office = Office()
    office.leads("Name,City,Potential", "Anna Schmidt,Berlin,100")

    outcome = office.leads("Name,City,Potential", "Anna Schmidt,Berlin,100.00", "Anna Schmidt,,")

    assert (counts(outcome), reasons(outcome.warnings)) == ((0, 0, 1, 1, 0), [(3, "is the same lead as line 2")])


def test_a_row_told_by_name_alone_meets_the_lead_as_the_other_rows_leave_it() -> None:
    office = Office()
    office.leads("ID,Name,City", "7,Ann,Ulm")

    assert counts(office.leads("ID,Name,City", ",Ann,Ulm", "7,Ann,Bonn", ",Ann,Bonn")) == (1, 1, 0, 1, 0)
    assert [lead.city for lead in office.all(Lead)] == ["Bonn", "Ulm"]


def test_a_lead_that_is_closed_is_skipped_where_a_row_is_told_by_name_alone() -> None:
    office = Office()
    office.leads("Name,City", "Ann,Ulm")
    office.save(office.lead().delete())

    assert reasons(office.leads("Name,City", "Ann,Ulm").warnings) == [(2, "L1 is deleted")]


def test_clearly_unlike_names_at_one_email_are_two_people_told_as_duplicates() -> None:
    office = Office()
    lines = ("Name,E-mail,City", "Anna Schmidt,info@a.example,Ulm", "Boris Koch,info@a.example,Bonn")

    first = office.leads(*lines)
    log = office.store.log

    assert [(lead.name, lead.city) for lead in office.all(Lead)] == [("Anna Schmidt", "Ulm"), ("Boris Koch", "Bonn")]
    assert [(twin.line, twin.other.kind, twin.other.why) for twin in first.twins] == [(3, "sure", ("same e-mail",))]
    assert counts(office.leads(*lines)) == (0, 0, 2, 0, 0)
    assert office.store.log == log


def test_a_row_is_the_like_name_at_its_email_and_another_person_where_all_are_unlike() -> None:
    office = Office()
    office.leads("Name,E-mail", "Anna Schmidt,info@a.example", "Boris Koch,info@a.example")

    outcome = office.leads("Name,E-mail", "Koch Boris,INFO@a.example", "Zoe Lang,info@a.example")

    assert counts(outcome) == (1, 1, 0, 0, 0)
    assert [lead.name for lead in office.all(Lead)] == ["Anna Schmidt", "Koch Boris", "Zoe Lang"]


def test_a_new_external_id_is_not_taken_by_another_person_at_the_email() -> None:
    office = Office()
    office.leads("Name,E-mail", "Anna Schmidt,info@a.example")

    assert counts(office.leads("ID,Name,E-mail", "7,Boris Koch,info@a.example")) == (1, 0, 0, 0, 0)


def test_a_lead_that_had_no_name_gets_that_of_the_first_row_at_its_email() -> None:
    office = Office()
    office.leads("E-mail", "info@a.example")

    assert counts(office.leads("Name,E-mail", "Ann,info@a.example", "Zoe,info@a.example")) == (1, 1, 0, 0, 0)
    assert [lead.name for lead in office.all(Lead)] == ["Ann", "Zoe"]


def test_in_a_crowd_at_one_email_only_the_same_name_is_one_person() -> None:
    office = Office()
    rows = [f"Person {number:03},info@a.example" for number in range(CROWD + 1)]

    assert counts(office.leads("Name,E-mail", *rows, "person 007,info@a.example")) == (CROWD + 1, 0, 0, 1, 0)
    assert counts(office.leads("Name,E-mail", *rows, "person 007,info@a.example")) == (0, 0, CROWD + 1, 1, 0)


def test_rows_of_one_lead_are_taken_together_and_the_later_cells_win() -> None:
    office = Office()
    outcome = office.leads("ID,Name,E-mail,City", "7,Ann,,Ulm", "8,Bob,,", "7,,ann@a.example,Bonn", ",,ann@a.example,")

    ann = office.lead(1)
    assert (ann.name, ann.city, ann.emails) == ("Ann", "Bonn", ("ann@a.example",))
    assert counts(outcome) == (2, 0, 0, 2, 0)
    assert reasons(outcome.warnings) == [(4, "is the same lead as line 2"), (5, "is the same lead as line 2")]


def test_an_open_lead_is_preferred_and_others_it_might_be_are_named() -> None:
    office = Office()
    office.leads("ID,Name,E-mail", "1,Ann,m@a.example", "2,Bob,m@a.example", "3,Cid,m@a.example")
    office.save(office.lead(1).disqualify("lost", "2026-11-21"))

    outcome = office.leads("E-mail,City", "m@a.example,Ulm")

    assert [lead.city for lead in office.all(Lead)] == [None, "Ulm", None]
    assert reasons(outcome.warnings) == [(2, "may be L3 too")]


def test_an_email_that_is_none_tells_nobody_from_anybody() -> None:
    office = Office()

    assert counts(office.leads("Name,E-mail", "Ann,test@test.com", "Bob,test@test.com")) == (2, 0, 0, 0, 0)
