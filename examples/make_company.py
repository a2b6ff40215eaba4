"""The generator of the example company: leads and deals of Nordlicht Fahrradbau, all invented."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")
Row = dict[str, str]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SEED = 2026
FOLDER = Path(__file__).parent / "company"
FIRST_DAY = date(2026, 1, 5)
LAST_DAY = date(2026, 6, 30)
ORDINARY_LEADS = 278
NAMELESS = 9
NUMBERLESS = 8
BUYERS = 86
REPEAT_BUYERS = 24
LONGEST_WAIT = 40

LEAD_HEADERS = (
    "External ID", "Name", "Company", "E-mail", "Telefon", "Mobile", "City", "Country", "Source", "Channel",
    "Campaign", "Received", "Potential", "Tags", "Do not contact", "Notes", "Industry", "Fleet size",
)  # fmt: skip
DEAL_HEADERS = ("deal id", "lead id", "won", "amount", "currency", "seller", "title")

FIRST_NAMES = words("""
    Anke Aylin Bärbel Bernd Birgit Carsten Dörte Eike Emre Finn Frauke Gesa Götz Günter Hauke Heike Ines Jörg
    Jule Jürgen Kai Käthe Lasse Malte Maren Nele Okko Ole Ömer Rieke Rüdiger Silke Sönke Swantje Tjark Uta
    Volker Wiebke Yusuf Zeynep
""")
LAST_NAMES = words("""
    Achterdeich Birnstengel Brombär Deichläufer Distelkamp Eulenpütz Fährbeck Flintergrün Großkötter Grützmühl
    Heckenrath Hüttensprung Immenhöfer Kaltwasser Kirschgräf Kräuterling Möwenfels Nüßlinger Ostermoor
    Quittenbaum Regenbrecht Rübenhof Saatkamp Schlehdorn Schöffelin Süßkirch Tümpelmann Uhlenbruch
    Veilchenfeld Wacholderstein Wüstenau Zaunkämper Zöllerkamp
""")
COMPANY_HEADS = words("""
    Ahorn Birken Dachs Distel Eiben Elster Falken Farn Ginster Hasel Heide Iltis Kiefern Kranich Linden Marder
    Mohn Nebel Otter Pappel Quellen Reiher Schilf Silber Sturm Tannen Ulmen Wachtel Weiden Zeisig
""")
COMPANY_TAILS = words("bach blick bogen feld grund hang hof kamm steg tal ufer werk winkel")
TRADES = words("""
    Bäckerei Kurier Gärtnerei Hausservice Tischlerei Catering Apotheke Blumen Getränke Kita Pflegedienst
    Druckerei Fahrradverleih Glaserei Wäscherei Imkerei Optik
