"""The CRM of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_cli.cli.main import main as main
    from crm_cli.cli.opening import open_crm as open_crm
    from crm_cli.domain.errors import Ambiguous as Ambiguous
    from crm_cli.domain.errors import BadValue as BadValue
    from crm_cli.domain.errors import Busy as Busy
    from crm_cli.domain.errors import Conflict as Conflict
    from crm_cli.domain.errors import CrmError as CrmError
    from crm_cli.domain.errors import Duplicate as Duplicate
    from crm_cli.domain.errors import NotFound as NotFound
    from crm_cli.domain.errors import NotSaved as NotSaved
    from crm_cli.domain.errors import OutcomeUnknown as OutcomeUnknown
    from crm_cli.domain.errors import Refused as Refused
    from crm_cli.domain.errors import Unreadable as Unreadable
    from crm_cli.domain.errors import WrongState as WrongState
    from crm_cli.script.script import Script as Script

__version__ = "0.2.0"

_ERRORS = (
    *("Ambiguous", "BadValue", "Busy", "Conflict", "CrmError", "Duplicate", "NotFound", "NotSaved"),
    *("OutcomeUnknown", "Refused", "Unreadable", "WrongState"),
)
_LIVES_IN = {
    "main": "crm_cli.cli.main",
    "open_crm": "crm_cli.cli.opening",
    "Script": "crm_cli.script.script",
    **dict.fromkeys(_ERRORS, "crm_cli.domain.errors"),
}


def __getattr__(name: str) -> Any:
    """What programs may use, loaded when it is asked for: nobody else has to wait for it."""
    if name not in _LIVES_IN:
        raise AttributeError(f"module 'crm_cli' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LIVES_IN[name]), name)


def __dir__() -> list[str]:
    return [*_LIVES_IN, "__version__"]
