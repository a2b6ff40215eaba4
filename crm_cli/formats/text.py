"""The lines of a file whose encoding nobody wrote down."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from io import BufferedReader, TextIOWrapper

from crm_cli.formats.row import NOT_TEXT, NUL
from crm_cli.formats.source import FAR, LONGEST_RECORD, Overlong, Source

# Windows for Western Europe first: short texts fit several, and the others turn ñ into ń without a sign.
_CODE_PAGES = (
    "cp1252", "cp1250", "mac_roman", "cp1251", "cp1253", "cp1254",
    "koi8_r", "cp932", "gb18030", "big5", "cp949",
)  # fmt: skip
_TELLING_LINES = 1_000
_TELLING_BYTES = 1 << 18
_AROUND = 1 << 14  # bytes of a telling line before and behind what tells
_SAMPLE = 65_536  # characters
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"[\r\n]")


class Lines:
    """The lines of a source as text, each with its line end (CR, LF or both) as it is written."""

    def __init__(self, source: Source) -> None:
        """The encoding is that of the first 16 MB: see `encoding_of`."""
        self.number = 0  # of the line that was read last, from 1
        encoding, clean = encoding_of(source.head, source.is_whole)
        # The marks that make a cell unusable; U+FFFD is text as any other where no bytes can have been lost.
        self.marks = (NUL,) if clean and source.is_whole else (NUL, NOT_TEXT)
        self.sample = source.head[: 4 * _SAMPLE].decode(encoding, errors="ignore")[:_SAMPLE]
        self._text = TextIOWrapper(BufferedReader(source), encoding, errors="replace", newline="")

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        """The next line; raises Overlong for one over 1,048,576 characters, of which the rest is still to come."""
        line = self._text.readline(LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST_RECORD:
            raise Overlong(line)
        return line

    def passed(self) -> bool:
        """Read on behind the end of an overlong line; False where that is far away or a quote comes before it."""
        for _ in range(FAR):
            piece = self._text.readline(LONGEST_RECORD)
            if '"' in piece:
                return False
            if not piece or piece[-1] in "\r\n":
                return True
        return False


def encoding_of(head: bytes, whole: bool) -> tuple[str, bool]:
    """How a file that begins like this is encoded, and whether all of that can be decoded.

    A byte order mark (UTF-8, UTF-16) decides; else it is UTF-8 if it decodes as such; else UTF-8 with
    damage if most of its lines beyond ASCII do; else what charset_normalizer makes of those lines; else
    Latin-1. `whole` says that nothing comes behind the head; else a character may be cut at its end.
    """
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16", _decodes(head, "utf-16", whole)
    encoding = "utf-8-sig" if head.startswith(BOM_UTF8) else "utf-8"
    if _decodes(head, encoding, whole):
        return encoding, True
    telling = _telling(head)
    if 2 * sum(_decodes(line, "utf-8", True) for line in telling) > len(telling):
        return encoding, False
    page = _code_page(telling)
    return (page, True) if _decodes(head, page, whole) else ("latin-1", True)


def _decodes(raw: bytes, encoding: str, whole: bool) -> bool:
    try:
        getincrementaldecoder(encoding)().decode(raw, whole)
    except UnicodeDecodeError:
        return False
    return True


def _telling(body: bytes) -> list[bytes]:
    """The first lines that are not plain ASCII: the others would only dilute what these say."""
    found: list[bytes] = []
    place = size = 0
    while len(found) < _TELLING_LINES and size < _TELLING_BYTES and (beyond := _BEYOND_ASCII.search(body, place)):
        low, at = max(place, beyond.start() - _AROUND), beyond.start()
        start = max(low, body.rfind(b"\n", low, at) + 1, body.rfind(b"\r", low, at) + 1)
        end = _LINE_END.search(body, at, at + _AROUND)
        place = end.start() if end else min(len(body), at + _AROUND)
        found.append(body[start:place])
        size += place - start
    return found


def _code_page(telling: list[bytes]) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(b"\n".join(telling), cp_isolation=list(_CODE_PAGES))
    guesses = [
        (round(match.chaos, 1), _CODE_PAGES.index(page))
        for match in matches
        for page in match.could_be_from_charset
        if page in _CODE_PAGES
    ]
    return _CODE_PAGES[min(guesses)[1]] if guesses else "latin-1"
