"""An account: a company or individual we deal with."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import field

from crm_cli.domain.errors import BadValue
from crm_cli.domain.held import Held
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Codes, Ref, Text, Texts


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


class Account(Held, frozen=True, kw_only=True):
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
    legal_name: Text | None = None

    def checked(self) -> Self:
        """Raises BadValue for an account without a name."""
        if not self.name.strip():
            raise BadValue("an account needs a name", 'crm account add "Acme GmbH"')
        return self

    def edit(self, **fields: object) -> Self:
        """With other particulars; what it is to us changes by `becomes` and `is_no_longer`."""
        self.must_be_open()
        return self.change(**fields).checked()

    def becomes(self, types: Iterable[AccountType], at: Moment) -> Self:
        """These to us besides what it is already; a customer from that moment."""
        self.must_be_open()
        new = [one for one in types if one.value not in self.types]
        changed = self.change(types={**self.types, **{one.value: True for one in new}})
        return changed.becomes_customer(at) if AccountType.CUSTOMER in new else changed

    def is_no_longer(self, types: Iterable[AccountType]) -> Self:
        """Not these to us any more; who is no customer has not been one since any day."""
        self.must_be_open()
        gone = {one.value for one in types}
        kept = {name: True for name in self.types if name not in gone}
        return self.change(types=kept, customer_since=self.customer_since if AccountType.CUSTOMER in kept else None)

    def becomes_customer(self, at: Moment) -> Self:
        """A customer from that moment, unless it was one before."""
        self.must_be_open()
        since = min(self.customer_since, at) if self.customer_since else at
        types = {name: True for name in self.types if name != AccountType.PROSPECT}
        return self.change(
            types={**types, AccountType.CUSTOMER.value: True}, customer_since=since, status=AccountStatus.ACTIVE
        )

    def taken_up(self) -> Self:
        """An account again after it was canceled, or as it is; since when it was a customer before counts no more."""
        if self.status is not AccountStatus.CANCELED:
            return self
        return self.change(status=AccountStatus.ACTIVE, customer_since=None)

    def is_customer_since(self, at: Moment) -> Self:
        """A customer still, and since that moment: what made it one before was taken back."""
        return self.change(customer_since=at)

    def is_no_customer(self) -> Self:
        """A prospect again: what made it a customer was taken back."""
        types = {name: True for name in self.types if name != AccountType.CUSTOMER}
        return self.change(types={**types, AccountType.PROSPECT.value: True}, customer_since=None)

    def cancel(self) -> Self:
        """No account after all: the lead that made it was taken back."""
        return self.change(status=AccountStatus.CANCELED)
