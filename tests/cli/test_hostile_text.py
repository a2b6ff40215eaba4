"""A hundred texts that would like to be obeyed: in every field, in every format, in every command and every error."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crm_cli.cli import card, output, show
from crm_cli.cli.context import Desk
from crm_cli.cli.option import Listing, Options
from crm_cli.cli.view import Row, public
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import Clock
from crm_cli.domain.record import Record
from crm_cli.looking import KINDS, Who
from crm_cli.store.tiny import TinyStore
from tests.cli.lines import GOOD, Bench, copied, furnished
from tests.commands import COMMANDS, function_of
from tests.desk import UTC_ZONE, MemoryDesk
from tests.domain.records import types_of
from tests.payloads import MARKUP, NO_TEXT, OBEYED, OUR_COLOURS, PAYLOADS, literal
from tests.typed import Seen

# A value in which a text stands in every place that a field of this type has for one.
HOLDING: dict[str, Callable[[str], Any]] = {
    "Text": lambda text: text,
    "Code": lambda text: text,
    "Texts": lambda text: [text, text],
    "Codes": lambda text: {text: True},
    "Names": lambda text: {text: 1},
    "Custom": lambda text: {text: text},
    "Words": lambda text: {text: text},
    "Notes": lambda text: {"1": {"at": "2026-11-30", "by": text, "text": text}},
    "Activities": lambda text: {"1": {"number": 1, "name": text, "place": 1}},
}
ALL = " ".join(PAYLOADS)
TYPED = ALL.replace("\0", "")  # no command line can hold that
LOADED = [sys.modules[function_of(word).__module__] for word in COMMANDS.values()]


def holding(kind: str, text: str) -> Record:
    """A record of this kind with the text in every field that can hold one."""
    types = types_of(KINDS[kind])
    filled = {name: HOLDING[types[name]](text) for name in types if types[name] in HOLDING and name != "id"}
    return msgspec.convert({"id": "L1", **filled}, KINDS[kind])


def rows_of(kind: str, crm: Crm) -> list[Row]:
    return [public(holding(kind, text), crm) for text in PAYLOADS]


def texts_in(row: Row, text: str = PAYLOADS[0]) -> list[str]:
    """The names of the fields that hold nothing but this text."""
    return [name for name, value in row.items() if value == text]


@pytest.fixture(scope="module")
def crm() -> Iterator[Crm]:
    """An empty store, by which records are shown."""
    with MemoryDesk().look() as desk:
        yield desk


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stdout is a terminal, wide enough for anything."""
    for module in {*LOADED, *(sys.modules[f"crm_cli.cli.{name}"] for name in ("context", "show", "environment"))}:
        if hasattr(module, "is_terminal"):
            monkeypatch.setattr(module, "is_terminal", lambda stream: stream is sys.stdout)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(form: str, found: list[Row], fields: list[str] | None = None) -> str:
    """What a list prints."""
    desk = Desk(Options(format=form, color="always" if form == "table" else None), "lead.list", [])
    desk.listing = Listing(fields=",".join(fields) if fields else None)
    with redirect_stdout(io.StringIO()) as out:
        show.rows(desk, found, list(found[0]), list(found[0]))
    return out.getvalue()


def carded(form: str, row: Row, sections: list[card.Section]) -> str:
    """What a card prints."""
    with redirect_stdout(io.StringIO()) as out:
        show.card(Desk(Options(format=form), "lead.show", []), row, sections)
    return out.getvalue()


def harmless(text: str) -> bool:
    return not OBEYED.search(OUR_COLOURS.sub("", text))


# --- every field, every format -------------------------------------------------------------------


def test_there_is_a_text_in_every_kind_of_record() -> None:
    for kind in KINDS:
        assert "x" in json.dumps(msgspec.to_builtins(holding(kind, "x")))


@pytest.mark.parametrize("kind", KINDS)
def test_people_see_every_text_as_it_is_and_on_its_line(crm: Crm, kind: str) -> None:
    found = rows_of(kind, crm)
    lines = shown("plain", found).splitlines()
    assert len(lines) == len(PAYLOADS) + 1
    for line, text in zip(lines[1:], PAYLOADS, strict=True):
        assert harmless(line)
        assert literal(text) in line


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("kind", KINDS)
def test_a_terminal_sees_every_text_as_it_is(crm: Crm, kind: str) -> None:
    found = rows_of(kind, crm)
    out = shown("table", found, texts_in(found[0])[:8])
    assert "\x1b[1m" in out
    assert harmless(out)
    bare = OUR_COLOURS.sub("", out)
    for text in PAYLOADS:
        assert literal(text).strip() in bare, text


@pytest.mark.parametrize("kind", KINDS)
def test_scripts_get_every_text_back(crm: Crm, kind: str) -> None:
    found = rows_of(kind, crm)
    as_json, as_lines = shown("json", found), shown("jsonl", found)
    assert json.loads(as_json) == [json.loads(line) for line in as_lines.splitlines()] == found
    assert harmless(as_json)
    as_csv = list(csv.DictReader(io.StringIO(shown("csv", found), newline="")))
    heading, *lines = shown("tsv", found).split("\n")[:-1]
    as_tsv = [dict(zip(heading.split("\t"), line.split("\t"), strict=True)) for line in lines]
    for row, from_csv, from_tsv in zip(found, as_csv, as_tsv, strict=True):
        for name in texts_in(found[0]):
            assert from_csv[name] == row[name] == _from_tsv(from_tsv[name])


