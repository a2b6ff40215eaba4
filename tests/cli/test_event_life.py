"""The life of an event as one types it: every way it can go, and every way it cannot."""

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


@pytest.fixture
def planned(jane: Typed) -> Typed:
    """With a demo (E1) next Friday from two to half past three."""
    jane.ok("event add Demo --lead L1 --at 'fri 14:00' --end 'fri 15:30' --participant 'Jim Roe'")
    return jane


def status(crm: Typed, ref: str = "L1") -> str:
    return str(crm.json(f"lead show {ref}")["status"])


# What brings an event into each state, and every verb that is refused there, with the way out it must name.
STATES = {
    "planned": "event add Mail --lead L1 --at +1d --direction incoming",
    "completed": "event log Mail --lead L1 --direction incoming",
    "canceled": "event cancel E1",
    "deleted": "event delete E1 --yes",
}
LINES = {
    "done": "event done E1",
    "postpone": "event postpone E1 --to +1w",
    "cancel": "event cancel E1",
    "edit": "event edit E1 --subject Visit",
    "assign": "event assign E1 --to ana",
    "unassign": "event unassign E1",
    "review": "event review E1",
    "reopen": "event reopen E1",
    "follow-up": "event follow-up E1 --at +1d",
    "link": "event link E1 --participant Jim --to P1",
}
REFUSED = {
    "planned": {"review": "crm event done E1", "reopen": "crm event postpone E1"},
    "completed": dict.fromkeys(("done", "postpone", "cancel", "edit", "assign", "unassign"), "crm event reopen E1"),
    "canceled": dict.fromkeys(
        ("done", "postpone", "cancel", "edit", "assign", "unassign", "review"), "crm event reopen E1"
    ),
    "deleted": dict.fromkeys(LINES, "crm event restore E1"),
}


@pytest.mark.parametrize(("state", "verb"), [(state, verb) for state, verbs in REFUSED.items() for verb in verbs])
def test_what_cannot_be_done_is_refused_with_the_state_and_the_way_out(jane: Typed, state: str, verb: str) -> None:
    jane.ok("contact add Jim")
    if state in ("canceled", "deleted"):
        jane.ok(STATES["planned"])
    jane.ok(STATES[state])
    before = jane.bytes()

    seen = jane(f"{LINES[verb]} --json")

    assert (seen.code, seen.error["code"], seen.out) == (4, "wrong_state", "")
    assert state in seen.error["message"]
    assert REFUSED[state][verb] in seen.error["hint"]
    assert jane.bytes() == before


# --- done ----------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("verb", ["done", "cancel"])
def test_an_event_is_not_over_before_it_was_entered(planned: Typed, verb: str) -> None:
    before = planned.bytes()
    seen = planned(f"event {verb} E1 --on 2026-11-20 --json")
    assert (seen.code, seen.error["message"]) == (4, "E1 came on Sat 2026-11-21 17:30 +00:00: it cannot be over before")
    assert planned.bytes() == before


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


def test_what_follows_is_not_planned_with_a_lead_that_has_ended(planned: Typed) -> None:
    planned.ok("lead disqualify L1 --reason lost --keep-events")
    before = planned.bytes()
    refused = planned("event done E1 --next Again --next-at +3d --json")
    assert (refused.code, refused.error["message"]) == (4, "L1 Jane Doe is disqualified")
    assert planned.bytes() == before
    planned.ok("event done E1")


def test_several_are_done_in_one_operation_and_each_is_followed(planned: Typed) -> None:
    planned.ok("event add Call --lead L1 --at +1d")
    done = planned.json("event done E1 E2 --result talked --next Again --next-at +3d")
    assert done["changed"] == 5
    assert [(one["id"], one["parent"]) for one in planned.json("event list --status planned")] == [
        ("E3", "E1"),
        ("E4", "E2"),
    ]


def test_satisfaction_goes_from_1_to_5(planned: Typed) -> None:
    for bad in ("0", "6", "high"):
        assert planned(f"event done E1 --satisfaction {bad}").code == 2
    planned.ok("event done E1 --satisfaction 5")
    assert planned.json("event show E1")["satisfaction"] == 5


# --- postponed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "said", "start", "end"),
    [
        ("'2026-12-01 10:00'", "Tue 2026-12-01 10:00 +00:00", "2026-12-01T10:00:00Z", "2026-12-01T11:30:00Z"),
        ("+1w", "Sat 2026-11-28 14:00 +00:00", "2026-11-28T14:00:00Z", "2026-11-28T15:30:00Z"),
        ("2026-11-28", "Sat 2026-11-28 (all day)", "2026-11-28", None),
        ("'today 18:00'", "Sat 2026-11-21 18:00 +00:00", "2026-11-21T18:00:00Z", "2026-11-21T19:30:00Z"),
    ],
)
def test_an_event_is_moved_and_it_is_said_from_when_to_when(
    planned: Typed, to: str, said: str, start: str, end: str | None
) -> None:
    seen = planned.ok(f"event postpone E1 --to {to}")
    assert seen.out == f"Moved E1 Demo: Fri 2026-11-27 14:00 +00:00 → {said}\n"
    one = planned.json("event show E1")
    assert (one["start"], one["end"], one["postponed_count"], one["status"]) == (start, end, 1, "planned")


