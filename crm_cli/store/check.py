"""Looking a store over without changing it, and making crm.json again from the log alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from mmap import mmap
from pathlib import Path

from msgspec import Struct

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc, Entry, advance, fold
from crm_cli.domain.ids import LETTERS, looks_like_id, make_id
from crm_cli.domain.keys import REFERENCES
from crm_cli.store.attachment import amiss
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.disk import Disk
from crm_cli.store.files import FILE_MODE, FOLDER_MODE, Files, saving
from crm_cli.store.image import BadImage, Image, Meta, decode_doc, empty_image, encode_doc, is_made_of
from crm_cli.store.index import Index, index_of, line_pair, save_index
from crm_cli.store.lacking import must_reach
from crm_cli.store.line import BadLine, Head, OtherFormat, born, parse_line, to_entry
from crm_cli.store.log import Log, damaged
from crm_cli.store.state import FORMAT_TABLES
from crm_cli.store.tiny import TinyStore

Lines = dict[str, dict[int, bytes]]


class Finding(Struct, frozen=True):
    """Something that is not as it should be; a warning does no harm to the data."""

    level: str  # "error" or "warning"
    message: str
    of_a_file: bool = False  # only an attached file is amiss


def only_files(findings: Iterable[Finding]) -> bool:
    """Whether there are errors, and every one is of an attached file."""
    errors = [one for one in findings if one.level == "error"]
    return bool(errors) and all(one.of_a_file for one in errors)


class Verdict(Struct, frozen=True):
    """What `crm verify` found: the state of the chain and everything that is amiss."""

    store: str
    seq: int
    head: str
    records: int
    findings: tuple[Finding, ...]
    anchor_seen: bool | None  # whether the given anchor is a line of this chain; None if none was given
    log_ok: bool  # whether the log can be read to its end, or to an unfinished write, and knows all that crm.json does
    state_ok: bool  # whether crm.json is there, and what the log makes of it
    torn: int  # bytes of an unfinished write at the end of the log

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings) and self.anchor_seen is not False

    @property
    def only_files(self) -> bool:
        """Whether nothing but attached files is amiss."""
        return only_files(self.findings)


class Folded:
    """The log read from its first byte: every record as it should be, up to any line of it.

    Records are kept as text, which takes a quarter of the room: a hundred thousand need some 70 MB.
    """

    def __init__(self, log: Log, start: Head | None = None, *, places: bool = False) -> None:
        """`start` is where the log begins, if not with the first byte. Raises Damage where the chain breaks.

        With `places` it is noted where each record's lines stand, for `index`.
        """
        self.docs: Lines = {}
        self._places: list[bytes] | None = [] if places else None
        self.meta = Meta()
        self.clock_went_back = 0
        self._recorded = ""
        self._late: set[tuple[str, int]] = set()
        self._bare: set[str] = set()  # records of which a line has lost its personal part
        self._erased: set[str] = set()  # records of which the log says that they were erased
        self._log, self._start = log, start or Head()
        self.chain = Chain(self._start)

    def walk(self, until: int | None = None) -> Iterator[str]:
        """Read on to this byte; gives the hash of every line passed."""
        try:
            for offset, line in self._log.walk(self.chain, until):
                try:
                    self._take(to_entry(line), offset)
                except OtherFormat:
                    raise
                except (BadLine, Unreadable, ValueError, TypeError, AttributeError) as odd:
                    raise Damage(line.seq, offset, f"cannot be made a record of ({odd})") from odd
                self.meta.last = offset
                yield line.h
        finally:  # also where it breaks: what stands before is whole
            head = self.chain.head
            self.meta.seq, self.meta.tx, self.meta.h, self.meta.off = head.seq, head.tx, head.h, head.off

    def _take(self, entry: Entry, offset: int) -> None:
        if self._places is not None:
            self._places.append(line_pair(entry.kind, entry.number, offset))
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
        known = table.get(entry.number)
        doc = decode_doc(known) if known is not None else None
        if doc is not None and entry.at < doc["updated_at"]:
            self._late.add((entry.kind, entry.number))
        else:
            table[entry.number] = encode_doc(advance(doc, entry))
        self.meta.next[entry.kind] = max(self.meta.next.get(entry.kind, 1), entry.number + 1)

    def settle(self) -> None:
        """Fold again, in the order of time, the records that were changed at an earlier date."""
        if not self._late:
            return
        found: dict[tuple[str, int], list[Entry]] = {record: [] for record in self._late}
        for _, raw in self._log.lines(self._start.off, self.chain.head.off):
            line = parse_line(raw)
            if (line.t, line.doc) in found:
                found[line.t, line.doc].append(to_entry(line))
        for (kind, number), entries in found.items():
            doc = fold(entries)
            assert doc is not None
            self.docs[kind][number] = encode_doc(doc)

    @property
    def count(self) -> int:
        """How many records there are, deleted ones too."""
        return sum(map(len, self.docs.values()))

    def attached(self) -> Iterator[Doc]:
        """What the records say of the files that are attached to them."""
        for _, _, doc in self.records():
            yield from (doc.get("attachments") or {}).values()

    def stripped(self) -> list[str]:
        """Records that lost personal data though the log does not say that they were erased."""
        return sorted(self._bare - self._erased)

    def records(self) -> Iterator[tuple[str, int, Doc]]:
        """Kind, number and document of every record."""
        for kind, lines in self.docs.items():
            for number, line in lines.items():
                yield kind, number, decode_doc(line)

    def file(self) -> Iterator[bytes | memoryview]:
        """crm.json as it must be at this point of the log, in pieces."""
        return empty_image().pieces(self.docs, self.meta)

    def index(self) -> Index:
        """The index as it must be at this point of the log; only with `places`."""
        return index_of(self.records(), self._places or (), self.meta.head, self.meta.last)


def verify(folder: Path, anchor: str | None = None, disk: Disk | None = None) -> Verdict:
    """Read everything and compare; writes nothing. `anchor` is a line's hash noted earlier, elsewhere.

    Raises Unreadable for files that cannot be opened and for a store of another version.
    """
    files = Files(folder, disk or Disk())
    raw = files.mapped(files.state)  # before the log, which may grow meanwhile
    log = Log(files)
    try:
        log.must_be_of_this_format()
        log.settle()
        return _verdict(files, log, raw, anchor)
    finally:
        log.close()


def _verdict(files: Files, log: Log, raw: bytes | mmap | None, anchor: str | None) -> Verdict:
    findings: list[Finding] = []
    seen = {anchor: False} if anchor else {}
    folded = Folded(log)
    image = _image(raw, findings)
    unlike: list[Finding] = []
    whole = True
    try:
        if image is not None:
            seen.update((one, True) for one in folded.walk(image.meta.off) if one in seen)
            folded.settle()
            unlike = list(_differences(image, folded))
            findings += unlike
        seen.update((one, True) for one in folded.walk() if one in seen)
        folded.settle()
        findings += _loose_ends(files, log, folded, lacks=image is not None and folded.meta.off < image.meta.off)
    except (Damage, BadLine) as damage:
        whole = False
        findings.append(_error(f"history.jsonl: {damage}"))
    findings += _modes(files)
    return Verdict(
        store=folded.meta.store,
        seq=folded.meta.seq,
        head=folded.meta.h,
        records=folded.count,
        findings=tuple(findings),
        anchor_seen=seen[anchor] if anchor else None,
        log_ok=whole and _knows_all(folded, image, files),
        state_ok=image is not None and not unlike,
        torn=log.size - folded.chain.head.off if folded.chain.torn else 0,
    )


def _knows_all(folded: Folded, image: Image | None, files: Files) -> bool:
    """Whether the log reaches as far as crm.json does, or the index says that there was one."""
    known = image.meta.off if image is not None else 0
    return folded.meta.off >= known and (folded.meta.seq > 0 or not files.index.exists())


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
    if is_made_of(image.raw, folded.file()):
        return
    if not image.check():
        yield _error("crm.json is not what this program wrote: its checksum differs")
    for kind in sorted({*image.kinds(), *folded.docs}):
        yield from _different_records(image, kind, folded.docs.get(kind, {}))
    yield _error("crm.json differs from what the log makes of it; crm rebuild mends it")


def _different_records(image: Image, kind: str, made: dict[int, bytes]) -> Iterator[Finding]:
    try:
        stored = dict(image.lines(kind))
    except BadImage:
        yield _error(f"crm.json: the table of {kind} records cannot be read")
        return
    for number in sorted({*stored, *made}):
        if stored.get(number) != made.get(number):
            name = make_id(kind, number) if kind in LETTERS else f"{kind} {number}"
            yield _error(f"crm.json: {name} is not what the log makes of it")


def _loose_ends(files: Files, log: Log, folded: Folded, *, lacks: bool) -> Iterator[Finding]:
    if folded.chain.torn and not folded.meta.seq and files.index.exists():
        yield _error("nothing of history.jsonl can be read, and there were records once")
    elif folded.chain.torn:
        rest = log.size - folded.chain.head.off
        way_on = "nothing is saved behind it" if lacks else "the next change moves it away"
        yield Finding("warning", f"an unfinished write of {rest} bytes ends the log; {way_on}")
    for id in folded.stripped():
        yield Finding("error", f"history.jsonl: {id} lost personal data, but nobody erased it")
    if folded.clock_went_back:
        times = "once" if folded.clock_went_back == 1 else f"{folded.clock_went_back:,} times"
        yield Finding("warning", f"the clock went back {times}; the order is kept by number")
    if kept := list(files.quarantine.glob("*")):
        waiting = "a file waits" if len(kept) == 1 else f"{len(kept):,} files wait"
        yield Finding("warning", f"{waiting} in {files.quarantine}")
    for _, _, doc in folded.records():
        yield from _references(doc, folded.docs)
        yield from (Finding("error", message, of_a_file=True) for message in amiss(files, doc))


def _references(doc: Doc, docs: Lines) -> Iterator[Finding]:
    for field in REFERENCES:
        target = doc.get(field)
        found = looks_like_id(target) if isinstance(target, str) else None
        if found and found[1] not in docs.get(found[0], {}):
            yield Finding("error", f"{doc['id']}: its {field} {target} does not exist")


def _modes(files: Files) -> Iterator[Finding]:
    folders, ours = (files.folder, files.attachments), (files.state, files.log)
    for path, most in (*((one, FOLDER_MODE) for one in folders), *((one, FILE_MODE) for one in ours)):
        if path.exists() and stat.S_IMODE(os.stat(path).st_mode) & ~most & 0o007:
            yield Finding("warning", f"others may read {path}; chmod o= {path}")


def rebuild(store: TinyStore, *, shorter: bool = False) -> int:
    """Make crm.json and the index again from the log alone; gives the number of log lines.

    A crm.json that is spoilt is kept aside, and so is one that knows more than the log, if a `shorter` log will do.
    Raises Lacking if it will not, Unreadable for a damaged log or another version, Busy, NotSaved.
    """
    files = store.files
    with store.locked(), saving():
        folded = _from_the_log(files, shorter=shorter)
        _put(files, folded)
        files.forget(files.words)
        save_index(files, folded.index(), folded.meta)
    return folded.meta.seq


def rehearse_rebuild(store: TinyStore, *, shorter: bool = False) -> int:
    """The number of log lines `rebuild` would use; writes nothing, takes no lock, and raises what it would raise."""
    return _from_the_log(store.files, shorter=shorter, writing=False).meta.seq


def _from_the_log(files: Files, *, shorter: bool, writing: bool = True) -> Folded:
    """All of the log; if `writing`, synced and without a torn end."""
    state = files.mapped(files.state)
    log = Log(files)
    folded = Folded(log, places=True)
    try:
        log.must_be_of_this_format()
        if not writing:
            log.settle()
        for _ in folded.walk():
            pass
        if not folded.meta.seq:
            raise Unreadable("there is no log to rebuild from", "crm init makes a store")
        folded.settle()
        if not shorter:
            must_reach(state, folded.docs, folded.meta)
        if writing and folded.chain.torn:
            log.cut_torn(folded.chain)
        if writing:
            log.sync()
    except (Damage, BadLine) as damage:
        raise damaged(damage) from damage
    finally:
        log.close()
    return folded


def _put(files: Files, folded: Folded) -> None:
    old = files.mapped(files.state)
    if old is not None and is_made_of(old, folded.file()):
        return
    if old is not None and not _is_older(old, folded.meta):
        files.keep_aside("crm.json", old)
    files.replace(files.state, folded.file())


def _is_older(raw: bytes | mmap, now: Meta) -> bool:
    """Whether these bytes are an earlier crm.json of this store; raises Unreadable for another version."""
    try:
        image = Image(raw)
    except BadImage:
        return False
    return image.check() and image.meta.store == now.store and image.meta.off < now.off
