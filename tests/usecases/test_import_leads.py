"""Rows of a file become leads."""

from __future__ import annotations

import pytest

from crm_cli.domain.batch import Import
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.lead import Lead, LeadKind, LeadStatus
from crm_cli.domain.rep import Rep
from crm_cli.usecases.import_leads import SHARED
from tests.usecases.office import Office, counts, reasons


def test_a_lead_has_been_there_since_the_day_it_was_received() -> None:
    office = Office("Europe/Berlin")
    office.leads("Name,Received", "Ann,2026-02-03", "Bob,2026-02-03 08:00", "Cid,")

    received = [(lead.received_at, lead.created_at) for lead in office.all(Lead)]
    assert received == [
        ("2026-02-03", "2026-02-02T23:00:00Z"),
        ("2026-02-03T07:00:00Z", "2026-02-03T07:00:00Z"),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("row", "name", "kind"),
    [
        ("7,Ann,ann@a.example,Acme", "Ann", LeadKind.PERSON),
        ("7,,ann@a.example,", "7", LeadKind.PERSON),
        ("7,,ann@a.example,Acme", "7", LeadKind.COMPANY),
        (",,ann@a.example,", "ann@a.example", LeadKind.PERSON),
        (",,ann@a.example,Acme", "ann@a.example", LeadKind.COMPANY),
        (",,,Acme", "Acme", LeadKind.COMPANY),
    ],
)
def test_a_row_without_a_name_is_called_by_what_else_it_has(row: str, name: str, kind: LeadKind) -> None:
    office = Office()
    office.leads("ID,Name,E-mail,Company", row)

    assert (office.lead().name, office.lead().kind) == (name, kind)


def test_a_row_with_nothing_to_call_it_by_is_a_problem_and_the_others_are_taken_in() -> None:
    outcome = Office().leads("Name,Company,City", "Ann,,", ",,Ulm", ",Acme,")

    assert counts(outcome) == (2, 0, 0, 0, 1)
    assert reasons(outcome.problems) == [(3, "has neither name, external id, e-mail nor company")]


def test_what_could_not_be_told_apart_into_cells_is_a_problem_too() -> None:
    assert reasons(Office().leads("Name,City", "Ann,Ulm,DE", "Bob,Bonn").problems) == [
        (2, "3 cells where the header has 2")
    ]


# --- updates ---------------------------------------------------------------------------------------


def test_an_update_writes_only_cells_that_are_not_blank_and_differ() -> None:
    office = Office()
    header = "ID,Name,City,Country,Colour,Potential"
    office.leads(header, "7,Ann,Ulm,DE,red,5.00")

    assert counts(office.leads(header, "7,Ann,,,,5")) == (0, 0, 1, 0, 0)
    assert counts(office.leads(header, "7,,Bonn,,blue,")) == (0, 1, 0, 0, 0)

    lead = office.lead()
    assert (lead.name, lead.city, lead.country, lead.custom) == ("Ann", "Bonn", "DE", {"Colour": "blue"})


def test_emails_phones_and_tags_are_added_to_those_there_are() -> None:
    office = Office()
    office.leads("ID,Name,E-mail,Phone,Tags", "7,Ann,ann@a.example,+49 30 1234567,vip")

    office.leads("ID,E-mail,Phone,Tags", "7,ANN@a.example;ann@b.example,+49 30 7654321,fair")

    lead = office.lead()
    assert lead.emails == ("ann@a.example", "ann@b.example")
    assert lead.phones == ("+49301234567", "+49307654321")
    assert set(lead.tags) == {"vip", "fair"}


def test_status_day_of_receipt_and_do_not_contact_are_never_taken_back() -> None:
    office = Office()
    office.leads("ID,Name,Received,Do not contact", "7,Ann,2026-02-03,yes")
    office.save(office.lead().contacted("2026-11-21T12:00:00Z"))

    assert counts(office.leads("ID,Received,Do not contact", "7,2026-01-01,no")) == (0, 0, 1, 0, 0)

    lead = office.lead()
    assert (lead.received_at, lead.do_not_contact) == ("2026-02-03", True)
    assert lead.status is LeadStatus.CONTACTED


def test_a_lead_that_is_closed_is_skipped_with_the_reason_never_updated_never_doubled() -> None:
    office = Office()
    header = "ID,Name,E-mail,City"
    office.leads(header, "1,Ann,ann@a.example,", "2,Bob,bob@a.example,", "3,Cid,,")
    one, two, three = office.all(Lead)
    office.save(one.disqualify("lost", "2026-11-21"), two.delete(), three.change(status=LeadStatus.MERGED))
    log = office.store.log

    outcome = office.leads(header, "1,Ann,,Ulm", ",Bob,bob@a.example,Ulm", "3,Cid,,Ulm")

    assert counts(outcome) == (0, 0, 0, 3, 0)
    assert reasons(outcome.warnings) == [(2, "L1 is disqualified"), (3, "L2 is deleted"), (4, "L3 is merged")]
    assert office.store.log == log


