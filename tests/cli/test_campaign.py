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
    assert one["activities"] == [
        {"id": f"C1.{number}", "name": name, "retired": False}
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
