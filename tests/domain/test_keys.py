"""The keys under which a record is found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.claim import Claim, ClaimStatus
from crm_cli.domain.errors import Unreadable
from crm_cli.domain.event import Event
from crm_cli.domain.history import Doc
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.keys import (
    KINDS_WITH_DUES,
    PROSPECTS,
    REFERENCE_SETS,
    REFERENCES,
    due_from,
    lookup_keys,
    match_keys,
    name_key,
    reference_key,
)
from crm_cli.domain.lead import Lead, LeadStatus
from crm_cli.domain.moment import Clock, instant
from crm_cli.domain.record import to_doc

JANE = {
    "id": "L12",
    "name": "Jane Doe",
    "company": "Acme Rocket GmbH",
    "emails": ["Jane+fair@acme.com", "jane@acme.com", "test@test.com"],
    "phones": ["+493023125100", "+493023125100 ext. 12"],
    "external_id": "X-17",
    "rep": "R1",
    "campaign": "C3",
    "activity": "C3.2",
}


def keys_like(kind: str, /, **doc: Any) -> set[str]:
    return {key for key in lookup_keys(kind, doc) if key.startswith("like:")}


def test_a_lead_is_found_by_everything_that_tells_it_apart() -> None:
    assert match_keys("lead", JANE) == [
        "email:jane@acme.com",
        "ext:lead:X-17",
        "phone:493023125100",
        "like:akm|gm",
        "like:gm|rkt",
        "like:akm|t",
        "like:rkt|t",
        "name:lead:jane doe",
        "ref:R1",
        "ref:C3",
        "ref:C3.2",
    ]


def test_only_the_keys_that_find_duplicates_are_looked_up() -> None:
    found = {key.partition(":")[0] for key in lookup_keys("lead", {**JANE, "tax_id": "DE 136 695 976"})}

    assert found == {"email", "ext", "phone", "like"}


def test_a_tax_number_is_a_key_of_the_stored_record() -> None:
    assert "tax:DE136695976" in match_keys("account", {"name": "Acme", "tax_id": "DE 136 695 976"})


def test_a_deleted_record_keeps_its_keys() -> None:
    assert match_keys("lead", {**JANE, "status": "deleted"}) == match_keys("lead", JANE)


def test_an_empty_document_has_no_keys() -> None:
    assert match_keys("lead", {"id": "L1"}) == []


def test_stand_ins_make_no_keys_but_the_name() -> None:
    nobody = {
        "name": "n/a",
        "company": "none",
        "emails": ["test@test.de", "n/a"],
        "phones": ["000000", "123456"],
        "external_id": "-",
        "tax_id": "000000",
    }

    assert match_keys("lead", nobody) == ["name:lead:n a"]


@pytest.mark.parametrize("field", REFERENCES)
def test_whatever_a_record_points_to_finds_it(field: str) -> None:
    assert match_keys("event", {"id": "E1", field: "L12"}) == [reference_key("L12")]


@pytest.mark.parametrize("field", REFERENCE_SETS)
def test_so_does_every_one_of_several(field: str) -> None:
    assert match_keys("event", {"id": "E1", field: {"P9": 1, "R2": 2}}) == [reference_key("P9"), reference_key("R2")]


def test_a_rep_is_found_by_name_and_handle() -> None:
    keys = match_keys("rep", {"name": "Zoë Smith", "handle": "zoe"})

    assert keys == [name_key("rep", "zoe smith"), name_key("rep", "ZOE")]


def test_a_campaign_is_found_by_its_name() -> None:
    assert match_keys("campaign", {"name": "Spring 2026"}) == [name_key("campaign", "spring 2026")]


def test_a_name_without_a_letter_is_still_a_name() -> None:
    assert match_keys("lead", {"name": "🚲"}) == [name_key("lead", "🚲")]
    assert name_key("lead", "🚲") != name_key("lead", "🚀")


def test_external_ids_of_different_kinds_are_different_keys() -> None:
    ours, theirs = ({*lookup_keys(kind, {"external_id": 17})} for kind in ("lead", "account"))

    assert ours == {"ext:lead:17"}
    assert ours.isdisjoint(theirs)


@pytest.mark.parametrize("kind", ["rep", "campaign", "deal", "event", "claim"])
def test_only_leads_contacts_and_accounts_are_alike_by_name(kind: str) -> None:
    assert kind not in PROSPECTS
    assert keys_like(kind, name="Jane Doe", company="Acme") == set()


def test_a_name_without_a_company_is_like_nobody() -> None:
    assert keys_like("lead", name="Jane Doe") == keys_like("contact", company="Acme") == set()


@pytest.mark.parametrize("name", ["Doe, Jane", "JANE DOE", "Jane  Döe", "jane-doe"])
def test_spellings_of_one_person_share_their_keys(name: str) -> None:
    theirs = keys_like("contact", name=name, company="ACME")

    assert theirs == keys_like("lead", name="Jane Doe", company="Acme Inc.")


def test_a_company_is_alike_by_its_name_alone() -> None:
    lead = keys_like("lead", kind="company", name="Nordlicht Fahrradbau GmbH")

    assert lead == keys_like("account", name="Nordlicht Fahrradbau") != set()
    assert lead != keys_like("account", kind="person", name="Nordlicht Fahrradbau")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nord Licht", "Nordlicht"),
        ("Fahrradbau Nordlicht", "Nordlicht Fahrradbau AG"),
        ("Nordlicht Fahrradbau Werke", "Nordlicht Fahrradbau Werke Ost"),
        ("Acme", "A.C.M.E. Inc."),
    ],
)
def test_spellings_of_one_company_share_a_key(one: str, other: str) -> None:
    assert keys_like("account", name=one) & keys_like("account", name=other)


def test_long_names_make_few_keys() -> None:
    name = "Karl Theodor Maria Nikolaus Johann Jakob Philipp"

    assert len(keys_like("lead", name=name, company="Allgemeine Nordlicht Fahrradbau Werke")) <= 6
    assert len(keys_like("account", name=name)) <= 4


@pytest.mark.parametrize(
    ("planned", "due"),
    [
        ({"start": "2026-11-30T14:00:00Z"}, "2026-11-30T14:00:00Z"),
        ({"start": "2026-11-30T14:00:00Z", "remind": {"15m": True, "2h": True}}, "2026-11-30T12:00:00Z"),
        ({"start": "2026-11-30"}, "2026-11-29T00:00:00Z"),
        ({"start": "2026-11-30T14:00:00Z", "remind": {"2h": True, "1d": True}}, "2026-11-28T14:00:00Z"),
        ({"start": "0001-01-01", "remind": {"1w": True}}, "0001-01-01T00:00:00Z"),
        ({"start": "2026-11-30", "status": "completed"}, None),
        ({}, None),
    ],
)
def test_a_planned_event_is_due_from_its_first_reminder_on_in_any_zone(planned: Doc, due: str | None) -> None:
    assert due_from("event", {"status": "planned", **planned}) == due


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(["Pacific/Kiritimati", "Pacific/Midway", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]),
    minutes=st.integers(0, 10**6),
    whole_day=st.booleans(),
    remind=st.lists(st.sampled_from(["5m", "1h", "36h", "1d", "2w"]), max_size=3),
)
def test_no_event_is_due_before_its_moment(zone: str, minutes: int, whole_day: bool, remind: list[str]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    moment = start.date().isoformat() if whole_day else instant(start)
    event = Event(id="E1", name="Call", start=moment, remind=dict.fromkeys(remind, True))
    reminders = event.reminders(Clock(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo(zone)))
    assert str(due_from("event", to_doc(event))) <= reminders[0]


def test_what_cannot_be_read_as_a_time_is_told() -> None:
    with pytest.raises(Unreadable, match="E5"):
        due_from("event", {"id": "E5", "status": "planned", "start": "soon"})


def test_only_the_kinds_that_are_named_are_ever_due() -> None:
    waiting = ("planned", "new", "registered")
    docs = [{"status": status, "start": "2026-11-30", "due": "2026-11-30"} for status in waiting]
    assert {kind for kind in LETTERS for doc in docs if due_from(kind, doc)} == {*KINDS_WITH_DUES}


@pytest.mark.parametrize(
    ("kind", "doc", "due"),
    [
        ("claim", {"status": "registered", "due": "2026-11-30"}, "2026-11-29T00:00:00Z"),
        ("claim", {"status": "processing", "due": "2026-11-30T10:00:00Z"}, "2026-11-30T10:00:00Z"),
        ("claim", {"status": "satisfied", "due": "2026-11-30"}, None),
        ("claim", {"status": "registered"}, None),
        ("lead", {"status": "new", "due": "2026-11-30"}, "2026-11-29T00:00:00Z"),
        ("lead", {"status": "contacted", "due": "2026-11-30"}, None),
        ("lead", {"status": "contacted", "due": "2026-11-30", "restarted_at": "2026-11-20"}, "2026-11-29T00:00:00Z"),
        ("lead", {"status": "new", "due": "2026-11-30", "restarted_at": "x", "responded_at": "y"}, None),
        ("lead", {"status": "qualified", "due": "2026-11-30"}, None),
    ],
)
def test_a_claim_and_an_unanswered_lead_are_due_from_their_last_day_on(kind: str, doc: Doc, due: str | None) -> None:
    assert due_from(kind, doc) == due


@pytest.mark.parametrize("answered", [None, "2026-11-21"])
@pytest.mark.parametrize("restarted", [None, "2026-11-20"])
@pytest.mark.parametrize("status", LeadStatus)
def test_a_lead_is_due_exactly_when_it_can_be_overdue(
    status: LeadStatus, restarted: str | None, answered: str | None
) -> None:
    lead = Lead(id="L1", status=status, due="2026-11-30", restarted_at=restarted, responded_at=answered)
    assert lead.is_overdue("2026-12-01") is (due_from("lead", to_doc(lead)) is not None)


@pytest.mark.parametrize("status", ClaimStatus)
def test_a_claim_is_due_exactly_when_it_can_be_overdue(status: ClaimStatus) -> None:
    claim = Claim(id="CL1", status=status, due="2026-11-30")
    late = claim.is_overdue(Clock(datetime(2027, 1, 1, tzinfo=UTC), ZoneInfo("UTC")))
    assert late is (due_from("claim", to_doc(claim)) is not None)
