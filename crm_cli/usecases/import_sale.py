"""Which rows of a file are one won deal, and which deal of the store that is: by external id, else by lead and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from crm_cli.crm import Crm
from crm_cli.domain.deal import Deal
from crm_cli.domain.ids import number_of
from crm_cli.domain.moment import Moment, day_of, is_day
from crm_cli.domain.record import from_doc
from crm_cli.usecases.import_cells import Taken, Values
from crm_cli.usecases.import_house import House

_FIELDS = ("lead.external_id", "won_at", "name", "amount", "currency", "rep", "external_id", "custom")


class Sale(Struct, frozen=True):
    """A row, its lead, and the instant at which the deal was won, of a day its start."""

    row: Taken
    lead: str
    moment: Moment

    @property
    def won_at(self) -> Moment:
        """As the row says it."""
        return str(self.row.values["won_at"])

    @property
    def number(self) -> str | None:
        """The external id."""
        return self.row.values.get("external_id")


def same_time(one: Moment, other: Moment, zone: ZoneInfo) -> bool:
    """Whether two moments are one as far as they are told: a day is any instant on it in the zone."""
    return one == other or ((is_day(one) or is_day(other)) and day_of(one, zone) == day_of(other, zone))


def repeated(sales: Iterable[Sale], zone: ZoneInfo) -> dict[int, Sale]:
    """Line to the row that is the same deal and counts: the first, one with an external id or a time before others."""
    found: dict[int, Sale] = {}
    numbered: dict[str, Sale] = {}
    there: dict[tuple[str, date], list[Sale]] = defaultdict(list)
    for sale in sorted(sales, key=lambda sale: (sale.number is None, is_day(sale.won_at), sale.row.line)):
        others = there[sale.lead, day_of(sale.won_at, zone)]
        same = numbered.get(sale.number) if sale.number else _first_at(sale, others, zone)
        if same is not None:
            found[sale.row.line] = same
            continue
        others.append(sale)
        if sale.number:
            numbered[sale.number] = sale
    return found


def _first_at(sale: Sale, others: Iterable[Sale], zone: ZoneInfo) -> Sale | None:
    same = (other for other in others if same_time(other.won_at, sale.won_at, zone))
    return min(same, key=lambda other: other.row.line, default=None)


def told_otherwise(values: Values, counts: Values, zone: ZoneInfo) -> list[str]:
    """The fields in which a row says more or other than the one that counts."""
    fields = [field for field in _FIELDS if field in values and values[field] != counts.get(field)]
    same = same_time(values["won_at"], counts["won_at"], zone)
    return [field for field in fields if field != "won_at" or not same]


def known_deals(crm: Crm, house: House, sales: Iterable[Sale]) -> dict[int, Deal]:
    """Line to the deal that is there already: no deal is found by two lines."""
    known: dict[int, Deal] = {}
    others: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        deal = _deal_numbered(crm, sale.number) if sale.number else None
        if deal is not None:
            known[sale.row.line] = deal
        else:
            others[sale.lead].append(sale)
    taken = {deal.id for deal in known.values()}
    for lead, several in others.items():
        for sold, deals in _by_day(crm, lead, several):
            free = sorted((deal for deal in deals if deal.id not in taken), key=lambda deal: number_of(deal.id))
            known.update(_paired(house, sold, free, crm.clock.zone))
    return known


def _by_day(crm: Crm, lead: str, sales: Iterable[Sale]) -> Iterator[tuple[list[Sale], list[Deal]]]:
    """The rows of one lead with the deals it has, those won on one day together."""
    rows: dict[date, list[Sale]] = defaultdict(list)
    for sale in sales:
        rows[day_of(sale.won_at, crm.clock.zone)].append(sale)
    deals: dict[date, list[Deal]] = defaultdict(list)
    for deal in crm.referring(lead, "deal"):
        if isinstance(deal, Deal) and deal.won_at is not None:
            deals[day_of(deal.won_at, crm.clock.zone)].append(deal)
    return ((sold, deals[day]) for day, sold in rows.items())


def _paired(house: House, sales: Iterable[Sale], deals: list[Deal], zone: ZoneInfo) -> dict[int, Deal]:
    """Of several won by one lead on one day, those told alike go together first, and then with nothing different."""
    paired: dict[int, Deal] = {}
    for (as_told, exactly), sale in product(product((True, False), repeat=2), list(sales)):
        if sale.row.line in paired:
            continue
        fits = [deal for deal in deals if _may_be(sale, deal, zone) and (deal.won_at == sale.won_at or not as_told)]
        chosen = next((deal for deal in fits if not exactly or not different(house, sale, deal)), None)
        if chosen is not None:
            paired[sale.row.line] = chosen
            deals.remove(chosen)
    return paired


def _may_be(sale: Sale, deal: Deal, zone: ZoneInfo) -> bool:
    """Two different external ids are two deals."""
    two = deal.external_id is not None and sale.number is not None
    return not two and same_time(str(deal.won_at), sale.won_at, zone)


def _deal_numbered(crm: Crm, number: str) -> Deal | None:
    places = [place for place in crm.snapshot.find(f"ext:deal:{number}") if place[0] == "deal"]
    deals = (from_doc(doc, Deal) for place in places if (doc := crm.snapshot.get(*place)) is not None)
    return next((deal for deal in deals if deal.external_id == number), None)


def different(house: House, sale: Sale, deal: Deal) -> dict[str, Any]:
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
