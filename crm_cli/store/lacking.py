"""A log that ends before what crm.json was made from: what would be lost if the log alone were believed."""

from __future__ import annotations

from collections.abc import Mapping
from mmap import mmap

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.ids import LETTERS, make_id
from crm_cli.store.image import BadImage, Image, Meta

_NAMED = 10  # records that are named in a sentence


class Lacking(Unreadable):
    """crm.json knows more than the log; `details` tell the lines of both, and which records are lost or older."""


def must_reach(raw: bytes | mmap | None, docs: Mapping[str, Mapping[int, bytes]], log: Meta) -> None:
    """Raises Lacking where this crm.json was made from more log lines than there are.

    `docs` and `log` are what the log makes, all of it. Of a crm.json that cannot be read, nobody knows what it knew.
    """
    try:
        image = Image(raw) if raw else None
    except BadImage:
        return
    if image is None or image.meta.seq <= log.seq:
        return
    lost, older = _lost(image, docs)
    told = [*(f"{name} would be lost" for name in _some(lost)), *(f"{name} would be older" for name in _some(older))]
    raise Lacking(
        f"history.jsonl has {log.seq:,} lines, but crm.json knows {image.meta.seq:,}: "
        + ("; ".join(told) or "no record differs, but the history does"),
        "restore a backup: crm help storage; to give that up: crm rebuild --shorter",
        log_lines=log.seq,
        known_lines=image.meta.seq,
        lost=lost,
        older=older,
    )


def _lost(image: Image, docs: Mapping[str, Mapping[int, bytes]]) -> tuple[list[str], list[str]]:
    """Records that only this crm.json knows, and those of which it knows something else than the log does."""
    lost: list[str] = []
    older: list[str] = []
    for kind in image.kinds():
        made = docs.get(kind, {})
        try:
            for number, line in image.lines(kind):
                if made.get(number) != line:
                    name = make_id(kind, number) if kind in LETTERS else f"{kind} {number}"
                    (older if number in made else lost).append(name)
        except BadImage:
            lost.append(f"unreadable {kind} records")
    return lost, older


def _some(names: list[str]) -> list[str]:
    """All of them as one text, many shortened; none is no text."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return [", ".join(names[:_NAMED]) + more] if names else []
