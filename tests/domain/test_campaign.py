"""Campaigns: their window, their end, and activities that keep their ids whatever happens to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused, WrongState
from crm_cli.domain.rep import Rep

AT = "2026-11-20T10:00:00Z"
EMPTY = Campaign(id="C3", name="Spring")


def campaign(*steps: str) -> Campaign:
    found = EMPTY
    for step in steps:
        found, _ = found.add_activity(step)
    return found


def names(found: Campaign, *, retired: bool = False) -> list[str]:
    return [one.name for one in found.in_order(retired=retired)]


SPRING = campaign("Call", "Demo", "Offer")


# --- name, window, end -------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"name": "None"}, {"code": "none"}, {"name": "@last"}, {"name": "-"}])
def test_a_word_that_means_something_else_is_no_name_of_a_campaign(fields: dict[str, str]) -> None:
    with pytest.raises(BadValue, match="no campaign can be called"):
        EMPTY.edit(**fields)


def test_whoever_comes_on_another_day_is_told_which_end_to_move() -> None:
    window = EMPTY.edit(start="2026-11-10", end="2026-11-20")
    for day, option in (("2026-11-01", "--start"), ("2026-12-01", "--end")):
        with pytest.raises(Refused) as refusal:
            window.must_take_leads_on(day)
        assert refusal.value.hint == f"change it: crm campaign edit C3 {option} {day}"


def test_an_activity_that_cannot_be_called_so_is_refused_without_an_id_that_may_not_be_there() -> None:
    for name in ("call", " "):
        with pytest.raises((Refused, BadValue)) as refusal:
            SPRING.add_activity(name)
        assert "C3" not in f"{refusal.value.message} {refusal.value.hint}"


def test_a_campaign_needs_a_name_and_an_end_behind_its_start() -> None:
    with pytest.raises(BadValue, match="needs a name"):
        EMPTY.edit(name=" ")
    with pytest.raises(BadValue, match="cannot end on 2026-11-01"):
        EMPTY.edit(start="2026-11-02", end="2026-11-01")
    assert EMPTY.edit(start="2026-11-01", end="2026-11-01").end == "2026-11-01"


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (None, None, {"1999-01-01": True, "2099-01-01": True}),
        ("2026-11-10", None, {"2026-11-09": False, "2026-11-10": True, "2099-01-01": True}),
        (None, "2026-11-20", {"1999-01-01": True, "2026-11-20": True, "2026-11-21": False}),
        ("2026-11-10", "2026-11-10", {"2026-11-09": False, "2026-11-10": True, "2026-11-11": False}),
    ],
)
def test_both_ends_of_the_window_belong_to_it(start: str | None, end: str | None, days: dict[str, bool]) -> None:
    found = EMPTY.edit(start=start, end=end)
    for day, takes in days.items():
        if takes:
            found.must_take_leads_on(day)
        else:
            with pytest.raises(Refused, match=f"not on {day}"):
                found.must_take_leads_on(day)


def test_a_closed_campaign_takes_leads_of_the_days_before_its_end_only() -> None:
    closed = SPRING.close(AT[:10])

    closed.must_take_leads_on("2026-11-19")
    for day in ("2026-11-20", "2026-11-21"):
        with pytest.raises(Refused, match="C3 Spring is closed"):
            closed.must_take_leads_on(day)


def test_a_closed_campaign_is_not_changed() -> None:
    closed, call = SPRING.close(AT[:10]), SPRING.find_activity("Call")

    for change in (
        lambda: closed.edit(name="Summer"),
        lambda: closed.close(AT[:10]),
        lambda: closed.add_activity("Party"),
        lambda: closed.rename_activity(call, "Ring"),
        lambda: closed.move_activity(call, None),
        lambda: closed.retire_activity(call),
        lambda: closed.unretire_activity(call),
        lambda: closed.assign_activity(call, None),
    ):
        with pytest.raises(WrongState, match="C3 is closed"):
            change()


def test_a_closed_campaign_that_is_reopened_takes_leads_again() -> None:
    assert SPRING.close(AT[:10]).reopen() == SPRING
    with pytest.raises(WrongState, match="C3 is active, not closed"):
        SPRING.reopen()


@pytest.mark.parametrize(
    "fields",
    [
        {"budget": Decimal(-1)},
        {"cost": Decimal("-0.01")},
        {"target_conversion": Decimal("1.01")},
        {"target_conversion": Decimal(-1)},
        {"code": "C7"},
        {"code": "12"},
    ],
)
def test_figures_that_cannot_be_and_a_code_like_an_id_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        SPRING.edit(**fields)


def test_a_campaign_may_cost_nothing_and_aim_at_everybody() -> None:
    free = SPRING.edit(budget=Decimal(0), cost=Decimal(0), target_conversion=Decimal(1), code="SPR27")

    assert (free.budget, free.target_conversion) == (Decimal(0), Decimal(1))


# --- activities --------------------------------------------------------------------------------------


def test_activities_stand_in_the_order_in_which_they_were_added_or_where_they_were_put() -> None:
    found, mail = SPRING.add_activity(" Mail ", before=SPRING.find_activity("Demo"))

    assert names(found) == ["Call", "Mail", "Demo", "Offer"]
    assert (found.activity_id(mail), found.first_activity()) == ("C3.4", found.find_activity("Call"))


def test_a_campaign_without_activities_has_no_first_one() -> None:
    assert EMPTY.first_activity() is None
    assert EMPTY.activity_after(None) is None


@pytest.mark.parametrize("text", ["C3.2", "c3.2", "2", "demo", " DEMO "])
def test_an_activity_is_found_by_id_number_and_name(text: str) -> None:
    assert SPRING.find_activity(text).name == "Demo"


def test_an_activity_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(NotFound, match=r"C3 Spring has no activity 'C4\.2'") as refusal:
        SPRING.find_activity("C4.2")
    assert refusal.value.hint == "its activities: Call, Demo, Offer"


@pytest.mark.parametrize("name", ["", "  ", "call", " CALL "])
def test_an_activity_needs_a_name_of_its_own(name: str) -> None:
    for change in (lambda: SPRING.add_activity(name), lambda: SPRING.rename_activity(SPRING.in_order()[1], name)):
        with pytest.raises((BadValue, Refused)):
            change()


def test_an_activity_is_renamed_under_the_same_id() -> None:
    found = SPRING.rename_activity(SPRING.find_activity("Demo"), "demo")

    assert names(found) == ["Call", "demo", "Offer"]
    assert found.activity_id(found.find_activity("demo")) == "C3.2"


def test_an_activity_is_moved_before_another_or_to_the_end() -> None:
    demo, call = SPRING.find_activity("Demo"), SPRING.find_activity("Call")

    assert names(SPRING.move_activity(demo, call)) == ["Demo", "Call", "Offer"]
    assert names(SPRING.move_activity(demo, None)) == ["Call", "Offer", "Demo"]
    with pytest.raises(BadValue, match="before itself"):
        SPRING.move_activity(demo, demo)


def test_a_retired_activity_stays_where_it_stood_and_its_name_is_free() -> None:
    found = SPRING.retire_activity(SPRING.find_activity("Demo"))
    again, new = found.add_activity("Demo")

    assert (names(found), names(found, retired=True)) == (["Call", "Offer"], ["Call", "Demo", "Offer"])
    assert again.find_activity("Demo") == new
    with pytest.raises(Refused, match="retired already"):
        found.retire_activity(found.find_activity("Demo"))


def test_a_retired_activity_that_is_renamed_or_moved_stays_retired() -> None:
    found = SPRING.retire_activity(SPRING.find_activity("Demo"))
    renamed = found.rename_activity(found.find_activity("Demo"), "Show")

    assert renamed.find_activity("Show").retired
    assert names(renamed.move_activity(renamed.find_activity("Show"), None), retired=True) == ["Call", "Offer", "Show"]
    assert names(renamed) == ["Call", "Offer"]


def test_a_retired_activity_is_taken_up_again_where_it_stood_unless_its_name_is_taken() -> None:
    retired = SPRING.retire_activity(SPRING.find_activity("Demo"))
    demo = retired.find_activity("Demo")

    assert retired.unretire_activity(demo) == SPRING
    with pytest.raises(WrongState, match="Demo is not retired"):
        SPRING.unretire_activity(SPRING.find_activity("Demo"))
    taken, _ = retired.add_activity("demo")
    with pytest.raises(Refused, match="has an activity 'Demo' already"):
        taken.unretire_activity(demo)


def test_of_two_with_one_name_the_retired_one_is_found_where_it_is_meant() -> None:
    demo = SPRING.find_activity("Demo")
    found = SPRING.retire_activity(demo).rename_activity(SPRING.find_activity("Call"), "Demo")

    assert (found.find_activity("demo").number, found.find_activity("demo", retired=True).number) == (1, 2)
    assert SPRING.find_activity("Demo", retired=True) == demo


def test_an_activity_is_in_the_hands_of_a_rep_on_duty_or_of_nobody() -> None:
    demo, ana = SPRING.find_activity("Demo"), Rep(id="R1", name="Ana")
    given = SPRING.assign_activity(demo, ana)

    assert (given.responsible(demo), given.responsible(given.find_activity("Call"))) == ("R1", None)
    assert given.assign_activity(demo, None) == SPRING
    with pytest.raises(Refused, match="R1 Ana is inactive"):
        SPRING.assign_activity(demo, ana.deactivate())


def test_of_several_retired_ones_with_one_name_none_is_meant() -> None:
    found = SPRING
    for _ in range(2):
        found = found.retire_activity(found.find_activity("Call"))
        found, _new = found.add_activity("Call")
    found = found.retire_activity(found.find_activity("Call"))

    with pytest.raises(Ambiguous, match="several activities called 'Call'"):
        found.find_activity("Call")


def test_the_next_activity_is_the_one_behind_that_is_not_retired() -> None:
    found = SPRING.retire_activity(SPRING.find_activity("Demo"))
    following = [found.activity_after(current) for current in (None, "C3.1", "C3.2", "C3.3", "C4.1")]

    assert [one.name if one else None for one in following] == ["Call", "Offer", "Offer", None, "Call"]


moves = st.lists(st.tuples(st.sampled_from(["add", "move", "rename", "retire"]), st.integers(0, 5), st.integers(0, 5)))


@settings(max_examples=60, deadline=None)
@given(moves)
def test_whatever_is_done_to_them_activities_stand_as_in_a_plain_list(done: list[tuple[str, int, int]]) -> None:
    found, plain = EMPTY, list[Activity]()
    for step, (what, one, other) in enumerate(done):
        found, plain = _both(found, plain, (what, one, other), f"Step {step}")

    assert [(a.number, a.name, a.retired) for a in found.in_order(retired=True)] == [
        (a.number, a.name, a.retired) for a in plain
    ]
    assert sorted(a.number for a in plain) == list(range(1, len(plain) + 1))


def _both(
    found: Campaign, plain: list[Activity], done: tuple[str, int, int], name: str
) -> tuple[Campaign, list[Activity]]:
    """One step on the campaign and the same on a list; what cannot be done is left out."""
    what, one, other = done
    place = next((a for a in found.activities.values() if a.number == other), None)
    listed = [a for a in plain if a.number != one]
    index = next((i for i, a in enumerate(listed if what == "move" else plain) if a.number == other), None)
    if what == "add":
        found, new = found.add_activity(name, place)
        plain = list(plain)
        plain.insert(len(plain) if index is None else index, new)
        return found, plain
    chosen = next((a for a in found.activities.values() if a.number == one), None)
    if chosen is None or (what == "move" and one == other) or (what == "retire" and chosen.retired):
        return found, plain
    if what == "move":
        listed.insert(len(listed) if index is None else index, chosen)
        return found.move_activity(chosen, place), listed
    found = found.rename_activity(chosen, name) if what == "rename" else found.retire_activity(chosen)
    changed = found.activities[str(one)]
    return found, [changed if a.number == one else a for a in plain]
