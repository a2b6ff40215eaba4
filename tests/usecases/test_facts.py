"""Facts for reports: as of a day, as known then, limited by a filter, with the days people became customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue
from crm_cli.domain.lead import Lead
from crm_cli.reports.facts import LeadFact, Period, Sale
from crm_cli.reports.funnel import funnel
from crm_cli.usecases.facts import facts_as_of
from crm_cli.usecases.qualify import qualify
from tests.desk import NOW, MemoryDesk

MARCH, APRIL, MAY = "2026-03-05T10:00:00Z", "2026-04-10T10:00:00Z", "2026-05-20T10:00:00Z"


@pytest.fixture
def desk() -> MemoryDesk:
    """Ann and Bob, campaign Spring, and L1 of March."""
    desk = MemoryDesk()
    for name in ("Ann", "Bob"):
        desk.add_rep(name, now=MARCH)
    desk.add_campaign("Spring", "Call", "Demo", now=MARCH)
    desk.add_lead("Jane", now=MARCH, rep="R1", channel="web", potential=Decimal("99.90"), tags={"vip": True})
    return desk


def customer(desk: MemoryDesk, lead: str, account: str | None = None, *, on: str) -> str:
    with desk.change(on=on, cmd="lead.qualify") as crm:
        return qualify(crm, crm.leads.get(lead), crm.accounts.get(account) if account else None, None).account.id


def sold(desk: MemoryDesk, account: str, amount: int, *, on: str) -> None:
    """A deal won on that day, as `deal win` does it."""
    with desk.change(on=on, cmd="deal.win") as crm:
        deal = Deal(id=crm.deals.new_id(), name="Bikes", account=account, amount=Decimal(amount), currency="EUR")
        crm.save(crm.accounts.get(account).becomes_customer(crm.at), deal.win(crm.at))


def since(crm: Crm, day: date | None = None) -> dict[str, str]:
    return {account: first.isoformat() for account, first in facts_as_of(crm, day).customer_since.items()}


# --- what there is -----------------------------------------------------------------------------------


def test_a_lead_is_told_as_it_stands(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        crm.save(crm.leads.get("L1").set_campaign(crm.campaigns.get("C1"), crm.day))

    with desk.look() as crm:
        (fact,) = facts_as_of(crm).leads
    assert fact == LeadFact(
        id="L1",
        received=date(2026, 3, 5),
        status="new",
        rep="R1",
        campaign="C1",
        activity="C1.1",
        channel="web",
        potential=Decimal("99.90"),
    )


def test_days_are_those_of_the_zone_of_the_store() -> None:
    tokyo = MemoryDesk(ZoneInfo("Asia/Tokyo"))
    tokyo.add_lead("Jane", now="2026-03-05T15:00:00Z")
    tokyo.add_lead("Joe", now=MAY, on="2026-03-05")
    account = customer(tokyo, "L1", on="2026-04-09T15:00:00Z")
    sold(tokyo, account, 5, on="2026-05-01T14:59:59Z")

    with tokyo.look() as crm:
        facts = facts_as_of(crm)
    assert [lead.received for lead in facts.leads] == [date(2026, 3, 6), date(2026, 3, 5)]
    assert (facts.leads[0].qualified, facts.sales[0].day) == (date(2026, 4, 10), date(2026, 5, 1))


def test_a_sale_is_a_won_deal_with_its_amount_and_currency(desk: MemoryDesk) -> None:
    account = customer(desk, "L1", on="2026-04-10")
    sold(desk, account, 500, on="2026-05-20")
    desk.add(Deal, name="Open", account=account, amount=Decimal(1))

    with desk.look() as crm:
        assert facts_as_of(crm).sales == [
            Sale(deal="D1", account="A1", day=date(2026, 5, 20), amount=Decimal(500), currency="EUR")
        ]
        assert facts_as_of(crm, date(2026, 5, 19)).sales == []


def test_names_are_those_of_now_and_say_what_is_out_of_use(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        spring = crm.campaigns.get("C1")
        spring = spring.rename_activity(spring.find_activity("Call"), "Ring")
        crm.save(spring.retire_activity(spring.find_activity("Demo")), crm.reps.get("R2").deactivate())

    with desk.look() as crm:
        facts = facts_as_of(crm, date(2026, 3, 31))
    assert facts.names == {
        "R1": "Ann",
        "R2": "Bob (inactive)",
        "C1": "Spring",
        "C1.1": "Ring",
        "C1.2": "Demo (retired)",
    }
    assert facts.order == {"C1.1": 1, "C1.2": 2}


# --- as of a day -------------------------------------------------------------------------------------


def test_as_of_a_day_a_lead_is_what_it_was_at_its_end(desk: MemoryDesk) -> None:
    with desk.change(APRIL) as crm:
        crm.save(crm.leads.get("L1").assign(crm.reps.get("R2")))

    with desk.look() as crm:
        reps = [[lead.rep for lead in facts_as_of(crm, date(2026, month, day)).leads] for month, day in DAYS]
    assert reps == [[], ["R1"], ["R1"], ["R2"]]


DAYS = [(3, 4), (3, 5), (4, 9), (4, 10)]


def test_a_day_to_come_is_refused_by_the_clock_of_the_store() -> None:
    desk = MemoryDesk(ZoneInfo("Asia/Tokyo"))
    desk.add_lead("Jane", now=MARCH)

    with desk.look("2026-11-20T15:00:00Z") as crm:
        assert facts_as_of(crm, date(2026, 11, 21)).leads
        with pytest.raises(BadValue, match="2026-11-22 is in the future"):
            facts_as_of(crm, date(2026, 11, 22))


def test_what_is_dated_ahead_of_the_clock_is_left_out_today() -> None:
    desk = MemoryDesk()
    desk.add_lead("Jane", now=MARCH)
    desk.add_lead("Joe", now=MAY)

    with desk.look(APRIL) as crm:
        assert [lead.id for lead in facts_as_of(crm).leads] == ["L1"]


def test_what_was_recorded_later_is_left_out_when_asked_by_what_was_known(desk: MemoryDesk) -> None:
    desk.add_lead("Joe", now=MAY, on="2026-03-05")

    with desk.look() as crm:
        known = [facts_as_of(crm, date(2026, 3, 31), until).leads for until in (MARCH, APRIL, MAY, NOW)]
    assert [len(leads) for leads in known] == [0, 1, 1, 2]


def test_where_a_clock_went_back_no_change_is_known_before_the_record_itself(desk: MemoryDesk) -> None:
    desk.add_lead("Joe", now=MAY)
    with desk.change(APRIL) as crm:
        crm.save(crm.leads.get("L2").tag(["vip"]))

    with desk.look() as crm:
        assert [lead.id for lead in facts_as_of(crm, date(2026, 5, 31), "2026-05-01").leads] == ["L1"]


# --- limited -----------------------------------------------------------------------------------------


def test_a_filter_is_asked_of_leads_as_they_stood_then(desk: MemoryDesk) -> None:
    with desk.change(APRIL) as crm:
        crm.save(crm.leads.get("L1").tag(remove=["vip"]))

    with desk.look() as crm:
        vip = crm.leads.where("tag=vip")
        assert [len(facts_as_of(crm, day, where=vip).leads) for day in (date(2026, 4, 9), date(2026, 4, 10))] == [1, 0]


def test_a_funnel_limited_to_a_rep_is_the_group_of_that_rep(desk: MemoryDesk) -> None:
    """The sales of an account two leads share belong to the first of all leads, whoever has the others."""
    desk.add_lead("Joe", now=MARCH, rep="R2")
    account = customer(desk, "L1", on="2026-04-10")
    customer(desk, "L2", account, on="2026-04-11")
    sold(desk, account, 500, on="2026-05-20")

    with desk.look() as crm:
        groups = funnel(facts_as_of(crm), Period(), "all", by="rep").groups
        for group in groups:
            alone = facts_as_of(crm, where=crm.leads.where(f"rep={group.key}"))
            assert funnel(alone, Period(), "all").stages == group.stages
    assert [[stage.count for stage in group.stages] for group in groups] == [[1, 1, 1, 0], [1, 1, 0, 0]]


# --- customers ---------------------------------------------------------------------------------------


def test_a_customer_is_one_from_the_day_it_was_qualified(desk: MemoryDesk) -> None:
    customer(desk, "L1", on="2026-04-10")

    with desk.look() as crm:
        assert since(crm) == since(crm, date(2026, 4, 10)) == {"A1": "2026-04-10"}
        assert since(crm, date(2026, 4, 9)) == {}


@pytest.mark.parametrize("days", [("2026-04-18", "2026-05-03"), ("2026-05-03", "2026-04-18")])
def test_in_whatever_order_sales_are_told_a_customer_is_one_from_the_first_on(
    desk: MemoryDesk, days: tuple[str, str]
) -> None:
    account = desk.add(Account, now=MARCH, name="Acme")
    for day in days:
        sold(desk, account.id, 100, on=day)

    with desk.look() as crm:
        assert since(crm) == {"A1": "2026-04-18"}


def test_a_sale_dated_before_its_own_lead_came_makes_it_no_lead_of_an_existing_customer(desk: MemoryDesk) -> None:
    account = customer(desk, "L1", on="2026-04-10")
    early = Deal(id="D1", name="Bikes", account=account, lead="L1", amount=Decimal(1), currency="EUR")
    with desk.change(on="2026-04-10") as crm:
        crm.save(early.win("2026-03-01T10:00:00Z"))

    with desk.look() as crm:
        assert since(crm) == {"A1": "2026-04-10"}
        assert [stage.count for stage in funnel(facts_as_of(crm), Period()).stages] == [1, 1, 0, 0]


def test_who_only_might_buy_or_was_canceled_is_no_customer(desk: MemoryDesk) -> None:
    desk.add(Account, name="Acme", types={"prospect": True})
    canceled = desk.add(Account, name="Nobody").becomes_customer(NOW).cancel()
    with desk.change() as crm:
        crm.save(canceled)

    with desk.look() as crm:
        assert since(crm) == {}


def test_a_lead_without_a_day_of_receipt_came_when_it_was_written_down(desk: MemoryDesk) -> None:
    desk.add(Lead, now=APRIL, name="Joe")

    with desk.look() as crm:
        assert facts_as_of(crm).leads[-1].received == date(2026, 4, 10)