def test_the_old_start_is_kept_in_history_and_every_move_is_counted(planned: Typed) -> None:
    planned.ok("event postpone E1 --to '2026-12-01 10:00'")
    planned.ok("event postpone E1 --to 2026-12-02")
    assert planned.json("event show E1")["postponed_count"] == 2
    starts = [one["changes"]["start"] for one in planned.json("event history E1") if one["cmd"] == "event.postpone"]
    assert starts == [
        ["2026-11-27T14:00:00Z", "2026-12-01T10:00:00Z"],
        ["2026-12-01T10:00:00Z", "2026-12-02"],
    ]


@pytest.mark.parametrize(("to", "code"), [("yesterday", 4), ("'2026-11-21 17:30'", 4), ("'fri 14:00'", 4), ("1w", 2)])
def test_an_event_is_moved_to_another_time_to_come(planned: Typed, to: str, code: int) -> None:
    before = planned.bytes()
    assert planned(f"event postpone E1 --to {to}").code == code
    assert planned.bytes() == before


def test_a_move_of_a_past_day_is_to_a_time_after_it(planned: Typed) -> None:
    planned.ok("event add Call --lead L1 --at 2026-11-10 --now 2026-11-02T10:00")
    assert planned("event postpone E2 --to 2026-11-11 --on 2026-11-12").code == 4
    planned.ok("event postpone E2 --to 2026-11-13 --on 2026-11-12")
    assert planned.json("event history E2")[-1]["at"] == "2026-11-12T00:00:00Z"


def test_all_that_is_overdue_is_moved_to_monday(planned: Typed) -> None:
    planned.ok("event add Call --lead L1 --at 2026-11-20")
    planned.ok("event add Visit --lead L1 --at '2026-11-21 09:00'")
    ids = planned.ok("event list --due overdue -F ids").out
    planned.ok("event postpone - --to mon", stdin=ids)
    assert [one["start"] for one in planned.json("event list --where 'postponed_count>0'")] == ["2026-11-23"] * 2


# --- reviewed ------------------------------------------------------------------------------------


def test_what_came_in_is_to_be_reviewed_until_somebody_does(jane: Typed) -> None:
    jane.ok("event log Asked --lead L1 --direction incoming --kind mail")
    assert [one["reviewed"] for one in jane.json("event list --unreviewed")] == [False]
    assert jane.ok("event review E1").out == "Reviewed E1 Asked\n"
    one = jane.json("event show E1")
    assert (one["reviewed"], one["status"]) == (True, "completed")
    assert jane.json("event list --unreviewed") == []
    assert "reviewed already" in jane("event review E1").err


def test_what_we_sent_is_not_reviewed(jane: Typed) -> None:
    jane.ok("event log Sent --lead L1 --kind mail")
    refused = jane("event review E1 --json")
    assert (refused.code, refused.error["code"]) == (4, "refused")
    assert "E1 is outgoing" in refused.error["message"]


# --- taken up again ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["done E1 --result talked --satisfaction 5", "cancel E1 --reason 'is ill'"])
def test_an_event_that_ended_is_planned_again_and_what_came_of_it_stays_in_history(planned: Typed, end: str) -> None:
    planned.ok(f"event {end}")
    was = planned.json("event show E1")["status"]
    assert f"E1 Demo: {was} → planned" in planned.ok("event reopen E1 --reason 'was a mistake'").out
    one = planned.json("event show E1")
    emptied = ("result", "satisfaction", "done_at", "canceled_at", "cancel_reason")
    assert (one["status"], [one[name] for name in emptied]) == ("planned", [None] * 5)
    assert one["notes"][0]["text"] == "was a mistake"
    former = planned.json("event history E1")[-2]["changes"]
    assert former["status"] == ["planned", was]
    planned.ok("event done E1 --result 'this time'")


def test_a_lead_that_was_reached_stays_so_when_the_event_is_taken_up_again(planned: Typed) -> None:
    planned.ok("event done E1")
    planned.ok("event reopen E1")
    assert status(planned) == "contacted"


def test_what_was_canceled_with_its_lead_is_planned_again_only_after_it(planned: Typed) -> None:
    planned.ok("lead disqualify L1 --reason lost")
    refused = planned("event reopen E1 --json")
    assert (refused.code, "crm lead reopen L1" in refused.error["hint"]) == (4, True)
    planned.ok("lead reopen L1")
    planned.ok("event reopen E1")


