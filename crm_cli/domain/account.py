"""An account: a company or individual we deal with."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from msgspec import field

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Codes, Record, Ref, Text, Texts


class AccountKind(StrEnum):
    """What it is in law."""

    COMPANY = "company"
    PERSON = "person"


class AccountStatus(StrEnum):
    """Whether it is still one; canceled when the lead that made it was taken back."""

    ACTIVE = "active"
    CANCELED = "canceled"
    DELETED = "deleted"


class AccountType(StrEnum):
    """What it is to us; it may be several."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    COMPETITOR = "competitor"
    CARRIER = "carrier"
    DEALER = "dealer"
    OTHER = "other"


class Account(Record, frozen=True, kw_only=True):
    """Somebody we deal with."""

    KIND = "account"
    CLOSED: ClassVar = {"deleted": "run: crm account restore {id}"}

    kind: AccountKind = AccountKind.COMPANY
    name: Text = ""
    status: AccountStatus = AccountStatus.ACTIVE
    types: Codes = field(default_factory=dict)
    customer_since: Moment | None = None
    emails: Texts = ()
    phones: Texts = ()
    website: Text | None = None
    tax_id: Text | None = None
    street: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    country: Code | None = None
    channel: Code | None = None
    rep: Ref | None = None
    external_id: Code | None = None

    def checked(self) -> Self:
        """Raises BadValue for an account without a name."""
        if not self.name.strip():
            raise BadValue("an account needs a name", 'crm account add "Acme GmbH"')
        return self

    def becomes_customer(self, at: Moment) -> Self:
        """A customer from that moment, unless it was one before."""
        self.must_be_open()
        since = min(self.customer_since, at) if self.customer_since else at
        types = {name: True for name in self.types if name != AccountType.PROSPECT}
        return self.change(
            types={**types, AccountType.CUSTOMER.value: True}, customer_since=since, status=AccountStatus.ACTIVE
        )

    def is_no_customer(self) -> Self:
        """A prospect again: what made it a customer was taken back."""
        types = {name: True for name in self.types if name != AccountType.CUSTOMER}
        return self.change(types={**types, AccountType.PROSPECT.value: True}, customer_since=None)

    def cancel(self) -> Self:
        """No account after all: the lead that made it was taken back."""
        return self.change(status=AccountStatus.CANCELED)
