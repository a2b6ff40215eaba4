"""Changes, the log entries they become, and the fold that turns entries back into a record.

A document is a plain dict. Its dicts are flattened one level deep, so that a note, a tag or a custom
field is a change of its own (`custom.industry`) and two dated changes never overwrite each other's lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from crm_cli.domain.errors import Conflict, Refused, Unreadable
from crm_cli.domain.ids import make_id
from crm_cli.domain.moment import Moment

Doc = dict[str, Any]
Fields = dict[str, list[Any]]  # path -> [old, new]

DERIVED = frozenset({"id", "created_at", "updated_at"})  # computed by the fold, never logged
EARLIEST = frozenset({"contacted_at", "customer_since"})  # when something was so first, by all that has been told


class Change(Struct, frozen=True, kw_only=True):
    """What happened to one record at one moment: every changed field, before and after."""

    kind: str
    number: int
    at: Moment
    facts: Fields
    personal: Fields | None = None  # None: nothing personal, or erased since
    reason: str | None = None
    cmd: str | None = None  # where it differs from the operation's

    @property
    def id(self) -> str:
        return make_id(self.kind, self.number)

    @property
    def fields(self) -> Fields:
        return {**self.facts, **self.personal} if self.personal else self.facts


class Entry(Change, frozen=True, kw_only=True):
    """A change as it stands in the log."""

    cmd: str
    seq: int
    tx: int
    recorded: Moment
    by: str
    erased: bool = False  # its personal half has been dropped since

    @property
    def op(self) -> str:
        return make_id("operation", self.tx)


class Operation(Struct, frozen=True, kw_only=True):
    """One command as it was given: who, when, which verb, and the line as typed."""

    cmd: str
    by: str
    recorded: Moment
    argv: tuple[str, ...] = ()
    facts: Fields = {}
    starts: str | None = None  # the store id, in the operation that creates a store


def flatten(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Paths to values; a dict gives one path per key, everything else one value."""
    flat: dict[str, Any] = {}
    for field, value in doc.items():
        if field in DERIVED:
            continue
        if isinstance(value, dict):
            flat.update({f"{field}.{key}": inner for key, inner in value.items()})
        else:
            flat[field] = value
    return flat


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Fields:
    """Every path whose value differs, as [old, new]; None stands for nothing."""
    old, new = flatten(before or {}), flatten(after)
    changed = {path: [old.get(path), value] for path, value in new.items() if old.get(path) != value}
    changed.update({path: [value, None] for path, value in old.items() if path not in new})
    return changed


def covered(was: Mapping[str, Any] | None, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The fields that a dated change made of `was` what they are in `then`, and that are something else `now`."""
    flat = flatten(now)
    paths = (path for path, (_, new) in difference(was, then).items() if flat.get(path) != new)
    return list(dict.fromkeys(path.partition(".")[0] for path in paths))


def put(doc: Doc, path: str, value: Any) -> None:
    """Set one path of a document in place; None takes it away."""
    field, dot, key = path.partition(".")
    if not dot:
        if value is None:
            doc.pop(field, None)
        else:
            doc[field] = value
        return
    inner = dict(_keyed(doc, field))
    if value is None:
        inner.pop(key, None)
    else:
        inner[key] = value
    if inner:
        doc[field] = inner
    else:
        doc.pop(field, None)


def _keyed(doc: Doc, field: str) -> dict[str, Any]:
    """What a field holds by key; raises Unreadable where that is something else."""
    found = doc.get(field) or {}
    if not isinstance(found, dict):
        raise Unreadable.of(str(doc.get("id", "a record")), TypeError(f"{field} holds no keys"))
    return found


def advance(doc: Mapping[str, Any] | None, change: Change) -> Doc:
    """The document after a change that is not older than anything known about it."""
    after: Doc = dict(doc) if doc else {"id": change.id, "created_at": change.at}
    _carry_out(after, change)
    return after


def _carry_out(doc: Doc, change: Change) -> None:
    """Let the document be as it is after the change, in place; its dicts are never touched but replaced.

    When something was so first stays the earlier moment where that was told only after this change was made.
    """
    for fields in (change.facts, change.personal or {}):
        for path, (old, new) in fields.items():
            if path in EARLIEST and new is not None and (known := doc.get(path)) not in (None, old):
                new = min(known, new)
            if new is None or "." in path:
                put(doc, path, new)
            else:
                doc[path] = new
    doc["updated_at"] = change.at


def in_order(changes: Iterable[Change]) -> list[Change]:
    """By business time; what happened at one moment stays in the order it was written."""
    return sorted(changes, key=lambda change: change.at)


def fold(changes: Iterable[Change], until: Moment | None = None) -> Doc | None:
    """The document these changes of one record make, given in log order.

    A record is the fold of its entries in the order of (at, seq).
    With `until`, changes at or after that instant are left out; None if nothing is left.
    """
    doc: Doc | None = None
    for change in in_order(changes):
        if until is not None and change.at >= until:
            break
        if doc is None:
            doc = {"id": change.id, "created_at": change.at}
        _carry_out(doc, change)
    return doc


def applied(doc: Doc | None, change: Change, earlier: Callable[[], Iterable[Change]]) -> Doc:
    """The document with the change in its place in time; `earlier` gives the record's changes in log order.

    Raises Conflict when the record, as it was at that moment, is not what the change was made from.
    """
    if doc is None or change.at >= doc["updated_at"]:
        _must_agree(doc, change)
        return advance(doc, change)
    known = list(earlier())
    _must_agree(fold([known_ for known_ in known if known_.at <= change.at]), change)
    folded = fold([*known, change])
    assert folded is not None
    return folded


def check_order(changes: Iterable[Change], open_statuses: frozenset[str]) -> None:
    """Raises Refused if, in the order of time, a status follows one it cannot follow.

    A status change was legal when it was made; it still is where it stands on the status it was made from,
    or on another one of the `open_statuses`, which differ only in how much has happened.
    """
    status: str | None = None
    for change in in_order(changes):
        if "status" not in change.facts:
            continue
        old, new = change.facts["status"]
        if status != old and not {status, old} <= open_statuses:
            told = f"{change.id} was {status or 'not there'} before it became {new} on {change.at}"
            raise Refused(
                f"{change.id} became {new} on {change.at} already" if status == new else told,
                f"choose another date: crm history {change.id}",
            )
        status = new


def _must_agree(doc: Doc | None, change: Change) -> None:
    flat = flatten(doc or {})
    for path, (old, _) in change.fields.items():
        if flat.get(path) != old:
            raise Conflict(
                f"{change.id} has changed meanwhile: {path} is {flat.get(path)!r}, not {old!r}",
                f"look at it again: crm history {change.id}",
            )
