"""One spelling for e-mails, phones and names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import BadValue
from crm_cli.domain.reach import (
    company_core,
    email_key,
    fold,
    is_email,
    known,
    number_key,
    phone_key,
    read_email,
    read_phone,
    skeleton,
)

QUICK = settings(deadline=None, max_examples=100)


@pytest.mark.parametrize(
    "text",
    [
        "jane@acme.com",
        "Jane.Doe+x@sub.acme.co.uk",
        "o'hara@acme.io",
        "jörg@müller.de",
        "a@xn--mller-kva.xn--p1ai",
    ],
)
def test_an_address_of_the_usual_form_is_one(text: str) -> None:
    assert is_email(text)
    assert read_email(f"  {text}\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@localhost",
        "@acme.com",
        "jane@",
        "a..b@acme.com",
        ".a@acme.com",
        "jane@-acme.com",
        "jane@acme..com",
        "jane doe@acme.com",
        "Jane <jane@acme.com>",
        "a@b.com, c@d.com",
        "jane@acme.c",
        "jane@acme.com\x00",
        "jane\x1b@acme.com",
        "j" * 250 + "@acme.com",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    assert not is_email(text)
    with pytest.raises(BadValue) as refused:
        read_email(text)
    assert refused.value.hint
    assert "@" in refused.value.hint


def test_an_address_stays_as_it_was_typed() -> None:
    assert read_email(" Jane.Doe+News@ACME.com ") == "Jane.Doe+News@ACME.com"


def test_an_address_typed_with_a_combining_accent_is_the_same_mailbox() -> None:
    assert email_key("jo\u0308rg@acme.de") == email_key("jörg@acme.de") == "jörg@acme.de"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("JANE@acme.com", "jane@ACME.com"),
        ("jane+fair@acme.com", "jane@acme.com"),
        ("j.a.n.e@gmail.com", "jane+x@googlemail.com"),
        (" jane @acme.com", "jane@acme.com\u200b"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other) != ""


def test_dots_count_everywhere_but_at_gmail() -> None:
    assert email_key("j.doe@acme.com") != email_key("jdoe@acme.com")


@pytest.mark.parametrize(
    "text",
    ["", "-", "n/a", "none", "jane", "test@test.com", "test+2@test.de", "none@acme.com", "+x@acme.com"],
)
def test_stand_ins_for_an_address_have_no_key(text: str) -> None:
    assert email_key(text) == ""


def test_a_tester_at_a_real_company_keeps_the_key() -> None:
    assert email_key("test@acme.com") == "test@acme.com"


@QUICK
@given(st.text(max_size=30) | st.emails())
def test_an_email_key_is_its_own_key(text: str) -> None:
    key = email_key(text)

    assert key == "" or email_key(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "030 23125-100",
        "030/23125100",
        "(030) 23125 100",
        "+49 30 23125100",
        "+49 (0)30 23125-100",
        "0049 30 23125100",
        "tel:+49-30-23125100",
        "Tel. 030 23125100",
    ],
)
def test_a_german_number_is_e164_however_it_is_written(text: str) -> None:
    assert read_phone(text, "DE") == "+493023125100"


def test_the_country_counts_for_numbers_without_a_country_code() -> None:
    assert read_phone("020 7946 0123", "GB") == "+442079460123"
    assert read_phone("(212) 555-0123", "us") == "+12125550123"
    assert read_phone("+44 20 7946 0123", "DE") == "+442079460123"


@pytest.mark.parametrize("text", ["555 0123", "030 23125100 oder 0171 2312510", "12345 weiter", "000000", "123456"])
def test_a_number_that_is_not_understood_stays_as_typed(text: str) -> None:
    assert read_phone(f" {text} ", "US") == text


def test_an_unknown_country_leaves_the_number_as_typed() -> None:
    assert read_phone("030 23125100", "XX") == read_phone("030 23125100", "") == "030 23125100"


def test_words_behind_a_number_are_not_dialled() -> None:
    assert read_phone("030 1234 oder 2", "DE") == "030 1234 oder 2"


@pytest.mark.parametrize("text", ["", "n/a", "-", "none", "12", "+"])
def test_what_holds_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_phone(text, "DE")
    assert "+49" in str(refused.value.hint)


@pytest.mark.parametrize("tail", [" ext. 12", " x12", ";ext=12", " Durchwahl 12", " #12", ", ext 12"])
def test_an_extension_is_kept_but_is_no_part_of_the_key(tail: str) -> None:
    read = read_phone(f"030 23125100{tail}", "DE")

    assert read == "+493023125100 ext. 12"
    assert phone_key(read) == phone_key("+493023125100") == "493023125100"


@QUICK
@given(st.text(alphabet="0123456789+-/() x#.a", max_size=20), st.sampled_from(["DE", "US", "IT"]))
def test_a_number_that_was_read_reads_the_same_again(text: str, country: str) -> None:
    try:
        read = read_phone(text, country)
    except BadValue:
        return
    assert read_phone(read, country) == read


def test_spellings_that_were_not_understood_agree_in_their_last_digits() -> None:
    assert phone_key("0049 (0)30 23125-100") == phone_key("030/23125 100") == "tail:023125100"
    assert phone_key("030 23125100 oder 0171 2312") == "tail:023125100"
    assert phone_key("+49 (0)30 23125-100") == "493023125100"


@pytest.mark.parametrize("text", ["", "n/a", "1234", "000000", "0000000000", "123456", "1234567890", "+11111111"])
def test_stand_ins_for_a_number_have_no_key(text: str) -> None:
    assert phone_key(text) == ""


def test_a_tax_number_counts_without_its_punctuation() -> None:
    assert number_key("de 136 695-976") == number_key("DE136695976") == "DE136695976"
    assert number_key("n/a") == number_key("000000") == number_key("-") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Mu\u0308ller", "Müller"),
        ("Groß-Schmidt", "gross  schmidt"),
        ("Jo\u200bhn\u00ad", "john"),
        ("Łukasz Nuñez", "lukasz nunez"),
        ("Bjørn Åse", "bjoern aase"),
        ("ΠΑΠΠΆΣ", "παππας"),
        ("Ёлкин", "елкин"),
        ("Ｙamada", "yamada"),
    ],
)
def test_spellings_of_one_name_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


def test_other_scripts_keep_their_letters() -> None:
    assert fold("山田 がく") == "山田 がく"
    assert fold("सीता") == "सीता"


@QUICK
@given(st.text(max_size=30))
def test_a_folded_name_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_ascii_takes_a_short_way_to_the_same_words() -> None:
    text = "".join(map(chr, range(128)))

    assert fold(text) == fold(f"{text}\u200b")


@pytest.mark.parametrize("text", ["n/a", "N.A.", "none", "-", "unknown", ""])
def test_nobody_is_known_by_a_stand_in(text: str) -> None:
    assert known(fold(text)) == ""
    assert company_core(text) == ""


@pytest.mark.parametrize(
    ("company", "core"),
    [
        ("Müller GmbH & Co. KG", "mueller"),
        ("G.m.b.H. Nordlicht", "nordlicht"),
        ("Nordlicht G. m. b. H.", "nordlicht"),
        ("Nordlicht UG (haftungsbeschränkt)", "nordlicht"),
        ("Nordlicht S.à r.l.", "nordlicht"),
        ("Budowa Sp. z o.o.", "budowa"),
        ("Budowa Sp. z o. o.", "budowa"),
        ("Nord A/S", "nord"),
        ("Acme, Inc.", "acme"),
        ("Holding B.V.", "holding"),
        ("Meier & Söhne oHG", "meier and soehne"),
        ("Ромашка ООО", "ромашка"),
        ("AG", "ag"),
        ("& Co.", "and co"),
    ],
)
def test_the_core_of_a_company_lacks_its_legal_form(company: str, core: str) -> None:
    assert company_core(company) == core


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("schmidt", "schmitt", "smt"),
        ("stefan", "stephan", "stfm"),
        ("meyer", "maier", "mr"),
        ("mueller", "muller", "mlr"),
        ("carl", "karl", "krl"),
        ("philip", "filip", "flp"),
    ],
)
def test_words_that_sound_alike_have_one_skeleton(one: str, other: str, expected: str) -> None:
    assert skeleton(one) == skeleton(other) == expected


def test_no_word_has_an_empty_skeleton() -> None:
    assert skeleton("ey") == "e"
    assert skeleton("h") == "h"
    assert skeleton("山田") == "山田"
    assert skeleton("") == ""


@QUICK
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), st.data())
def test_a_doubled_letter_leaves_the_skeleton_alone(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))

    assert skeleton(word[:at] + word[at] + word[at:]) == skeleton(word)
