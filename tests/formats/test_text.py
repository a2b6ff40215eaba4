"""Encodings that nobody wrote down."""

from __future__ import annotations

import pytest

from crm_cli.formats.source import Source
from crm_cli.formats.text import Lines

NUL, LOST = "\0", "\N{REPLACEMENT CHARACTER}"
LEADS = "Name;Société\nZoé Noël;Café Besançon\nMåns Öberg;Señora Muñoz\n"


def text_of(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The whole text, and the marks that would make a cell of it unusable."""
    lines = Lines(Source(data))
    return "".join(lines), lines.marks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_names_of_western_europe_survive_every_usual_encoding(encoding: str) -> None:
    assert text_of(LEADS.encode(encoding)) == (LEADS, (NUL,))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Imię;Miasto\nŁukasz;Łódź\nGrażyna;Gdańsk\n"),
        ("cp1251", "Имя;Город\nИван;Москва\nПётр;Тверь\n"),
        ("cp1253", "Όνομα;Πόλη\nΓιώργος;Αθήνα\n"),
        ("mac_roman", "Nom;Ville\nZoé;Besançon\nNoël;Orléans\n"),
        ("cp932", "名前;会社\n山田太郎;株式会社テスト\n"),
        ("gb18030", "姓名;公司\n王小明;测试有限公司\n"),
    ],
)
def test_other_code_pages_are_told_by_what_they_make_of_the_text(encoding: str, text: str) -> None:
    assert text_of(text.encode(encoding))[0] == text


def test_one_name_in_thousands_is_enough_to_tell_the_code_page() -> None:
    text = "Name\n" + "Person\n" * 5_000 + "Señora Muñoz\n"

    assert text_of(text.encode("cp1252"))[0] == text


def test_utf8_with_one_broken_byte_stays_utf8_and_says_where_bytes_were_lost() -> None:
    text, marks = text_of("Zoé\nNoël\n".encode() + b"Bo\xff\n")

    assert text == "Zoé\nNoël\nBo\N{REPLACEMENT CHARACTER}\n"
    assert marks == (NUL, LOST)


def test_utf16_cut_in_the_middle_of_a_character_keeps_what_came_before() -> None:
    text, marks = text_of("Zoé\nBo".encode("utf-16")[:-1])

    assert text.startswith("Zoé\nB")
    assert marks == (NUL, LOST)


def test_a_replacement_character_that_was_written_is_text_as_any_other() -> None:
    assert text_of("37\N{REPLACEMENT CHARACTER}36".encode()) == ("37\N{REPLACEMENT CHARACTER}36", (NUL,))
