"""Formats: the released one stays readable, an older one is brought up in one logged step, a newer one is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Change, Operation
from crm_cli.store.check import rebuild, verify
from crm_cli.store.doctor import diagnose
from crm_cli.store.export import exported
from crm_cli.store.files import Files
from crm_cli.store.line import FORMAT, Head, write_lines
from crm_cli.store.restore import looked_at
from crm_cli.store.tiny import TinyStore
from crm_cli.store.upgrade import STEPS, Step, format_in, upgrade
from tests.store.samples import NOW, QuietDisk, contents, new_lead, save

STORES = Path(__file__).with_name("stores")
RELEASED = sorted(STORES.iterdir())
UPGRADE = Operation(cmd="upgrade", by="sam", recorded=NOW, argv=("crm", "upgrade"))


def test_a_store_of_every_released_format_is_kept() -> None:
    assert [path.name for path in RELEASED] == [f"format-{format}" for format in range(1, FORMAT + 1)]


@pytest.fixture(params=RELEASED, ids=lambda path: str(path.name))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> TinyStore:
    shutil.copytree(request.param, tmp_path / "store")
    (tmp_path / "store").chmod(0o700)
    for path in (tmp_path / "store").iterdir():
        path.chmod(0o600)
    return TinyStore(tmp_path / "store", disk=QuietDisk())


def test_a_released_store_opens_verifies_and_is_rebuilt_byte_for_byte(released: TinyStore) -> None:
    upgrade(released, UPGRADE, "before")
    before = released.files.state.read_bytes()
    verdict = verify(released.files.folder)
    assert (verdict.findings, verdict.seq, verdict.records) == ((), 39, 13)
    released.files.state.unlink()
    rebuild(released)
    assert released.files.state.read_bytes() == before
    found = contents(released)
    assert (found["L1"]["name"], found["L1"]["status"], found["L3"]["status"]) == (
        "Jürgen Müller",
        "qualified",
        "deleted",
    )


def test_a_released_store_can_be_worked_in(released: TinyStore) -> None:
    upgrade(released, UPGRADE, "before")
    save(released, new_lead(4))
    assert verify(released.files.folder).findings == ()


def test_a_store_of_this_format_is_left_as_it_is(released: TinyStore) -> None:
    before = released.files.log.read_bytes(), released.files.state.read_bytes()
    done = upgrade(released, UPGRADE, "before")
    assert (done.before, done.backup) == (FORMAT, None)
    assert (released.files.log.read_bytes(), released.files.state.read_bytes()) == before
    assert not released.files.backups.exists()
    assert STEPS == {}


# --- steps: from a format 0 that there never was -------------------------------------------------


def old_log() -> bytes:
    """A log without chain and salts: one line for the store, then one for each lead."""
    first = {"t": "store", "f": {"format": [None, 0], "store": [None, "0" * 32]}}
    leads = [{"t": "lead", "number": number, "name": f"Jürgen {number}"} for number in (1, 2)]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (first, *leads))


def step(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Every old line as an operation of format 1."""
    head = Head()
    first = msgspec.json.decode(next(lines))
    starts: str | None = first["f"]["store"][1]
    for line in lines:
        old = msgspec.json.decode(line)
        made = Change(
            kind="lead",
            number=old["number"],
            at=NOW,
            facts={"status": [None, "new"]},
            personal={"name": [None, old["name"]]},
        )
        said = Operation(cmd="lead.add", by="sam", recorded=NOW, starts=starts)
        raw, head = write_lines(head, said, [made])
        yield from raw.splitlines(keepends=True)
        starts = None


@pytest.fixture
def old(tmp_path: Path) -> TinyStore:
    """A store of format 0, whose crm.json nothing of ours can read."""
    store = TinyStore(tmp_path / "old", disk=QuietDisk())
    store.files.make()
    store.files.log.write_bytes(old_log())
    store.files.state.write_bytes(b"{}\n")
    for path in (store.files.log, store.files.state):
        path.chmod(0o600)
    return store


def test_an_older_store_is_brought_up_by_its_step_in_one_logged_operation(old: TinyStore) -> None:
    done = upgrade(old, UPGRADE, "before", {0: step})
    assert (done.before, done.warnings, format_in(old.files)) == (0, [], FORMAT)
    assert {id: doc["name"] for id, doc in contents(old).items()} == {"L1": "Jürgen 1", "L2": "Jürgen 2"}
    with old.read() as snapshot:
        (said,) = snapshot.operation(3)
    assert (said.cmd, said.facts) == ("upgrade", {"format": [0, 1]})
    assert [one.level for one in verify(old.files.folder).findings] == ["warning"]  # of what waits in quarantine


