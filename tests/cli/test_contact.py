"""Contacts: people at accounts, added, found, and refused when they are there already."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


def test_everything_said_about_a_contact_is_kept(crm: Typed) -> None:
    crm.ok("account add Acme")
    crm.ok(
        "contact add 'Max Kern' --account acme --position Buyer --email max@acme.example --phone +493023125100"
        " --external-id p1 --tag vip --set birthday=05-01"
    )
    one = crm.json("contact show max@acme.example")
    assert (one["id"], one["account"], one["account_name"], one["position"]) == ("P1", "A1", "Acme", "Buyer")
    assert (one["phones"], one["tags"], one["custom"]) == (["+493023125100"], ["vip"], {"birthday": "05-01"})


def test_a_contact_needs_a_name_and_an_account_that_is_there(crm: Typed) -> None:
    assert crm("contact add ''").code == 2
    assert crm("contact add Max --account Acme").code == 3
    assert not crm.folder.exists()


def test_who_wants_no_contact_is_shown_so_first(crm: Typed) -> None:
    crm.ok("contact add Max --do-not-contact")
    assert crm.ok("contact show P1").out.startswith("DO NOT CONTACT")


def test_a_contact_that_is_surely_there_is_refused(crm: Typed) -> None:
    crm.ok("contact add 'Max Kern' --email max@acme.example")
    seen = crm("contact add 'M. Kern' --email Max+crm@Acme.example --json")
    assert (seen.code, seen.error["details"]["candidates"]) == (4, ["P1"])
    crm.ok("contact add 'M. Kern' --email max@acme.example --allow-duplicate")
    assert crm.json("contact list --count") == {"count": 2}


def test_contacts_are_listed_by_account(crm: Typed) -> None:
    crm.ok("account add Acme")
    crm.ok("contact add Max --account A1")
    crm.ok("contact add Eve")
    assert [one["name"] for one in crm.json("contact list --account Acme")] == ["Max"]
    assert [one["name"] for one in crm.json("contact list --account none")] == ["Eve"]


def test_contacts_are_listed_by_tag_and_by_whether_they_want_to_hear_of_us(crm: Typed) -> None:
    crm.ok("contact add Max --do-not-contact --tag vip")
    crm.ok("contact add Eve")
    assert crm.ok("contact list --do-not-contact -F ids").out == "P1\n"
    assert crm.ok("contact list --may-contact -F ids").out == "P2\n"
    assert crm.ok("contact list --tag vip -F ids").out == "P1\n"


def test_a_contact_is_changed_and_moved_to_another_account(crm: Typed) -> None:
    crm.ok("account add Acme")
    crm.ok("account add Other")
    crm.ok("contact add Max --account A1 --phone +493023125100")
    seen = crm.ok("contact edit P1 --name 'Max Kern' --account other --position Buyer --unset phones --do-not-contact")
    assert "account A1 → A2" in seen.out
    one = crm.json("contact show 'max kern'")
    assert (one["account_name"], one["position"], one["phones"]) == ("Other", "Buyer", [])
    assert one["do_not_contact"] is True
    crm.ok("contact edit P1 --may-contact --unset account --set birthday=05-01")
    one = crm.json("contact show P1")
    assert (one["account"], one["do_not_contact"], one["custom"]) == (None, False, {"birthday": "05-01"})


def test_a_contact_is_not_changed_into_nobody_or_moved_nowhere(crm: Typed) -> None:
    crm.ok("contact add Max --email max@acme.example")
    before = crm.bytes()
    for said, code in {"--name ''": 2, "--email x": 2, "--unset name": 2, "--account Acme": 3}.items():
        assert crm(f"contact edit P1 {said}").code == code, said
    assert crm.bytes() == before


def test_a_contact_that_becomes_like_another_is_told_and_changed(crm: Typed) -> None:
    crm.ok("contact add Max --email max@acme.example")
    crm.ok("contact add Eve")
    assert "sure duplicate of P1 Max" in crm.ok("contact edit P2 --email max@acme.example").err
