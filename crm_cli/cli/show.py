"""Everything a command shows: rows, one record, what was changed, a text; in every format."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from crm_cli.cli.breadth import fitted, measured
from crm_cli.cli.context import Desk
from crm_cli.cli.environment import is_terminal, wants_color
from crm_cli.cli.output import emit, one_line, tell, to_json, visible
from crm_cli.cli.view import Row, for_people, public
from crm_cli.crm import Crm, Saved
from crm_cli.domain.errors import BadValue, CrmError, Exit
from crm_cli.domain.history import covered
from crm_cli.domain.record import Record, to_doc
from crm_cli.formats.csv_file import csv_lines

NOTHING = "–"
_UNTOLD = frozenset({"updated_at", "created_at", "notes", "rating_origin"})  # of what changed
_LONG = 1000  # rows that are looked at to tell how wide a column is
HUMAN = frozenset({"table", "plain", "markdown", "html"})


class Empty(CrmError):
    """Nothing was found, and --exit-code asks to say so."""

    code = "empty"
    exit_code = Exit.EMPTY


def text(desk: Desk, about: Row, human: str) -> None:
    """One text: as it is for people, as the value of `about`'s JSON for scripts; with --quiet an empty one is none."""
    if desk.format in ("json", "jsonl"):
        emit([to_json(about), "\n"], desk.options.output)
    elif human or not desk.options.quiet:
        emit([visible(human.rstrip("\n")), "\n"], desk.options.output)


def changed(
    desk: Desk,
    crm: Crm,
    say: Callable[[Any, Any], str],
    *,
    kinds: Sequence[str] = (),
    extra: Row | None = None,
    nothing: str = "Nothing to change.",
    part: str | None = None,
) -> None:
    """What a command changed: a sentence a record for people, the whole outcome for scripts.

    `say` gets the record before (None if it is new) and after; `kinds` limits the sentences to these kinds, and of
    others only another status is told;
    `extra` is told to scripts besides; `nothing` to people where there is no sentence;
    `part` is what --quiet names of something new that is no record of its own: an activity, a step.
    """
    saved = list(crm.saved.values())
    if desk.format in ("json", "jsonl"):
        emit([to_json({**outcome(desk, crm, saved), **(extra or {})}), "\n"], desk.options.output)
        return
    named = [one for one in saved if not kinds or one.after.KIND in kinds]
    if desk.options.quiet or desk.format == "ids":
        new = [part] if part and desk.format != "ids" else []
        ids = [one.after.id for one in named if one.before is None or desk.format == "ids"]
        emit([f"{id}\n" for id in (*ids, *new)], desk.options.output)
        return
    would = "Would have: " if desk.options.dry_run else ""
    lines = [would + say(*one.then) + _later(crm, one) for one in named] or [nothing]
    others = (one for one in saved if kinds and one.after.KIND not in kinds)
    lines += [would + line for one in others if (line := _another_status(one))]
    emit([one_line(line) + "\n" for line in lines], desk.options.output)


def _later(crm: Crm, saved: Saved) -> str:
    """What a command with a date did not change in the end, because something later is told already."""
    if crm.on is None:
        return ""
    was, then = saved.then
    fields = covered(to_doc(was) if was else None, to_doc(then), to_doc(saved.after))
    row = for_people(public(saved.after, crm), saved.after.KIND, crm)
    shown = [name for name in fields if name in row and name not in _UNTOLD]
    told = ", ".join(f"{name} {cell(row.get(f'{name}_name') or row[name]) or NOTHING}" for name in shown)
    return f"; later entries stay on top: {told}" if told else ""


def _another_status(saved: Saved) -> str:
    """E1 Call: planned → canceled; "" for a new record, and one whose status is as it was."""
    was, now = (getattr(one, "status", None) for one in saved.then)
    return f"{saved.after.id} {saved.after.title}: {was} → {now}" if was and was != now else ""


def there_already(desk: Desk, crm: Crm, record: Record, extra: Row) -> None:
    """Nothing had to be done: the outcome with the record that is there."""
    if desk.format in ("json", "jsonl"):
        row: Row = {"op": None, "action": desk.cmd, "dry_run": desk.options.dry_run, "changed": 0}
        emit([to_json({**row, "records": [public(record, crm)], **extra}), "\n"], desk.options.output)
    elif desk.options.quiet or desk.format == "ids":
        emit([f"{record.id}\n"], desk.options.output)
    else:
        emit([one_line(f"{record.id} {record.title} is there already") + "\n"], desk.options.output)


def outcome(desk: Desk, crm: Crm, saved: Sequence[Saved]) -> Row:
    """The object every changing command prints for scripts."""
    return {
        "op": crm.op,
        "action": desk.cmd,
        "dry_run": desk.options.dry_run,
        "changed": len(saved),
        "records": [_with_before(desk, crm, one) for one in saved],
    }


