"""A store as one file and back: the same bytes, whatever others write meanwhile, and nothing that is not whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from crm_cli.domain.errors import BadValue, CrmError, NotSaved, Refused, Unreadable
from crm_cli.domain.history import Change, Operation
from crm_cli.store import log
from crm_cli.store.chain import Chain
from crm_cli.store.check import rebuild, verify
from crm_cli.store.export import Cover, exported
from crm_cli.store.files import Files
from crm_cli.store.intake import Taken, parcel, take_in
from crm_cli.store.line import Head, parse_line, to_entry, write_lines
from crm_cli.store.tiny import TinyStore
from tests.store.samples import LATER, NOW, QuietDisk, contacted, contents, new_lead, operation, save


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    store = TinyStore(tmp_path / "store", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2))
    save(store, contacted(1))
    save(store, contacted(2, "2026-11-20T12:00:00Z"), new_lead(3))
    return store


def written(store: TinyStore, path: Path) -> Path:
    with exported(store.files) as (_, pieces):
        path.write_bytes(b"".join(pieces))
    return path


def taken(path: Path, folder: Path, *, as_new: bool = False) -> tuple[TinyStore, Taken]:
    store = TinyStore(folder, disk=QuietDisk())
    with parcel(path, path.name) as found:
        return store, take_in(store, found, found.looked_through(), as_new=as_new)


def test_the_first_line_says_what_follows_and_then_comes_the_log(store: TinyStore, tmp_path: Path) -> None:
    first, _, rest = written(store, tmp_path / "x").read_bytes().partition(b"\n")
    cover = msgspec.json.decode(first)
    assert rest == store.files.log.read_bytes()
    assert list(cover) == ["crm_export", "format", "store", "seq", "head"]
    assert (cover["seq"], cover["head"]) == (rest.count(b"\n"), verify(store.files.folder).head)


def test_taken_in_again_it_is_the_same_byte_for_byte(store: TinyStore, tmp_path: Path) -> None:
    rebuild(store)
    other, done = taken(written(store, tmp_path / "x"), tmp_path / "deep" / "other")
    for name in ("history.jsonl", "crm.json"):
        assert (other.files.folder / name).read_bytes() == (store.files.folder / name).read_bytes()
    rebuild(other)
    assert other.files.state.read_bytes() == store.files.state.read_bytes()
    assert (done.kept, done.warnings, verify(other.files.folder).findings) == ([], [], ())


def test_a_history_jsonl_will_do_too(store: TinyStore, tmp_path: Path) -> None:
    other, _ = taken(store.files.log, tmp_path / "other")
    assert other.files.log.read_bytes() == store.files.log.read_bytes()


@pytest.mark.parametrize("chunk", [700, 8 << 20])
def test_it_comes_in_pieces_of_whole_operations(store: TinyStore, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_CHUNK", chunk)
    with exported(store.files) as (_, pieces):
        _, *found = pieces
    assert b"".join(found) == store.files.log.read_bytes()
    assert (len(found) > 1) is (chunk == 700)
    assert all(parse_line(piece.splitlines()[-1]).more == 0 for piece in found)


def test_what_others_write_meanwhile_is_left_out(store: TinyStore) -> None:
    before = store.files.log.read_bytes()
    with exported(store.files) as (cover, pieces):
        save(store, new_lead(9))
        assert b"".join(pieces) == cover.line() + before


def test_an_unfinished_write_is_left_out(store: TinyStore, tmp_path: Path) -> None:
    before = store.files.log.read_bytes()
    store.files.log.write_bytes(before + before[-200:-1])
    assert written(store, tmp_path / "x").read_bytes().partition(b"\n")[2] == before


def test_a_damaged_log_is_not_exported_as_if_it_were_sound(store: TinyStore, tmp_path: Path) -> None:
    raw = store.files.log.read_bytes()
    store.files.log.write_bytes(raw.replace("Müller 1".encode(), "Müllar 1".encode(), 1))
    with pytest.raises(Unreadable, match="line 3 of the log"):
        written(store, tmp_path / "x")


def test_nothing_is_exported_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="nothing to export"), exported(Files(tmp_path / "none", QuietDisk())):
        pass


# --- as new --------------------------------------------------------------------------------------


def _told(line: bytes) -> object:
    entry = to_entry(parse_line(line))
    facts = None if entry.kind == "store" else entry.facts
    return entry.id if entry.kind != "store" else "", entry.at, entry.recorded, entry.by, facts, entry.personal


def test_as_new_everything_is_the_same_but_whose_it_is(store: TinyStore, tmp_path: Path) -> None:
    other, done = taken(written(store, tmp_path / "x"), tmp_path / "other", as_new=True)
    mine, theirs = (one.files.log.read_bytes().splitlines() for one in (store, other))
    assert contents(other) == contents(store)
    assert list(map(_told, mine)) == list(map(_told, theirs))
    assert verify(other.files.folder).findings == ()
    assert verify(other.files.folder).store == done.store != verify(store.files.folder).store
    salts = [parse_line(line).sf for line in (*mine, *theirs)]
    assert len(set(salts)) == len(salts)


def test_what_was_erased_stays_erased_in_a_store_as_new(store: TinyStore, tmp_path: Path) -> None:
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    line = parse_line(lines[2])
    assert line.sp is not None
    gone = lines[2].replace(b'"sp":"%s"' % line.sp.encode(), b'"sp":null').replace(b'"p":' + bytes(line.p), b'"p":null')
    path = tmp_path / "erased"
    path.write_bytes(b"".join([*lines[:2], gone, *lines[3:]]))
    other, _ = taken(path, tmp_path / "other", as_new=True)
    with other.read() as snapshot:
        assert snapshot.history("lead", 1)[0].erased
    assert "name" not in contents(other)["L1"]


def test_the_next_number_goes_on_where_it_was(store: TinyStore, tmp_path: Path) -> None:
    for as_new in (False, True):
        other, _ = taken(written(store, tmp_path / "x"), tmp_path / f"{as_new}", as_new=as_new)
        with other.read() as snapshot:
            assert (snapshot.next_number("lead"), snapshot.next_number("operation")) == (4, 4)


# --- refused -------------------------------------------------------------------------------------


def _cut(lines: list[bytes]) -> bytes:
    return b"".join(lines[:-1])


def _cut_between(lines: list[bytes]) -> bytes:
    return b"".join(lines[:-3])  # behind the second operation: every line that is left is sound


def _cut_in_a_line(lines: list[bytes]) -> bytes:
    return b"".join(lines)[:-10]


def _altered(lines: list[bytes]) -> bytes:
    return b"".join(lines).replace("Müller 2".encode(), "Müllar 2".encode())


def _swapped(lines: list[bytes]) -> bytes:
    return b"".join([*lines[:3], lines[4], lines[3], *lines[5:]])


def _of_another(lines: list[bytes]) -> bytes:
    raw, _ = write_lines(Head(), operation(), [Change(kind="lead", number=1, at=NOW, facts={})])
    return lines[0] + raw


def _of_nobody(lines: list[bytes]) -> bytes:
    raw, head = write_lines(Head(), operation(), [new_lead(1)])
    return Cover(store="", seq=head.seq, head=head.h).line() + raw


def _longer(lines: list[bytes]) -> bytes:
    chain = Chain(Head())
    list(chain.walk(b"".join(lines[1:])))
    return b"".join(lines) + write_lines(chain.head, operation(), [new_lead(7)])[0]


def _newer(lines: list[bytes]) -> bytes:
    return b"".join([lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]])


def _newer_export(lines: list[bytes]) -> bytes:
    return b"".join([lines[0].replace(b'"crm_export":1', b'"crm_export":2'), *lines[1:]])


def _odd_record(lines: list[bytes]) -> bytes:
    """A chain that holds, of changes that no record can take."""
    bad = [new_lead(1), Change(kind="lead", number=1, at=LATER, facts={"name.first": [None, "x"]})]
    return write_lines(Head(), Operation(cmd="lead.add", by="sam", recorded=NOW, starts="5" * 32), bad)[0]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_cut, r"x, line \d+: .*it was cut"),
        (_cut_between, r"x, line \d+: .*should have 9: it was cut"),
        (_cut_in_a_line, r"x, line \d+: .*it was cut"),
        (_altered, "x, line 5: its personal part is not"),
        (_swapped, "x, line 4: "),
        (_of_another, "x, line 4: .*2 lines of the log"),
        (_of_nobody, "x, line 2: .*whose"),
        (_longer, r"x, line \d+: "),
        (_newer, "newer program"),
        (_newer_export, "newer program"),
        (_odd_record, "x, line 4: cannot be made a record of"),
        (lambda lines: lines[0], "x, line 2: .*it was cut"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_its_line(
    store: TinyStore, tmp_path: Path, spoil: Callable[[list[bytes]], bytes], told: str
) -> None:
    path = written(store, tmp_path / "x")
    path.write_bytes(spoil(path.read_bytes().splitlines(keepends=True)))
    with pytest.raises(Unreadable, match=told):
        taken(path, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_every_cut_is_noticed(store: TinyStore, tmp_path: Path) -> None:
    path = written(store, tmp_path / "x")
    raw = path.read_bytes()
    for size in range(0, len(raw), 61):
        path.write_bytes(raw[:size])
        with parcel(path, "x") as found, pytest.raises(CrmError, match="x, line"):
            found.looked_through()


@pytest.mark.parametrize("raw", [b"", b"\n", b"name,email\nJane,j@x.example\n", b"{}\n", b'{"id":"L1"}\n', bytes(3000)])
def test_a_file_of_another_kind_is_told_from_a_damaged_one(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(BadValue, match="x, line 1: this is no store"):
        taken(tmp_path / "x", tmp_path / "other")


def test_a_store_with_records_is_left_alone(store: TinyStore, tmp_path: Path) -> None:
    path = written(store, tmp_path / "x")
    before = store.files.log.read_bytes()
    with pytest.raises(Refused, match="has records already"):
        taken(path, store.files.folder)
    assert store.files.log.read_bytes() == before


def test_a_store_with_settings_only_makes_room_and_is_kept_aside(store: TinyStore, tmp_path: Path) -> None:
    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    save(other, Change(kind="setting", number=1, at=NOW, facts={"key": [None, "currency"], "value": [None, "EUR"]}))
    log, state = other.files.log.read_bytes(), other.files.state.read_bytes()
    _, done = taken(written(store, tmp_path / "x"), tmp_path / "other")
    assert [path.read_bytes() for path in done.kept] == [log, state]
    assert contents(other) == contents(store)


def test_without_room_nothing_is_changed(store: TinyStore, tmp_path: Path) -> None:
    class Full(QuietDisk):
        """No room left."""

        def write(self, fd: int, raw: bytes | memoryview) -> int:
            raise OSError(28, "No space left on device")

    other = TinyStore(tmp_path / "other", disk=Full())
    with parcel(written(store, tmp_path / "x"), "x") as found, pytest.raises(NotSaved, match="No space left"):
        take_in(other, found, found.looked_through())
    assert not other.exists()
    assert list(other.files.folder.glob(".*.tmp")) == []


def test_a_file_that_changes_under_our_hands_is_noticed(store: TinyStore, tmp_path: Path) -> None:
    path = written(store, tmp_path / "x")
    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    with parcel(path, "x") as found:
        whole = found.looked_through()
        path.write_bytes(_altered(path.read_bytes().splitlines(keepends=True)))
        with pytest.raises(Unreadable, match="was changed while it was read"):
            take_in(other, found, whole)
    assert not other.exists()