# --- given away ----------------------------------------------------------------------------------


def test_events_are_given_to_a_rep_on_duty_and_taken_away(planned: Typed) -> None:
    planned.ok("rep add Bob --handle bob")
    assert planned.ok("event assign E1 --to bob").out == "Assigned E1 Demo to Bob (was Ana)\n"
    planned.ok("rep deactivate ana")
    before = planned.bytes()
    assert planned("event assign E1 --to ana").code == 4
    assert planned("event add Call --lead L1 --at +1d --rep ana").code == 4
    assert planned("event follow-up E1 --at +1d --rep ana").code == 4
    assert planned.bytes() == before
    planned.ok("event unassign E1")
    assert planned.json("event show E1")["rep"] is None


def test_those_that_are_over_are_left_out_if_one_says_so(planned: Typed) -> None:
    planned.ok("event log Talk --lead L1")
    seen = planned("event unassign E1 E2 --keep-going --json")
    assert (seen.code, [one["ref"] for one in seen.json["left_out"]]) == (6, ["E2"])
    assert [one["id"] for one in planned.json("event list --rep none")] == ["E1"]


# --- followed by others --------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["event show E1", "event done E1", "event cancel E1"])
def test_what_follows_is_about_the_same_with_the_same_people(planned: Typed, before: str) -> None:
    planned.ok(before)
    seen = planned.ok("event follow-up E1 'Send the offer' --at +3d --kind mail --remind 1h --content prices")
    assert seen.out == "Added E2 Send the offer, Tue 2026-11-24, after E1\n"
    one = planned.json("event show E2")
    assert (one["parent"], one["thread"], one["lead"], one["rep"]) == ("E1", "E1", "L1", "R1")
    assert (one["status"], one["kind"], one["content"]) == ("planned", "mail", "prices")
    assert [who["text"] for who in one["participants"]] == ["Jim Roe"]


def test_what_follows_is_called_the_same_unless_it_is_named(planned: Typed) -> None:
    planned.ok("event follow-up E1 --at +3d --participant Max")
    one = planned.json("event show E2")
    assert (one["name"], [who["text"] for who in one["participants"]]) == ("Demo", ["Max"])


def test_what_follows_goes_on_at_the_account_once_the_lead_is_one(planned: Typed) -> None:
    planned.ok("lead qualify L1")
    planned.ok("event follow-up E1 --at +3d")
    one = planned.json("event show E2")
    assert (one["lead"], one["account"]) == (None, "A1")


def test_nothing_follows_with_a_lead_that_has_ended(planned: Typed) -> None:
    planned.ok("lead disqualify L1 --reason lost")
    refused = planned("event follow-up E1 --at +3d --json")
    assert (refused.code, "crm lead reopen L1" in refused.error["hint"]) == (4, True)


# --- who it was ----------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["event show E1", "event done E1", "event cancel E1"])
def test_a_participant_becomes_known_and_the_text_is_kept(planned: Typed, before: str) -> None:
    planned.ok("contact add 'James Roe' --email jim@roe.example")
    planned.ok(before)
    was = planned.json("event show E1")["status"]
    assert planned.ok("event link E1 --to jim@roe.example").out == "Linked E1 Demo: 1 Jim Roe (P1)\n"
    one = planned.json("event show E1")
    assert one["participants"] == [{"number": 1, "name": "James Roe", "text": "Jim Roe", "ref": "P1"}]
    assert one["status"] == was
    assert [found["id"] for found in planned.json("event list --participant P1")] == ["E1"]


def test_a_rep_is_linked_by_handle(planned: Typed) -> None:
    assert planned.ok("event link E1 --to ana").out == "Linked E1 Demo: 1 Jim Roe (R1)\n"
    assert [found["id"] for found in planned.json("event list --participant ana")] == ["E1"]


def test_it_is_said_which_participant_is_meant_where_several_are_unknown(planned: Typed) -> None:
    planned.ok("contact add Max")
    planned.ok("event edit E1 --participant 'Jim Roe' --participant Max")
    seen = planned("event link E1 --to P1 --json")
    assert (seen.code, "1 Jim Roe, 2 Max" in seen.error["hint"]) == (2, True)
    planned.ok("event link E1 --participant 2 --to P1")
    planned.ok("event link E1 --to R1")
    assert [one["ref"] for one in planned.json("event show E1")["participants"]] == ["R1", "P1"]
    assert "P1 takes part in E1 already" in planned("event link E1 --participant 1 --to P1").err


def test_a_participant_is_linked_to_somebody_who_is_there(planned: Typed) -> None:
    assert planned("event link E1 --to P9").code == 3
    assert planned("event link E1 --to nobody").code == 3
    assert planned("event link E1 --to L1").code == 2
    assert planned("event link E1 --participant Max --to R1").code == 3
