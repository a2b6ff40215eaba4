"""cache/index: a set of pairs on the disk, believed only when it is of this very log and sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.ids import LETTERS
from crm_cli.domain.keys import match_keys
from crm_cli.store import tiny
from crm_cli.store.check import verify
from crm_cli.store.index import Index, Pairs, key_bytes, line_pair, load_index, record_bytes, run_of
from crm_cli.store.line import Head
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, change, contacted, contents, new_lead, save

KEYS = st.sampled_from(["email:a@b.de", "name:lead:a", "ref:R1", "ext:lead:7"])
MOMENTS = st.sampled_from(["2026-11-30T14:00:00Z", "2026-11-30T14:00:01Z", "1999-01-01T00:00:00Z"])
RECORDS = st.tuples(KEYS, st.sampled_from(sorted(LETTERS)), st.integers(1, 2**56 - 1))


def record_pair(key: str, kind: str, number: int) -> bytes:
    return key_bytes(key) + record_bytes(kind, number)


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2))
    save(store, contacted(1))
    return store


def answers(store: TinyStore) -> list[object]:
    with store.read() as snapshot:
        found = [snapshot.find(f"email:a{number}@example.com") for number in (1, 2, 3)]
        return [*found, snapshot.history("lead", 1), snapshot.latest(1)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(RECORDS, max_size=60), max_size=4))
def test_it_is_a_set_of_records_for_every_key(steps: list[list[tuple[str, str, int]]]) -> None:
    pairs, model = Pairs(), set[tuple[str, str, int]]()
    for step in steps:
        index = Index(pairs, Pairs(), Head(), 0)
        index.add(record_pair(*record) for record in step)
        model.update(step)
        for key in ("email:a@b.de", "name:lead:a", "ref:R1", "ext:lead:7", "none"):
            assert sorted(index.records(key)) == sorted((kind, n) for k, kind, n in model if k == key)
        pairs = Pairs(b"".join(index.runs()[0]))
    assert len(pairs) == len(model)
    assert [pairs[place] for place in range(len(pairs))] == sorted(record_pair(*record) for record in model)


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 900), min_size=150, max_size=600), st.sets(st.integers(0, 900), max_size=3))
def test_a_few_pairs_are_merged_as_many_are(many: set[int], few: set[int]) -> None:
    run = Pairs(run_of([line_pair("lead", 1, offset) for offset in many]))
    merged = b"".join(run.merged(line_pair("lead", 1, offset) for offset in few))
    assert merged == run_of([line_pair("lead", 1, offset) for offset in many | few])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.integers(1, 900), st.none() | MOMENTS, max_size=400), max_size=4), MOMENTS)
def test_a_record_has_one_moment_or_none(steps: list[dict[int, str | None]], until: str) -> None:
    dues, model = Pairs(), dict[int, str | None]()
    for step in steps:
        index = Index(Pairs(), dues, Head(), 0)
        for number, moment in step.items():
            index.renew("event", number, moment)
        model.update(step)
        waiting = sorted((moment, number) for number, moment in model.items() if moment and moment <= until)
        assert index.due(until) == [("event", number) for _, number in waiting]
        dues = Pairs(b"".join(index.runs()[1]))
    assert len(dues) == sum(moment is not None for moment in model.values())


def test_a_key_is_found_whatever_stands_around_it() -> None:
    index = Index(Pairs(), Pairs(), Head(), 0)
    index.add([record_pair("a", "lead", 1), line_pair("lead", 1, 0), line_pair("lead", 1, 5000)])
    again = Index(Pairs(b"".join((b"beginning", *index.runs()[0], b"end")), 9, 9 + 3 * 16), Pairs(), Head(), 0)
    assert (again.records("a"), again.offsets("lead", 1), again.offsets("lead", 2)) == ([("lead", 1)], [0, 5000], [])
    assert len(key_bytes("\udce9")) == 8


def test_the_index_on_the_disk_knows_every_key_and_every_line(store: TinyStore) -> None:
    with store.read() as snapshot:
        index = load_index(store.files, snapshot.store_id, 0)
        assert index is not None
        for number in (1, 2):
            doc = snapshot.get("lead", number)
            assert doc is not None
            assert all(("lead", number) in index.records(key) for key in match_keys("lead", doc))
            assert len(index.offsets("lead", number)) == len(snapshot.history("lead", number))
        assert len(index.offsets("operation", 2)) == 1


def _without_the_end(raw: bytes) -> bytes:
    return raw[:-16]


def _with_zeros_at_the_end(raw: bytes) -> bytes:
    return raw[:-64] + bytes(64)


def _with_one_bit_flipped(raw: bytes) -> bytes:
    return raw[:-20] + bytes([raw[-20] ^ 4]) + raw[-19:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: b"\n",
        lambda raw: raw[: raw.index(b"\n")],
        lambda raw: raw[: raw.index(b"\n") + 1],
        lambda raw: raw.replace(b'"v":', b'"w":'),
        lambda raw: raw.replace(b'"lead","campaign"', b'"campaign","lead"'),
        lambda raw: bytes(len(raw)),
        lambda raw: raw + b"x",
        _without_the_end,
        _with_zeros_at_the_end,
        _with_one_bit_flipped,
    ],
)
def test_an_index_that_is_missing_or_spoilt_changes_no_answer(
    store: TinyStore, spoil: Callable[[bytes], bytes]
) -> None:
    before = answers(store)
    store.files.index.write_bytes(spoil(store.files.index.read_bytes()))
    assert answers(store) == before
    store.files.index.unlink()
    assert answers(store) == before
    save(store, new_lead(3))
    assert answers(store)[2:4] == [[("lead", 3)], before[3]]


def test_an_index_that_is_missing_is_made_again_by_the_next_change(
    store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
    save(store, contacted(2))
    whole = store.files.index.read_bytes()
    store.files.index.unlink()
    save(store, new_lead(3))
    with store.read() as snapshot:
        index = load_index(store.files, snapshot.store_id, 0)
        assert index is not None
        assert index.head.seq == snapshot.seq
    save(store, new_lead(4))
    assert len(whole) < len(store.files.index.read_bytes())
    with store.read() as snapshot:
        assert index.head.seq < snapshot.seq == snapshot.waiting + index.head.seq


def test_the_index_of_another_store_is_not_believed(store: TinyStore, tmp_path: Path) -> None:
    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    save(other, change(1, {"status": [None, "new"]}, emails=[None, ["a3@example.com"]]))
    save(other, contacted(1))
    before = answers(store)
    store.files.index.write_bytes(other.files.index.read_bytes())
    assert answers(store) == before


def test_an_older_index_is_caught_up_with_the_log(store: TinyStore) -> None:
    old = store.files.index.read_bytes()
    save(store, change(1, {"status": ["contacted", "qualified"]}, emails=[["a1@example.com"], ["new@example.com"]]))
    newest = answers(store)
    store.files.index.write_bytes(old)
    assert answers(store) == newest
    with store.read() as snapshot:
        assert snapshot.find("email:new@example.com") == [("lead", 1)]


def test_an_index_from_before_another_end_of_the_log_is_not_believed(store: TinyStore) -> None:
    log, crm = store.files.log.read_bytes(), store.files.state.read_bytes()
    save(store, new_lead(3))
    ahead = store.files.index.read_bytes()
    store.files.log.write_bytes(log)
    store.files.state.write_bytes(crm)
    save(store, new_lead(4), new_lead(5))
    store.files.index.write_bytes(ahead)
    with store.read() as snapshot:
        assert snapshot.find("email:a3@example.com") == []
        assert snapshot.find("email:a5@example.com") == [("lead", 5)]


def test_a_log_read_in_pieces_gives_the_same_as_in_one(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store, *(new_lead(number) for number in range(3, 40)))
    before, whole = answers(store), contents(store)
    store.files.index.unlink()
    store.files.state.unlink()
    monkeypatch.setattr("crm_cli.store.log._CHUNK", 700)
    assert answers(store) == before
    assert contents(store) == whole
    assert [one.message for one in verify(store.files.folder).findings if one.level == "error"] == []
    with store.change() as transaction:
        assert transaction.warnings == ["crm.json is missing; it is made again from the log"]


def test_what_ends_an_operation_larger_than_a_piece_is_told_as_ever(
    store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.log._CHUNK", 700)
    save(store, *(new_lead(number) for number in range(3, 40)))
    assert verify(store.files.folder).findings == ()
    with store.files.log.open("r+b") as log:
        log.truncate(store.files.log.stat().st_size - 9)
    assert [one.level for one in verify(store.files.folder).findings] == ["error", "warning"]
    store.files.state.unlink()
    store.files.index.unlink()
    with store.read() as snapshot:
        assert [doc["id"] for doc in snapshot.scan("lead")] == ["L1", "L2"]


def test_an_index_is_not_made_from_a_crm_json_that_was_changed(store: TinyStore) -> None:
    store.files.state.write_bytes(store.files.state.read_bytes().replace(b"a2@example", b"a3@example"))
    store.files.index.unlink()
    with store.read() as snapshot, pytest.raises(Unreadable, match="changed by another program"):
        snapshot.find("email:a3@example.com")
