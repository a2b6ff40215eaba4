"""A lead becomes account, contact and, if wanted, deal; and back."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.account import Account, AccountKind
from crm_cli.domain.contact import Contact, ContactStatus
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import Duplicate
from crm_cli.domain.event import Event, EventStatus
from crm_cli.domain.keys import email_keys, phone_keys
from crm_cli.domain.lead import Lead, LeadKind
from crm_cli.domain.moment import Moment
from crm_cli.domain.reach import number_key
from crm_cli.domain.record import Record, from_doc, to_doc
from crm_cli.usecases.customer import customer_moments
from crm_cli.usecases.deal_stage import kind_called


class DealWish(Struct, frozen=True):
    """The deal to be made of a lead; without an amount it is the lead's potential."""

    name: str | None = None
    amount: Decimal | None = None
    currency: str | None = None


class Qualified(Struct, frozen=True):
    """What a lead became."""

    lead: Lead
    account: Account
    contact: Contact | None
    deal: Deal | None


def qualify(
    crm: Crm, lead: Lead, account: Account | None, deal: DealWish | None, *, at: Moment | None = None
) -> Qualified:
    """Turn the lead into a customer, with a new account or the given one; saves everything.

    A company lead gives an account; a person gives an account of the company, or of the person, and a contact.
    A given one that was canceled is taken up again, as if it had never been a customer.
    Raises WrongState for a lead that is not open.
    """
    when = at or crm.at
    lead.must_be_open()
    owner = (account.taken_up() if account else _new_account(crm, lead)).becomes_customer(when)
    crm.save(owner, at=at)
    contact = _contact(crm, lead, owner)
    if contact is not None:
        crm.save(contact, at=at)
    sale = _deal(crm, lead, owner, contact, deal) if deal is not None else None
    if sale is not None:
        sale = sale.become(kind_called(crm, None), at or crm.when)
        crm.save(sale, at=at)
    done = lead.qualify(owner, contact.id if contact else None, sale.id if sale else None, when)
    crm.save(done, at=at)
    _hand_over(crm, lead, owner, at)
    return Qualified(done, owner, contact, sale)


def must_be_unknown(crm: Crm, lead: Lead) -> None:
    """Raises Duplicate, naming them, when e-mail, phone or tax id belong to an account or contact already."""
    known = sorted(set(_who_has(crm, lead)))
    if not known:
        return
    named = ", ".join(f"{id} {crm.name_of(id)}" for id in known)
    account = next((id for id in known if id.startswith("A")), None) or _account_of(crm, known[0])
    way = f"link it: --account {account}; or make a new one: --new" if account else "make a new one: --new"
    raise Duplicate(f"{lead.id} {lead.name} is known already as {named}", way, candidates=known)


def mind_namesakes(crm: Crm, lead: Lead) -> None:
    """Warn where the account that is to be made of the lead is called like one that is there: it is often that one."""
    for one in crm.alike(_new_account(crm, lead)):
        if one.id.startswith("A") and not crm.by_id(one.id).is_deleted:
            way = f"to link that one: crm lead unqualify {lead.id}, crm lead qualify {lead.id} --account {one.id}"
            crm.warnings.append(f"{one.id} {crm.name_of(one.id)} is there too ({', '.join(one.why)}); {way}")


def _who_has(crm: Crm, lead: Lead) -> list[str]:
    doc = to_doc(lead)
    mails, phones, tax = set(email_keys(doc)), set(phone_keys(doc)), number_key(lead.tax_id or "")
    keys = [*(f"email:{one}" for one in mails), *(f"phone:{one}" for one in phones), *([f"tax:{tax}"] if tax else [])]
    found: list[str] = []
    for kind, number in {one for key in keys for one in crm.snapshot.find(key)}:
        other = crm.snapshot.get(kind, number)
        if kind not in ("account", "contact") or other is None or other.get("status") != "active":
            continue
        same_tax = bool(tax) and number_key(other.get("tax_id") or "") == tax
        if mails & set(email_keys(other)) or phones & set(phone_keys(other)) or same_tax:
            found.append(str(other["id"]))
    return found


def _account_of(crm: Crm, contact: str) -> str | None:
    return crm.contacts.get(contact).account


def _new_account(crm: Crm, lead: Lead) -> Account:
    company = lead.company or (lead.name if lead.kind is LeadKind.COMPANY else None)
    return Account(
        id=crm.accounts.new_id(),
        kind=AccountKind.COMPANY if company else AccountKind.PERSON,
        name=company or lead.name,
        emails=lead.emails,
        phones=lead.phones,
        website=lead.website,
        tax_id=lead.tax_id,
        street=lead.street,
        postcode=lead.postcode,
        city=lead.city,
        country=lead.country,
        channel=lead.channel,
        rep=lead.rep,
    )