def _with_before(desk: Desk, crm: Crm, saved: Saved) -> Row:
    row = public(saved.after, crm)
    if desk.options.verbose:
        row["before"] = public(saved.before, crm) if saved.before else None
    return row


def rows(
    desk: Desk,
    found: Iterable[Row],
    columns: Sequence[str],
    names: Sequence[str],
    *,
    empty: str = "Nothing found.",
    shown: Mapping[str, str] | None = None,
) -> None:
    """A list. `columns` are shown to people, `names` are all there are; `shown` gives columns other headings.

    With --fields those are shown, everywhere; with --quiet people get ids, where `names` begins with them.
    An empty list is no error: [] or a header, and a word on stderr.
    """
    chosen = chosen_fields(desk.listing.fields, names)
    heads = chosen or list(columns)
    has_ids = "id" in names[:2]
    kind = "ids" if desk.options.quiet and has_ids and desk.format in HUMAN else desk.format
    match kind:
        case "json":
            keep = chosen or names
            emit(array({name: row.get(name) for name in keep} for row in found), desk.options.output)
        case "jsonl":
            keep = chosen or names
            emit((to_json({name: row.get(name) for name in keep}) + "\n" for row in found), desk.options.output)
        case "ids":
            if not has_ids:
                raise BadValue("there are no ids here", "choose another --format")
            emit((f"{row['id']}\n" for row in found), desk.options.output)
        case "csv" | "tsv":
            heads = chosen or list(names)
            emit(_delimited(desk, heads, found), desk.options.output)
        case _:
            _for_people(desk, found, heads, empty, shown or {})


def _for_people(desk: Desk, found: Iterable[Row], heads: list[str], empty: str, shown: Mapping[str, str]) -> None:
    """A table that is longer than anybody looks at is given as plain lines, which are not held until all are there."""
    rows = ([cell(row.get(name)) for name in heads] for row in found)
    some = list(islice(rows, _LONG + 1))
    if not some and desk.format in ("table", "plain"):
        if not desk.options.quiet:
            tell(empty)
        return
    titles = [shown.get(name) or heading(name, heads) for name in heads]
    if desk.format == "table" and len(some) <= _LONG:
        emit([rich_table(titles, some, desk)], desk.options.output)
    elif desk.format in ("table", "plain"):
        emit(plain_table(titles, chain(some, rows)), desk.options.output)
    else:
        emit([_tabulated(desk.format, titles, [*some, *rows])], desk.options.output)


def heading(name: str, heads: Sequence[str] = ()) -> str:
    """A field's name over its column: rep_name is REP unless rep stands there too, won_at is WON."""
    short = name.removesuffix("_name").removesuffix("_at")
    return (name if short in heads else short).upper().replace("_", " ")


def chosen_fields(given: str | None, names: Sequence[str]) -> list[str] | None:
    """The names in --fields; raises BadValue with all there are for `help` or a wrong one."""
    if given is None:
        return None
    wanted = [name.strip() for name in given.split(",") if name.strip()]
    for name in wanted or [given]:
        if name not in names:
            raise BadValue.not_one_of("field", name, names)
    return wanted


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={cell(one)}" for key, one in value.items())
    return str(value)


