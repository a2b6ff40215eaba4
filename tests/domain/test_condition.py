"""What filters mean, how they are written back, and how they are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.condition import (
    DEEPEST,
    And,
    Comparison,
    Condition,
    Everything,
    Implied,
    Not,
    Or,
    both,
    parse,
)
from crm_cli.domain.errors import BadValue, NotFound
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.moment import UTC, Clock

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = Clock(datetime(2026, 11, 21, 16, 30, tzinfo=UTC), BERLIN)  # Sat 2026-11-21 17:30
STATUSES = ("new", "contacted", "qualified", "disqualified")
FIELDS = {
    field.name: field
    for field in (
        Field(name="name", type=FieldType.TEXT),
        Field(name="source", type=FieldType.TEXT),
        Field(name="emails", type=FieldType.TEXTS),
        Field(name="tags", type=FieldType.TAGS),
        Field(name="custom", type=FieldType.CUSTOM),
        Field(name="score", type=FieldType.NUMBER),
        Field(name="potential", type=FieldType.NUMBER),
        Field(name="received_at", type=FieldType.MOMENT),
        Field(name="updated_at", type=FieldType.MOMENT),
        Field(name="status", type=FieldType.CHOICE, choices=STATUSES),
        Field(name="do_not_contact", type=FieldType.FLAG),
        Field(name="rep", type=FieldType.REF, kind="rep"),
    )
}
REPS = {"sam": "R1", "r1": "R1", "ana": "R2", "r2": "R2"}
JANE = {
    "id": "L12",
    "name": "Jane Doe",
    "source": "referral",
    "emails": ["jane@acme.com", "jd@example.org"],
    "tags": {"Hot": True, "vip": True},
    "custom": {"industry": "SaaS", "Company size": "50", "note": "a few"},
    "score": 0,
    "potential": "1500.50",
    "received_at": "2026-11-20T14:00:00Z",
    "updated_at": "2026-11-20",
    "status": "contacted",
    "do_not_contact": True,
    "rep": "R1",
}


def rep_id(kind: str, text: str) -> str:
    if kind != "rep" or text.lower() not in REPS:
        raise NotFound(f"no {kind} answers to {text!r}")
    return REPS[text.lower()]


def condition(text: str, clock: Clock = CLOCK) -> Condition:
    return parse(text, FIELDS, clock, rep_id)


def fits(text: str, document: Mapping[str, Any] = JANE) -> bool:
    return condition(text).matches(document)


TRUE = """
name="JANE DOE" | name='jane doe' | name~doe | name~"e d" | name!~smith | name!=Jane | name>jan
name=smith,"jane doe" | name!=smith,jones | name~smith,doe | NAME ~ DOE
email=JD@example.org | emails~acme | emails!=bob@acme.com | email=a@b.c,jane@acme.com
tag=hot | tags=HOT,cold | tag!=cold | tag~vi
custom.industry=saas | custom.Industry=saas | custom.industry!=Retail | custom.industry~aa | custom.fax=none
"custom.Company size"=50 | "custom.company size">9 | "custom.Company size"<=50.0 | custom.note>a
custom!=none
score=0 | score=0.00 | score!=none | score<1 | score>=0 | score!=1,2 | score>-1
potential=1500.5 | potential>=1500.50 | potential>999 | potential<10000 | potential=1,1500.5
status=open | status=new,contacted | status=NEW,Contacted | status!=qualified | status!=none
do_not_contact=true | do_not_contact=YES | do_not_contact!=no | do_not_contact!=none
rep=sam | rep=R1 | rep=ana,sam | rep!=ana | rep=none,sam | rep!=none
source=referral and score=0 | source=referral score=0 | source=x or score=0 | not source=x | not not score=0
source=x and score=1 or score=0 | score=0 or source=x and score=1 | (score=0) | not (source=x or score=1)
"""
FALSE = """
name=Jane | name!="jane doe" | name~smith,jones | name!~doe,smith | name<jane | name=none | name=""
email=jane | email!=a@b.c,jane@acme.com | email=none | tag=ho | tag!=hot,cold | tag=none
custom.industry=none | custom.fax=x | custom.fax>1 | custom.note>1 | "custom.company size"<9 | custom=none
score=none | score>0 | score<0 | score!=0,1 | potential>1500.50 | potential<999
status=qualified | status!=open | status=none | do_not_contact=no | do_not_contact=none
rep=ana | rep!=sam,ana | rep=none | rep!=none,sam
source=x and score=0 | source=x score=0 | source=x or score=1 | not score=0 | not not source=x
(source=referral or score=0) and name=x | not (source=x or score=0) | not source=x and score=1
"""


def listed(texts: str) -> list[str]:
    return [text.strip() for text in texts.replace("\n", " | ").split(" | ") if text.strip()]


@pytest.mark.parametrize("text", listed(TRUE))
def test_a_filter_that_jane_fits(text: str) -> None:
    assert fits(text)


@pytest.mark.parametrize("text", listed(FALSE))
def test_a_filter_that_jane_does_not_fit(text: str) -> None:
    assert not fits(text)


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "custom"])
def test_what_is_absent_equals_none_and_differs_from_all_else(name: str) -> None:
    value = {"score": "1", "potential": "1", "status": "new", "rep": "sam", "do_not_contact": "yes"}.get(name, "today")

    empties: list[dict[str, Any]] = [{}, {name: None}, {name: ""}, {name: []}, {name: {}}]
    for nothing in empties:
        assert fits(f"{name}=none", nothing)
        assert fits(f"{name}!={value}", nothing)
        assert not fits(f"{name}!=none", nothing)
        assert not fits(f"{name}={value}", nothing)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tag=transport", True),
        ("tag=Transport/Broken", True),
        ("tag=fire,transport", True),
        ("tag=broken", False),
        ("tag=transport/late", False),
        ("tag!=transport", False),
        ("tag!=air", True),
        ("tag~broken", True),
        ("tag=trans", False),
    ],
)
def test_a_tag_of_two_levels_is_found_by_its_first_too(text: str, found: bool) -> None:
    assert fits(text, {"tags": {"transport/broken": True}}) is found


@pytest.mark.parametrize("order", ["<", "<=", ">", ">="])
def test_what_is_absent_stands_in_no_order(order: str) -> None:
    for comparison in ("score{}0", "received_at{}today", "name{}x", "custom.size{}0", "custom.size{}x"):
        assert not fits(comparison.format(order), {})
    assert not fits("name~x", {})
    assert fits("name!~x", {})


def test_numbers_are_ordered_as_numbers_in_custom_fields_and_as_letters_in_text() -> None:
    assert fits("custom.size>5", {"custom": {"size": "10"}})
    assert not fits("name>5", {"name": "10"})


WHOLE_DAY = ["2026-11-19T23:00:00Z", "2026-11-20T14:00:00Z", "2026-11-20T22:59:59Z", "2026-11-20"]
EARLIER, LATER = ["2026-11-19T22:59:59Z", "2026-11-19"], ["2026-11-20T23:00:00Z", "2026-11-21"]


@pytest.mark.parametrize(
    ("op", "fitting"),
    [
        ("=", WHOLE_DAY),
        ("!=", EARLIER + LATER),
        ("<", EARLIER),
        ("<=", EARLIER + WHOLE_DAY),
        (">", LATER),
        (">=", WHOLE_DAY + LATER),
    ],
)
def test_a_day_means_the_whole_of_it_in_the_zone_of_the_clock(op: str, fitting: list[str]) -> None:
    test = condition(f"received{op}2026-11-20").matches

    for stored in EARLIER + WHOLE_DAY + LATER:
        assert test({"received_at": stored}) == (stored in fitting), stored


@pytest.mark.parametrize(
    ("op", "fitting"),
    [
        ("=", ["2026-11-20T14:00:00Z", "2026-11-20"]),
        ("<", ["2026-11-20T13:59:59Z", "2026-11-19"]),
        ("<=", ["2026-11-20T13:59:59Z", "2026-11-19", "2026-11-20T14:00:00Z", "2026-11-20"]),
        (">", ["2026-11-20T14:00:01Z", "2026-11-21"]),
        (">=", ["2026-11-20T14:00:01Z", "2026-11-21", "2026-11-20T14:00:00Z", "2026-11-20"]),
    ],
)
def test_an_instant_is_compared_with_instants_and_with_whole_days(op: str, fitting: list[str]) -> None:
    test = condition(f"received{op}'2026-11-20 15:00'").matches

    for stored in ("2026-11-20T13:59:59Z", "2026-11-20T14:00:00Z", "2026-11-20T14:00:01Z"):
        assert test({"received_at": stored}) == (stored in fitting)
    for stored in ("2026-11-19", "2026-11-20", "2026-11-21"):
        assert test({"received_at": stored}) == (stored in fitting)


def test_the_day_of_the_change_of_clocks_is_an_hour_longer() -> None:
    test = condition("received=2026-10-25").matches

    assert test({"received_at": "2026-10-24T22:00:00Z"})
    assert test({"received_at": "2026-10-25T22:59:59Z"})
    assert not test({"received_at": "2026-10-25T23:00:00Z"})


def test_the_same_day_is_another_one_elsewhere() -> None:
    apia = Clock(CLOCK.now, ZoneInfo("Pacific/Apia"))
    here, there = condition("received=2026-11-20"), condition("received=2026-11-20", apia)

    assert here != there
    assert here.matches(JANE)
    assert not there.matches(JANE)


def test_a_filter_says_which_keys_it_reads() -> None:
    assert condition("").fields == frozenset()
    assert condition("tag=hot or not (custom.a=1 and rep=none)").fields == {"tags", "custom", "rep"}


def test_no_filter_fits_everything() -> None:
    assert condition("  ") == Everything()
    assert Everything().matches({})
    assert str(Everything()) == ""


def test_both_holds_where_two_conditions_hold() -> None:
    one, other = condition("score=0 or score=1"), condition("name~doe status=open")

    assert both(Everything(), one) == both(one, Everything()) == one
    assert str(both(one, other)) == "(score=0 or score=1) and name~doe and status=new,contacted"
    assert both(one, other).matches(JANE)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Received<-30d", "received_at<2026-10-22"),
        ("status=OPEN,new", "status=new,contacted"),
        ("rep=sam", "rep=R1"),
        ('name="none" or name=none', 'name="none" or name=none'),
        ("name='say \"hi\"'", 'name="say ""hi"""'),
        ("name='O''Brien' name=O'Brien", "name=O'Brien and name=O'Brien"),
        ("do_not_contact=no or do_not_contact=none", "do_not_contact=false or do_not_contact=false"),
        ("((score=1) and ((score=2 score=3)))", "score=1 and score=2 and score=3"),
        ("NOT(score=1 or score=2)AND score=3", "not (score=1 or score=2) and score=3"),
        ("received>='fri 14:00'", "received_at>=2026-11-27T13:00:00Z"),
        ('name=""', "name=none"),
        ("score=+1.50", "score=1.50"),
        ("name=Yahoo!", "name=Yahoo!"),
    ],
)
def test_a_filter_is_written_in_one_way(typed: str, written: str) -> None:
    assert str(condition(typed)) == written
    assert condition(written) == condition(typed)


