"""The second computation: the figures of the example company from its two files, without crm."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

Row = dict[str, str]

FOLDER = Path(__file__).parent / "company"
NOTHING = "(none)"
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l"})
LEGAL_FORMS = frozenset(
    ("gmbh", "co", "kg", "e", "k", "gbr", "ug", "haftungsbeschraenkt", "ag", "sp", "z", "o", "s", "r", "ltd")
)


def rows_of(path: Path, delimiter: str) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))
    return [{header: cell.strip() for header, cell in row.items()} for row in rows]


def mailbox(address: str) -> str:
    """The address in lower case without its +tag, so that one mailbox is one text."""
    local, _, domain = address.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}" if domain else ""


def leads_of(rows: Iterable[Row]) -> list[Row]:
    """One lead per external id, else per mailbox; a later cell that is not blank wins.

    Two rows with one mailbox but different external ids stay two leads.
    """
    leads: list[Row] = []
    for row in rows:
        lead = next((lead for lead in leads if is_same(lead, row)), None)
        if lead is None:
            leads.append(dict(row))
        else:
            lead.update({header: cell for header, cell in row.items() if cell})
    return leads


def is_same(lead: Row, row: Row) -> bool:
    if lead["External ID"] and row["External ID"]:
        return lead["External ID"] == row["External ID"]
    return bool(row["E-mail"]) and mailbox(lead["E-mail"]) == mailbox(row["E-mail"])


def received(lead: Row) -> date:
    """The day written in the file, which is a day in Berlin; the hour does not change it."""
    day, month, year = lead["Received"].split(" ")[0].split(".")
    return date(int(year), int(month), int(day))


def counted_sales(lead: Row, deals: Iterable[Row]) -> list[Row]:
    """The deals won on or after the day the lead was received; an earlier one was not this lead's doing."""
    return [deal for deal in deals if date.fromisoformat(deal["won"]) >= received(lead)]


def funnel(leads: Iterable[Row], deals: dict[str, list[Row]]) -> dict[str, int]:
    """How many leads became customers, bought, and bought again on a later day; deals of one day are one."""
    stages = Counter(leads=0, customers=0, first_sale=0, repeat_sale=0)
    for lead in leads:
        mine = deals.get(lead["External ID"], [])
        days = {deal["won"] for deal in counted_sales(lead, mine)}
        stages.update(leads=1, customers=bool(mine), first_sale=len(days) > 0, repeat_sale=len(days) > 1)
    return dict(stages)


def channel_figures(leads: list[Row], deals: dict[str, list[Row]]) -> dict[str, Any]:
    sales = [deal for lead in leads for deal in counted_sales(lead, deals.get(lead["External ID"], []))]
    potentials = [lead["Potential"].replace(".", "").replace(",", ".") for lead in leads]
    return {
        "leads": len(leads),
        "customers": sum(lead["External ID"] in deals for lead in leads),
        "potential": str(sum((Decimal(potential or 0) for potential in potentials), Decimal("0.00"))),
        "revenue": str(sum((Decimal(sale["amount"]) for sale in sales), Decimal("0.00"))),
    }


def grouped(keyed: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    """The rows under their keys, keys in order, nothing last."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for key, row in keyed:
        groups[key or NOTHING].append(row)
    return dict(sorted(groups.items(), key=lambda item: (item[0] == NOTHING, item[0])))


class Traits(NamedTuple):
    """What tells a person from another: mailbox, phone numbers, name and company without its legal form."""

    number: str
    mailbox: str
    phones: frozenset[str]
    name: str
    company: str


def traits_of(lead: Row) -> Traits:
    company = [word for word in folded(lead["Company"]) if word not in LEGAL_FORMS]
    return Traits(
        number=lead["External ID"],
        mailbox=mailbox(lead["E-mail"]),
        phones=frozenset(dialled(lead[column]) for column in ("Telefon", "Mobile") if lead[column]),
        name=" ".join(folded(lead["Name"] or lead["External ID"])),
        company=" ".join(company),
    )


def folded(text: str) -> list[str]:
    """The words in lower case, without accents, sorted: Müller is Mueller, whichever name comes first."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(GERMAN))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return sorted(re.findall(r"\w+", letters))


def dialled(phone: str) -> str:
    """The number as somebody abroad would dial it; one without a country is German."""
    digits = re.sub(r"[^\d+]", "", phone.replace("(0)", ""))
    return re.sub(r"^0", "+49", re.sub(r"^00", "+", digits))


def alike(mine: str, theirs: str, least: float) -> bool:
    pair = SequenceMatcher(None, mine, theirs, autojunk=False)
    return bool(mine and theirs) and pair.real_quick_ratio() >= least and pair.ratio() >= least


def are_twins(mine: Traits, theirs: Traits) -> bool:
    """The same mailbox; or the same phone and a like name; or a like name at a like company."""
    if mine.mailbox and mine.mailbox == theirs.mailbox:
        return True
    if mine.phones & theirs.phones and alike(mine.name, theirs.name, 0.90):
        return True
    return alike(mine.name, theirs.name, 0.85) and alike(mine.company, theirs.company, 0.85)


def twins(leads: Iterable[Row]) -> list[list[str]]:
    """The pairs of external ids that are probably one person."""
    people = [traits_of(lead) for lead in leads if lead["External ID"]]
    pairs = [pair for pair in combinations(people, 2) if are_twins(*pair)]
    return sorted(sorted(person.number for person in pair) for pair in pairs)


def figures(folder: Path) -> dict[str, Any]:
    """Every figure of leads.csv and deals.csv in *folder*; amounts are decimal texts in EUR."""
    leads = leads_of(rows_of(folder / "leads.csv", ";"))
    won = rows_of(folder / "deals.csv", ",")
    deals = grouped((deal["lead id"], deal) for deal in won)
    channels = grouped((lead["Channel"], lead) for lead in leads)
    months = grouped((f"{received(lead):%Y-%m}", lead) for lead in leads)
    return {
        **funnel(leads, deals),
        "by_channel": {channel: channel_figures(group, deals) for channel, group in channels.items()},
        "by_month": {month: funnel(group, deals) for month, group in months.items()},
        "deals_by_seller": dict(sorted(Counter(deal["seller"] for deal in won).items())),
        "twins": twins(leads),
    }


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    text = json.dumps(figures(place), indent=2, ensure_ascii=False)
    (place / "expected.json").write_text(text + "\n", encoding="utf-8")
