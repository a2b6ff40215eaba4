"""One verb for many records: named, piped in, or found by a filter."""

from __future__ import annotations

import pytest

from tests.typed import Typed

pytestmark = pytest.mark.usefixtures("saturday")


@pytest.fixture
def four(crm: Typed) -> Typed:
    """Four leads, of which the last is disqualified and nobody's, and two reps."""
    crm.ok("rep add 'Ana Silva' --handle ana")
    crm.ok("rep add Bob --handle bob")
    for name in ("Ada", "Ben", "Cy", "Dan"):
        crm.ok(f"lead add {name}")
    crm.ok("lead assign L1 --to bob")
    crm.ok("lead disqualify L4 --reason lost")
    return crm


def reps(crm: Typed) -> list[str | None]:
    return [one["rep_name"] for one in crm.json("lead list")]


def test_ids_come_through_a_pipe_and_make_one_operation(four: Typed) -> None:
    seen = four(["lead", "assign", "-", "--to", "ana", "--json"], stdin="L1\tAda\n\n# not these\n2  Ben\nL1\n")

    assert (seen.code, seen.json["changed"]) == (0, 2)
    assert reps(four) == ["Ana Silva", "Ana Silva", None, None]
    assert {one["op"] for one in four.json("history") if one["cmd"] == "lead.assign"} >= {seen.json["op"]}


def test_a_list_may_be_piped_as_it_is_shown(four: Typed) -> None:
    shown = four.ok("lead list --where rep=none --status open -F plain").out
    assert shown.startswith("ID")

    four.ok("lead assign - --to ana", stdin=shown)

    assert reps(four) == ["Bob", "Ana Silva", "Ana Silva", None]


def test_an_empty_pipe_changes_nothing_and_is_no_error(four: Typed) -> None:
    before = four.bytes()
    seen = four("lead assign - --to ana", stdin="")
    assert (seen.code, seen.out) == (0, "Nothing to change.\n")
    assert four.bytes() == before


def test_a_filter_that_finds_several_asks_first_and_shows_some(four: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "lead assign --where 'rep=none and status=open' --to ana"
    before = four.bytes()
    refused = four(line + " --json")
    assert (refused.code, refused.error["code"]) == (5, "not_confirmed")
    assert "2 leads (L2 Ben, L3 Cy)" in refused.error["message"]
    assert four.bytes() == before

    monkeypatch.setattr("crm_cli.cli.context.asks_people", lambda: True)
    assert four(line, stdin="n\n").code == 5
    seen = four(line, stdin="y\n")
    assert (seen.code, seen.err) == (0, "Assign 2 leads (L2 Ben, L3 Cy)? [y/N] ")
    assert reps(four) == ["Bob", "Ana Silva", "Ana Silva", None]


def test_a_filter_that_finds_one_or_none_does_not_ask(four: Typed) -> None:
    assert "Assigned L1 Ada to Ana Silva (was Bob)" in four.ok("lead assign -w rep=bob --to ana").out
    assert four.ok("lead assign -w rep=bob --to ana").out == "No leads match.\n"
    assert four.ok("lead assign -w rep=ana --to ana").out == "Nothing to change.\n"


def test_a_rehearsal_of_a_filter_needs_no_answer(four: Typed) -> None:
    before = four.bytes()
    seen = four.ok("lead assign -w 'rep=none and status=open' --to ana -n")
    assert seen.out.splitlines() == [
        "Would have: Assigned L2 Ben to Ana Silva (was nobody)",
        "Would have: Assigned L3 Cy to Ana Silva (was nobody)",
    ]
    assert four.bytes() == before


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lead assign --to ana", "which leads?"),
        ("lead assign L1 --where rep=none --to ana", "--where chooses the leads already"),
        ("lead assign --where nonsense=1 --to ana", "nonsense"),
        ("lead rate hot", "alone is not enough"),
        ("lead note called", "which lead, or what text?"),
        ("lead note - -", "both"),
    ],
)
def test_it_must_be_said_which_are_meant(four: Typed, line: str, said: str) -> None:
    seen = four(line + " --json", stdin="L1\n")
    assert seen.code == 2
    assert said in seen.error["message"]


