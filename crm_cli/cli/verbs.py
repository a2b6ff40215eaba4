"""The verbs that every kind of record has: note, tag, delete, restore, history; the noun is the desk's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from crm_cli.cli.chosen import Chosen, each
from crm_cli.cli.context import Desk
from crm_cli.cli.entries import show_entries
from crm_cli.cli.params import AnyRef, AnyRefs, On, changes, many, option
from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.reach import is_email
from crm_cli.domain.record import Record
from crm_cli.domain.size import LONGEST_FIELD
from crm_cli.usecases.removal import deleted, restored


@changes
@many
def note(
    desk: Desk,
    words: Annotated[
        list[str],
        typer.Argument(help="Which ones, then the text; - as text reads it from stdin.", metavar="REFS... TEXT"),
    ],
    on: On = None,
) -> None:
    """Write something down about {one}, whatever its state.

    \b
    Examples:
      crm {noun} note {id} "called, all is well"
      echo "met at the fair" | crm {noun} note {id} - --on yesterday
    """
    *refs, text = words
    if "-" in refs and text == "-":
        raise BadValue("stdin cannot be both the ids and the text", "give one of them as an argument")
    if not refs and not desk.many.where:
        raise BadValue(f"which {desk.noun}, or what text?", f'crm {desk.noun} note REF "called, all is well"')
    written = _from_stdin() if text == "-" else text  # before anybody has to wait for us

    def noted(crm: Crm, record: Record) -> Record:
        return record.note(*crm.note(written))

    each(
        desk,
        refs,
        on,
        lambda crm: lambda one: noted(crm, one),
        lambda _crm, _was, now: f"Noted on {now.id} {now.title}",
    )


def _from_stdin() -> str:
    try:
        return sys.stdin.read(LONGEST_FIELD + 1)  # more would only be refused
    except (OSError, ValueError, AttributeError, UnicodeDecodeError) as error:
        raise BadValue("nothing could be read from stdin", "give the text as an argument") from error


@changes
@many
def tag(
    desk: Desk,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Which ones, then the tags to add: +A4 if it looks like an id.",
            metavar="REF TAGS...",
            show_default=False,
        ),
    ] = None,
    remove: Annotated[list[str] | None, option("--remove", "A tag to take away; repeat for more.", "TAG")] = None,
    on: On = None,
) -> None:
    """Add and remove tags of {one}.

    \b
    Examples:
      crm {noun} tag {id} vip "trade fair"
      crm {noun} tag {id} {gone} --remove cold
    """
    refs, add = _apart(desk, words or ())
    if not add and not remove:
        raise BadValue("no tag was given", f"crm {desk.noun} tag {refs[0] if refs else 'REF'} vip, or --remove vip")
    each(
        desk,
        refs,
        on,
        lambda _: lambda record: record.tag(add, remove or ()),
        lambda _crm, _was, now: f"{now.id} tags: {', '.join(sorted(now.tags)) or 'none'}",
    )


def _apart(desk: Desk, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The references and the tags: without a filter the first word is one, and so is all that can be no tag."""
    first = 0 if desk.many.where else 1
    rest = words[first:]
    return [*words[:first], *(one for one in rest if _refers(one, desk))], [
        one for one in rest if not _refers(one, desk)
    ]


def _refers(word: str, desk: Desk) -> bool:
    """Whether this can only be one of the records; a bare number is a tag, such as a year."""
    kind, _ = looks_like_id(word) or ("", 0)
    return kind == desk.noun or word in ("-", "@last") or word.startswith("name:") or is_email(word)


@changes
@many
def delete(desk: Desk, refs: AnyRefs = None, on: On = None) -> None:
    """Delete {one} that was a mistake; it can be restored. One that others point to stays.

    \b
    Examples:
      crm {noun} delete {gone} --yes
      crm {noun} list --where 'tag=mistake' -F ids | crm {noun} delete - --yes
    """
    chosen = Chosen(desk, refs)
    with desk.read() as crm:  # people think as long as they like: nobody else has to wait for the answer
        chosen.ask([one for one in chosen.records(crm) if chosen.tried(one.id, partial(deleted, crm, one))])
    each(
        desk,
        chosen,
        on,
        lambda crm: lambda record: deleted(crm, record),
        lambda _crm, _was, now: f"Deleted {now.id} {now.title}; crm {now.KIND} restore {now.id} brings it back",
    )


@changes
@many
def restore(desk: Desk, refs: AnyRefs = None, on: On = None) -> None:
    """Bring {one} back as it was before it was deleted.

    \b
    Examples:
      crm {noun} restore {gone}
      crm {noun} list --all --where status=deleted
    """
    each(
        desk,
        refs,
        on,
        lambda crm: lambda record: restored(crm, record),
        lambda _crm, _was, now: f"Restored {now.id} {now.title}, {now.status}",
    )


def history(desk: Desk, ref: AnyRef) -> None:
    """Show everything that happened to {one}: when, by whom, from what to what.

    \b
    Examples:
      crm {noun} history {id}
      crm {noun} history {id} --json
    """
    with desk.read() as crm:
        record = crm.shelf(desk.noun).find(ref)
        show_entries(desk, crm, sorted(crm.history(record.id), key=lambda entry: (entry.at, entry.seq)))