def _from_tsv(cell: str) -> str:
    marks = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    return re.sub(r"\\.", lambda found: marks[found[0]], cell)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_show_every_text_as_it_is(crm: Crm, kind: str) -> None:
    found = rows_of(kind, crm)
    fields = texts_in(found[0])
    page, marked = shown("html", found, fields), shown("markdown", found, fields)
    assert harmless(page + marked)
    cells = re.findall(r"<td>([^<>]*)</td>", page)
    assert len(cells) == len(fields) * len(PAYLOADS), "somebody else's tag"
    lines = marked.splitlines()[2:]
    for place, text in enumerate(PAYLOADS):
        assert html.unescape(cells[len(fields) * place]).strip() == literal(text).strip()
        in_cells = re.split(r"(?<!\\)(?:\\\\)*\|", lines[place])
        assert len(in_cells) == len(fields) + 2, lines[place]


def test_markdown_means_what_it_says() -> None:
    out = shown("markdown", [{"id": "L1", "name": text} for text in MARKUP])
    for line, text in zip(out.splitlines()[2:], MARKUP, strict=True):
        bare = re.sub(r"\\([\\`*\[\]|~_])", r"\1", html.unescape(line.removeprefix("| L1").partition("| ")[2])[:-1])
        assert bare.strip() == text.strip()
    assert not re.search(r"(?<!\\)[\[`*~<]", out)


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_says_what_is_there(crm: Crm, kind: str) -> None:
    for text in PAYLOADS:
        record = holding(kind, text)
        row = public(record, crm)
        out = carded("plain", row, [card.notes(record, crm)])
        assert harmless(out)
        assert literal(text) in out
        assert json.loads(carded("json", row, [])) == row
        assert harmless(output.one_line(show.difference_line(None, record, crm)))


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "html"])
def test_a_card_in_any_format_does_nothing_to_a_terminal(crm: Crm, form: str) -> None:
    for text in PAYLOADS:
        record = holding("lead", text)
        out = carded(form, public(record, crm), [card.notes(record, crm)])
        assert harmless(out.replace("\t", "") if form == "tsv" else out), text


@pytest.mark.parametrize("text", [*PAYLOADS, *NO_TEXT])
def test_an_error_is_told_literally_and_takes_no_line_of_anybody_else(text: str) -> None:
    refusal = BadValue(f"there is no {text}!", f"look for {text}!", text=text, allowed=[text])
    with redirect_stderr(io.StringIO()) as err:
        output.complain(refusal.message, refusal.hint)
        output.complain_json(refusal)
    said, hinted, as_json = err.getvalue().split("\n")[:-1]
    assert said == f"crm: error: there is no {literal(text)}!"
    assert hinted == f"  hint: look for {literal(text)}!"
    assert harmless(err.getvalue())
    assert json.loads(as_json)["error"]["details"] == {"text": text, "allowed": [text]}


# --- every command -------------------------------------------------------------------------------

# What the lines of `lines.py` find a record by.
_MEANT = frozenset({"name", "handle", "external_id"})
_KEPT_NAMES = frozenset({"campaign", "deal"})


def _spoilt(record: Record) -> Record:
    """The record with every text in each of its fields, its old name before them."""
    types = types_of(type(record))
    fields = holding(record.KIND, ALL)
    names = {name for name in types if types[name] in ("Text", "Custom", "Notes") or name == "tags"}
    changed: dict[str, Any] = {name: getattr(fields, name) for name in names - _MEANT}
    if "name" in types and record.KIND not in _KEPT_NAMES:
        changed["name"] = f"{record.title} {ALL}"
    return record.change(**changed)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The store of every command, each record of which holds all of the texts."""
    with furnished(tmp_path_factory.mktemp("spoilt")) as folder:
        with TinyStore(folder).change() as transaction:
            clock = Clock(datetime(2026, 11, 21, 17, 30, tzinfo=UTC), UTC_ZONE)
            crm = Crm(transaction, clock, Who(ALL, ("crm", ALL)))
            for kind in KINDS:
                if kind not in ("setting", "import"):
                    crm.save(*[_spoilt(record) for record in crm.shelf(kind).all()], reason=ALL)
            crm.commit("lead.edit")
        yield folder


@pytest.fixture
def bench(spoilt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench with a copy of that store."""
    return copied(spoilt, Bench(tmp_path, monkeypatch))


def said(seen: Seen) -> str:
    return OUR_COLOURS.sub("", seen.out + seen.err)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("command", GOOD)
def test_no_command_passes_anything_on_to_a_terminal(bench: Bench, command: str) -> None:
    seen = bench([*shlex.split(bench.line(GOOD[command])), "--color", "always"])
    assert seen.code in (0, 4), seen.err
    text = said(seen).replace("\t", "") if command == "completion" else said(seen)
    assert not OBEYED.search(text), OBEYED.findall(text)


@pytest.mark.parametrize("command", GOOD)
def test_no_command_repeats_what_it_refuses_as_it_came(bench: Bench, command: str) -> None:
    words = command.split(".")
    for argv in ([*words, TYPED], [*words, "--format", TYPED], [*words, NO_TEXT[0], "--json"]):
        seen = bench(argv)
        assert seen.code != 70, seen.err
        assert not OBEYED.search(seen.out + seen.err), argv[:-1]


# --- a bug of ours -------------------------------------------------------------------------------


def broken(desk: Desk) -> None:
    """A command with a bug, and with something in hand that is nobody's business."""
    password = "hunter2"  # noqa: F841
    raise ValueError("jane@acme.example \x1b[2J")


def test_a_bug_tells_nobodys_data_unless_it_is_asked_to(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_cli.cli.lead.list_", broken)
    for line in ("lead list", "lead list --json"):
        seen = bench(line)
        assert (seen.code, seen.out) == (70, "")
        assert "internal error: ValueError in crm_cli/" in seen.err
        assert "jane" not in seen.err
    traced = bench("lead list --debug").err
    assert "jane@acme.example" in traced
    assert "hunter2" not in traced
    assert not OBEYED.search(traced)
