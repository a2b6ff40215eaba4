"""Why something ended: one of the reasons of the house, and what people add to it."""

from __future__ import annotations

from typing import TypeVar

from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.record import Record
from crm_cli.domain.setting import one_of

R = TypeVar("R", bound=Record)


def reason_of(crm: Crm, key: str, text: str | None, note: str | None) -> str:
    """One of the configured reasons; `other` must be explained. Raises BadValue with the list."""
    allowed = list(crm.setting(key))
    if text is None:
        raise BadValue("a reason is needed", f"--reason, one of: {', '.join(allowed)}", allowed=allowed)
    reason = one_of("reason", text, allowed)
    if reason == "other" and not note:
        raise BadValue("the reason other needs a note", '--reason other --note "moved abroad"')
    return reason


def why_note(crm: Crm, record: R, text: str | None) -> R:
    """The record with a free reason written down as a note: it may name people, so it is kept with them."""
    return record.note(*crm.note(text)) if text else record
