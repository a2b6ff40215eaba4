"""What is taken back or dated back: nothing that others stand on goes with it, and no figure is left behind."""

from __future__ import annotations

import pytest

from tests.typed import Typed

NOW = "--now 2024-06-01T10:00:00Z"


@pytest.fixture
def desk(crm: Typed) -> Typed:
    """A desk with two campaigns, at the beginning of June."""
    for line in ("init --timezone UTC", "campaign add A -a Call -a Demo", "campaign add B -a Invite"):
        crm.ok(f"{line} --now 2024-02-01")
    return crm


def typed(crm: Typed, *lines: str) -> None:
    for line in lines:
        crm.ok(f"{line} {NOW}")


def scopes(crm: Typed, since: str) -> list[int]:
    """How many leads received since that day are of new and of existing customers."""
    found = [crm.json(f"report funnel --from {since} --scope {scope} {NOW}") for scope in ("new", "existing")]
    return [one["stages"][0]["count"] for one in found]


def test_a_lead_dated_back_into_a_campaign_is_at_no_activity_of_another(desk: Typed) -> None:
    typed(
        desk,
        "lead add Cy --on 2024-03-01 --campaign A",
        "lead set-activity L1 Demo --on 2024-04-10",
        "lead set-campaign L1 B --on 2024-03-15",
    )
    for day, place in (("2024-03-20", ("C2", "C2.1")), ("2024-04-10", ("C1", "C1.2"))):
        (row,) = desk.json(f"report pipeline --by activity --as-of {day} {NOW}")["rows"]
        assert (row["campaign"], row["activity"]) == place


def test_a_lead_dated_back_out_of_every_campaign_is_at_no_activity_either(desk: Typed) -> None:
    typed(
        desk,
        "lead add Cy --on 2024-03-01 --campaign A",
        "lead advance L1 --on 2024-04-10",
        "lead set-campaign L1 none --on 2024-03-15",
    )
    (row,) = desk.json(f"report pipeline --by activity --as-of 2024-03-20 {NOW}")["rows"]
    assert (row["campaign"], row["activity"]) == ("(none)", "(none)")


def test_an_account_on_which_another_lead_stands_today_is_not_canceled_in_the_past(desk: Typed) -> None:
    typed(
        desk,
        "lead add Ann --company Acme --on 2024-03-01",
        "lead add Ben --company Acme --on 2024-03-02",
        "lead qualify L1 --on 2024-04-01",
        "lead qualify L2 --account A1 --on 2024-04-20",
        "lead unqualify L1 --on 2024-04-10",
    )
    assert desk.json(f"account show A1 {NOW}")["status"] == "active"


def test_a_sale_known_today_stands_in_the_way_of_taking_back_before_it(desk: Typed) -> None:
    typed(
        desk,
        "lead add Ann --on 2024-03-01",
        "lead qualify L1 --deal --amount 500 --on 2024-04-01",
        "deal win D1 --on 2024-04-20",
    )
    seen = desk(f"lead unqualify L1 --on 2024-04-10 {NOW}")
    assert (seen.code, "D1 is won" in seen.err) == (4, True)


def test_what_others_put_on_the_account_keeps_it(desk: Typed) -> None:
    typed(
        desk,
        "lead add Ann --company Acme",
        "lead qualify L1",
        "contact add Zed --account A1 --email z@x.example",
        "lead unqualify L1",
    )
    assert desk.json(f"account show A1 {NOW}")["status"] == "active"
    assert [one["status"] for one in desk.json(f"contact list --all {NOW}")] == ["canceled", "active"]


@pytest.mark.parametrize("other", ["claim add broken --account A1", "event add Visit --account A1 --at 2024-07-01"])
def test_a_claim_or_a_visit_keeps_it_too(desk: Typed, other: str) -> None:
    typed(desk, "lead add Ann --company Acme", "lead qualify L1", other, "lead unqualify L1")
    assert desk.json(f"account show A1 {NOW}")["status"] == "active"


def test_an_account_is_a_customer_no_more_when_the_lead_that_made_it_one_is_taken_back(desk: Typed) -> None:
    typed(
        desk,
        "account add Acme --on 2024-01-01",
        "lead add Ann --on 2024-03-01",
        "lead qualify L1 --account A1 --on 2024-04-01",
        "lead unqualify L1 --on 2024-04-02",
        "lead add Bob --on 2024-05-01",
        "lead qualify L2 --account A1 --on 2024-05-05",
    )
    assert scopes(desk, "2024-05-01") == [1, 0]


def test_nor_when_its_only_sale_is_open_again(desk: Typed) -> None:
    typed(
        desk,
        "account add Acme --on 2024-01-01",
        "deal add Bikes --account A1 --amount 5 --on 2024-01-02",
        "deal win D1 --on 2024-01-03",
        "deal reopen D1 --on 2024-01-04",
        "lead add Bob --on 2024-05-01",
        "lead qualify L1 --account A1 --on 2024-05-05",
    )
    assert scopes(desk, "2024-05-01") == [1, 0]


def test_whoever_was_entered_as_a_customer_stays_one(desk: Typed) -> None:
    typed(
        desk,
        "account add Acme --type customer --on 2024-01-01",
        "lead add Ann --on 2024-03-01",
        "lead qualify L1 --account A1 --on 2024-04-01",
        "lead unqualify L1 --on 2024-04-02",
    )
    assert desk.json(f"account show A1 {NOW}")["types"] == ["customer"]


def test_what_was_planned_after_the_day_a_lead_ended_is_canceled_too(desk: Typed) -> None:
    typed(
        desk,
        "lead add Bob --on 2024-05-01",
        "event add Call --lead L1 --at 2024-05-31",
        "lead disqualify L1 --reason lost --on 2024-05-30",
    )
    assert desk.ok(f"remind check {NOW}").out == ""


def test_a_lead_is_deleted_only_behind_its_events_and_comes_back_before_them(desk: Typed) -> None:
    typed(desk, "lead add Bob", "event add Call --lead L1 --at 2024-05-31")
    refused = desk(f"lead delete L1 --yes {NOW}")
    assert (refused.code, "E1 Call" in refused.err) == (4, True)
    typed(desk, "event delete E1 --yes", "lead delete L1 --yes")
    assert desk.ok(f"remind check {NOW}").out == ""
    assert "crm lead restore L1" in desk(f"event restore E1 {NOW}").err
    typed(desk, "lead restore L1", "event restore E1")
    assert "E1" in desk.ok(f"remind check {NOW}").out


def test_what_is_planned_with_a_lead_is_seen_at_the_account_it_becomes(desk: Typed) -> None:
    typed(desk, "lead add Ann", "event add Call --lead L1 --at +1d", "lead qualify L1")
    (event,) = desk.json(f"event list --account A1 {NOW}")
    assert (event["id"], event["lead"]) == ("E1", "L1")
    typed(desk, "event done E1 --next Again --next-at +3d")
    assert [one["id"] for one in desk.json(f"event list --account A1 {NOW}")] == ["E1", "E2"]


def test_what_is_dated_back_is_told_as_it_was_then(desk: Typed) -> None:
    typed(desk, "lead add Cy --on 2024-03-01 --campaign A", "lead set-campaign L1 B --on 2024-05-01")
    assert desk.ok(f"lead advance L1 --on 2024-04-01 {NOW}").out == (
        "L1 Cy: A/Call → A/Demo; later entries stay on top: activity Invite\n"
    )
