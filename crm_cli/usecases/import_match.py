"""Which rows of a file are about one lead, and which lead of the store that is.

By external id, else by e-mail; a row with neither by name, company and phones. The answer does not hang on the
order of the rows, so that a file taken in a second time finds the leads it made the first time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.ids import number_of
from crm_cli.domain.keys import email_keys, name_key, phone_keys
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.reach import fold
from crm_cli.domain.record import from_doc
from crm_cli.usecases.import_cells import Taken, Values, merged, together


class Match(Struct, eq=False):
    """The rows of a file that are about one lead, and the lead if there is one already."""

    lead: Lead | None = None
    rows: list[Taken] = []
    rivals: tuple[str, ...] = ()  # who else it might have been
    fixed: int = 0  # its place in the order from when rows are told by name alone

    @property
    def line(self) -> int:
        """The first line that is about it."""
        return min(row.line for row in self.rows)

    @property
    def place(self) -> int:
        """Its place among the new ones: numbers are given in this order, and the first is chosen."""
        return self.fixed or self.line

    @property
    def is_open(self) -> bool:
        return self.lead is None or self.lead.is_open

    @property
    def values(self) -> Values:
        """What the rows say together, the later ones on top."""
        return merged(sorted(self.rows, key=lambda row: row.line))

    @property
    def called(self) -> str:
        return self.lead.id if self.lead else f"line {self.line}"


def matched(crm: Crm, rows: Iterable[Taken]) -> list[Match]:
    """The rows sorted out by lead, in the order in which new leads get their numbers."""
    matching = _Matching(crm)
    kinds: dict[str, list[Taken]] = defaultdict(list)
    for row in rows:
        kinds[_told_by(row.values)].append(row)
    matching.by_number(kinds["number"])
    matching.by_mail(kinds["mail"])
    matching.by_name(kinds["name"])
    for match in matching.found:
        match.rows.sort(key=lambda row: row.line)
    return sorted(matching.found, key=lambda match: match.place)


def called(values: Values) -> str:
    """What a lead is called: without a name it is its external id, else e-mail, else company."""
    return str(values.get("name") or values.get("external_id") or _stand_in(values))


def _stand_in(values: Values) -> str:
    return str(next(iter(values.get("emails", ())), None) or values.get("company") or "")


def leads_numbered(crm: Crm, number: str) -> list[Lead]:
    """Those with this external id; normally one at most."""
    return [lead for lead in _found(crm, [f"ext:lead:{number}"]) if lead.external_id == number]


def best(leads: Iterable[Lead]) -> Lead | None:
    """An open one before a customer before any other, then the one with the lower number."""
    return min(leads, key=lambda lead: (_standing(lead), number_of(lead.id)), default=None)


def _standing(lead: Lead) -> int:
    return 0 if lead.is_open else 1 if lead.status is LeadStatus.QUALIFIED else 2


class _Matching:
    """The matches found so far, by what they can be told by."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self.found: list[Match] = []
        self._of_lead: dict[str, Match] = {}
        self._with_mail: dict[str, list[Match]] = defaultdict(list)

    # --- the three ways --------------------------------------------------------------------------

    def by_number(self, rows: Iterable[Taken]) -> None:
        """Rows with one external id are one lead: the one that has it, else one without that has their e-mail."""
        numbered: dict[str, list[Taken]] = defaultdict(list)
        for row in rows:
            numbered[row.values["external_id"]].append(row)
        for number, mine in numbered.items():
            lead = best(leads_numbered(self._crm, number)) or self._without_number(_mails(mine))
            self._add(self._match(lead), mine)

    def by_mail(self, rows: Iterable[Taken]) -> None:
        """Rows that share e-mails are one lead: one that has any of these."""
        for mine in _sharing(rows):
            mails = _mails(mine)
            held = [match for mail in mails for match in self._with_mail.get(mail, ())]
            known = [self._match(lead, keep=False) for lead in self._mailed(mails)]
            self._add(self._chosen([*held, *known]), mine)

    def by_name(self, rows: Iterable[Taken]) -> None:
        """Rows with the same name, company and phones are one lead: one of which all that is so."""
        alike: dict[object, list[Taken]] = defaultdict(list)
        for row in rows:
            alike[_likeness(None, row.values)].append(row)
        held: dict[object, list[Match]] = defaultdict(list)
        for match in self.found if alike else ():
            match.fixed = match.line
            held[_likeness(match.lead, match.values)].append(match)
        for likeness, mine in alike.items():
            key = name_key("lead", called(mine[0].values))
            leads = [lead for lead in _found(self._crm, [key]) if lead.id not in self._of_lead]
            known = [Match(lead) for lead in leads if _likeness(lead, {}) == likeness]
            self._add(self._chosen([*held[likeness], *known]), mine)

    # --- among those that fit --------------------------------------------------------------------

    def _chosen(self, matches: Iterable[Match]) -> Match:
        """The first that is open, leads of the store before those of the file; a new one where there is none."""
        several = {id(match): match for match in matches}.values()
        ranked = sorted(several, key=_rank)
        if not ranked:
            return Match()
        chosen, *others = ranked
        chosen.rivals = tuple(other.called for other in others if other.is_open)
        return chosen

    def _match(self, lead: Lead | None, *, keep: bool = True) -> Match:
        """The match of this lead, made if there is none yet."""
        if lead is None:
            return Match()
        found = self._of_lead.get(lead.id) or Match(lead, [])
        return self._of_lead.setdefault(lead.id, found) if keep else found

    def _add(self, match: Match, rows: list[Taken]) -> None:
        if not match.rows:
            self.found.append(match)
        if match.lead is not None:
            self._of_lead[match.lead.id] = match
        match.rows = [*match.rows, *rows]
        for mail in _mails(rows):
            self._with_mail[mail].append(match)

    def _without_number(self, mails: set[str]) -> Lead | None:
        """The lead that takes a new external id; an open one can take only one."""
        leads = (lead for lead in self._mailed(mails) if not lead.external_id)
        return best(lead for lead in leads if lead.id not in self._of_lead or not lead.is_open)

    def _mailed(self, mails: set[str]) -> Iterator[Lead]:
        found = _found(self._crm, [f"email:{mail}" for mail in sorted(mails)])
        return (lead for lead in found if mails.intersection(email_keys({"emails": lead.emails})))


