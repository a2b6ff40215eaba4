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


def test_accounts_are_listed_by_place_channel_and_tag(crm: Typed) -> None:
    crm.ok("account add Acme --city Berlin --country DE --channel web --tag vip")
    crm.ok("account add Other --city Wien --country AT")
    for asked in ("--city berlin", "--country DE", "--channel web", "--tag vip"):
        assert [one["id"] for one in crm.json(f"account list {asked}")] == ["A1"], asked
    assert [one["id"] for one in crm.json("account list --tag none --city Berlin,Wien")] == ["A2"]


def test_everything_about_an_account_can_be_changed_and_taken_away(crm: Typed) -> None:
    crm.ok("account add Acme --email old@acme.example --website acme.example --city Bonn")
    seen = crm.ok(
        "account edit A1 --name 'Acme AG' --legal-name 'Acme Aktiengesellschaft' --is-person --email a@acme.example"
        " --city Berlin --unset website --set size=L"
    )
    assert "city Bonn → Berlin" in seen.out
    one = crm.json("account show 'acme ag'")
    assert (one["legal_name"], one["kind"], one["emails"]) == ("Acme Aktiengesellschaft", "person", ["a@acme.example"])
    assert (one["website"], one["custom"]) == (None, {"size": "L"})
    crm.ok("account edit A1 --is-company")
    assert crm.json("account show A1")["kind"] == "company"


@pytest.mark.parametrize("said", ["--name ''", "--type friend", "--remove-type friend", "--email x", "--unset name"])
def test_what_cannot_be_read_changes_no_account(crm: Typed, said: str) -> None:
    crm.ok("account add Acme")
    before = crm.bytes()
    assert crm(f"account edit A1 {said}").code == 2
    assert crm.bytes() == before


def test_an_account_that_becomes_like_another_is_told_and_changed(crm: Typed) -> None:
    crm.ok("account add Acme --email info@acme.example")
    crm.ok("account add Other")
    seen = crm.ok("account edit A2 --email info@acme.example")
    assert "sure duplicate of A1 Acme" in seen.err
    assert crm.json("account show A2")["emails"] == ["info@acme.example"]


def test_what_an_account_is_to_us_is_changed_type_by_type(crm: Typed) -> None:
    crm.ok("account add Acme --type prospect --type dealer")
    crm.ok("account edit A1 --type customer --remove-type dealer --on 2026-11-21")
    one = crm.json("account show A1")
    assert (one["types"], one["customer_since"][:10]) == (["customer"], "2026-11-21")
    crm.ok("account edit A1 --remove-type customer")
    one = crm.json("account show A1")
    assert (one["types"], one["customer_since"]) == ([], None)


def test_a_customer_with_a_sale_stays_one(crm: Typed) -> None:
    crm.ok("account add Acme")
    crm.ok("deal add Bikes --account A1 --amount 5")
    crm.ok("deal win D1")
    seen = crm("account edit A1 --remove-type customer --json")
    assert (seen.code, "crm deal reopen D1" in seen.error["hint"]) == (4, True)


def test_accounts_are_given_to_a_rep_and_taken_away(crm: Typed) -> None:
    crm.ok("rep add Ana --handle ana")
    crm.ok("account add Acme --city Berlin")
    crm.ok("account add Other --city Berlin")
    assert "Assigned A2 Other to Ana (was nobody)" in crm.ok("account assign --where city=Berlin --to ana --yes").out
    assert crm.ok("account list --rep ana -F ids").out == "A1\nA2\n"
    assert crm.json("account unassign A1")["left_out"] == []
    assert crm.ok("account list --rep none -F ids").out == "A1\n"
    crm.ok("rep deactivate ana")
    assert crm("account assign A1 --to ana").code == 4


def test_a_sale_told_late_makes_a_customer_earlier(crm: Typed) -> None:
    crm.ok("account add Acme --on 2026-09-01")
    for number, day in enumerate(("2026-11-02", "2026-10-05"), start=1):
        crm.ok(f"deal add 'Deal {number}' --account A1 --amount 5 --on 2026-09-02")
        crm.ok(f"deal win D{number} --on {day}")
    assert crm.json("account show A1")["customer_since"] == "2026-10-05T00:00:00Z"
    crm.ok("rebuild")
    crm.ok("verify")
    assert crm.json("account show A1")["customer_since"] == "2026-10-05T00:00:00Z"
