"""Causes in two levels, in one spelling."""

from __future__ import annotations

import pytest

from crm_cli.domain.cause import category, cause_code
from crm_cli.domain.errors import BadValue


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("transport", "transport"),
        ("Transport/Broken", "transport/broken"),
        (" wrong  part / left ", "wrong part/left"),
        ("Lieferung/spät", "lieferung/spät"),
    ],
)
def test_a_cause_is_a_category_or_one_in_it(typed: str, code: str) -> None:
    assert cause_code(typed) == code


@pytest.mark.parametrize("typed", ["", " ", "/", "a/", "/b", "a/b/c", "a,b", "a;b"])
def test_what_is_no_cause(typed: str) -> None:
    with pytest.raises(BadValue, match="is no cause"):
        cause_code(typed)


def test_its_category_is_what_stands_before_the_stroke() -> None:
    assert (category("transport/broken"), category("transport")) == ("transport", "transport")
