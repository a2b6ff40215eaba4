"""Dates and numbers, decided for the whole column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.formats.column import Dates, Numbers, dates_in, numbers_in
from crm_cli.formats.date_text import Order

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
WRITTEN = {"dmy": "{0.day}{1}{0.month}{1}{0.year}", "mdy": "{0.month:02}{1}{0.day:02}{1}{0.year}"}


def dates(*texts: str, order: Order | None = None) -> Dates:
    return dates_in("Created", list(enumerate(texts, 2)), BERLIN, order)


def numbers(*texts: str, comma: bool | None = None) -> Numbers:
    return numbers_in("Budget", list(enumerate(texts, 2)), comma)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-02-01", "2018-02-01"),
        ("20180201", "2018-02-01"),
        ("2018/2/1", "2018-02-01"),
        ("01.02.2018", "2018-02-01"),
        ("Feb 1, 2018", "2018-02-01"),
        ("1 February 2018", "2018-02-01"),
        ("2018-02-01 19:58:54", "2018-02-01T18:58:54Z"),
        ("2018-02-01T19:58", "2018-02-01T18:58:00Z"),
        ("2018-02-01T19:58:54Z", "2018-02-01T19:58:54Z"),
        ("2018-02-01T19:58:54.987654+02:00", "2018-02-01T17:58:54Z"),
        ("2018-02-01 23:30 -0500", "2018-02-02T04:30:00Z"),
        ("26.02.2018 19:58", "2018-02-26T18:58:00Z"),
        ("26-02-2018 19:58", "2018-02-26T18:58:00Z"),
        ("2/26/2018 19:58", "2018-02-26T18:58:00Z"),
        ("2/26/2018, 7:58\N{NARROW NO-BREAK SPACE}PM", "2018-02-26T18:58:00Z"),
        ("2/26/2018 12:05 a.m.", "2018-02-25T23:05:00Z"),
        ("Sep 26, 2026 7:05 PM", "2026-09-26T17:05:00Z"),
        ("2018-07-01 00:30", "2018-06-30T22:30:00Z"),
    ],
)
def test_a_date_is_a_day_or_with_a_time_an_instant_in_utc(text: str, moment: str) -> None:
    assert dates(text).read(text) == moment


def test_one_part_above_twelve_decides_for_the_whole_column() -> None:
    assert dates("1/2/2018", "26/2/2018").read("1/2/2018") == "2018-02-01"
    assert dates("1/2/2018", "2-26-2018").read("1/2/2018") == "2018-01-02"


@pytest.mark.parametrize("texts", [["1/2/2018"], ["1-2-2018 10:00", "2018-02-26"], ["26/2/2018", "2/26/2018"]])
def test_a_column_that_does_not_tell_day_from_month_is_refused_with_a_way_on(texts: list[str]) -> None:
    with pytest.raises(BadValue, match="'Created' does not tell day from month") as refusal:
        dates(*texts)

    assert refusal.value.hint == "say how it is written: --dates dmy or --dates mdy"


def test_the_order_asked_for_decides_what_the_column_does_not() -> None:
    assert dates("1/2/2018", order="dmy").read("1/2/2018") == "2018-02-01"
    assert dates("1/2/2018", order="mdy").read("1/2/2018") == "2018-01-02"


def test_the_order_of_more_values_wins_and_the_others_are_problems() -> None:
    column = dates("26/2/2018", "2/26/2018", "27/2/2018", "3/4/2018")

    assert column.read("3/4/2018") == "2018-04-03"
    with pytest.raises(ValueError, match="not in the order of its column, dmy"):
        column.read("2/26/2018")


def test_dots_are_day_and_month_whatever_the_slashes_of_the_column_are() -> None:
    assert dates("2/26/2018", "01.02.2018").read("01.02.2018") == "2018-02-01"
    assert dates(order="mdy").read("01.02.2018") == "2018-02-01"


def test_no_order_is_needed_where_both_give_the_same_day() -> None:
    assert dates("5/5/2018", "2018-02-01").read("5/5/2018") == "2018-05-05"


def test_year_first_was_asked_for_so_year_last_will_not_read() -> None:
    with pytest.raises(ValueError, match="order of its column, ymd"):
        dates(order="ymd").read("26/2/2018")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2/26/18", "two digits"),
        ("oops", "is not a date"),
        ("43132", "is not a date"),
        ("31.02.2018", "not a day of the calendar"),
        ("2018-13-01", "not a day of the calendar"),
        ("2018-02-01 24:00", "no clock shows"),
        ("2018-02-01 13:00 PM", "not 1 to 12"),
        ("2018-02-01 10:00+25:00", "a day or more"),
        ("1 Brumaire 2018", "no English word"),
        ("2018-03-25 02:30", "clocks of Europe/Berlin skip"),
        ("0001-01-01 00:30", "outside the years"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        dates(text).read(text)


def test_of_an_hour_that_comes_twice_the_first_is_taken() -> None:
    assert dates().read("2018-10-28 02:30") == "2018-10-28T00:30:00Z"


@pytest.mark.parametrize("order", ["dmy", "mdy"])
@settings(deadline=None, max_examples=60)
@given(days=st.lists(DAYS, min_size=1, max_size=20), mark=st.sampled_from("/-"))
def test_a_column_in_one_order_reads_back_the_same_days(order: Order, days: list[date], mark: str) -> None:
    assume(any(day.day > 12 for day in days))
    texts = [WRITTEN[order].format(day, mark) for day in days]
    column = dates(*texts)

    assert [column.read(text) for text in texts] == [day.isoformat() for day in days]


@settings(deadline=None, max_examples=200)
@given(st.text("0123456789:/-.T Z+apm", max_size=24))
def test_a_text_is_a_moment_of_the_usual_width_or_refused(text: str) -> None:
    try:
        moment = dates().read(text)
    except ValueError:
        return

    assert len(moment) == len("2018-02-26" if "T" not in moment else "2018-02-26T19:58:00Z")


@pytest.mark.parametrize("text", ["(" + " " * 65_000 + "x", "1/2/2018 10:00" + " " * 65_000 + "x"])
def test_a_cell_full_of_blanks_is_refused_and_hangs_nobody(text: str) -> None:
    for read in (dates().read, numbers().read):
        with pytest.raises(ValueError, match="is not a"):
            read(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.0", "0.0"),
        ("50000000.0", "50000000.0"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12,34,567.80", "1234567.80"),
        ("12,5", "12.5"),
        ("1234.567", "1234.567"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("1500", "1500"),
        ("$60.00", "60.00"),
        ("1.234,56 €", "1234.56"),
        ("EUR 5", "5"),
        ("R$ 10,00", "10.00"),
        ("12 kr.", "12"),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567,8", "1234567.8"),
        ("1'234.50", "1234.50"),
        ("1’234’567", "1234567"),
        ("-5", "-5"),
        ("\N{MINUS SIGN}€5", "-5"),
        ("€-5", "-5"),
        ("(15.00)", "-15.00"),
        ("($15.00)", "-15.00"),
        ("+7", "7"),
    ],
)
def test_a_number_is_read_exactly_as_written(text: str, number: str) -> None:
    assert str(numbers(text).read(text)) == number


@pytest.mark.parametrize("text", ["1,234", "1.234", "€ 999,000"])
def test_a_column_that_does_not_tell_thousands_from_decimals_is_refused_with_a_way_on(text: str) -> None:
    with pytest.raises(BadValue, match="'Budget' does not tell thousands from decimals") as refusal:
        numbers(text, text)

    assert refusal.value.hint == "say how it is written: --decimal comma or --decimal point"


def test_equally_many_numbers_of_either_kind_are_refused() -> None:
    with pytest.raises(BadValue, match="thousands from decimals"):
        numbers("1,5", "1.5")


def test_another_number_of_the_column_tells_what_one_alone_does_not() -> None:
    assert numbers("1.234", "7,50").read("1.234") == 1234
    assert numbers("1.234", "0.0").read("1.234") == Decimal("1.234")


def test_a_number_without_either_sign_tells_nothing() -> None:
    with pytest.raises(BadValue, match="thousands from decimals"):
        numbers("999", "1.234")

    assert numbers("999", "1500").read("1500") == 1500


def test_the_decimal_sign_asked_for_decides_what_the_column_does_not() -> None:
    assert numbers("1,234", comma=True).read("1,234") == Decimal("1.234")
    assert numbers("1,234", comma=False).read("1,234") == 1234


def test_the_decimal_sign_of_more_values_wins_and_the_others_are_problems() -> None:
    column = numbers("1,5", "2,5", "2.5")

    assert column.read("1,5") == Decimal("1.5")
    with pytest.raises(ValueError, match="decimal comma, as its column is"):
        column.read("2.5")


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "-Infinity",
        "1e5",
        "5 %",
        "12 PCS",
        "1 2345",
        "070-444 55 66",
        "1,23,4",
        "5.",
        "٣",
        "()",
        "",
        "9" * 61,
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        numbers(text).read(text)


@pytest.mark.parametrize("text", ["(15", "15)", "(-15)", "--5", "-€-5"])
def test_a_number_is_negative_only_if_that_is_clear(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        numbers(text).read(text)


def test_cells_that_are_no_number_decide_nothing() -> None:
    with pytest.raises(BadValue):
        numbers("1.234", "n/a")


@settings(deadline=None, max_examples=100)
@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=10), st.booleans())
def test_grouped_amounts_read_back_with_either_decimal_sign(amounts: list[Decimal], comma: bool) -> None:
    texts = [f"{amount:,.2f}" for amount in amounts]
    swapped = [text.translate(str.maketrans(",.", ".,")) if comma else text for text in texts]
    column = numbers(*swapped)

    assert [column.read(text) for text in swapped] == amounts
