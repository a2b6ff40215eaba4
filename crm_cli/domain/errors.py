"""Every refusal: a sentence, a way on, and the exit code that scripts read."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, ClassVar


class Exit(IntEnum):
    """The exit codes; new ones may be added, treat an unknown one as a failure."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    NOT_CONFIRMED = 5
    PARTIAL = 6
    UNREADABLE = 7
    BUSY = 8
    EMPTY = 9
    DUE = 10
    NOT_SAVED = 11
    UNKNOWN = 12
    BUG = 70
    NO_OUTPUT = 74


class CrmError(Exception):
    """What stops a command; each subclass writes its own sentence from facts."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[Exit] = Exit.REFUSED

    def __init__(self, message: str, hint: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class BadValue(CrmError):
    """A value that cannot be read: field, format, date, sort key or one of a fixed list."""

    code = "bad_value"
    exit_code = Exit.USAGE

    @classmethod
    def not_one_of(cls, what: str, value: str, allowed: Iterable[str]) -> BadValue:
        """The value is not in a fixed list; the nearest one is offered first."""
        import difflib

        known = list(allowed)
        near = difflib.get_close_matches(value, known, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        return cls(f"{what} {value!r} is not known", f"{meant}allowed: {', '.join(known) or 'none'}", allowed=known)


class NotFound(CrmError):
    """Nothing answers to this reference."""

    code = "not_found"
    exit_code = Exit.NOT_FOUND


class Ambiguous(CrmError):
    """Several records answer to this reference."""

    code = "ambiguous"
    exit_code = Exit.NOT_FOUND


class Refused(CrmError):
    """A rule of the house says no."""

    code = "refused"


class WrongState(Refused):
    """The record is in a state in which this cannot be done to it."""

    code = "wrong_state"


class Duplicate(Refused):
    """It is surely there already."""

    code = "duplicate"


class NotConfirmed(CrmError):
    """Nobody said yes."""

    code = "not_confirmed"
    exit_code = Exit.NOT_CONFIRMED


class CheckFailed(CrmError):
    """A check of ours found a difference."""

    code = "check_failed"
    exit_code = Exit.CHECK_FAILED


class Unreadable(CrmError):
    """Store or configuration are damaged, too new or not ours."""

    code = "unreadable"
    exit_code = Exit.UNREADABLE

    @classmethod
    def of(cls, id: str, error: Exception) -> Unreadable:
        """A record in which something stands that this program never writes."""
        return cls(f"the store was changed by another program: {id} ({error})", "look with crm verify")


class Busy(CrmError):
    """Somebody else is writing; trying again is safe."""

    code = "busy"
    exit_code = Exit.BUSY


class Conflict(Refused):
    """The record is no longer what the change was made from."""

    code = "conflict"


class NotSaved(CrmError):
    """The disk refused; nothing of this command is kept."""

    code = "not_saved"
    exit_code = Exit.NOT_SAVED


class OutcomeUnknown(CrmError):
    """The disk refused, and refused to take it back too."""

    code = "unknown"
    exit_code = Exit.UNKNOWN
