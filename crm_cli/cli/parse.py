"""What is typed as options only: KEY=VALUE and fields to be emptied; what else people write is read below the shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from crm_cli.domain.errors import BadValue
from crm_cli.usecases.reading import (
    choice,
    currency,
    day,
    emails,
    given,
    moment,
    number,
    particulars,
    phones,
    share,
)

__all__ = (
    "choice",
    "currency",
    "day",
    "emails",
    "emptied",
    "given",
    "moment",
    "number",
    "pairs",
    "particulars",
    "phones",
    "share",
)


def pairs(texts: Iterable[str] | None) -> dict[str, str | None]:
    """KEY=VALUE, several times; an empty value takes the field away."""
    found: dict[str, str | None] = {}
    for text in texts or ():
        key, mark, value = text.partition("=")
        if not mark or not key.strip():
            raise BadValue(f"{text!r} is not KEY=VALUE", "--set industry=SaaS")
        found[key.strip()] = value.strip() or None
    return found


def emptied(texts: Iterable[str] | None, allowed: Sequence[str]) -> dict[str, Any]:
    """The fields that --unset empties; raises BadValue with those it may."""
    found: dict[str, Any] = {}
    for text in texts or ():
        name = text.strip()
        if name not in allowed:
            raise BadValue.not_one_of("field", name, allowed)
        found[name] = () if name in ("emails", "phones") else False if name == "do_not_contact" else None
    return found
