"""Rows of a file become leads: added, updated, left as they are, or refused with a reason."""

from __future__ import annotations

from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import CrmError
from crm_cli.domain.keys import lookup_keys
from crm_cli.domain.lead import Lead, LeadKind, LeadStatus
from crm_cli.domain.moment import instant, to_datetime
from crm_cli.domain.record import to_doc
from crm_cli.formats.row import Sheet
from crm_cli.usecases.import_cells import PLAIN, Cells, Plan, Taken, Values, together
from crm_cli.usecases.import_house import House
from crm_cli.usecases.import_mail import matched
from crm_cli.usecases.import_match import Match, called
from crm_cli.usecases.import_name import Namesakes, unwritten
from crm_cli.usecases.import_outcome import Outcome, Twin, Watch
from crm_cli.usecases.import_own import STATUS, kind_of, left_out

SHARED = 20  # rows of one file with the same e-mail, phone or like name, beyond which likeness is not told
_NAMELESS = "has neither name, external id, e-mail nor company"


def import_leads(crm: Crm, sheet: Sheet, plan: Plan, watch: Watch | None = None) -> Outcome:
    """Save every row that can be taken in; the caller decides whether those that cannot stop the import.

    Rows about one lead are taken together: the later ones count as skipped. A lead that is closed, or told by its
    name alone, is left as it is. An update writes only cells that are not blank and differ; e-mails, phones and tags
    are added to those there are, and neither status nor the day of receipt nor a "do not contact" is ever taken back.
    Raises BadValue where a column does not tell how its dates or numbers are written.
    """
    outcome = Outcome(of="leads", warnings=left_out(sheet, plan.columns))
    house = House(crm, plan.create_reps)
    named = []
    for row in outcome.readable(sheet, Cells(crm, sheet, plan, house)):
        if called(row.values):
            named.append(row)
        else:
            outcome.fail(row, _NAMELESS)
    intake = _Intake(crm, house, outcome)
    waiting = matched(crm, named)[::-1]
    named.clear()  # what is taken in needs no room any more
    count = len(waiting)
    while waiting:
        intake.take(waiting.pop())
        if watch is not None:
            watch(count - len(waiting), count)
    house.save()
    outcome.channels = house.channels_created
    outcome.close(crm, sheet)
    return outcome