def test_one_that_is_refused_stops_them_all_unless_told_to_keep_going(four: Typed) -> None:
    before = four.bytes()
    assert four("lead assign L1 L4 L99 --to ana").code == 4
    assert four.bytes() == before

    seen = four("lead assign L1 L4 L99 --to ana --keep-going --json")

    assert (seen.code, seen.json["changed"]) == (6, 1)
    assert [(one["ref"], one["code"]) for one in seen.json["left_out"]] == [("L4", "wrong_state"), ("L99", "not_found")]
    assert seen.error["code"] == "partial"
    assert reps(four)[0] == "Ana Silva"


def test_those_left_out_are_told_to_people_one_by_one(four: Typed) -> None:
    seen = four("lead rate L1 L4 hot --keep-going")
    assert (seen.code, seen.out.startswith("Rated L1 Ada hot (was not rated)")) == (6, True)
    assert "crm: error: L4 is disqualified" in seen.err
    assert "1 left out" in seen.err


def test_what_is_wrong_for_all_of_them_is_no_matter_of_leaving_out(four: Typed) -> None:
    assert four("lead assign L1 L2 --to zoe --keep-going").code == 3


def test_values_stand_behind_the_filter(four: Typed) -> None:
    four.ok("lead rate --where status=open cold --yes")
    four.ok("lead tag --where status=open vip fair --yes")
    four.ok("lead note --where status=open 'seen at the fair' --yes")
    rows = four.json("lead list --status open")
    assert {row["rating"] for row in rows} == {"cold"}
    assert all(row["tags"] == ["fair", "vip"] and row["notes"][0]["text"] == "seen at the fair" for row in rows)
    assert len(rows) == 3


def test_several_are_deleted_and_restored_at_once(four: Typed) -> None:
    seen = four("lead delete --where 'rep=none and status=open' --json")
    assert "Delete 2 leads (L2 Ben, L3 Cy)?" in seen.error["message"]
    four.ok("lead delete L2 L3 --yes")
    assert [one["id"] for one in four.json("lead list")] == ["L1", "L4"]
    four.ok("lead restore --where status=deleted --yes")
    assert [one["status"] for one in four.json("lead list")] == ["new", "new", "new", "disqualified"]


def test_a_record_that_fits_no_longer_when_it_is_its_turn_is_left_alone(
    four: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else gives L2 away while the question stands on the screen."""

    def meanwhile() -> bool:
        monkeypatch.setattr("crm_cli.cli.context.asks_people", lambda: True)
        four.ok("lead assign L2 --to bob")
        return True

    monkeypatch.setattr("crm_cli.cli.context.asks_people", meanwhile)
    four.ok("lead assign -w 'rep=none and status=open' --to ana", stdin="y\n")
    assert reps(four)[:3] == ["Bob", "Bob", "Ana Silva"]


def test_several_are_tagged_at_once_and_no_id_becomes_a_tag(four: Typed) -> None:
    four.ok("lead tag L1 l2 2026 name:Cy +l3")
    assert [one["tags"] for one in four.json("lead list --status open")] == [["2026", "l3"]] * 3
    four.ok("lead tag L1 L2 --remove 2026")
    assert [one["tags"] for one in four.json("lead list --status open")] == [["l3"], ["l3"], ["2026", "l3"]]
    assert four("lead tag --where status=open L1 vip").code == 2


def test_a_rehearsal_claims_nothing_is_done(four: Typed) -> None:
    seen = four("lead assign L1 L4 --to ana --keep-going -n")
    assert (seen.code, "nothing was done" in seen.err, "are done" in seen.err) == (6, True, False)
    four.ok("lead rate L1 hot")
    assert four.ok("lead rate L1 hot -n").out == "Nothing to change.\n"


def test_who_gives_something_to_nobody_is_told_the_verb_for_it(four: Typed) -> None:
    seen = four("lead assign L1 --to none")
    assert (seen.code, "unassign" in seen.err) == (3, True)
