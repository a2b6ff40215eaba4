"""The line of a crontab that has one reminded: whole, since cron knows next to nothing of one's environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Annotated

from crm_cli.cli import show
from crm_cli.cli.context import Desk
from crm_cli.cli.output import one_line
from crm_cli.cli.params import option, tells
from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import read_duration

_PACKAGE = Path(__file__).absolute().parents[2]
_LONGEST = 998  # letters that cron takes for a command (MAX_COMMAND of Vixie cron)
_SCRIPT = "put the command in a file, and name that with --exec"
_OFTEN = "1m, 5m, 10m, 15m, 30m, 1h, 2h, 4h, 8h, 12h, 1d (at 8:00) or 1w (Mondays at 8:00)"


@tells
def cron_line(
    desk: Desk,
    every: Annotated[str, option("--every", "How often to look; 15m if not given.", "DURATION")] = "15m",
    within: Annotated[str | None, option("--within", "Also what is due so soon.", "DURATION")] = None,
    repeat: Annotated[str | None, option("--repeat", "Tell what is overdue again after so long.", "DURATION")] = None,
    command: Annotated[str | None, option("--exec", "Run this for each; else cron mails them.", "CMD")] = None,
) -> None:
    """Print the crontab line that reminds you.

    It has full paths, and is ready to be pasted into what crontab -e opens.

    \b
    Examples:
      crm remind cron-line
      crm remind cron-line --every 1h --within 2h --exec 'jq -r .name | mail -s crm sam'
    """
    durations = {"--within": within, "--repeat": repeat}
    for name, text in durations.items():
        if text and not read_duration(text) and name == "--repeat":
            raise BadValue(f"{name} {text} is no time at all", "say after how long: 1d, 8h")
    options = [word for name, text in {**durations, "--exec": command}.items() if text for word in (name, text)]
    typed = " ".join([*_variables(desk), *map(quote, [*_program(), "remind", "check", "--once", *options])])
    when, line = schedule(every), escaped(typed)
    show.text(desk, {"line": f"{when} {line}", "schedule": when, "command": typed}, f"{when} {line}")


def schedule(every: str) -> str:
    """The first five fields of a crontab for something that is done every so often.

    Raises BadValue for what does not divide an hour or a day into equal parts: cron begins anew with each.
    """
    minutes = int(read_duration(every).total_seconds() // 60)
    if 0 < minutes < 60 and 60 % minutes == 0:
        return f"{_each(minutes)} * * * *"
    if 0 < minutes < 1440 and 1440 % minutes == minutes % 60 == 0:
        return f"0 {_each(minutes // 60)} * * *"
    if minutes in (1440, 7 * 1440):
        return "0 8 * * *" if minutes == 1440 else "0 8 * * 1"
    raise BadValue(f"cron cannot do something every {every}", f"what it can: {_OFTEN}")


def _each(count: int) -> str:
    return f"*/{count}" if count > 1 else "*"


def escaped(command: str) -> str:
    """A command for sh as crontab(5) wants it: with \\% for %. Raises BadValue for what cannot stand there.

    What crons make of two backslashes, and of one before %, differs: the first of two is taken away by some.
    """
    if one_line(command) != command:
        raise BadValue("there is no way to write this in a crontab: it is not one line of plain text", _SCRIPT)
    if "\\\\" in command or "\\%" in command:
        raise BadValue("crons do not agree about two backslashes, and about one before %", _SCRIPT)
    line = command.replace("%", "\\%")
    if len(line.encode()) > _LONGEST:
        raise BadValue(f"cron takes no command of more than {_LONGEST} letters", _SCRIPT)
    return line


def _program() -> list[str]:
    """How we were called, if that can be called from anywhere."""
    script = Path(sys.argv[0])
    if script.name == "crm" and script.is_file() and os.access(script, os.X_OK):
        return [str(script.absolute())]
    return [sys.executable, "-m", "crm_cli"]


def _variables(desk: Desk) -> Iterator[str]:
    """Assignments before the command: where the store, one's own settings and, if need be, the program lie."""
    yield f"CRM_STORE={quote(str(desk.place[0].absolute()))}"
    settings = desk.config_path
    if settings is None or settings.exists():
        yield f"CRM_CONFIG={quote(str(settings.absolute()) if settings else 'none')}"
    paths = [str(Path(one).absolute()) for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    if not _PACKAGE.is_relative_to(sys.prefix) and len(_program()) > 1:
        paths.insert(0, str(_PACKAGE))
    if paths:
        yield f"PYTHONPATH={quote(os.pathsep.join(dict.fromkeys(paths)))}"
