"""Rows without an external id told by e-mail: who shares an address with whom, and who of them is one person.

Several people can share one address (info@...): names that are clearly unlike are different people, in the file
as against the store. A row without a name belongs to whoever has the address first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.duplicates import how_alike
from crm_cli.usecases.import_cells import Taken
from crm_cli.usecases.import_match import (
    ALIKE_FLOOR,
    Match,
    Numbers,
    called,
    leads_mailed,
    mails_of,
    names_of,
    told_by,
)
from crm_cli.usecases.import_own import was

CROWD = 100  # names at one address beyond which only the same name counts as like: all pairs would take minutes

_Thing = Taken | Match


class _Person(Struct, eq=False):
    """Rows with like names, and all mailboxes by which they may be known."""

    rows: list[Taken]
    names: set[str]
    mails: set[str]

    @property
    def line(self) -> int:
        return min(row.line for row in self.rows)


class _Known(Struct, eq=False):
    """A lead at that address as it was before any of these people, its name folded or ""."""

    match: Match
    name: str
    mails: set[str]


class _Pair(Struct, frozen=True):
    """A person of the file who may be a lead, and how like their names are (0: the lead has none of its own)."""

    person: _Person
    match: Match
    score: float

    @property
    def order(self) -> tuple[object, ...]:
        """A like name before none, then the open lead before others, then the likest."""
        standing, *rest = self.match.rank
        return not self.score, standing, -self.score, *rest, self.person.line


def matched(crm: Crm, rows: Iterable[Taken]) -> list[Match]:
    """The rows by lead: those that are there already, then the new ones in the order of the file.

    A row with neither external id nor e-mail is a match of its own, unless it was exported from a lead of this store.
    """
    kinds: dict[str, list[Taken]] = {"number": [], "mail": [], "name": []}
    for row in rows:
        kinds[told_by(row.values)].append(row)
    numbers = Numbers(crm, mails_of(kinds["mail"]))
    numbers.take(kinds["number"])
    found = [*numbers.found, *(Match(rows=[row]) for row in kinds["name"])]
    for group in _addresses(crm, numbers, kinds["mail"]):
        found += _sorted_out(group)
    for match in found:
        match.rows.sort(key=lambda row: row.line)
    distinct = _by_exported_id(crm, {id(match): match for match in found}.values())
    return sorted(distinct, key=lambda match: (match.lead is None, match.line))


def _by_exported_id(crm: Crm, matches: Iterable[Match]) -> list[Match]:
    """Those that nothing else tells are the leads they were exported from, where those are still called so."""
    known = {match.lead.id: match for match in matches if match.lead is not None}
    found = []
    for match in matches:
        lead = was(crm, match.values, called(match.values)) if match.lead is None else None
        if lead is not None and lead.id in known:
            same = known[lead.id]
            same.rows = sorted([*same.rows, *match.rows], key=lambda row: row.line)
            continue
        if lead is not None:
            match.lead = lead
            known[lead.id] = match
        found.append(match)
    return found


def _addresses(crm: Crm, numbers: Numbers, rows: list[Taken]) -> list[list[_Thing]]:
    """Rows and leads in groups, those that share an e-mail directly or through others in one."""
    mails = mails_of(rows)
    known = [match for match in numbers.found if not mails.isdisjoint(match.mails)]
    there = [lead for lead in leads_mailed(crm, mails) if lead.id not in numbers.of_lead]
    known += [Match(lead, []) for lead in there]
    own: list[tuple[_Thing, set[str]]] = [(row, mails_of([row])) for row in rows]
    return _linked([*own, *((match, match.mails & mails) for match in known)])


def _linked(things: Iterable[tuple[_Thing, set[str]]]) -> list[list[_Thing]]:
    groups: dict[str, list[tuple[_Thing, set[str]]]] = {}
    for thing, mails in things:
        group, *others = {id(one): one for mail in mails if (one := groups.get(mail))}.values() or [[]]
        for other in others:
            group += other
            groups.update((mail, group) for _, theirs in other for mail in theirs)
        group.append((thing, mails))
        groups.update((mail, group) for mail in mails)
    return [[thing for thing, _ in group] for group in {id(group): group for group in groups.values()}.values()]


def _sorted_out(group: list[_Thing]) -> list[Match]:
    """The matches that rows of this group are about."""
    rows = sorted((thing for thing in group if isinstance(thing, Taken)), key=lambda row: row.line)
    known = [thing for thing in group if isinstance(thing, Match)]
    named = [row for row in rows if "name" in row.values]
    nameless = _nameless([row for row in rows if "name" not in row.values])
    crowd = len(names_of(named)) > CROWD
    people = _namesakes(named) if crowd else _people(named)
    for person in people:
        for several in nameless:
            shared = mails_of(several)
            person.mails |= shared if not shared.isdisjoint(mails_of(person.rows)) else set()
    found = _met(people, _pairs(people, known, crowd))
    for several in nameless:
        mails = mails_of(several)
        match = _first(match for match in {id(one): one for one in [*known, *found]}.values() if match.mails & mails)
        match.rows = [*match.rows, *several]
        found.append(match)
    return found


def _nameless(rows: Iterable[Taken]) -> list[list[Taken]]:
    linked = _linked((row, mails_of([row])) for row in rows)
    groups = [[row for row in group if isinstance(row, Taken)] for group in linked]
    return sorted(groups, key=lambda group: min(row.line for row in group))


def _namesakes(rows: Iterable[Taken]) -> list[_Person]:
    """Rows with the same name together."""
    people: dict[str, _Person] = {}
    for row in rows:
        names = names_of([row])
        person = people.setdefault("".join(names), _Person([], names, set()))
        person.rows.append(row)
        person.mails |= mails_of([row])
    return list(people.values())


def _people(rows: Iterable[Taken]) -> list[_Person]:
    """Rows with like names together, directly or through others."""
    people: list[_Person] = []
    for row in rows:
        one = _Person([row], names_of([row]), mails_of([row]))
        same = [other for other in people if _likeness(one.names, other.names)]
        for other in same:
            one = _Person([*other.rows, *one.rows], one.names | other.names, one.mails | other.mails)
        people = [*(other for other in people if other not in same), one] if same else [*people, one]
    return people


def _met(people: list[_Person], pairs: list[_Pair]) -> list[Match]:
    """Everybody with the lead that is likest, no two with one; a new one where nobody is like."""
    met: dict[int, Match] = {}
    taken: set[int] = set()
    for pair in pairs:
        if id(pair.person) not in met and id(pair.match) not in taken:
            met[id(pair.person)] = pair.match
            taken.add(id(pair.match))
    for pair in pairs:
        if pair.score and pair.match.is_open and id(pair.match) not in taken:
            mine = met[id(pair.person)]
            mine.rivals = (*mine.rivals, pair.match.called)
    found = []
    for person in people:
        match = met.get(id(person)) or Match()
        match.rows = [*match.rows, *person.rows]
        found.append(match)
    return found


def _pairs(people: Iterable[_Person], known: Iterable[Match], crowd: bool) -> list[_Pair]:
    """Who may be which lead, the likeliest first."""
    called: dict[str, list[_Known]] = defaultdict(list)
    for match in known:
        called[match.name].append(_Known(match, match.name, match.mails))
    everybody = [one for several in called.values() for one in several]
    pairs = []
    for person in people:
        for one in [*called[""], *(one for name in person.names for one in called[name])] if crowd else everybody:
            score = _likeness(person.names, [one.name])
            if (score or not one.name) and not person.mails.isdisjoint(one.mails):
                pairs.append(_Pair(person, one.match, score))
    return sorted(pairs, key=lambda pair: pair.order)


def _first(matches: Iterable[Match]) -> Match:
    """The first by rank; a new one where there is none."""
    ranked = sorted(matches, key=lambda match: match.rank)
    if not ranked:
        return Match()
    chosen, *others = ranked
    chosen.rivals = tuple(dict.fromkeys([*chosen.rivals, *(other.called for other in others if other.is_open)]))
    return chosen


def _likeness(mine: Iterable[str], theirs: Collection[str]) -> float:
    """Of the likest two names; 0 where all are clearly unlike."""
    return max(how_alike(one, other, ALIKE_FLOOR) for one in mine for other in theirs)
