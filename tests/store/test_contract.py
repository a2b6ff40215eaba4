"""What every backend promises (crm_cli/store/port.py), held against each of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.condition import Comparison
from crm_cli.domain.errors import BadValue, Busy, Conflict, Refused, Unreadable
from crm_cli.domain.history import Change, Doc, Entry, Fields, Operation, flatten, fold
from crm_cli.store import tiny
from crm_cli.store.check import rebuild, verify
from crm_cli.store.memory import MemoryStore
from crm_cli.store.port import Store
from crm_cli.store.tiny import TinyStore
from tests.store.samples import (
    LATER,
    NOVEMBER,
    NOW,
    QuietDisk,
    change,
    contacted,
    contents,
    new_lead,
    operation,
    save,
    tagged,
)


@pytest.fixture(params=["at once", "late", "in memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Store]:
    """Opens the store anew; "late" renews crm.json only every few lines."""
    if request.param == "in memory":
        memory = MemoryStore(lock_wait=0.1)
        return lambda: memory
    if request.param == "late":
        monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
        monkeypatch.setattr(tiny, "TAIL_ENTRIES", 4)
    return lambda: TinyStore(tmp_path / "store", disk=QuietDisk(), lock_wait=0.1)


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    return reopen()


# --- reading ---------------------------------------------------------------------------------------


def test_a_store_that_is_not_there_reads_as_an_empty_one(store: Store) -> None:
    with store.read() as snapshot:
        assert snapshot.get("lead", 1) is None
        assert (list(snapshot.scan("lead")), snapshot.find("email:a1@example.com")) == ([], [])
        assert (list(snapshot.log()), snapshot.latest(3), snapshot.history("lead", 1)) == ([], [], [])
        assert (snapshot.store_id, snapshot.seq, snapshot.last_at) == ("", 0, "")
        assert (snapshot.next_number("lead"), snapshot.next_number("operation")) == (1, 1)


def test_what_is_committed_is_there_for_whoever_opens_next(reopen: Callable[[], Store]) -> None:
    save(reopen(), new_lead(1))
    with reopen().read() as snapshot:
        found = snapshot.get("lead", 1)
    assert found == {
        "id": "L1",
        "created_at": NOVEMBER,
        "updated_at": NOVEMBER,
        "status": "new",
        "name": "Jürgen Müller 1",
        "emails": ["a1@example.com"],
    }


def test_a_snapshot_is_not_moved_by_later_commits(store: Store) -> None:
    save(store, new_lead(1))
    with store.read() as snapshot:
        before = (snapshot.get("lead", 1), snapshot.seq, snapshot.next_number("lead"), snapshot.last_at)
        save(store, contacted(1), new_lead(2))
        assert (snapshot.get("lead", 1), snapshot.seq, snapshot.next_number("lead"), snapshot.last_at) == before
        assert [doc["status"] for doc in snapshot.scan("lead")] == ["new"]
        assert snapshot.find("email:a2@example.com") == []
        assert len(snapshot.history("lead", 1)) == 1
        assert len(list(snapshot.log())) == snapshot.seq == snapshot.latest(1)[-1].seq == 3


def test_records_are_scanned_in_the_order_of_their_numbers(store: Store) -> None:
    save(store, *(new_lead(number) for number in (10, 2, 100)))
    save(store, new_lead(9), new_lead(1))
    with store.read() as snapshot:
        assert [doc["id"] for doc in snapshot.scan("lead")] == ["L1", "L2", "L9", "L10", "L100"]


def test_a_scan_gives_the_wanted_fields_and_no_other(store: Store) -> None:
    save(store, new_lead(1), new_lead(2))
    save(store, contacted(2))
    where = Comparison("status", "=", ("contacted",))
    with store.read() as snapshot:
        assert list(snapshot.scan("lead", fields=["id", "rep"])) == [{"id": "L1"}, {"id": "L2"}]
        assert list(snapshot.scan("lead", where, ["name"])) == [{"name": "Jürgen Müller 2"}]
        assert [doc["id"] for doc in snapshot.scan("lead", where)] == ["L2"]


def test_the_changes_of_a_transaction_are_in_its_own_scans(store: Store) -> None:
    save(store, new_lead(1), new_lead(5))
    with store.change() as transaction:
        transaction.apply(contacted(5))
        transaction.apply(new_lead(3))
        assert list(transaction.scan("lead", fields=["id", "status"])) == [
            {"id": "L1", "status": "new"},
            {"id": "L3", "status": "new"},
            {"id": "L5", "status": "contacted"},
        ]


def test_a_document_handed_out_may_be_changed_without_harm(store: Store) -> None:
    with store.change() as transaction:
        given = transaction.apply(new_lead(1))
        transaction.apply(tagged(1, "vip"))
        for doc in (given, transaction.get("lead", 1), next(transaction.scan("lead"))):
            assert doc is not None
            doc["emails"].append("x@example.com")
            doc.setdefault("tags", {})["spoilt"] = True
        transaction.commit(operation())
        assert transaction.get("lead", 1) == contents(store)["L1"]
    assert contents(store)["L1"]["emails"] == ["a1@example.com"]
    assert contents(store)["L1"]["tags"] == {"vip": True}


# --- finding ---------------------------------------------------------------------------------------


def test_a_record_is_found_by_every_key_it_has(reopen: Callable[[], Store]) -> None:
    account = Change(kind="account", number=7, at=NOW, facts={"rep": [None, "R1"]}, personal={"name": [None, "Nord"]})
    save(reopen(), new_lead(1), new_lead(2), account)
    with reopen().read() as snapshot:
        assert snapshot.find("email:a2@example.com") == [("lead", 2)]
        assert snapshot.find("name:account:nord") == snapshot.find("ref:R1") == [("account", 7)]
        assert snapshot.find("email:nobody@example.com") == []


def test_a_pending_record_is_found_in_the_transaction_and_nowhere_else(store: Store) -> None:
    save(store, new_lead(1))
    with store.change() as transaction:
        transaction.apply(new_lead(2))
        assert transaction.find("email:a2@example.com") == [("lead", 2)]
        with store.read() as snapshot:
            assert snapshot.find("email:a2@example.com") == []
    with store.read() as snapshot:
        assert snapshot.find("email:a2@example.com") == []


def test_records_of_several_kinds_are_found_in_one_order(store: Store) -> None:
    kinds = ("event", "lead", "account")
    save(store, *(Change(kind=kind, number=n, at=NOW, facts={"rep": [None, "R1"]}) for kind in kinds for n in (2, 1)))
    with store.read() as snapshot:
        found = snapshot.find("ref:R1")
    assert found == [(kind, n) for kind in ("lead", "account", "event") for n in (1, 2)]


def event(number: int, start: str, status: list[str | None] | None = None) -> Change:
    if status is not None:
        return Change(kind="event", number=number, at=NOW, facts={"status": status})
    facts: Fields = {"status": [None, "planned"], "start": [None, start], "remind.1h": [None, True]}
    return Change(kind="event", number=number, at=NOVEMBER, facts=facts)


def test_what_is_due_is_told_in_the_order_of_time(reopen: Callable[[], Store]) -> None:
    save(reopen(), event(1, "2026-12-01T15:00:00Z"), event(2, "2026-12-01T13:00:00Z"), event(3, "2027-01-01T10:00:00Z"))
    save(reopen(), event(4, "2026-12-01T14:00:00Z"), new_lead(1))
    with reopen().read() as snapshot:
        assert snapshot.due("2026-12-01T11:59:59Z") == []
        assert snapshot.due("2026-12-01T13:00:00Z") == [("event", 2), ("event", 4)]
        assert snapshot.due("2026-12-31T00:00:00Z") == [("event", 2), ("event", 4), ("event", 1)]


def test_what_is_done_or_put_off_is_due_no_longer(reopen: Callable[[], Store]) -> None:
    save(reopen(), *(event(number, "2026-12-01T13:00:00Z") for number in (1, 2, 3)))
    save(reopen(), event(1, "", ["planned", "completed"]))
    later = {"start": ["2026-12-01T13:00:00Z", "2026-12-24T13:00:00Z"]}
    with reopen().change() as transaction:
        transaction.apply(Change(kind="event", number=3, at=NOW, facts=later))
        assert transaction.due("2026-12-02T00:00:00Z") == [("event", 2)]
        transaction.commit(operation())
    save(reopen(), new_lead(1))
    with reopen().read() as snapshot:
        assert snapshot.due("2026-12-02T00:00:00Z") == [("event", 2)]
        assert snapshot.due("2026-12-31T00:00:00Z") == [("event", 2), ("event", 3)]


def test_a_snapshot_knows_what_was_due_in_it(store: Store) -> None:
    save(store, event(1, "2026-12-01T13:00:00Z"))
    with store.read() as snapshot:
        save(store, event(1, "", ["planned", "completed"]), event(2, "2026-12-01T13:00:00Z"))
        assert snapshot.due("2026-12-02T00:00:00Z") == [("event", 1)]


# --- history ---------------------------------------------------------------------------------------


def test_the_history_of_a_record_is_what_was_done_to_it_in_the_order_it_was_written(store: Store) -> None:
    save(store, new_lead(1), new_lead(2))
    why = Change(kind="lead", number=1, at=LATER, facts={"status": ["new", "contacted"]}, reason="he called")
    written = save(store, why, cmd="lead.contacted")
    with store.read() as snapshot:
        first, second = snapshot.history("lead", 1)
    assert (first.facts, first.personal) == (new_lead(1).facts, new_lead(1).personal)
    assert (second.tx, second.seq, second.op) == (written.tx, written.seq, "O2")
    assert (second.by, second.cmd, second.at, second.recorded) == ("sam", "lead.contacted", LATER, NOW)
    assert (second.reason, second.erased) == ("he called", False)


def test_history_holds_nothing_that_is_not_committed(store: Store) -> None:
    save(store, new_lead(1))
    with store.change() as transaction:
        transaction.apply(contacted(1))
        assert len(transaction.history("lead", 1)) == 1


def test_the_log_is_every_line_with_its_operation_before_the_changes(store: Store) -> None:
    save(store, new_lead(1))
    save(store, contacted(1), tagged(1, "vip"))
    with store.read() as snapshot:
        lines = [(entry.seq, entry.tx, entry.kind, entry.number) for entry in snapshot.log()]
    assert lines == [
        (1, 1, "store", 0),
        (2, 1, "operation", 1),
        (3, 1, "lead", 1),
        (4, 2, "operation", 2),
        (5, 2, "lead", 1),
        (6, 2, "lead", 1),
    ]


def test_the_command_as_typed_is_the_personal_part_of_its_operation(store: Store) -> None:
    save(store, new_lead(1), cmd="lead.add")
    with store.read() as snapshot:
        (entry,) = snapshot.history("operation", 1)
    assert entry.personal == {"argv": [None, ["crm", "lead", "add"]]}


@pytest.mark.parametrize(("count", "first"), [(0, None), (1, 3), (2, 2), (3, 1), (99, 1)])
def test_the_latest_operations_are_whole_and_in_order(store: Store, count: int, first: int | None) -> None:
    for number in (1, 2, 3):
        save(store, new_lead(number), cmd=f"lead.add{number}")
    with store.read() as snapshot:
        wanted = [] if first is None else [entry for entry in snapshot.log() if entry.tx >= first]
        assert snapshot.latest(count) == wanted


def test_one_operation_can_be_read_alone_and_whole(store: Store) -> None:
    for number in (1, 2, 3):
        save(store, new_lead(number), tagged(number, "vip"))
    with store.read() as snapshot:
        log = list(snapshot.log())
        for number in (1, 2, 3):
            assert snapshot.operation(number) == [entry for entry in log if entry.tx == number]
            assert list(snapshot.since(number)) == [entry for entry in log if entry.tx >= number]
        assert (list(snapshot.since(-5)), list(snapshot.since(4))) == (log, [])
        assert snapshot.operation(4) == snapshot.operation(0) == []


# --- numbers ---------------------------------------------------------------------------------------


def test_numbers_go_on_from_the_highest_and_are_never_used_again(reopen: Callable[[], Store]) -> None:
    save(reopen(), new_lead(1), new_lead(41))
    gone = Change(kind="lead", number=41, at=LATER, facts={"status": ["new", "deleted"]})
    save(reopen(), gone)
    with reopen().change() as transaction:
        assert transaction.next_number("lead") == 42
        transaction.apply(new_lead(transaction.next_number("lead")))
        assert transaction.next_number("lead") == 43
    with reopen().read() as snapshot:
        assert (snapshot.next_number("lead"), snapshot.next_number("account")) == (42, 1)


def test_the_number_of_an_operation_is_known_before_it_is_committed(store: Store) -> None:
    save(store, new_lead(1))
    with store.change() as transaction:
        assert transaction.next_number("operation") == 2
        assert transaction.commit(operation()).tx == 2
    with store.read() as snapshot:
        assert snapshot.next_number("operation") == 3


def test_the_store_keeps_its_name_and_knows_its_latest_date(reopen: Callable[[], Store]) -> None:
    save(reopen(), new_lead(1, "2026-11-25"))
    with reopen().read() as snapshot:
        born = snapshot.store_id
    save(reopen(), new_lead(2))
    with reopen().read() as snapshot:
        assert (len(born), snapshot.store_id, snapshot.last_at) == (32, born, "2026-11-25")


# --- changing --------------------------------------------------------------------------------------


def test_leaving_without_commit_keeps_nothing(store: Store) -> None:
    save(store, new_lead(1))
    before = contents(store)
    with store.change() as transaction:
        transaction.apply(contacted(1))
        transaction.apply(new_lead(2))
    with pytest.raises(ZeroDivisionError):
        _break_off(store)
    assert contents(store) == before
    assert save(store, contacted(1)).tx == 2


def _break_off(store: Store) -> None:
    with store.change() as transaction:
        transaction.apply(new_lead(3))
        raise ZeroDivisionError


def test_nobody_sees_a_change_before_it_is_committed(store: Store) -> None:
    with store.change() as transaction:
        assert transaction.apply(new_lead(1))["id"] == "L1"
        assert contents(store) == {}
        transaction.commit(operation())
        assert list(contents(store)) == ["L1"]


def test_what_was_committed_can_be_looked_at_in_the_same_transaction(store: Store) -> None:
    with store.change() as transaction:
        transaction.apply(new_lead(1))
        written = transaction.commit(operation())
        assert (transaction.seq, transaction.last_at) == (written.seq, NOVEMBER)
        assert [entry.kind for entry in transaction.latest(1)] == ["store", "operation", "lead"]
        assert len(transaction.history("lead", 1)) == 1
        assert (transaction.find("email:a1@example.com"), list(transaction.warnings)) == ([("lead", 1)], [])


def test_a_second_commit_holds_only_what_came_after_the_first(store: Store) -> None:
    with store.change() as transaction:
        transaction.apply(new_lead(1))
        first = transaction.commit(operation())
        transaction.apply(contacted(1))
        second = transaction.commit(operation("lead.contacted"))
        transaction.apply(new_lead(9))
    assert (second.tx, second.seq) == (2, first.seq + 2)
    assert {id: doc["status"] for id, doc in contents(store).items()} == {"L1": "contacted"}


def test_a_change_made_from_another_state_is_a_conflict_and_changes_nothing(store: Store) -> None:
    save(store, new_lead(1))
    with store.change() as transaction:
        transaction.apply(contacted(1))
        with pytest.raises(Conflict, match="status is 'contacted', not 'new'"):
            transaction.apply(contacted(1))
        with pytest.raises(Conflict):
            transaction.apply(contacted(2))
        transaction.commit(operation())
    assert list(contents(store)) == ["L1"]


def test_a_rehearsal_can_be_looked_at_but_not_committed(store: Store) -> None:
    with store.rehearse() as transaction:
        transaction.apply(new_lead(1))
        assert transaction.find("email:a1@example.com") == [("lead", 1)]
        with pytest.raises(Refused):
            transaction.commit(operation())
    assert contents(store) == {}


def test_bytes_that_are_no_text_are_refused_in_a_record_and_escaped_in_a_command(store: Store) -> None:
    caf = "caf\udce9"
    with store.change() as transaction:
        with pytest.raises(BadValue, match="no text"):
            transaction.apply(change(1, {}, name=[None, caf]))
        transaction.apply(new_lead(1))
        transaction.commit(Operation(cmd="lead.add", by="sam", recorded=NOW, argv=("crm", caf)))
    with store.read() as snapshot:
        assert snapshot.history("operation", 1)[0].personal == {"argv": [None, ["crm", "caf\\udce9"]]}


# --- two times -------------------------------------------------------------------------------------


def test_an_earlier_change_leaves_the_later_values_on_top(store: Store) -> None:
    save(store, new_lead(1, "2026-11-01"))
    save(store, change(1, {"rating": [None, "hot"]}, "2026-11-20"))
    save(store, change(1, {"rating": [None, "cold"], "status": ["new", "contacted"]}, "2026-11-10"))
    doc = contents(store)["L1"]
    assert (doc["rating"], doc["status"]) == ("hot", "contacted")
    assert (doc["created_at"], doc["updated_at"]) == ("2026-11-01", "2026-11-20")


def test_tags_notes_and_custom_fields_of_several_dates_are_all_kept(store: Store) -> None:
    save(store, new_lead(1, "2026-11-01"))
    save(store, change(1, {"tags.vip": [None, True]}, "2026-11-20", **{"custom.size": [None, "9"]}))
    save(store, change(1, {"tags.fair": [None, True]}, "2026-11-10", **{"notes.n1": [None, {"text": "hello"}]}))
    doc = contents(store)["L1"]
    assert doc["tags"] == {"vip": True, "fair": True}
    assert (doc["custom"], doc["notes"]) == ({"size": "9"}, {"n1": {"text": "hello"}})


def test_an_earlier_change_must_fit_the_record_as_it_was_then(store: Store) -> None:
    save(store, new_lead(1, "2026-11-01"))
    save(store, contacted(1, "2026-11-20"))
    with store.change() as transaction:
        with pytest.raises(Conflict):
            transaction.apply(change(1, {"status": ["contacted", "qualified"]}, "2026-11-10"))
        transaction.apply(tagged(1, "vip", "2026-11-10"))
        transaction.commit(operation())
    assert contents(store)["L1"]["status"] == "contacted"


def test_a_record_may_turn_out_to_be_older_than_was_known(store: Store) -> None:
    save(store, new_lead(1, "2026-11-20"))
    save(store, change(1, {"source": [None, "fair"]}, "2026-11-01"))
    doc = contents(store)["L1"]
    assert (doc["created_at"], doc["updated_at"], doc["source"]) == ("2026-11-01", "2026-11-20", "fair")


# --- one writer ------------------------------------------------------------------------------------


def test_whoever_cannot_have_the_store_in_time_is_told_so(store: Store) -> None:
    save(store, new_lead(1))
    begun = time.monotonic()
    with store.change(), pytest.raises(Busy), store.change():
        pass
    assert time.monotonic() - begun < 1
    save(store, contacted(1))


def test_the_same_on_another_thread(store: Store) -> None:
    save(store, new_lead(1))
    told: list[type[BaseException]] = []

    def try_it() -> None:
        try:
            save(store, contacted(1))
        except Busy as busy:
            told.append(type(busy))

    with store.change():
        other = threading.Thread(target=try_it)
        other.start()
        other.join(2)
    assert told == [Busy]


def test_whoever_waits_gets_the_store_when_it_is_free(store: Store) -> None:
    save(store, new_lead(1))
    other = threading.Thread(target=save, args=(store, contacted(1)))
    with store.change():
        other.start()
        time.sleep(0.02)
    other.join(2)
    assert contents(store)["L1"]["status"] == "contacted"


# --- any changes at any dates ----------------------------------------------------------------------

FIELDS = st.one_of(
    st.tuples(st.sampled_from(["status", "rating", "custom.size", "notes.n1"]), st.sampled_from([None, "a", 'ü\n"'])),
    st.tuples(st.sampled_from(["tags.vip", "tags.fair"]), st.sampled_from([None, True])),
    st.tuples(st.just("emails"), st.sampled_from([None, ["a@example.com"], ["a@example.com", "b@example.com"]])),
)
MOMENTS = st.sampled_from(["2026-11-01", "2026-11-02", "2026-11-02T08:00:00Z", "2026-11-02T09:00:00Z", "2026-11-03"])
Step = tuple[int, str, tuple[str, object]]  # number, moment, field with its new value
STEPS = st.lists(st.tuples(st.integers(1, 3), MOMENTS, FIELDS), max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=5), st.sampled_from([0, 4 << 20]))
def test_any_changes_at_any_dates_make_the_fold_of_their_history(
    operations: list[list[Step]], whole_file_below: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(tiny, "WHOLE_FILE_BELOW", whole_file_below)
        stores: list[Store] = [MemoryStore(), TinyStore(Path(folder) / "store", disk=QuietDisk())]
        for steps in operations:
            for store in stores:
                _do(store, steps)
        memory, on_disk = [dict(_folded(store)) for store in stores]
        assert memory == on_disk
        assert not operations or _rebuilds_alike(Path(folder) / "store")


def _do(store: Store, steps: list[Step]) -> None:
    with store.change() as transaction:
        done: dict[int, list[Change]] = {}
        for number, at, (path, value) in steps:
            known = [*transaction.history("lead", number), *done.get(number, [])]
            before = fold([one for one in known if one.at <= at])
            personal = {path: [flatten(before or {}).get(path), value]}
            done.setdefault(number, []).append(change(number, {}, at, **personal))
            transaction.apply(done[number][-1])
        transaction.commit(operation())


def _folded(store: Store) -> Iterator[tuple[str, tuple[Doc, list[Entry]]]]:
    with store.read() as snapshot:
        for doc in snapshot.scan("lead"):
            number = int(doc["id"][1:])
            history = snapshot.history("lead", number)
            assert doc == fold(history) == snapshot.get("lead", number)
            assert ("lead", number) in snapshot.find("email:a@example.com") or "emails" not in doc
            yield doc["id"], (doc, history)


def _rebuilds_alike(folder: Path) -> bool:
    store = TinyStore(folder, disk=QuietDisk())
    with store.change() as transaction:
        transaction.flush()
    before = store.files.state.read_bytes()
    store.files.state.unlink()
    rebuild(store)
    return store.files.state.read_bytes() == before and verify(folder).findings == ()


# --- files ---------------------------------------------------------------------------------------


def test_an_attached_file_is_there_from_the_commit_on(reopen: Callable[[], Store]) -> None:
    digest = sha256(b"a photo").hexdigest()
    store = reopen()
    with store.change() as transaction:
        transaction.attach(digest, lambda: [b"a ", b"photo"])
        transaction.apply(new_lead(1))
        with pytest.raises(Unreadable, match="is missing"), reopen().read() as snapshot:
            snapshot.attachment(digest)
        transaction.commit(operation())

    with reopen().read() as snapshot:
        assert bytes(snapshot.attachment(digest)) == b"a photo"


def test_a_file_with_another_digest_is_refused_and_nothing_is_saved(reopen: Callable[[], Store]) -> None:
    store = reopen()
    with store.change() as transaction:
        transaction.attach("0" * 64, lambda: [b"a photo"])
        transaction.apply(new_lead(1))
        with pytest.raises(Refused, match="was changed while it was read"):
            transaction.commit(operation())

    with reopen().read() as snapshot:
        assert snapshot.get("lead", 1) is None
        with pytest.raises(Unreadable):
            snapshot.attachment("0" * 64)


def test_a_rehearsal_keeps_no_file(reopen: Callable[[], Store]) -> None:
    save(reopen(), new_lead(1))
    digest = sha256(b"a photo").hexdigest()
    with reopen().rehearse() as transaction:
        transaction.attach(digest, lambda: [b"a photo"])

    with pytest.raises(Unreadable), reopen().read() as snapshot:
        snapshot.attachment(digest)
