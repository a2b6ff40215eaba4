"""A store as it stands: the image, with the tail of the log played onto it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from mmap import mmap
from operator import itemgetter

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc, Entry, advance, fold
from crm_cli.domain.ids import make_id
from crm_cli.domain.keys import KINDS_WITH_DUES, due_from
from crm_cli.domain.moment import Moment
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.files import Files
from crm_cli.store.image import BadImage, Image, Meta, empty_image, encode_doc
from crm_cli.store.index import Index, index_of, line_pair, load_index
from crm_cli.store.line import BadLine, Head, Line, Lines, born, to_entry
from crm_cli.store.log import Log, damaged
from crm_cli.store.tables import Database

FORMAT_TABLES = frozenset({"operation", "store"})  # lines that are no record of the state


class State:
    """Everything known when a store was opened; never changed by what others write later."""

    def __init__(self, files: Files, *, writing: bool, checked: bool) -> None:
        """Raises Unreadable, OSError.

        A writer mends what a crash left. `checked`: a crm.json whose checksum is wrong is not used; a reader
        that has not asked for that is told by `must_be_sound` when it comes to scan.
        """
        self.files, self.writing, self.checked = files, writing, checked
        self.warnings: list[str] = []
        self._spoilt = b""  # a crm.json that cannot be used
        raw = files.mapped(files.state)  # before the log, which may grow meanwhile and so is never the shorter
        self.log = Log(files)
        try:
            self.log.must_be_of_this_format()
            self.image = self._image(raw)
            if not writing and self.log.size > self.image.meta.off:
                self.log.settle()
            self.log.kept, self.log.named = self.image.meta.off, self.image.meta.off > 0
            self.database = Database(self.image)
            self.meta = Meta(**{name: getattr(self.image.meta, name) for name in Meta.__struct_fields__})
            self.meta.next = dict(self.meta.next)
            self._tail: list[tuple[int, str, int]] = []  # offset, kind and number of each line behind the image
            self._index: Index | None = None
            self.lacks_index = False  # whether there was no sound one, so that it had to be made in memory
            self._play()
        except BaseException:
            self.close()
            raise

    # --- opening ---------------------------------------------------------------------------------

    def _image(self, raw: bytes | mmap | None) -> Image:
        if not raw:
            return self._none_yet("is missing" if raw is None else "is empty")
        try:
            image = Image(raw)
        except BadImage as bad:
            return self._set_aside(raw, str(bad))
        if image.meta.off:
            self._must_fit(image)
        if self.checked and not image.check():
            return self._set_aside(raw, "was changed by another program")
        return image

    def _must_fit(self, image: Image) -> None:
        """An image and a log that do not belong together are refused; what fits no longer is never guessed at."""
        if self.log.size < image.meta.off:
            raise Unreadable(
                "history.jsonl is missing or shorter than crm.json knows it to be",
                "restore a backup; crm verify tells more",
            )
        if self.log.store_id() != image.meta.store:
            raise Unreadable("crm.json and history.jsonl are of two different stores", "restore both from one backup")
        if not self._ends_alike(image):
            raise Unreadable(
                "history.jsonl is not the log that crm.json was made from",
                "look with crm verify; crm rebuild makes crm.json from the log",
            )

    def _ends_alike(self, image: Image) -> bool:
        try:
            return self.log.line_at(image.meta.last).h == image.meta.h
        except BadLine:
            return False

    def _none_yet(self, why: str) -> Image:
        if self.log.size:
            self.warnings.append(f"crm.json {why}; it is made again from the log")
        elif why == "is empty":
            raise Unreadable("crm.json is empty and history.jsonl is missing", "restore a backup")
        return empty_image()

    def _set_aside(self, raw: bytes | mmap, why: str) -> Image:
        if not self.log.size:
            raise Unreadable(f"crm.json is not a store of this program: {why}", "choose another --store")
        self.warnings.append(f"crm.json cannot be used ({why}); it is made again from the log")
        self._spoilt = bytes(raw)
        return empty_image()

    def keep_spoilt(self) -> None:
        """Before crm.json is replaced: keep one that another program wrote or spoilt; raises OSError."""
        if self._spoilt:
            kept = self.files.keep_aside("crm.json", self._spoilt)
            self.warnings.append(f"the old crm.json is kept in {kept}")
            self._spoilt = b""

    @cached_property
    def sound(self) -> bool:
        """Whether the image is byte for byte what was written; for reads that touch all of it."""
        return self.image.meta.off == 0 or self.image.check()

    def must_be_sound(self) -> None:
        """Raises Unreadable when the image is not what was written."""
        if not self.sound:
            raise Unreadable("crm.json was changed by another program", "crm rebuild makes it again from the log")

    # --- the tail --------------------------------------------------------------------------------

    def _play(self) -> None:
        chain = Chain(self.image.meta.head)
        late: set[tuple[str, int]] = set()
        try:
            for offset, line in self.log.walk(chain):
                self._take(offset, to_entry(line), late)
                self.meta.last = offset
        except (Damage, BadLine) as damage:
            raise damaged(damage) from damage
        if chain.torn:
            self._mend(chain)
        head = chain.head
        self.meta.seq, self.meta.tx, self.meta.h, self.meta.off = head.seq, head.tx, head.h, head.off
        for kind, number in late:
            doc = fold(self.history(kind, number))
            assert doc is not None
            self.database.records(kind).section().changed[number] = encode_doc(doc)
            self.index().note(kind, number, doc)

    def _mend(self, chain: Chain) -> None:
        """Cut off what a killed writer began; but nothing good at all, in a store that had records, is refused."""
        if chain.head.off == 0 and (self._spoilt or self.files.index.exists()):
            raise Unreadable("nothing of history.jsonl can be read", "restore a backup; crm verify tells more")
        if self.writing:
            self.warnings.append(self.log.cut_torn(chain))

    def _take(self, offset: int, entry: Entry, late: set[tuple[str, int]]) -> None:
        self._tail.append((offset, entry.kind, entry.number))
        if entry.kind in FORMAT_TABLES:
            if entry.kind == "store":
                self.meta.store = born(entry)
            return
        self.meta.last_at = max(self.meta.last_at, entry.at)
        section = self.database.records(entry.kind).section()
        doc = section.get(entry.number)
        if doc is not None and entry.at < doc.get("updated_at", ""):
            late.add((entry.kind, entry.number))
        else:
            section.changed[entry.number] = encode_doc(advance(doc, entry))
        self.meta.next[entry.kind] = max(self.meta.next.get(entry.kind, 1), entry.number + 1)

    # --- looking ---------------------------------------------------------------------------------

    def doc(self, kind: str, number: int) -> Doc | None:
        """One document, or None; raises Unreadable."""
        found = self.database.records(kind).doc(number)
        if found is None:
            return None
        if found.get("id") != make_id(kind, number) or not isinstance(found.get("updated_at"), str):
            raise Unreadable("crm.json was changed by another program", "crm rebuild makes it again from the log")
        return found

    def head(self) -> Head:
        return self.meta.head

    def index(self) -> Index:
        """The index caught up with this state; made in memory where there is no sound one."""
        if self._index is None:
            found = load_index(self.files, self.meta.store, self.meta.gen)
            usable = found is not None and self._is_of_this_log(found)
            self._index = found if found is not None and usable else self._made_anew()
            self._catch_up(self._index)
        return self._index

    def _is_of_this_log(self, index: Index) -> bool:
        try:
            return index.head.off <= self.log.size and self.log.line_at(index.last).h == index.head.h
        except BadLine:
            return False

    def _made_anew(self) -> Index:
        """An index of everything there is, put in order at once."""
        self.must_be_sound()
        self.lacks_index = True
        lines = (line_pair(line.t, line.doc, offset) for offset, line in self._lines(Head()))
        kinds = {*self.image.kinds(), *self.database.changed()}
        records = (
            (kind, number, doc) for kind in kinds for number, doc in self.database.records(kind).section().documents()
        )
        return index_of(records, lines, self.meta.head, self.meta.last)

    def _catch_up(self, index: Index) -> None:
        """Let an index that lags behind know what this state is made of besides."""
        lines = self._tail
        if index.head.off != self.image.meta.off:
            lines = [(offset, line.t, line.doc) for offset, line in self._lines(index.head)]
        index.add(line_pair(kind, number, offset) for offset, kind, number in lines)
        for kind, number in {(kind, number) for _, kind, number in lines if kind not in FORMAT_TABLES}:
            doc = self.doc(kind, number)
            if doc is not None:
                index.note(kind, number, doc)

    def due(self, until: Moment) -> list[tuple[str, int]]:
        """Kind and number of each record that wants to be looked at by then; raises Unreadable."""
        index = self.index()
        if index.head.off <= self.meta.off:
            return index.due(until)
        # Somebody has saved since this state was read: the index knows what became of its records later.
        self.must_be_sound()
        found = []
        for kind in KINDS_WITH_DUES:
            for number, doc in self.database.records(kind).section().documents():
                if (moment := due_from(kind, doc)) is not None and moment <= until:
                    found.append((moment, kind, number))
        return [(kind, number) for _, kind, number in sorted(found, key=itemgetter(0))]

    def entries(self, head: Head | None = None) -> Iterator[tuple[int, Entry]]:
        """Offset and entry of every line behind `head` that belongs to this state; raises Unreadable."""
        try:
            for offset, line in self._lines(head or Head()):
                yield offset, to_entry(line)
        except BadLine as damage:
            raise damaged(damage) from damage

    def _lines(self, head: Head) -> Iterator[tuple[int, Line]]:
        try:
            yield from self.log.walk(Chain(head), self.meta.off)
        except Damage as damage:
            raise damaged(damage) from damage

    def history(self, kind: str, number: int) -> list[Entry]:
        """Every entry of one record in log order; raises Unreadable."""
        offsets = [offset for offset in self.index().offsets(kind, number) if offset < self.meta.off]
        try:
            return [to_entry(self.log.checked_line(offset)) for offset in offsets]
        except BadLine as bad:
            raise damaged(bad) from bad

    def note_lines(self, lines: Lines) -> None:
        """Take lines just written into the index."""
        self.index().add(line_pair(kind, number, offset) for offset, kind, number in lines.places)
        self.meta.last = lines.places[-1][0]

    def close(self) -> None:
        self.log.close()
