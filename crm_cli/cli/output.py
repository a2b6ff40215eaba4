"""The only writers of stdout and stderr; all text from outside passes one sink on its way."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from crm_cli.domain.errors import CrmError, Exit

# C0 without line feed, DEL, C1, bidirectional marks, line separators, surrogates: what a terminal might obey.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_json = msgspec.json.Encoder(decimal_format="number")
_CHUNK = 1 << 16
_SAVED = "if anything was changed, that is saved: crm history"


def visible(text: str) -> str:
    """The text with everything a terminal might obey written out: ESC becomes \\x1b."""
    return _UNSEEN.sub(lambda match: _written_out(match[0]), text) if _UNSEEN.search(text) else text


def one_line(text: str) -> str:
    """The same, on one line."""
    return visible(text).replace("\n", "\\n")


def _written_out(mark: str) -> str:
    code = ord(mark)
    return {9: "\\t", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def to_json(value: Any) -> str:
    """JSON on one line, numbers exact; what is not UTF-8 text is written out."""
    try:
        return _json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(value, default=str)


class Stopped(Exception):
    """Whoever read stdout has gone; carries the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class NoOutput(CrmError):
    """The result could not be written where it should go."""

    code = "no_output"
    exit_code = Exit.NO_OUTPUT


def emit(pieces: Iterable[str], path: str | None = None) -> None:
    """Write the result, after the commit: to stdout, or whole to a file. Raises Stopped, NoOutput."""
    if path is not None and path != "-":
        _to_file(Path(path), "".join(pieces))
        return
    try:
        for piece in pieces:
            for start in range(0, len(piece), _CHUNK):
                sys.stdout.write(piece[start : start + _CHUNK])
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        raise Stopped(141) from None
    except (OSError, ValueError, AttributeError) as error:  # closed, full, or not there at all
        _silence()
        why = getattr(error, "strerror", None) or "it is closed"
        raise NoOutput(f"the result could not be written: {why}", _SAVED) from error


def _silence() -> None:
    """Nothing more can be said there; the interpreter must not try again when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _to_file(path: Path, text: str) -> None:
    """Whole or not at all; a link is followed, a device or pipe is written to and not replaced, modes are kept."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        _into(path, text)
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(fd, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            os.chmod(temporary, path.stat().st_mode & 0o7777)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise NoOutput(f"{path} could not be written: {error.strerror}", f"choose another file; {_SAVED}") from error


def _into(path: Path, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise NoOutput(f"{path} could not be written: {error.strerror}", f"choose another file; {_SAVED}") from error


def tell(text: str) -> None:
    """A line for people, on stderr."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(visible(text) + "\n")
        sys.stderr.flush()


def complain(message: str, hint: str | None = None) -> None:
    """An error, and the way on."""
    tell(f"crm: error: {one_line(message.strip())}" + (f"\n  hint: {one_line(hint.strip())}" if hint else ""))


def complain_json(error: CrmError) -> None:
    """An error as one line of JSON on stderr."""
    body = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "exit_code": int(error.exit_code),
        "details": {key: _plain(value) for key, value in error.details.items()},
    }
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(to_json({"error": body}) + "\n")


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | Decimal | None) else list(value)


def prepare_streams() -> None:
    """Pipes and files get UTF-8 whatever the locale; a terminal that cannot show a letter shows a stand-in."""
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
        if stream is None or encoding == "utf8":
            continue
        with contextlib.suppress(AttributeError, ValueError):
            if stream.isatty():
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
            else:
                stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
