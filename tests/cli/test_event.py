"""Events: planned, recorded, done and canceled; what they do to the lead they are about."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def jane(crm: Typed) -> Typed:
    """A lead with a rep, that came at the beginning of the month."""
    crm.ok("rep add Ana --handle ana --now 2026-10-01")
    crm.ok("lead add 'Jane Doe' --rep ana --on 2026-11-01")
    return crm


def status(crm: Typed, ref: str = "L1") -> str:
    return str(crm.json(f"lead show {ref}")["status"])


# --- planned -------------------------------------------------------------------------------------


def test_an_event_is_planned_and_the_day_is_said_with_its_weekday(jane: Typed) -> None:
    seen = jane.ok("event add Demo --lead L1 --at 'fri 14:00' --end 'fri 15:00' --kind meeting --remind 1h,1d")
    for expected in ("E1 Demo", "Fri 2026-11-27 14:00", "1d, 1h"):
        assert expected in seen.out
    one = jane.json("event show E1")
    assert (one["start"], one["end"]) == ("2026-11-27T14:00:00Z", "2026-11-27T15:00:00Z")
    assert (one["kind"], one["status"], one["lead"], one["remind"]) == ("meeting", "planned", "L1", ["1d", "1h"])
    assert one["rep_name"] == "Ana"


def test_an_event_on_a_day_stays_a_day(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at +2w --tag VIP --set room=7")
    one = jane.json("event show E1")
    assert (one["start"], one["tags"], one["custom"]) == ("2026-12-05", ["vip"], {"room": "7"})


@pytest.mark.parametrize("kind", ["account", "contact", "deal", "claim"])
def test_an_event_may_be_about_anything_one_deals_with(crm: Typed, kind: str) -> None:
    crm.ok("account add Acme")
    crm.ok("contact add Max --account A1")
    crm.ok("deal add Bikes --account A1")
    crm.ok("claim add Broken --account A1")
    ref = {"account": "A1", "contact": "P1", "deal": "D1", "claim": "CL1"}[kind]
    crm.ok(f"event add Call --{kind} {ref} --at +1d")
    crm.ok(f"event log Talk --{kind} {ref}")
    assert [one[kind] for one in crm.json("event list")] == [ref, ref]
    assert [one["id"] for one in crm.json(f"{kind} show {ref}")["events"]] == ["E1", "E2"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--at +1d", 2),
        ("--lead L1 --account A1 --at +1d", 3),
        ("--lead L1", 2),
        ("--lead L1 --at someday", 2),
        ("--lead L1 --at 3d", 2),
        ("--lead L1 --at 'fri 14:00' --end 'fri 13:00'", 2),
        ("--lead L1 --at +1d --kind fax", 2),
        ("--lead L1 --at +1d --remind soon", 2),
        ("--lead L9 --at +1d", 3),
        ("--lead L1 --at +1d --rep zoe", 3),
    ],
)
def test_a_plan_must_be_about_one_thing_at_a_time_that_can_be(jane: Typed, options: str, code: int) -> None:
    before = jane.bytes()
    seen = jane(f"event add Call {options}")
    assert (seen.code, seen.out) == (code, "")
    assert jane.bytes() == before


def test_a_plan_alone_does_not_count_as_contact(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at +1d")
    assert status(jane) == "new"


# --- recorded ------------------------------------------------------------------------------------


def test_an_event_that_took_place_contacts_a_new_lead(jane: Typed) -> None:
    jane.ok("event log Called --lead L1 --at '2026-11-03 15:00' --result 'wants an offer'")
    one, lead = jane.json("event show E1"), jane.json("lead show L1")
    assert (one["status"], one["start"], one["result"]) == ("completed", "2026-11-03T15:00:00Z", "wants an offer")
    assert (lead["status"], lead["contacted_at"]) == ("contacted", "2026-11-03T15:00:00Z")
    assert lead["history"][0]["op"] == one["history"][0]["op"]


def test_an_incoming_message_does_not(jane: Typed) -> None:
    jane.ok("event log 'Asked for a price' --lead L1 --kind mail --direction incoming")
    assert status(jane) == "new"
    assert jane.json("event show E1")["direction"] == "incoming"


def test_a_second_event_leaves_the_first_contact_as_it_was(jane: Typed) -> None:
    jane.ok("event log Called --lead L1 --at 2026-11-03")
    jane.ok("event log Again --lead L1 --at 2026-11-05")
    assert jane.json("lead show L1")["contacted_at"][:10] == "2026-11-03"


def test_what_took_place_did_so_before_now_and_after_the_lead_came(jane: Typed) -> None:
    assert jane("event log Called --lead L1 --at tomorrow").code == 2
    assert jane("event log Called --lead L1 --at 2026-10-31").code == 4
    assert jane("event log Called --lead L1 --direction sideways").code == 2
    assert jane.json("event list") == []


def test_tags_of_a_recorded_event_are_spelled_as_everywhere(jane: Typed) -> None:
    jane.ok("event log Called --lead L1 --tag VIP --set room=7")
    one = jane.json("event show E1")
    assert (one["tags"], one["custom"]) == (["vip"], {"room": "7"})
    assert jane("event log Called --lead L1 --tag 'a,b'").code == 2


# --- done and canceled ---------------------------------------------------------------------------


def test_a_planned_event_is_done_and_contacts_the_lead(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at 2026-11-02 --now 2026-11-01T08:00Z")
    seen = jane.ok("event done E1 --result 'sent offer' --on '2026-11-02 11:00'")
    assert "sent offer" in seen.out
    one = jane.json("event show E1")
    assert (one["status"], one["done_at"], one["result"]) == ("completed", "2026-11-02T11:00:00Z", "sent offer")
    assert status(jane) == "contacted"


def test_what_follows_is_planned_in_the_same_breath(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at +1d --kind message")
    done = jane.json("event done E1 --next 'Call back' --next-at +3d")
    assert {one["id"] for one in done["records"]} == {"E1", "E2", "L1"}
    following = jane.json("event show E2")
    assert (following["name"], following["start"], following["kind"]) == ("Call back", "2026-11-24", "message")
    assert (following["lead"], following["rep"], following["status"]) == ("L1", "R1", "planned")


def test_a_next_event_needs_a_subject_and_a_time(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at +1d")
    assert jane("event done E1 --next 'Call back'").code == jane("event done E1 --next-at +3d").code == 2
    assert jane.json("event show E1")["status"] == "planned"


def test_a_canceled_event_says_why(jane: Typed) -> None:
    jane.ok("event add Call --lead L1 --at +1d")
    assert "planned → canceled" in jane.ok("event cancel E1 --reason 'is ill'").out
    one = jane.json("event show E1")
    assert (one["status"], one["cancel_reason"], one["canceled_at"]) == ("canceled", "is ill", "2026-11-21T17:30:00Z")
    assert status(jane) == "new"


@pytest.mark.parametrize("end", ["done", "cancel"])
def test_an_event_that_is_over_is_over(jane: Typed, end: str) -> None:
    jane.ok("event add Call --lead L1 --at +1d")
    jane.ok(f"event {end} E1")
    before = jane.bytes()
    for again in ("done", "cancel"):
        seen = jane(f"event {again} E1 --json")
        assert (seen.code, seen.error["code"]) == (4, "wrong_state")
        assert "crm event add" in seen.error["hint"]
    assert jane.bytes() == before


# --- lists ---------------------------------------------------------------------------------------


def test_due_events_are_listed_by_time_the_overdue_ones_first(jane: Typed) -> None:
    jane.ok("event add Later --lead L1 --at '2026-11-21 20:00'")
    jane.ok("event add Earlier --lead L1 --at '2026-11-20 09:00'")
    jane.ok("event add 'All day' --lead L1 --at today")
    jane.ok("event add Tomorrow --lead L1 --at tomorrow")
    jane.ok("event add Gone --lead L1 --at 2026-11-19")
    jane.ok("event cancel E5")
    assert [one["name"] for one in jane.json("event list --due overdue")] == ["Earlier"]
    assert [one["name"] for one in jane.json("event list --due today,overdue")] == ["Earlier", "All day", "Later"]
    assert jane("event list --due sometime").code == 2


def test_events_are_listed_by_what_they_are_about(jane: Typed) -> None:
    jane.ok("lead add 'John Roe'")
    jane.ok("event add Call --lead L1 --at +1d")
    jane.ok("event add Visit --lead L2 --at +1d")
    jane.ok("event done E1")
    assert [one["id"] for one in jane.json("event list --lead 'Jane Doe'")] == ["E1"]
    assert [one["id"] for one in jane.json("event list --status planned")] == ["E2"]
    assert [one["id"] for one in jane.json("event list --rep ana")] == ["E1"]
