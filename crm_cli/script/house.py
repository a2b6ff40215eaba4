"""Whom a house deals with and who works there, for a program: accounts, contacts, reps, campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.domain.account import Account, AccountKind, AccountType
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.contact import Contact
from crm_cli.domain.reach import read_email
from crm_cli.domain.rep import Rep
from crm_cli.script.records import Records, Several, ref_of, several
from crm_cli.usecases.naming import handle_must_be_free, name_must_be_free
from crm_cli.usecases.reading import choice, currency, day, given, number, particulars
from crm_cli.usecases.registration import must_be_new

Custom = Mapping[str, str | None] | None


class Accounts(Records[Account]):
    """Companies and individuals."""

    OF = Account

    def add(
        self,
        name: str,
        *,
        is_person: bool = False,
        types: Several = (),
        legal_name: str | None = None,
        emails: Iterable[str] | None = None,
        phones: Iterable[str] | None = None,
        rep: Rep | str | None = None,
        channel: str | None = None,
        tags: Several = (),
        custom: Custom = None,
        allow_duplicate: bool = False,
        **address: str | None,
    ) -> Account:
        """Add an account; `address` is website, tax_id, street, postcode, city, country, external_id.

        Raises BadValue, NotFound, and Duplicate with the `candidates` among its details.
        """
        with self._doing("add") as crm:
            kinds = [choice(AccountType, one, "type") for one in several(types)]
            owner = crm.reps.find(str(ref_of(rep))).id if rep is not None else None
            told: dict[str, Any] = {"email": several(emails), "phone": several(phones), "channel": channel}
            fields = particulars(crm, **told, rep=owner, legal_name=legal_name, **address)
            kind = AccountKind.PERSON if is_person else AccountKind.COMPANY
            new = Account(id=crm.accounts.new_id(), kind=kind, name=name.strip(), **fields).checked()
            new = new.becomes(kinds, crm.at)
            must_be_new(crm, new, allow_duplicate)
            return self._added(crm, new, tags, custom)


class Contacts(Records[Contact]):
    """People at accounts."""

    OF = Contact

    def add(
        self,
        name: str,
        *,
        account: Account | str | None = None,
        position: str | None = None,
        emails: Iterable[str] | None = None,
        phones: Iterable[str] | None = None,
        do_not_contact: bool = False,
        external_id: str | None = None,
        tags: Several = (),
        custom: Custom = None,
        allow_duplicate: bool = False,
    ) -> Contact:
        """Add a contact; raises BadValue, NotFound, and Duplicate with the `candidates` among its details."""
        with self._doing("add") as crm:
            owner = crm.accounts.find(str(ref_of(account))).id if account is not None else None
            told: dict[str, Any] = {"email": several(emails), "phone": several(phones), "position": position}
            fields = particulars(
                crm, **told, account=owner, do_not_contact=do_not_contact or None, external_id=external_id
            )
            new = Contact(id=crm.contacts.new_id(), name=name.strip(), **fields).checked()
            must_be_new(crm, new, allow_duplicate)
            return self._added(crm, new, tags, custom)


class Reps(Records[Rep]):
    """Who is responsible."""

    OF = Rep

    def add(
        self,
        name: str,
        *,
        handle: str | None = None,
        email: str | None = None,
        division: str | None = None,
        tags: Several = (),
        custom: Custom = None,
    ) -> Rep:
        """Add a sales rep; raises BadValue, and Refused where another one has the handle."""
        with self._doing("add") as crm:
            address = read_email(email) if email else None
            new = Rep(id=crm.reps.new_id(), name=name.strip(), handle=handle, email=address, division=division)
            handle_must_be_free(crm, new.checked())
            return self._added(crm, new, tags, custom)


class Campaigns(Records[Campaign]):
    """Activities in order, through which leads are taken."""

    OF = Campaign

    def add(
        self,
        name: str,
        activities: Several = (),
        *,
        start: str | None = None,
        end: str | None = None,
        code: str | None = None,
        description: str | None = None,
        channel: str | None = None,
        budget: str | int | Decimal | None = None,
        tags: Several = (),
        custom: Custom = None,
    ) -> Campaign:
        """Start a campaign; days are as people say them. Raises BadValue, and Refused where the name is taken."""
        with self._doing("add") as crm:
            days = {"start": day(start, crm), "end": day(end, crm)}
            fields = particulars(crm, **days, code=code, description=description, channel=channel)
            money = given(budget=number(budget, "budget"), currency=currency(None, crm) if budget is not None else None)
            new = Campaign(id=crm.campaigns.new_id(), name=name.strip(), **fields, **money).checked()
            name_must_be_free(crm, new)
            for step in several(activities):
                new, _ = new.add_activity(step)
            return self._added(crm, new, tags, custom)
