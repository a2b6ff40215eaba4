"""Events: planned, recorded, edited, listed and shown; who takes part, and the chains they make."""

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


def test_what_took_place_has_ended_by_now(jane: Typed) -> None:
    assert jane("event log Called --lead L1 --at '2026-11-21 17:00' --end '2026-11-21 17:31'").code == 2
    assert jane("event log Fair --lead L1 --at 2026-11-20 --end 2026-11-22").code == 2
    assert jane("event log Called --lead L1 --at '2026-11-21 17:00' --end '2026-11-21 16:59'").code == 2
    jane.ok("event log Called --lead L1 --at '2026-11-21 17:00' --end '2026-11-21 17:30'")
    jane.ok("event log Fair --lead L1 --at 2026-11-20 --end today")


# --- particulars ---------------------------------------------------------------------------------


def test_an_event_holds_what_is_to_be_said_with_what_where_and_how_much_hangs_on_it(jane: Typed) -> None:
    line = "--content 'the new model' --purpose inform --material brochure --material 'price list' --place 'Room 2'"
    jane.ok(f"event add Demo --lead L1 --at +1d {line} --priority high --direction incoming")
    one = jane.json("event show E1")
    assert (one["content"], one["purpose"], one["place"]) == ("the new model", "inform", "Room 2")
    assert (one["material"], one["priority"], one["direction"]) == (["brochure", "price list"], "high", "incoming")
    assert jane("event add Demo --lead L1 --at +1d --priority urgent").code == 2


