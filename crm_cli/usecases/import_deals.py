"""Rows of a file become won deals, and their leads customers on the day the deal was won."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue, Duplicate, Refused
from crm_cli.domain.history import Change, check_order
from crm_cli.domain.ids import number_of
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.moment import Moment, day_of, instant, is_day, to_datetime
from crm_cli.formats.row import Sheet
from crm_cli.usecases.import_cells import Cells, Plan, Taken
from crm_cli.usecases.import_house import House
from crm_cli.usecases.import_match import best, leads_numbered
from crm_cli.usecases.import_outcome import Outcome, Watch
from crm_cli.usecases.import_sale import Sale, different, known_deals, repeated, same_time, told_otherwise
from crm_cli.usecases.qualify import must_be_unknown, qualify

_NEEDED = {"lead.external_id": "of which lead a deal is", "won_at": "when a deal was won"}


def import_deals(crm: Crm, sheet: Sheet, plan: Plan, watch: Watch | None = None) -> Outcome:
    """Save every row that can be taken in, in the order of time; the caller decides what a problem stops.

    An open lead is qualified when its first deal was won, but never before it was received; one that is
    qualified gets a further deal on its account; any other is left as it is. A deal is known again by its
    external id, else by lead and `won_at`, in the file as in the store. Raises BadValue where no column says of
    which lead a deal is or when it was won, or a column does not tell how it is written.
    """
    for field, what in _NEEDED.items():
        if sheet.headers and field not in plan.columns.values():
            raise BadValue(f"no column of {sheet.name} says {what}", f'--map "COLUMN={field}"', allowed=sheet.headers)
    outcome = Outcome(of="deals")
    house = House(crm, plan.create_reps)
    rows = [*outcome.readable(sheet, Cells(crm, sheet, plan, house))]
    intake = _Intake(crm, house, outcome, {field: header for header, field in plan.columns.items()})
    sales = sorted(intake.sales(rows), key=lambda sale: (sale.moment, sale.row.line))
    known = known_deals(crm, house, sales)
    for done, sale in enumerate(sales, 1):
        deal = known.get(sale.row.line)
        intake.sell(sale) if deal is None else intake.compare(sale, deal)
        if watch is not None:
            watch(done, len(sales))
    house.save()
    outcome.close(crm, sheet)
    return outcome


class _Intake:
    """Where the deals are taken in, one by one."""

    def __init__(self, crm: Crm, house: House, outcome: Outcome, headers: Mapping[str, str]) -> None:
        """`headers` says which column a field was read from."""
        self._crm, self._house, self._outcome, self._headers = crm, house, outcome, headers

    def sales(self, rows: Iterable[Taken]) -> list[Sale]:
        """The rows with lead and moment; those without are problems, and a deal that comes again is skipped."""
        zone = self._crm.clock.zone
        leads = ((row, self._lead(row)) for row in rows)
        sales = [
            Sale(row, lead.id, instant(to_datetime(row.values["won_at"], zone)))
            for row, lead in leads
            if lead is not None
        ]
        again = repeated(sales, zone)
        for sale in sales:
            if same := again.get(sale.row.line):
                otherwise = ", ".join(told_otherwise(sale.row.values, same.row.values, zone))
                differs = f" and differs in {otherwise}" if otherwise else ""
                self._outcome.skip(sale.row, f"is the same deal as line {same.row.line}{differs}")
        return [sale for sale in sales if sale.row.line not in again]

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

    def compare(self, sale: Sale, deal: Deal) -> None:
        """A deal that is there: brought up to date and won while it is open, else left as it is."""
        otherwise = different(self._house, sale, deal)
        if deal.lead not in (None, sale.lead):
            self._outcome.skip(sale.row, f"{deal.id} has this external id and is of {deal.lead}")
        elif deal.status is DealStatus.IN_PROGRESS:
            self._win(sale, deal, otherwise)
        elif deal.status is not DealStatus.WON:
            self._outcome.skip(sale.row, f"{deal.id} is {deal.status}")
        elif otherwise or not same_time(str(deal.won_at), sale.won_at, self._crm.clock.zone):
            fields = ", ".join(otherwise or ["won_at"])
            self._outcome.skip(sale.row, f"{deal.id} is won already and differs in {fields}")
        else:
            self._outcome.unchanged += 1

    def _win(self, sale: Sale, deal: Deal, otherwise: Mapping[str, Any]) -> None:
        """Nothing that was done to the deal since is undone: that it was won is told only after that."""
        if "rep" in otherwise:
            otherwise = {**otherwise, "rep": self._house.rep(sale.row.values["rep"], sale.moment).id}
        won = deal.change(**otherwise).win(sale.row.values["won_at"], zero=True)
        self._crm.save(won, at=max(sale.moment, deal.updated_at))
        self._outcome.updated += 1

    # --- new -------------------------------------------------------------------------------------

    def sell(self, sale: Sale) -> None:
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

    def _qualified(self, sale: Sale, lead: Lead) -> Lead:
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

    def _known_account(self, sale: Sale, lead: Lead) -> Account | None:
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

    def _warn_if_early(self, sale: Sale, lead: Lead) -> None:
        """A deal cannot be won before its lead came; but it is a sale, and so it is kept with a warning."""
        won, came = sale.row.values["won_at"], lead.received_at or lead.created_at
        zone = self._crm.clock.zone
        precise = not is_day(won) and not is_day(came)
        if won < came if precise else day_of(won, zone) < day_of(came, zone):
            reason = f"was won before {lead.id} came on {day_of(came, zone)}"
            if lead.is_open:
                reason += "; the lead counts as qualified on that day"
            self._outcome.warn(sale.row, reason, self._headers["won_at"])

    def _deal(self, sale: Sale, lead: Lead, account: Account) -> Deal:
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
