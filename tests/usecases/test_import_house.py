"""Reps and channels that a file names."""

from __future__ import annotations

from crm_cli.domain.campaign import Campaign
from crm_cli.domain.lead import Lead
from crm_cli.domain.rep import Rep, RepStatus
from tests.usecases.office import Office, reasons


def reps_of(office: Office, *names: str, create_reps: bool = False) -> list[str | None]:
    lines = [f"{number},Ann,{name}" for number, name in enumerate(names)]
    outcome = office.leads("ID,Name,Rep", *lines, create_reps=create_reps)
    assert reasons(outcome.problems) == []
    return [lead.rep for lead in office.all(Lead)]


def test_a_rep_answers_to_id_name_handle_and_email_case_apart() -> None:
    office = Office()
    office.save(Rep(id="R1", name="Ana Silva", handle="ana", email="ana@house.example"))

    assert reps_of(office, "r1", "ANA", "ana silva", "Ana@House.example") == ["R1"] * 4


def test_a_bare_number_is_another_programs_id_and_not_ours() -> None:
    office = Office()
    office.save(Rep(id="R1", name="Ana"))

    assert reps_of(office, "1", create_reps=True) == ["R2"]
    assert [(rep.name, rep.handle) for rep in office.all(Rep)] == [("Ana", None), ("1", None)]


def test_a_rep_who_is_not_there_is_made_once_if_that_is_wanted() -> None:
    office = Office()

    assert reps_of(office, "ana", "Ben Okri", "ANA", create_reps=True) == ["R1", "R2", "R1"]
    assert [(rep.name, rep.handle) for rep in office.all(Rep)] == [("ana", "ana"), ("Ben Okri", None)]


def test_a_new_rep_has_been_there_since_the_first_lead_that_names_one() -> None:
    office = Office()
    office.leads("Name,Rep,Received", "Ann,sam,2026-03-01", "Bob,sam,2026-02-01", "Cid,sam,", create_reps=True)

    assert [rep.created_at for rep in office.all(Rep)] == ["2026-02-01T00:00:00Z"]


def test_nobody_is_made_for_a_row_that_is_left_out() -> None:
    office = Office()
    outcome = office.leads("Name,Rep,Channel,E-mail", "Ann,sam,fax,ann", create_reps=True)

    assert (outcome.created(), office.all(Rep)) == (
        {"accounts": 0, "contacts": 0, "deals": 0, "reps": 0, "channels": 0},
        [],
    )


def test_a_rep_off_duty_takes_no_leads_but_one_of_the_same_name_does() -> None:
    office = Office()
    office.save(Rep(id="R1", name="Sam", status=RepStatus.INACTIVE))
    assert reasons(office.leads("Name,Rep", "Ann,sam").problems) == [(2, "is inactive: crm rep activate R1")]

    office.save(Rep(id="R2", name="Sam"))
    assert reps_of(office, "sam") == ["R2"]


def test_a_name_that_may_be_several_and_an_id_that_is_nobodys_are_problems() -> None:
    office = Office()
    office.save(Rep(id="R1", name="Sam"), Rep(id="R2", name="sam"))
    outcome = office.leads("Name,Rep", "Ann,Sam", "Bob,R7", create_reps=True)

    no_name = "is no rep here; --create-reps adds reps by name"
    assert reasons(outcome.problems) == [(2, "may be any of R1, R2"), (3, no_name)]


def test_a_channel_takes_the_spelling_of_the_house_and_a_new_one_is_added() -> None:
    office = Office()
    outcome = office.leads("Name,Channel", "Ann,WEB", "Bob,Trade fair", "Cid,Fax machine", "Dan,fax_machine")

    assert [lead.channel for lead in office.all(Lead)] == ["web", "trade_fair", "Fax machine", "Fax machine"]
    assert outcome.created()["channels"] == 1
    with office.change() as crm:
        assert crm.setting("channels")[-1] == "Fax machine"


def test_a_campaign_may_not_be_named_by_a_bare_number_or_a_name_of_several() -> None:
    office = Office()
    office.save(Campaign(id="C1", name="Spring"), Campaign(id="C2", name="spring"), Campaign(id="C3", name="2026"))
    outcome = office.leads("Name,Campaign", "Ann,1", "Bob,Spring", "Cid,2026")

    assert reasons(outcome.problems) == [(2, "is no campaign here"), (3, "may be any of C1, C2")]
    assert office.lead().campaign == "C3"
