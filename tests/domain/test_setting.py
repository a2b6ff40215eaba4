"""Rules of the house: what may be set, and how it is read."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue
from crm_cli.domain.setting import RULES, Setting, Value, one_of, rule_of


@pytest.mark.parametrize("key", [key for key, rule in RULES.items() if rule.default != ""])
def test_every_default_is_a_value_that_may_be_set(key: str) -> None:
    rule = RULES[key]
    typed = ",".join(rule.default) if isinstance(rule.default, list) else str(rule.default)

    assert rule.read(typed) == rule.default
    assert rule.help


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("timezone", " Europe/Berlin ", "Europe/Berlin"),
        ("currency", "usd", "USD"),
        ("country", "de", "DE"),
        ("channels", "web, Phone,, web ", ["web", "Phone"]),
        ("lead.reasons", "No budget, lost", ["no_budget", "lost"]),
        ("holidays", "2026-12-25,2026-01-01,2026-12-25", ["2026-01-01", "2026-12-25"]),
        ("holidays", "20261225, 2026-12-25", ["2026-12-25"]),
        ("holidays", "", []),
        ("claim.days.high", " 3 ", 3),
        ("deal.kinds", "Big project : Manual, typical:process", ["big_project:manual", "typical:process"]),
        ("deal.stages", "Call, offer=Proposal : quote", ["Call", "offer=Proposal:quote"]),
        ("deal.stages", "", []),
        ("deal.stage_gate", " Enforce ", "enforce"),
    ],
)
def test_what_is_typed_is_kept_in_one_spelling(key: str, typed: str, value: Value) -> None:
    assert rule_of(key).read(typed) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("timezone", "Europe/Berlyn"),
        ("currency", "EURO"),
        ("currency", "€"),
        ("country", "Germany"),
        ("holidays", "2026-12-25,25.12.2026"),
        ("holidays", "2026-02-30"),
        ("claim.days.high", "0"),
        ("claim.days.high", "366"),
        ("claim.days.high", "1.5"),
        ("claim.days.high", "two"),
        ("claim.days.high", "²"),
        ("deal.kinds", ""),
        ("lead.reasons", " , "),
        ("deal.reasons", ""),
        ("deal.kinds", "typical:strict"),
        ("deal.stages", "Offer, offer=Proposal"),
        ("deal.stage_gate", "maybe"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_on(key: str, typed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        rule_of(key).read(typed)
    assert refusal.value.hint


def test_an_unknown_key_is_refused_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(BadValue, match="setting 'time_zone' is not known") as refusal:
        rule_of("time_zone")
    assert str(refusal.value.hint).startswith("did you mean timezone?")
    assert refusal.value.details["allowed"] == list(RULES)


@pytest.mark.parametrize("typed", ["trade_fair", "Trade Fair", " TRADE_FAIR "])
def test_one_of_a_list_is_meant_whatever_its_spelling(typed: str) -> None:
    assert one_of("channel", typed, ["web", "Trade_Fair"]) == "Trade_Fair"


def test_what_is_not_in_the_list_is_refused_with_it() -> None:
    with pytest.raises(BadValue, match="channel 'fax' is not known") as refusal:
        one_of("channel", "fax", ["web", "phone"])
    assert refusal.value.details["allowed"] == ["web", "phone"]


def test_the_reasons_for_ending_a_lead_are_those_of_the_table() -> None:
    default = RULES["lead.reasons"].default

    assert set(default if isinstance(default, list) else ()) == {
        "lost",
        "cannot_contact",
        "no_longer_interested",
        "canceled",
        "no_budget",
        "competitor",
        "duplicate",
        "junk",
        "other",
    }


def test_what_is_set_holds_also_if_it_is_empty_until_it_is_unset() -> None:
    stages = Setting(id="ST1", key="deal.stages", value=["Call"])
    assert stages.current == ["Call"]
    assert stages.change(value=None).current == []
    assert stages.change(value=None, unset=True).current == RULES["deal.stages"].default
    assert Setting(id="ST2", key="of.tomorrow", value="x").current == "x"
