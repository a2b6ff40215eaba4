"""The world outside: environment variables, the person's own settings, the clock, the terminal, signals."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm_cli.cli.place import settings_file, store_folder, variable
from crm_cli.domain.errors import BadValue, Unreadable
from crm_cli.domain.moment import Clock, read_moment, read_zone, to_datetime

_LARGEST = 1 << 20  # bytes of a person's own settings
BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
COLORS = ("auto", "always", "never")
SWITCHES = ("CRM_NO_INPUT", "CRM_DEBUG")
# What a person may set for themselves; everything that is business lies in the store.
TASTES: dict[str, str] = {
    "core.store": "the store to work in",
    "core.user": "who you are, for the history",
    "core.timezone": "the zone times are read and shown in",
    "output.format": "how to show results: crm help formats",
    "output.color": "always, never or auto",
}


def switched_on(name: str) -> bool:
    """A yes-or-no variable; raises BadValue for anything else."""
    text = variable(name)
    if text is None:
        return False
    if text.lower() not in BOOLEANS:
        raise BadValue(f"{name}={text} is neither yes nor no", "use 1, true, yes, 0, false or no")
    return BOOLEANS[text.lower()]


def config_path(given: str | None) -> Path | None:
    """Where a person's own settings lie; None when told to use none. Raises Unreadable for a named one not there."""
    named = settings_file(given)
    path = Path(named) if named else None
    if path is not None and (given or variable("CRM_CONFIG")) and not os.path.exists(path):
        raise Unreadable(f"there is no file {path}", "make one, or leave it out: --config none")
    return path


def default_store() -> Path:
    """Where the store lies when nobody says otherwise."""
    return Path(store_folder())


def tastes(path: Path | None) -> dict[str, Any]:
    """A person's settings by dotted key; raises Unreadable naming file and line."""
    if path is None or not path.exists():
        return {}
    import tomllib

    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise ValueError("it is too large")
        data = tomllib.loads(raw.decode())
    except (OSError, ValueError, RecursionError) as error:  # of which no TOML and no UTF-8 are two kinds
        raise Unreadable(f"{path} cannot be read: {error}", "mend it, or leave it out: --config none") from error
    return dict(_dotted("", data))


def amiss(found: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Which of these settings nobody knows, and which are no texts, as all of them are."""
    return [key for key in found if key not in TASTES], [
        key for key in TASTES if not isinstance(found.get(key, ""), str)
    ]


def _dotted(prefix: str, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in data.items():
        found += _dotted(f"{prefix}{key}.", value) if isinstance(value, dict) else [(prefix + key, value)]
    return found


def present(given: str | None, zone: ZoneInfo) -> Clock:
    """The present moment: as given, as CRM_NOW says, or as the machine's clock has it."""
    text = given or variable("CRM_NOW")
    real = Clock(datetime.now(UTC), zone)
    if text is None:
        return real
    told = to_datetime(read_moment(text, real), zone)
    if not 1970 <= told.year <= 9000:
        raise BadValue(f"{text!r} cannot be the present", "give a moment from 1970 to 9000, such as 2026-11-30 15:00")
    return Clock(told, zone)


def stamp(given: str | None) -> str:
    """The present moment as the name of a folder: 20261127T100000Z, so that the order of names is that of time."""
    return present(given, read_zone("UTC")).now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def system_zone() -> str:
    """The zone of this machine, as far as it can be told; UTC otherwise."""
    candidates = [variable("TZ")]
    with contextlib.suppress(OSError):
        candidates.append(os.readlink("/etc/localtime").partition("zoneinfo/")[2])
    for name in candidates:
        try:
            return read_zone((name or "").removeprefix(":")).key
        except BadValue:
            continue
    return "UTC"


def login() -> str:
    """Who is logged in; a number where the name is not known."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid:{os.getuid()}"


def asks_people() -> bool:
    """Whether somebody sits there who could answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def is_terminal(stream: Any) -> bool:
    """Whether a stream ends in a terminal."""
    return bool(stream is not None and stream.isatty())


def wants_color(choice: str | None, stream: Any) -> bool:
    """--color, CRM_COLOR, NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal (no-color.org)."""
    chosen = choice or variable("CRM_COLOR") or "auto"
    if chosen not in COLORS:
        raise BadValue.not_one_of("--color", chosen, COLORS)
    if chosen != "auto":
        return chosen == "always"
    if variable("NO_COLOR"):
        return False
    if variable("FORCE_COLOR") or variable("CLICOLOR_FORCE"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(stream)


def hear_signals() -> None:
    """Ctrl-C, kill and a closed terminal end the program by way of its `finally`s: a write begun is taken back.

    What was to be ignored when we were started (nohup, &) stays ignored.
    """
    for number in _ending():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _ending() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _end(number: int, frame: object) -> None:
    """Once only: a second signal must not cut the taking back short. The exit code is 128 and the signal."""
    for one in _ending():
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(128 + number)
