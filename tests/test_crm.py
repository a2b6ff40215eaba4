"""One command's view of the desk: finding, saving all or nothing, the rules of the house."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import Ambiguous, BadValue, Conflict, NotFound, Refused, WrongState
from crm_cli.domain.event import Event
from crm_cli.domain.history import Change, Fields, Operation
from crm_cli.domain.ids import number_of
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import UTC, Clock
from crm_cli.domain.record import Record
from crm_cli.house import zone_of
from crm_cli.looking import Who
from crm_cli.store.tiny import TinyStore
from tests.desk import NOW, MemoryDesk
from tests.typed import Typed

MARCH, APRIL, MAY = "2026-03-05T10:00:00Z", "2026-04-10T10:00:00Z", "2026-05-20T10:00:00Z"
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


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


# --- what was taken back ---------------------------------------------------------------------------


@pytest.fixture
def taken_back(desk: MemoryDesk) -> MemoryDesk:
    """A canceled account, contact and deal, and the account that was made again."""
    emails = ("joe@acme.example",)
    desk.add(Account, name="Acme", status="canceled", emails=emails)
    desk.add(Contact, name="Joe", status="canceled", emails=emails)
    desk.add(Account, name="Acme", emails=emails)
    desk.add(Deal, name="Bikes", account="A2", status="canceled")
    return desk


@pytest.mark.parametrize(
    "new",
    [
        Deal(id="D2", name="Bikes", account="A1"),
        Deal(id="D2", name="Bikes", account="A2", contact="P1"),
        Contact(id="P2", name="Jane", account="A1"),
        Event(id="E1", name="Call", start="2026-11-30", deal="D1"),
    ],
)
def test_nothing_new_is_put_together_with_what_was_taken_back(taken_back: MemoryDesk, new: Record) -> None:
    before = taken_back.store.log

    with taken_back.change() as crm, pytest.raises(Refused, match="is canceled"):
        crm.save(new)
    assert taken_back.store.log == before


def test_what_is_gone_stands_back_where_another_answers_too(taken_back: MemoryDesk) -> None:
    with taken_back.look() as crm:
        assert [crm.accounts.find(text).id for text in ("Acme", "joe@acme.example", "A1")] == ["A2", "A2", "A1"]
        assert crm.contacts.find("Joe").id == "P1"


def test_what_was_taken_back_is_no_duplicate(taken_back: MemoryDesk) -> None:
    with taken_back.look() as crm:
        assert [one.id for one in crm.alike(Contact(id="P2", name="Joe", emails=("joe@acme.example",)))] == ["A2"]


# --- finding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["L1", "l1", "1", " L1 ", "JANE+crm@acme.example", "Jane Doe", "jane doe", 'name:"Jane Doe"', "name:JANE DOE"],
)
def test_a_lead_is_found_by_all_that_people_call_it(desk: MemoryDesk, jane: Lead, text: str) -> None:
    with desk.look() as crm:
        assert crm.leads.find(text) == jane


@pytest.mark.parametrize("text", ["L2", "7", "Jane", "doe jane", "joe@acme.example", "name:", ""])
def test_what_nothing_answers_to_is_not_found(desk: MemoryDesk, jane: Lead, text: str) -> None:
    with desk.look() as crm, pytest.raises(NotFound, match="there is no lead"):
        crm.leads.find(text)


def test_the_id_of_another_kind_is_a_bad_value_that_shows_the_right_letters(desk: MemoryDesk, jane: Lead) -> None:
    with desk.look() as crm, pytest.raises(BadValue) as refusal:
        crm.accounts.find("L1")
    assert "A12" in str(refusal.value.hint)


def test_several_that_answer_are_named_in_the_order_of_their_numbers(desk: MemoryDesk) -> None:
    for _ in range(11):
        desk.add_lead("Jane Doe")

    with desk.look() as crm, pytest.raises(Ambiguous) as refusal:
        crm.leads.find("Jane Doe")
    assert refusal.value.details["candidates"] == [f"L{number}" for number in range(1, 12)]


def test_a_rep_answers_to_handle_and_name_without_regard_to_case_and_accents(desk: MemoryDesk) -> None:
    rep = desk.add_rep("Ána Silva", handle="ana.s")

    with desk.look() as crm:
        assert [crm.reps.find(text) for text in ("ANA.S", "ana silva", "R1")] == [rep] * 3


def test_who_was_renamed_is_no_longer_found_by_the_old_name(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(name="Jane Smith", emails=("smith@acme.example",)))

    with desk.look() as crm:
        assert crm.leads.find("Jane Smith").id == "L1"
        for text in ("Jane Doe", "jane@acme.example"):
            with pytest.raises(NotFound):
                crm.leads.find(text)


def test_a_name_that_looks_like_an_id_is_found_when_it_is_said_to_be_a_name(desk: MemoryDesk) -> None:
    named = desk.add_lead("A7")

    with desk.look() as crm:
        assert crm.leads.find("name:A7") == named


def test_an_activity_is_found_by_id_and_by_a_name_that_only_one_campaign_has(desk: MemoryDesk) -> None:
    desk.add_campaign("Spring", "Call", "Demo")
    desk.add_campaign("Autumn", "Call", "Offer")

    with desk.look() as crm:
        assert [crm.resolve("activity", text) for text in ("c1.2", "demo", "Offer")] == ["C1.2", "C1.2", "C2.2"]
        with pytest.raises(Ambiguous):
            crm.resolve("activity", "Call")
        with pytest.raises(NotFound):
            crm.resolve("activity", "Party")


def test_whatever_points_to_a_record_is_found_from_it(desk: MemoryDesk, jane: Lead) -> None:
    account = desk.add(Account, name="Acme")
    deal = desk.add(Deal, name="Bikes", account=account.id)
    person = desk.add(Contact, name="Jane", account=account.id)

    with desk.look() as crm:
        assert [one.id for one in crm.referring(account.id)] == [person.id, deal.id]
        assert [one.id for one in crm.referring(account.id, "deal")] == [deal.id]
        assert crm.referring(jane.id) == []


def test_names_are_those_of_records_and_of_the_activities_of_campaigns(desk: MemoryDesk, jane: Lead) -> None:
    desk.add_campaign("Spring", "Call")

    with desk.look() as crm:
        names = [crm.name_of(id) for id in ("L1", "C1", "C1.1", "C1.9", "L99", "nobody")]
    assert names == ["Jane Doe", "Spring", "Call", None, None, None]


# --- saving ------------------------------------------------------------------------------------------


def test_everything_a_command_saves_is_one_operation(desk: MemoryDesk) -> None:
    with desk.change(cmd="lead.add") as crm:
        first = Lead(id=crm.leads.new_id(), name="One")
        crm.save(first)
        crm.save(Lead(id=crm.leads.new_id(), name="Two"), first.tag(["vip"]))

    with desk.look() as crm:
        assert [entry.cmd for entry in crm.snapshot.operation(1)] == ["lead.add"] * 5
        assert [lead.name for lead in crm.leads.all()] == ["One", "Two"]
    assert desk.lead("L1").tags == {"vip": True}


def test_a_command_that_changes_nothing_is_no_operation(desk: MemoryDesk, jane: Lead) -> None:
    before = desk.store.log

    with desk.change() as crm:
        crm.save(jane, jane.edit(name="Jane Doe"))
        assert crm.commit("lead.edit") is None
    assert desk.store.log == before


def test_two_records_are_saved_together_or_not_at_all(desk: MemoryDesk, jane: Lead) -> None:
    other = desk.add_lead("Joe")
    before = desk.store.log

    def both() -> None:
        with desk.change() as crm:
            crm.save(other.edit(city="Berlin"))
            crm.save(jane.contacted(crm.at))

    with pytest.raises(WrongState):
        both()
    assert desk.store.log == before
    assert desk.lead(other.id) == other


def test_what_was_saved_tells_each_record_once_as_it_was_and_as_it_is(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(city="Berlin"))
        crm.save(crm.leads.get("L1").tag(["vip"]))
        new = Lead(id=crm.leads.new_id(), name="Joe")
        crm.save(new)

        after = crm.leads.get("L1")
        assert (after.city, after.tags) == ("Berlin", {"vip": True})
        told = {id: (one.before, one.after) for id, one in crm.saved.items()}
        assert told == {"L1": (jane, after), "L2": (None, crm.leads.get("L2"))}


def test_only_what_differs_is_written_and_people_apart_from_facts(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.edit(city="Berlin", channel="web", potential=None).set_custom({"industry": "SaaS"}))

    with desk.look() as crm:
        entry = crm.history("L1")[-1]
    assert entry.facts == {"channel": [None, "web"], "potential": ["100", None]}
    assert entry.personal == {"city": [None, "Berlin"], "custom.industry": [None, "SaaS"]}


def test_a_change_of_what_somebody_else_has_changed_meanwhile_is_a_conflict(desk: MemoryDesk, jane: Lead) -> None:
    stale = Change(kind="lead", number=1, at=NOW, facts={"status": ["new", "qualified"]})

    with desk.change() as crm, pytest.raises(Conflict):
        crm.transaction.apply(stale)


def test_what_a_newer_program_wrote_is_kept_when_a_record_is_edited(desk: MemoryDesk, jane: Lead) -> None:
    with desk.store.change() as transaction:
        facts: Fields = {"shoe_size": [None, 44], "hobbies.chess": [None, True]}
        transaction.apply(Change(kind="lead", number=1, at=MAY, facts=facts))
        transaction.commit(Operation(cmd="lead.shoe", by="newer", recorded=MAY))

    with desk.change() as crm:
        crm.save(crm.leads.get("L1").edit(city="Berlin"))

    with desk.look() as crm:
        doc = crm.snapshot.get("lead", 1)
        assert doc is not None
        assert (doc["shoe_size"], doc["hobbies"], doc["city"]) == (44, {"chess": True}, "Berlin")
        assert set(crm.history("L1")[-1].fields) == {"city"}


def test_a_note_is_kept_under_the_operation_that_wrote_it(desk: MemoryDesk, jane: Lead) -> None:
    with desk.change() as crm:
        crm.save(jane.note(*crm.note("  wants a demo ")))
        assert crm.commit("lead.note") is not None
        written = crm.written

    assert written is not None
    note = desk.lead("L1").notes[str(written.tx)]
    assert (note.text, note.by, note.at) == ("wants a demo", "sam", NOW)


# --- the rules of the house ------------------------------------------------------------------------------


def test_a_setting_is_its_default_until_it_is_set(desk: MemoryDesk) -> None:
    with desk.change(cmd="config.set") as crm:
        assert crm.settings()["currency"] == ("EUR", "default")
        crm.set("currency", "USD")
        assert crm.setting("currency") == "USD"

    with desk.look() as crm:
        assert crm.settings()["currency"] == ("USD", "store")
        assert crm.settings()["country"] == ("", "default")


def test_a_setting_has_a_history(desk: MemoryDesk) -> None:
    for currency in ("USD", "GBP", "GBP"):
        with desk.change(cmd="config.set") as crm:
            crm.set("currency", currency)

    with desk.look() as crm:
        changes = [entry.facts["value"] for entry in crm.history("ST1")]
    assert changes == [[None, "USD"], ["USD", "GBP"]]


def test_a_list_that_was_emptied_stays_empty(desk: MemoryDesk) -> None:
    for value in (["2026-12-25"], []):
        with desk.change(cmd="config.set") as crm:
            crm.set("holidays", value)
            crm.set("channels", value)

    with desk.look() as crm:
        assert (crm.setting("holidays"), crm.setting("channels")) == ([], [])


def test_an_unknown_setting_is_refused_with_the_known_ones(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        with pytest.raises(BadValue) as refusal:
            crm.set("timezones", "UTC")
        with pytest.raises(BadValue):
            crm.setting("timezones")
    assert "timezone" in refusal.value.details["allowed"]


def test_the_zone_of_the_store_is_utc_until_it_is_set(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        assert zone_of(crm.snapshot).key == "UTC"
    with desk.change() as crm:
        crm.set("currency", "USD")
        crm.set("timezone", "Asia/Tokyo")
    with desk.look() as crm:
        assert zone_of(crm.snapshot) == TOKYO


def test_a_new_store_keeps_its_first_settings_with_the_first_thing_that_is_done(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        crm.found(timezone="Europe/Berlin")
    assert not desk.store.exists()

    with desk.change(cmd="lead.add") as crm:
        crm.found(timezone="Europe/Berlin")
        crm.save(Lead(id=crm.leads.new_id(), name="Jane"))
        assert list(crm.saved) == ["L1"]
    with desk.look() as crm:
        assert (zone_of(crm.snapshot), len(crm.snapshot.operation(1))) == (BERLIN, 4)


def test_a_store_that_comes_into_being_takes_the_zone_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = Typed(tmp_path / "crm", monkeypatch)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    typed.ok("lead add Jane")

    monkeypatch.setenv("TZ", "UTC")
    with TinyStore(typed.folder).read() as snapshot:
        assert zone_of(snapshot) == TOKYO


def test_people_may_read_times_in_a_zone_of_their_own_while_days_stay_those_of_the_store(desk: MemoryDesk) -> None:
    clock = Clock(datetime(2026, 11, 20, 20, 0, tzinfo=UTC), BERLIN)
    said = msgspec.structs.replace(clock, zone=TOKYO)

    with desk.store.read() as snapshot:
        crm = Crm(snapshot, clock, Who(), said=said)
    assert (crm.day, crm.said.today.isoformat(), crm.clock.today.isoformat()) == (
        "2026-11-20",
        "2026-11-21",
        "2026-11-20",
    )


def test_numbers_go_on_counting_and_are_those_of_the_ids(desk: MemoryDesk) -> None:
    ids = [desk.add_lead(f"Lead {number}").id for number in range(3)]

    assert ids == ["L1", "L2", "L3"]
    assert [number_of(id) for id in ids] == [1, 2, 3]
