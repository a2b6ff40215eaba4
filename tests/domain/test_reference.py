"""What records point to, and what nothing points to any more."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import Refused
from crm_cli.domain.reference import is_taken_back, must_be_there


@pytest.mark.parametrize(("kind", "id"), [("account", "A1"), ("contact", "P1"), ("deal", "D1")])
def test_what_was_canceled_with_its_lead_is_taken_back(kind: str, id: str) -> None:
    doc = {"id": id, "name": "Acme", "status": "canceled"}

    assert is_taken_back(kind, doc)
    with pytest.raises(Refused, match=f"{id} Acme is canceled") as refusal:
        must_be_there(kind, doc)
    assert f"crm {kind} history {id}" in str(refusal.value.hint)


def test_a_canceled_event_can_still_be_followed_by_another() -> None:
    must_be_there("event", {"id": "E1", "status": "canceled"})


def test_what_was_deleted_is_not_there_and_can_be_restored() -> None:
    with pytest.raises(Refused, match="E1 is deleted") as refusal:
        must_be_there("event", {"id": "E1", "status": "deleted"})
    assert refusal.value.hint == "run: crm event restore E1"