def _contact(crm: Crm, lead: Lead, account: Account) -> Contact | None:
    """The person of a lead that is one; somebody at the account with the same e-mail is that person."""
    if lead.kind is LeadKind.COMPANY:
        return None
    known = _known_contact(crm, lead, account)
    if known is not None:
        return known if known.status is ContactStatus.ACTIVE else known.change(status=ContactStatus.ACTIVE)
    return Contact(
        id=crm.contacts.new_id(),
        name=lead.name,
        do_not_contact=lead.do_not_contact,
        position=lead.position,
        account=account.id,
        emails=lead.emails,
        phones=lead.phones,
    )


def _known_contact(crm: Crm, lead: Lead, account: Account) -> Contact | None:
    mine = set(email_keys(to_doc(lead)))
    found = {one for mail in mine for one in crm.snapshot.find(f"email:{mail}") if one[0] == "contact"}
    for kind, number in sorted(found):
        doc = crm.then(kind, number)
        if doc is not None and doc.get("account") == account.id and mine & set(email_keys(doc)):
            return from_doc(doc, Contact)
    return None


def _deal(crm: Crm, lead: Lead, account: Account, contact: Contact | None, wish: DealWish) -> Deal:
    return Deal(
        id=crm.deals.new_id(),
        name=wish.name or lead.company or lead.name,
        account=account.id,
        contact=contact.id if contact else None,
        lead=lead.id,
        rep=lead.rep,
        amount=wish.amount if wish.amount is not None else lead.potential,
        currency=wish.currency or str(crm.setting("currency")),
    ).checked()


def unqualify(crm: Crm, lead: Lead) -> Lead:
    """Take the lead back; what was made for it alone is canceled, not erased. A won deal stands in the way.

    What is known today decides, whatever day it is dated on. Raises WrongState,
    Refused.
    """
    back = lead.unqualify()
    account = crm.accounts.get(lead.account) if lead.account else None
    contact = crm.contacts.get(lead.contact) if lead.contact else None
    for deal in crm.referring(lead.id, "deal", today=True):
        if isinstance(deal, Deal) and deal.status not in (DealStatus.CANCELED, DealStatus.DELETED):
            deal.cancel()  # one that is won today stands in the way
            crm.save(crm.deals.get(deal.id).cancel())
    crm.save(back)
    if contact is not None and _made_for(crm, lead, contact):
        contact = contact.cancel()
        crm.save(contact)
    if account is not None and _made_for(crm, lead, account):
        crm.save(account.cancel())
    elif account is not None:
        reconsider(crm, account)
    return back


def _made_for(crm: Crm, lead: Lead, record: Account | Contact) -> bool:
    """Whether a qualification made the account or contact, and nothing but this lead stands on it."""
    others = (one for one in crm.referring(record.id, today=True) if not _goes_with(lead, one))
    first = crm.history(record.id)[0]
    return record.status == "active" and first.cmd in ("lead.qualify", "import.deals") and not any(others)


def _goes_with(lead: Lead, record: Record) -> bool:
    """Whether a record is gone, or goes, when the lead is taken back."""
    if str(getattr(record, "status", "")) in ("canceled", "deleted"):
        return True
    return record.id in (lead.id, lead.contact) or (isinstance(record, Deal | Event) and record.lead == lead.id)


def reconsider(crm: Crm, account: Account) -> None:
    """An account is no customer any more when nothing makes it one: no lead, no sale, and nobody who said so.

    Otherwise it is one since the first of what does.
    """
    moments = customer_moments(crm, account)
    crm.save(account.is_customer_since(min(moments)) if moments else account.is_no_customer())


def cancel_planned(crm: Crm, lead: Lead) -> None:
    """Cancel what is planned with a lead that has ended."""
    for event in _planned(crm, lead):
        crm.save(event.cancel(crm.at, None))


def canceled_with(crm: Crm, lead: Lead) -> list[Event]:
    """What was planned with a lead that was disqualified, and canceled with it; it is so today."""
    events = [one for one in crm.referring(lead.id, "event", today=True) if isinstance(one, Event)]
    ended = [one for one in events if one.status is EventStatus.CANCELED]
    return [one for one in ended if one.canceled_at == lead.disqualified_at]


def _planned(crm: Crm, lead: Lead) -> list[Event]:
    """What is planned with the lead today, as it was at the moment of this command."""
    today = [one for one in crm.referring(lead.id, "event", today=True) if isinstance(one, Event)]
    return [crm.events.get(one.id) for one in today if one.status is EventStatus.PLANNED]


def _hand_over(crm: Crm, lead: Lead, account: Account, at: Moment | None) -> None:
    """What is planned with the lead is seen at its account too."""
    for event in _planned(crm, lead):
        crm.save(event.change(account=account.id), at=at)
