"""The life of a deal."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.rep import Rep, RepStatus
from crm_cli.domain.stage import KINDS, STAGES, Stage, kinds_of

BEFORE, AT = "2026-11-02T10:00:00Z", "2026-11-20T10:00:00Z"
TYPICAL, MANUAL, OTHER = kinds_of(tuple(KINDS), tuple(STAGES))
BIKES = Deal(id="D5", name="10 bikes", account="A7", amount=Decimal(1500), currency="EUR")
OFFER = BIKES.change(kind="typical", stage="offer", stage_at=BEFORE)
FREE = OFFER.change(kind="manual")
ANA = Rep(id="R1", name="Ana")

VERBS: dict[str, Callable[[Deal], Deal]] = {
    "edit": lambda deal: deal.edit(name="12 bikes"),
    "assign": lambda deal: deal.assign(ANA),
    "unassign": lambda deal: deal.unassign(),
    "become": lambda deal: deal.become(TYPICAL, AT),
    "advance": lambda deal: deal.advance(TYPICAL, AT),
    "back": lambda deal: deal.change(stage="offer").back(TYPICAL, AT),
    "set_stage": lambda deal: deal.set_stage(MANUAL, MANUAL.find("offer"), AT),
    "hold": lambda deal: deal.hold(),
    "resume": lambda deal: deal.change(on_hold=True).resume(),
    "win": lambda deal: deal.win(AT),
    "lose": lambda deal: deal.lose(AT, "price"),
    "reopen": lambda deal: deal.reopen(),
    "cancel": lambda deal: deal.cancel(),
}
NEXT: dict[str, dict[str, str]] = {
    "in_progress": {
        **{verb: "in_progress" for verb in VERBS if verb != "reopen"},
        "win": "won",
        "lose": "lost",
        "cancel": "canceled",
    },
    "won": {"reopen": "in_progress"},
    "lost": {"reopen": "in_progress", "cancel": "canceled"},
    "canceled": {"cancel": "canceled"},
    "deleted": {},
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", DealStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: DealStatus, verb: str) -> None:
    deal = BIKES.change(status=status)
    if verb in NEXT[status]:
        assert VERBS[verb](deal).status == NEXT[status][verb]
    else:
        with pytest.raises(Refused, match=f"D5 is {status}") as refusal:
            VERBS[verb](deal)
        assert refusal.value.hint


# --- particulars -----------------------------------------------------------------------------------


def test_a_deal_is_edited_and_stays_one() -> None:
    assert BIKES.edit(amount=Decimal(9), contact="P9").contact == "P9"
    with pytest.raises(BadValue, match="needs a name"):
        BIKES.edit(name=" ")


def test_a_deal_is_given_to_a_rep_on_duty_and_taken_away() -> None:
    assert (BIKES.assign(ANA).rep, BIKES.assign(ANA).unassign().rep) == ("R1", None)
    with pytest.raises(Refused, match="R1 Ana is inactive"):
        BIKES.assign(ANA.change(status=RepStatus.INACTIVE))


# --- the way through the stages --------------------------------------------------------------------


def at(deal: Deal) -> tuple[str | None, str | None]:
    return deal.stage, deal.stage_at


def test_a_new_deal_is_at_the_first_stage_since_it_came() -> None:
    assert at(BIKES.become(TYPICAL, AT)) == ("primary_contact", AT)
    assert BIKES.become(TYPICAL, AT).kind == "typical"


def test_a_deal_of_a_kind_without_stages_has_none() -> None:
    assert at(BIKES.become(OTHER, AT)) == at(OFFER.become(OTHER, AT)) == (None, None)


def test_a_deal_that_becomes_another_kind_stays_at_its_stage_if_that_has_it() -> None:
    assert at(OFFER.become(MANUAL, AT)) == ("offer", BEFORE)
    assert at(OFFER.change(stage="fair").become(MANUAL, AT)) == ("primary_contact", AT)


def test_advance_leads_to_the_next_stage_only() -> None:
    assert at(OFFER.advance(TYPICAL, AT)) == at(FREE.advance(MANUAL, AT)) == ("presentation", AT)


def test_advance_leads_to_the_first_stage_from_none() -> None:
    assert at(BIKES.advance(TYPICAL, AT)) == ("primary_contact", AT)


def test_advance_is_refused_at_the_last_stage() -> None:
    with pytest.raises(Refused, match="D5 is at the last stage, Fulfilment") as refusal:
        OFFER.change(stage="fulfilment").advance(TYPICAL, AT)
    assert "crm deal win D5" in str(refusal.value.hint)


def test_back_leads_one_stage_back() -> None:
    assert at(OFFER.back(TYPICAL, AT)) == ("qualification", AT)


@pytest.mark.parametrize("stage", ["primary_contact", None])
def test_back_is_refused_at_the_first_stage(stage: str | None) -> None:
    with pytest.raises(Refused, match="D5 is at the first stage"):
        OFFER.change(stage=stage).back(TYPICAL, AT)


@pytest.mark.parametrize("verb", [Deal.advance, Deal.back])
def test_there_is_no_way_through_stages_that_are_not_there(verb: Callable[..., Deal]) -> None:
    for deal, kind, told in (
        (BIKES, OTHER, "kind other, which has no stages"),
        (OFFER.change(stage="fair"), TYPICAL, "D5 is at fair, which is no stage"),
    ):
        with pytest.raises(Refused, match=told):
            verb(deal, kind, AT)


def test_set_stage_leads_anywhere_under_manual_control() -> None:
    assert at(FREE.set_stage(MANUAL, MANUAL.find("Fulfilment"), AT)) == ("fulfilment", AT)
    assert at(FREE.set_stage(MANUAL, MANUAL.find("Primary contact"), AT)) == ("primary_contact", AT)


def test_set_stage_is_refused_where_the_process_leads_unless_forced() -> None:
    last = TYPICAL.find("fulfilment")
    with pytest.raises(Refused, match="one stage after the other") as refusal:
        OFFER.set_stage(TYPICAL, last, AT)
    assert "--force --reason" in str(refusal.value.hint)
    assert at(OFFER.set_stage(TYPICAL, last, AT, force=True)) == ("fulfilment", AT)


def test_set_stage_is_refused_at_that_stage() -> None:
    with pytest.raises(WrongState, match="D5 is at Offer already"):
        FREE.set_stage(MANUAL, MANUAL.find("offer"), AT)


def test_hold_and_resume_are_a_flag_only() -> None:
    held = OFFER.hold()
    assert held == OFFER.change(on_hold=True)
    assert held.resume() == OFFER


def test_hold_is_refused_on_hold_and_resume_when_it_is_not() -> None:
    with pytest.raises(WrongState, match="on hold already"):
        OFFER.hold().hold()
    with pytest.raises(WrongState, match="not on hold"):
        OFFER.resume()


def test_a_gate_is_open_when_a_field_of_its_name_is_filled() -> None:
    stage = Stage("offer", "Offer", ("quote", "amount", "contact"))
    assert BIKES.lacks(stage) == ["quote", "contact"]
    assert BIKES.change(contact="P9").set_custom({"quote": "Q-17"}).lacks(stage) == []


def test_a_gate_is_opened_by_what_is_noted_elsewhere() -> None:
    assert BIKES.lacks(Stage("offer", "Offer", ("quote",)), noted={"quote"}) == []


def test_a_verb_or_a_zero_opens_no_gate() -> None:
    stage = Stage("offer", "Offer", ("win", "amount"))
    assert BIKES.change(amount=Decimal(0)).lacks(stage) == ["win", "amount"]


# --- how it ends -----------------------------------------------------------------------------------


def test_a_deal_needs_an_account_and_no_negative_amount() -> None:
    with pytest.raises(BadValue, match="needs an account"):
        BIKES.change(account=None).checked()
    with pytest.raises(BadValue, match="cannot be negative"):
        BIKES.change(amount=Decimal("-0.01")).checked()
    assert BIKES.change(amount=None).checked().amount is None


def test_a_won_deal_has_its_day_and_the_amount_that_was_paid() -> None:
    assert (BIKES.win(AT).won_at, BIKES.win(AT).amount) == (AT, Decimal(1500))
    assert BIKES.win(AT, Decimal("1399.90")).amount == Decimal("1399.90")
    with pytest.raises(BadValue, match="cannot be negative"):
        BIKES.win(AT, Decimal(-1))


@pytest.mark.parametrize(
    ("known", "paid"), [(None, None), (None, Decimal(0)), (Decimal(0), None), (Decimal(5), Decimal(0))]
)
def test_a_deal_is_won_for_nothing_only_if_that_is_said(known: Decimal | None, paid: Decimal | None) -> None:
    deal = BIKES.change(amount=known)

    with pytest.raises(Refused, match="D5 has no amount"):
        deal.win(AT, paid)
    assert deal.win(AT, paid, zero=True).amount == 0


def test_a_lost_deal_has_its_day_and_reason() -> None:
    lost = BIKES.lose(AT, "price")

    assert (lost.lost_at, lost.reason, lost.amount) == (AT, "price", Decimal(1500))


def test_a_deal_taken_up_again_is_as_if_nothing_had_been_decided() -> None:
    assert BIKES.win(AT).reopen() == BIKES.lose(AT, "price").reopen() == BIKES


def test_a_sale_stands_in_the_way_of_taking_a_lead_back() -> None:
    with pytest.raises(Refused) as refusal:
        BIKES.win(AT).cancel()
    assert "crm deal reopen D5" in str(refusal.value.hint)


def test_a_deal_in_progress_is_not_reopened() -> None:
    with pytest.raises(WrongState, match="neither won nor lost"):
        BIKES.reopen()


def test_a_lost_deal_knows_at_which_stage_and_to_whom() -> None:
    lost = OFFER.lose(AT, "competitor", "A3")
    assert (lost.lost_stage, lost.stage, lost.competitor) == ("offer", "offer", "A3")
    assert OFFER.lose(AT, "competitor", text="Velo AG").competitor_text == "Velo AG"


def test_a_closed_deal_is_not_on_hold() -> None:
    assert not OFFER.hold().win(AT).on_hold
    assert not OFFER.hold().lose(AT, "price").on_hold


def test_a_deal_taken_up_again_is_at_the_stage_it_was_at() -> None:
    assert OFFER.win(AT).reopen() == OFFER.lose(AT, "competitor", "A3", "Velo AG").reopen() == OFFER
