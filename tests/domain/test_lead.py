"""The life of a lead, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crm_cli.domain.account import Account
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.deadline import Deadlines
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.lead import Lead, LeadStage, LeadStatus, Rating
from crm_cli.domain.record import Note
from crm_cli.domain.rep import Rep, RepStatus

AT, LATER = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
DAY = "2026-11-20"
ANN = Rep(id="R1", name="Ann")
ACME = Account(id="A7", name="Acme")


def campaign(*steps: str, id: str = "C3") -> Campaign:
    found = Campaign(id=id, name="Spring")
    for step in steps:
        found, _ = found.add_activity(step)
    return found


SPRING = campaign("Call", "Demo", "Offer")
NEW = Lead(id="L1", name="Jane Doe", campaign="C3", activity="C3.1", received_at=AT)

Verb = Callable[[Lead], Lead]
VERBS: dict[str, Verb] = {
    "edit": lambda lead: lead.edit(city="Berlin"),
    "assign": lambda lead: lead.assign(ANN),
    "unassign": lambda lead: lead.unassign(),
    "rate": lambda lead: lead.rate(Rating.HOT),
    "tag": lambda lead: lead.tag(["vip"]),
    "set-campaign": lambda lead: lead.set_campaign(SPRING, DAY),
    "set-activity": lambda lead: lead.set_activity(SPRING, SPRING.find_activity("Demo")),
    "advance": lambda lead: lead.advance(SPRING),
    "contacted": lambda lead: lead.contacted(LATER),
    "qualify": lambda lead: lead.qualify(ACME, "P1", "D1", LATER),
    "unqualify": lambda lead: lead.unqualify(),
    "disqualify": lambda lead: lead.disqualify("lost", LATER),
    "reopen": lambda lead: lead.reopen(),
    "stage": lambda lead: lead.move_to(LeadStage.DEVELOP),
    "delete": lambda lead: lead.delete(),
    "restore": lambda lead: lead.restore(),
    "note": lambda lead: lead.note("7", Note(AT, "sam", "called")),
    "heard of us": lambda lead: lead.heard_of_us(LATER),
}
# What each verb makes of a lead in a status; where nothing is said it is refused.
STAYS = (
    *("edit", "assign", "unassign", "rate", "tag", "set-campaign", "set-activity", "advance", "stage", "note"),
    "heard of us",
)
NEXT: dict[str, dict[str, str]] = {
    "new": dict.fromkeys(STAYS, "new")
    | {"contacted": "contacted", "heard of us": "contacted"}
    | {"qualify": "qualified", "disqualify": "disqualified", "delete": "deleted"},
    "contacted": dict.fromkeys(STAYS, "contacted")
    | {"qualify": "qualified", "disqualify": "disqualified", "delete": "deleted"},
    "qualified": {"unqualify": "new", "note": "qualified", "heard of us": "qualified"},
    "disqualified": {"reopen": "new", "note": "disqualified", "heard of us": "disqualified"},
    "merged": {"note": "merged", "heard of us": "merged"},
    "deleted": {"restore": "new", "note": "deleted", "heard of us": "deleted"},
}


def in_status(status: str) -> Lead:
    return NEW.change(status=LeadStatus(status))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", LeadStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: str, verb: str) -> None:
    if verb in NEXT[status]:
        assert VERBS[verb](in_status(status)).status == NEXT[status][verb]
    else:
        with pytest.raises(WrongState, match=f"L1 (is|was) {status}") as refusal:
            VERBS[verb](in_status(status))
        assert refusal.value.hint


def test_new_and_contacted_leads_are_open_and_no_others() -> None:
    assert [status for status in LeadStatus if in_status(status).is_open] == ["new", "contacted"]


# --- L1, L3: registered and edited -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  "])
def test_l1_a_lead_needs_a_name(name: str) -> None:
    with pytest.raises(BadValue, match="a lead needs a name"):
        Lead(id="L1", name=name).checked()
    with pytest.raises(BadValue):
        NEW.edit(name=name)


@pytest.mark.parametrize(("potential", "fits"), [("0", True), ("0.01", True), ("-0.01", False)])
def test_a_potential_is_never_negative(potential: str, fits: bool) -> None:
    if fits:
        assert NEW.edit(potential=Decimal(potential)).potential == Decimal(potential)
    else:
        with pytest.raises(BadValue, match="cannot be negative"):
            NEW.edit(potential=Decimal(potential))


def test_a_verb_returns_a_copy_and_leaves_the_lead_as_it_was() -> None:
    for verb in NEXT["new"]:
        VERBS[verb](NEW)

    assert Lead(id="L1", name="Jane Doe", campaign="C3", activity="C3.1", received_at=AT) == NEW


# --- L2: contacted -----------------------------------------------------------------------------------


def test_l2_the_first_answer_makes_a_lead_contacted() -> None:
    answered = NEW.contacted(LATER)

    assert (answered.status, answered.contacted_at) == (LeadStatus.CONTACTED, LATER)
    assert NEW.heard_of_us(LATER) == answered
    assert answered.heard_of_us("2026-11-30") == answered


def test_l2_a_lead_that_came_back_keeps_the_day_of_the_first_answer() -> None:
    back = NEW.contacted(AT).change(status=LeadStatus.NEW)

    assert back.contacted(LATER).contacted_at == AT


# --- L3: assigned, rated, moved ----------------------------------------------------------------------


def test_l3_a_lead_is_given_to_a_rep_on_duty_and_taken_away() -> None:
    assert NEW.assign(ANN).rep == "R1"
    assert NEW.assign(ANN).unassign() == NEW
    with pytest.raises(Refused, match="R1 Ann is inactive"):
        NEW.assign(ANN.change(status=RepStatus.INACTIVE))


def test_l3_a_rating_by_hand_says_so() -> None:
    rated = NEW.rate(Rating.WARM)

    assert (rated.rating, rated.rating_origin) == (Rating.WARM, "manual")


def test_l3_a_campaign_is_entered_at_its_first_activity_or_the_one_named() -> None:
    autumn = campaign("Invite", "Follow-up", id="C4")

    assert NEW.set_campaign(autumn, DAY).activity == "C4.1"
    assert NEW.set_campaign(autumn, DAY, autumn.find_activity("Follow-up")).activity == "C4.2"
    assert NEW.set_campaign(campaign(id="C5"), DAY).activity is None


def test_l3_a_lead_is_taken_out_of_its_campaign() -> None:
    out = NEW.set_campaign(None, DAY)

    assert (out.campaign, out.activity) == (None, None)


def test_l3_a_campaign_takes_leads_in_its_window_only() -> None:
    with pytest.raises(Refused, match="runs from 2026-12-01"):
        NEW.set_campaign(SPRING.edit(start="2026-12-01"), DAY)


def test_l3_an_activity_must_be_of_the_campaign_the_lead_is_in() -> None:
    autumn = campaign("Invite", id="C4")

    with pytest.raises(Refused, match="L1 is not in C4"):
        NEW.set_activity(autumn, autumn.find_activity("Invite"))
    with pytest.raises(Refused, match="L1 is not in C4"):
        NEW.advance(autumn)


def test_l3_a_retired_activity_takes_no_leads() -> None:
    without = SPRING.retire_activity(SPRING.find_activity("Demo"))
    demo = without.find_activity("Demo")

    with pytest.raises(Refused, match="Demo of C3 is retired"):
        NEW.set_activity(without, demo)
    with pytest.raises(Refused, match="Demo of C3 is retired"):
        NEW.set_campaign(without, DAY, demo)


def test_l3_a_lead_advances_through_all_activities_and_no_further() -> None:
    lead, places = NEW, [NEW.activity]
    for _ in range(2):
        lead = lead.advance(SPRING)
        places.append(lead.activity)

    assert places == ["C3.1", "C3.2", "C3.3"]
    with pytest.raises(Refused, match="at the last activity of C3 Spring"):
        lead.advance(SPRING)


def test_l3_a_lead_advances_over_a_retired_activity_and_away_from_one() -> None:
    without = SPRING.retire_activity(SPRING.find_activity("Demo"))

    assert NEW.advance(without).activity == "C3.3"
    assert NEW.change(activity="C3.2").advance(without).activity == "C3.3"
    assert NEW.change(activity=None).advance(SPRING).activity == "C3.1"


# --- L5, L8: qualified and taken back ----------------------------------------------------------------


def test_l5_a_qualified_lead_keeps_what_it_was_and_says_what_it_became() -> None:
    done = NEW.assign(ANN).rate(Rating.HOT).qualify(ACME, "P1", "D1", LATER)

    assert (done.account, done.contact, done.deal, done.qualified_at) == ("A7", "P1", "D1", LATER)
    assert (done.campaign, done.activity, done.rep, done.rating) == ("C3", "C3.1", "R1", Rating.HOT)


def test_l8_a_qualification_taken_back_leaves_no_trace_on_the_lead() -> None:
    assert NEW.qualify(ACME, "P1", "D1", LATER).unqualify() == NEW
    assert NEW.contacted(AT).qualify(ACME, None, None, LATER).unqualify() == NEW.contacted(AT)


# --- the time to answer, and the stages of the sale ----------------------------------------------------

HOUSE = Deadlines({"hot": 2, "warm": 5, "cold": 10})


def test_a_rating_says_until_when_a_lead_is_to_be_answered() -> None:
    hot = NEW.rate(Rating.HOT, HOUSE, DAY)  # a Friday

    assert hot.due == "2026-11-24"
    assert [hot.is_overdue(day) for day in ("2026-11-24", "2026-11-25")] == [False, True]
    assert not hot.contacted(LATER).is_overdue("2026-12-31")
    assert hot.rate(Rating.JUNK, HOUSE, DAY).due is None


def test_l7_a_lead_taken_up_again_has_its_time_from_then_on() -> None:
    ended = NEW.rate(Rating.HOT, HOUSE, DAY).contacted(AT).disqualify("lost", LATER)
    again = ended.reopen("2027-01-04T10:00:00Z", HOUSE, "2027-01-04")

    assert (again.due, again.is_answered, again.is_overdue("2027-01-07")) == ("2027-01-06", False, True)
    assert again.heard_of_us("2027-01-05").responded_at == "2027-01-05"
    assert again.heard_of_us("2027-01-05").contacted_at == AT


def test_the_sale_goes_on_and_back_by_stages() -> None:
    assert (NEW.stage_after(1), NEW.move_to(LeadStage.PROPOSE).stage_after(-1)) == ("develop", "develop")
    with pytest.raises(Refused, match="at the first stage"):
        NEW.stage_after(-1)
    with pytest.raises(Refused, match="at the last stage"):
        NEW.move_to(LeadStage.CLOSE).stage_after(1)


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, "an e-mail address or a phone number"),
        ({"phones": ("+49 30 1",)}, "a rating or a potential"),
        ({"emails": ("a@x.example",), "potential": Decimal(5)}, None),
        ({"stage": LeadStage.DEVELOP}, None),
    ],
)
def test_the_first_stage_asks_for_a_way_to_reach_the_lead_and_a_measure_of_it(
    fields: dict[str, object], missing: str | None
) -> None:
    assert NEW.change(**fields).missing_at_stage() == missing


# --- L6, L7: disqualified and reopened ---------------------------------------------------------------


def test_l6_a_lead_ends_with_a_reason_and_a_day() -> None:
    ended = NEW.disqualify("lost", LATER)

    assert (ended.status, ended.reason, ended.disqualified_at) == (LeadStatus.DISQUALIFIED, "lost", LATER)


def test_l7_a_lead_taken_up_again_is_where_it_was_and_that_is_counted() -> None:
    again = NEW.disqualify("lost", LATER).reopen()

    assert again == NEW.change(reopen_count=1)
    assert again.disqualify("lost", LATER).reopen().reopen_count == 2
    assert NEW.contacted(AT).disqualify("lost", LATER).reopen().status is LeadStatus.CONTACTED


def test_l7_only_a_disqualified_lead_is_reopened_and_others_are_told_their_way() -> None:
    hints = {}
    for status in ("new", "qualified", "deleted"):
        with pytest.raises(WrongState, match="not disqualified") as refusal:
            in_status(status).reopen()
        hints[status] = refusal.value.hint

    assert hints == {
        "new": "it is open already",
        "qualified": "take it back first: crm lead unqualify L1",
        "deleted": "run: crm lead restore L1",
    }


# --- L10, L11: deleted and restored ------------------------------------------------------------------


def test_l11_a_restored_lead_is_what_it_was() -> None:
    for lead in (NEW, NEW.contacted(AT)):
        assert lead.delete().restore() == lead
