"""Rows with neither external id nor e-mail: a lead of exactly that name that no cell of the row contradicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from crm_cli.crm import Crm
from crm_cli.domain.keys import name_key
from crm_cli.domain.lead import Lead
from crm_cli.domain.reach import phone_key
from crm_cli.usecases.import_cells import PLAIN, Values, together
from crm_cli.usecases.import_house import House
from crm_cli.usecases.import_match import best, called, leads_found

_Traits = tuple[str, str | None, frozenset[str]]
_AS_READ = (*PLAIN, "rating", "potential", "received_at", "do_not_contact")


class Namesakes:
    """The leads by name, company and phones, as they are when the others of the file are up to date."""

    def __init__(self, crm: Crm, house: House) -> None:
        self._crm, self._house = crm, house
        self._known: dict[str, dict[_Traits, list[Lead]]] = {}

    def same(self, values: Values) -> Lead | None:
        """The lead of which all is so already that a row says, an open one first."""
        name = called(values)
        if name not in self._known:
            self._known[name] = defaultdict(list)
            for lead in leads_found(self._crm, [name_key("lead", name)]):
                self.add(lead)
        traits = _traits(name, values.get("company"), values.get("phones", ()))
        return best(lead for lead in self._known[name].get(traits, ()) if self._nothing_new(lead, values))

    def add(self, lead: Lead) -> None:
        """One that is new in this file."""
        if lead.name in self._known:
            self._known[lead.name][_traits(lead.name, lead.company, lead.phones)].append(lead)

    def _nothing_new(self, lead: Lead, values: Values) -> bool:
        if any(field in values and getattr(lead, field) != values[field] for field in _AS_READ):
            return False
        campaign, rep = values.get("campaign"), self._house.answering(values.get("rep"))
        return (
            (campaign is None or campaign.id == lead.campaign)
            and ("rep" not in values or (rep is not None and rep.id == lead.rep))
            and ("channel" not in values or self._house.channel(values["channel"]) == lead.channel)
            and lead.custom.items() >= values.get("custom", {}).items()
            and lead.tags.keys() >= set(values.get("tags", ()))
            and together("emails", lead.emails, values.get("emails", ())) == lead.emails
            and not unwritten(lead, values.get("notes", ()))
        )


def unwritten(lead: Lead, texts: Iterable[str]) -> list[str]:
    """Those that no note of the lead holds as lines of its own."""
    known = [f"\n{note.text}\n" for note in lead.notes.values()]
    return [text for text in texts if not any(f"\n{text}\n" in note for note in known)]


def _traits(name: str, company: str | None, phones: Iterable[str]) -> _Traits:
    return name, company, frozenset(phone_key(phone) or phone.casefold() for phone in phones)
