"""A sales rep: who is responsible for leads, deals and customers; on duty or not."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.ids import RESERVED, looks_like_id
from crm_cli.domain.record import Code, Record, Text


class RepStatus(StrEnum):
    """Whether a rep takes work."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DELETED = "deleted"


class Rep(Record, frozen=True, kw_only=True):
    """Somebody who sells."""

    KIND = "rep"
    CLOSED: ClassVar = {"deleted": "run: crm rep restore {id}"}
    INSTEAD = "crm rep deactivate {id}"

    name: Text = ""
    handle: Code | None = None
    email: Text | None = None
    status: RepStatus = RepStatus.ACTIVE
    division: Code | None = None

    def checked(self) -> Self:
        """Raises BadValue for a rep without a name, or with a handle that could be taken for an id."""
        if not self.name.strip():
            raise BadValue("a rep needs a name", 'crm rep add "Ana Silva" --handle ana')
        if self.handle is not None and (not self.handle.replace("-", "").replace("_", "").replace(".", "").isalnum()):
            raise BadValue(f"{self.handle!r} is no handle", "letters, digits, dot, - and _: ana, sam.w")
        if looks_like_id(self.handle or "", self.KIND):
            raise BadValue(f"the handle {self.handle!r} would be taken for an id", "choose a word: sam, ana.s")
        for called in (self.name, self.handle or ""):
            if called.strip().casefold() in RESERVED:
                raise BadValue(
                    f"no rep can be called {called!r}", f"{called} has a meaning of its own where one is named"
                )
        return self

    def edit(self, **fields: object) -> Self:
        """With another name, handle, e-mail or division."""
        self.must_be_open()
        return self.change(**fields).checked()

    def must_be_active(self) -> None:
        """Raises Refused for a rep who takes no work."""
        self.must_be_open()
        if self.status is RepStatus.INACTIVE:
            raise Refused(f"{self.id} {self.name} is inactive", f"run: crm rep activate {self.id}")

    def deactivate(self) -> Self:
        """Takes no new work; keeps what is there."""
        self.must_be_open()
        if self.status is RepStatus.INACTIVE:
            raise WrongState(f"{self.id} {self.name} is inactive already", f"run: crm rep activate {self.id}")
        return self.change(status=RepStatus.INACTIVE)

    def activate(self) -> Self:
        """Takes work again."""
        self.must_be_open()
        if self.status is RepStatus.ACTIVE:
            raise WrongState(f"{self.id} {self.name} is active already", f"run: crm rep deactivate {self.id}")
        return self.change(status=RepStatus.ACTIVE)
