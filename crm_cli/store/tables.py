"""TinyDB over an image: documents are decoded when touched, and a change touches only the named ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, TypedDict, cast

import msgspec
from tinydb import TinyDB
from tinydb.queries import QueryInstance
from tinydb.storages import Storage
from tinydb.table import Document, Table

from crm_cli.domain.condition import And, Condition, Not, Or
from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc
from crm_cli.store.image import BadImage, Image, decode_doc, encode_doc


class Section(MutableMapping[int | str, Doc]):
    """One table: the lines of the image, and over them the documents that changed since.

    Documents are kept as text, so that whoever was given one may do with it as he likes.
    """

    def __init__(self, image: Image, kind: str) -> None:
        self.image, self.kind = image, kind
        self.changed: dict[int, bytes] = {}

    def line(self, number: int) -> bytes | None:
        """The document's JSON, or None; raises Unreadable."""
        try:
            return self.changed.get(number) or self.image.line(self.kind, number)
        except BadImage as bad:
            raise _damaged(bad) from bad

    def __getitem__(self, key: int | str) -> Doc:
        line = self.line(int(key))
        if line is None:
            raise KeyError(key)
        return _decoded(decode_doc, line)

    def __setitem__(self, key: int | str, doc: Mapping[str, Any]) -> None:
        line = encode_doc(doc)
        if line != self.line(int(key)):
            self.changed[int(key)] = line

    def __delitem__(self, key: int | str) -> None:
        raise NotImplementedError("records are marked as deleted, never taken out")

    def __contains__(self, key: object) -> bool:
        return self.line(int(cast(str, key))) is not None

    def __iter__(self) -> Iterator[int | str]:
        return (str(number) for number, _ in self.lines())

    def __len__(self) -> int:
        new = sum(self.image.line(self.kind, number) is None for number in self.changed)
        return self.image.count(self.kind) + new

    def items(self) -> Any:
        """Number and document of each, streamed; TinyDB's own search and iteration come through here."""
        return ((str(number), doc) for number, doc in self.documents())

    def documents(self, decode: Callable[[bytes], Doc] = decode_doc) -> Iterator[tuple[int, Doc]]:
        """Number and document of each in order, streamed; `decode` may read fewer fields."""
        return ((number, _decoded(decode, line)) for number, line in self.lines())

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Number and JSON of each in order, streamed; raises Unreadable."""
        waiting = sorted(self.changed)
        place = 0
        try:
            for number, line in self.image.lines(self.kind):
                while place < len(waiting) and waiting[place] < number:
                    yield waiting[place], self.changed[waiting[place]]
                    place += 1
                if place < len(waiting) and waiting[place] == number:
                    place += 1
                yield number, self.changed.get(number, line)
        except BadImage as bad:
            raise _damaged(bad) from bad
        for number in waiting[place:]:
            yield number, self.changed[number]


def _decoded(decode: Callable[[bytes], Doc], line: bytes) -> Doc:
    try:
        return decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> Unreadable:
    return Unreadable(f"crm.json is damaged: {error}", "crm rebuild makes it again from the log")


class Touched(dict[int, Doc]):
    """What TinyDB's updaters are given: everything read is a copy, and is written back if it was changed."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._section = section

    def __missing__(self, number: int) -> Doc:
        doc = self._section[number]
        self[number] = doc
        return doc

    def __contains__(self, number: object) -> bool:
        return super().__contains__(number) or number in self._section

    def __delitem__(self, number: int) -> None:
        del self._section[number]

    def pop(self, number: int, *default: Any) -> Any:
        del self._section[number]

    def clear(self) -> None:
        raise NotImplementedError("records are marked as deleted, never taken out")

    def keys(self) -> Any:
        return [int(key) for key in self._section]


