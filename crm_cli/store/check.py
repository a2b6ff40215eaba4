"""Looking a store over without changing it, and making crm.json again from the log alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path

from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc, Entry, advance, fold
from crm_cli.domain.ids import LETTERS, looks_like_id, make_id
from crm_cli.domain.keys import REFERENCES
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.disk import Disk
from crm_cli.store.files import FILE_MODE, FOLDER_MODE, Files, saving
from crm_cli.store.image import BadImage, Image, Meta, empty_image, encode_doc
from crm_cli.store.line import BadLine, Head, born, to_entry
from crm_cli.store.log import Log, damaged
from crm_cli.store.state import FORMAT_TABLES
from crm_cli.store.tiny import TinyStore

Docs = dict[str, dict[int, Doc]]


class Finding(Struct, frozen=True):
    """Something that is not as it should be; a warning does no harm to the data."""

    level: str  # "error" or "warning"
    message: str


class Verdict(Struct, frozen=True):
    """What `crm verify` found: the state of the chain and everything that is amiss."""

    store: str
    seq: int
    head: str
    records: int
    findings: tuple[Finding, ...]
    anchor_seen: bool | None  # whether the given anchor is a line of this chain; None if none was given

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings) and self.anchor_seen is not False


class Folded:
    """The log read from its first byte: every record as it should be, up to any line of it."""

    def __init__(self, log: Log) -> None:
        """Raises Damage where the chain breaks."""
        self.docs: Docs = {}
        self.meta = Meta()
        self.clock_went_back = 0
        self._recorded = ""
        self._late: set[tuple[str, int]] = set()
        self._bare: set[str] = set()  # records of which a line has lost its personal part
        self._erased: set[str] = set()  # records of which the log says that they were erased
        self._log = log
        self.chain = Chain(Head())

    def walk(self, until: int | None = None) -> Iterator[str]:
        """Read on to this byte; gives the hash of every line passed."""
        for offset, line in self._log.walk(self.chain, until):
            self._take(to_entry(line))
            self.meta.last = offset
            yield line.h
        head = self.chain.head
        self.meta.seq, self.meta.tx, self.meta.h, self.meta.off = head.seq, head.tx, head.h, head.off

    def _take(self, entry: Entry) -> None:
        self.clock_went_back += entry.recorded < self._recorded
        self._recorded = entry.recorded
        if entry.erased and entry.kind not in FORMAT_TABLES:
            self._bare.add(entry.id)
        if entry.cmd.endswith(".erase"):
            self._erased.add(entry.id)
        if entry.kind in FORMAT_TABLES:
            if entry.kind == "store":
                self.meta.store = born(entry)
            return
        self.meta.last_at = max(self.meta.last_at, entry.at)
        table = self.docs.setdefault(entry.kind, {})
        doc = table.get(entry.number)
        if doc is not None and entry.at < doc["updated_at"]:
            self._late.add((entry.kind, entry.number))
        else:
            table[entry.number] = advance(doc, entry)
        self.meta.next[entry.kind] = max(self.meta.next.get(entry.kind, 1), entry.number + 1)

    def settle(self) -> None:
        """Fold again, in the order of time, the records that were changed at an earlier date."""
        if not self._late:
            return
        found: dict[tuple[str, int], list[Entry]] = {record: [] for record in self._late}
        for _, line in self._log.walk(Chain(Head()), self.chain.head.off):
            if (line.t, line.doc) in found:
                found[line.t, line.doc].append(to_entry(line))
        for (kind, number), entries in found.items():
            doc = fold(entries)
            assert doc is not None
            self.docs[kind][number] = doc

    def stripped(self) -> list[str]:
        """Records that lost personal data though the log does not say that they were erased."""
        return sorted(self._bare - self._erased)

    def file(self) -> bytes:
        """crm.json as it must be at this point of the log."""
        self.meta.tables = {}
        lines = {kind: {n: encode_doc(doc) for n, doc in docs.items()} for kind, docs in self.docs.items()}
        return empty_image().spliced(lines, self.meta)


def verify(folder: Path, anchor: str | None = None, disk: Disk | None = None) -> Verdict:
    """Read everything and compare; writes nothing. `anchor` is a line's hash noted earlier, elsewhere.

    Raises Unreadable for files that cannot be opened and for a store of another version.
    """
    files = Files(folder, disk or Disk())
    raw = files.mapped(files.state)  # before the log, which may grow meanwhile
    log = Log(files)
    try:
        return _verdict(files, log, raw, anchor)
    finally:
        log.close()


def _verdict(files: Files, log: Log, raw: bytes | mmap | None, anchor: str | None) -> Verdict:
    findings: list[Finding] = []
    seen = {anchor: False} if anchor else {}
    folded = Folded(log)
    image = _image(raw, findings)
    try:
        if image is not None:
            seen.update(dict.fromkeys(set(folded.walk(image.meta.off)) & set(seen), True))
            folded.settle()
            findings += _differences(image, folded)
        seen.update(dict.fromkeys(set(folded.walk()) & set(seen), True))
        folded.settle()
        findings += _loose_ends(files, log, folded)
    except (Damage, BadLine) as damage:
        findings.append(_error(f"history.jsonl: {damage}"))
    findings += _modes(files)
    count = sum(map(len, folded.docs.values()))
    found = seen[anchor] if anchor else None
    return Verdict(folded.meta.store, folded.meta.seq, folded.meta.h, count, tuple(findings), found)


def _error(message: str) -> Finding:
    return Finding("error", message)


def _image(raw: bytes | mmap | None, findings: list[Finding]) -> Image | None:
    if raw is None:
        findings.append(Finding("warning", "crm.json is missing; the next change makes it again"))
        return None
    try:
        return Image(raw)
    except BadImage as bad:
        findings.append(_error(f"crm.json: {bad}"))
        return None


def _differences(image: Image, folded: Folded) -> Iterator[Finding]:
    """Byte for byte first; where that fails, the records that differ are named."""
    if folded.meta.off != image.meta.off:
        yield _error("history.jsonl lacks what crm.json was made from, or crm.json is spoilt")
        return
    if bytes(image.raw) == folded.file():
        return
    if not image.check():
        yield _error("crm.json is not what this program wrote: its checksum differs")
    for kind in sorted({*image.kinds(), *folded.docs}):
        yield from _different_records(image, kind, folded.docs.get(kind, {}))
    yield _error("crm.json differs from what the log makes of it; crm rebuild mends it")


def _different_records(image: Image, kind: str, docs: dict[int, Doc]) -> Iterator[Finding]:
    try:
        stored = dict(image.lines(kind))
    except BadImage:
        yield _error(f"crm.json: the table of {kind} records cannot be read")
        return
    made = {number: encode_doc(doc) for number, doc in docs.items()}
    for number in sorted({*stored, *made}):
        if stored.get(number) != made.get(number):
            name = make_id(kind, number) if kind in LETTERS else f"{kind} {number}"
            yield _error(f"crm.json: {name} is not what the log makes of it")


def _loose_ends(files: Files, log: Log, folded: Folded) -> Iterator[Finding]:
    if folded.chain.torn and not folded.meta.seq and files.index.exists():
        yield _error("nothing of history.jsonl can be read, and there were records once")
    elif folded.chain.torn:
        rest = log.size - folded.chain.head.off
        yield Finding("warning", f"an unfinished write of {rest} bytes ends the log; the next change moves it away")
    for id in folded.stripped():
        yield Finding("error", f"history.jsonl: {id} lost personal data, but nobody erased it")
    if folded.clock_went_back:
        yield Finding("warning", f"the clock went back {folded.clock_went_back} times; the order is kept by number")
    if kept := list(files.quarantine.glob("*")):
        yield Finding("warning", f"{len(kept)} files wait in {files.quarantine}")
    for table in folded.docs.values():
        for doc in table.values():
            yield from _references(doc, folded.docs)


def _references(doc: Doc, docs: Docs) -> Iterator[Finding]:
    for field in REFERENCES:
        target = doc.get(field)
        found = looks_like_id(target) if isinstance(target, str) else None
        if found and found[1] not in docs.get(found[0], {}):
            yield Finding("error", f"{doc['id']}: its {field} {target} does not exist")


def _modes(files: Files) -> Iterator[Finding]:
    for path, most in ((files.folder, FOLDER_MODE), (files.state, FILE_MODE), (files.log, FILE_MODE)):
        if path.exists() and stat.S_IMODE(os.stat(path).st_mode) & ~most & 0o007:
            yield Finding("warning", f"others may read {path}; chmod o= {path}")


def rebuild(store: TinyStore) -> int:
    """Make crm.json and the index again from the log alone; gives the number of log lines.

    A crm.json that is spoilt, or knows more than the log, is kept aside. Raises Unreadable for a damaged log or
    another version, Busy, NotSaved.
    """
    files = store.files
    with store.locked(), saving():
        folded = _from_the_log(files)
        _put(files, folded)
        if files.index.exists():
            files.disk.remove(files.index)
    with store.change() as transaction:
        transaction.flush()
    return folded.meta.seq


def _from_the_log(files: Files) -> Folded:
    """All of the log, synced, without a torn end."""
    log = Log(files)
    folded = Folded(log)
    try:
        for _ in folded.walk():
            pass
        if not folded.meta.seq:
            raise Unreadable("there is no log to rebuild from", "crm init makes a store")
        folded.settle()
        if folded.chain.torn:
            log.cut_torn(folded.chain)
        log.sync()
    except (Damage, BadLine) as damage:
        raise damaged(damage) from damage
    finally:
        log.close()
    return folded


def _put(files: Files, folded: Folded) -> None:
    old, new = files.mapped(files.state), folded.file()
    if old is not None and bytes(old) == new:
        return
    if old is not None and not _is_older(bytes(old), folded.meta):
        files.keep_aside("crm.json", bytes(old))
    files.replace(files.state, new)


def _is_older(raw: bytes, now: Meta) -> bool:
    """Whether these bytes are an earlier crm.json of this store; raises Unreadable for another version."""
    try:
        image = Image(raw)
    except BadImage:
        return False
    return image.check() and image.meta.store == now.store and image.meta.off < now.off
