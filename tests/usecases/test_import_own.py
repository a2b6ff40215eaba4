"""A file that was exported comes back: nothing twice, nobody else's rep, and no word lost about what is left out."""

from __future__ import annotations

import pytest

from crm_cli.domain.campaign import Campaign
from crm_cli.domain.lead import Lead, LeadKind
from crm_cli.domain.rep import Rep
from tests.usecases.office import Office, counts, reasons

HEADER = "id,kind,name,status,emails,campaign,campaign_name,rep,rep_name,contacted_at,due,created_at,updated_at,notes"
DAYS = "2026-11-01T00:00:00Z,2026-11-01T00:00:00Z"


def row(id: str, name: str, *, status: str = "new", mail: str = "", kind: str = "person") -> str:
    return f"{id},{kind},{name},{status},{mail},,,,,,2026-11-24,{DAYS},"


def of_whom(ids: str) -> str:
    return f"L9,person,Ann,new,,{ids},,,{DAYS},"


def test_a_lead_without_an_e_mail_is_known_by_its_id_and_name() -> None:
    office = Office()
    office.leads("Name,Company", "Ann,Acme", "Bob,")
    outcome = office.leads(HEADER, row("L2", "Bob"), row("L1", "Ann"), row("L1", "Ann"))

    assert (counts(outcome), len(office.all(Lead))) == ((0, 0, 2, 1, 0), 2)
    assert [lead.custom for lead in office.all(Lead)] == [{}, {}]


def test_an_id_that_is_somebody_elses_here_is_a_new_lead() -> None:
    office = Office()
    office.leads("Name", "Ann")
    assert counts(office.leads(HEADER, row("L1", "Bob"))) == (1, 0, 0, 0, 0)


def test_a_lead_renamed_in_the_file_is_known_by_its_id_and_e_mail() -> None:
    office = Office()
    office.leads("Name,E-mail", "Ann,ann@a.example")
    outcome = office.leads(HEADER, row("L1", "Zachary Quist", mail="ann@a.example"))

    assert (counts(outcome), office.lead().name) == ((0, 1, 0, 0, 0), "Zachary Quist")


def test_what_is_made_here_is_left_out_and_said_so() -> None:
    office = Office()
    outcome = office.leads(HEADER, row("L7", "Acme", status="contacted", kind="company"))

    assert reasons(outcome.warnings) == [
        (1, "the file is an export; made here and left out: status, due, created_at, updated_at"),
        (2, "was contacted; L1 is new"),
    ]
    assert (office.lead().kind, office.lead().custom) == (LeadKind.COMPANY, {})


@pytest.mark.parametrize("status", ["qualified", "disqualified", "merged", "deleted"])
def test_a_lead_that_was_closed_elsewhere_does_not_come_as_new(status: str) -> None:
    assert counts(Office().leads(HEADER, row("L7", "Ann", status=status))) == (0, 0, 0, 1, 0)


def _staffed() -> Office:
    office = Office()
    office.save(Rep(id="R1", name="Zed"), Rep(id="R2", name="Ana"), Campaign(id="C1", name="Other"))
    return office


@pytest.mark.parametrize(
    ("cells", "rep"), [("R1,Ana", "R2"), ("R1,Zed", "R1"), ("R1,zed", "R1"), ("R2,Zed", "R1"), ("R1,", "R1")]
)
def test_a_rep_goes_by_the_name_where_the_id_is_called_otherwise(cells: str, rep: str) -> None:
    office = _staffed()
    office.leads("Name,rep,rep_name", f"Ann,{cells}")
    assert (office.lead().rep, office.lead().custom) == (rep, {})


def test_a_rep_or_campaign_of_another_store_is_nobody_here() -> None:
    outcome = _staffed().leads(HEADER, of_whom("C1,Autumn,R1,Eve"))
    assert reasons(outcome.problems) == [(2, "is no campaign here"), (2, "is no rep here; --create-reps adds them")]


def test_exported_notes_are_written_down_once() -> None:
    office = Office()
    note = '"[{""at"":""2026-11-01T00:00:00Z"",""by"":""sam"",""text"":""Calls on""}]"'
    for _ in range(2):
        office.leads(HEADER, row("L1", "Ann") + note)
    assert [one.text for one in office.lead().notes.values()] == ["Calls on"]
