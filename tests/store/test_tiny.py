"""When crm.json is renewed, what a writer is warned of, and what happens when it cannot be renewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.domain.errors import Refused
from crm_cli.store import tiny
from crm_cli.store.check import verify
from crm_cli.store.image import Image
from crm_cli.store.tiny import TinyStore, TinyTransaction
from tests.store.samples import QuietDisk, contacted, contents, new_lead, operation, save, tagged


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1))
    return store


def lines_in_file(store: TinyStore) -> int:
    return Image(store.files.state.read_bytes()).meta.seq


def test_a_small_file_is_renewed_with_every_commit(store: TinyStore) -> None:
    seen = [(save(store, tagged(1, tag)).seq, lines_in_file(store)) for tag in ("a", "b", "c")]
    assert seen == [(5, 5), (7, 7), (9, 9)]


def test_a_large_one_is_renewed_when_the_log_is_many_lines_ahead(
    store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 100)
    monkeypatch.setattr(tiny, "TAIL_ENTRIES", 4)
    seen = [(save(store, tagged(1, f"t{n}")).seq, lines_in_file(store)) for n in range(5)]
    assert seen == [(5, 3), (7, 3), (9, 9), (11, 9), (13, 9)]
    assert contents(store)["L1"]["tags"] == {f"t{n}": True for n in range(5)}


def test_or_when_it_is_many_bytes_ahead(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 100)
    monkeypatch.setattr(tiny, "TAIL_BYTES", 2_000)
    sizes = [save(store, tagged(1, f"t{n}")).seq - lines_in_file(store) for n in range(6)]
    assert 0 in sizes
    assert max(sizes) >= 2


def test_whether_it_is_behind_can_be_asked_and_mended(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 100)
    save(store, contacted(1))
    with store.change() as transaction:
        assert transaction.is_behind()
        transaction.flush()
    with store.change() as transaction:
        assert not transaction.is_behind()
    assert lines_in_file(store) == 5
    assert verify(store.files.folder).findings == ()


def test_a_file_behind_the_log_is_no_finding(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 100)
    save(store, contacted(1), new_lead(2))
    verdict = verify(store.files.folder)
    assert (verdict.findings, verdict.records, verdict.seq) == ((), 2, 6)


def test_what_is_not_committed_is_never_written_to_it(store: TinyStore) -> None:
    before = store.files.state.read_bytes()
    with store.change() as transaction:
        transaction.apply(contacted(1))
        with pytest.raises(Refused, match="not committed"):
            transaction.flush()
    assert store.files.state.read_bytes() == before


def test_a_torn_end_is_cut_off_with_a_warning_and_kept(store: TinyStore) -> None:
    whole = store.files.log.read_bytes()
    store.files.log.write_bytes(whole + whole[-200:-9])
    with store.read() as snapshot:
        assert (snapshot.seq, list(snapshot.warnings)) == (3, [])
    with store.change() as transaction:
        (warning,) = transaction.warnings
        transaction.apply(contacted(1))
        transaction.commit(operation())
    assert warning.startswith("an unfinished write of 191 bytes was cut off the log and kept in ")
    assert (store.files.quarantine / "torn-tail.1").read_bytes() == whole[-200:-9]
    assert store.files.log.read_bytes().startswith(whole)
    assert verify(store.files.folder).ok


def test_a_file_that_cannot_be_renewed_is_a_warning_and_the_change_is_saved(store: TinyStore) -> None:
    class Full(QuietDisk):
        """No room for a new file."""

        def replace(self, source: Path, target: Path) -> None:
            raise OSError(28, "No space left on device")

    with TinyStore(store.files.folder, disk=Full()).change() as transaction:
        transaction.apply(contacted(1))
        written = transaction.commit(operation())
        assert "No space left" in transaction.warnings[0]
    assert (written.seq, lines_in_file(store)) == (5, 3)
    assert contents(store)["L1"]["status"] == "contacted"
    assert [path.name for path in store.files.folder.glob(".*.tmp")] == []


def test_a_missing_file_is_made_again_by_the_next_change(store: TinyStore) -> None:
    before = store.files.state.read_bytes()
    store.files.state.unlink()
    assert list(contents(store)) == ["L1"]
    with store.change() as transaction:
        assert list(transaction.warnings) == ["crm.json is missing; it is made again from the log"]
        transaction.flush()
    assert store.files.state.read_bytes() == before


def test_a_store_is_not_made_before_something_is_saved_in_it(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "none")
    with store.change() as transaction:
        transaction.apply(new_lead(1))
    with store.rehearse() as transaction:
        transaction.apply(new_lead(1))
    assert not store.exists()
    assert not (tmp_path / "none").exists()


def test_who_interrupts_after_the_commit_is_still_told_that_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())

    def interrupted(self: TinyTransaction) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TinyTransaction, "flush", interrupted)
    with store.change() as transaction:
        transaction.apply(new_lead(1))
        transaction.commit(operation())
        assert any("interrupted after it was saved" in warning for warning in transaction.warnings)
    monkeypatch.undo()
    with store.read() as snapshot:
        assert snapshot.get("lead", 1) is not None
