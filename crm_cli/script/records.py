"""Every record of one kind, for a program: found, filtered, noted on, tagged, deleted and restored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, TypeVar

from crm_cli.crm import Crm
from crm_cli.domain.record import Record
from crm_cli.script.block import Block
from crm_cli.shelf import Shelf
from crm_cli.usecases.removal import deleted, restored

R = TypeVar("R", bound=Record)
Several = Iterable[str]  # a text alone stands for one


class Records(Generic[R]):
    """The records of one kind, as they are at the moment of the block."""

    OF: ClassVar[type[Any]]

    def __init__(self, block: Block) -> None:
        self._block = block

    def get(self, id: str) -> R:
        """By whole id; raises NotFound."""
        return self._block.given(self._shelf().get(id))

    def find(self, ref: str) -> R:
        """By what people type: id, number, e-mail, handle, name, or @last for the one made last.

        Raises NotFound, and Ambiguous with the `candidates` among its details.
        """
        return self._block.given(self._shelf().find(ref))

    def where(self, *filters: str, deleted: bool = False) -> Iterator[R]:
        """Those that fit every filter (crm help filters), in the order of their numbers; all, if there is none.

        Which fit is settled now, each is read when its turn comes: they may be changed on the way. What is gone
        (deleted, merged, canceled) fits only with `deleted`, or where a filter asks for the status. Raises BadValue.
        """
        shelf = self._shelf()
        found = shelf.crm.snapshot.scan(shelf.kind, shelf.fitting(filters, gone=deleted), ("id",))
        ids = [str(doc["id"]) for doc in found]
        return (self.get(id) for id in ids)

    def __iter__(self) -> Iterator[R]:
        return self.where()

    # --- what every kind has -------------------------------------------------------------------------

    def note(self, ref: R | str, text: str) -> R:
        """With something written down; raises BadValue for a blank text."""
        with self._doing("note") as crm:
            return self._saved(crm, self._fresh(crm, ref).note(*crm.note(text)))

    def tag(self, ref: R | str, *add: str, remove: Several = ()) -> R:
        """With tags added and taken away; raises BadValue for what is no tag, WrongState for a closed record."""
        with self._doing("tag") as crm:
            return self._saved(crm, self._fresh(crm, ref).tag(add, several(remove)))

    def delete(self, ref: R | str) -> R:
        """Taken for a mistake; raises Refused, naming them, while others point to it, and WrongState."""
        with self._doing("delete") as crm:
            return self._saved(crm, deleted(crm, self._fresh(crm, ref)))

    def restore(self, ref: R | str) -> R:
        """Brought back as it was before it was deleted; raises Refused, WrongState."""
        with self._doing("restore") as crm:
            return self._saved(crm, restored(crm, self._fresh(crm, ref)))

    # --- for the kinds -------------------------------------------------------------------------------

    def _shelf(self) -> Shelf[R]:
        return Shelf(self._block.looking(), self.OF)

    def _doing(self, verb: str) -> AbstractContextManager[Crm]:
        return self._block.doing(f"{self.OF.KIND}.{verb}")

    def _fresh(self, crm: Crm, ref: R | str) -> R:
        """The record as it is now, however old the one in hand is."""
        shelf: Shelf[R] = crm.shelf(self.OF.KIND)
        return shelf.find(ref) if isinstance(ref, str) else shelf.get(ref.id)

    def _saved(self, crm: Crm, record: R, reason: str | None = None) -> R:
        crm.save(record, reason=reason)
        return self._block.kept(crm, record)

    def _added(self, crm: Crm, record: R, tags: Several, custom: Mapping[str, str | None] | None) -> R:
        """A new record with its tags and fields of one's own."""
        return self._saved(crm, record.set_custom(custom or {}).tag(several(tags)))


def several(texts: Several | None) -> list[str]:
    """A text alone stands for one."""
    return [texts] if isinstance(texts, str) else list(texts or ())


def ref_of(record: Record | str | None) -> str | None:
    """A reference as one types it, of a record its id."""
    return record.id if isinstance(record, Record) else record
