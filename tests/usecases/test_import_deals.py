"""Rows of a file become won deals, and their leads customers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.domain.account import Account
from crm_cli.domain.contact import Contact
from crm_cli.domain.deal import Deal, DealStatus
from crm_cli.domain.errors import BadValue
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.rep import Rep
from tests.usecases.office import Office, counts, reasons

HEADER = "lead id,won,amount,external id,title,rep"
CELLS = (
    ("2026-02-01", "2026-03-01", "2026-01-10", "2026-02-01 10:00", "2026-02-01 11:00"),
    ("", "10", "20.0", "0"),
    ("", "E1", "E2"),
    ("", "bike", "trailer"),
    ("", "sam", "ana"),
)
LEAD = st.sampled_from(["X", "Y", "Z", "nobody"])
ROWS = st.lists(st.tuples(LEAD, *map(st.sampled_from, CELLS)).map(",".join), max_size=6)


def office_with_leads(zone: str = "UTC") -> Office:
    office = Office(zone)
    office.leads(
        "ID,Name,Company,Received,E-mail",
        "X,Ann,Acme,2026-01-15,ann@a.example",
        "Y,Bob,,2026-01-16,bob@b.example",
        "Z,Cid,,2026-02-01,ANN@a.example",
    )
    return office


def deal(office: Office, number: int = 1) -> Deal:
    return office.all(Deal)[number - 1]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(there=ROWS, rows=ROWS)
def test_the_same_file_again_changes_nothing_byte_for_byte(there: list[str], rows: list[str]) -> None:
    office = office_with_leads()
    office.deals(HEADER, *there, create_reps=True)
    first = office.deals(HEADER, *rows, create_reps=True)
    log = office.store.log

    again = office.deals(HEADER, *rows, create_reps=True)

    assert office.store.log == log
    assert (again.id, again.added, again.updated) == (None, 0, 0)
    assert sum(counts(first)) == sum(counts(again)) == len(rows)


def test_an_open_lead_becomes_a_customer_when_its_deal_was_won() -> None:
    office = office_with_leads("Europe/Berlin")
    outcome = office.deals("lead id,won,amount,currency,title,Colour", "X,2026-02-03,99.50,usd,2 bikes,red")

    lead, won = office.lead(), deal(office)
    assert (lead.status, lead.qualified_at, lead.account) == (LeadStatus.QUALIFIED, "2026-02-02T23:00:00Z", "A1")
    assert (won.status, won.won_at, won.amount, won.currency) == ("won", "2026-02-03", Decimal("99.50"), "USD")
    assert (won.name, won.lead, won.account, won.contact, won.custom) == (
        "2 bikes",
        "L1",
        "A1",
        "P1",
        {"Colour": "red"},
    )
    assert outcome.created() == {"accounts": 1, "contacts": 1, "deals": 1, "reps": 0, "channels": 0}


def test_the_log_tells_that_the_deal_was_made_and_that_it_was_won() -> None:
    office = office_with_leads()
    office.deals("lead id,won", "X,2026-02-03 10:00")

    with office.change() as crm:
        entries = [(entry.at, entry.facts["status"][1]) for entry in crm.history("D1")]
    assert entries == [("2026-02-03T10:00:00Z", "in_progress"), ("2026-02-03T10:00:00Z", "won")]


def test_without_an_amount_it_is_won_at_nothing_in_the_currency_of_the_house() -> None:
    office = office_with_leads()
    office.deals("lead id,won,amount", "X,2026-02-03,", "Y,2026-02-03,0.0")

    assert [(one.amount, one.currency) for one in office.all(Deal)] == [(Decimal(0), "EUR")] * 2


def test_a_lead_that_is_qualified_gets_a_further_deal_on_its_account() -> None:
    office = office_with_leads()
    office.deals("lead id,won", "X,2026-02-03")
    outcome = office.deals("lead id,won", "X,2026-03-03", "X,2026-02-01")

    assert counts(outcome) == (2, 0, 0, 0, 0)
    assert [(one.account, one.contact, one.won_at) for one in office.all(Deal)] == [
        ("A1", "P1", "2026-02-03"),
        ("A1", "P1", "2026-02-01"),
        ("A1", "P1", "2026-03-03"),
    ]
    assert office.lead().qualified_at == "2026-02-03T00:00:00Z"


def test_of_several_deals_in_a_file_the_earliest_makes_the_customer() -> None:
    office = office_with_leads()
    office.deals("lead id,won", "X,2026-03-03", "X,2026-02-03")

    assert office.lead().qualified_at == "2026-02-03T00:00:00Z"


def test_the_rep_gets_the_deal_and_a_lead_that_has_none() -> None:
    office = office_with_leads()
    office.save(Rep(id="R1", name="Ana"), office.lead(2).change(rep="R1"))
    outcome = office.deals("lead id,won,rep", "X,2026-02-03,sam", "Y,2026-02-03,sam", create_reps=True)

    assert [one.rep for one in office.all(Deal)] == ["R2", "R2"]
    assert [lead.rep for lead in office.all(Lead)] == ["R2", "R1", None]
    assert [account.rep for account in office.all(Account)] == ["R2", "R1"]
    assert outcome.created()["reps"] == 1


def test_a_deal_dated_before_its_lead_came_is_kept_with_a_warning_naming_the_line() -> None:
    office = office_with_leads()
    outcome = office.deals("lead id,Won on", "Y,2026-03-01", "X,14.01.2026")

    warning = outcome.warnings[0]
    assert (warning.line, warning.column, warning.value) == (3, "Won on", "14.01.2026")
    assert warning.reason == "was won before L1 came on 2026-01-15; the lead counts as qualified on that day"
    assert office.lead().qualified_at == "2026-01-15T00:00:00Z"
    assert deal(office).won_at == "2026-01-14"


def test_a_deal_won_on_the_day_its_lead_came_is_not_early() -> None:
    office = Office()
    office.leads("ID,Name,Received", "X,Ann,2026-01-15 14:00")
    outcome = office.deals("lead id,won", "X,2026-01-15")

    assert outcome.warnings == []
    assert office.lead().qualified_at == "2026-01-15T14:00:00Z"


def test_a_lead_known_at_an_account_is_linked_to_it_with_a_warning() -> None:
    office = office_with_leads()
    outcome = office.deals("lead id,won", "X,2026-02-03", "Z,2026-03-03")

    assert [lead.account for lead in office.all(Lead)] == ["A1", None, "A1"]
    assert len(office.all(Contact)) == 1
    assert reasons(outcome.warnings) == [(3, "L3 Cid is known already as A1 Acme, P1 Ann; it is linked to A1")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",2026-02-03,1", "lead id", "does not say of which lead a deal is"),
        ("X,,1", "won", "does not say when a deal was won"),
        ("W,2026-02-03,1", "lead id", "is no lead's external id here"),
        ("X,2027-02-03,1", "won", "is in the future"),
        ("X,2026-02-03,-1", "amount", "is negative"),
    ],
)
def test_a_row_without_lead_day_or_a_sound_amount_is_a_problem(row: str, column: str, reason: str) -> None:
    outcome = office_with_leads().deals("lead id,won,amount", row)

    assert counts(outcome) == (0, 0, 0, 0, 1)
    assert [(one.line, one.column, one.reason) for one in outcome.problems] == [(2, column, reason)]


def test_a_file_that_does_not_say_of_which_lead_or_when_is_refused() -> None:
    with pytest.raises(BadValue, match="says of which lead a deal is") as refusal:
        Office().deals("number,won", "X,2026-02-03")
    assert refusal.value.hint == '--map "COLUMN=lead.external_id"'

    with pytest.raises(BadValue, match="says when a deal was won"):
        Office().deals("lead id,amount", "X,5")


def test_a_lead_that_was_given_up_is_skipped_with_the_reason() -> None:
    office = office_with_leads()
    office.save(office.lead(1).disqualify("lost", "2026-11-21"), office.lead(2).delete())
    outcome = office.deals("lead id,won", "X,2026-02-03", "Y,2026-02-03")

    assert counts(outcome) == (0, 0, 0, 2, 0)
    assert reasons(outcome.warnings) == [(2, "L1 is disqualified"), (3, "L2 is deleted")]


def test_a_lead_that_was_changed_since_is_qualified_at_the_earlier_moment_in_the_log() -> None:
    office = office_with_leads()
    office.save(office.lead().tag(["vip"]).change(rep="R7"))
    office.deals("lead id,won", "X,2026-02-03")

    lead = office.lead()
    assert (lead.status, lead.tags, lead.rep) == (LeadStatus.QUALIFIED, {"vip": True}, "R7")
    with office.change() as crm:
        entries = [(entry.at, entry.facts.get("status")) for entry in crm.history("L1")]
    assert entries[-1] == ("2026-02-03T00:00:00Z", ["new", "qualified"])


def test_a_lead_whose_history_leaves_no_room_is_a_problem_and_leaves_nothing_behind() -> None:
    office = office_with_leads()
    office.save(office.lead().contacted("2026-11-21T12:00:00Z"))
    log = office.store.log

    outcome = office.deals("lead id,won", "X,2026-02-03")

    assert reasons(outcome.problems) == [(2, "L1 was qualified before it became contacted on 2026-11-21T12:00:00Z")]
    assert office.store.log == log


# --- known already ---------------------------------------------------------------------------------


def test_two_rows_with_one_lead_and_one_day_are_one_deal_and_the_reason_says_what_differs() -> None:
    office = office_with_leads()
    lines = ("lead id,won,amount", "X,2026-02-03,5", "X,2026-02-03,5", "X,2026-02-03,7", "Y,2026-02-03,7")
    told = [(3, "is the same deal as line 2"), (4, "is the same deal as line 2 and differs in amount")]

    first, again = office.deals(*lines), office.deals(*lines)

    assert (counts(first), reasons(first.warnings)) == ((2, 0, 0, 2, 0), told)
    assert (counts(again), reasons(again.warnings)) == ((0, 0, 2, 2, 0), told)


def test_rows_with_different_external_ids_are_two_deals_and_one_without_is_the_first_of_them() -> None:
    office = office_with_leads()
    lines = ("lead id,won,deal id", "X,2026-02-03,", "X,2026-02-03,E1", "X,2026-02-03,E2")

    first, again = office.deals(*lines), office.deals(*lines)

    assert (counts(first), reasons(first.warnings)) == ((2, 0, 0, 1, 0), [(2, "is the same deal as line 3")])
    assert counts(again) == (0, 0, 2, 1, 0)


def test_a_day_and_a_time_on_it_in_the_zone_are_one_moment_and_two_times_are_two() -> None:
    office = office_with_leads("Europe/Berlin")
    office.deals("lead id,won", "X,2026-02-03", "Y,2026-02-03 00:30")

    assert counts(office.deals("lead id,won", "X,2026-02-03 00:30", "Y,2026-02-03")) == (0, 0, 2, 0, 0)
    assert counts(office.deals("lead id,won", "X,2026-02-04 00:30", "Y,2026-02-03 00:31")) == (2, 0, 0, 0, 0)


def test_a_day_known_by_its_external_id_does_not_differ_from_a_time_on_it() -> None:
    office = office_with_leads()
    office.deals("lead id,won,deal id", "X,2026-02-03,E1")

    assert counts(office.deals("lead id,won,deal id", "X,2026-02-03 10:00,E1")) == (0, 0, 1, 0, 0)
    assert counts(office.deals("lead id,won,deal id", "X,2026-02-04 10:00,E1")) == (0, 0, 0, 1, 0)


def test_a_deal_is_known_by_its_external_id() -> None:
    office = office_with_leads()
    office.deals("lead id,won,deal id", "X,2026-02-03,E1")

    outcome = office.deals("lead id,won,deal id,amount", "X,2026-02-03,E1,", "X,2026-02-03,E2,", "X,2026-02-03,E2,5")

    assert counts(outcome) == (1, 0, 1, 1, 0)
    assert reasons(outcome.warnings) == [(4, "is the same deal as line 3 and differs in amount")]


def test_an_open_deal_is_brought_up_to_date_and_won() -> None:
    office = office_with_leads()
    office.deals("lead id,won", "X,2026-02-01")
    office.save(Deal(id="D2", name="trailer", account="A1", lead="L1", external_id="E1", amount=Decimal(5)))

    outcome = office.deals("lead id,won,deal id,amount,title", "X,2026-02-03,E1,7,trailer")

    assert counts(outcome) == (0, 1, 0, 0, 0)
    won = deal(office, 2)
    assert (won.status, won.amount, won.won_at) == (DealStatus.WON, Decimal(7), "2026-02-03")


def test_a_deal_that_was_taken_up_again_is_won_again() -> None:
    office = office_with_leads()
    office.deals("lead id,won,deal id", "X,2026-02-03,E1")
    office.save(deal(office).reopen())

    assert counts(office.deals("lead id,won,deal id", "X,2026-02-02,E1")) == (0, 1, 0, 0, 0)
    assert (deal(office).status, deal(office).won_at) == (DealStatus.WON, "2026-02-02")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X,2026-02-03,E1,8,bike", "D1 is won already and differs in amount"),
        ("X,2026-02-04,E1,7,bike", "D1 is won already and differs in won_at"),
        ("X,2026-02-03,,8,trailer", "D1 is won already and differs in name, amount"),
        ("Y,2026-02-03,E1,7,bike", "D1 has this external id and is of L1"),
    ],
)
def test_a_deal_that_is_won_is_left_as_it_is_with_the_reason(row: str, reason: str) -> None:
    office = office_with_leads()
    header = "lead id,won,deal id,amount,title"
    office.deals(header, "X,2026-02-03,E1,7,bike")
    log = office.store.log

    outcome = office.deals(header, row)

    assert (counts(outcome), reasons(outcome.warnings)) == ((0, 0, 0, 1, 0), [(2, reason)])
    assert office.store.log == log


def test_a_deal_that_was_lost_is_left_as_it_is() -> None:
    office = office_with_leads()
    office.deals("lead id,won,deal id", "X,2026-02-03,E1")
    office.save(deal(office).reopen().lose("2026-02-04", "price"))

    outcome = office.deals("lead id,won,deal id", "X,2026-02-03,E1")

    assert reasons(outcome.warnings) == [(2, "D1 is lost")]
    assert deal(office).status is DealStatus.LOST


def test_a_company_without_a_person_gives_an_account_of_its_name() -> None:
    office = Office()
    office.leads("ID,Company", "X,Acme GmbH")
    office.deals("lead id,won", "X,2026-11-21")

    assert [(account.name, account.kind) for account in office.all(Account)] == [("Acme GmbH", "company")]
    assert office.all(Contact) == []