class Lines(Storage):
    """TinyDB's view of an image: reading gives sections, writing is the store's own business."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.sections: dict[str, Section] = {kind: Section(image, kind) for kind in image.kinds()}

    def read(self) -> dict[str, dict[str, Any]]:
        return cast("dict[str, dict[str, Any]]", self.sections)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        raise NotImplementedError("a whole file is written only behind the log, by the store")


class Records(Table):
    """A table whose changes touch the named documents and nothing else."""

    default_query_cache_capacity = 0
    _held: Section | None = None

    def section(self) -> Section:
        if self._held is None:
            lines = cast(Lines, self._storage)
            self._held = lines.sections.setdefault(self.name, Section(lines.image, self.name))
        return self._held

    def _read_table(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.section())

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        section = self.section()
        touched = Touched(section)
        updater(cast("dict[int, Mapping[str, Any]]", touched))
        for number, doc in touched.items():
            section[number] = doc

    def doc(self, number: int) -> Doc | None:
        """One document, or None; raises Unreadable."""
        line = self.section().line(number)
        return _decoded(decode_doc, line) if line is not None else None

    def put(self, number: int, doc: Doc) -> None:
        """Let the document with this number be this one, whether it was there or not."""
        if number in self.section():
            self.update(_becoming(doc), doc_ids=[number])
        else:
            self.insert(Document(doc, number))

    def stream(self, where: Condition | None, fields: Sequence[str] | None) -> Iterator[Doc]:
        """The documents that fit, one by one; with `fields` only those are in them."""
        query = compiled(where) if where is not None else None
        read = None if fields is None else {*fields, *(where.fields if where is not None else ())}
        extra = () if read is None or fields is None else read.difference(fields)
        for _, doc in self.section().documents(_decoder(read)):
            if query is None or _fits(query, doc):
                for field in extra:
                    doc.pop(field, None)
                yield doc


def _fits(query: QueryInstance, doc: Doc) -> bool:
    try:
        return bool(query(doc))
    except (TypeError, AttributeError) as error:
        raise Unreadable.of(str(doc.get("id", "a record")), error) from error


class Database(TinyDB):
    """A TinyDB of such tables."""

    table_class = Records

    def __init__(self, image: Image) -> None:
        super().__init__(image, storage=Lines)

    def records(self, kind: str) -> Records:
        known = self._tables.get(kind)  # its truth would be its length
        return cast(Records, known if known is not None else self.table(kind, cache_size=0))

    def changed(self) -> dict[str, dict[int, bytes]]:
        """Every document, as JSON, that is not as it stands in the image."""
        sections = cast(Lines, self._storage).sections
        return {kind: section.changed for kind, section in sections.items() if section.changed}


def _becoming(doc: Doc) -> Callable[[Mapping[str, Any]], None]:
    """An update that leaves nothing of the old document: TinyDB's own only adds fields."""

    def become(old: Mapping[str, Any]) -> None:
        cast(Doc, old).clear()
        cast(Doc, old).update(doc)

    return become


def compiled(condition: Condition) -> QueryInstance:
    """The condition as a TinyDB query, which evaluates only the fields it names."""
    if isinstance(condition, And):
        return _joined(condition.parts, lambda a, b: a & b)
    if isinstance(condition, Or):
        return _joined(condition.parts, lambda a, b: a | b)
    if isinstance(condition, Not):
        return ~compiled(condition.part)
    return QueryInstance(condition.matches, (str(condition),))


def _joined(parts: Sequence[Condition], join: Callable[[QueryInstance, QueryInstance], QueryInstance]) -> QueryInstance:
    if len(parts) == 1:
        return compiled(parts[0])
    half = len(parts) // 2  # as a tree, so that a thousand of them are not a thousand calls deep
    return join(_joined(parts[:half], join), _joined(parts[half:], join))


def _decoder(fields: Iterable[str] | None) -> Callable[[bytes], Doc]:
    if fields is None:
        return decode_doc
    row = TypedDict("row", dict.fromkeys(sorted(fields), Any), total=False)  # type: ignore[misc]
    return cast("Callable[[bytes], Doc]", msgspec.json.Decoder(row).decode)
