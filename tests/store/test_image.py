"""crm.json: a pure function of the log, changed by splicing, and a file that stock TinyDB reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.storages import JSONStorage

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc
from crm_cli.store.image import BadImage, Image, Meta, decode_doc, empty_image, encode_doc, sha256_without_sum
from crm_cli.store.tables import Database
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, contacted, new_lead, save

DOCS = st.fixed_dictionaries({"id": st.text(max_size=3)}, optional={"name": st.text(max_size=8), "size": st.integers()})
TABLES = st.dictionaries(
    st.sampled_from(["account", "lead", "rep"]), st.dictionaries(st.integers(1, 120), DOCS, max_size=8), max_size=3
)


def lines_of(tables: dict[str, dict[int, Doc]]) -> dict[str, dict[int, bytes]]:
    return {kind: {number: encode_doc(doc) for number, doc in docs.items()} for kind, docs in tables.items()}


def made_of(tables: dict[str, dict[int, Doc]], image: Image | None = None) -> Image:
    return Image((image or empty_image()).spliced(lines_of(tables), Meta(store="s")))


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, *(new_lead(number) for number in (1, 2, 10, 3)))
    save(store, contacted(2), contacted(10))
    return store


@settings(max_examples=200, deadline=None)
@given(st.lists(TABLES, max_size=4))
def test_splicing_is_what_a_dict_does(steps: list[dict[str, dict[int, Doc]]]) -> None:
    image, model = empty_image(), dict[str, dict[int, Doc]]()
    for tables in steps:
        image = made_of(tables, image)
        for kind, docs in tables.items():
            model.setdefault(kind, {}).update(docs)
    model = {kind: docs for kind, docs in model.items() if docs}
    assert image.check() or not steps
    for kind in ("account", "lead", "rep"):
        docs = model.get(kind, {})
        assert [(number, decode_doc(raw)) for number, raw in image.lines(kind)] == sorted(docs.items())
        assert image.count(kind) == len(docs)
        for number in range(122):
            line = image.line(kind, number)
            assert (decode_doc(line) if line else None) == docs.get(number)


@settings(max_examples=50, deadline=None)
@given(TABLES, TABLES)
def test_the_bytes_depend_on_what_is_in_it_and_not_on_the_way_there(
    one: dict[str, dict[int, Doc]], other: dict[str, dict[int, Doc]]
) -> None:
    stepwise = made_of(other, made_of(one))
    both = {kind: {**one.get(kind, {}), **other.get(kind, {})} for kind in {*one, *other}}
    at_once = made_of({kind: docs for kind, docs in both.items() if docs})
    assert stepwise.raw == at_once.raw


@settings(max_examples=50, deadline=None)
@given(TABLES)
def test_the_file_is_json_with_one_document_a_line_and_meta_last(tables: dict[str, dict[int, Doc]]) -> None:
    raw = bytes(made_of(tables).raw)
    read = json.loads(raw)
    kinds = sorted(kind for kind, docs in tables.items() if docs)
    assert list(read) == [*kinds, "_meta"]
    assert {kind: {int(n): doc for n, doc in read[kind].items()} for kind in kinds} == {k: tables[k] for k in kinds}
    assert raw.count(b"\n") == sum(map(len, tables.values())) + 2 * len(kinds) + 5


def test_a_document_stands_on_a_line_of_its_own(store: TinyStore) -> None:
    lines = store.files.state.read_text().splitlines()
    assert [line[:6] for line in lines if "Müller" in line] == ['"1": {', '"2": {', '"3": {', '"10": ']
    assert lines[-3].startswith('"1": {"v":1,"store":"')


def test_no_floats_and_no_clock_get_into_the_file(store: TinyStore) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    raw = store.files.state.read_bytes()
    json.loads(raw, parse_float=refuse, parse_constant=refuse)
    again = TinyStore(store.files.folder.with_name("again"), disk=QuietDisk())
    again.files.make()
    again.files.log.write_bytes(store.files.log.read_bytes())
    with again.change() as transaction:
        transaction.flush()
    assert again.files.state.read_bytes() == raw


def test_stock_tinydb_gives_the_same_answers(store: TinyStore) -> None:
    stock = TinyDB(store.files.state, storage=JSONStorage, access_mode="r")
    ours = Database(Image(store.files.state.read_bytes()))
    assert stock.tables() == {*ours.tables(), "_meta"}
    query = (where("status") == "contacted") & where("emails").any(["a10@example.com"])
    for table in (stock.table("lead"), ours.records("lead")):
        found: Any = table.search(query)
        assert [(doc.doc_id, doc["name"]) for doc in found] == [(10, "Jürgen Müller 10")]
        assert (table.count(where("status") == "new"), len(table)) == (2, 4)
        assert table.contains(doc_id=2)
        assert not table.contains(doc_id=4)
    assert stock.table("lead").all() == ours.records("lead").all()
    assert stock.table("lead").get(doc_id=3) == ours.records("lead").get(doc_id=3)


def test_a_file_that_is_not_ours_is_told_apart(store: TinyStore) -> None:
    raw = store.files.state.read_bytes()
    for spoilt in (b"", b"{}", b"\0" * 500, raw[:-1], raw[1:-9], raw + b" ", b'{"_default": {"1": {}}}'):
        with pytest.raises(BadImage):
            Image(spoilt)


@pytest.mark.parametrize(("version", "message"), [(b'"v":2', "newer"), (b'"v":0', "older"), (b'"v":-1', "older")])
def test_another_version_is_refused_even_where_its_fields_are_others(version: bytes, message: str) -> None:
    raw = bytes(empty_image().raw).replace(b'"v":1', version)
    with pytest.raises(Unreadable, match=message):
        Image(raw)
    with pytest.raises(Unreadable, match=message):
        Image(raw.replace(b'"tables":{}', b'"tables":[7]'))


def test_the_checksum_is_over_everything_but_itself() -> None:
    raw = bytes(made_of({"lead": {1: {"id": "L1"}}}).raw)
    assert sha256_without_sum(raw) == Image(raw).meta.sum
    for place in range(len(raw)):
        spoilt = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            assert not Image(spoilt).check()
        except (BadImage, Unreadable):
            continue


@pytest.mark.parametrize("bounds", [(0, 10**9, 1), (5, 400, 9), (-40, 7, 1), (9, 2, 1), (2, 3, 1), (700, 900, 1)])
def test_a_table_that_is_not_where_the_file_says_is_an_error_and_no_endless_search(
    bounds: tuple[int, int, int],
) -> None:
    image = made_of({"lead": {number: {"id": f"L{number}"} for number in range(1, 9)}})
    image.meta.tables["lead"] = bounds
    for number in range(10):
        _found_or_refused(image, number)
    try:
        list(image.lines("lead"))
    except BadImage:
        return
    assert bounds[0] >= bounds[1]


def _found_or_refused(image: Image, number: int) -> None:
    try:
        line = image.line("lead", number)
    except BadImage:
        return
    assert line is None or b"L%d" % number in line
