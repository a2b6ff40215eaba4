"""The work of reps: what is open, planned and theirs, and nothing that is done."""

from __future__ import annotations

from crm_cli.domain.account import Account
from crm_cli.domain.claim import Claim, ClaimStatus
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.event import Event
from crm_cli.domain.lead import LeadStatus
from crm_cli.usecases.rep_work import Work, work
from tests.desk import MemoryDesk


def test_only_what_is_still_to_be_done_counts_as_work() -> None:
    desk = MemoryDesk()
    desk.add_rep("Ana")
    for lead in LeadStatus:
        desk.add_lead(f"Lead {lead}", rep="R1", status=lead)
    desk.add(Account, name="Acme", rep="R1")
    for deal in DealStatus:
        desk.add(Deal, name="Bikes", account="A1", rep="R1", status=deal)
    for claim in ClaimStatus:
        desk.add(Claim, name="Broken", account="A1", rep="R1", status=claim)
    desk.add(Event, name="Call", lead="L1", rep="R1", start="2026-11-30")
    desk.add(Event, name="Mail", lead="L1", rep="R1", start="2026-11-30", status="canceled")

    with desk.look() as crm:
        assert work(crm) == {
            "R1": Work(open_leads=2, open_deals=1, planned_events=1, open_claims=2, accounts=1),
        }


def test_what_is_nobodys_is_no_reps_work() -> None:
    desk = MemoryDesk()
    desk.add_rep("Ana")
    desk.add_lead("Jane")

    with desk.look() as crm:
        assert work(crm) == {}