""")
LEGAL_FORMS = (" GmbH", " GmbH & Co. KG", " KG", " e. K.", " GbR", " UG (haftungsbeschränkt)", " AG", "", "")
CHANNELS = (*["Website"] * 3, *["Trade fair"] * 2, "Referral", "Newsletter", "Phone call", "Shop")
SOURCES = ("Web form", "Lastenradmesse Bremen", "Spring catalogue", "Test ride day", "Partner shop", "", "")
TAGS = ("", "", "", "", "fleet", "vip", "test-ride", "fleet,vip")
NOTES = ("", "", "", "Wants a test ride", "Call after 5 p.m., not on Fridays", "Two child seats; leasing?")
DO_NOT_CONTACT = ("", "", "", "", "", "no", "no", "yes")

# City, country, and the dialling code and first digits of numbers that are kept free for fiction.
CITIES = (
    ("Berlin", "DE", "30", "23125"), ("Berlin", "DE", "30", "23125"), ("Hamburg", "DE", "40", "66969"),
    ("Hamburg", "DE", "40", "66969"), ("München", "DE", "89", "99998"), ("Köln", "DE", "221", "4710"),
    ("Frankfurt am Main", "DE", "69", "90009"), ("Wien", "AT", "", ""), ("Zürich", "CH", "", ""),
)  # fmt: skip
PHONE_FORMS = (
    "+49 {area} {head} {tail}", "+49 (0){area} {head} {tail}", "+49 (0) {area}/{head}-{tail}",
    "+49{area}{head}{tail}", "0049 {area} {head}{tail}", "0{area}/{head}-{tail}", "(0{area}) {head}{tail}",
    "0{area} {head} {tail}",
)  # fmt: skip
MOBILE_FORMS = ("0171 39200{tail}", "+49 171 39200{tail}", "0049 (0)171/39200-{tail}", "0171/39200{tail}")

SELLERS = ("Jonna Petersdeich", "Zdenko Krampl", "Tarek Brahimoglu", "Greta Lindmark", "Jörn Brüggfeld")
BIKES = (
    ("Cargo bike Hauke 3", 429_900),
    ("Cargo bike Ole, long, with rain cover", 574_900),
    ("Trailer Lotte", 89_950),
    ('Box "XL" for Hauke 3', 64_900),
    ("2 x cargo bike Ole", 998_000),
    ("Delivery fleet, 4 bikes", 1_860_050),
)

# The faults of real files: a name a spreadsheet would compute, one a terminal would colour, and so on.
ODD_LEADS: tuple[Row, ...] = (
    {"External ID": "NL-9001", "Name": "=2+5 Radverleih", "E-mail": "rad@zweiplusfuenf.example.com",
     "Received": "14.01.2026", "Channel": "Website", "Potential": "3500,00"},
    {"External ID": "NL-9002", "Name": "Otto [/red] Lampe", "E-mail": "otto.lampe@example.org",
     "Received": "20.01.2026", "Channel": "Shop", "Tags": "test-ride"},
    {"External ID": "NL-9003", "Name": "Łucja Żółkowska", "E-mail": "lucja@zolw.example.net",
     "Company": "Żółw Kurierzy Sp. z o.o.", "City": "Wrocław", "Country": "PL", "Received": "03.02.2026"},
    {"External ID": "NL-9004", "Name": "Přemysl Šťastník", "E-mail": "premysl@kolohnat.example.net",
     "Company": "Kolohnát s.r.o.", "City": "Brno", "Country": "CZ", "Received": "03.02.2026"},
    {"External ID": "NL-9005", "Name": "Ελένη Καραβέλα", "E-mail": "eleni@podilato.example.com",
     "City": "Θεσσαλονίκη", "Country": "GR", "Received": "17.02.2026", "Potential": "2.890,00"},
    {"External ID": "NL-9006", "Name": "水無月 灯", "E-mail": "akari@example.net", "City": "札幌市",
     "Country": "JP", "Received": "02.03.2026", "Channel": "Website", "Notes": "配達用の自転車を希望"},
    {"External ID": "NL-9007", "Name": "Rhys O'Dwyer-Ng", "E-mail": "rhys@pedalfee.example.com",
     "Company": "Pedalfee 🚲 Deliveries Ltd.", "City": "London", "Country": "GB", "Potential": "18.400,50",
     "Telefon": "+44 20 7946 0142", "Mobile": "0044 (0)20 7946 0143", "Received": "09.03.2026"},
    {"External ID": "NL-9008", "Name": "Dakota Quillfeather", "E-mail": "DAKOTA@Quillfeather.Example.COM",
     "City": "Portland", "Country": "US", "Telefon": "+1 (503) 555-0142", "Received": "11.03.2026"},
    {"E-mail": "fuhrpark@rathaus-moorhude.example.org", "Received": "16.03.2026", "Channel": "Website"},
    {"Company": "Windschief Zeltverleih", "City": "Köln", "Received": "18.03.2026", "Channel": "Trade fair"},
    {"External ID": "NL-9009", "Name": "Tomke Harmsdeich ", "E-mail": " tomke.harmsdeich@example.com ",
     "Received": "24.03.2026", "Channel": "  Website ", "Potential": " 4.299,00 ",
     "Notes": 'Said: "call me; not before ten".\nSecond visit, with wife, on Saturday.'},
    # The night the clocks go forward, the first minutes of April and the last of May.
    {"External ID": "NL-9010", "Name": "Ilse Nachtrad", "E-mail": "ilse@nachtrad.example.org",
     "Received": "29.03.2026 03:30", "Channel": "Newsletter"},
    {"External ID": "NL-9011", "Name": "Knut Aprilis", "E-mail": "knut.aprilis@example.org",
     "Received": "01.04.2026 00:20", "Channel": "Newsletter"},
    {"External ID": "NL-9012", "Name": "Mette Maienschein", "E-mail": "mette@example.org",
     "Received": "31.05.2026 23:50", "Channel": "Newsletter", "Do not contact": "yes"},
    # Colleagues behind one switchboard are three people.
    {"External ID": "NL-9013", "Name": "Borwin Quastkamp", "E-mail": "quastkamp@stadtwerft.example.com",
     "Company": "Stadtwerft Moorhude AG", "Telefon": "030/23125-990", "Received": "07.04.2026"},
    {"External ID": "NL-9014", "Name": "Seyda Öztopraklı", "E-mail": "seyda@stadtwerft.example.com",
     "Company": "Stadtwerft Moorhude AG", "Telefon": "+49 30 23125 990", "Received": "08.04.2026"},
    {"External ID": "NL-9015", "Name": "Levke Tiedenfels", "Company": "Stadtwerft Moorhude AG",
     "Telefon": "0049 30 23125990", "Received": "15.04.2026", "Channel": "Referral"},
)  # fmt: skip

TWIN_LEADS: tuple[Row, ...] = (
    # One export row repeated with what was learnt since: one lead, and the later channel is the true one.
    {"External ID": "NL-9101", "Name": "Ubbo Fehrmoor", "Company": "Fehrmoor & Töchter", "City": "Hamburg",
     "Received": "25.02.2026", "Channel": "Website", "Potential": "900,00"},
    {"External ID": "NL-9101", "Name": "Ubbo Fehrmoor", "E-mail": "ubbo@fehrmoor.example.com",
     "Received": "25.02.2026", "Channel": "Referral", "Potential": "8.600,00"},
    # One form sent twice, the second time without a number: one lead.
    {"External ID": "NL-9102", "Name": "Hilke Sandvoßen", "E-mail": "hilke.sandvossen@moorwind.example.org",
     "Received": "12.02.2026", "Channel": "Website", "Potential": "5.749,00"},
    {"Name": "Hilke Sandvoßen", "E-mail": "Hilke.Sandvossen+Lastenrad@Moorwind.Example.org",
     "Telefon": "030 23125 991", "Received": "12.02.2026", "Channel": "Website"},
    # Twins to be named: the same mailbox, the same phone, the same person spelled two ways.
    {"External ID": "NL-9103", "Name": "Edda Brackwasser", "E-mail": "edda@brackwasser.example.net",
     "Received": "04.03.2026", "Channel": "Newsletter"},
    {"External ID": "NL-9104", "Name": "E. Brackwasser", "E-mail": "Edda+Flotte@Brackwasser.example.net",
     "Received": "21.04.2026", "Channel": "Website"},
    {"External ID": "NL-9105", "Name": "Katharina Brömmelau", "E-mail": "k.broemmelau@example.com",
     "Telefon": "+49 30 23125 992", "Received": "19.03.2026", "Channel": "Trade fair"},
    {"External ID": "NL-9106", "Name": "Katarina Brömmelau", "E-mail": "kati@broemmelau.example.org",
     "Mobile": "030/23125-992", "Received": "11.05.2026", "Channel": "Phone call"},
    {"External ID": "NL-9107", "Name": "Jost Müller", "Company": "Küstenkiesel Naturkost GmbH",
     "E-mail": "jost@kuestenkiesel.example.com", "Received": "23.04.2026", "Channel": "Referral"},
    {"External ID": "NL-9108", "Name": "Mueller, Jost", "Company": "Kuestenkiesel Naturkost",
     "E-mail": "einkauf@kiesel.example.org", "Received": "02.06.2026"},
)  # fmt: skip


def below(dice: Random, limit: int) -> int:
    """A whole number from 0 to *limit* - 1, by the one method whose sequence Python promises to keep."""
    return int(dice.random() * limit)


def one_of(dice: Random, pool: Sequence[T]) -> T:
    return pool[below(dice, len(pool))]


def shuffled(dice: Random, pool: Iterable[T]) -> list[T]:
    return [item for _, item in sorted((dice.random(), item) for item in pool)]


def sometimes(dice: Random, percent: int, text: str) -> str:
    """*text* in so many of a hundred cases, else a blank cell."""
    return text if below(dice, 100) < percent else ""


def ascii_of(name: str) -> str:
    """The spelling a German puts into an e-mail address."""
    return name.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def company_of(place: int) -> tuple[str, str]:
    """The name and the domain of company number *place*.

    30 heads, 13 tails and 17 trades have no common divisor: of 221 companies no two share two of the three.
    """
    stem = COMPANY_HEADS[place % len(COMPANY_HEADS)] + COMPANY_TAILS[place % len(COMPANY_TAILS)]
    trade = TRADES[place % len(TRADES)]
    return f"{stem} {trade}{LEGAL_FORMS[place % len(LEGAL_FORMS)]}", f"{stem.lower()}.example.com"


def money_of(cents: int) -> str:
    """A German amount; only large ones have a dot between the thousands, as when people type them."""
    whole = f"{cents // 100:,}".replace(",", ".") if cents >= 1_000_000 else str(cents // 100)
    return f"{whole},{cents % 100:02}"


def ordinary_lead(dice: Random, place: int, name: str, day: date) -> Row:
    """Lead number *place* with the blanks nobody filled in; external id, name and day are always there."""
    city, country, area, head = one_of(dice, CITIES)
    company, domain = company_of(place // 4 * 3 + place % 4) if place % 4 < 3 else ("", "example.org")
    phone = one_of(dice, PHONE_FORMS).format(area=area, head=head, tail=f"{place:03}") if area else ""
    mobile = one_of(dice, MOBILE_FORMS).format(tail=f"{place:02}") if place < 100 else ""
    return {
        "External ID": f"NL-{1001 + place}",
        "Name": name,
        "Company": company,
        "E-mail": sometimes(dice, 88, f"{ascii_of(name).replace(' ', '.')}@{domain}"),
        "Telefon": sometimes(dice, 85, phone),
        "Mobile": sometimes(dice, 60, mobile),
        "City": sometimes(dice, 95, city),
        "Country": sometimes(dice, 80, country),
        "Source": one_of(dice, SOURCES),
        "Channel": sometimes(dice, 91, one_of(dice, CHANNELS)),
        "Received": f"{day:%d.%m.%Y}",
        "Potential": sometimes(dice, 75, money_of(90_000 + 50 * below(dice, 44_000))),
        "Tags": one_of(dice, TAGS),
        "Do not contact": one_of(dice, DO_NOT_CONTACT),
        "Notes": one_of(dice, NOTES),
        "Industry": sometimes(dice, 40, company.split(" ")[1] if company else ""),
        "Fleet size": sometimes(dice, 30, str(1 + below(dice, 12))),
    }


def ordinary_leads(dice: Random) -> list[Row]:
    """The leads of half a year in the order they came."""
    names = shuffled(dice, [f"{first} {last}" for first, last in product(FIRST_NAMES, LAST_NAMES)])
    span = (LAST_DAY - FIRST_DAY).days + 1
    days = sorted(FIRST_DAY + timedelta(days=below(dice, span)) for _ in range(ORDINARY_LEADS))
    return [ordinary_lead(dice, place, names[place], day) for place, day in enumerate(days)]


def forget(dice: Random, leads: Iterable[Row]) -> None:
    """Blank some names, and the external ids of some others who can be told by their e-mail."""
    order = [lead for _, lead in sorted(((dice.random(), lead) for lead in leads), key=lambda pair: pair[0])]
    for lead in order[:NAMELESS]:
        lead["Name"] = ""
    for lead in [lead for lead in order[NAMELESS:] if lead["E-mail"]][:NUMBERLESS]:
        lead["External ID"] = ""


def day_of(lead: Row) -> date:
    day, month, year = lead["Received"][:10].split(".")
    return date(int(year), int(month), int(day))


def numbered(deals: list[Row]) -> list[Row]:
    """With the numbers of the order book: a lead may buy twice on one day."""
    return [{"deal id": f"NB-{place}"} | row for place, row in enumerate(deals, 5001)]


def deal(dice: Random, lead: Row, day: date, seller: str) -> Row:
    """One sale to *lead*, at the list price or up to a tenth below it."""
    title, cents = one_of(dice, BIKES)
    cents -= cents // 100 * below(dice, 11)
    amount = f"{cents // 100}.{cents % 100:02}"
    cells = (lead["External ID"], day.isoformat(), amount, "EUR", seller, title)
    return dict(zip(DEAL_HEADERS[1:], cells, strict=True))


def ordinary_deals(dice: Random, buyers: Iterable[Row]) -> list[Row]:
    """A first deal for everybody, a second for some on a later day and a third for a few."""
    deals = []
    for place, lead in enumerate(buyers):
        seller, day = one_of(dice, SELLERS), day_of(lead)
        for _ in range(1 + (place < REPEAT_BUYERS) + (place < REPEAT_BUYERS // 6)):
            day += timedelta(days=1 + below(dice, LONGEST_WAIT))
            deals.append(deal(dice, lead, day, seller))
    return deals


def odd_deals(dice: Random, buyers: Sequence[Row]) -> list[Row]:
    """Two on one day, one before its lead came, one for nothing, one on the day the lead came."""
    twice, early, free, at_once = buyers
    later = timedelta(days=20)
    return [
        deal(dice, twice, day_of(twice) + later, SELLERS[0]),
        deal(dice, twice, day_of(twice) + later, SELLERS[1]),
        deal(dice, early, day_of(early) - timedelta(days=3), SELLERS[2]),
        deal(dice, free, day_of(free) + later, SELLERS[3]) | {"amount": "0.00"},
        deal(dice, at_once, day_of(at_once), SELLERS[4]),
    ]


def company() -> tuple[list[Row], list[Row]]:
    """The rows of both files: leads in the order they were received, deals in the order they were won."""
    dice = Random(SEED)
    leads = ordinary_leads(dice)
    order = shuffled(dice, range(len(leads)))
    buyers = [leads[place] for place in order[:BUYERS]]
    deals = odd_deals(dice, buyers[:4]) + ordinary_deals(dice, [*buyers[4:], TWIN_LEADS[0]])
    forget(dice, [leads[place] for place in order[BUYERS:]])
    everybody = [*leads, *ODD_LEADS, *TWIN_LEADS]
    return sorted(everybody, key=day_of), numbered(sorted(deals, key=lambda row: row["won"]))


def write(folder: Path) -> None:
    """Write leads.csv as a German spreadsheet does (mark, semicolons, CRLF), deals.csv as a program does."""
    leads, deals = company()
    with (folder / "leads.csv").open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictWriter(file, LEAD_HEADERS, delimiter=";", lineterminator="\r\n")
        sheet.writeheader()
        sheet.writerows(leads)
    with (folder / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, DEAL_HEADERS, lineterminator="\n")
        sheet.writeheader()
        sheet.writerows(deals)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
