"""Rows of a file become won deals, and their leads customers on the day the deal was won."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue, Duplicate, Refused
from crm_cli.domain.history import Change, check_order
from crm_cli.domain.ids import number_of
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.moment import Moment, day_of, instant, is_day, to_datetime
from crm_cli.domain.record import from_doc
from crm_cli.formats.row import Sheet
from crm_cli.usecases.import_cells import Cells, Plan, Taken
from crm_cli.usecases.import_house import House
from crm_cli.usecases.import_match import best, leads_numbered
from crm_cli.usecases.import_outcome import Outcome, Watch
from crm_cli.usecases.qualify import must_be_unknown, qualify

_NEEDED = {"lead.external_id": "of which lead a deal is", "won_at": "when a deal was won"}


class _Sale(Struct, frozen=True):
    """A row, its lead, and the instant at which the deal was won, of a day its start."""

    row: Taken
    lead: str
    moment: Moment


def import_deals(crm: Crm, sheet: Sheet, plan: Plan, watch: Watch | None = None) -> Outcome:
    """Save every row that can be taken in, in the order of time; the caller decides what a problem stops.

    An open lead is qualified when its first deal was won, but never before it was received; one that is
    qualified gets a further deal on its account; any other is left as it is. A deal is known again by its
    external id, else by lead and `won_at`. Raises BadValue where no column says of which lead a deal is or when
    it was won, or a column does not tell how it is written.
    """
    for field, what in _NEEDED.items():
        if sheet.headers and field not in plan.columns.values():
            raise BadValue(f"no column of {sheet.name} says {what}", f'--map "COLUMN={field}"', allowed=sheet.headers)
    outcome = Outcome(of="deals")
    house = House(crm, plan.create_reps)
    rows = [*outcome.readable(sheet, Cells(crm, sheet, plan, house))]
    intake = _Intake(crm, house, outcome, {field: header for header, field in plan.columns.items()})
    sales = sorted(intake.sales(rows), key=lambda sale: (sale.moment, sale.row.line))
    known = _known_deals(crm, house, sales)
    for done, sale in enumerate(sales, 1):
        deal = known.get(sale.row.line)
        intake.sell(sale) if deal is None else intake.compare(sale, deal)
        if watch is not None:
            watch(done, len(sales))
    house.save()
    outcome.close(crm, sheet)
    return outcome


def _known_deals(crm: Crm, house: House, sales: Iterable[_Sale]) -> dict[int, Deal]:
    """Line to the deal that is there already: no deal is found by two lines."""
    known: dict[int, Deal] = {}
    others: dict[str, list[_Sale]] = defaultdict(list)
    for sale in sales:
        number = sale.row.values.get("external_id")
        deal = _deal_numbered(crm, number) if number else None
        if deal is not None:
            known[sale.row.line] = deal
        else:
            others[sale.lead].append(sale)
    for lead, several in others.items():
        for sold, deals in _by_moment(crm, lead, several):
            known.update(_paired(house, sold, deals))
    return known


def _by_moment(crm: Crm, lead: str, sales: Iterable[_Sale]) -> Iterator[tuple[list[_Sale], list[Deal]]]:
    """The rows of one lead with the deals it has, those won at one moment together."""
    rows: dict[Moment, list[_Sale]] = defaultdict(list)
    for sale in sales:
        rows[sale.row.values["won_at"]].append(sale)
    deals: dict[Moment | None, list[Deal]] = defaultdict(list)
    for deal in crm.referring(lead, "deal"):
        if isinstance(deal, Deal):
            deals[deal.won_at].append(deal)
    return ((sold, deals[won_at]) for won_at, sold in rows.items())


def _paired(house: House, sales: Iterable[_Sale], deals: list[Deal]) -> dict[int, Deal]:
    """Of several won by one lead at one moment, those with nothing different go together first."""
    paired: dict[int, Deal] = {}
    for exactly in (True, False):
        for sale in sales:
            fits = [deal for deal in deals if _may_be(sale, deal) and not (exactly and _different(house, sale, deal))]
            if sale.row.line not in paired and fits:
                paired[sale.row.line] = fits[0]
                deals.remove(fits[0])
    return paired


def _may_be(sale: _Sale, deal: Deal) -> bool:
    """Two different external ids are two deals."""
    return deal.external_id is None or "external_id" not in sale.row.values


def _deal_numbered(crm: Crm, number: str) -> Deal | None:
    places = [place for place in crm.snapshot.find(f"ext:deal:{number}") if place[0] == "deal"]
    deals = (from_doc(doc, Deal) for place in places if (doc := crm.snapshot.get(*place)) is not None)
    return next((deal for deal in deals if deal.external_id == number), None)


def _different(house: House, sale: _Sale, deal: Deal) -> dict[str, Any]:
    """What the row says otherwise than the deal; blank cells say nothing."""
    values = sale.row.values
    plain = ("name", "amount", "currency", "external_id")
    wanted: dict[str, Any] = {field: values[field] for field in plain if field in values}
    if "rep" in values:
        rep = house.known_rep(values["rep"])
        wanted["rep"] = rep.id if rep else values["rep"]
    custom = {**deal.custom, **values.get("custom", {})}
    if custom != deal.custom:
        wanted["custom"] = custom
    return {field: value for field, value in wanted.items() if getattr(deal, field) != value}


class _Intake:
    """Where the deals are taken in, one by one."""

    def __init__(self, crm: Crm, house: House, outcome: Outcome, headers: Mapping[str, str]) -> None:
        """`headers` says which column a field was read from."""
        self._crm, self._house, self._outcome, self._headers = crm, house, outcome, headers

    def sales(self, rows: Iterable[Taken]) -> list[_Sale]:
        """The rows with lead and moment; those without are problems, and a deal that comes again is skipped."""
        found = []
        lines: dict[str, int] = {}
        for row in rows:
            lead = self._lead(row)
            first = lines.setdefault(row.values.get("external_id") or f"line {row.line}", row.line)
            if lead is not None and first != row.line:
                self._outcome.skip(row, f"is the same deal as line {first}")
            elif lead is not None:
                won = instant(to_datetime(row.values["won_at"], self._crm.clock.zone))
                found.append(_Sale(row, lead.id, won))
        return found

    def _lead(self, row: Taken) -> Lead | None:
        """Whose deal it is; a row that does not say, or not when, is a problem."""
        for field, what in _NEEDED.items():
            if field not in row.values:
                self._outcome.fail(row, f"does not say {what}", self._headers[field])
                return None
        lead = best(leads_numbered(self._crm, row.values["lead.external_id"]))
        if lead is None:
            self._outcome.fail(row, "is no lead's external id here", self._headers["lead.external_id"])
        return lead

    # --- known already ---------------------------------------------------------------------------

    def compare(self, sale: _Sale, deal: Deal) -> None:
        """A deal that is there: brought up to date and won while it is open, else left as it is."""
        different = _different(self._house, sale, deal)
        if deal.lead not in (None, sale.lead):
            self._outcome.skip(sale.row, f"{deal.id} has this external id and is of {deal.lead}")
        elif deal.status is DealStatus.IN_PROGRESS:
            self._win(sale, deal, different)
        elif deal.status is not DealStatus.WON:
            self._outcome.skip(sale.row, f"{deal.id} is {deal.status}")
        elif different or deal.won_at != sale.row.values["won_at"]:
            fields = ", ".join(different or ["won_at"])
            self._outcome.skip(sale.row, f"{deal.id} is won already and differs in {fields}")
        else:
            self._outcome.unchanged += 1

    def _win(self, sale: _Sale, deal: Deal, different: Mapping[str, Any]) -> None:
        """Nothing that was done to the deal since is undone: that it was won is told only after that."""
        if "rep" in different:
            different = {**different, "rep": self._house.rep(sale.row.values["rep"], sale.moment).id}
        won = deal.change(**different).win(sale.row.values["won_at"], zero=True)
        self._crm.save(won, at=max(sale.moment, deal.updated_at))
        self._outcome.updated += 1

    # --- new -------------------------------------------------------------------------------------

    def sell(self, sale: _Sale) -> None:
        """A new deal on the lead's account, which is made if there is none yet."""
        lead = self._crm.leads.get(sale.lead)
        if not lead.is_open and lead.status is not LeadStatus.QUALIFIED:
            self._outcome.skip(sale.row, f"{lead.id} is {lead.status}")
            return
        try:
            customer = self._qualified(sale, lead) if lead.is_open else lead
        except Refused as refusal:
            self._outcome.fail(sale.row, refusal.message, self._headers["won_at"])
            return
        self._warn_if_early(sale, lead)
        assert customer.account is not None
        account = self._crm.accounts.get(customer.account)
        at = max(sale.moment, account.created_at)
        deal = self._deal(sale, customer, account)
        self._crm.save(deal, at=at)
        self._crm.save(deal.win(sale.row.values["won_at"], zero=True), at=at)
        self._outcome.added += 1

    def _qualified(self, sale: _Sale, lead: Lead) -> Lead:
        came = instant(to_datetime(lead.received_at or lead.created_at, self._crm.clock.zone))
        at = max(sale.moment, came, lead.created_at)
        self._must_fit(lead, at)
        if lead.rep is None and "rep" in sale.row.values:
            lead = lead.assign(self._house.rep(sale.row.values["rep"], at))
        return qualify(self._crm, lead, self._known_account(sale, lead), None, at=at).lead

    def _must_fit(self, lead: Lead, at: Moment) -> None:
        """Raises Refused, before anything is saved, where what happened later needs a lead that was still open."""
        if at < lead.updated_at:
            facts = {"status": [LeadStatus.NEW, LeadStatus.QUALIFIED]}
            change = Change(kind=lead.KIND, number=number_of(lead.id), at=at, facts=facts)
            check_order([*self._crm.history(lead.id), change], lead.OPEN)

    def _known_account(self, sale: _Sale, lead: Lead) -> Account | None:
        """The account that has the lead's e-mail, phone or tax id already."""
        try:
            must_be_unknown(self._crm, lead)
        except Duplicate as known:
            ids = sorted(known.details["candidates"])
            contacts = [self._crm.contacts.get(id).account for id in ids if id.startswith("P")]
            account = next((id for id in [*ids, *contacts] if id and id.startswith("A")), None)
            told = f"is linked to {account}" if account else "gets an account of its own"
            self._outcome.warn(sale.row, f"{known.message}; it {told}")
            return self._crm.accounts.get(account) if account else None
        return None

    def _warn_if_early(self, sale: _Sale, lead: Lead) -> None:
        """A deal cannot be won before its lead came; but it is a sale, and so it is kept with a warning."""
        won, came = sale.row.values["won_at"], lead.received_at or lead.created_at
        zone = self._crm.clock.zone
        precise = not is_day(won) and not is_day(came)
        if won < came if precise else day_of(won, zone) < day_of(came, zone):
            reason = f"was won before {lead.id} came on {day_of(came, zone)}"
            if lead.is_open:
                reason += "; the lead counts as qualified on that day"
            self._outcome.warn(sale.row, reason, self._headers["won_at"])

    def _deal(self, sale: _Sale, lead: Lead, account: Account) -> Deal:
        values = sale.row.values
        return Deal(
            id=self._crm.deals.new_id(),
            name=values.get("name") or lead.company or lead.name,
            account=account.id,
            contact=lead.contact,
            lead=lead.id,
            rep=self._house.rep(values["rep"], sale.moment).id if "rep" in values else lead.rep,
            amount=values.get("amount") or Decimal(0),
            currency=values.get("currency") or str(self._crm.setting("currency")),
            external_id=values.get("external_id"),
            custom=values.get("custom", {}),
        ).checked()