class _Intake:
    """Where the matches are taken in, one by one."""

    def __init__(self, crm: Crm, house: House, outcome: Outcome) -> None:
        self._crm, self._house, self._outcome = crm, house, outcome
        self._seen: dict[int, int] = {}  # how many of the added leads have a look-up key, by its hash
        self._worn: set[str] = set()  # those that too many share to tell anybody from anybody
        self._namesakes = Namesakes(crm, house)
        self._lines: dict[str, int] = {}  # the first line about each lead

    def take(self, match: Match) -> None:
        """Add or update one lead; what cannot be done to it is a problem of all its rows."""
        first, *others = match.rows
        if match.by_name and (same := self._namesakes.same(match.values)):
            self._keep(first, same)
            return
        if match.lead is not None:
            self._lines[match.lead.id] = first.line
        if match.lead is not None and not match.lead.is_open:
            self._outcome.skip(first, f"{match.lead.id} is {match.lead.status}")
        elif match.lead is None and (closed := _closed(match.values)):
            self._outcome.skip(first, f"was {closed} where it was exported; crm import all takes such leads in as well")
        else:
            try:
                self._add(match) if match.lead is None else self._update(match, match.lead)
            except CrmError as refusal:
                for row in match.rows:
                    self._outcome.fail(row, refusal.message)
                return
            if match.rivals:
                self._outcome.warn(first, f"may be {' or '.join(match.rivals)} too")
        for row in others:
            self._outcome.skip(row, f"is the same lead as line {first.line}")

    def _keep(self, row: Taken, lead: Lead) -> None:
        """A lead that is told by name alone is never changed: of it all is so already."""
        line = self._lines.setdefault(lead.id, row.line)
        if line != row.line:
            self._outcome.skip(row, f"is the same lead as line {line}")
        elif not lead.is_open:
            self._outcome.skip(row, f"{lead.id} is {lead.status}")
        else:
            self._outcome.unchanged += 1

    # --- added -----------------------------------------------------------------------------------

    def _add(self, match: Match) -> None:
        values = match.values
        received = values.get("received_at") or self._crm.at
        came = instant(to_datetime(received, self._crm.clock.zone))
        day = to_datetime(came, self._crm.clock.zone).date().isoformat()
        blank = Lead(id=self._crm.leads.new_id(), kind=_kind(values), name=called(values), received_at=received)
        lead = self._with(blank, values, day=day, at=came)
        self._name_twins(match.rows[0], lead, values)
        self._crm.save(lead, at=came, telling=False)
        if values.get(STATUS, lead.status) != lead.status:
            self._outcome.warn(match.rows[0], f"was {values[STATUS]}; {lead.id} is {lead.status}")
        self._namesakes.add(lead)
        self._lines[lead.id] = match.line
        self._outcome.added += 1

    def _name_twins(self, row: Taken, lead: Lead, values: Values) -> None:
        """An external id or e-mail that stands in for the name says nothing about who it is."""
        stands_in = "name" not in values and lead.name != values.get("company")
        known = lead.change(name="") if stands_in else lead
        keys = lookup_keys("lead", to_doc(known))
        for one in self._crm.alike(known, [key for key in keys if key not in self._worn]):
            other: Any = self._crm.by_id(one.id)
            deleted = getattr(other, "status", "") == "deleted"
            self._outcome.twins.append(Twin(row.line, lead.id, lead.name, one, other.title, deleted))
        self._wear(row, keys)

    def _wear(self, row: Taken, keys: list[str]) -> None:
        """Comparing everybody with everybody on one switchboard would take hours and tell nothing."""
        for key in keys:
            count = self._seen[hash(key)] = self._seen.get(hash(key), 0) + 1
            if count == SHARED:
                self._worn.add(key)
                if not key.startswith("like:"):
                    text = f"is the {SHARED}th row with one {key.partition(':')[0]}; likeness by it is told no longer"
                    self._outcome.warn(row, text)

    # --- updated ---------------------------------------------------------------------------------

    def _update(self, match: Match, lead: Lead) -> None:
        values = match.values
        after = self._with(_renamed(lead, values), values, day=self._crm.day, at=self._crm.at)
        if after == lead:
            self._outcome.unchanged += 1
        else:
            self._crm.save(after, telling=False)
            self._outcome.updated += 1

    # --- both ------------------------------------------------------------------------------------

    def _with(self, lead: Lead, values: Values, *, day: str, at: str) -> Lead:
        """The lead with all that the row says; `at` is when it says so, `day` the day of that. Raises Refused."""
        campaign: Campaign | None = values.get("campaign")
        if campaign is not None and campaign.id != lead.campaign:
            lead = lead.set_campaign(campaign, day)
        lead = lead.change(**self._differing(lead, values))
        if "rating" in values and values["rating"] != lead.rating:
            lead = lead.rate(values["rating"], self._crm.deadlines, day)
        if "tags" in values:
            lead = lead.tag(add=values["tags"])
        if "custom" in values:
            lead = lead.set_custom(values["custom"])
        lead = self._noted(lead, values.get("notes", ()))
        if "rep" in values:
            rep = self._house.rep(values["rep"], at)
            lead = lead if lead.rep == rep.id else lead.assign(rep)
        return lead

    def _differing(self, lead: Lead, values: Values) -> dict[str, Any]:
        wanted = {field: values[field] for field in PLAIN if field in values}
        if "channel" in values:
            wanted["channel"] = self._house.channel(values["channel"])
        if "potential" in values and values["potential"] != lead.potential:
            wanted["potential"] = values["potential"]
        if "do_not_contact" in values:
            wanted["do_not_contact"] = True
        for field in ("emails", "phones"):
            if field in values:
                wanted[field] = together(field, getattr(lead, field), values[field])
        return wanted

    def _noted(self, lead: Lead, texts: tuple[str, ...]) -> Lead:
        """With what is not written down about it yet, as one note: an operation can write only one."""
        new = unwritten(lead, texts)
        return lead.note(*self._crm.note("\n".join(new))) if new else lead


def _closed(values: Values) -> str | None:
    """The status with which an export says that it was open no longer."""
    told = values.get(STATUS)
    return told if told in tuple(LeadStatus) and told not in Lead.OPEN else None


def _kind(values: Values) -> LeadKind:
    if told := kind_of(values):
        return told
    return LeadKind.COMPANY if "company" in values and "name" not in values else LeadKind.PERSON


def _renamed(lead: Lead, values: Values) -> Lead:
    """Under the name in the file; a company that was called by a stand-in turns out to be a person."""
    if values.get("name", lead.name) == lead.name:
        return lead
    stood_in = lead.name in (lead.external_id, lead.company, *lead.emails)
    return lead.change(name=values["name"], kind=LeadKind.PERSON if stood_in else lead.kind)
