"""What stands in campaigns: every lead counted once, where it is now."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli.domain.event import Event
from crm_cli.domain.lead import LeadStatus
from crm_cli.usecases.campaign_standing import Tally, standing, tallies
from tests.desk import MemoryDesk


@pytest.fixture
def desk() -> MemoryDesk:
    """C1 with one lead of every status, C2 with none."""
    desk = MemoryDesk()
    desk.add_campaign("Spring", "Call", "Demo")
    desk.add_campaign("Empty", "Call")
    for place, status in enumerate(LeadStatus):
        step = "C1.2" if status is LeadStatus.QUALIFIED else "C1.1"
        desk.add_lead(f"Lead {place}", campaign="C1", activity=step, status=status, potential=Decimal("10.10"))
    desk.add_lead("Nobody's")
    return desk


def test_leads_are_counted_by_the_campaign_they_are_in_merged_and_deleted_ones_left_out(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        found = tallies(crm)

    assert found == {"C1": Tally(leads=4, open=2, qualified=1, disqualified=1, potential=Decimal("20.20"))}
    assert found["C1"].rate == 0.25


def test_where_there_are_no_leads_there_is_no_rate() -> None:
    assert Tally().rate is None


def test_a_lead_without_a_potential_counts_and_adds_none(desk: MemoryDesk) -> None:
    desk.add_lead("Poor", campaign="C2")
    with desk.look() as crm:
        assert tallies(crm)["C2"] == Tally(leads=1, open=1)


def test_the_parts_of_a_campaign_add_up_to_the_whole(desk: MemoryDesk) -> None:
    desk.add_lead("Between", campaign="C1", potential=Decimal(5))
    with desk.look() as crm:
        found = standing(crm, crm.campaigns.get("C1"))

    assert [(one.name if one else None, tally.leads) for one, tally in found.at] == [
        ("Call", 3),
        ("Demo", 1),
        (None, 1),
    ]
    parts = [tally for _, tally in found.at]
    for name in ("leads", "open", "qualified", "disqualified", "potential"):
        assert sum(getattr(part, name) for part in parts) == getattr(found.whole, name)


def test_activities_without_leads_are_there_too(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        found = standing(crm, crm.campaigns.get("C2"))

    assert [(one.name, tally) for one, tally in found.at if one] == [("Call", Tally())]
    assert (found.whole, found.planned, found.done) == (Tally(), 0, 0)


def test_only_events_with_its_own_leads_are_counted(desk: MemoryDesk) -> None:
    lead = "L1"
    for about in (lead, lead, "L7"):
        desk.add(Event, name="Call", lead=about, start="2026-11-30")
    with desk.change() as crm:
        crm.save(crm.events.get("E1").done(crm.at, None))

    with desk.look() as crm:
        found = standing(crm, crm.campaigns.get("C1"))
    assert (found.planned, found.done) == (1, 1)
