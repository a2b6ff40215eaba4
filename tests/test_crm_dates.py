"""Commands with a date: the state they are judged on, where their changes lie, and clocks that stand behind."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.errors import Ambiguous, BadValue, Refused, WrongState
from crm_cli.domain.event import Event
from crm_cli.domain.lead import Lead, LeadStatus, Rating
from tests.desk import NOW, MemoryDesk

MARCH, APRIL, MAY = "2026-03-05T10:00:00Z", "2026-04-10T10:00:00Z", "2026-05-20T10:00:00Z"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk()


@pytest.fixture
def jane(desk: MemoryDesk) -> Lead:
    """L1, there since March, contacted in May."""
    desk.add_lead("Jane Doe", now=MARCH, emails=("jane@acme.example",), potential=Decimal(100))
    with desk.change(MAY) as crm:
        crm.save(crm.leads.get("L1").contacted(crm.at))
    return desk.lead("L1")


# --- the clock stands behind ---------------------------------------------------------------------------


def test_when_the_clock_stands_behind_the_last_change_its_time_is_taken_and_said(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change(APRIL) as crm:
        crm.save(jane.edit(city="Berlin"))
        assert [warning for warning in crm.warnings if "L1" in warning and MAY in warning] == crm.warnings

    with desk.look() as crm:
        assert (crm.history("L1")[-1].at, crm.history("L1")[-1].recorded) == (MAY, APRIL)
    assert desk.lead("L1").updated_at == MAY


def test_a_clock_that_goes_right_is_not_spoken_of(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(city="Berlin"))
        assert crm.warnings == []


# --- dating back ---------------------------------------------------------------------------------------


def test_with_a_date_the_record_is_found_as_it_was_then(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(name="Jane Smith", potential=Decimal(900)).rate(Rating.HOT))

    with desk.change(on="2026-04-10") as crm:
        then = crm.leads.get("L1")
    assert (then.name, then.status, then.rating) == ("Jane Doe", LeadStatus.NEW, None)
    assert then.potential == 100


def test_a_day_means_everything_up_to_its_end_and_an_instant_everything_with_it(desk: MemoryDesk, jane: Lead) -> None:
    states = []
    for on in ("2026-05-19", "2026-05-20", "2026-05-20T09:59:59Z", MAY):
        with desk.change(on=on) as crm:
            states.append(crm.leads.get("L1").status)
    assert states == ["new", "contacted", "new", "contacted"]


def test_a_change_dated_back_lies_where_it_belongs_and_later_values_stay_on_top(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(potential=Decimal(900)))
    with desk.change(on="2026-04-10") as crm:
        crm.save(crm.leads.get("L1").edit(potential=Decimal(500), city="Berlin"))

    now = desk.lead("L1")
    assert (now.city, now.status, now.updated_at) == ("Berlin", LeadStatus.CONTACTED, NOW)
    assert now.potential == 900
    with desk.change(on="2026-04-11") as crm:
        assert crm.leads.get("L1").potential == 500


def test_a_past_day_is_its_start_and_today_is_now(desk: MemoryDesk) -> None:
    berlin = MemoryDesk(BERLIN)
    days = {"2026-04-10": "2026-04-09T22:00:00Z", APRIL: APRIL, "2026-11-20": NOW}
    for on, at in days.items():
        with berlin.change(on=on) as crm:
            assert (crm.at, crm.day) == (at, on[:10])


def test_a_change_on_the_day_of_another_comes_after_it(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change(on="2026-05-20") as crm:
        crm.save(crm.leads.get("L1").edit(city="Berlin"))
        assert crm.warnings == []

    with desk.look() as crm:
        assert crm.history("L1")[-1].at == MAY


def test_a_verb_is_judged_on_the_state_of_its_date(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.disqualify("lost", crm.at))

    with desk.change(on="2026-06-01") as crm:
        crm.save(crm.leads.get("L1").rate(Rating.HOT))
    with desk.change(on="2026-04-01") as crm, pytest.raises(WrongState):
        crm.leads.get("L1").reopen()

    assert (desk.lead("L1").status, desk.lead("L1").rating) == (LeadStatus.DISQUALIFIED, Rating.HOT)


def test_statuses_that_make_no_legal_order_are_refused_and_nothing_is_kept(desk: MemoryDesk, jane: Lead) -> None:
    before = desk.store.log

    with pytest.raises(Refused, match="L1 was disqualified before it became contacted"):  # noqa: SIM117
        with desk.change(on="2026-04-10") as crm:
            crm.save(crm.leads.get("L1").disqualify("lost", crm.at))
    assert desk.store.log == before


def test_a_first_contact_dated_before_another_is_a_legal_order(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change(on="2026-04-10") as crm:
        crm.save(crm.leads.get("L1").contacted(crm.at))

    assert desk.lead("L1").status is LeadStatus.CONTACTED
    with desk.change(on="2026-04-10") as crm:
        assert crm.leads.get("L1").status is LeadStatus.CONTACTED


def test_a_first_contact_told_late_is_the_first_all_the_same(desk: MemoryDesk, jane: Lead) -> None:
    for on in ("2026-04-10", "2026-04-02"):
        with desk.change(on=on) as crm:
            crm.save(crm.leads.get("L1").contacted(crm.at))

    assert desk.lead("L1").contacted_at == "2026-04-02T00:00:00Z"


def test_an_end_and_a_new_start_fit_between_two_changes(desk: MemoryDesk, jane: Lead) -> None:
    for on, verb in (("2026-06-01", "end"), ("2026-06-10", "reopen")):
        with desk.change(on=on) as crm:
            lead = crm.leads.get("L1")
            crm.save(lead.disqualify("lost", crm.at) if verb == "end" else lead.reopen())

    assert (desk.lead("L1").status, desk.lead("L1").reopen_count) == (LeadStatus.CONTACTED, 1)


def test_nothing_about_a_record_is_dated_before_it_came(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change(on="2026-03-04") as crm, pytest.raises(Refused, match="L1 came on Thu 2026-03-05"):
        crm.save(crm.leads.find("Jane Doe").rate(Rating.HOT))


def test_who_came_later_can_be_referred_to_before(desk: MemoryDesk, jane: Lead) -> None:
    rep = desk.add_rep("Eve")
    with desk.change(on="2026-04-10") as crm:
        crm.save(crm.leads.get("L1").assign(crm.reps.find("Eve")))

    assert desk.lead("L1").rep == rep.id


def test_an_event_entered_later_is_changed_from_how_it_came_and_not_from_how_it_is_now(desk: MemoryDesk) -> None:
    desk.add_lead("Jane", now=MARCH)
    desk.add(Event, now=APRIL, name="Call", lead="L1", start="2026-12-01")
    with desk.change(MAY) as crm:
        crm.save(crm.events.get("E1").edit(name="Call back"))

    with desk.change(on="2026-03-20") as crm:
        crm.save(crm.events.get("E1").cancel(crm.at, None))
        assert set(crm.history("E1")[-1].facts) == {"status", "canceled_at"}
    with desk.change(on="2026-04-20") as crm:
        assert (crm.events.get("E1").name, crm.events.get("E1").status) == ("Call", "canceled")


def test_what_is_yet_to_happen_cannot_be_dated(desk: MemoryDesk) -> None:
    for on in ("2026-11-21", "2026-11-20T10:00:01Z"):
        with pytest.raises(BadValue, match="in the future"), desk.change(on=on):
            pass


def test_a_note_dated_back_is_kept_beside_later_ones(desk: MemoryDesk, jane: Lead) -> None:
    for on, text in ((None, "newest"), ("2026-04-10", "older"), ("2026-03-20", "oldest")):
        with desk.change(on=on) as crm:
            crm.save(crm.leads.get("L1").note(*crm.note(text)))

    notes = sorted(desk.lead("L1").notes.values(), key=lambda note: note.at)
    assert [note.text for note in notes] == ["oldest", "older", "newest"]


def test_a_record_dated_back_twice_in_one_command_is_changed_twice(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change(on="2026-04-10") as crm:
        moved = crm.leads.get("L1").edit(city="Berlin")
        crm.save(moved)
        crm.save(moved.tag(["vip"]))

    now = desk.lead("L1")
    assert (now.city, now.tags, now.status) == ("Berlin", {"vip": True}, LeadStatus.CONTACTED)


def test_with_a_date_a_record_answers_to_the_name_of_then_and_of_now(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(name="Jane Smith"))

    with desk.change(on="2026-04-10") as crm:
        assert crm.leads.find("Jane Smith") == crm.leads.find("Jane Doe") == crm.leads.get("L1")


def test_with_a_date_somebody_who_came_later_is_not_confused_with_who_was_there(desk: MemoryDesk, jane: Lead) -> None:
    desk.add_lead("Jane Doe", now=MAY)

    with desk.change(on="2026-04-10") as crm:
        assert crm.leads.find("Jane Doe").id == "L1"
    with desk.look() as crm, pytest.raises(Ambiguous):
        crm.leads.find("Jane Doe")


def test_with_a_date_only_what_pointed_there_then_is_found(desk: MemoryDesk, jane: Lead) -> None:
    early = desk.add(Event, now=MARCH, name="Call", lead="L1", start="2026-06-01")
    desk.add(Event, name="Meeting", lead="L1", start="2026-12-01")
    with desk.change() as crm:
        crm.save(early.done(crm.at, "wants a demo"))

    with desk.change(on="2026-04-10") as crm:
        assert crm.referring("L1", "event") == [early]