def test_short_names_of_fields_hold_where_the_field_is() -> None:
    created = {"created_at": Field(name="created_at", type=FieldType.MOMENT)}

    assert parse("created=today", created, CLOCK, rep_id).fields == {"created_at"}
    with pytest.raises(BadValue):
        parse("updated=today", created, CLOCK, rep_id)


def test_open_is_no_group_where_it_would_name_other_statuses() -> None:
    claim = {"status": Field(name="status", type=FieldType.CHOICE, choices=("open", "new", "contacted"))}
    deal = {"status": Field(name="status", type=FieldType.CHOICE, choices=("new", "won"))}

    assert str(parse("status=open", claim, CLOCK, rep_id)) == "status=open"
    with pytest.raises(BadValue):
        parse("status=open", deal, CLOCK, rep_id)


@pytest.mark.parametrize(
    ("typed", "column", "way_on"),
    [
        ("statsu=new", 1, "did you mean status?"),
        ("score=1 and industry=SaaS", 13, "custom.KEY"),
        ("status=qualifed", 8, "did you mean qualified?"),
        ("status=new, lost", 13, "allowed: new, contacted, qualified, disqualified, open, none"),
        ("do_not_contact=maybe", 16, "true, yes, false, no"),
        ("score>abc", 7, "1500.50"),
        ("score=NaN", 7, "1500.50"),
        ("score>5,10", 9, "5.10"),
        ("score>none", 7, "= and != only"),
        ("name~''", 6, "= and != only"),
        ("score~5", 6, "= != > >= < <="),
        ("status>new", 7, "= !="),
        ("custom=SaaS", 7, "custom.KEY"),
        ("received<3d", 10, "+3d or -3d"),
        ("received=next week", 10, "quote"),
        ("name=Jane Doe", 14, "in quotes"),
        ("name", 5, "FIELD OPERATOR VALUE"),
        ("name=", 6, "FIELD OPERATOR VALUE"),
        ("name==x", 6, "FIELD OPERATOR VALUE"),
        ("name=and", 6, "in quotes"),
        ("=x", 1, "FIELD OPERATOR VALUE"),
        ("score=1 or", 11, "FIELD OPERATOR VALUE"),
        ("and score=1", 1, "FIELD OPERATOR VALUE"),
        ("()", 2, "FIELD OPERATOR VALUE"),
        ("score=1 (score=2", 9, "close it"),
        ("score=1) or score=2", 8, "FIELD OPERATOR VALUE"),
        ("score=1,", 9, "FIELD OPERATOR VALUE"),
        ("name='Jane", 6, "close it"),
        ('  name = "Jane', 10, "close it"),
    ],
)
def test_a_bad_filter_is_refused_with_its_place_and_a_way_on(typed: str, column: int, way_on: str) -> None:
    with pytest.raises(BadValue, match=f"^column {column}: ") as refusal:
        condition(typed)

    assert way_on in str(refusal.value.hint)
    assert refusal.value.details["column"] == column


