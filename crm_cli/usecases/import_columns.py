"""Which field each column of a file is: as asked for, else as its header says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.domain.reach import fold
from crm_cli.usecases.import_own import names_beside, own_columns

Of = Literal["leads", "deals"]
Columns = dict[str, str]  # header to field; custom.x is a field of one's own

CUSTOM = "custom."
SEVERAL = frozenset({"emails", "phones", "tags", "notes"})  # fields that any number of columns may fill
ADDED = ("rejected line", "rejected reason")  # what a file of rejected rows has beside its own columns

_REP = """
    rep, rep name, sales rep, sales representative, owner, lead owner, contact owner, company owner, account owner,
    deal owner, salesperson, sales person, seller, sold by, assigned to, assignee, account manager, responsible,
    vertriebler, verkäufer, verkäuferin, betreuer, zuständig, sachbearbeiter, besitzer
"""
# Case, blanks and punctuation do not count, ä is ae: "E-Mail 1 - Value" is "email1value".
HEADERS: Mapping[Of, Mapping[str, str]] = {
    "leads": {
        "name": """
            name, full name, contact name, lead name, person, contact, your name, what's your name?, display name,
            vollständiger name, ansprechpartner, ansprechpartnerin, kontakt, kontaktperson, namn
        """,
        "first_name": "first name, given name, forename, vorname, förnamn, prénom",
        "last_name": "last name, surname, family name, nachname, familienname, zuname, efternamn",
        "company": """
            company, company name, organization, organisation, organization name, organisation name, account name,
            associated company, employer, business name, default address company, firma, firmenname, unternehmen,
            betrieb, företag
        """,
        "position": """
            position, job title, job, role, job role, organization title, function, funktion, stelle, beruf,
            stellenbezeichnung
        """,
        "emails": """
            email, emails, mail, email address, your email, what's your email?, email 1, email 2, email 3, email1 value,
            email2 value, email3 value, email 2 address, email 3 address, work email, private email, primary email,
            email adresse, mailadresse, e-post, courriel
        """,
        "phones": """
            phone, phones, phone number, telephone, telephone number, tel, mobile, mobile phone, mobile number, cell,
            cell phone, home phone, business phone, work phone, office phone, phone 1, phone 2, phone1 value,
            phone2 value, phone3 value, primary phone, telefon, telefonnummer, tel nr, mobil, mobiltelefon, handy,
            handynummer, mobilnummer, rufnummer, festnetz, téléphone
        """,
        "website": """
            website, web site, web page, webpage, homepage, url, website url, website1 value, company website,
            webseite, internetseite
        """,
        "tax_id": """
            tax id, tax number, tax no, vat, vat id, vat number, vat no, ust id, ust idnr, ustid, umsatzsteuer id,
            steuernummer, cnpj, nif
        """,
        "street": """
            street, street address, address, address line 1, address street, address1 street, mailing street,
            business street, straße, strasse und hausnummer, adresse, anschrift
        """,
        "postcode": """
            postcode, post code, postal code, zip, zip code, zipcode, address postal code, address1 postal code,
            mailing zip, business postal code, plz, postleitzahl
        """,
        "city": """
            city, town, address city, address1 city, mailing city, business city, stadt, ort, wohnort
        """,
        "country": """
            country, country region, country code, address country, address1 country, mailing country,
            business country region, land, staat
        """,
        "source": "source, lead source, origin, original source, utm source, quelle, leadquelle, herkunft",
        "source_detail": "source detail, source details, landing page, quelle detail, quellendetail",
        "channel": "channel, lead channel, acquisition channel, marketing channel, kanal, akquisekanal",
        "campaign": "campaign, campaign name, kampagne, kampagnenname",
        "rep": _REP,
        "rating": "rating, lead rating, bewertung, einstufung",
        "potential": """
            potential, estimated value, expected value, lead value, estimated profit, potenzial, umsatzpotenzial
        """,
        "received_at": """
            received at, received on, received date, date received, date of receipt, created, created at, created on,
            create date, created date, created time, creation date, date created, lead date, submitted at,
            submitted on, submission date, registered at, registration date, optin time, eingang, eingangsdatum,
            eingegangen am, erhalten am, erstellt, erstellt am, erstelldatum, angelegt am, anlagedatum, erfasst am
        """,
        "external_id": "external id, external number, lead id, record id, lead number, externe id, lead nr",
        "notes": """
            notes, note, comment, comments, remark, remarks, message, your message, notiz, notizen, bemerkung,
            bemerkungen, kommentar, anmerkung, nachricht
        """,
        "tags": "tags, tag, labels, categories, keywords, schlagworte, schlagwörter, kategorien",
        "do_not_contact": """
            do not contact, dnc, do not call, do not email, opt out, opted out, email opt out, nicht kontaktieren,
            kontaktsperre, werbesperre
        """,
    },
    "deals": {
        "lead.external_id": "lead external id, lead id, lead number, lead nr",
        "won_at": """
            won at, won, won on, won date, date won, closed won date, close date, closed, closed at, closed on,
            closed date, closing date, sale date, date of sale, order date, gewonnen am, abschlussdatum,
            abgeschlossen am, verkaufsdatum, verkauft am, auftragsdatum
        """,
        "amount": """
            amount, deal amount, value, deal value, revenue, total, price, sum, betrag, summe, umsatz, wert, preis,
            auftragswert
        """,
        "currency": "currency, currency code, deal currency, währung",
        "rep": _REP,
        "name": """
            name, title, deal, deal name, deal title, opportunity, opportunity name, titel, bezeichnung, auftrag
        """,
        "external_id": "external id, deal id, record id, opportunity id, deal number, auftragsnummer, externe id",
    },
}
# Headers that may mean something else: they count only where no other column is that field, the first of them first.
WEAK: Mapping[Of, Mapping[str, str]] = {
    "leads": {"received_at": "received, date, datum, timestamp", "position": "title", "external_id": "id"},
    "deals": {"won_at": "date, datum", "external_id": "id", "lead.external_id": "lead"},
}


class _Headings(Struct, frozen=True):
    """What the headers of one kind of file may be, from the plainest to the vaguest."""

    fields: tuple[str, ...]
    named: dict[str, str]
    meant: dict[str, str]
    perhaps: dict[str, str]


def columns_of(of: Of, headers: Sequence[str], maps: Iterable[str] = ()) -> Columns:
    """Every column with its field, in the order of the file; what nothing tells becomes custom.HEADER.

    `maps` are COLUMN=field as typed. The columns `rejected line` and `rejected reason`, from a file of rejected
    rows, are left out; those of our own exports that nobody can set are `left out`.
    Raises BadValue for an unknown column or field, with those there are, for two fields of one column, and for two
    columns of a field that takes only one.
    """
    headings = _headings(of)
    headers = [header for header in headers if header not in ADDED]
    found = _asked(maps, headers, headings)
    own = {**(own_columns(headers, headings.fields) if of == "leads" else {}), **names_beside(headers, headings.fields)}
    found = {**own, **found}
    untold = [header for header in headers if header not in found]
    _recognise(found, untold, {header: headings.named.get(header.strip().lower()) for header in untold})
    _recognise(found, untold, {header: headings.meant.get(_bare(header)) for header in untold})
    for header, field in headings.perhaps.items():
        _recognise(found, untold, {one: field for one in untold if _bare(one) == header})
    return {header: found.get(header) or CUSTOM + header.removeprefix(CUSTOM) for header in headers}


def _recognise(found: Columns, headers: Sequence[str], meant: Mapping[str, str | None]) -> None:
    """Take in what these headers mean, unless another column is that already."""
    for header in headers:
        field = meant.get(header)
        if field and header not in found and (field in SEVERAL or field not in found.values()):
            found[header] = field


def _asked(maps: Iterable[str], headers: Sequence[str], headings: _Headings) -> Columns:
    """What --map says; raises BadValue where it says two things."""
    found: Columns = {}
    for text in maps:
        column, mark, field = text.rpartition("=")
        if not mark:
            raise BadValue(f"--map {text!r} is not COLUMN=field", '--map "E-Mail=email"')
        header, field = _header(column, headers), _field(field.strip(), headings)
        _must_agree(found, header, field)
        found[header] = field
    return found


def _must_agree(found: Columns, header: str, field: str) -> None:
    """Raises BadValue where the column is another field already, or the field another column."""
    if found.get(header, field) != field:
        raise BadValue(f"--map makes {header!r} both {found[header]} and {field}", "say one field for each column")
    others = [one for one, taken in found.items() if taken == field and one != header]
    if others and field not in SEVERAL:
        several = ", ".join(sorted(SEVERAL))
        raise BadValue(
            f"--map makes both {others[0]!r} and {header!r} {field}",
            f"say one column for {field}; only {several} take several",
        )


def _header(text: str, headers: Sequence[str]) -> str:
    """The column that is meant: exactly so, else case apart."""
    wanted = text.strip()
    alike = [header for header in headers if header.casefold() == wanted.casefold()]
    if wanted not in headers and len(alike) != 1:
        raise BadValue.not_one_of("column", wanted, headers)
    return wanted if wanted in headers else alike[0]


def _field(text: str, headings: _Headings) -> str:
    """The field that is meant, by its name or as a header would say it."""
    if text.startswith(CUSTOM) and text.removeprefix(CUSTOM).strip():
        return CUSTOM + text.removeprefix(CUSTOM).strip()
    field = headings.named.get(text.lower()) or headings.meant.get(_bare(text))
    if field is None:
        raise BadValue.not_one_of("field", text, [*headings.fields, "custom.NAME"])
    return field


def _headings(of: Of) -> _Headings:
    fields = tuple(HEADERS[of])
    return _Headings(fields, {field: field for field in fields}, _words(HEADERS[of]), _words(WEAK[of]))


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {_bare(word): field for field, words in table.items() for word in words.split(",")}


def _bare(header: str) -> str:
    return fold(header).replace(" ", "")
