"""What completion and schema say may stand somewhere is what the commands take there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.cli.grammar import Part, parts_of
from crm_cli.cli.manual import commands
from tests.cli.lines import GOOD, Bench, copied, furnished

PARTS = [(".".join(path), part) for path, word in commands() for part in parts_of(path, word)]
CHOSEN = [(cmd, part) for cmd, part in PARTS if part.choices and not part.is_argument and part.panel is None]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with furnished(tmp_path_factory.mktemp("grammar")) as folder:
        yield folder


@pytest.fixture
def bench(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return copied(built, Bench(tmp_path, monkeypatch))


def line_of(bench: Bench, cmd: str) -> list[str]:
    """The command with its arguments and no options."""
    words = shlex.split(bench.line(GOOD[cmd]))
    place = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    return words[:place]


@pytest.mark.parametrize(("cmd", "part"), CHOSEN, ids=[f"{cmd} {part.name}" for cmd, part in CHOSEN])
def test_every_word_that_is_offered_is_taken_and_no_other(bench: Bench, cmd: str, part: Part) -> None:
    line = line_of(bench, cmd)
    for choice in part.choices:
        seen = bench([*line, part.name, choice, "--json"])
        assert not (seen.code == 2 and f"{choice!r} is not known" in seen.err), seen.err
    seen = bench([*line, part.name, "wether", "--json"])
    if seen.code == 2 and "allowed" in seen.error["details"]:
        assert set(part.choices) <= {*seen.error["details"]["allowed"], "open"}


def test_references_are_known_by_what_the_help_calls_them() -> None:
    kinds = {(part.metavar, part.points_to) for _, part in PARTS if part.points_to and not part.is_argument}
    named = {"REP": "rep", "CAMPAIGN": "campaign", "ACCOUNT": "account", "LEAD": "lead", "ACTIVITY": "activity"}
    for metavar, kind in named.items():
        assert {found for name, found in kinds if name == metavar} == {(kind,)}


def test_every_argument_that_is_a_record_is_known_for_one() -> None:
    unknown = [
        (cmd, part.name)
        for cmd, part in PARTS
        if part.is_argument and not part.points_to and part.name in ("REF", "REFS", "LEAD", "LEADS", "EVENT", "CLAIM")
    ]
    assert not unknown


@pytest.mark.parametrize("cmd", ["lead.list", "claim.list", "deal.list"])
def test_filters_and_fields_are_those_of_the_record(bench: Bench, cmd: str) -> None:
    parts = {part.name: part for one, part in PARTS if one == cmd}
    noun = cmd.partition(".")[0]
    for field in parts["--where"].source.removeprefix("where:").split("/"):
        seen = bench([noun, "list", "--where", f"{field.partition('~')[0]}=none"])
        assert seen.code == 0 or "custom" in field, seen.err
    for name in parts["--sort"].source.removeprefix("sort:").split("|"):
        bench.ok([noun, "list", "--sort", name])
    bench.ok([noun, "list", "--fields", parts["--fields"].source.removeprefix("fields:").replace("|", ",")])


def test_what_may_be_emptied_is_offered(bench: Bench) -> None:
    for cmd in (cmd for cmd, part in PARTS if part.name == "--unset"):
        part = next(part for one, part in PARTS if one == cmd and part.name == "--unset")
        seen = bench([*line_of(bench, cmd), "--unset", "wether", "--json"])
        allowed = [name for name in seen.error["details"]["allowed"] if not name.startswith("custom")]
        assert set(allowed) <= set(part.source.removeprefix("fields:").split("|")), cmd
