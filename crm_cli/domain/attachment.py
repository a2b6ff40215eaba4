"""A file that belongs to a record: its content is kept under its SHA-256, its name is only something to read."""

from __future__ import annotations

from msgspec import Struct

from crm_cli.domain.errors import BadValue
from crm_cli.domain.moment import Moment

LARGEST = 50 << 20  # bytes of one file
HEAD = 512  # bytes from which the kind of a file is told

_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
)
_ZIP = b"PK\x03\x04"  # documents of office programs begin so too: their endings tell them apart
_ENDINGS = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "heic": "image/heic",
    "htm": "text/html",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


class Attachment(Struct, frozen=True, kw_only=True):
    """What is known of a file; all of it goes when the person is erased."""

    number: int
    name: str  # as its owner called it: never a path of ours
    sha256: str  # 64 hex digits, under which the content is kept
    size: int  # bytes
    media_type: str
    at: Moment
    by: str


Attachments = dict[str, Attachment]  # by number


def must_fit(name: str, size: int) -> None:
    """Raises BadValue for a file of more than LARGEST bytes."""
    if size > LARGEST:
        raise BadValue(f"{name} is larger than {LARGEST >> 20} MB", "keep it elsewhere, and note where: crm claim note")


def media_type(name: str, head: bytes) -> str:
    """What a file holds, by its first HEAD bytes, else by the ending of its name (RFC 6838; a hint, not a promise)."""
    for mark, kind in _BEGINNINGS:
        if head.startswith(mark):
            return kind
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if head.startswith(_ZIP):
        return _ENDINGS[ending] if ending in ("docx", "xlsx", "odt", "ods") else "application/zip"
    return _ENDINGS.get(ending) or ("text/plain" if _is_text(head) else "application/octet-stream")


def _is_text(head: bytes) -> bool:
    """Whether it reads as UTF-8; a letter may be cut at the end."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD:
            return False
    return b"\x00" not in head