def test_who_is_not_found_is_said_by_who_looked() -> None:
    with pytest.raises(NotFound, match="no rep answers to 'bob'"):
        condition("score=1 and rep=bob")


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("not ", ""), ("not(", ")")])
def test_a_filter_that_is_nested_too_deep_is_refused(opening: str, closing: str) -> None:
    levels = DEEPEST // (2 if opening == "not(" else 1)

    assert condition(opening * levels + "score=0" + closing * levels).fields == {"score"}
    for deep in (levels + 1, 100_000):
        with pytest.raises(BadValue, match="more than 50 levels"):
            condition(opening * deep + "score=0" + closing * deep)


def test_a_long_filter_is_not_a_deep_one() -> None:
    many = condition(" or ".join(f"score={number}" for number in range(5_000)))

    assert many.matches({"score": 4_999})
    assert not many.matches({"score": 5_000})
    assert condition("(score=1) or not " * 200 + "score=0").fields == {"score"}


def test_conditions_are_values() -> None:
    assert condition("score=1.0 and tag=hot") == condition("score=1 tags=hot")
    assert len({condition("score=1.0"), condition("score=1"), condition("not score=1")}) == 2
    assert condition("score=1 and tag=hot") != condition("score=1 or tag=hot")


TEXTS = st.text(max_size=8) | st.sampled_from(["none", "AND", "o'x", '"', "a,b", "!=", " x ", "e=f", "ÄÖ ß", "\n"])
SAME, ORDER, LIKE = (
    st.sampled_from(["=", "!="]),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.sampled_from(["~", "!~"]),
)
DAYS = st.dates().map(str) | st.sampled_from(["2026-11-20T14:00:00Z", "2026-10-25T00:30:00Z"])
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: Decimal(f"{number:f}"))


