"""A contact: a person at an account."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from crm_cli.domain.errors import BadValue
from crm_cli.domain.record import Code, Record, Ref, Text, Texts


class ContactStatus(StrEnum):
    """Whether it is still one; canceled when the lead that made it was taken back."""

    ACTIVE = "active"
    CANCELED = "canceled"
    DELETED = "deleted"


class Contact(Record, frozen=True, kw_only=True):
    """Somebody one can talk to."""

    KIND = "contact"
    CLOSED: ClassVar = {"deleted": "run: crm contact restore {id}"}

    name: Text = ""
    do_not_contact: bool = False
    status: ContactStatus = ContactStatus.ACTIVE
    position: Text | None = None
    account: Ref | None = None
    emails: Texts = ()
    phones: Texts = ()
    external_id: Code | None = None

    def checked(self) -> Self:
        """Raises BadValue for a contact without a name."""
        if not self.name.strip():
            raise BadValue("a contact needs a name", 'crm contact add "Jane Doe" --account A7')
        return self

    def edit(self, **fields: object) -> Self:
        """With other particulars, or at another account."""
        self.must_be_open()
        return self.change(**fields).checked()

    def cancel(self) -> Self:
        """No contact after all: the lead that made it was taken back."""
        return self.change(status=ContactStatus.CANCELED)
