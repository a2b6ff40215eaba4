"""The verbs that programs have: what they read, save and refuse is what the commands do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli import Ambiguous, BadValue, Duplicate, Refused, Script, WrongState
from tests.script.conftest import Opener


def test_a_lead_is_registered_as_the_command_does_it(opened: Opener) -> None:
    with opened() as desk:
        desk.reps.add("Ana Silva", handle="ana")
        desk.campaigns.add("Spring", ["Call", "Demo"])
        lead = desk.leads.add(
            " Jane Doe ",
            company="Acme",
            emails=["jane@acme.example", "jane@acme.example"],
            phones="+49 30 23125 100",
            channel="WEB",
            potential=Decimal("1500.50"),
            website=None,
            campaign="spring",
            activity="demo",
            rep="ana",
            rating="hot",
            tags=["VIP"],
            custom={"industry": "SaaS"},
        )
    assert (lead.name, lead.emails, lead.phones) == ("Jane Doe", ("jane@acme.example",), ("+493023125100",))
    assert (lead.channel, lead.potential, lead.campaign, lead.activity) == ("web", Decimal("1500.50"), "C1", "C1.2")
    assert (lead.rep, lead.rating, lead.tags, lead.custom) == ("R1", "hot", {"vip": True}, {"industry": "SaaS"})
    assert lead.received_at == lead.created_at == "2026-11-20T10:00:00Z"


def test_a_lead_that_is_there_is_refused_or_given(opened: Opener) -> None:
    with opened() as desk:
        jane = desk.leads.add("Jane", emails="jane@x.example")
        with pytest.raises(Duplicate) as refused:
            desk.leads.add("J", emails="JANE@x.example")
        assert refused.value.details["candidates"] == ["L1"]
        assert desk.leads.add("J", emails="jane@x.example", if_missing=True) == jane
        assert desk.leads.add("J", emails="jane@x.example", allow_duplicate=True).id == "L2"
        with pytest.raises(Ambiguous):
            desk.leads.find("jane@x.example")


@pytest.mark.parametrize(
    "fields",
    [{"emails": ["nonsense"]}, {"potential": 1.5}, {"potential": -1}, {"channel": "rumour"}, {"rating": "tepid"}],
)
def test_a_value_that_cannot_be_read_is_refused_and_the_block_goes_on(
    opened: Opener, fields: dict[str, object]
) -> None:
    with opened() as desk:
        with pytest.raises(BadValue):
            desk.leads.add("Jane", **fields)  # type: ignore[arg-type]
        desk.leads.add("John")
        assert [one.name for one in desk.leads] == ["John"]


def test_the_life_of_a_lead(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.add("Jane", company="Acme", emails="jane@x.example")
        desk.campaigns.add("Spring", "Call")
        desk.leads.set_campaign(lead, "Spring")
        desk.leads.rate(lead, "warm")
        desk.leads.edit(lead, name="Jane Doe", position="CEO")
        call = desk.events.add("Call", "tomorrow 10:00", lead=lead, remind=["1h"])
        ended = desk.leads.disqualify(lead, "no_budget", note="maybe next year")
        assert (ended.reason, desk.events.get(call.id).status) == ("no_budget", "canceled")
        again = desk.leads.reopen(lead, reason="has a budget now")
        assert (again.status, again.name, again.rating, len(again.notes)) == ("new", "Jane Doe", "warm", 2)
        with pytest.raises(BadValue):
            desk.leads.disqualify(lead, "weather")


def test_a_lead_is_qualified_and_taken_back(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.add("Jane", company="Acme", emails="jane@x.example", potential=900)
        done = desk.leads.qualify(lead, deal=True, currency="EUR")
        assert done.deal is not None
        assert (done.lead.status, done.account.name, done.deal.amount) == ("qualified", "Acme", Decimal(900))
        twin = desk.leads.add("J", emails="jane@x.example", allow_duplicate=True)
        with pytest.raises(Duplicate):
            desk.leads.qualify(twin)
        assert desk.leads.qualify(twin, account=done.account).account.id == done.account.id
        assert desk.leads.unqualify(lead, reason="wrong person").status == "new"
        with pytest.raises(WrongState):
            desk.leads.unqualify(lead)


def test_events_are_planned_logged_and_done(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.add("Jane")
        planned = desk.events.add("Demo", "tomorrow 10:00", lead=lead, kind="meeting", participant="Jim Roe")
        assert (planned.start, planned.kind, dict(planned.participant_names)) == (
            "2026-11-21T10:00:00Z",
            "meeting",
            {"Jim Roe": 1},
        )
        logged = desk.events.log("Call", lead=lead, result="wants a demo", satisfaction=4)
        assert (logged.status, desk.leads.get("L1").status) == ("completed", "contacted")
        assert desk.events.log("Again", follows=logged).thread == logged.id
        assert desk.events.done(planned, result="well").result == "well"
        with pytest.raises(WrongState):
            desk.events.cancel(planned)


def test_deals_are_added_advanced_won_and_lost(opened: Opener) -> None:
    with opened() as desk:
        acme = desk.accounts.add("Acme", types=["supplier"])
        deal = desk.deals.add("Bikes", account=acme, amount="42000", expected="2026-12-31")
        before = deal.stage
        assert desk.deals.advance(deal).stage != before
        assert desk.deals.win(deal, amount=40_000).amount == Decimal(40_000)
        assert desk.warnings
        assert {"customer", "supplier"} == set(desk.accounts.get(acme.id).types)
        lost = desk.deals.lose(desk.deals.add("Chairs", account="Acme"), "competitor", competitor="Velo AG")
        assert (lost.status, lost.reason) == ("lost", "competitor")


def test_claims_are_registered_started_and_resolved(opened: Opener) -> None:
    with opened() as desk:
        acme = desk.accounts.add("Acme")
        desk.reps.add("Ana", handle="ana")
        claim = desk.claims.add(
            "Broken", account=acme, rep="ana", division="Assembly", causes="transport", priority="high"
        )
        assert (claim.priority, claim.causes, claim.due) == ("high", {"transport": True}, "2026-11-23")
        desk.claims.start(claim)
        assert desk.claims.resolve(claim, "satisfied", "replaced").status == "satisfied"


def furnished(desk: Script) -> None:
    desk.reps.add("Ana", handle="ana")
    desk.campaigns.add("Spring", "Call", code="s27", budget=5000)
    desk.accounts.add("Acme", emails="info@acme.example", city="Berlin")
    desk.contacts.add("Eve", account="Acme", emails="eve@acme.example")


def test_what_must_stand_for_one_is_not_given_twice(opened: Opener) -> None:
    with opened() as desk:
        furnished(desk)
        with pytest.raises(Refused):
            desk.reps.add("Anna", handle="ANA")
        with pytest.raises(Refused):
            desk.campaigns.add("S27")
        with pytest.raises(Duplicate):
            desk.accounts.add("ACME", emails="info@acme.example")
        with pytest.raises(Duplicate):
            desk.contacts.add("Eva", emails="eve@acme.example")


def test_every_kind_is_noted_on_tagged_deleted_and_restored(opened: Opener) -> None:
    with opened() as desk:
        furnished(desk)
        eve = desk.contacts.get("P1")
        assert set(desk.contacts.tag(eve, "vip", "fair").tags) == {"vip", "fair"}
        assert set(desk.contacts.tag("P1", remove="fair").tags) == {"vip"}
        assert desk.contacts.delete(eve).is_deleted
        assert desk.contacts.restore(eve).status == "active"
        assert [note.text for note in desk.contacts.note(eve, "called").notes.values()] == ["called"]
        with pytest.raises(Refused):
            desk.accounts.delete("A1")
