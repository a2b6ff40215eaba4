"""A store opened by a program: one block is one operation, all or nothing, and seen by the command line."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest

import crm_cli
from crm_cli import BadValue, Busy, Conflict, CrmError, NotFound, Refused, Unreadable, open_crm
from tests.script.conftest import Opener
from tests.typed import Typed


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- one operation ---------------------------------------------------------------------------------


def test_a_block_is_one_operation_in_which_every_verb_is_told(crm: Typed) -> None:
    with open_crm(crm.folder, create=True) as desk:
        ana = desk.reps.add("Ana Silva", handle="ana")
        lead = desk.leads.add("Jane Doe", rep=ana)
        desk.save(lead.unassign())
        desk.leads.note(lead, "called")

    assert desk.op == "O1"
    verbs = [(one["cmd"], one["id"]) for one in crm.json("history O1") if one["id"]]
    assert verbs[2:] == [("rep.add", "R1"), ("lead.add", "L1"), ("script", "L1"), ("lead.note", "L1")]
    assert {one["by"] for one in crm.json("history O1")} == {"sam"}
    assert crm.json("lead show L1")["notes"][0]["text"] == "called"
    crm.ok("verify")


def test_of_a_block_that_an_exception_leaves_nothing_is_kept(opened: Opener, tmp_path: Path) -> None:
    with opened() as desk:
        desk.leads.add("Jane")
    before = files(tmp_path)

    def left() -> None:
        with opened() as desk:
            desk.leads.add("John")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        left()
    assert files(tmp_path) == before


def test_a_rehearsal_writes_nothing(opened: Opener, tmp_path: Path) -> None:
    with opened(dry_run=True) as desk:
        assert desk.leads.find(desk.leads.add("Jane").id).name == "Jane"

    assert (desk.op, files(tmp_path)) == (None, {})


def test_a_block_in_which_nothing_is_done_is_no_operation(opened: Opener) -> None:
    with opened() as desk:
        desk.leads.add("Jane")
    with opened() as desk:
        assert desk.leads.get("L1").name == "Jane"

    assert desk.op is None


def test_whoever_only_reads_waits_for_nobody_and_changes_nothing(opened: Opener) -> None:
    with opened() as writer:
        writer.leads.add("Jane")
    with opened() as writer, opened(readonly=True) as reader:
        writer.leads.add("John")
        assert [one.name for one in reader.leads] == ["Jane"]
        with pytest.raises(Refused):
            reader.leads.add("Max")


def test_a_second_writer_has_to_wait(opened: Opener) -> None:
    with opened() as desk:
        desk.leads.add("Jane")
    with opened(), pytest.raises(Busy), opened():
        pass


def test_a_refusal_half_way_spoils_the_operation_even_if_the_program_goes_on(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.add("Jane", potential=5)

    def goes_on() -> None:
        with opened() as desk:
            with suppress(BadValue):
                desk.leads.qualify(lead, amount=-1)
            desk.leads.note(lead, "went on")

    with pytest.raises(Refused, match="half way"):
        goes_on()
    with opened(readonly=True) as desk:
        assert (desk.leads.get("L1").notes, list(desk.accounts)) == ({}, [])


def test_after_the_block_nothing_is_done_any_more(opened: Opener) -> None:
    with opened() as desk:
        found = desk.leads.where()
        desk.leads.add("Jane")
    with pytest.raises(Refused, match="has ended"):
        desk.leads.add("John")
    with pytest.raises(Refused, match="has ended"):
        desk.leads.find("L1")
    assert list(found) == []


def test_a_store_that_is_not_there_is_made_only_if_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="there is no store"), open_crm(tmp_path / "none"):
        pass
    assert not list(tmp_path.iterdir())


def test_the_usual_store_and_user_are_those_of_the_commands(crm: Typed) -> None:
    crm.ok("lead add Jane")
    with open_crm() as desk:
        desk.leads.add("John")
    assert [one["by"] for one in crm.json("lead history L2")] == ["sam"]


# --- records in hand -------------------------------------------------------------------------------


def test_a_record_that_was_changed_since_is_not_saved_over(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.add("Jane")
        noted = desk.leads.note(lead, "called")
        with pytest.raises(Conflict) as refused:
            desk.save(lead.tag(["vip"]))
        assert refused.value.hint == 'take it anew: crm.leads.get("L1")'
        tagged = desk.save(noted.tag(["vip"]))
        assert (len(tagged.notes), desk.save(tagged.tag(remove=["vip"])).tags) == (1, {})


def test_a_record_from_an_earlier_block_is_saved_unless_it_was_changed_in_between(opened: Opener) -> None:
    with opened() as desk:
        old = desk.leads.add("Jane")
    with opened(now="2026-11-21") as desk:
        desk.save(old.tag(["vip"]))
    with opened(now="2026-11-22") as desk, pytest.raises(Conflict):
        desk.save(old.tag(["fair"]))


def test_two_notes_of_one_block_are_both_kept(opened: Opener) -> None:
    with opened() as desk:
        lead = desk.leads.note(desk.leads.note(desk.leads.add("Jane", note="one"), "two"), "three")
    assert sorted(note.text for note in lead.notes.values()) == ["one", "three", "two"]


def test_what_a_filter_finds_may_be_changed_on_the_way(opened: Opener) -> None:
    with opened() as desk:
        ana = desk.reps.add("Ana", handle="ana")
        for name in ("Jane", "John", "Max"):
            desk.leads.add(name)
        for lead in desk.leads.where("status=open", "rep=none"):
            desk.save(lead.assign(ana))
            if lead.name == "Jane":
                desk.leads.add("Eve")
        desk.leads.delete("L2")
        assert [one.id for one in desk.leads.where("rep=ana")] == ["L1", "L3"]
        assert [one.id for one in desk.leads.where(deleted=True)] == ["L1", "L2", "L3", "L4"]
        with pytest.raises(BadValue):
            desk.leads.where("colour=red")


# --- days ------------------------------------------------------------------------------------------


def test_a_view_of_a_day_does_things_on_that_day(opened: Opener) -> None:
    with opened() as desk:
        for when in ("2026-11-02", date(2026, 11, 2), datetime(2026, 11, 2, 9, tzinfo=UTC)):
            past = desk.on(when)
            past.leads.note(past.leads.add("Jane", allow_duplicate=True), "then")
            desk.leads.note("@last", "now")
        assert [one.received_at[:10] for one in desk.leads] == ["2026-11-02"] * 3
        assert all(len(one.notes) == 2 for one in desk.leads)
        assert (desk.on("2026-11-02").today, desk.today, desk.now) == (
            "2026-11-02",
            "2026-11-20",
            "2026-11-20T10:00:00Z",
        )
        assert past.leads.get("L3").notes.keys() < desk.leads.get("L3").notes.keys()


def test_a_view_of_what_has_not_come_yet_or_has_no_zone_is_refused(opened: Opener) -> None:
    with opened() as desk:
        with pytest.raises(BadValue, match="future"):
            desk.on("2026-11-21")
        with pytest.raises(BadValue, match="zone"):
            desk.on(datetime(2026, 11, 2))  # noqa: DTZ001 - that it is refused is what is tested


# --- the package -----------------------------------------------------------------------------------


def test_the_package_gives_what_programs_need_and_says_what_it_has_not() -> None:
    assert {"open_crm", "Script", "CrmError", "Duplicate", "main"} <= set(dir(crm_cli))
    assert all(isinstance(getattr(crm_cli, name), object) for name in dir(crm_cli))
    assert issubclass(NotFound, CrmError)
    with pytest.raises(AttributeError):
        crm_cli.nothing  # noqa: B018 - asking is the test


def test_a_refusal_is_an_exception_with_code_exit_code_and_hint(opened: Opener) -> None:
    with opened() as desk, pytest.raises(CrmError) as refused:
        desk.leads.find("L9")
    assert (refused.value.code, refused.value.exit_code) == ("not_found", 3)
    assert str(refused.value) == "there is no lead L9"
    assert refused.value.hint == "look with: crm lead list"


def test_a_command_line_is_carried_out_without_ending_the_process(crm: Typed) -> None:
    assert crm_cli.main(["lead", "show", "L9", "--json"]) == 3


def test_the_program_on_the_page_about_scripting_works(crm: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(crm_cli.__file__).parent / "help" / "scripting.md").read_text(encoding="utf-8")
    lines = page.partition("## From Python")[2].splitlines()
    program = dedent("\n".join(line for line in lines if line.startswith("    ")))
    crm.ok("rep add Sam --handle sam")
    crm.ok("campaign add 'Spring 27' -a Call")

    exec(program.replace("~/sales/crm", str(crm.folder)), {})

    lead = crm.json("lead show L1")
    assert (lead["status"], lead["rep"], lead["campaign"]) == ("contacted", "R1", "C1")
    assert capsys.readouterr().out == "L1 Jane Doe is there already (same e-mail) ['L1']\n"
