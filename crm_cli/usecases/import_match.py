"""Which rows of a file are about one lead, and which lead of the store that is.

By external id, else by e-mail and a name that is not clearly another one; rows with neither are left to
import_name.py. The answer does not hang on the order of the rows, so that a file taken in a second time finds the
leads it made the first time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.duplicates import how_alike
from crm_cli.domain.ids import number_of
from crm_cli.domain.keys import email_keys
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.reach import fold
from crm_cli.domain.record import from_doc
from crm_cli.usecases.import_cells import Taken, Values, merged

ALIKE_FLOOR = 60.0  # of 100; two names below it at one e-mail are two people


class Match(Struct, eq=False):
    """The rows of a file that are about one lead, and the lead if there is one already."""

    lead: Lead | None = None
    rows: list[Taken] = []
    rivals: tuple[str, ...] = ()  # who else it might have been

    @property
    def line(self) -> int:
        """The first line that is about it."""
        return min(row.line for row in self.rows)

    @property
    def is_open(self) -> bool:
        return self.lead is None or self.lead.is_open

    @property
    def by_name(self) -> bool:
        """Whether nothing but its name, company and phones tells who it is."""
        return self.lead is None and all(told_by(row.values) == "name" for row in self.rows)

    @property
    def values(self) -> Values:
        """What the rows say together, the later ones on top."""
        return merged(sorted(self.rows, key=lambda row: row.line))

    @property
    def mails(self) -> set[str]:
        """The mailboxes it has and will have."""
        return mails_of(self.rows).union(email_keys({"emails": self.lead.emails}) if self.lead else ())

    @property
    def name(self) -> str:
        """The name it has or will have, folded; "" where something else stands in for it."""
        said = self.values.get("name") if self.rows and self.is_open else None
        return folded(str(said)) if said else own_name(self.lead)

    @property
    def called(self) -> str:
        return self.lead.id if self.lead else f"line {self.line}"

    @property
    def rank(self) -> tuple[int, bool, int]:
        """An open one first, leads of the store before those of the file, then in the order of numbers."""
        if self.lead is None:
            return 0, True, self.line
        return _standing(self.lead), False, number_of(self.lead.id)


class Numbers:
    """The matches of rows with an external id."""

    def __init__(self, crm: Crm, others: set[str]) -> None:
        """`others` are the mailboxes of the rows without one."""
        self._crm, self._others = crm, others
        self.of_lead: dict[str, Match] = {}
        self.found: list[Match] = []

    def take(self, rows: Iterable[Taken]) -> None:
        """Rows with one external id are one lead: the one that has it, else one without that has their e-mail."""
        numbered: dict[str, list[Taken]] = defaultdict(list)
        for row in rows:
            numbered[row.values["external_id"]].append(row)
        for number, mine in numbered.items():
            lead = best(leads_numbered(self._crm, number)) or self._without_number(mine)
            match = self.of_lead.get(lead.id) if lead else None
            if match is None:
                match = Match(lead, [])
                self.found.append(match)
            match.rows = [*match.rows, *mine]
            if lead is not None:
                self.of_lead[lead.id] = match

    def _without_number(self, rows: list[Taken]) -> Lead | None:
        """The lead that takes a new external id; an open one can take only one.

        One that a row without an external id is about comes last: such rows may have made it the last time.
        """
        names, found = names_of(rows), leads_mailed(self._crm, mails_of(rows))
        fits = [lead for lead in found if not lead.external_id and (not names or _fits(names, own_name(lead)))]
        free = [lead for lead in fits if not lead.is_open or lead.id not in self.of_lead]
        unclaimed = [lead for lead in free if lead.is_open and self._others.isdisjoint(Match(lead).mails)]
        return best(unclaimed) or best(lead for lead in free if not lead.is_open) or best(free)


def told_by(values: Values) -> str:
    """What tells whose row it is: number, mail or name."""
    return "number" if "external_id" in values else "mail" if email_keys(values) else "name"


def called(values: Values) -> str:
    """What a lead is called: without a name it is its external id, else e-mail, else company."""
    return str(values.get("name") or values.get("external_id") or _stand_in(values))


def _stand_in(values: Values) -> str:
    return str(next(iter(values.get("emails", ())), None) or values.get("company") or "")


def leads_numbered(crm: Crm, number: str) -> list[Lead]:
    """Those with this external id; normally one at most."""
    return [lead for lead in leads_found(crm, [f"ext:lead:{number}"]) if lead.external_id == number]


def leads_mailed(crm: Crm, mails: set[str]) -> Iterator[Lead]:
    """Those with any of these mailboxes."""
    found = leads_found(crm, [f"email:{mail}" for mail in sorted(mails)])
    return (lead for lead in found if mails.intersection(email_keys({"emails": lead.emails})))


def leads_found(crm: Crm, keys: Iterable[str]) -> list[Lead]:
    """The leads under these keys, each once; keys may be stale, so whoever asks looks again."""
    places = {place: None for key in keys for place in crm.snapshot.find(key) if place[0] == "lead"}
    docs = (crm.snapshot.get(*place) for place in places)
    return [from_doc(doc, Lead) for doc in docs if doc is not None]


def best(leads: Iterable[Lead]) -> Lead | None:
    """An open one before a customer before any other, then the one with the lower number."""
    return min(leads, key=lambda lead: (_standing(lead), number_of(lead.id)), default=None)


def mails_of(rows: Iterable[Taken]) -> set[str]:
    """All mailboxes of some rows."""
    return {mail for row in rows for mail in email_keys(row.values)}


def names_of(rows: Iterable[Taken]) -> set[str]:
    """All names of some rows, folded."""
    return {folded(row.values["name"]) for row in rows if "name" in row.values}


def folded(name: str) -> str:
    """A name as names are compared, never blank."""
    return fold(name) or name.strip()


def own_name(lead: Lead | None) -> str:
    """The folded name of a lead, "" where its external id, company or e-mail stands in for one."""
    stands_in = lead is None or lead.name in (lead.external_id, lead.company, *lead.emails)
    return "" if stands_in or lead is None else folded(lead.name)


def _fits(names: Iterable[str], name: str) -> bool:
    return not name or any(how_alike(one, name, ALIKE_FLOOR) for one in names)


def _standing(lead: Lead) -> int:
    return 0 if lead.is_open else 1 if lead.status is LeadStatus.QUALIFIED else 2
