"""cache/words: what people may want to name next, for completion: records by id and name, tags, lists of the house.

A line each of five parts with tabs between: kind, id or word, name, what stands beside it, status. Blank lines part the
kinds; the newest come first, and only so many of a kind are kept. It holds names of people and may be deleted any time.
"""

from __future__ import annotations

from typing import Any

from crm_cli.cli.known import WORDS
from crm_cli.cli.output import visible
from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.record import Record, from_doc
from crm_cli.domain.setting import Setting, rule_of

LARGEST = 50_000  # bytes
_KINDS = ("lead", "account", "contact", "deal", "event", "claim", "rep", "campaign")
_LISTS = {
    "channels": "channel",
    **{key: key for key in ("lead.reasons", "deal.reasons", "deal.kinds", "deal.stages", "claim.causes")},
}
_MOST = {**dict.fromkeys(_KINDS, 100), "rep": 300, "activity": 300, "tag": 200, "key": 500}
_LONGEST = 60  # letters of a name


class Blocks:
    """The lines by kind, each kind's between blank lines; only those that are touched are taken apart."""

    def __init__(self, text: str = f"{WORDS}\n") -> None:
        """Raises ValueError for a text that is not of this kind."""
        head, *blocks = text.rstrip("\n").split("\n\n")
        if head.rstrip("\n") != WORDS:
            raise ValueError(head)
        self._as_text = {block.partition("\t")[0]: block for block in blocks}
        self._apart: dict[str, dict[str, str]] = {}

    def of(self, kind: str) -> dict[str, str]:
        """The lines of a kind by their words, to be changed; the newest stands last."""
        if kind not in self._apart:
            lines = reversed(self._as_text.pop(kind, "").splitlines())
            self._apart[kind] = {line.split("\t", 2)[1]: line for line in lines}
        return self._apart[kind]

    def text(self) -> str:
        """All of it, the newest of each kind first; too much is made less from the end of each kind."""
        self._as_text |= {
            kind: _block([*reversed(words.values())], _MOST.get(kind, 100)) for kind, words in self._apart.items()
        }
        self._apart.clear()
        share = 1.0
        while len((text := "\n\n".join((WORDS, *filter(None, self._as_text.values()), ""))).encode()) > LARGEST:
            share *= 0.8
            for kind, block in self._as_text.items():
                self._as_text[kind] = _block(block.splitlines(), int(_MOST.get(kind, 100) * share))
        return text


def _block(lines: list[str], most: int) -> str:
    return "\n".join(lines[:most])


def words_of(crm: Crm) -> str:
    """All of it, from the newest records of each kind; costs no more in a large store than in a small one."""
    blocks = Blocks()
    for key in _LISTS:
        _put_list(blocks, key, crm.setting(key))
    for kind in _KINDS:
        cls = crm.shelf(kind).cls
        last = crm.snapshot.next_number(kind)
        for number in range(max(1, last - _MOST[kind]), last):
            if (doc := crm.snapshot.get(kind, number)) is not None:
                _put(blocks, from_doc(doc, cls))
    return blocks.text()


def words_with(text: str, crm: Crm) -> str:
    """The same after what this command saved; raises ValueError for a text that is not of this kind."""
    blocks = Blocks(text)
    for saved in [*crm.saved.values()][-1000:]:  # of an import the last will do
        record = saved.after
        if isinstance(record, Setting):
            _put_list(blocks, record.key, record.value)
        elif record.KIND in _KINDS:
            _put(blocks, record)
    return blocks.text()


def _put_list(blocks: Blocks, key: str, value: Any) -> None:
    if key in _LISTS:
        kind, words = _LISTS[key], blocks.of(_LISTS[key])
        words.clear()
        words.update({word: _line(kind, _word_of(key, word)) for word in reversed([str(one) for one in value or ()])})


def _word_of(key: str, entry: str) -> str:
    """What is typed for an entry of a list: a stage or kind of deals by its key."""
    return rule_of(key).known_by(entry).rpartition("/")[2] if key.startswith(("deal.kinds", "deal.stages")) else entry


def _put(blocks: Blocks, record: Record) -> None:
    of_kind = blocks.of(record.KIND)
    of_kind.pop(record.id, None)
    beside = getattr(record, "handle", None) or getattr(record, "company", None) or ""
    of_kind[record.id] = _line(record.KIND, record.id, record.title, beside, str(getattr(record, "status", "")))
    for kind, words in (("tag", record.tags), ("key", record.custom)):
        for word in words:
            line = _line(kind, word)
            blocks.of(kind).pop(line.split("\t", 2)[1], None)
            blocks.of(kind)[line.split("\t", 2)[1]] = line
    if isinstance(record, Campaign):
        _put_activities(blocks.of("activity"), record)


def _put_activities(steps: dict[str, str], campaign: Campaign) -> None:
    for id in [id for id in steps if id.startswith(f"{campaign.id}.")]:
        del steps[id]
    if not campaign.is_deleted:
        for one in reversed(campaign.in_order()):
            id = campaign.activity_id(one)
            steps[id] = _line("activity", id, one.name, campaign.title)


def _line(kind: str, word: str, name: str = "", beside: str = "", status: str = "") -> str:
    parts = (_short(part) for part in (word, name, beside))
    return "\t".join((kind, *parts, status))


def _short(text: str) -> str:
    shown = visible(" ".join(text.split())) if not text.isalnum() else text
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
