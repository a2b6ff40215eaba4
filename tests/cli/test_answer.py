"""How shells hand over what was typed, and what they get back."""

from __future__ import annotations

import pytest

from crm_cli.cli.answer import Found, said_in, typed_in

BREAKS = " \t\n\"'@><=;|&(:"
LEADS = [Found("L1", "Jane Doe (Acme)", "Jane Doe", "L1"), Found("L12", "John Roe", "John Roe", "L12")]


@pytest.mark.parametrize(
    ("line", "before", "word"),
    [
        ("crm", [], ""),
        ("crm ", [], ""),
        ("crm lead sh", ["lead"], "sh"),
        ("crm lead show ", ["lead", "show"], ""),
        ("crm lead note L1 'called, wants' x", ["lead", "note", "L1", "called, wants"], "x"),
        ('crm lead show "Jane D', ["lead", "show"], "Jane D"),
        (r"crm lead show Jane\ D", ["lead", "show"], "Jane D"),
        ("CRM_STORE=x crm lead sh", ["lead"], "sh"),
        ("crm lead add --campaign=Spr", ["lead", "add"], "--campaign=Spr"),
        ("crm lead show L1 '", ["lead", "show", "L1"], ""),
        ("crm x \\", ["x"], ""),
    ],
)
def test_bash_hands_over_the_line(line: str, before: list[str], word: str) -> None:
    typed = typed_in("bash", [line, BREAKS])
    assert (typed.before, typed.word) == (before, word)


def test_the_others_hand_over_words() -> None:
    assert typed_in("zsh", ["lead", "show", ""]).before == ["lead", "show"]
    assert typed_in("fish", ["lead", "show", "'Jane D"]).word == "Jane D"
    assert typed_in("powershell", ["lead", "."]).word == ""


def bash(line: str, found: list[Found], way: str = "9") -> list[str]:
    return said_in("bash", typed_in("bash", [line, BREAKS, way, "40"]), found)


def test_bash_gets_a_single_word_without_comment() -> None:
    assert bash("crm lead show Jane", LEADS[:1]) == ["L1"]


def test_bash_gets_what_stands_behind_its_last_word_break() -> None:
    assert bash("crm lead add --campaign=Spr", [Found("--campaign=C1")]) == ["C1"]
    assert bash("crm lead add --campaign='Spr", [Found("--campaign=C1")]) == ["C1"]
    assert bash("crm lead show name:Ja", LEADS[:1]) == []


def test_bash_shows_comments_within_the_screen_where_several_may_be_meant() -> None:
    told = bash("crm lead show L", LEADS)
    assert told == ["L1   (Jane Doe (Acme))", "L12  (John Roe)"]
    assert bash("crm lead show L", LEADS, way="37") == ["L1", "L12"]
    assert max(map(len, bash("crm lead show L", [*LEADS, Found("L3", "x" * 90)]))) == 38


def test_bash_is_not_told_what_would_take_away_what_was_typed() -> None:
    assert bash("crm lead show J", LEADS) == []
    assert bash("crm lead show J", LEADS, way="63") == ["L1   (Jane Doe (Acme))", "L12  (John Roe)"]
    assert bash("crm lead show J", LEADS, way="33")[-1] == " "


@pytest.mark.parametrize(
    ("typed", "value", "said"),
    [
        ("tra", "trade press", r"trade\ press"),
        ("'tra", "trade press", "trade press"),
        ('"a', 'a"$b', r"a\"\$b"),
        ("'a", "a'b", r"a'\''b"),
        ("M", "Müller; rm", r"Müller\;\ rm"),
    ],
)
def test_bash_gets_words_quoted_as_they_were_begun(typed: str, value: str, said: str) -> None:
    assert bash(f"crm lead tag L1 {typed}", [Found(value)]) == [said]


def test_fish_gets_the_name_where_the_id_does_not_begin_as_was_typed() -> None:
    assert said_in("fish", typed_in("fish", ["show", "Ja"]), LEADS[:1]) == ["Jane Doe\tL1 Jane Doe (Acme)"]
    assert said_in("fish", typed_in("fish", ["show", "l"]), LEADS[:1]) == ["L1\tJane Doe (Acme)"]
    cut = Found("L1", "Jane…", "Jane…", "L1")
    assert said_in("fish", typed_in("fish", ["show", "Ja"]), [cut]) == []
