"""Looking a store over: what is an error, what only a warning, and crm.json made again from the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Change, Operation
from crm_cli.store.check import rebuild, rehearse_rebuild, verify
from crm_cli.store.image import Image, Meta
from crm_cli.store.lacking import Lacking
from crm_cli.store.tiny import TinyStore
from tests.store.samples import LATER, QuietDisk, change, contacted, contents, new_lead, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2))
    save(store, contacted(1))
    return store


def messages(store: TinyStore, level: str = "error") -> list[str]:
    return [finding.message for finding in verify(store.files.folder).findings if finding.level == level]


def test_a_sound_store_has_no_findings(store: TinyStore) -> None:
    verdict = verify(store.files.folder)
    with store.read() as snapshot:
        assert (verdict.store, verdict.seq, verdict.records) == (snapshot.store_id, snapshot.seq, 2)
    assert (verdict.findings, verdict.ok, verdict.anchor_seen) == ((), True, None)


def test_a_hash_noted_earlier_is_found_until_the_log_is_cut_behind_it(store: TinyStore) -> None:
    anchor = save(store, contacted(2)).head
    assert verify(store.files.folder, anchor).anchor_seen
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    store.files.log.write_bytes(b"".join(lines[:-2]))
    store.files.state.unlink()
    cut = verify(store.files.folder, anchor)
    assert (cut.anchor_seen, cut.ok) == (False, False)
    assert [finding.level for finding in cut.findings] == ["warning"]


def test_another_documents_line_in_crm_json_is_named(store: TinyStore) -> None:
    raw = store.files.state.read_bytes()
    store.files.state.write_bytes(raw.replace("Müller 2".encode(), b"Moller 22"))
    first, second, last = messages(store)
    assert ("checksum" in first, second) == (True, "crm.json: L2 is not what the log makes of it")
    assert last.endswith("crm rebuild mends it")


def test_a_crm_json_with_a_checksum_of_its_own_is_still_compared_with_the_log(store: TinyStore) -> None:
    image = Image(store.files.state.read_bytes())
    meta = Meta(**{name: getattr(image.meta, name) for name in Meta.__struct_fields__})
    forged = image.spliced({"lead": {2: b'{"id":"L2"}'}, "ghost": {1: b"{}"}}, meta)
    store.files.state.write_bytes(forged)
    assert Image(forged).check()
    found = messages(store)
    assert "crm.json: L2 is not what the log makes of it" in found
    assert "crm.json: ghost 1 is not what the log makes of it" in found


@pytest.mark.parametrize("piece", [300, 8 << 20])
def test_a_log_shorter_than_crm_json_knows_is_an_error(
    store: TinyStore, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.log._CHUNK", piece)
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    for kept in (lines[:-1], lines[:-2], lines[:1], []):
        store.files.log.write_bytes(b"".join(kept))
        assert "history.jsonl lacks what crm.json was made from, or crm.json is spoilt" in messages(store)
    store.files.log.unlink()
    assert messages(store) != []


def test_references_to_nothing_are_errors(store: TinyStore) -> None:
    save(store, change(1, {"account": [None, "A7"], "campaign": [None, "C1"], "rep": [None, "nobody"]}))
    assert messages(store) == ["L1: its campaign C1 does not exist", "L1: its account A7 does not exist"]


def test_a_clock_that_went_back_is_a_warning(store: TinyStore) -> None:
    with store.change() as transaction:
        transaction.apply(contacted(2))
        transaction.commit(Operation(cmd="lead.contacted", by="sam", recorded="1970-01-01T00:00:00Z"))
    assert messages(store) == []
    assert messages(store, "warning")[0].startswith("the clock went back once;")


def test_a_torn_end_is_a_warning_and_so_is_what_is_kept_aside(store: TinyStore) -> None:
    with store.files.log.open("ab") as log:
        log.write(b'{"h":"')
    assert messages(store, "warning") == ["an unfinished write of 6 bytes ends the log; the next change moves it away"]
    save(store, contacted(2))
    assert messages(store, "warning") == [f"a file waits in {store.files.quarantine}"]


def test_rebuild_gives_the_same_bytes_and_counts_the_lines(store: TinyStore) -> None:
    save(store, change(1, {"rating": [None, "hot"]}, "2026-11-20T12:00:00Z"))
    before, index = store.files.state.read_bytes(), store.files.index.read_bytes()
    store.files.state.unlink()
    store.files.index.unlink()
    assert rebuild(store) == 8
    assert (store.files.state.read_bytes(), store.files.index.read_bytes()) == (before, index)
    assert not store.files.quarantine.exists()


def test_rebuild_is_refused_where_crm_json_knows_more_and_changes_nothing(store: TinyStore) -> None:
    save(store, new_lead(3))
    with store.files.log.open("r+b") as log:
        log.truncate(store.files.log.stat().st_size - 5)
    before = {path: path.read_bytes() for path in store.files.folder.rglob("*") if path.is_file()}
    for make in (rebuild, rehearse_rebuild):
        with pytest.raises(Lacking, match="L3 would be lost") as told:
            make(store)
        assert (told.value.details["lost"], told.value.details["older"]) == (["L3"], [])
    assert {path: path.read_bytes() for path in store.files.folder.rglob("*") if path.is_file()} == before


def test_the_lines_before_a_damage_are_counted(store: TinyStore) -> None:
    log = store.files.log
    log.write_bytes(log.read_bytes().replace(b'"contacted"', b'"conducted"'))
    verdict = verify(store.files.folder)
    assert (verdict.seq, verdict.records, verdict.log_ok) == (4, 2, False)


def test_rebuild_from_a_shorter_log_keeps_the_crm_json_that_knew_more(store: TinyStore) -> None:
    ahead = store.files.state.read_bytes()
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    store.files.log.write_bytes(b"".join(lines[:-2]))
    with pytest.raises(Unreadable, match=r"shorter than crm\.json knows"):
        save(store, contacted(2))
    rebuild(store, shorter=True)
    assert contents(store)["L1"]["status"] == "new"
    assert (store.files.quarantine / "crm.json.1").read_bytes() == ahead


def test_rebuild_without_a_log_is_refused(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    store.files.make()
    with pytest.raises(Unreadable, match="no log to rebuild from"):
        rebuild(store)


def test_what_was_written_while_it_looked_is_no_error(store: TinyStore) -> None:
    class Busy(QuietDisk):
        """Somebody saves between any two looks at the disk."""

        numbers = iter(range(100, 200))

        def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
            save(store, new_lead(next(self.numbers)))
            return super().open(path, flags, mode)

    for _ in range(5):
        assert verify(store.files.folder, disk=Busy()).findings == ()
        assert contents(TinyStore(store.files.folder, disk=Busy()))["L1"]["updated_at"] == LATER


def test_records_of_every_kind_are_compared(store: TinyStore) -> None:
    kinds = ("account", "campaign", "claim", "contact", "deal", "event", "import", "rep", "setting")
    save(store, *(Change(kind=kind, number=1, at=LATER, facts={"name": [None, "x"]}) for kind in kinds))
    assert verify(store.files.folder).records == 11
