"""Who is likely there already, and who only looks like it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.duplicates import Likeness, compare, how_alike, rank
from crm_cli.domain.ids import split_id
from crm_cli.domain.keys import lookup_keys

Doc = dict[str, Any]

QUICK = settings(deadline=None, max_examples=150)
LINE = "+493023125100"


def found(mine: Doc, theirs: Doc) -> tuple[str, tuple[str, ...]] | None:
    """Kind and reasons of the likeness of two leads, the second being L2."""
    likeness = compare({"id": "L1", **mine}, {"id": "L2", **theirs})
    return (likeness.kind, likeness.why) if likeness else None


def share_a_key(mine: Doc, theirs: Doc) -> bool:
    keys, others = (set(lookup_keys(split_id(doc["id"])[0], doc)) for doc in (mine, theirs))
    return not keys.isdisjoint(others)


def test_one_mailbox_is_surely_one_lead() -> None:
    mine, theirs = {"emails": ["Jane+Fair@ACME.com"]}, {"emails": ["x@y.de", "jane@acme.com"]}

    assert found(mine, theirs) == ("sure", ("same e-mail",))


@pytest.mark.parametrize("text", ["test@test.com", "none@acme.com", "n/a", "-", ""])
def test_stand_ins_for_an_address_make_no_duplicates(text: str) -> None:
    assert found({"emails": [text]}, {"emails": [text]}) is None


def test_an_external_id_is_one_record_within_a_kind() -> None:
    mine = {"id": "L1", "external_id": "17"}

    assert compare(mine, {"id": "L2", "external_id": 17}) == Likeness(
        kind="sure", id="L2", score=100.0, why=("same external id",)
    )
    assert compare(mine, {"id": "A2", "external_id": "17"}) is None
    assert found({"external_id": "n/a"}, {"external_id": "n/a"}) is None


def test_all_that_is_surely_the_same_is_said() -> None:
    doc = {"emails": ["jane@acme.com"], "external_id": "17"}

    assert found(doc, doc) == ("sure", ("same e-mail", "same external id"))


def test_one_phone_and_a_like_name_are_surely_one_lead() -> None:
    mine, theirs = {"name": "Müller, Hans", "phones": [LINE]}, {"name": "Hans Muller", "phones": ["0", LINE]}

    assert found(mine, theirs) == ("sure", ("same phone, like name",))


def test_an_extension_does_not_hide_the_phone() -> None:
    mine, theirs = ({"name": "Jane Doe", "phones": [phone]} for phone in (LINE, f"{LINE} ext. 12"))

    assert found(mine, theirs) == ("sure", ("same phone, like name",))


@pytest.mark.parametrize("name", ["Petra Vogel", "Hanna Mühler", "", "n/a"])
def test_colleagues_behind_one_switchboard_are_not_one(name: str) -> None:
    mine, theirs = ({"name": who, "company": "Nordlicht", "phones": [LINE]} for who in ("Hans Müller", name))

    assert found(mine, theirs) is None


@pytest.mark.parametrize("phone", ["000000", "123456", "n/a"])
def test_stand_ins_for_a_phone_make_no_duplicates(phone: str) -> None:
    doc = {"name": "Jane Doe", "phones": [phone]}

    assert found(doc, doc) is None


@pytest.mark.parametrize("name", ["Hans Mueller", "Müller, Hans", "HANS MULLER", "Dr. Hans Müller", "Hans Müler"])
@pytest.mark.parametrize("company", ["Nordlicht GmbH", "NORDLICHT", "Nordlichtt, Inc."])
def test_like_name_and_like_company_are_possibly_one(name: str, company: str) -> None:
    mine = {"name": "Hans Müller", "company": "Nordlicht"}

    assert found(mine, {"name": name, "company": company}) == ("possible", ("like name, like company",))


@pytest.mark.parametrize("company", ["", "n/a", "Südwind", "GmbH"])
def test_namesakes_of_other_companies_are_not_one(company: str) -> None:
    assert found({"name": "Hans Müller", "company": "Nordlicht"}, {"name": "Hans Müller", "company": company}) is None
    assert found({"name": "Hans Müller"}, {"name": "Hans Müller"}) is None


def test_a_blank_name_is_like_no_other() -> None:
    assert found({"name": "n/a", "company": "Acme"}, {"name": "n/a", "company": "Acme"}) is None
    assert found({"company": "Acme"}, {"company": "Acme"}) is None


def test_the_weaker_of_name_and_company_is_the_score() -> None:
    mine = {"id": "L1", "name": "Hans Müller", "company": "Nordlicht"}
    likeness = compare(mine, {"id": "L2", "name": "Hans Muller", "company": "Nordlicht AG"})

    assert likeness is not None
    assert likeness.score == how_alike("hans mueller", "hans muller", 85)


def test_two_companies_are_possibly_one_by_their_name() -> None:
    lead = {"id": "L1", "kind": "company", "name": "Nordlicht Fahrradbau GmbH"}

    assert compare(lead, {"id": "A7", "name": "NORDLICHT Fahrradbau"}) == Likeness(
        kind="possible", id="A7", score=100.0, why=("like company name",)
    )


def test_a_company_is_one_whether_in_one_word_or_two() -> None:
    lead = {"id": "L1", "kind": "company", "name": "Nord-Licht GmbH", "phones": [LINE]}
    account = {"id": "A7", "name": "Nordlicht"}

    assert compare(lead, account) == Likeness(kind="possible", id="A7", score=100.0, why=("like company name",))
    assert compare(lead, {**account, "phones": [LINE]}) == Likeness(
        kind="sure", id="A7", score=100.0, why=("same phone, like name",)
    )


def test_a_person_is_not_the_company_of_that_name() -> None:
    account = {"id": "A7", "name": "Hans Müller"}

    assert compare({"id": "L1", "name": "Hans Müller"}, account) is None
    assert compare({"id": "A8", "kind": "person", "name": "Hans Müller"}, account) is None


def test_a_draft_without_id_is_of_the_kind_it_is_said_to_be() -> None:
    draft, account = {"name": "Nordlicht"}, {"id": "A7", "name": "Nordlicht"}

    assert compare(draft, account, kind="account") is not None
    assert compare(draft, account, kind="lead") is None


def test_leads_contacts_and_accounts_are_compared_with_one_another_only() -> None:
    doc = {"emails": ["jane@acme.com"]}

    assert compare({"id": "L1", **doc}, {"id": "P1", **doc}) is not None
    assert compare({"id": "R1", **doc}, {"id": "R2", **doc}) is not None
    assert compare({"id": "L1", **doc}, {"id": "R1", **doc}) is None


def test_nobody_is_a_duplicate_of_itself() -> None:
    doc = {"id": "L1", "emails": ["jane@acme.com"]}

    assert compare(doc, doc) is None


def test_a_deleted_lead_is_still_found() -> None:
    doc = {"emails": ["jane@acme.com"]}

    assert found(doc, {**doc, "status": "deleted"}) == ("sure", ("same e-mail",))


def test_the_sure_come_first_then_the_liker_then_the_older() -> None:
    def one(kind: Any, record: str, score: float) -> Likeness:
        return Likeness(kind=kind, id=record, score=score, why=())

    best, older, newer = one("sure", "L9", 90.0), one("possible", "L4", 95.0), one("possible", "L10", 95.0)
    last = one("possible", "L1", 90.0)

    assert rank([last, newer, older, best]) == [best, older, newer, last]


def test_rapidfuzz_waits_until_letters_have_to_be_counted() -> None:
    script = (
        "import sys; from crm_cli.domain.duplicates import how_alike;"
        "assert how_alike('hans mueller', 'mueller hans', 85) == 100;"
        "assert how_alike('hans mueller', 'petra vogel', 85) == 0;"
        "assert 'rapidfuzz' not in sys.modules and 'phonenumbers' not in sys.modules;"
        "assert 85 < how_alike('hans mueller', 'hans muller', 85) < 100;"
        "assert 'rapidfuzz' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": os.pathsep.join(sys.path)})


WORDS = st.text(alphabet="aabehlmnrst", min_size=1, max_size=6)


@QUICK
@given(st.lists(WORDS, max_size=3), st.lists(WORDS, max_size=3), st.sampled_from([60.0, 85.0, 90.0]))
def test_the_short_ways_agree_with_rapidfuzz(one: list[str], other: list[str], floor: float) -> None:
    from rapidfuzz import fuzz

    mine, theirs = " ".join(one), " ".join(other)
    expected = fuzz.token_sort_ratio(mine, theirs, score_cutoff=floor) if mine and theirs else 0

    assert how_alike(mine, theirs, floor) == expected


NAMES = ["Hans Müller", "Mueller, Hans", "Hans Muller", "Petra Vogel", "Jane Doe", "n/a"]
COMPANIES = ["Nordlicht GmbH", "Nordlicht", "NORDLICHT Werke", "Acme", "none"]
DOCS = st.builds(
    lambda letters, number, fields: {"id": f"{letters}{number}", **fields},
    st.sampled_from("LPA"),
    st.integers(1, 9),
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["person", "company"]),
            "name": st.sampled_from(NAMES + COMPANIES + ["Nord-Licht", "Werke Nordlicht"]),
            "company": st.sampled_from(COMPANIES),
            "emails": st.lists(st.sampled_from(["a@b.de", "A+x@b.de", "test@test.de"]), max_size=2),
            "phones": st.lists(st.sampled_from([LINE, f"{LINE} ext. 1", "030 1", "000000"]), max_size=2),
            "external_id": st.sampled_from(["1", "2", "n/a"]),
        },
    ),
)


@QUICK
@given(DOCS, DOCS)
def test_likeness_is_symmetric(one: Doc, other: Doc) -> None:
    there, back = compare(one, other), compare(other, one)

    assert (there is None) == (back is None)
    if there and back:
        assert (there.kind, there.score, there.why) == (back.kind, back.score, back.why)
        assert (there.id, back.id) == (other["id"], one["id"])


@settings(deadline=None, max_examples=400)
@given(DOCS, DOCS)
def test_whoever_is_likely_a_duplicate_is_found_by_a_key(one: Doc, other: Doc) -> None:
    assert compare(one, other) is None or share_a_key(one, other)


@st.composite
def respelled(draw: st.DrawFn, text: str, company: bool = False) -> str:
    """The same name as another hand writes it."""
    at = draw(st.integers(0, len(text) - 1))
    if draw(st.booleans()):
        text = text[:at] + text[at] + text[at:]
    text = text.translate(draw(st.sampled_from([{}, str.maketrans({"ü": "ue", "ö": "oe", "ß": "ss"})])))
    text = text.translate(draw(st.sampled_from([{}, str.maketrans("üöäé-", "uoae ")])))
    words = draw(st.permutations(text.split()))
    text = draw(st.sampled_from([" ", ", ", "  "])).join(words)
    if company:
        text += draw(st.sampled_from(["", " GmbH", " G.m.b.H.", ", Inc.", " S. A.", " GmbH & Co. KG"]))
    return draw(st.sampled_from([text, text.upper(), text.lower(), text.title()]))


PEOPLE = [
    "Jürgen Groß",
    "Stephan Schmidt",
    "Renée Löwe-Vogel",
    "Karl Theodor Maria Philipp Öhlmann",
    "Yılmaz Şahin",
]
FIRMS = ["Nordlicht", "Nordlicht Fahrradbau", "Köhler-Söhne Maschinenbau", "Süd Öl Gas Wasser Handel"]


@QUICK
@given(st.data(), st.sampled_from(PEOPLE), st.sampled_from(FIRMS))
def test_a_person_spelled_otherwise_shares_a_key(data: st.DataObject, name: str, company: str) -> None:
    mine = {"id": "L1", "name": name, "company": company}
    theirs = {
        "id": "P2",
        "name": data.draw(respelled(name)),
        "company": data.draw(respelled(company, company=True)),
    }

    assert share_a_key(mine, theirs)
    assert compare(mine, theirs) is not None


@QUICK
@given(st.data(), st.sampled_from(FIRMS))
def test_a_company_spelled_otherwise_shares_a_key(data: st.DataObject, name: str) -> None:
    mine = {"id": "L1", "kind": "company", "name": name}
    theirs = {"id": "A2", "name": data.draw(respelled(name, company=True))}

    assert share_a_key(mine, theirs)
    assert compare(mine, theirs) is not None
