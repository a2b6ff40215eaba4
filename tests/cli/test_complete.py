"""What may be meant by the word being typed: commands, options, values, ids by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.cli.environment import config_path, default_store
from crm_cli.cli.known import folder_of, program_stamp
from tests.typed import Typed

ROOT = Path(__file__).parents[2]
HOUSE = """
rep add 'Ana Silva' --handle ana
rep add Bob
campaign add 'Spring 27' -a Call -a 'Big Demo'
campaign add 'Autumn 27' -a Call
campaign activity retire C2 Call
lead add 'Jane Doe' --company Acme --tag vip --set industry=SaaS
lead add 'John Roe'
lead add Gone
lead delete L3 --yes
deal add Bikes --account name:none
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the grammar is kept: what one test has learnt the others know."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def house(crm: Typed, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for line in HOUSE.strip().splitlines()[:-1]:
        crm.ok(line)
    return crm


def asked(crm: Typed, monkeypatch: pytest.MonkeyPatch, line: str, shell: str = "zsh") -> list[str]:
    """The words that are offered behind `crm LINE`, where the last word is being typed."""
    monkeypatch.setenv("_CRM_COMPLETE", shell)
    monkeypatch.setenv("CRM_DEBUG", "1")
    seen = crm(line.split(" "))
    monkeypatch.delenv("_CRM_COMPLETE")
    assert (seen.code, seen.err) == (0, "")
    return [told.partition("\t")[0] or told.strip() for told in seen.out.splitlines()]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("le", ["lead"]),
        ("lead sh", ["show"]),
        ("lead ls --cou", ["--count"]),
        ("--json le", ["lead"]),
        ("--store /tmp le", ["lead"]),
        ("-Fjson lead sh", ["show"]),
        ("campaign activity re", ["rename", "retire"]),
        ("lead add --em", ["--email"]),
        ("lead add --email a@b.example --em", ["--email"]),
        ("lead add --company X --comp", []),
        ("lead edit L1 --may", ["--may-contact"]),
        ("--ver", ["--verbose", "--version"]),
        ("lead add --he", ["--help"]),
        ("lead assign L1 -- --", []),
        ("lead sho w", []),
        ("weather ", []),
        ("lead add x ", []),
    ],
)
def test_words_and_options_are_known(
    house: Typed, monkeypatch: pytest.MonkeyPatch, line: str, meant: list[str]
) -> None:
    assert asked(house, monkeypatch, line) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("lead rate L1 --rating h", ["hot"]),
        ("lead rate L1 wa", ["warm"]),
        ("lead list --status new,con", ["new,contacted"]),
        ("lead list --status o", ["open"]),
        ("lead list --format=js", ["--format=json", "--format=jsonl"]),
        ("--color al", ["always"]),
        ("lead list -F ts", ["tsv"]),
        ("event add Call --kind mee", ["meeting"]),
        ("deal lose D1 --reason pri", ["price"]),
        ("lead add x --channel re", ["referral"]),
        ("lead list --tag v", ["vip"]),
        ("lead tag L1 v", ["vip"]),
        ("lead list --fields id,na", ["id,name"]),
        ("lead list --sort -pot", ["-potential"]),
        ("lead edit L1 --set ind", ["nospace", "industry="]),
        ("lead edit L1 --unset comp", ["company"]),
        ("lead list --where stat", ["nospace", "status"]),
        ("lead list --where status=n", ["status=new"]),
        ("lead list --where rep=Ana", ["rep=ana"]),
        ("event list --due over", ["overdue"]),
        ("event add x --at tom", ["tomorrow"]),
        ("report funnel --by cam", ["campaign"]),
        ("config set lead.r", ["lead.reasons"]),
        ("config get core.u", ["core.user"]),
        ("help fil", ["filters"]),
        ("completion f", ["fish"]),
        ("import leads x", ["files"]),
        ("claim attach CL1 x", ["files"]),
        ("backup --to x", ["folders"]),
        ("lead note L1 call", []),
    ],
)
def test_values_are_known(house: Typed, monkeypatch: pytest.MonkeyPatch, line: str, meant: list[str]) -> None:
    assert asked(house, monkeypatch, line) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("lead show ", ["L2", "L1"]),
        ("lead show l1", ["L1"]),
        ("lead show 2", ["L2"]),
        ("lead show jan", ["L1"]),
        ("lead show roe", ["L2"]),
        ("lead assign L1 Joh", ["L2"]),
        ("lead restore L", ["L3"]),
        ("lead assign L1 --to a", ["ana"]),
        ("lead assign L1 --to Sil", ["ana"]),
        ("lead assign L1 --to B", ["R2"]),
        ("lead add x --campaign Spr", ["C1"]),
        ("lead add x --campaign=Spr", ["--campaign=C1"]),
        ("lead add x --campaign C1 --activity B", ["C1.2"]),
        ("campaign activity rename C1 C", ["C1.1", "C1.2"]),
        ("campaign activity rename C2 ", []),
        ("lead set-campaign L1 Aut", ["C2"]),
        ("show Spr", ["C1"]),
        ("history Jane", ["L1"]),
        ("lead show -- Ja", ["L1"]),
        ("lead show nobody", []),
    ],
)
def test_the_beginning_of_a_name_gives_the_id(
    house: Typed, monkeypatch: pytest.MonkeyPatch, line: str, meant: list[str]
) -> None:
    assert asked(house, monkeypatch, line) == meant


