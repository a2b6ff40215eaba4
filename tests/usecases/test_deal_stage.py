"""Deals on their way through the stages of the house."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_cli.domain.account import Account
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue, NotFound, Refused
from crm_cli.domain.stage import stage_name
from crm_cli.usecases.deal_stage import advanced, competitor, kind_called, kind_of, stage_keys, won
from tests.desk import NOW, MemoryDesk


@pytest.fixture
def desk() -> MemoryDesk:
    """A desk with an account and a deal at an offer."""
    desk = MemoryDesk()
    desk.add(Account, name="Acme")
    desk.add(Deal, name="Bikes", account="A1", amount=Decimal(5), kind="typical", stage="offer", stage_at=NOW)
    return desk


def house(desk: MemoryDesk, **settings: str | list[str]) -> None:
    with desk.change(cmd="config.set") as crm:
        for key, value in settings.items():
            crm.set(f"deal.{key}", value)


def test_the_usual_kind_is_the_first_of_the_house(desk: MemoryDesk) -> None:
    house(desk, kinds=["project:manual", "typical:process"])
    with desk.look() as crm:
        assert (kind_called(crm, None).key, kind_called(crm, "Typical").key) == ("project", "typical")
        assert kind_of(crm, Deal(id="D9", name="Old", account="A1")).key == "project"
        with pytest.raises(BadValue, match="kind 'odd'"):
            kind_called(crm, "odd")


def test_a_kind_that_is_no_more_is_refused_with_a_way_back(desk: MemoryDesk) -> None:
    house(desk, kinds=["project:manual"])
    with desk.look() as crm, pytest.raises(Refused) as refusal:
        kind_of(crm, crm.deals.get("D1"))
    assert "crm config set deal.kinds +typical:manual" in str(refusal.value.hint)


def test_a_stage_is_called_as_the_house_calls_it_now(desk: MemoryDesk) -> None:
    house(desk, stages=["offer=Proposal"])
    with desk.look() as crm:
        names = [stage_name(crm.deal_kinds, "typical", key) for key in ("offer", "fair", None)]
    assert names == ["Proposal", "fair (retired)", None]


def test_stages_are_typed_by_key_or_name_of_any_kind(desk: MemoryDesk) -> None:
    house(desk, stages=["offer=Proposal", "manual/Plan"])
    with desk.look() as crm:
        assert stage_keys(crm, "proposal, Plan,none") == "offer,plan,none"


@pytest.mark.parametrize(("gate", "told"), [("warn", 1), ("off", 0)])
def test_a_shut_gate_is_told_as_the_house_wants_it(desk: MemoryDesk, gate: str, told: int) -> None:
    house(desk, stage_gate=gate)
    with desk.change() as crm:
        assert advanced(crm, crm.deals.get("D1")).stage == "presentation"
        assert len(crm.warnings) == told


def test_an_enforced_gate_names_all_that_is_missing(desk: MemoryDesk) -> None:
    house(desk, stage_gate="enforce", stages=["Offer:quote+credit check+amount", "Presentation"])
    with desk.change() as crm, pytest.raises(Refused, match=r"without quote \(a quote\) and credit_check"):
        advanced(crm, crm.deals.get("D1"))


def test_what_is_enforced_is_refused_as_what_cannot_be(desk: MemoryDesk) -> None:
    house(desk, stage_gate="enforce", stages=["Offer:quote", "Presentation"])
    with desk.change() as crm:
        with pytest.raises(Refused, match="D1 cannot leave Offer without quote"):
            advanced(crm, crm.deals.get("D1"))
        with pytest.raises(Refused, match="D1 cannot be won at Offer, before Presentation"):
            won(crm, crm.deals.get("D1"))


def test_what_is_dated_back_enters_its_stage_then(desk: MemoryDesk) -> None:
    desk.add(Deal, on="2026-11-01", name="Chairs", account="A1", stage="offer", stage_at="2026-11-01")
    with desk.change(on="2026-11-02") as crm:
        assert advanced(crm, crm.deals.get("D2")).stage_at == "2026-11-02"


def test_a_win_makes_the_account_a_customer_but_not_when_it_is_refused(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        crm.save(won(crm, crm.deals.get("D1")))
        assert "customer" in crm.accounts.get("A1").types
    with desk.change() as crm, pytest.raises(Refused):
        won(crm, crm.deals.get("D1"))
    assert not crm.saved


def test_a_competitor_is_an_account_or_just_a_name(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        assert (competitor(crm, "acme"), competitor(crm, " Velo "), competitor(crm, None)) == (
            ("A1", None),
            (None, "Velo"),
            (None, None),
        )
        with pytest.raises(NotFound):
            competitor(crm, "A9")


def test_a_deal_won_for_nothing_brings_nothing_whatever_it_was_to_bring(desk: MemoryDesk) -> None:
    with desk.look() as crm, pytest.raises(BadValue, match="an amount or for nothing"):
        won(crm, crm.deals.get("D1"), Decimal(5), zero=True)
    with desk.change(cmd="deal.win") as crm:
        assert won(crm, crm.deals.get("D1"), zero=True).amount == 0