def test_a_planned_event_is_edited_and_says_what_changed(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at 'fri 14:00' --remind 1h --place 'Room 1'")
    seen = jane.ok(
        "event edit E1 --subject Visit --at 'fri 15:00' --kind meeting --remind 1d --unset place --set room=7"
    )
    for expected in ("name Demo → Visit", "start 2026-11-27 14:00 → 2026-11-27 15:00", "place Room 1 → –"):
        assert expected in seen.out
    one = jane.json("event show E1")
    assert (one["name"], one["kind"], one["remind"], one["custom"]) == ("Visit", "meeting", ["1d"], {"room": "7"})
    assert (one["start"], one["place"], one["postponed_count"]) == ("2026-11-27T15:00:00Z", None, 0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--subject ''", 2),
        ("--end 2026-11-20", 2),
        ("--kind fax", 2),
        ("--unset name", 2),
        ("--unset lead", 2),
        ("--remind soon", 2),
        ("--satisfaction 4", 4),
        ("--participant P9", 3),
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(jane: Typed, options: str, code: int) -> None:
    jane.ok("event add Demo --lead L1 --at +1d")
    before = jane.bytes()
    assert jane(f"event edit E1 {options}").code == code
    assert jane.bytes() == before


def test_what_is_known_afterwards_is_written_down_afterwards(jane: Typed) -> None:
    jane.ok("event log Talk --lead L1 --material leaflet")
    jane.ok("event edit E1 --content 'a long talk' --result 'wants an offer' --satisfaction 4 --unset material")
    one = jane.json("event show E1")
    assert (one["content"], one["result"], one["satisfaction"], one["material"]) == (
        "a long talk",
        "wants an offer",
        4,
        [],
    )
    refused = jane("event edit E1 --content x --subject Visit --json")
    assert (refused.code, refused.error["message"]) == (4, "E1 is completed")
    assert "crm event reopen E1" in refused.error["hint"]


def test_reminders_and_participants_are_emptied(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at +1d --remind 1h --participant Jim --participant R1")
    jane.ok("event edit E1 --unset remind --unset participants")
    one = jane.json("event show E1")
    assert (one["remind"], one["participants"]) == ([], [])


def test_a_later_end_stays_with_its_start_when_an_earlier_move_is_told_late(jane: Typed) -> None:
    jane.ok("event add Demo --lead L1 --at '2026-11-10 14:00' --end '2026-11-10 15:00' --now 2026-11-01T12:00")
    jane.ok("event edit E1 --end '2026-11-10 16:00' --now 2026-11-05")
    jane.ok("event postpone E1 --to '2026-12-01 10:00' --on 2026-11-03")
    one = jane.json("event show E1")
    assert (one["start"], one["end"], one["postponed_count"]) == ("2026-11-10T14:00:00Z", "2026-11-10T16:00:00Z", 1)


# --- who takes part ------------------------------------------------------------------------------


@pytest.fixture
def met(jane: Typed) -> Typed:
    """A meeting with somebody unknown, a contact (P1) and a rep."""
    jane.ok("contact add 'Eve Nord' --email eve@nord.example")
    jane.ok(
        "event add Demo --lead L1 --at '2026-11-27 14:00' --participant 'Jim Roe' --participant p1 --participant R1"
    )
    return jane


def test_participants_are_kept_as_text_or_as_reference(met: Typed) -> None:
    assert met.json("event show E1")["participants"] == [
        {"number": 1, "name": "Jim Roe", "text": "Jim Roe", "ref": None},
        {"number": 2, "name": "Eve Nord", "text": None, "ref": "P1"},
        {"number": 3, "name": "Ana", "text": None, "ref": "R1"},
    ]
    assert "Jim Roe, Eve Nord (P1), Ana (R1)" in met.ok("event show E1").out


def test_a_contact_is_shown_with_the_events_it_takes_part_in(met: Typed) -> None:
    assert [one["id"] for one in met.json("contact show P1")["events"]] == ["E1"]


def test_a_contact_that_takes_part_is_not_deleted(met: Typed) -> None:
    refused = met("contact delete P1 --yes --json")
    assert (refused.code, refused.error["details"]["needed_by"]) == (4, ["E1"])
    met.ok("event edit E1 --participant 'Jim Roe'")
    met.ok("contact delete P1 --yes")


def test_who_was_deleted_takes_part_in_nothing_new(met: Typed) -> None:
    met.ok("contact add Gone")
    met.ok("contact delete P2 --yes")
    before = met.bytes()
    refused = met("event add Call --lead L1 --at +1d --participant P2 --json")
    assert (refused.code, "crm contact restore P2" in refused.error["hint"]) == (4, True)
    assert met.bytes() == before


def test_an_event_comes_back_only_after_those_who_take_part(met: Typed) -> None:
    met.ok("event delete E1 --yes")
    met.ok("contact delete P1 --yes")
    assert "crm contact restore P1" in met("event restore E1").err
    met.ok("contact restore P1")
    met.ok("event restore E1")


@pytest.mark.parametrize("who", ["L1", "E7", "C3", "12", "' '"])
def test_only_a_name_a_contact_or_a_rep_takes_part(met: Typed, who: str) -> None:
    assert met(f"event edit E1 --participant {who}").code == 2


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


@pytest.fixture
def many(jane: Typed) -> Typed:
    """Events on several days around the Saturday it is, of several kinds."""
    jane.ok("account add Acme")
    jane.ok("contact add 'Eve Nord' --account A1 --email eve@nord.example")
    jane.ok("event add Running --lead L1 --at '2026-11-21 17:00' --end '2026-11-21 18:00' --participant 'Jim Roe'")
    jane.ok("event add Over --lead L1 --at '2026-11-21 16:00' --end '2026-11-21 17:00'")
    jane.ok("event add Fair --account A1 --at 2026-11-20 --end 2026-11-22 --kind meeting --participant P1")
    jane.ok("event add Sunday --account A1 --at 2026-11-22 --participant 'Eve Nord'")
    jane.ok("event add Monday --account A1 --at 2026-11-23")
    jane.ok("event log Asked --account A1 --kind mail --direction incoming --at '2026-11-19 09:00'")
    return jane


def listed(crm: Typed, options: str) -> list[str]:
    return [one["name"] for one in crm.json(f"event list {options}")]


@pytest.mark.parametrize(
    ("due", "names"),
    [
        ("overdue", ["Over"]),
        ("today", ["Fair", "Over", "Running"]),
        ("week", ["Fair", "Over", "Running", "Sunday"]),
        ("overdue,today", ["Fair", "Over", "Running"]),
        ("WEEK, overdue", ["Fair", "Over", "Running", "Sunday"]),
    ],
)
def test_due_means_over_and_touching_today_or_the_rest_of_the_week(many: Typed, due: str, names: list[str]) -> None:
    assert listed(many, f"--due '{due}'") == names


@pytest.mark.parametrize("due", ["tomorrow", ",", " "])
def test_due_is_one_of_a_few_words(many: Typed, due: str) -> None:
    seen = many(f"event list --due '{due}' --json")
    assert (seen.code, "overdue, today, week" in seen.error["hint"]) == (2, True)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--kind meeting", ["Fair"]),
        ("--kind mail,meeting --account A1", ["Fair", "Asked"]),
        ("--since 2026-11-22 --until 2026-11-22", ["Sunday"]),
        ("--since '2026-11-21 16:00' --until '2026-11-21 16:59'", ["Over"]),
        ("--until yesterday", ["Asked", "Fair"]),
        ("--participant P1", ["Fair"]),
        ("--participant eve@nord.example", ["Fair"]),
        ("--participant 'eve nord'", ["Fair", "Sunday"]),
        ("--participant jim", ["Running"]),
        ("--participant nobody", []),
        ("--where participant=P1", ["Fair"]),
        ("--where 'participants!=none'", ["Fair"]),
        ("--unreviewed", ["Asked"]),
    ],
)
def test_events_are_found_by_what_they_are(many: Typed, options: str, names: list[str]) -> None:
    assert listed(many, options) == names


def test_a_day_ends_where_people_say_it_does(many: Typed) -> None:
    many.ok("event add Late --lead L1 --at 2026-11-24T02:00Z")
    assert listed(many, "--since 2026-11-23 --until 2026-11-23") == ["Monday"]
    assert listed(many, "--since 2026-11-23 --until 2026-11-23 --tz America/New_York") == ["Monday", "Late"]


def test_scripts_are_told_what_is_overdue(many: Typed) -> None:
    assert {one["name"] for one in many.json("event list") if one["overdue"]} == {"Over"}
    assert many.json("event show E2")["overdue"] is True
    assert many.json("event show E1")["overdue"] is False


def test_the_lists_by_other_things_say_so_when_they_are_not_there(many: Typed) -> None:
    assert many("event list --participant P9").code == 3
    assert many("event list --thread E99").code == 3
    assert many("event list --contact nobody").code == 3


# --- chains --------------------------------------------------------------------------------------


@pytest.fixture
def chain(jane: Typed) -> Typed:
    """A demo (E1), a mail after it (E2), their answer to that (E3), and another call (E4)."""
    jane.ok("event log Demo --lead L1 --at 2026-11-03 --kind meeting")
    jane.ok("event follow-up E1 'Send the offer' --at 2026-11-25 --kind mail")
    jane.ok("event log 'They ask back' --follows E2 --direction incoming --kind mail --at 2026-11-20")
    jane.ok("event add 'Another call' --lead L1 --at +1d")
    return jane


def test_the_first_event_of_a_chain_is_its_theme(chain: Typed) -> None:
    found = {one["id"]: (one["parent"], one["thread"], one["thread_name"]) for one in chain.json("event list")}
    assert found == {
        "E1": (None, None, None),
        "E2": ("E1", "E1", "Demo"),
        "E3": ("E2", "E1", "Demo"),
        "E4": (None, None, None),
    }
    assert chain.json("event show E3")["lead"] == "L1"


@pytest.mark.parametrize("event", ["E1", "E2", "E3"])
def test_a_chain_is_listed_by_any_of_its_events(chain: Typed, event: str) -> None:
    assert listed(chain, f"--thread {event}") == ["Demo", "They ask back", "Send the offer"]


def test_an_event_is_shown_with_the_rest_of_its_chain(chain: Typed) -> None:
    assert [one["id"] for one in chain.json("event show E2")["events"]] == ["E1", "E3"]
    shown = chain.ok("event show E2").out.partition("Thread\n")[2]
    assert shown.index("Demo") < shown.index("They ask back")
    assert "Another call" not in shown
    assert "Thread" not in chain.ok("event show E4").out


def test_an_event_that_others_follow_is_not_deleted(chain: Typed) -> None:
    refused = chain("event delete E1 --yes --json")
    assert (refused.code, refused.error["details"]["needed_by"]) == (4, ["E2", "E3"])
    for event in ("E3", "E2", "E1"):
        chain.ok(f"event delete {event} --yes")