def compared(name: str, kind: FieldType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    zone = BERLIN if kind is FieldType.MOMENT else None
    wanted = st.lists(values | st.none(), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Comparison, st.just(name), SAME, wanted, st.just(kind), st.just(zone))


def ordered(name: str, kind: FieldType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    zone = BERLIN if kind is FieldType.MOMENT else None
    ops = LIKE if kind in (FieldType.TEXTS, FieldType.TAGS) else ORDER
    return st.builds(Comparison, st.just(name), ops, st.tuples(values), st.just(kind), st.just(zone))


WORDS = TEXTS.filter(bool)
COMPARISONS = st.one_of(
    compared("name", FieldType.TEXT, WORDS),
    compared("custom.Company size", FieldType.CUSTOM, WORDS),
    compared("tags", FieldType.TAGS, WORDS),
    compared("score", FieldType.NUMBER, NUMBERS),
    compared("received_at", FieldType.MOMENT, DAYS),
    compared("status", FieldType.CHOICE, st.sampled_from(STATUSES)),
    compared("rep", FieldType.REF, st.sampled_from(["R1", "R2"])),
    ordered("name", FieldType.TEXT, WORDS),
    ordered("emails", FieldType.TEXTS, WORDS),
    ordered("score", FieldType.NUMBER, NUMBERS),
    ordered("received_at", FieldType.MOMENT, DAYS),
    st.builds(
        Comparison,
        st.just("do_not_contact"),
        SAME,
        st.tuples(st.booleans()),
        st.just(FieldType.FLAG),
        st.none(),
    ),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS)
def test_what_is_written_reads_back_as_the_same_condition(any_condition: Condition) -> None:
    again = condition(str(any_condition))

    assert again == any_condition
    assert hash(again) == hash(any_condition)
    assert again.matches(JANE) == any_condition.matches(JANE)


Spoken = tuple[str, Callable[[int, int], bool]]  # a filter as typed, and what it means of two scores


def spoken_alike(inner: st.SearchStrategy[Spoken]) -> st.SearchStrategy[Spoken]:
    def all_of(parts: list[Spoken], word: str) -> Spoken:
        return word.join(f"({text})" for text, _ in parts), lambda a, b: all(test(a, b) for _, test in parts)

    def any_of(parts: list[Spoken]) -> Spoken:
        return " or ".join(f"({text})" for text, _ in parts), lambda a, b: any(test(a, b) for _, test in parts)

    several = st.lists(inner, min_size=1, max_size=3)
    return (
        st.builds(all_of, several, st.sampled_from([" and ", " ", " AND "]))
        | several.map(any_of)
        | inner.map(lambda part: (f"not ({part[0]})", lambda a, b: not part[1](a, b)))
    )


LEAVES: st.SearchStrategy[Spoken] = st.integers(0, 2).flatmap(
    lambda number: st.sampled_from(
        [
            (f"score={number}", lambda a, b: a == number),
            (f"potential!={number}", lambda a, b: b != number),
            (f"score>{number}", lambda a, b: a > number),
            (f"potential<={number}", lambda a, b: b <= number),
        ]
    )
)


@settings(max_examples=150, deadline=None)
@given(st.recursive(LEAVES, spoken_alike, max_leaves=8), st.integers(0, 2), st.integers(0, 2))
def test_brackets_and_or_and_not_mean_what_logic_says(spoken: Spoken, score: int, potential: int) -> None:
    text, truth = spoken

    assert fits(text, {"score": score, "potential": f"{potential}.00"}) == truth(score, potential)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([" and ", " or ", " "]), min_size=1, max_size=5), st.data())
