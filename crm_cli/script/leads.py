"""Leads, for a program: registered, rated, moved, qualified, ended and taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from msgspec.structs import replace

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.lead import Lead, LeadKind
from crm_cli.domain.rep import Rep
from crm_cli.script.records import Records, Several, ref_of, several
from crm_cli.usecases import qualify as usecase
from crm_cli.usecases.reading import currency as money
from crm_cli.usecases.reading import number, particulars
from crm_cli.usecases.reason import reason_of, why_note
from crm_cli.usecases.registration import Registered, placed, rated, registered
from crm_cli.usecases.reopen import reopened


class LeadFields(TypedDict, total=False):
    """The particulars of a lead, as the options of `crm lead add` say them; None is left out."""

    company: str | None
    position: str | None
    emails: Iterable[str] | None
    phones: Iterable[str] | None
    website: str | None
    tax_id: str | None
    street: str | None
    postcode: str | None
    city: str | None
    country: str | None
    source: str | None
    source_detail: str | None
    channel: str | None
    potential: str | int | Decimal | None
    external_id: str | None
    do_not_contact: bool | None


class Leads(Records[Lead]):
    """Leads; references are what people type, or records."""

    OF = Lead

    def add(
        self,
        name: str,
        *,
        is_company: bool = False,
        campaign: Campaign | str | None = None,
        activity: str | None = None,
        rep: Rep | str | None = None,
        rating: str | None = None,
        tags: Several = (),
        custom: Mapping[str, str | None] | None = None,
        note: str | None = None,
        allow_duplicate: bool = False,
        if_missing: bool = False,
        **fields: Unpack[LeadFields],
    ) -> Lead:
        """Register a lead; with `if_missing` the one that is there already is given, unchanged.

        Raises BadValue, NotFound, Refused, and Duplicate with the `candidates` among its details.
        """
        kind = LeadKind.COMPANY if is_company else LeadKind.PERSON
        with self._doing("add") as crm:
            done: Registered = registered(
                crm,
                {"kind": kind, "name": name.strip(), **_read(crm, fields)},
                campaign=ref_of(campaign),
                activity=activity,
                rep=ref_of(rep),
                rating=rating,
                tags=several(tags),
                custom=custom,
                note=note,
                allow_duplicate=allow_duplicate,
                if_missing=if_missing,
            )
            return self._block.kept(crm, done.lead)

    def edit(self, ref: Lead | str, *, name: str | None = None, **fields: Unpack[LeadFields]) -> Lead:
        """Change particulars; raises BadValue, WrongState."""
        with self._doing("edit") as crm:
            changed = {**_read(crm, fields), **({"name": name.strip()} if name is not None else {})}
            return self._saved(crm, self._fresh(crm, ref).edit(**changed))

    def rate(self, ref: Lead | str, rating: str) -> Lead:
        """hot, warm, cold or junk, which sets until when it is to be answered; raises BadValue, WrongState."""
        with self._doing("rate") as crm:
            return self._saved(crm, rated(crm, self._fresh(crm, ref), rating))

    def set_campaign(self, ref: Lead | str, campaign: Campaign | str, activity: str | None = None) -> Lead:
        """Put into a campaign, at its first activity unless one is named; raises NotFound, Refused, WrongState."""
        with self._doing("set-campaign") as crm:
            return self._saved(crm, placed(crm, self._fresh(crm, ref), str(ref_of(campaign)), activity))

    def qualify(
        self,
        ref: Lead | str,
        *,
        account: Account | str | None = None,
        new: bool = False,
        deal: bool = False,
        amount: str | int | Decimal | None = None,
        currency: str | None = None,
        note: str | None = None,
    ) -> usecase.Qualified:
        """Turn a lead into account, contact and, with `deal` or an amount, deal: each is given.

        Raises Duplicate where it is known already and neither an account nor `new` is said; WrongState.
        """
        with self._doing("qualify") as crm:
            lead = why_note(crm, self._fresh(crm, ref), note)
            lead.must_be_open()
            owner = crm.accounts.find(str(ref_of(account))) if account is not None else None
            if owner is None and not new:
                usecase.must_be_unknown(crm, lead)
                usecase.mind_namesakes(crm, lead)
            wanted = deal or amount is not None
            wish = usecase.DealWish(None, number(amount, "amount"), money(currency, crm)) if wanted else None
            done = usecase.qualify(crm, lead, owner, wish)
            return replace(
                done,
                lead=self._block.kept(crm, done.lead),
                account=self._block.kept(crm, done.account),
                contact=self._block.kept(crm, done.contact) if done.contact else None,
                deal=self._block.kept(crm, done.deal) if done.deal else None,
            )

    def unqualify(self, ref: Lead | str, *, reason: str | None = None) -> Lead:
        """Take a qualification back; what was made for it alone is canceled. Raises WrongState, Refused."""
        with self._doing("unqualify") as crm:
            return self._block.kept(crm, usecase.unqualify(crm, why_note(crm, self._fresh(crm, ref), reason)))

    def disqualify(self, ref: Lead | str, reason: str, *, note: str | None = None, keep_events: bool = False) -> Lead:
        """End a lead for one of the house's reasons; what is planned is canceled. Raises BadValue, WrongState."""
        with self._doing("disqualify") as crm:
            why = reason_of(crm, "lead.reasons", reason, note)
            lead = self._fresh(crm, ref)
            done = self._saved(crm, why_note(crm, lead.disqualify(why, crm.at), note), why)
            if not keep_events:
                usecase.cancel_planned(crm, lead)
            return done

    def reopen(self, ref: Lead | str, *, reason: str | None = None, campaign: Campaign | str | None = None) -> Lead:
        """Take a disqualified lead up again; `none` as campaign takes it out. Raises WrongState, Refused."""
        with self._doing("reopen") as crm:
            return self._saved(crm, why_note(crm, reopened(crm, self._fresh(crm, ref), ref_of(campaign)), reason))


def _read(crm: Crm, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The particulars that are given, each as it is kept."""
    plain = {name: value for name, value in fields.items() if name not in ("emails", "phones")}
    return particulars(crm, email=several(fields.get("emails")), phone=several(fields.get("phones")), **plain)
