"""Contacts: named, and canceled with the lead that made them."""

from __future__ import annotations

import pytest

from crm_cli.domain.contact import Contact, ContactStatus
from crm_cli.domain.errors import BadValue, WrongState

JANE = Contact(id="P9", name="Jane Doe", account="A7")


def test_a_contact_needs_a_name() -> None:
    with pytest.raises(BadValue, match="needs a name"):
        JANE.change(name=" ").checked()
    assert JANE.checked() == JANE


def test_a_contact_whose_lead_was_taken_back_is_canceled_and_keeps_everything_else() -> None:
    canceled = JANE.cancel()

    assert canceled.status is ContactStatus.CANCELED
    assert canceled.change(status=ContactStatus.ACTIVE) == JANE


def test_a_contact_is_edited_and_moved_but_keeps_a_name() -> None:
    assert JANE.edit(account="A8", position="Buyer").account == "A8"
    with pytest.raises(BadValue, match="needs a name"):
        JANE.edit(name="")
    with pytest.raises(WrongState, match="P9 is deleted"):
        JANE.delete().edit(position="Buyer")
