"""TinyDB over an image: its own calls work, and touch the documents they name and no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import where
from tinydb.operations import increment
from tinydb.table import Document

from crm_cli.domain.condition import And, Comparison, Condition, Not, Or
from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc
from crm_cli.store.image import Image, Meta, empty_image, encode_doc
from crm_cli.store.tables import Database, compiled

LEADS: dict[int, Doc] = {
    1: {"id": "L1", "status": "new", "size": 1},
    2: {"id": "L2", "status": "contacted", "size": 2, "tags": {"vip": True}},
    10: {"id": "L10", "status": "new", "size": 3},
}


@pytest.fixture
def database() -> Database:
    lines = {"lead": {number: encode_doc(doc) for number, doc in LEADS.items()}}
    return Database(Image(empty_image().spliced(lines, Meta())))


def test_reading_touches_nothing(database: Database) -> None:
    leads = database.records("lead")
    assert leads.get(doc_id=2) == LEADS[2]
    assert leads.get(doc_id=4) is None
    assert [doc.doc_id for doc in leads.search(where("status") == "new")] == [1, 10]
    assert (len(leads), leads.count(where("size") > 1), [doc["id"] for doc in leads]) == (3, 2, ["L1", "L2", "L10"])
    assert database.changed() == {}


def test_a_change_touches_the_documents_it_names(database: Database) -> None:
    leads = database.records("lead")
    leads.put(2, {"id": "L2"})
    leads.put(7, {"id": "L7"})
    assert database.changed() == {"lead": {2: b'{"id":"L2"}', 7: b'{"id":"L7"}'}}
    assert [doc["id"] for doc in leads] == ["L1", "L2", "L7", "L10"]
    assert len(leads) == 4


def test_tinydbs_own_updates_keep_only_what_they_changed(database: Database) -> None:
    leads = database.records("lead")
    assert leads.update(increment("size"), where("status") == "contacted") == [2]
    assert list(database.changed()["lead"]) == [2]
    assert leads.update({"rep": "R1"}, doc_ids=[10, 99]) == [10]
    assert leads.upsert(Document({"size": 9}, 1)) == [1]
    assert sorted(database.changed()["lead"]) == [1, 2, 10]
    assert leads.get(where("rep") == "R1") == {**LEADS[10], "rep": "R1"}
    leads.update({"size": 3}, where("id") == "L2")
    leads.put(2, LEADS[2])
    assert leads.get(doc_id=2) == LEADS[2]


def test_an_id_is_not_given_twice(database: Database) -> None:
    with pytest.raises(ValueError, match="already exists"):
        database.records("lead").insert(Document({}, 10))
    assert database.records("lead").insert({"id": "L11"}) == 11


def test_nothing_is_ever_taken_out(database: Database) -> None:
    leads = database.records("lead")
    for take_out in (
        lambda: leads.remove(doc_ids=[1]),
        lambda: leads.remove(where("status") == "new"),
        leads.truncate,
    ):
        with pytest.raises(NotImplementedError):
            take_out()
    assert len(leads) == 3


def test_a_whole_file_is_written_by_the_store_only(database: Database) -> None:
    with pytest.raises(NotImplementedError):
        database.drop_tables()


def test_a_table_that_is_not_there_is_empty_until_something_is_in_it(database: Database) -> None:
    accounts = database.records("account")
    assert (len(accounts), accounts.get(doc_id=1), list(accounts.stream(None, None))) == (0, None, [])
    accounts.put(1, {"id": "A1"})
    assert (len(accounts), list(accounts.stream(None, None))) == (1, [{"id": "A1"}])


def test_what_cannot_be_read_is_damage_and_not_a_traceback(database: Database) -> None:
    section = database.records("lead").section()
    section.changed[1] = b"[1]"
    section.changed[2] = b'{"id":"\xff"}'
    for number in (1, 2):
        with pytest.raises(Unreadable, match=r"crm\.json is damaged"):
            database.records("lead").get(doc_id=number)
    with pytest.raises(Unreadable):
        list(database.records("lead").stream(None, ["id"]))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.builds(
        Comparison,
        st.sampled_from(["status", "rep"]),
        st.sampled_from(["=", "!="]),
        st.sampled_from([("new",), ("contacted", "R1"), (None,)]),
    ),
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(And, st.tuples(parts, parts)),
        st.builds(Or, st.tuples(parts, parts, parts)),
    ),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(CONDITIONS)
def test_a_condition_as_a_tinydb_query_means_the_same(condition: Condition) -> None:
    query = compiled(condition)
    docs = [*LEADS.values(), {"rep": "R1"}, {}]
    assert [query(doc) for doc in docs] == [condition.matches(doc) for doc in docs]
    assert hash(query) == hash(compiled(condition))