def test_the_store_before_is_copied_first(old: TinyStore) -> None:
    done = upgrade(old, UPGRADE, "before", {0: step})
    assert done.backup == old.files.backups / "before"
    assert {path.name: path.read_bytes() for path in done.backup.iterdir()} == {
        "history.jsonl": old_log(),
        "crm.json": b"{}\n",
    }


def test_a_second_time_there_is_nothing_to_do(old: TinyStore) -> None:
    upgrade(old, UPGRADE, "before", {0: step})
    before = old.files.log.read_bytes()
    assert upgrade(old, UPGRADE, "again", {0: step}).backup is None
    assert old.files.log.read_bytes() == before


def _unfinished(lines: Iterator[bytes]) -> Iterator[bytes]:
    yield from list(step(lines))[:-1]


def _unchained(lines: Iterator[bytes]) -> Iterator[bytes]:
    made = list(step(lines))
    yield from (made[0], made[1], *made[3:], made[2])


def _unchanged(lines: Iterator[bytes]) -> Iterator[bytes]:
    yield from lines


@pytest.mark.parametrize("wrong", [_unfinished, _unchained, _unchanged, lambda lines: iter(())])
def test_a_step_that_makes_no_sound_log_changes_nothing(old: TinyStore, wrong: Step) -> None:
    with pytest.raises(Unreadable, match="what the steps from format 0 make"):
        upgrade(old, UPGRADE, "before", {0: wrong})
    assert (old.files.log.read_bytes(), old.files.state.read_bytes()) == (old_log(), b"{}\n")


def test_an_older_store_to_which_no_step_leads_is_refused(old: TinyStore) -> None:
    with pytest.raises(Unreadable, match="no way leads from format 0 to 1"):
        upgrade(old, UPGRADE, "before")
    assert old.files.log.read_bytes() == old_log()


def test_an_older_crm_json_alone_is_made_again(released: TinyStore) -> None:
    right = released.files.state.read_bytes()
    older = right.replace(b'{"v":1', b'{"v":0')
    released.files.state.write_bytes(older)
    done = upgrade(released, UPGRADE, "before")
    assert done.backup is not None
    assert (done.backup / "crm.json").read_bytes() == older
    assert released.files.state.read_bytes() == right


# --- whoever looks -------------------------------------------------------------------------------


def _exports(store: TinyStore) -> None:
    with exported(store.files):
        pass


LOOKS: dict[str, Callable[[TinyStore], object]] = {
    "read": contents,
    "save": lambda store: save(store, new_lead(9)),
    "verify": lambda store: verify(store.files.folder),
    "rebuild": rebuild,
    "export": _exports,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", [True, False], ids=["with crm.json", "without"])
def test_an_older_store_is_never_upgraded_by_looking(old: TinyStore, look: str, state: bool) -> None:
    if not state:
        old.files.state.unlink()
    with pytest.raises(Unreadable, match="older program") as told:
        LOOKS[look](old)
    assert told.value.hint == "run: crm upgrade"
    assert old.files.log.read_bytes() == old_log()


@pytest.mark.parametrize("look", [*LOOKS, "upgrade", "restore"])
@pytest.mark.parametrize("layout", ["another layout", "the same layout"])
def test_a_newer_store_is_refused_by_whoever_looks(
    tmp_path: Path, look: str, layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = TinyStore(tmp_path / "new", disk=QuietDisk())
    store.files.make()
    raw = old_log().replace(b'"format":[null,0]', b'"format":[null,2]')
    if layout == "the same layout":
        monkeypatch.setattr("crm_cli.store.line.FORMAT", 2)
        raw, _ = write_lines(Head(), Operation(cmd="init", by="sam", recorded=NOW, starts="0" * 32), [new_lead(1)])
        monkeypatch.undo()
    store.files.log.write_bytes(raw)
    acts: dict[str, Callable[[TinyStore], object]] = {
        **LOOKS,
        "upgrade": lambda store: upgrade(store, UPGRADE, "before"),
        "restore": lambda store: looked_at(STORES / "format-1", store.files),
    }
    with pytest.raises(Unreadable, match="newer program"):
        acts[look](store)
    assert store.files.log.read_bytes() == raw


def test_the_doctor_says_so_and_offers_nothing(old: TinyStore) -> None:
    found = diagnose(old.files)
    assert not found.ok
    assert "crm upgrade" in found.findings[0].message
    assert found.repairs == ()


def test_a_log_that_names_no_format_is_no_store_to_upgrade(tmp_path: Path) -> None:
    files = Files(tmp_path / "odd", QuietDisk())
    files.make()
    files.log.write_bytes(b"hello\n")
    with pytest.raises(Unreadable, match="does not say how it is written"):
        format_in(files)