def plain_table(titles: Sequence[str], cells: Iterable[Sequence[str]]) -> Iterator[str]:
    """Aligned lines, one a row, nothing cut; far down a text may be wider than its column, and moves what follows."""
    lines = chain([list(titles)], ([one_line(text) for text in row] for row in cells))
    first = list(islice(lines, _LONG))
    widths = [max(map(_width, column)) for column in zip(*first, strict=True)]
    for line in chain(first, lines):
        padded = [text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
        yield "  ".join(padded).rstrip() + "\n"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def rich_table(titles: Sequence[str], cells: Iterable[Sequence[str]], desk: Desk) -> str:
    """A table that fits the terminal; every cell is data and nothing in it is obeyed.

    Columns for which there is no room are told on stderr.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    rows = [[one_line(text) for text in row] for row in cells]
    columns = list(zip(*rows, strict=True))
    fit = fitted([measured(*one, _width) for one in zip(titles, columns, strict=True)], _terminal_width())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, fit.gap, 0, 0), header_style="bold")
    for place, width in zip(fit.shown, fit.widths, strict=True):
        justify: Any = "right" if any(columns[place]) and all(map(_is_figure, columns[place])) else "left"
        table.add_column(Text(titles[place]), overflow="fold", justify=justify, width=width)
    for row in rows:
        styles = {place: _STYLES.get(row[place], "") if titles[place] in _TELLING else "" for place in fit.shown}
        table.add_row(*(Text(row[place], style) for place, style in styles.items()))
    _tell_left_out([title for place, title in enumerate(titles) if place not in fit.shown])
    return rendered(table, desk)


def _tell_left_out(titles: Sequence[str]) -> None:
    if titles:
        tell(f"crm: no room here for {', '.join(titles)}: --fields chooses, --format plain shows all")


_TELLING = frozenset({"STATUS", "RATING", "PRIORITY"})  # columns in which colour means something
_STYLES = {
    "hot": "bold red",
    "warm": "yellow",
    "cold": "cyan",
    "high": "bold red",
    "won": "green",
    "qualified": "green",
    "satisfied": "green",
    "lost": "red",
    "not_satisfied": "red",
    **dict.fromkeys(("junk", "disqualified", "deleted", "canceled", "closed", "inactive", "withdrawn"), "dim"),
}


def _is_figure(text: str) -> bool:
    return not text or text == "n/a" or text.removesuffix(" %").replace(".", "", 1).removeprefix("-").isdecimal()


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def rendered(table: Any, desk: Desk) -> str:
    """What Rich makes of it, as text for `emit`."""
    from rich.console import Console

    color = wants_color(desk.color, sys.stdout)
    console = Console(
        markup=False, emoji=False, highlight=False, force_terminal=color, no_color=not color, color_system="auto"
    )
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def array(found: Iterable[Row]) -> Iterator[str]:
    """One JSON array, a record a line, streamed."""
    before = "["
    for row in found:
        yield before + to_json(row)
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def _delimited(desk: Desk, heads: Sequence[str], found: Iterable[Row]) -> Iterator[str]:
    """Files hold every character as it is; a terminal might obey some of them."""
    seen = visible if desk.options.output is None and is_terminal(sys.stdout) else str
    cells = ([seen(file_cell(row.get(name))) for name in heads] for row in found)
    yield from tsv_lines(heads, cells) if desk.format == "tsv" else csv_lines(heads, cells)


def tsv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of cells with tabs between them; a tab or line end in a cell is written out."""
    yield "\t".join(map(_tsv, heads)) + "\n"
    yield from ("\t".join(map(_tsv, row)) + "\n" for row in rows)


def file_cell(value: Any) -> str:
    """A value as files hold it: exact, lists with semicolons, dicts as JSON."""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ";".join(value)
    if isinstance(value, list | dict):
        return to_json(value) if value else ""
    return "" if value is None else str(value)


def _tsv(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _tabulated(kind: str, titles: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Markdown or HTML; numbers are text here, so that none is rounded."""
    import tabulate

    tabulate.PRESERVE_WHITESPACE = True
    escape = _markdown if kind == "markdown" else one_line  # tabulate escapes HTML itself
    body = [[escape(one) for one in row] for row in cells]
    return (
        tabulate.tabulate(
            body, list(titles), tablefmt="github" if kind == "markdown" else "html", disable_numparse=True
        )
        + "\n"
    )


def _markdown(text: str) -> str:
    """The text as Markdown shows it literally: no link, picture, emphasis or code of somebody else's."""
    marked = re.sub(r"[\\`*\[\]|~]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", one_line(text))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def card(desk: Desk, row: Row, sections: Sequence[tuple[str, Sequence[str]]] = (), extra: Row | None = None) -> None:
    """One record: all keys for scripts, then `extra`; for people those that hold something, then sections."""
    chosen = chosen_fields(desk.listing.fields, list(row))
    kept = {name: row[name] for name in chosen} if chosen else row
    match desk.format:
        case "json" | "jsonl":
            emit([to_json(kept if chosen else {**kept, **(extra or {})}), "\n"], desk.options.output)
        case "ids":
            emit([f"{row['id']}\n"], desk.options.output)
        case "csv" | "tsv":
            emit(_delimited(desk, list(kept), [kept]), desk.options.output)
        case "markdown" | "html":
            filled = [[name, cell(value)] for name, value in kept.items()]
            emit([_tabulated(desk.format, ["field", "value"], filled)], desk.options.output)
        case _:
            emit(_card_lines(kept, sections if not chosen else ()), desk.options.output)


def _card_lines(row: Row, sections: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    if row.get("do_not_contact"):
        yield "DO NOT CONTACT\n\n"
    filled = {name: cell(value) for name, value in row.items() if value not in (0, None) and name != "notes"}
    filled = {name: text for name, text in filled.items() if text}
    width = max(map(len, filled), default=0)
    for name, value in filled.items():
        yield f"{name:<{width}}  {one_line(value)}\n"
    for title, lines in sections:
        if lines:
            yield f"\n{title}\n"
            yield from (f"  {one_line(line)}\n" for line in lines)


def difference_line(before: Record | None, after: Record, crm: Crm) -> str:
    """What changed, field by field: company Acme → Acme GmbH, rating – → hot."""
    old = for_people(public(before, crm), before.KIND, crm) if before else {}
    new = for_people(public(after, crm), after.KIND, crm)
    parts = [
        f"{name} {cell(old.get(name)) or NOTHING} → {cell(value) or NOTHING}"
        for name, value in new.items()
        if old.get(name) != value and name not in _UNTOLD and not name.endswith("_name")
    ]
    return ", ".join(parts) or "nothing changed"
