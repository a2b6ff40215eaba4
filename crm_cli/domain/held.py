"""What every record has that a sales rep is responsible for: it is given to one on duty, and taken away."""

from __future__ import annotations

from typing import Self

from crm_cli.domain.record import Record
from crm_cli.domain.rep import Rep


class Held(Record, frozen=True, kw_only=True):
    """A record in somebody's hands; its field `rep` is declared where it stands among the others."""

    def assign(self, rep: Rep) -> Self:
        """Given to a rep on duty."""
        self.must_be_open()
        rep.must_be_active()
        return self.change(rep=rep.id)

    def unassign(self) -> Self:
        """Taken from whoever has it."""
        self.must_be_open()
        return self.change(rep=None)
