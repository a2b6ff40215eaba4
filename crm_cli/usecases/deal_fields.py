"""A deal and its particulars, as they are said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.deal import Deal
from crm_cli.usecases.customer import mind_the_contact
from crm_cli.usecases.deal_stage import kind_called
from crm_cli.usecases.reading import day, given, number


def begun(crm: Crm, name: str, currency: str, kind: str | None, **fields: Any) -> Deal:
    """A new deal with these fields, each as it is kept, at the first stage of its kind; raises BadValue."""
    new = Deal(id=crm.deals.new_id(), name=name.strip(), currency=currency, **fields).checked()
    mind_the_contact(crm, new.account, new.contact)
    return new.become(kind_called(crm, kind), crm.when)


def particulars(
    crm: Crm,
    account: str | None,
    contact: str | None,
    amount: str | int | Decimal | None,
    expected: str | None,
    rep: str | None,
    external_id: str | None,
) -> dict[str, Any]:
    """Those that were given, each as it is kept; raises BadValue, NotFound."""
    return given(
        account=crm.accounts.find(account).id if account else None,
        contact=crm.contacts.find(contact).id if contact else None,
        amount=number(amount, "amount"),
        expected_close=day(expected, crm),
        rep=crm.reps.find(rep).id if rep else None,
        external_id=external_id,
    )