def _rank(match: Match) -> tuple[int, bool, int]:
    if match.lead is None:
        return 0, True, match.place
    return _standing(match.lead), False, number_of(match.lead.id)


def _told_by(values: Values) -> str:
    return "number" if "external_id" in values else "mail" if email_keys(values) else "name"


def _mails(rows: Iterable[Taken]) -> set[str]:
    return {mail for row in rows for mail in email_keys(row.values)}


def _sharing(rows: Iterable[Taken]) -> list[list[Taken]]:
    """The rows in groups, those that share an e-mail directly or through others in one."""
    groups: dict[str, list[Taken]] = {}
    for row in rows:
        mails = email_keys(row.values)
        group, *others = {id(one): one for mail in mails if (one := groups.get(mail))}.values() or [[]]
        for other in others:
            group += other
            groups.update((mail, group) for mail in _mails(other))
        group.append(row)
        groups.update((mail, group) for mail in mails)
    distinct = {id(group): group for group in groups.values()}
    return sorted(distinct.values(), key=lambda group: min(row.line for row in group))


def _likeness(lead: Lead | None, values: Values) -> object:
    """What must be the same of two leads told by name: of an open lead, as it will be with these values."""
    if lead is None:
        return _traits(called(values), values.get("company"), values.get("phones", ()))
    if not lead.is_open:
        return _traits(lead.name, lead.company, lead.phones)
    phones = together("phones", lead.phones, values.get("phones", ()))
    return _traits(values.get("name") or lead.name, values.get("company") or lead.company, phones)


def _traits(name: str, company: str | None, phones: Iterable[str]) -> tuple[object, ...]:
    return name_key("", name), fold(company or ""), frozenset(phone_keys({"phones": list(phones)}))


def _found(crm: Crm, keys: Iterable[str]) -> list[Lead]:
    """The leads under these keys, each once; keys may be stale, so whoever asks looks again."""
    places = {place: None for key in keys for place in crm.snapshot.find(key) if place[0] == "lead"}
    docs = (crm.snapshot.get(*place) for place in places)
    return [from_doc(doc, Lead) for doc in docs if doc is not None]
