"""The life of an event, its reminders, and when it is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue, NotFound, Refused, WrongState
from crm_cli.domain.event import AFTERWARDS, Direction, Event, EventStatus, reminder_codes
from crm_cli.domain.moment import UTC, Clock, instant
from crm_cli.domain.rep import Rep, RepStatus

BERLIN = ZoneInfo("Europe/Berlin")
AT = "2026-11-20T13:00:00Z"
DEMO = Event(id="E7", name="Demo", lead="L12", start=AT)

ANA = Rep(id="R1", name="Ana")
BEFORE = Clock(datetime.fromisoformat("2026-11-19T13:00:00Z"), BERLIN)

# The table of the life of an event: every verb, and for every state where it leads; all else is refused.
VERBS: dict[str, Callable[[Event], Event]] = {
    "done": lambda event: event.done(AT, "wants an offer"),
    "postpone": lambda event: event.postpone("2026-12-01", BEFORE),
    "cancel": lambda event: event.cancel(AT, "is ill"),
    "edit": lambda event: event.edit(name="Demo of the new one"),
    "assign": lambda event: event.assign(ANA),
    "unassign": lambda event: event.unassign(),
    "edit what came of it": lambda event: event.edit(content="a long talk"),
    "review": lambda event: event.change(direction=Direction.INCOMING).review(),
    "reopen": lambda event: event.reopen(),
    "link": lambda event: event.link("Jim Roe", "P9"),
    "delete": lambda event: event.delete(),
}
NEXT: dict[str, dict[str, str]] = {
    "planned": {
        "done": "completed",
        "cancel": "canceled",
        "delete": "deleted",
        **dict.fromkeys(("postpone", "edit", "assign", "unassign", "edit what came of it", "link"), "planned"),
    },
    "completed": {
        "reopen": "planned",
        "delete": "deleted",
        **dict.fromkeys(("review", "edit what came of it", "link"), "completed"),
    },
    "canceled": {"reopen": "planned", "delete": "deleted", "link": "canceled"},
    "deleted": {},
}


def at(text: str) -> Clock:
    """A clock in Berlin that shows this instant."""
    return Clock(datetime.fromisoformat(text).astimezone(UTC), BERLIN)


def after(**time: float) -> Clock:
    """A clock in Berlin so long after the start of the demo."""
    return Clock(datetime.fromisoformat(AT) + timedelta(**time), BERLIN)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", EventStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: EventStatus, verb: str) -> None:
    event = DEMO.change(status=status, participant_names={"Jim Roe": 1})
    if verb in NEXT[status]:
        assert VERBS[verb](event).status == NEXT[status][verb]
    else:
        with pytest.raises(WrongState, match=f"E7 is {status}") as refusal:
            VERBS[verb](event)
        assert "crm event" in str(refusal.value.hint)


# --- what an event needs -----------------------------------------------------------------------------


def test_an_event_needs_a_subject() -> None:
    with pytest.raises(BadValue, match="needs a subject"):
        DEMO.change(name=" ").checked()


@pytest.mark.parametrize("refs", [{"lead": None}, {"account": "A7"}, {"lead": None, "deal": "D5", "claim": "CL2"}])
def test_an_event_is_about_one_thing(refs: dict[str, str | None]) -> None:
    with pytest.raises(BadValue, match="about one thing"):
        DEMO.change(**refs).checked()


@pytest.mark.parametrize("kind", ["lead", "account", "contact", "deal", "claim"])
def test_an_event_may_be_about_any_of_these(kind: str) -> None:
    assert DEMO.change(**{"lead": None, kind: "X1"}).checked().about == ["X1"]


@pytest.mark.parametrize("end", [AT, "2026-11-20T13:30:00Z", "2026-11-20", "2026-11-21", None])
def test_an_event_may_end_then(end: str | None) -> None:
    assert DEMO.change(end=end).checked().end == end


@pytest.mark.parametrize(
    ("start", "end"), [(AT, "2026-11-20T12:59:59Z"), (AT, "2026-11-19"), ("2026-11-20", "2026-11-19")]
)
def test_an_event_does_not_end_before_it_starts(start: str, end: str) -> None:
    with pytest.raises(BadValue, match="before it starts"):
        DEMO.change(start=start, end=end).checked()


@pytest.mark.parametrize("score", [0, 6, -1])
def test_satisfaction_is_on_a_scale_from_1_to_5(score: int) -> None:
    with pytest.raises(BadValue, match="not on the scale"):
        DEMO.done(AT, None, score)
    assert [DEMO.done(AT, None, good).satisfaction for good in (1, 5)] == [1, 5]


# --- edited ------------------------------------------------------------------------------------------


def test_an_event_that_is_seen_at_an_account_too_can_be_edited() -> None:
    assert DEMO.change(account="A7").edit(place="Room 2").place == "Room 2"


@pytest.mark.parametrize("fields", [{"name": ""}, {"end": "2026-11-19"}, {"start": "2026-11-22", "end": AT}])
def test_an_edited_event_is_still_a_good_one(fields: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        DEMO.edit(**fields)


@pytest.mark.parametrize("field", sorted(AFTERWARDS - {"satisfaction"}))
def test_what_is_known_afterwards_can_be_written_down_before_and_after(field: str) -> None:
    value = getattr(DEMO, field) or "text"

    assert getattr(DEMO.edit(**{field: value}), field) == value
    assert getattr(DEMO.done(AT, None).edit(**{field: value}), field) == value


def test_nobody_is_satisfied_with_what_has_not_taken_place() -> None:
    with pytest.raises(WrongState, match="has not taken place") as refusal:
        DEMO.edit(satisfaction=4)
    assert "crm event done E7" in str(refusal.value.hint)
    assert DEMO.done(AT, None, 2).edit(satisfaction=4).satisfaction == 4


def test_an_edit_of_a_completed_event_is_refused_whole() -> None:
    with pytest.raises(WrongState, match="E7 is completed"):
        DEMO.done(AT, None).edit(content="a long talk", name="Talk")


def test_only_a_rep_on_duty_is_given_an_event() -> None:
    assert DEMO.assign(ANA).rep == "R1"
    assert DEMO.assign(ANA).unassign().rep is None
    with pytest.raises(Refused, match="R1 Ana is inactive"):
        DEMO.assign(ANA.change(status=RepStatus.INACTIVE))


# --- postponed ---------------------------------------------------------------------------------------


def test_every_move_is_counted() -> None:
    moved = DEMO.postpone("2026-12-01", BEFORE).postpone("2026-11-30T10:00:00Z", BEFORE)

    assert (moved.start, moved.postponed_count) == ("2026-11-30T10:00:00Z", 2)


@pytest.mark.parametrize("to", ["2026-11-19T13:00:00Z", "2026-11-19T12:59:59Z", "2026-11-18"])
def test_an_event_is_not_moved_into_the_past(to: str) -> None:
    with pytest.raises(Refused, match="that is past"):
        DEMO.postpone(to, BEFORE)


@pytest.mark.parametrize("to", ["2026-11-19T13:00:01Z", "2026-11-19"])
def test_an_event_may_be_moved_to_later_today(to: str) -> None:
    assert DEMO.postpone(to, BEFORE).start == to


def test_an_event_is_not_moved_to_where_it_is() -> None:
    with pytest.raises(Refused, match="is planned for Fri 2026-11-20 14:00"):
        DEMO.postpone(AT, BEFORE)


def test_an_event_that_is_moved_lasts_as_long_as_before() -> None:
    hour = DEMO.change(end="2026-11-20T14:00:00Z")

    assert hour.postpone("2026-12-01T09:00:00Z", BEFORE).end == "2026-12-01T10:00:00Z"
    assert hour.postpone("2026-12-01", BEFORE).end is None


# --- reviewed ----------------------------------------------------------------------------------------


def test_what_came_in_is_reviewed_once() -> None:
    mail = DEMO.change(direction=Direction.INCOMING).done(AT, None)

    assert (mail.reviewed, mail.review().reviewed) == (False, True)
    with pytest.raises(WrongState, match="reviewed already"):
        mail.review().review()


@pytest.mark.parametrize("event", [DEMO, DEMO.done(AT, None), DEMO.cancel(AT, None)])
def test_what_we_began_is_not_reviewed(event: Event) -> None:
    with pytest.raises(Refused, match="E7 is outgoing"):
        event.review()


# --- taken up again ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", [DEMO.done(AT, "wants an offer", 5), DEMO.cancel(AT, "is ill")])
def test_an_event_that_is_taken_up_again_is_as_it_was_planned(ended: Event) -> None:
    assert ended.reopen() == DEMO


def test_what_came_in_is_to_be_reviewed_again_if_it_comes_again() -> None:
    mail = DEMO.change(direction=Direction.INCOMING).done(AT, None).review().reopen()

    assert not mail.done(AT, None).reviewed


# --- who takes part, and what follows ----------------------------------------------------------------


def test_a_participant_who_is_known_keeps_the_name_that_was_written_down() -> None:
    met = DEMO.change(participant_names={"Jim Roe": 1, "Max": 2}, participants={"R1": 3})
    linked = met.link("jim roe", "P9")

    assert linked.participant_names == met.participant_names
    assert linked.participants == {"R1": 3, "P9": 1}
    assert linked.link("1", "P8").participants == {"R1": 3, "P8": 1}


def test_nobody_takes_part_twice() -> None:
    met = DEMO.change(participant_names={"Jim Roe": 1}, participants={"P9": 2})

    with pytest.raises(Refused, match="P9 takes part in E7 already"):
        met.link("Jim Roe", "P9")
    with pytest.raises(NotFound):
        met.link("Max", "P8")


def test_the_theme_of_a_chain_is_its_first_event() -> None:
    assert (DEMO.theme, DEMO.change(parent="E5", thread="E3").theme) == ("E7", "E3")


# --- done and canceled -------------------------------------------------------------------------------


def test_what_came_of_it_is_kept_and_an_earlier_word_stays() -> None:
    done = DEMO.done(AT, "wants an offer")

    assert (done.done_at, done.result) == (AT, "wants an offer")
    assert DEMO.change(result="was there").done(AT, None).result == "was there"


def test_a_canceled_event_says_when_and_why() -> None:
    canceled = DEMO.cancel(AT, "is ill")

    assert (canceled.canceled_at, canceled.cancel_reason) == (AT, "is ill")


def test_an_event_that_we_began_reaches_the_lead() -> None:
    assert DEMO.is_ours
    assert not DEMO.change(direction=Direction.INCOMING).is_ours


# --- reminders ---------------------------------------------------------------------------------------


def test_reminders_are_durations_before_the_start_each_once() -> None:
    assert reminder_codes(["1D, 15m", "1h", " 15m "]) == {"1d": True, "15m": True, "1h": True}
    assert reminder_codes([]) == reminder_codes(["", ","]) == {}
    with pytest.raises(BadValue, match="not a length of time"):
        reminder_codes(["1d", "soon"])


def test_without_reminders_one_is_reminded_at_the_start() -> None:
    assert DEMO.reminders(after()) == [AT]
    assert DEMO.change(start="2026-11-20").reminders(after()) == ["2026-11-19T23:00:00Z"]


def test_reminders_come_earliest_first() -> None:
    reminded = DEMO.change(remind=reminder_codes(["15m,1w,1h"])).reminders(after())

    assert reminded == ["2026-11-13T13:00:00Z", "2026-11-20T12:00:00Z", "2026-11-20T12:45:00Z"]


@pytest.mark.parametrize(
    ("start", "before", "reminded"),
    [
        ("2026-03-29T12:00:00Z", "1d", "2026-03-28T13:00:00Z"),  # 14:00 on the day before the clocks go forward
        ("2026-10-25T13:00:00Z", "1d", "2026-10-24T12:00:00Z"),  # 14:00 on the day before they go back
        ("2026-03-29T01:30:00Z", "1h", "2026-03-29T00:30:00Z"),  # 03:30, and 02:30 is skipped
        ("2026-10-25T01:30:00Z", "90min", "2026-10-25T00:00:00Z"),  # 02:30 for the second time
    ],
)
def test_a_day_before_is_the_same_time_and_an_hour_before_sixty_minutes(start: str, before: str, reminded: str) -> None:
    assert DEMO.change(start=start, remind=reminder_codes([before])).reminders(after()) == [reminded]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 365 * 24), st.integers(1, 5000))
def test_minutes_before_are_minutes_on_any_day_of_the_year(hour: int, minutes: int) -> None:
    begins = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    event = DEMO.change(start=instant(begins), remind=reminder_codes([f"{minutes}m"]))

    if minutes % (24 * 60):
        assert event.reminders(after()) == [instant(begins - timedelta(minutes=minutes))]


# --- due and overdue ---------------------------------------------------------------------------------


def test_an_event_is_overdue_when_it_is_over_and_still_planned() -> None:
    assert [DEMO.is_overdue(after(seconds=seconds)) for seconds in (-1, 0, 1)] == [False, True, True]
    hour = DEMO.change(end="2026-11-20T14:00:00Z")
    assert [hour.is_overdue(after(minutes=minutes)) for minutes in (0, 59, 60)] == [False, False, True]


def test_an_event_for_a_whole_day_is_overdue_when_the_day_is() -> None:
    whole = DEMO.change(start="2026-11-20")

    assert [whole.is_overdue(at(text)) for text in ("2026-11-20T22:59:59Z", "2026-11-20T23:00:00Z")] == [False, True]


def test_an_event_is_due_from_its_first_reminder_on_or_so_long_before() -> None:
    reminded = DEMO.change(remind=reminder_codes(["1h,15m"]))

    assert [reminded.is_due(after(minutes=minutes)) for minutes in (-61, -60, 0, 999)] == [False, True, True, True]
    assert [reminded.is_due(after(minutes=-90), timedelta(minutes=ahead)) for ahead in (29, 30)] == [False, True]


@pytest.mark.parametrize("status", [EventStatus.COMPLETED, EventStatus.CANCELED])
def test_what_is_not_planned_any_more_is_neither_due_nor_overdue(status: EventStatus) -> None:
    past = DEMO.change(status=status)

    assert not past.is_due(after(days=1))
    assert not past.is_overdue(after(days=1))
