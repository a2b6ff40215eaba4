"""Leads that come to an activity somebody is responsible for."""

from __future__ import annotations

import pytest

from crm_cli.domain.campaign import Campaign
from crm_cli.domain.rep import Rep
from crm_cli.usecases import placing
from tests.desk import MemoryDesk


@pytest.fixture
def desk() -> MemoryDesk:
    """Ana is responsible for the second of three activities, Off, who is not on duty, for the third."""
    desk = MemoryDesk()
    ana, off = desk.add(Rep, name="Ana"), desk.add(Rep, name="Off")
    spring = Campaign(id="C1", name="Spring")
    for step in ("Call", "Demo", "Offer"):
        spring = spring.add_activity(step)[0]
    spring = spring.assign_activity(spring.find_activity("Demo"), ana)
    spring = spring.assign_activity(spring.find_activity("Offer"), off)
    with desk.change() as crm:
        crm.save(spring, off.deactivate())
    desk.add_lead("Jane")
    return desk


def test_a_lead_that_is_nobodys_goes_to_who_is_responsible_for_the_activity(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        spring = crm.campaigns.get("C1")
        jane = placing.put(crm, crm.leads.get("L1"), spring)
        assert jane.rep is None
        assert placing.advanced(crm, jane, spring).rep == "R1"
        assert placing.put(crm, jane, spring, spring.find_activity("Demo")).rep == "R1"


def test_a_lead_that_is_somebodys_stays_his(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        spring = crm.campaigns.get("C1")
        jane = placing.put(crm, crm.leads.get("L1").change(rep="R2"), spring)
        assert placing.moved(crm, jane, spring, spring.find_activity("Demo")).rep == "R2"
        assert placing.put(crm, jane, None).rep == "R2"


def test_who_is_not_on_duty_gets_no_leads(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        spring = crm.campaigns.get("C1")
        jane = placing.put(crm, crm.leads.get("L1"), spring)
        assert placing.moved(crm, jane, spring, spring.find_activity("Offer")).rep is None
