"""What caused a claim, in two levels: a category, and causes in it."""

from __future__ import annotations

from crm_cli.domain.errors import BadValue


def cause_code(text: str) -> str:
    """A cause in its one spelling: a category, or one in it: transport, transport/broken. Raises BadValue."""
    parts = [" ".join(part.split()).lower() for part in text.split("/")]
    if len(parts) > 2 or not all(parts) or any(mark in text for mark in ",;"):
        raise BadValue(f"{text!r} is no cause", "a category, or a category and a cause in it: transport/broken")
    return "/".join(parts)


def category(cause: str) -> str:
    """The first level of a cause: transport of transport/broken."""
    return cause.partition("/")[0]
