"""Where things lie on this machine: a person's own settings, the store, what may be thrown away.

Nothing is loaded for it that a TAB would have to wait for, so paths are text here.
"""

from __future__ import annotations

import os
import sys


def variable(name: str) -> str | None:
    """An environment variable; an empty one counts as not set."""
    return os.environ.get(name) or None


def settings_file(given: str | None) -> str | None:
    """Where a person's own settings lie; None when told to use none."""
    named = given or variable("CRM_CONFIG")
    if named == "none":
        return None
    if named:
        return os.path.expanduser(named)
    base = _xdg("XDG_CONFIG_HOME")
    return os.path.join(base, "crm", "config.toml") if base else os.path.join(_of_the_platform("config"), "config.toml")


def store_folder() -> str:
    """Where the store lies when nobody says otherwise."""
    base = _xdg("XDG_DATA_HOME")
    return os.path.join(base, "crm") if base else _of_the_platform("data")


def cache_folder() -> str:
    """Where what can be made again at any time is kept for this person; it need not be there."""
    base = _xdg("XDG_CACHE_HOME")
    if base:
        return os.path.join(base, "crm")
    return os.path.expanduser("~/Library/Caches/crm" if sys.platform == "darwin" else "~/.cache/crm")


def _xdg(name: str) -> str | None:
    """The XDG rules say that a relative path is to be ignored."""
    text = variable(name)
    return text if text and os.path.isabs(text) else None


def _of_the_platform(what: str) -> str:
    """The usual folder for settings or data."""
    from platformdirs import PlatformDirs

    return str(getattr(PlatformDirs("crm", appauthor=False), f"user_{what}_dir"))