def test_and_binds_tighter_than_or(joints: list[str], data: st.DataObject) -> None:
    truths = [data.draw(st.booleans()) for _ in range(len(joints) + 1)]
    words = [f"score={int(not truth)}" for truth in truths]  # of a score of 0
    text = words[0] + "".join(joint + word for joint, word in zip(joints, words[1:], strict=True))

    as_python = "".join(f"{joint}{truth}" for joint, truth in zip(["", *joints], truths, strict=True))
    groups = as_python.replace(" and ", " ").split(" or ")

    assert fits(text, {"score": 0}) == any("False" not in group for group in groups)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=15) | st.text("score=<>!~ ()'\",andornot12", max_size=20))
def test_any_text_is_a_filter_or_is_refused_and_never_breaks(text: str) -> None:
    try:
        found = condition(text)
    except BadValue:
        return
    assert condition(str(found)) == found


# --- over references -----------------------------------------------------------------------------


class Reps:
    """Two reps and what can be asked of them."""

    DOCS = ({"id": "R1", "name": "Sam", "email": "sam@x.example"}, {"id": "R2", "name": "Ana", "boss": "R1"})

    def fields(self, kind: str) -> Mapping[str, Field]:
        assert kind == "rep"
        texts = {name: Field(name=name, type=FieldType.TEXT) for name in ("name", "email")}
        return {**texts, "boss": Field(name="boss", type=FieldType.REF, kind="rep")}

    def ids(self, kind: str, where: Condition) -> list[str]:
        return [doc["id"] for doc in self.DOCS if where.matches(doc)]


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("rep.name=sam", "R1"),
        ("rep.name~a", "R1 R2"),
        ("rep.name!=sam", "R2 nobody"),
        ("rep.name=none", "nobody"),
        ("rep.email=none", "R2 nobody"),
        ("rep.email!=none", "R1"),
        ("rep.name>b", "R1"),
        ("rep.boss.name=sam", "R2"),
        ("rep.boss=none", "R1 nobody"),
        ("not rep.name=sam", "R2 nobody"),
        ("rep.name=zoe", ""),
        ("status=new and rep.name=ana,sam", "R1 R2"),
    ],
)
def test_what_is_asked_over_a_reference_is_asked_of_the_record_behind_it(text: str, fitting: str) -> None:
    """Who points to nobody is asked as if an empty record stood there."""
    condition = parse(text, FIELDS, CLOCK, rep_id, Reps())
    leads = [{"status": "new", "rep": "R1"}, {"status": "new", "rep": "R2"}, {"status": "new"}]

    assert " ".join(lead.get("rep", "nobody") for lead in leads if condition.matches(lead)) == fitting
    assert condition.fields <= {"rep", "status"}


@pytest.mark.parametrize(("text", "column"), [("rep.nmae=x", 5), ("status=new rep.boss.x=1", 21), ("name.x=1", 1)])
def test_a_wrong_field_behind_a_reference_is_refused_where_it_stands(text: str, column: int) -> None:
    with pytest.raises(BadValue) as refusal:
        parse(text, FIELDS, CLOCK, rep_id, Reps())

    assert refusal.value.details["column"] == column


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('status="bogus"', "--status 'bogus' is not known"),
        ('do_not_contact="perhaps"', "--do-not-contact 'perhaps' is not known"),
        ('score="few"', "'few' is not a number"),
    ],
)
def test_a_filter_that_nobody_typed_is_refused_as_its_option(text: str, told: str) -> None:
    with pytest.raises(BadValue) as refusal:
        condition(Implied(text))
    assert (refusal.value.message, refusal.value.details) == (told, {})
    assert refusal.value.hint
