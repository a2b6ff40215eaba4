"""The program itself: versions, help, completion."""

from __future__ import annotations

import pytest

from crm_cli import __version__
from tests.typed import Typed


def test_versions_are_told_on_one_line_or_in_full(crm: Typed) -> None:
    assert crm.ok("--version").out == crm.ok("-V").out == f"crm {__version__}\n"
    found = crm.json("version")
    assert (found["crm"], found["store_format"]) == (__version__, 1)
    assert set(found) >= {"python", "typer", "tinydb"}


def test_help_lists_its_topics_and_shows_one(crm: Typed) -> None:
    found = crm.json("help")
    assert found["topic"] is None
    for topic in (line.split()[0] for line in found["text"].splitlines()):
        shown = crm.json(f"help {topic}")
        assert shown["topic"] == topic
        assert shown["text"].strip()


def test_an_unknown_topic_is_refused(crm: Typed) -> None:
    seen = crm("help weather --json")
    assert (seen.code, seen.error["code"]) == (2, "bad_value")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_gets_its_completion_script(crm: Typed, shell: str) -> None:
    found = crm.json(f"completion {shell}")
    assert found["shell"] == shell
    assert "_CRM_COMPLETE" in found["text"]
    assert crm.ok(f"completion {shell}").out.strip() == found["text"].strip()


@pytest.mark.parametrize("line", ["lead assign", "lead", "campaign activity rename", "crm lead assign"])
def test_help_shows_what_a_command_says_of_itself(crm: Typed, line: str) -> None:
    typed = line.removeprefix("crm ")
    assert crm.ok(f"help {line}").out.strip() == crm.ok(f"{typed} --help").out.strip()
    assert crm.json(f"help {line}")["topic"] == line


def test_help_tells_how_to_get_on(crm: Typed) -> None:
    listed = crm.ok("help").out
    for told in ("crm help TOPIC", "crm help lead assign", "crm --help", "crm schema"):
        assert told in listed


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("help filter", "filters"),
        ("help lead assing", "lead assign"),
        ("lead list --fields nmae", "name"),
        ("lead list --sort nmae", "name"),
        ("lead list --where staus=new", "status"),
        ("lead list --where status=nwe", "new"),
        ("lead list --format jsn", "json"),
        ("lead add x --rating hott", "hot"),
        ("config get timezon", "timezone"),
        ("completion bahs", "bash"),
        ("leads list", "crm lead"),
        ("assign L1 --to x", "crm lead assign"),
    ],
)
def test_what_may_be_meant_is_said(crm: Typed, line: str, meant: str) -> None:
    crm.ok("lead add Jane")
    seen = crm(f"{line} --json")
    assert (seen.code, seen.out) == (2, "")
    assert f"did you mean {meant}" in seen.error["hint"]


def test_a_mistyped_option_is_answered_with_ours(crm: Typed) -> None:
    seen = crm("lead add Jane --emial jane@x.example")
    assert (seen.code, "--email" in seen.err) == (2, True)
    assert "crm lead add --help" in seen.err


def test_an_id_of_another_noun_is_answered_with_that_noun(crm: Typed) -> None:
    crm.ok("campaign add Spring -a Call")
    seen = crm("lead show C1 --json")
    assert (seen.code, seen.error["message"]) == (2, "C1 is no lead")
    assert "crm campaign show C1" in seen.error["hint"]


def test_an_unknown_shell_is_answered_with_those_there_are(crm: Typed) -> None:
    seen = crm("completion tcsh --json")
    assert (seen.code, seen.error["details"]["allowed"]) == (2, ["bash", "zsh", "fish", "powershell"])


@pytest.mark.parametrize("line", ["--help", "lead --help", "lead add --help", "campaign activity -h"])
def test_every_level_explains_itself(crm: Typed, line: str) -> None:
    seen = crm.ok(line)
    assert seen.err == ""
    assert "--help" in seen.out


def test_a_command_shows_examples_and_every_option(crm: Typed) -> None:
    shown = crm.ok("lead add --help").out
    for expected in ("crm lead add", "--email", "--dry-run", "--json", "--allow-duplicate", "--store"):
        assert expected in shown


@pytest.mark.parametrize(("line", "meant"), [("led list", "crm lead"), ("lead lst", "crm lead list")])
def test_a_slip_of_the_keys_is_answered_with_what_may_be_meant(crm: Typed, line: str, meant: str) -> None:
    seen = crm(f"{line} --json")
    assert (seen.code, seen.out) == (2, "")
    assert f"did you mean {meant}?" in seen.error["hint"]


def test_a_noun_alone_is_a_misuse_that_lists_its_verbs(crm: Typed) -> None:
    for line in ("", "lead", "campaign activity"):
        seen = crm(line)
        assert (seen.code, "Commands" in seen.out + seen.err) == (2, True)


def test_ls_and_rm_are_known(crm: Typed) -> None:
    crm.ok("lead add Jane")
    assert crm.json("lead ls")[0]["id"] == "L1"
    assert crm("lead rm L1").code == 5


def test_common_options_may_stand_anywhere(crm: Typed) -> None:
    crm.ok("lead add Jane")
    for line in (
        "--json lead list",
        "lead --json list",
        "lead list --json",
        "--format=json lead list",
        "-F json lead ls",
        "-Fjson lead list",
    ):
        assert crm.ok(line).json[0]["id"] == "L1", line
