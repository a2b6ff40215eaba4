"""Ratios, exact totals, and the order in which rows stand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.reports.figures import NONE, exact_total, number_of, ratio, standing

cents = st.decimals("-1e40", "1e40", places=2)


def test_a_ratio_has_six_places_rounded_half_up() -> None:
    assert ratio(2, 3) == 0.666667
    assert ratio(1, 128) == 0.007813  # 0.0078125: half to even would say 0.007812


def test_there_is_no_ratio_of_nothing() -> None:
    assert ratio(0, 0) is None
    assert ratio(0, 5) == 0


def test_a_total_keeps_the_cents_of_very_large_amounts() -> None:
    large = Decimal("1" + "0" * 40)

    assert str(exact_total([large, Decimal("0.01")])) == "1" + "0" * 40 + ".01"


def test_a_missing_amount_is_zero_and_a_total_is_written_in_plain_digits() -> None:
    assert str(exact_total([None, Decimal("1E+3")])) == "1000"
    assert str(exact_total([])) == "0"


@settings(deadline=None, max_examples=50)
@given(st.lists(cents, max_size=8))
def test_a_total_is_that_of_the_same_amounts_as_fractions(amounts: list[Decimal]) -> None:
    assert Fraction(exact_total(amounts)) == sum(map(Fraction, amounts))


def test_ids_stand_by_their_numbers() -> None:
    assert sorted(["L10", "L9", "C3.10", "C3.2"], key=number_of) == ["C3.2", "C3.10", "L9", "L10"]


def test_names_stand_without_regard_to_case_and_nothing_stands_last() -> None:
    keys = [NONE, "web", "Fair", "fair"]

    assert sorted(keys, key=lambda key: standing(key, key)) == ["Fair", "fair", "web", NONE]


def test_a_place_goes_before_the_name() -> None:
    assert standing("C1.2", "Zoo", place=1) < standing("C1.1", "Ant", place=2) < standing(NONE, NONE)
