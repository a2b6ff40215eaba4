"""Made-up leads for measuring: names, companies, e-mails and phones, always the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIRST = [
    "Anna",
    "Bernd",
    "Clara",
    "David",
    "Eva",
    "Felix",
    "Greta",
    "Hans",
    "Ida",
    "Jan",
    "Klara",
    "Lukas",
    "Mia",
    "Nils",
    "Olga",
    "Paul",
    "Rosa",
    "Sven",
    "Tara",
    "Uwe",
]
LAST = [
    "Adler",
    "Busch",
    "Conrad",
    "Dorn",
    "Ehlers",
    "Fink",
    "Graf",
    "Huber",
    "Imhof",
    "Jung",
    "Kern",
    "Lang",
    "Maurer",
    "Nolte",
    "Otto",
    "Pohl",
    "Quast",
    "Roth",
]
TRADE = [
    "Bau",
    "Druck",
    "Energie",
    "Farben",
    "Glas",
    "Holz",
    "Isolier",
    "Kabel",
    "Licht",
    "Metall",
    "Optik",
    "Papier",
    "Solar",
    "Technik",
    "Werkzeug",
]


def made_up(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """As many leads as plain documents, numbers and e-mails all different."""
    dice = random.Random(seed)
    for number in range(1, count + 1):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        company = f"{dice.choice(LAST)} {dice.choice(TRADE)} {number % 997} GmbH"
        yield {
            "kind": "person",
            "name": f"{first} {last}",
            "status": dice.choice(["new", "new", "contacted"]),
            "company": company,
            "emails": [f"{first}.{last}.{number}@firm{number % 997}.example".lower()],
            "phones": [f"+4930{number:08d}"],
            "city": dice.choice(["Berlin", "Hamburg", "Köln", "Wien"]),
            "source": dice.choice(["fair", "web form", "call"]),
            "channel": dice.choice(["web", "phone", "referral"]),
            "potential": str(dice.randrange(100, 90_000, 50)),
            "received_at": f"2026-{dice.randrange(1, 7):02d}-{dice.randrange(1, 29):02d}",
        }


def write_files(count: str, csv: str, stock: str) -> None:
    """So many leads as a CSV file to be imported, and as a database of stock TinyDB."""
    heads = ("name", "company", "email", "phone", "city", "source", "channel", "potential", "received")
    with open(csv, "w", encoding="utf-8") as file:
        file.write(",".join(heads) + "\n")
        for lead in made_up(int(count)):
            cells = (lead["name"], lead["company"], lead["emails"][0], lead["phones"][0], lead["city"])
            rest = (lead["source"], lead["channel"], lead["potential"], lead["received_at"])
            file.write(",".join((*cells, *rest)) + "\n")
    docs = {str(number): doc for number, doc in enumerate(made_up(int(count)), start=1)}
    Path(stock).write_text(json.dumps({"_default": docs}), encoding="utf-8")
