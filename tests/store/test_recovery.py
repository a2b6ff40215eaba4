"""Files cut, overwritten, flipped or exchanged: mended where nothing is lost, refused where something is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Doc
from crm_cli.store.check import rebuild, verify
from crm_cli.store.lacking import Lacking
from crm_cli.store.line import parse_line
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, change, contacted, contents, new_lead, save, tagged


class Past:
    """A store with its files as they were after each operation."""

    def __init__(self, folder: Path) -> None:
        self.store = TinyStore(folder, disk=QuietDisk(), lock_wait=0.1)
        self.files = self.store.files
        self.log: list[bytes] = []
        self.state: list[bytes] = []
        self.docs: list[dict[str, Doc]] = []
        for changes in (
            [new_lead(1), new_lead(2)],
            [tagged(1, "vip")],
            [contacted(2), new_lead(3)],
            [change(3, {"rating": [None, "hot"]})],
        ):
            save(self.store, *changes)
            self.log.append(self.files.log.read_bytes())
            self.state.append(self.files.state.read_bytes())
            self.docs.append(contents(self.store))

    def set(self, log: bytes | None, state: bytes | None) -> None:
        """Put these files there, in place of all there is; None for no such file."""
        shutil.rmtree(self.files.quarantine, ignore_errors=True)
        for path, raw in ((self.files.log, log), (self.files.state, state)):
            path.unlink(missing_ok=True)
            if raw is not None:
                path.write_bytes(raw)
                path.chmod(0o600)

    def goes_on(self, docs: dict[str, Doc]) -> None:
        """These are there, one more can be saved, everything is sound, and a rebuild changes no byte."""
        assert contents(self.store) == docs
        save(self.store, new_lead(9))
        assert contents(self.store) == {**docs, "L9": self.docs_of(9)}
        assert verify(self.files.folder).ok
        before = self.files.state.read_bytes()
        self.files.state.unlink()
        rebuild(self.store)
        assert self.files.state.read_bytes() == before

    def docs_of(self, number: int) -> Doc:
        with self.store.read() as snapshot:
            doc = snapshot.get("lead", number)
        assert doc is not None
        return doc

    def refuses(self) -> None:
        """Neither read nor written, and nothing is touched by trying."""
        before = {path: path.read_bytes() for path in (self.files.log, self.files.state) if path.exists()}
        with pytest.raises(Unreadable):
            contents(self.store)
        with pytest.raises(Unreadable):
            save(self.store, new_lead(9))
        assert not verify(self.files.folder).ok
        assert {path: path.read_bytes() for path in before} == before


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path / "store")


# --- cut and overwritten ends ------------------------------------------------------------------------


def test_a_log_cut_at_any_byte_is_recovered_to_the_last_whole_operation(past: Past) -> None:
    whole, sizes = past.log[-1], [len(log) for log in past.log]
    for size in range(sizes[0], sizes[-1]):
        past.set(whole[:size], past.state[0])
        last = max(place for place, end in enumerate(sizes) if end <= size)
        assert contents(past.store) == past.docs[last]
        assert not past.files.quarantine.exists()
        if size % 41 == 0 or size - sizes[last] < 3 or size + 3 > sizes[last + 1]:
            past.goes_on(past.docs[last])
            kept = [path.read_bytes() for path in past.files.quarantine.glob("torn-tail.*")]
            assert kept == ([whole[sizes[last] : size]] if size > sizes[last] else [])


def test_a_log_cut_below_what_crm_json_was_made_from_is_refused(past: Past) -> None:
    whole = past.log[-1]
    for size in range(0, len(whole), 29):
        past.set(whole[:size], past.state[-1])
        past.refuses()
        if size > len(past.log[0]):
            ahead = past.files.state.read_bytes()
            with pytest.raises(Lacking, match="would be"):
                rebuild(past.store)
            assert past.files.state.read_bytes() == ahead
            rebuild(past.store, shorter=True)
            assert contents(past.store) in past.docs
            assert ahead in [path.read_bytes() for path in past.files.quarantine.iterdir()]


ENDS: dict[str, bytes] = {
    "zeros": bytes(600),
    "zeros and a line feed": bytes(600) + b"\n",
    "ones": b"\xff" * 600,
    "half a character": "ü".encode()[:1],
    "half a character in a line": b'{"h":"' + "Mü".encode()[:2],
    "zeros in the middle": b'{"h":"aa' + bytes(300) + b'"}\n{"h":',
    "nothing": b"",
}
GARBAGE: dict[str, bytes] = {
    "a line of garbage": b"garbage\n",
    "a line of ones": b"\xff" * 80 + b"\n",
    "an empty line": b"\n",
    "an empty object": b"{}\n",
    "another newline": b'{"h":"aa"}\r\n',
}


@pytest.mark.parametrize("end", ENDS)
def test_what_a_crash_can_leave_behind_the_last_operation_is_moved_away(past: Past, end: str) -> None:
    for ahead in (past.state[0], past.state[-1], None):
        past.set(past.log[-1] + ENDS[end], ahead)
        past.goes_on(past.docs[-1])
        kept = [path.read_bytes() for path in past.files.quarantine.glob("torn-tail.*")]
        assert kept == ([ENDS[end]] if end != "nothing" else [])


@pytest.mark.parametrize("end", GARBAGE)
def test_what_no_crash_can_leave_there_is_refused_and_nothing_is_ever_glued_to_it(past: Past, end: str) -> None:
    past.set(past.log[-1] + GARBAGE[end], past.state[-1])
    past.refuses()


@pytest.mark.parametrize("filling", [b"\0", b"\xff", b"\n", b"x", "ü".encode()])
def test_an_operation_overwritten_in_place_is_moved_away_or_refused(past: Past, filling: bytes) -> None:
    start, end = len(past.log[2]), len(past.log[3])
    for first in range(start, end, 37):
        raw = past.log[3][:first] + (filling * (end - first))[: end - first]
        past.set(raw, past.state[0])
        try:
            save(past.store, new_lead(9))
        except Unreadable:
            assert past.files.log.read_bytes() == raw
            continue
        assert contents(past.store) == {**past.docs[2], "L9": past.docs_of(9)}
        assert verify(past.files.folder).ok
        assert len(list(past.files.quarantine.iterdir())) == 1


def test_one_bad_byte_in_a_whole_acknowledged_line_is_refused_and_not_cut_off(past: Past) -> None:
    start, end = len(past.log[2]), len(past.log[3])
    for place in range(start, end - 1, 5):
        raw = past.log[3][:place] + b"~" + past.log[3][place + 1 :]
        past.set(raw, past.state[0])
        past.refuses()


# --- missing, foreign and exchanged files ------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [None, b"", b"\0" * 900, b"{}", b'{"_default": {"1": {"name": "x"}}}', b"\xff\xfe", b"[" * 5000],
    ids=["missing", "empty", "zeros", "empty object", "of another program", "no text", "deep"],
)
def test_a_crm_json_that_is_none_is_made_again_and_never_taken_for_a_new_store(past: Past, state: bytes | None) -> None:
    past.set(past.log[-1], state)
    past.goes_on(past.docs[-1])
    kept = [path.read_bytes() for path in past.files.quarantine.glob("crm.json.*")]
    assert kept == ([state] if state else [])


def test_nothing_is_built_on_a_crm_json_in_which_a_document_was_changed(past: Past) -> None:
    forged = past.state[-1].replace(b'"vip":true', b'"nip":true')
    past.set(past.log[-1], forged)
    with pytest.raises(Unreadable, match="changed by another program"):
        contents(past.store)
    with past.store.rehearse() as transaction:
        assert transaction.get("lead", 1) == past.docs[-1]["L1"]
    save(past.store, new_lead(8))
    assert contents(past.store) == {**past.docs[-1], "L8": past.docs_of(8)}
    assert (past.files.quarantine / "crm.json.1").read_bytes() == forged


@pytest.mark.parametrize("log", [None, b"", b"\0" * 900, b"garbage"])
@pytest.mark.parametrize("state", ["newest", b"", b"\0" * 900, b"{}"])
def test_without_a_log_a_crm_json_is_refused_and_never_taken_for_a_new_store(
    past: Past, log: bytes | None, state: str | bytes
) -> None:
    past.set(log, past.state[-1] if isinstance(state, str) else state)
    with pytest.raises(Unreadable):
        contents(past.store)
    past.refuses()


def test_an_older_crm_json_is_caught_up(past: Past) -> None:
    for state in past.state:
        past.set(past.log[-1], state)
        past.goes_on(past.docs[-1])


def test_the_crm_json_or_the_log_of_another_store_is_refused(past: Past, tmp_path: Path) -> None:
    other = Past(tmp_path / "other")
    for log, state in ((past.log[-1], other.state[0]), (other.log[-1], past.state[0]), (other.log[0], past.state[-1])):
        past.set(log, state)
        past.refuses()
        _is_refused(lambda: contents(past.store), "two different stores|shorter than")


def test_a_newer_or_older_format_is_refused_and_not_mended(past: Past) -> None:
    for version in (b'{"v":2', b'{"v":0'):
        past.set(past.log[-1], past.state[-1].replace(b'{"v":1', version))
        for look in (lambda: contents(past.store), lambda: save(past.store, new_lead(9)), lambda: rebuild(past.store)):
            _is_refused(look, "newer program" if b"2" in version else "older program")
        _is_refused(lambda: verify(past.files.folder), "program")
        assert past.files.state.read_bytes() == past.state[-1].replace(b'{"v":1', version)


def _is_refused(act: Callable[[], object], match: str) -> None:
    with pytest.raises(Unreadable, match=match):
        act()


def test_a_log_all_lost_is_not_taken_for_the_torn_first_save_of_a_new_store(past: Past) -> None:
    past.set(bytes(len(past.log[-1])), None)
    past.refuses()
    shutil.rmtree(past.files.cache)
    past.set(past.log[0][:-5], None)
    past.goes_on({})
    assert len(list(past.files.quarantine.glob("torn-tail.*"))) == 1


def test_another_end_of_the_same_length_is_refused(past: Past) -> None:
    past.set(past.log[2], past.state[2])
    save(past.store, change(3, {"rating": [None, "hot"]}))
    assert len(past.files.log.read_bytes()) == len(past.log[-1])
    past.set(past.files.log.read_bytes(), past.state[-1])
    past.refuses()


def test_another_end_of_the_same_log_is_refused(past: Past) -> None:
    past.set(past.log[1], past.state[1])
    save(past.store, new_lead(7), new_lead(8), new_lead(9), new_lead(10))
    forked = past.files.log.read_bytes()
    assert len(forked) > len(past.log[-1])
    past.set(forked, past.state[-1])
    past.refuses()
    assert parse_line(forked.splitlines()[0]).seq == 1
