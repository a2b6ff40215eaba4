"""Campaigns: started, changed and closed; their activities in order; the days on which they take leads."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


def order(crm: Typed, ref: str = "C1") -> list[str]:
    return [one["name"] for one in crm.json(f"campaign show {ref}")["activities"] if not one["retired"]]


def test_a_campaign_starts_with_its_activities_in_order(crm: Typed) -> None:
    crm.ok("campaign add 'Spring 27' -a Call -a Demo -a Offer --start 2027-03-01 --end 2027-04-30 --set budget=5000")
    one = crm.json("campaign show 'spring 27'")
    assert (one["id"], one["status"], one["start"], one["end"]) == ("C1", "active", "2027-03-01", "2027-04-30")
    assert [{key: step[key] for key in ("id", "name", "retired", "rep")} for step in one["activities"]] == [
        {"id": f"C1.{number}", "name": name, "retired": False, "rep": None}
        for number, name in enumerate(("Call", "Demo", "Offer"), start=1)
    ]
    assert one["custom"] == {"budget": "5000"}


def test_a_campaign_must_have_a_name_of_its_own_and_end_after_it_starts(crm: Typed) -> None:
    crm.ok("campaign add Spring")
    before = crm.bytes()
    assert crm("campaign add ' SPRING '").code == 4
    assert crm("campaign add ''").code == 2
    assert crm("campaign add Autumn --start 2027-03-02 --end 2027-03-01").code == 2
    assert crm("campaign add Autumn -a Call -a call").code == 4
    assert crm.bytes() == before


def test_days_are_days_and_not_times(crm: Typed) -> None:
    assert crm("campaign add Spring --start '2027-03-01 10:00'").code == 2
    crm.ok("campaign add Spring --start today --end eom")
    one = crm.json("campaign show C1")
    assert (one["start"], one["end"]) == ("2026-11-21", "2026-11-30")


def test_name_and_days_can_be_changed(crm: Typed) -> None:
    crm.ok("campaign add Spring --start 2027-03-01")
    seen = crm.ok("campaign edit C1 --name 'Spring 2027' --end 2027-05-31")
    assert "name Spring → Spring 2027" in seen.out
    assert crm.json("campaign show C1")["end"] == "2027-05-31"
    assert crm("campaign edit C1 --end 2027-02-01").code == 2


def test_a_name_that_another_campaign_has_is_not_taken(crm: Typed) -> None:
    crm.ok("campaign add Spring")
    crm.ok("campaign add Autumn")
    assert crm("campaign edit Autumn --name spring").code == 4
    crm.ok("campaign edit Autumn --name AUTUMN")


def test_campaigns_are_listed_by_status(crm: Typed) -> None:
    crm.ok("campaign add Spring")
    crm.ok("campaign add Autumn")
    crm.ok("campaign close C1")
    assert [one["id"] for one in crm.json("campaign list --status active")] == ["C2"]
    assert [one["status"] for one in crm.json("campaign list")] == ["closed", "active"]


def test_a_closed_campaign_keeps_its_leads_and_takes_no_more(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok("lead add Jane --campaign C1")
    crm.ok("lead add John")
    assert "active → closed" in crm.ok("campaign close C1").out

    assert crm("lead set-campaign L2 C1").code == crm("lead add Max --campaign C1").code == 4
    crm.ok("lead advance L1")
    assert crm.json("lead show L1")["activity_name"] == "Demo"


def test_a_closed_campaign_is_not_changed(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok("campaign close C1")
    before = crm.bytes()
    for verb in ("close C1", "edit C1 --name X", *(f"activity {step}" for step in ("add C1 X", "move C1 Call"))):
        seen = crm(f"campaign {verb} --json")
        assert (seen.code, seen.error["code"]) == (4, "wrong_state"), verb
    assert crm.bytes() == before


def test_several_campaigns_are_closed_and_one_is_reopened(crm: Typed) -> None:
    crm.ok("campaign add Spring --end 2026-10-31")
    crm.ok("campaign add Summer --end 2026-11-01")
    crm.ok("campaign add Autumn")
    assert crm("campaign close --where 'end<today'").code == 5
    assert "Closed C2 Summer (active → closed)" in crm.ok("campaign close --where 'end<today' --yes").out

    assert crm("campaign close C3 C1").code == 4
    assert crm.ok("campaign list --active -F ids").out == "C3\n"
    assert "closed → active" in crm.ok("campaign reopen spring").out
    assert crm.json("campaign show C1")["closed_at"] is None
    assert crm("campaign reopen C1").code == 4


# --- particulars and figures -------------------------------------------------------------------------


def test_everything_said_about_a_campaign_is_kept(crm: Typed) -> None:
    crm.ok(
        "campaign add Spring --code SPR27 --description 'win back' --channel web --budget 5000 --cost 1200.50"
        " --target 12.5% --tag b2b"
    )
    one = crm.json("campaign show spr27")
    assert (one["code"], one["description"], one["channel"], one["tags"]) == ("SPR27", "win back", "web", ["b2b"])
    assert (one["budget"], one["cost"], one["currency"]) == ("5000", "1200.50", "EUR")
    assert one["target_conversion"] == 0.125
    assert [found["id"] for found in crm.json("campaign list --tag b2b --channel web")] == ["C1"]


def test_figures_are_changed_and_taken_away(crm: Typed) -> None:
    crm.ok("campaign add Spring --budget 5000 --currency CHF --start 2026-12-01")
    crm.ok("campaign edit C1 --cost 10 --target 25 --unset start")
    one = crm.json("campaign show C1")
    assert (one["cost"], one["currency"], one["target_conversion"], one["start"]) == ("10", "CHF", 0.25, None)
    crm.ok("campaign edit C1 --unset target_conversion --currency USD")
    one = crm.json("campaign show C1")
    assert (one["target_conversion"], one["currency"]) == (None, "USD")


@pytest.mark.parametrize(
    "said",
    [
        "--budget 5.000,00",
        "--budget -1",
        "--currency CHF",
        "--target 101",
        "--target lots",
        "--channel smoke",
        "--code C7",
        "--unset name",
    ],
)
def test_a_figure_that_cannot_be_read_changes_nothing(crm: Typed, said: str) -> None:
    crm.ok("campaign add Spring")
    before = crm.bytes()
    assert crm(f"campaign edit C1 {said}").code == 2
    assert crm.bytes() == before


def test_a_code_or_name_stands_for_one_campaign(crm: Typed) -> None:
    crm.ok("campaign add Spring --code SPR")
    crm.ok("campaign add Autumn")
    for said in ("--code spr", "--code SPRING", "--name Spr"):
        assert crm(f"campaign edit Autumn {said}").code == 4, said
    assert crm("campaign add SPR").code == 4
    crm.ok("campaign edit Spring --name SPR")


@pytest.fixture
def spring(crm: Typed) -> Typed:
    """C1 with L1 to L4: two open, one qualified, one disqualified; C2 has none."""
    crm.ok("rep add Ana --handle ana")
    crm.ok("campaign add Spring -a Call -a Demo -a Offer --budget 500 --target 50")
    crm.ok("campaign add Empty -a Call")
    for number in range(1, 5):
        crm.ok(f"lead add 'Lead {number}' --campaign Spring --potential {number}.5")
    crm.ok("lead set-activity L1 Demo")
    crm.ok("lead qualify L3")
    crm.ok("lead disqualify L4 --reason lost")
    crm.ok("lead add Gone --campaign Spring")
    crm.ok("lead delete L5 --yes")
    return crm


def test_the_list_counts_the_leads_in_each_campaign(spring: Typed) -> None:
    full, empty = spring.json("campaign list")
    names = ("leads", "open", "qualified", "disqualified", "rate", "potential")
    assert [full[name] for name in names] == [4, 2, 1, 1, 0.25, 4.0]
    assert [empty[name] for name in names] == [0, 0, 0, 0, None, 0]
    assert list(full)[-6:] == list(names)
    lines = spring.ok("campaign list").out.splitlines()
    assert lines[0].split() == [
        "ID",
        "NAME",
        "STATUS",
        "LEADS",
        "OPEN",
        "QUALIFIED",
        "RATE",
        "POTENTIAL",
        "BUDGET",
        "END",
    ]
    assert lines[1].split() == ["C1", "Spring", "active", "4", "2", "1", "25.0", "%", "4.0", "500", "EUR"]


def test_the_list_is_sorted_by_its_figures(spring: Typed) -> None:
    spring.ok("lead add Late --campaign Empty")
    assert spring.ok("campaign list --sort leads -F ids").out == "C2\nC1\n"
    assert spring.ok("campaign list --sort -rate -q").out == "C1\nC2\n"
    assert spring.json("campaign list --sort -leads --fields id,leads") == [
        {"id": "C1", "leads": 4},
        {"id": "C2", "leads": 1},
    ]
    assert spring("campaign list --sort lead").code == 2


def test_figures_are_there_whenever_they_are_shown(spring: Typed) -> None:
    assert [one["leads"] for one in spring.json("campaign list -q")] == [4, 0]
    assert spring.ok("campaign list --fields id,open,name -F csv").out.splitlines()[1] == "C1,2,Spring"
    assert spring.ok("campaign list -q").out == "C1\nC2\n"
    assert spring.json("campaign list --count") == {"count": 2}


def test_the_card_tells_how_far_the_leads_came_activity_by_activity(spring: Typed) -> None:
    spring.ok("event log Call --lead L1")
    spring.ok("event add Demo --lead L2 --at +2d")
    spring.ok("campaign activity assign C1 Demo --to ana")
    spring.ok("campaign activity retire C1 Offer")
    one = spring.json("campaign show C1")
    assert (one["leads"], one["rate"], one["planned_events"], one["done_events"]) == (4, 0.25, 1, 1)
    assert [(step["name"], step["leads"], step["rep_name"]) for step in one["activities"]] == [
        ("Call", 3, None),
        ("Demo", 1, "Ana"),
        ("Offer", 0, None),
    ]
    shown = spring.ok("campaign show C1").out
    assert "C1.1  Call: 3 leads, 1 open, potential 2.5, 1 qualified, 1 disqualified" in shown
    assert "C1.2  Demo, with Ana: 1 lead, 1 open, potential 1.5" in shown
    assert "C1.3  Offer, retired: 0 leads, 0 open" in shown
    for line in ("target_conversion  50.0 %", "rate               25.0 %", "budget             500 EUR"):
        assert line in shown


def test_leads_at_no_activity_have_a_line_of_their_own(crm: Typed) -> None:
    crm.ok("campaign add Spring")
    crm.ok("lead add Jane --campaign Spring")
    crm.ok("campaign activity add Spring Call")
    assert "(none): 1 lead, 1 open" in crm.ok("campaign show Spring").out
    assert crm.json("campaign activity list Spring")[0]["leads"] == 0
    assert [one["id"] for one in crm.json("campaign members Spring --activity none")] == ["L1"]


# --- members -----------------------------------------------------------------------------------------


def test_members_are_listed_activity_by_activity(spring: Typed) -> None:
    spring.ok("campaign activity move C1 Demo --before Call")
    members = spring.json("campaign members spring")
    assert [one["id"] for one in members] == ["L1", "L2", "L3", "L4"]
    assert members == sorted(spring.json("lead list"), key=lambda one: one["id"])
    spring.ok("lead set-activity L2 Offer")
    assert spring.ok("campaign members C1 -F ids").out == "L1\nL3\nL4\nL2\n"


def test_members_are_chosen_like_leads_in_any_list(spring: Typed) -> None:
    for asked, found in {
        "--status open": "L2\nL1\n",
        "--activity Demo": "L1\n",
        "--activity C1.2,call --status qualified": "L3\n",
        "--where 'potential>=2' --sort -potential": "L4\nL3\nL2\n",
        "--limit 1": "L2\n",
        "--all --status deleted": "L5\n",
    }.items():
        assert spring.ok(f"campaign members C1 {asked} -F ids").out == found, asked
    assert spring.json("campaign members C1 --count") == {"count": 4}
    assert spring.ok("campaign members Empty").out == ""


def test_members_of_an_activity_or_campaign_that_is_not_there_are_not_found(spring: Typed) -> None:
    assert spring("campaign members C1 --activity Fax").code == 3
    assert spring("campaign members Autumn").code == 3
    assert spring("campaign members C1 --status lost").code == 2


# --- the window ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "code"), [("2026-11-09", 4), ("2026-11-10", 0), ("2026-11-12", 0), ("2026-11-13", 4)])
def test_both_ends_of_the_window_belong_to_it(crm: Typed, day: str, code: int) -> None:
    crm.ok("campaign add Fair --start 2026-11-10 --end 2026-11-12 --now 2026-11-01")
    seen = crm(f"lead add Jane --campaign Fair --on {day} --json")
    assert seen.code == code
    assert code == 0 or "2026-11-10" in seen.error["message"]


def test_the_day_of_the_window_is_the_one_in_the_stores_zone(crm: Typed) -> None:
    crm.ok("init --timezone Europe/Berlin --now 2026-11-01")
    crm.ok("campaign add Fair --end 2026-11-12 --now 2026-11-01")
    assert crm("lead add Jane --campaign Fair --now 2026-11-12T22:30Z").code == 0
    assert crm("lead add John --campaign Fair --now 2026-11-12T23:30Z").code == 4


def test_a_wider_window_lets_the_lead_in(crm: Typed) -> None:
    crm.ok("campaign add Fair --end 2026-11-12")
    assert crm("lead add Jane --campaign Fair").code == 4
    crm.ok("campaign edit Fair --end 2026-11-21")
    crm.ok("lead add Jane --campaign Fair")


# --- activities ----------------------------------------------------------------------------------


def test_an_activity_is_added_last_or_before_another(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Offer")
    crm.ok("campaign activity add C1 Contract")
    crm.ok("campaign activity add C1 Demo --before offer")
    assert order(crm) == ["Call", "Demo", "Offer", "Contract"]
    assert crm.json("campaign show C1")["activities"][1]["id"] == "C1.4"


def test_an_activity_is_moved_before_another_or_to_the_end(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo -a Offer")
    crm.ok("campaign activity move C1 Offer --before C1.1")
    assert order(crm) == ["Offer", "Call", "Demo"]
    crm.ok("campaign activity move C1 Offer")
    assert order(crm) == ["Call", "Demo", "Offer"]
    assert crm("campaign activity move C1 Call --before Call").code == 2


def test_a_renamed_activity_keeps_its_id_and_its_leads(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call")
    crm.ok("lead add Jane --campaign C1")
    crm.ok("campaign activity rename C1 Call 'First call'")
    one = crm.json("lead show L1")
    assert (one["activity"], one["activity_name"]) == ("C1.1", "First call")


def test_a_retired_activity_takes_no_more_leads_and_keeps_those_at_it(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok("lead add Jane --campaign C1")
    crm.ok("campaign activity retire C1 Call")
    crm.ok("lead add John --campaign C1")
    assert [one["activity_name"] for one in crm.json("lead list")] == ["Call", "Demo"]
    assert crm("lead add Max --campaign C1 --activity Call").code == 4
    assert crm("campaign activity retire C1 Call").code == 4


def test_a_name_is_taken_only_once_but_after_retiring_again(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    assert crm("campaign activity add C1 CALL").code == 4
    assert crm("campaign activity rename C1 Demo call").code == 4
    crm.ok("campaign activity retire C1 Call")
    crm.ok("campaign activity add C1 Call")
    assert order(crm) == ["Demo", "Call"]


def test_an_unknown_activity_is_answered_with_those_there_are(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    for verb in ("rename C1 Fax X", "move C1 Fax", "retire C1 Fax", "add C1 X --before Fax"):
        seen = crm(f"campaign activity {verb} --json")
        assert (seen.code, seen.out) == (3, ""), verb
        assert "Call, Demo" in seen.error["hint"]


def test_an_activity_that_was_retired_by_mistake_is_taken_up_again(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok("campaign activity retire C1 Call")
    assert "Call > Demo" in crm.ok("campaign activity unretire C1 Call").out
    crm.ok("lead add Jane --campaign C1")
    assert crm.json("lead show L1")["activity_name"] == "Call"
    assert crm("campaign activity unretire C1 Call").code == 4


def test_a_retired_activity_is_not_taken_up_beside_another_of_its_name(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok("campaign activity retire C1 Demo")
    crm.ok("campaign activity rename C1 Call Demo")
    seen = crm("campaign activity unretire C1 Demo --json")
    assert (seen.code, "has an activity 'Demo' already" in seen.error["message"]) == (4, True)


def test_when_the_last_activity_is_retired_it_is_said(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call")
    seen = crm.ok("campaign activity retire C1 Call")
    assert seen.out == "Retired C1.1 Call: no activity is left to take leads\n"


def test_a_script_is_told_the_new_activity_alone(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call")
    assert crm.ok("campaign activity add C1 Demo -q").out == "C1.2\n"
    assert crm.ok("campaign activity add C1 Offer -F ids").out == "C1\n"


def test_somebody_is_responsible_for_an_activity_until_nobody_is(crm: Typed) -> None:
    crm.ok("rep add 'Ana Silva' --handle ana")
    crm.ok("campaign add Spring -a Call -a Demo")
    assert "C1.2 Demo is with Ana Silva" in crm.ok("campaign activity assign C1 demo --to ana").out
    crm.ok("campaign activity move C1 Demo --before Call")
    listed = crm.json("campaign activity list C1")
    assert [(one["id"], one["rep"], one["rep_name"]) for one in listed] == [
        ("C1.2", "R1", "Ana Silva"),
        ("C1.1", None, None),
    ]
    crm.ok("campaign activity unassign C1 C1.2")
    assert {one["rep"] for one in crm.json("campaign activity list C1")} == {None}


def test_a_rep_who_is_responsible_for_an_activity_is_not_deleted(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("rep add Bob --handle bob")
    crm.ok("campaign add Spring -a Call")
    crm.ok("campaign activity assign C1 Call --to ana")
    seen = crm("rep delete ana --yes --json")
    assert (seen.code, seen.error["details"]["needed_by"]) == (4, ["C1"])
    crm.ok("campaign activity assign C1 Call --to bob")
    crm.ok("rep delete ana --yes")
    assert crm("campaign activity assign C1 Call --to ana").code == 4
