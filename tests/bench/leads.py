"""Made-up leads for measuring: names, companies, e-mails and phones, always the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crm_cli.domain.history import Change, Operation
from crm_cli.store.tiny import TinyStore

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
WHEN = "2026-01-05T09:00:00Z"


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


PERSONAL = frozenset({"name", "company", "emails", "phones", "city"})


def store_with(folder: Path, count: int) -> TinyStore:
    """A store of so many leads, each with three entries as in a life: added, rated, contacted or moved on."""
    store = TinyStore(folder)
    with store.change() as transaction:
        for number, doc in enumerate(made_up(count), start=1):
            facts = {key: [None, value] for key, value in doc.items() if key not in PERSONAL}
            personal = {key: [None, value] for key, value in doc.items() if key in PERSONAL}
            transaction.apply(Change(kind="lead", number=number, at=WHEN, facts=facts, personal=personal))
            later = {"rating": [None, "warm"]}
            transaction.apply(Change(kind="lead", number=number, at=WHEN, facts=later))
            transaction.apply(Change(kind="lead", number=number, at=WHEN, facts={"source_detail": [None, "hall 3"]}))
        transaction.commit(Operation(cmd="bench", by="bench", recorded=WHEN))
        transaction.flush()
    return store