def test_a_company_that_was_called_by_a_stand_in_turns_out_to_be_a_person() -> None:
    office = Office()
    office.leads("ID,Company", "7,Acme")
    office.leads("ID,Name", "7,Ann")

    assert (office.lead().name, office.lead().kind, office.lead().company) == ("Ann", LeadKind.PERSON, "Acme")


def test_a_note_is_written_down_once() -> None:
    office = Office()
    header = "ID,Name,Notes,Remarks"
    office.leads(header, "7,Ann,wants a demo,call late")
    office.leads(header, "7,Ann,call late,wants a demo")
    office.leads(header, "7,Ann,call,")

    texts = [note.text for note in office.lead().notes.values()]
    assert texts == ["wants a demo\ncall late", "call"]


# --- campaign, rep, channel ------------------------------------------------------------------------


def spring(office: Office) -> Campaign:
    campaign = Campaign(id="C1", name="Spring", start="2026-03-01", end="2026-05-31")
    campaign, _ = campaign.add_activity("Call")
    campaign, _ = campaign.add_activity("Visit")
    office.save(campaign)
    return campaign


def test_a_lead_starts_at_the_first_activity_of_its_campaign() -> None:
    office = Office()
    spring(office)
    office.leads("Name,Received,Campaign", "Ann,2026-03-01,spring", "Bob,2026-05-31,c1")

    assert [(lead.campaign, lead.activity) for lead in office.all(Lead)] == [("C1", "C1.1")] * 2


def test_a_lead_that_is_in_the_campaign_stays_at_its_activity() -> None:
    office = Office()
    campaign = spring(office)
    office.leads("ID,Name,Received,Campaign", "7,Ann,2026-03-01,Spring")
    office.save(office.lead().advance(campaign))

    assert counts(office.leads("ID,Name,Received,Campaign", "7,Ann,2026-03-01,Spring")) == (0, 0, 1, 0, 0)
    assert office.lead().activity == "C1.2"


def test_a_campaign_that_did_not_run_on_that_day_is_a_problem() -> None:
    office = Office()
    spring(office)
    outcome = office.leads("Name,Received,Campaign", "Ann,2026-06-01,Spring")

    assert counts(outcome) == (0, 0, 0, 0, 1)
    assert "runs from 2026-03-01 to 2026-05-31, not on 2026-06-01" in outcome.problems[0].reason


def test_rating_and_rep_are_given_as_by_hand() -> None:
    office = Office()
    office.save(Rep(id="R1", name="Ana Silva", handle="ana"))
    office.leads("Name,Owner,Rating", "Ann,ANA,Hot")

    lead = office.lead()
    assert (lead.rep, lead.rating, lead.rating_origin) == ("R1", "hot", "manual")


# --- likely duplicates -----------------------------------------------------------------------------


def test_likely_duplicates_of_added_leads_are_named_each_pair_once() -> None:
    office = Office()
    office.leads("ID,Name,Company,E-mail", "1,Jost Müller,Kiesel GmbH,", "2,Ann,,ann@a.example")
    office.save(office.lead(2).delete())

    outcome = office.leads(
        "ID,Name,Company,E-mail", "3,Mueller Jost,Kiesel,", "4,A.,,ann@a.example", "5,Jost Muller,Kiesel,"
    )

    told = [(twin.line, twin.id, twin.other.id, twin.other.kind, twin.deleted) for twin in outcome.twins]
    assert told == [
        (2, "L3", "L1", "possible", False),
        (3, "L4", "L2", "sure", True),
        (4, "L5", "L1", "possible", False),
        (4, "L5", "L3", "possible", False),
    ]


def test_a_name_that_stands_in_is_no_reason_to_take_two_for_one() -> None:
    outcome = Office().leads("ID,Company", "NL-1001,Acme", "NL-1002,Acme")

    assert (outcome.added, outcome.twins) == (2, [])


def test_beyond_so_many_on_one_switchboard_likeness_is_told_no_longer() -> None:
    lines = [f"{number},Ann Müller,+49 30 1234567" for number in range(SHARED + 30)]
    outcome = Office().leads("ID,Name,Phone", *lines)

    assert len(outcome.twins) == SHARED * (SHARED - 1) / 2
    assert reasons(outcome.warnings) == [
        (SHARED + 1, f"is the {SHARED}th row with one phone; likeness by it is told no longer")
    ]


# --- what is left behind ---------------------------------------------------------------------------


def test_an_import_leaves_a_record_of_itself_unless_it_changed_nothing() -> None:
    office = Office()
    lines = ("ID,Name,E-mail", "1,Ann,", "1,Ann,ann@a.example", "2,Bob,bob")

    first, second = office.leads(*lines), office.leads(*lines)

    assert (first.id, second.id) == ("I1", None)
    (batch,) = office.all(Import)
    assert (batch.of, batch.file, len(batch.sha256)) == ("leads", "leads.csv", 64)
    assert (batch.rows, batch.added, batch.updated, batch.skipped, batch.failed) == (3, 1, 0, 1, 1)


def test_progress_is_told_lead_by_lead() -> None:
    seen: list[tuple[int, int]] = []
    Office().leads("ID,Name", "1,Ann", "1,Ann", "2,Bob", watch=lambda done, of: seen.append((done, of)))

    assert seen == [(1, 2), (2, 2)]
