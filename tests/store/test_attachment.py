"""Attached files in the store: kept before the commit, once each, private, copied and checked."""

from __future__ import annotations

import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from crm_cli.domain.errors import NotSaved, Refused, Unreadable
from crm_cli.domain.history import Change
from crm_cli.store.attachment import content, digests, keep
from crm_cli.store.backup import backup
from crm_cli.store.check import verify
from crm_cli.store.files import Files
from crm_cli.store.restore import looked_at, restore
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, new_lead, operation

RAW = b"\xff\xd8\xff a photo"
DIGEST = sha256(RAW).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> TinyStore:
    return TinyStore(tmp_path / "store", disk=QuietDisk())


def with_file(number: int, raw: bytes) -> Change:
    """A new record to which a file is attached."""
    new = new_lead(number)
    one = {"number": 1, "name": "photo.jpg", "sha256": sha256(raw).hexdigest(), "size": len(raw)}
    return Change(
        kind="lead",
        number=number,
        at=new.at,
        facts=new.facts,
        personal={**(new.personal or {}), "attachments.1": [None, one]},
    )


def attach(store: TinyStore, number: int = 1, raw: bytes = RAW) -> None:
    with store.change() as transaction:
        transaction.attach(sha256(raw).hexdigest(), lambda: [raw])
        transaction.apply(with_file(number, raw))
        transaction.commit(operation("claim.attach"))


def kept(store: TinyStore) -> Path:
    return store.files.attachments / DIGEST


def test_the_content_lies_under_its_digest_for_the_owner_alone(store: TinyStore) -> None:
    attach(store)

    assert kept(store).read_bytes() == RAW
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (store.files.attachments, kept(store))]
    assert modes == [0o700, 0o600]
    assert [path.name for path in store.files.attachments.iterdir()] == [DIGEST]


def test_a_content_that_is_there_is_neither_written_nor_read_again(store: TinyStore) -> None:
    attach(store)
    before = kept(store).stat().st_ino
    with store.change() as transaction:
        transaction.attach(DIGEST, lambda: pytest.fail("it is there already"))
        transaction.apply(with_file(2, RAW))
        transaction.commit(operation("claim.attach"))

    assert kept(store).stat().st_ino == before


def test_one_that_was_spoilt_is_mended_when_it_comes_again(store: TinyStore) -> None:
    attach(store)
    kept(store).write_bytes(b"spoilt")
    attach(store, 2)

    assert kept(store).read_bytes() == RAW


def test_it_is_kept_before_the_log_speaks_of_it(store: TinyStore) -> None:
    attach(store, raw=b"first")
    seen: list[bool] = []

    class Watching(QuietDisk):
        """Looks, at every write to the log, whether the content is there."""

        def write(self, fd: int, raw: bytes | memoryview) -> int:
            if b"claim.attach" in bytes(raw):
                seen.append(kept(store).exists())
            return super().write(fd, raw)

    attach(TinyStore(store.files.folder, disk=Watching()), 2)
    assert seen
    assert seen[0] is True


def test_where_the_content_cannot_be_kept_nothing_is_saved(store: TinyStore) -> None:
    class Full(QuietDisk):
        """No room for the content."""

        def replace(self, source: Path, target: Path) -> None:
            if target.parent.name == "attachments":
                raise OSError(28, "No space left on device")
            super().replace(source, target)

    attach(store, raw=b"first")
    before = store.files.log.read_bytes()
    with pytest.raises(NotSaved, match="No space left"):
        attach(TinyStore(store.files.folder, disk=Full()), 2)

    assert store.files.log.read_bytes() == before
    assert DIGEST not in [path.name for path in store.files.attachments.iterdir()]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(RAW[:-1]), "is spoilt"),
        (lambda path: (path.unlink(), path.mkdir()), "is not a plain file"),
        (lambda path: (path.unlink(), path.symlink_to("/etc/passwd")), "is a link"),
    ],
)
def test_verify_names_what_is_missing_or_not_what_it_was(
    store: TinyStore, spoil: Callable[[Path], object], said: str
) -> None:
    attach(store)
    assert verify(store.files.folder).findings == ()
    spoil(kept(store))

    verdict = verify(store.files.folder)
    assert (verdict.ok, [one.of_a_file for one in verdict.findings]) == (False, [True])
    assert verdict.findings[0].message.startswith("L1: attachment 1:")
    assert said in verdict.findings[0].message
    with pytest.raises(Unreadable, match=said), store.read() as snapshot:
        snapshot.attachment(DIGEST)


def test_a_backup_has_the_files_and_a_restored_one_too(store: TinyStore, tmp_path: Path) -> None:
    attach(store)
    copy = backup(store.files, tmp_path / "safe", "monday")
    assert (copy / "attachments" / DIGEST).read_bytes() == RAW
    assert verify(copy).findings == ()

    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    restore(other, looked_at(copy, other.files), older=False)
    assert bytes(content(other.files, DIGEST)) == RAW
    assert verify(other.files.folder).findings == ()


def test_a_lost_file_does_not_keep_the_rest_from_being_copied_or_restored(store: TinyStore, tmp_path: Path) -> None:
    attach(store)
    kept(store).unlink()
    copy = backup(store.files, tmp_path / "safe", "monday")
    other = TinyStore(tmp_path / "other", disk=QuietDisk())
    restore(other, looked_at(copy, other.files), older=False)

    with other.read() as snapshot:
        assert snapshot.get("lead", 1) is not None


def test_old_copies_with_files_are_thinned_out_too(store: TinyStore, tmp_path: Path) -> None:
    attach(store)
    for day in ("1", "2", "3"):
        backup(store.files, tmp_path / "safe", day, keep=2)

    assert sorted(path.name for path in (tmp_path / "safe").iterdir()) == ["2", "3"]


def test_what_a_killed_writer_left_is_swept(store: TinyStore) -> None:
    attach(store)
    left = store.files.attachments / f".{DIGEST}.99.tmp"
    left.write_bytes(b"half")
    attach(store, 2)

    assert not left.exists()


@pytest.mark.parametrize("digest", ["", "..", "../x", "/etc/passwd", "a" * 63, "A" * 64, "0" * 64 + "/x", "\0"])
def test_nothing_but_a_digest_is_part_of_a_path(store: TinyStore, digest: str) -> None:
    attach(store)
    with pytest.raises(Unreadable, match="is not what a file is kept under"):
        keep(store.files, digest, lambda: [b""])
    with pytest.raises(Unreadable, match="is not what a file is kept under"):
        content(store.files, digest)


def test_only_digests_are_listed(store: TinyStore) -> None:
    assert digests(Files(store.files.folder, QuietDisk())) == []
    attach(store)
    (store.files.attachments / "notes.txt").write_text("mine")

    assert digests(store.files) == [DIGEST]


def test_no_link_is_followed_as_the_folder(store: TinyStore, tmp_path: Path) -> None:
    attach(store, raw=b"first")
    (store.files.attachments / sha256(b"first").hexdigest()).unlink()
    store.files.attachments.rmdir()
    (tmp_path / "elsewhere").mkdir()
    store.files.attachments.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Unreadable, match="is a link"):
        attach(store, 2)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_changes_while_it_is_read_is_refused(store: TinyStore) -> None:
    with store.change() as transaction:
        transaction.attach(DIGEST, lambda: [b"something else"])
        transaction.apply(new_lead(1))
        with pytest.raises(Refused, match="was changed while it was read"):
            transaction.commit(operation())

    assert digests(store.files) == []
    with store.read() as snapshot:
        assert snapshot.get("lead", 1) is None