def test_a_store_that_is_not_there_is_not_made(crm: Typed, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assert asked(crm, monkeypatch, "lead sh") == ["show"]
    assert asked(crm, monkeypatch, "lead show J") == []
    assert not crm.folder.exists()


def test_lost_words_are_found_in_the_store_again_once(house: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    words = house.folder / "cache" / "words"
    words.unlink()
    assert asked(house, monkeypatch, "lead show Ja") == ["L1"]
    assert words.exists()
    words.write_text("words 0\nnonsense")
    assert asked(house, monkeypatch, "lead show Ja") == ["L1"]
    words.write_text("words 1\nlead\tL1\nlead\tL\x1b[2J\tJane\t\tnew\nlead\tL2\tJane\t\tnew\n")
    assert asked(house, monkeypatch, "lead show Ja") == ["L2"]


def test_a_store_that_cannot_be_read_is_no_reason_to_speak(house: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    (house.folder / "cache" / "words").unlink()
    (house.folder / "crm.json").write_text("nonsense")
    (house.folder / "history.jsonl").write_text("nonsense\n")
    monkeypatch.setenv("_CRM_COMPLETE", "zsh")
    seen = house("lead show J")
    assert (seen.code, seen.out, seen.err) == (0, "", "")


def test_nothing_is_said_where_the_question_is_nonsense(house: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    for shell, argv in (("bash", []), ("zsh", []), ("fish", ["lead", "show", '"']), ("csh", ["le"]), ("bash", ["'"])):
        monkeypatch.setenv("_CRM_COMPLETE", shell)
        assert house(argv).code == 0, shell


def test_where_nothing_can_be_kept_it_is_told_all_the_same(
    house: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert asked(house, monkeypatch, "lead add --em") == ["--email"]


# --- without the framework -----------------------------------------------------------------------


def test_what_was_learnt_is_told_without_the_framework(house: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys\nfrom crm_cli.cli.complete import prepared\n"
        "print(prepared(), {'typer', 'msgspec', 'tinydb', 'json', 'pathlib'} & set(sys.modules))"
    )
    for line in ("lead show Ja", "lead add --em", "le"):
        asked(house, monkeypatch, line)
        environment = {**os.environ, "_CRM_COMPLETE": "fish", "PYTHONPATH": str(ROOT)}
        script = [sys.executable, "-S", "-c", code, *line.split()]
        done = subprocess.run(script, env=environment, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout.endswith("] set()\n"), done.stdout


def test_what_another_program_has_learnt_is_not_believed(
    house: Typed, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(house, monkeypatch, "le") == ["lead"]
    grammar = cache / "crm" / "grammar"
    grammar.write_text(grammar.read_text().replace(program_stamp(), "another").replace("\nw\tlead\t", "\nw\tlegs\t"))
    assert asked(house, monkeypatch, "le") == ["lead"]


@pytest.mark.parametrize("words", [[], ["--store", "/a/b"], ["--store=/a/b", "lead"]])
@pytest.mark.parametrize("config", ["none", 'core.store = "/c/d"'])
@pytest.mark.parametrize("variable", ["", "/e/f"])
def test_the_store_is_the_one_that_the_command_would_work_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], config: str, variable: str
) -> None:
    (tmp_path / "config.toml").write_text(config if config != "none" else "")
    monkeypatch.setenv("CRM_CONFIG", str(tmp_path / "config.toml") if config != "none" else "none")
    monkeypatch.setenv("CRM_STORE", variable)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    expected = "/a/b" if words else variable or ("/c/d" if config_path(None) else str(default_store()))
    assert folder_of(words) == expected
