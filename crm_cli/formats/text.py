"""The text of a file whose encoding nobody wrote down."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from itertools import islice

from crm_cli.formats.row import NOT_TEXT, NUL

# Windows for Western Europe first: short texts fit several, and the others turn ñ into ń without a sign.
_CODE_PAGES = (
    "cp1252", "cp1250", "mac_roman", "cp1251", "cp1253", "cp1254",
    "koi8_r", "cp932", "gb18030", "big5", "cp949",
)  # fmt: skip
_TELLING_LINES = 1_000


def text_of(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The decoded text, and the marks in it that make a cell unusable: NUL, and U+FFFD if bytes were lost.

    A byte order mark (UTF-8, UTF-16) decides; else it is UTF-8 if it decodes as such; else UTF-8 with
    damage if most of its lines beyond ASCII do; else what charset_normalizer makes of those lines; else
    Latin-1.
    """
    text, lost = _decoded(data)
    marks = (NUL, NOT_TEXT) if lost else (NUL,)
    return text, tuple(mark for mark in marks if mark in text)


def _decoded(data: bytes) -> tuple[str, bool]:
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8"
    body = data.removeprefix(BOM_UTF8)
    try:
        return body.decode(encoding), False
    except UnicodeDecodeError:
        if encoding == "utf-16" or _is_mostly_utf8(body):
            return body.decode(encoding, errors="replace"), True
        return _decoded_by_guess(body), False


def _telling(body: bytes) -> list[bytes]:
    """The first lines that are not plain ASCII: the others would only dilute what these say."""
    return list(islice((line for line in body.splitlines() if not line.isascii()), _TELLING_LINES))


def _is_mostly_utf8(body: bytes) -> bool:
    lines = _telling(body)
    return 2 * sum(map(_is_utf8, lines)) > len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded_by_guess(body: bytes) -> str:
    try:
        return body.decode(_code_page(body))
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _code_page(body: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(b"\n".join(_telling(body)), cp_isolation=list(_CODE_PAGES))
    guesses = [
        (round(match.chaos, 1), _CODE_PAGES.index(page))
        for match in matches
        for page in match.could_be_from_charset
        if page in _CODE_PAGES
    ]
    return _CODE_PAGES[min(guesses)[1]] if guesses else "latin-1"
