"""Every example in the help of a command and in the topics of `crm help` works, and the pages tell the truth."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_cli.cli.context import FORMATS
from crm_cli.cli.environment import TASTES
from crm_cli.domain.condition import GROUPS
from crm_cli.domain.errors import BadValue, Exit
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.moment import Clock, read_moment, spoken
from crm_cli.domain.setting import RULES
from crm_cli.usecases.import_columns import HEADERS
from tests.commands import COMMANDS, examples_of
from tests.stories.house import BUILT, FILLED, FIRST, FOUNDED, NOW, STAGES, ZONE, files, furnish
from tests.stories.shell import Shell
from tests.typed import Typed

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "crm_cli" / "help").glob("*.md"))
IN_COMMANDS = [(".".join(path), line) for path, word in COMMANDS.items() for line in examples_of(word)]


def page(name: str) -> str:
    return (ROOT / "crm_cli" / "help" / f"{name}.md").read_text(encoding="utf-8")


def indented(text: str) -> list[str]:
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def is_typed(line: str) -> bool:
    """Whether a line of a page is a command line and not a picture."""
    return re.match(r"(\$ |\w+=\$\(|echo .*\| |(?:[\d*/,-]+ +){5})?crm ", line) is not None


IN_PAGES = [(path.stem, line) for path in PAGES for line in indented(path.read_text(encoding="utf-8"))]
IN_PAGES = [(name, line) for name, line in IN_PAGES if is_typed(line)]


class House:
    """Folders with prepared stores, copied for every example."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        self._monkeypatch = monkeypatch

    def shell(self, stage: str, folder: Path, now: str = NOW) -> Shell:
        """A shell in a copy of the house as it stood at this stage."""
        if stage:
            shutil.copytree(self.place / stage, folder, dirs_exist_ok=True)
        Typed(folder / "crm", self._monkeypatch)
        self._monkeypatch.setenv("TZ", ZONE)
        self._monkeypatch.setenv("CRM_NOW", now)
        self._monkeypatch.setenv("HOME", str(folder))
        files(folder)
        return Shell(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house at its two stages: founded, and filled."""
    place = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for stage in ("founded", "filled"):
            (place / stage).mkdir(exist_ok=True)
            shell = House(place, monkeypatch).shell("", place / stage, BUILT)
            if stage == "filled":
                shutil.copytree(place / "founded", place / stage, dirs_exist_ok=True)
            furnish(shell, FOUNDED if stage == "founded" else FILLED)
    return place


@pytest.fixture
def house(built: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(built, monkeypatch)


@pytest.mark.parametrize(("command", "line"), IN_COMMANDS)
def test_every_example_in_the_help_of_a_command_works(command: str, line: str, house: House, tmp_path: Path) -> None:
    stage = STAGES.get(command, "filled")
    shell = house.shell(stage, tmp_path)
    if "~/sales/crm" in line and stage:
        shutil.copytree(tmp_path / "crm", tmp_path / "sales" / "crm")
    furnish(shell, FIRST.get(command, ()))

    told = shell.run(line)

    assert told.code == 0, told.screen


@pytest.mark.parametrize("name", sorted({name for name, _ in IN_PAGES}))
def test_every_example_on_a_page_works_one_after_the_other(name: str, house: House, tmp_path: Path) -> None:
    shell = house.shell("filled", tmp_path)

    for _, line in (one for one in IN_PAGES if one[0] == name):
        told = shell.run(line)
        assert told.code == _expected(line), f"{line}\n{told.screen}"


def _expected(line: str) -> int:
    """The exit code that an example may say in its comment."""
    said = re.search(r"exit (?:code )?(\d+)", line)
    return int(said[1]) if said else 0


def test_what_cron_runs_all_day_is_silent_when_all_is_well(house: House, tmp_path: Path) -> None:
    shell = house.shell("filled", tmp_path, BUILT)
    lines = [line for name, line in IN_PAGES if name == "cron" and re.search("[*1-5] +crm remind check| -q$", line)]

    assert len(lines) == 3
    assert [shell.run(line).screen for line in lines] == ["", "", ""]


# --- the pages tell the truth --------------------------------------------------------------------


def rows_of(name: str) -> list[tuple[str, str]]:
    """The two columns of the pictures on a page: what stands left of two blanks or more, and right of them."""
    pairs = (re.split(r" {2,}", line, maxsplit=1) for line in indented(page(name)) if not is_typed(line))
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.stem))
def test_a_page_reads_well_as_plain_text(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("# ")
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if line != line.rstrip()]


def test_the_list_of_topics_names_every_page(crm: Typed) -> None:
    listed, _, _ = crm.ok("help").out.partition("\n\n")

    assert [line.split()[0] for line in listed.splitlines()] == [path.stem for path in PAGES]
    assert crm.ok("help dates").out == page("dates")


CLOCK = Clock(datetime.fromisoformat("2026-11-27T08:00:00+00:00"), ZoneInfo(ZONE))
DATES = rows_of("dates")


@pytest.mark.parametrize(("said", "meant"), DATES)
def test_the_page_on_dates_says_what_is_understood(said: str, meant: str) -> None:
    assert spoken(read_moment(said, CLOCK), CLOCK).removesuffix(" +01:00") == meant


@pytest.mark.parametrize("said", ["next friday", "30.11.2026", "11/30/2026", "3d"])
def test_the_page_on_dates_says_what_is_not_understood(said: str) -> None:
    assert f"`{said}`" in page("dates")
    with pytest.raises(BadValue):
        read_moment(said, CLOCK)


def test_the_page_on_exit_codes_has_every_code() -> None:
    codes = {int(code) for code, _ in rows_of("exit-codes") if code.isdigit()}

    assert codes == {*map(int, Exit), 129, 130, 141, 143}


def test_the_page_on_exit_codes_has_every_code_in_words() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "crm_cli").rglob("*.py"))
    codes = set(re.findall(r'^ +code(?:: ClassVar\[str\])? = "(\w+)"', sources, re.MULTILINE)) - {"error"}
    listed = page("exit-codes").partition("The codes in words:")[2]

    assert "not_found" in codes
    assert codes <= set(re.findall(r"\w+", listed))


def test_the_page_on_formats_has_every_format() -> None:
    assert [name for name, _ in rows_of("formats")] == list(FORMATS)


def test_the_page_on_ids_has_the_letters_of_every_kind() -> None:
    letters = {re.match(r"[A-Z]+", id)[0] for id, _ in rows_of("ids")}  # type: ignore[index]

    assert letters == set(LETTERS.values())


def test_the_page_on_the_environment_has_every_variable_setting_and_rule() -> None:
    text = page("environment")
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "crm_cli" / "cli").glob("*.py"))
    variables = set(re.findall(r'"(CRM_[A-Z_]+)"', sources))

    assert variables
    assert all(f"    {name} " in text for name in variables)
    assert all(f"    {key} " in text for key in RULES)
    assert all(f"\n    {key.partition('.')[2]} = " in text for key in TASTES)


def test_the_page_on_filters_has_every_group_of_choices() -> None:
    for name, ways in GROUPS.items():
        assert f"{name}  " in page("filters")
        assert all(" or ".join(members) in page("filters") for members in ways)


def test_the_page_on_imports_has_every_field() -> None:
    for fields in HEADERS.values():
        for name in fields:
            assert re.search(rf"[ \n]{re.escape(name)}[,; ]", page("import")), name
