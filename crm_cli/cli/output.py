"""The only writers of stdout and stderr; all text from outside passes one sink on its way."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from crm_cli.domain.errors import CrmError, Exit

# What a terminal might obey, or nobody can see: C0 without line feed, DEL, C1, soft hyphen, bidirectional and
# zero-width marks, line separators, annotations, surrogates, tags.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
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
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return {9: "\\t", 13: "\\r"}.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def to_json(value: Any) -> str:
    """JSON on one line, numbers exact.

    What a terminal might obey is escaped wherever it goes: to a parser that is the same text.
    """
    try:
        text = _json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(value, default=str)
    return text if text.isascii() and "\x7f" not in text else _UNSEEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """A character as JSON may write it: \\u202e, or two of these beyond the first plane (RFC 8259, section 7)."""
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))


class Stopped(Exception):
    """Whoever read stdout has gone; carries the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class NoOutput(CrmError):
    """The result could not be written where it should go."""

    code = "no_output"
    exit_code = Exit.NO_OUTPUT


class Kept:
    """What was to be written and is kept back: results, and lines for people."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.told: list[str] = []


_kept: Kept | None = None


@contextlib.contextmanager
def kept_back() -> Iterator[Kept]:
    """Keep back what is written in the block: of several commands that are one, none speaks before the commit."""
    global _kept
    before, _kept = _kept, Kept()
    try:
        yield _kept
    finally:
        _kept = before


def emit(pieces: Iterable[str], path: str | None = None) -> None:
    """Write the result, after the commit: to stdout, or whole to a file. Raises Stopped, NoOutput."""
    if _kept is not None and path in (None, "-"):
        _kept.out.extend(pieces)
        return
    if path is not None and path != "-":
        _to_file(Path(path), pieces)
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


def emit_bytes(raw: bytes, path: str | None = None) -> None:
    """The same for what is no text, exactly as it is: stdout must be no terminal. Raises Stopped, NoOutput."""
    if path is not None:
        return _to_file(Path(path), [raw])
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _silence()
        raise Stopped(141) from None
    except (OSError, ValueError, AttributeError) as error:
        _silence()
        why = getattr(error, "strerror", None) or "it is closed"
        raise NoOutput(f"the result could not be written: {why}", _SAVED) from error


def _silence() -> None:
    """Nothing more can be said there; the interpreter must not try again when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _to_file(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Whole or not at all; a link is followed, a device or pipe is written to and not replaced, modes are kept."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        _into(path, pieces)
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(fd, "wb") as file:
            file.writelines(_encoded(pieces))
            file.flush()
            os.fsync(fd)
        if path.exists():
            os.chmod(temporary, path.stat().st_mode & 0o7777)
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if not isinstance(error, OSError):
            raise
        raise NoOutput(f"{path} could not be written: {error.strerror}", f"choose another file; {_SAVED}") from error


def _encoded(pieces: Iterable[str | bytes]) -> Iterator[bytes]:
    return (piece.encode() if isinstance(piece, str) else piece for piece in pieces)


def _into(path: Path, pieces: Iterable[str | bytes]) -> None:
    try:
        with open(path, "wb") as file:
            file.writelines(_encoded(pieces))
    except OSError as error:
        raise NoOutput(f"{path} could not be written: {error.strerror}", f"choose another file; {_SAVED}") from error


def tell(text: str) -> None:
    """A line for people, on stderr."""
    if _kept is not None:
        _kept.told.append(text)
        return
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
