"""Leads: registered, looked at, changed, deleted and restored; and what is refused because it is there already."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


def lead(crm: Typed, ref: str = "L1") -> dict[str, object]:
    found: dict[str, object] = crm.json(f"lead show {ref}")
    return found


# --- add -----------------------------------------------------------------------------------------


def test_a_new_lead_is_new_and_nobodys_and_came_now(crm: Typed) -> None:
    seen = crm.ok("lead add 'Jane Doe' --company Acme")

    assert "L1 Jane Doe (Acme)" in seen.out
    one = lead(crm)
    assert (one["status"], one["rep"], one["company"], one["kind"]) == ("new", None, "Acme", "person")
    assert one["received_at"] == one["created_at"] == "2026-11-21T17:30:00Z"


def test_everything_said_about_a_new_lead_is_kept(crm: Typed) -> None:
    crm.ok("rep add 'Ana Silva' --handle ana")
    crm.ok("campaign add Spring -a Call -a Demo")
    crm.ok(
        "lead add 'Acme GmbH' --is-company --email a@acme.example --email b@acme.example --phone '+49 30 23125100'"
        " --website acme.example --tax-id DE1 --street 'Hof 1' --postcode 10115 --city Berlin --country DE"
        " --source Fair --source-detail 'Hall 3' --channel WEB --potential 1500.50 --external-id x7 --tag vip"
        " --campaign spring --activity demo --rep ana --rating hot --note 'met at the fair' --set industry=SaaS"
    )
    one = lead(crm)
    assert one["emails"] == ["a@acme.example", "b@acme.example"]
    assert (one["phones"], one["channel"], one["tags"]) == (["+493023125100"], "web", ["vip"])
    assert (one["campaign_name"], one["activity_name"], one["rep_name"]) == ("Spring", "Demo", "Ana Silva")
    assert (one["kind"], one["rating"], one["custom"]) == ("company", "hot", {"industry": "SaaS"})
    assert [(note["by"], note["text"]) for note in crm.json("lead show L1")["notes"]] == [("sam", "met at the fair")]


def test_a_potential_is_kept_as_exact_as_it_was_typed(crm: Typed) -> None:
    crm.ok("lead add Jane --potential 12345678901234567.10")
    assert '"potential":12345678901234567.10' in crm.ok("lead show L1 --json").out


def test_quietly_only_the_id_is_printed(crm: Typed) -> None:
    assert crm.ok("lead add 'Jane Doe' -q").out == "L1\n"
    assert crm.ok("lead add 'John Roe' --format ids").out == "L2\n"


def test_a_lead_needs_a_name_and_no_bad_values(crm: Typed) -> None:
    for line in ("''", "Jane --email nonsense", "Jane --potential much", "Jane --potential -5", "Jane --phone x"):
        seen = crm(f"lead add {line}")
        assert (seen.code, seen.out) == (2, ""), line
    assert not crm.folder.exists()


@pytest.mark.parametrize(
    ("option", "named"),
    [("--channel fax", "trade_fair"), ("--rating tepid", "junk"), ("--set industry", "--set")],
)
def test_a_value_outside_its_list_is_refused_with_the_list(crm: Typed, option: str, named: str) -> None:
    seen = crm(f"lead add Jane {option} --json")
    assert (seen.code, seen.error["code"]) == (2, "bad_value")
    assert named in seen.error["hint"]


def test_a_reference_to_nothing_is_not_found(crm: Typed) -> None:
    for option in ("--rep nobody", "--campaign None-such", "--rep R7", "--campaign C7"):
        assert crm(f"lead add Jane {option}").code == 3, option
    assert not crm.folder.exists()


# --- there already -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "again", "why"),
    [
        ("--email jane@acme.example", "JANE@Acme.Example", "e-mail"),
        ("--email jane.doe@gmail.com", "janedoe+crm@googlemail.com", "e-mail"),
    ],
)
def test_the_same_mailbox_in_another_spelling_is_surely_there(crm: Typed, known: str, again: str, why: str) -> None:
    crm.ok(f"lead add 'Jane Doe' {known}")
    before = crm.bytes()
    seen = crm(f"lead add 'Quite Another' --email {again} --json")

    assert (seen.code, seen.error["code"], seen.error["details"]["candidates"]) == (4, "duplicate", ["L1"])
    assert "Jane Doe" in seen.error["message"]
    assert why in seen.error["message"]
    assert "--allow-duplicate" in seen.error["hint"]
    assert crm.bytes() == before


def test_the_same_external_id_is_surely_there(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --external-id X-1")
    assert crm("lead add Other --external-id X-1").code == 4
    assert crm("lead add Other --external-id X-2").code == 0


def test_the_same_phone_is_surely_there_with_a_like_name_only(crm: Typed) -> None:
    crm.ok("config set country DE")
    crm.ok("lead add 'Jane Doe' --phone '+49 30 23125100'")
    assert crm("lead add 'Doe, Jane' --phone '030/23125-100'").code == 4
    assert crm("lead add 'Max Kern' --phone '030/23125-100'").code == 0


def test_contacts_and_accounts_are_looked_at_too(crm: Typed) -> None:
    crm.ok("account add 'Acme GmbH' --email info@acme.example")
    crm.ok("contact add 'Jane Doe' --email jane@acme.example")
    for email, who in (("info@acme.example", "A1"), ("jane@acme.example", "P1")):
        seen = crm(f"lead add Somebody --email {email} --json")
        assert (seen.code, seen.error["details"]["candidates"]) == (4, [who])


def test_a_deleted_twin_is_named_as_deleted(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --email jane@acme.example")
    crm.ok("lead delete L1 --yes")
    seen = crm("lead add 'Jane Doe' --email jane@acme.example")
    assert seen.code == 4
    assert "L1 Jane Doe (deleted)" in seen.err


def test_a_duplicate_may_be_allowed(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --email jane@acme.example")
    seen = crm.ok("lead add 'Jane Doe' --email jane@acme.example --allow-duplicate -q")
    assert seen.out == "L2\n"
    assert "sure duplicate of L1" in seen.err


def test_if_missing_gives_the_one_that_is_there_and_writes_nothing(crm: Typed) -> None:
    line = "lead add 'Jane Doe' --email jane@acme.example --if-missing"
    assert crm.ok(f"{line} -q").out == "L1\n"
    before = crm.bytes()

    assert crm.ok(f"{line} -q").out == "L1\n"
    again = crm.json(line)
    assert (again["op"], again["changed"], again["records"][0]["id"]) == (None, 0, "L1")
    assert crm.bytes() == before


def test_a_possible_duplicate_is_told_on_stderr_and_stops_nothing(crm: Typed) -> None:
    crm.ok("lead add 'Stephan Meier' --company 'Nordlicht GmbH'")
    for dry in (" --dry-run", ""):
        seen = crm.ok(f"lead add 'Stefan Meier' --company 'Nordlicht AG'{dry} --json")
        assert "possible duplicate of L1 Stephan Meier" in seen.err
        assert seen.json["records"][0]["id"] == "L2"


# --- show and find -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ref", ["L1", "l1", "1", "jane@acme.example", "JANE@ACME.EXAMPLE", "'Jane Doe'", 'name:"jane doe"']
)
def test_a_lead_answers_to_id_number_mail_and_name(crm: Typed, ref: str) -> None:
    crm.ok("lead add 'Jane Doe' --email jane@acme.example")
    assert lead(crm, ref)["id"] == "L1"


def test_several_of_one_name_are_all_offered_and_none_is_chosen(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead add 'Jane Doe' --company Acme")
    seen = crm("lead show 'Jane Doe' --json")
    assert (seen.code, seen.error["code"], seen.error["details"]["candidates"]) == (3, "ambiguous", ["L1", "L2"])


def test_an_id_of_another_kind_is_a_misuse_and_an_unknown_one_not_found(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    assert [crm(f"lead show {ref}").code for ref in ("A1", "L2", "nobody@x.example", "Nobody")] == [2, 3, 3, 3]


def test_who_wants_no_contact_is_shown_so_first(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --do-not-contact")
    assert crm.ok("lead show L1").out.splitlines()[0] == "DO NOT CONTACT"
    crm.ok("lead edit L1 --may-contact")
    assert "DO NOT CONTACT" not in crm.ok("lead show L1").out


def test_the_card_has_notes_events_and_the_latest_changes(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead note L1 'wants a demo'")
    crm.ok("event add Demo --lead L1 --at +1d")
    shown = crm.ok("lead show L1").out
    for expected in ("wants a demo", "E1", "Demo", "lead.note", "O2"):
        assert expected in shown
    full = crm.json("lead show L1")
    assert [one["id"] for one in full["events"]] == ["E1"]
    assert [one["op"] for one in full["history"]] == ["O2", "O1"]


# --- edit, note, tag -----------------------------------------------------------------------------


def test_an_edit_says_what_changed_from_what_to_what(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --company Acme --email jane@acme.example")
    seen = crm.ok("lead edit L1 --company 'Acme GmbH' --email jane@new.example --set industry=SaaS")
    assert "company Acme → Acme GmbH" in seen.out
    one = lead(crm)
    assert (one["emails"], one["custom"]) == (["jane@new.example"], {"industry": "SaaS"})


def test_fields_are_emptied_by_unset_and_by_an_empty_value(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --website x.example --phone '+493023125100' --set a=1 --set b=2")
    crm.ok("lead edit L1 --unset website --unset phones --set a=")
    one = lead(crm)
    assert (one["website"], one["phones"], one["custom"]) == (None, [], {"b": "2"})


def test_what_cannot_be_emptied_is_refused_with_what_can(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    for field in ("name", "status", "campaign", "bogus"):
        seen = crm(f"lead edit L1 --unset {field} --json")
        assert seen.code == 2, field
        assert "website" in seen.error["details"]["allowed"]


def test_an_edit_that_changes_nothing_writes_nothing(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --company Acme")
    before = crm.bytes()
    done = crm.json("lead edit L1 --company Acme")
    assert (done["op"], done["changed"], done["records"]) == (None, 0, [])
    assert crm.bytes() == before


def test_a_status_is_no_particular_one_could_edit(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    assert crm("lead edit L1 --status qualified").code == 2
    assert lead(crm)["status"] == "new"


def test_a_note_may_come_from_stdin(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead note L1 -", stdin="two\nlines\n")
    assert crm.json("lead show L1")["notes"][0]["text"] == "two\nlines"
    assert crm("lead note L1 -", stdin=" \n").code == 2


def test_tags_come_and_go(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --tag cold")
    crm.ok("lead tag L1 +VIP 'trade fair' --remove cold")
    assert lead(crm)["tags"] == ["trade fair", "vip"]
    assert crm("lead tag L1").code == 2
    assert crm("lead tag L1 'a,b'").code == 2


# --- delete and restore --------------------------------------------------------------------------


def test_nothing_is_deleted_until_somebody_says_yes(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    before = crm.bytes()
    for line in ("lead delete L1", "lead rm L1 --no-input"):
        seen = crm(f"{line} --json")
        assert (seen.code, seen.error["code"]) == (5, "not_confirmed")
        assert "--yes" in seen.error["hint"]
    assert crm.bytes() == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 5), ("\n", 5), ("", 5)])
def test_somebody_who_is_there_is_asked_on_stderr(
    crm: Typed, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    crm.ok("lead add 'Jane Doe'")
    monkeypatch.setattr("crm_cli.cli.context.asks_people", lambda: True)
    seen = crm("lead delete L1 -q", stdin=answer)
    assert (seen.code, seen.out) == (code, "")
    assert seen.err.startswith("Delete L1 Jane Doe? [y/N] ")
    assert lead(crm)["status"] == ("new" if code else "deleted")


def test_a_deleted_lead_is_not_listed_but_can_be_restored_as_it_was(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead contacted L1")
    crm.ok("lead delete L1 --yes")
    assert crm.json("lead list") == []
    assert [one["status"] for one in crm.json("lead list --all")] == ["deleted"]
    assert crm.json("lead list --status deleted --count") == {"count": 1}

    crm.ok("lead restore L1")
    assert lead(crm)["status"] == "contacted"
    assert crm("lead restore L1").code == 4


def test_the_number_of_a_deleted_lead_is_not_used_again(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    crm.ok("lead delete L1 --yes")
    assert crm.ok("lead add 'John Roe' -q").out == "L2\n"


# --- dates ---------------------------------------------------------------------------------------


def test_a_lead_may_have_come_earlier_on_a_day_or_at_a_time(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-02")
    crm.ok("lead add 'John Roe' --on '2026-11-02 15:00'")
    assert [one["received_at"] for one in crm.json("lead list")] == ["2026-11-02", "2026-11-02T15:00:00Z"]


def test_nothing_happens_in_the_future(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe'")
    for line in ("lead add 'John Roe'", "lead note L1 hm", "lead contacted L1", "lead edit L1 --name J"):
        seen = crm(f"{line} --on tomorrow")
        assert (seen.code, seen.out) == (2, ""), line


def test_nothing_happens_to_a_lead_before_it_came(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-10")
    before = crm.bytes()
    for line in ("lead note L1 hm", "lead contacted L1", "lead tag L1 x", "event log Call --lead L1"):
        option = "--at" if line.startswith("event") else "--on"
        assert crm(f"{line} {option} 2026-11-09").code == 4, line
    assert crm.bytes() == before


def test_what_is_dated_back_leaves_later_values_on_top(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-01")
    crm.ok("lead rate L1 hot --on 2026-11-10")
    done = crm.json("lead rate L1 cold --on 2026-11-05")
    assert done["records"][0]["rating"] == "hot"

    changes = [entry["changes"].get("rating") for entry in crm.json("lead history L1")]
    assert changes == [None, [None, "cold"], [None, "hot"]]
    assert crm.ok("verify").code == 0


def test_what_was_written_first_may_have_happened_last(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-01")
    crm.ok("lead disqualify L1 --reason lost --on 2026-11-15")
    crm.ok("lead contacted L1 --on 2026-11-10")
    one = lead(crm)
    assert (one["status"], one["contacted_at"]) == ("disqualified", "2026-11-10T00:00:00Z")


def test_an_order_that_cannot_have_been_is_refused(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --on 2026-11-01")
    crm.ok("lead contacted L1 --on 2026-11-10")
    before = crm.bytes()
    seen = crm("lead disqualify L1 --reason lost --on 2026-11-05 --json")
    assert (seen.code, seen.error["exit_code"]) == (4, 4)
    assert "crm history L1" in seen.error["hint"]
    assert crm.bytes() == before


def test_a_clock_that_stands_behind_takes_the_last_time_and_says_so(crm: Typed) -> None:
    crm.ok("lead add 'Jane Doe' --now 2026-11-21T10:00Z")
    seen = crm.ok("lead rate L1 hot --now 2026-11-21T09:00Z --json")
    assert "clock" in seen.err
    assert seen.json["records"][0]["updated_at"] == "2026-11-21T10:00:00Z"
