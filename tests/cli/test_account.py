"""Accounts: added, found, and refused when they are there already."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


def test_everything_said_about_an_account_is_kept(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok(
        "account add 'Acme GmbH' --type supplier --type dealer --email info@acme.example --phone +493023125100"
        " --website acme.example --tax-id DE1 --street 'Hof 1' --postcode 10115 --city Berlin --country DE"
        " --channel web --rep ana --external-id x1 --tag big --set size=L"
    )
    one = crm.json("account show 'acme gmbh'")
    assert (one["kind"], one["status"], one["types"]) == ("company", "active", ["dealer", "supplier"])
    assert (one["city"], one["channel"], one["rep_name"], one["tags"]) == ("Berlin", "web", "Ana", ["big"])
    assert (one["emails"], one["custom"]) == (["info@acme.example"], {"size": "L"})


def test_an_account_may_be_a_person(crm: Typed) -> None:
    crm.ok("account add 'Jane Doe' --is-person")
    assert crm.json("account show A1")["kind"] == "person"


def test_a_customer_is_one_since_a_day(crm: Typed) -> None:
    crm.ok("account add Acme --type customer --on 2026-11-02")
    crm.ok("account add Other")
    assert [one["customer_since"] for one in crm.json("account list")] == ["2026-11-02T00:00:00Z", None]


def test_an_account_needs_a_name_and_known_types(crm: Typed) -> None:
    assert crm("account add ''").code == 2
    seen = crm("account add Acme --type friend --json")
    assert seen.code == 2
    assert "supplier" in seen.error["details"]["allowed"]
    assert not crm.folder.exists()


@pytest.mark.parametrize(
    "twin", ["Other --email INFO@acme.example", "Other --external-id x1", "'ACME' --phone '+49 30 2312 5100'"]
)
def test_an_account_that_is_surely_there_is_refused(crm: Typed, twin: str) -> None:
    crm.ok("account add 'Acme GmbH' --email info@acme.example --external-id x1 --phone +493023125100")
    seen = crm(f"account add {twin} --json")
    assert (seen.code, seen.error["code"], seen.error["details"]["candidates"]) == (4, "duplicate", ["A1"])
    crm.ok(f"account add {twin} --allow-duplicate")


def test_a_like_company_name_is_only_told(crm: Typed) -> None:
    crm.ok("account add 'Nordlicht GmbH'")
    seen = crm.ok("account add 'Nord-Licht AG' -q")
    assert seen.out == "A2\n"
    assert "possible duplicate of A1 Nordlicht GmbH" in seen.err


def test_the_card_has_people_deals_claims_and_leads(crm: Typed) -> None:
    crm.ok("account add Acme")
    crm.ok("contact add 'Max Kern' --account A1")
    crm.ok("deal add Bikes --account A1")
    crm.ok("claim add Broken --account A1")
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead qualify L1 --account A1")
    shown = crm.ok("account show A1").out
    for expected in ("P1  Max Kern", "D1  Bikes", "CL1  Broken", "L1  Jane Doe"):
        assert expected in shown


def test_accounts_are_listed_by_type_and_rep(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("account add Acme --type supplier --rep ana")
    crm.ok("account add Other --type dealer")
    assert [one["id"] for one in crm.json("account list --type supplier,carrier")] == ["A1"]
    assert [one["id"] for one in crm.json("account list --rep none")] == ["A2"]
