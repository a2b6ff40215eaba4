"""Files that belong to a claim: their numbers, their kinds, and how large they may be."""

from __future__ import annotations

import pytest

from crm_cli.domain.attachment import HEAD, LARGEST, Attachment, media_type, must_fit
from crm_cli.domain.claim import Claim
from crm_cli.domain.errors import BadValue, NotFound

PHOTO = Attachment(
    number=0,
    name="photo.jpg",
    sha256="0" * 64,
    size=7,
    media_type="image/jpeg",
    at="2026-11-20T10:00:00Z",
    by="sam",
)


def test_files_are_numbered_in_the_order_in_which_they_came() -> None:
    claim = Claim(id="CL2").attach(PHOTO).attach(PHOTO).attach(PHOTO)

    assert [one.number for one in claim.files] == [1, 2, 3]
    assert list(claim.attachments) == ["1", "2", "3"]


def test_a_file_is_found_by_its_number_or_name() -> None:
    claim = Claim(id="CL2").attach(PHOTO)

    assert claim.find_attachment("1") == claim.find_attachment("PHOTO.jpg") == claim.files[0]
    with pytest.raises(NotFound, match="CL2 has no attachment 'x'") as refusal:
        claim.find_attachment("x")
    assert refusal.value.hint == "it has: 1 photo.jpg"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.txt", b"%PDF-1.7", "application/pdf"),  # what it is counts, not what it is called
        ("a", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.bin", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("offer.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("offer.txt", b"PK\x03\x04", "application/zip"),
        ("mail.EML", b"From: x", "message/rfc822"),
        ("notes", "für Max".encode(), "text/plain"),
        ("notes", b"", "text/plain"),
        ("notes", "ü".encode() * HEAD, "text/plain"),
        ("notes", (b"x" + "ü".encode() * HEAD)[:HEAD], "text/plain"),  # a letter is cut in two
        ("notes", b"\xfcber", "application/octet-stream"),
        ("notes", b"a\x00b", "application/octet-stream"),
    ],
)
def test_what_a_file_holds_is_told_by_its_beginning_then_by_its_ending(name: str, head: bytes, kind: str) -> None:
    assert media_type(name, head) == kind


def test_a_file_of_more_than_50_mb_is_refused() -> None:
    must_fit("film.mp4", LARGEST)
    with pytest.raises(BadValue, match=r"film.mp4 is larger than 50 MB"):
        must_fit("film.mp4", LARGEST + 1)
