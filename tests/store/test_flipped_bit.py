"""Every single bit of crm.json and history.jsonl flipped: detected, and never more than a refusal to a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from crm_cli.domain.errors import CrmError, Unreadable
from crm_cli.store import tiny
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.check import Folded, verify
from crm_cli.store.files import Files
from crm_cli.store.image import BadImage, Image
from crm_cli.store.line import BadLine, Head, to_entry
from crm_cli.store.log import Log
from crm_cli.store.tiny import TinyStore
from tests.store.samples import QuietDisk, change, save, tagged


@pytest.fixture
def small(tmp_path: Path) -> TinyStore:
    """Twenty small records, and three lines of log behind crm.json."""
    store = TinyStore(tmp_path / "small", disk=QuietDisk())
    save(store, *(change(number, {"status": [None, "new"]}) for number in range(1, 21)))
    save(store, change(1, {}, name=[None, "Ü"]))
    return store


def flips(raw: bytes, step: int = 1) -> Iterator[tuple[int, bytes]]:
    """Every single bit flipped, or every `step`-th of them."""
    for place in range(0, len(raw) * 8, step):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        yield place, bytes(flipped)


def test_every_flipped_bit_of_crm_json_is_detected(small: TinyStore) -> None:
    """As `verify` does it: the file must be what the log makes; and its own checksum notices every bit but itself."""
    right = small.files.state.read_bytes()
    log = Log(Files(small.files.folder, QuietDisk()))
    folded = Folded(log)
    list(folded.walk())
    log.close()
    assert b"".join(folded.file()) == right
    for place, raw in flips(right):
        try:
            image = Image(raw)
        except (BadImage, Unreadable):
            continue
        assert not image.check(), place


def test_every_flipped_bit_of_the_log_is_detected(small: TinyStore) -> None:
    """Each line is walked from the end of the good part before it, as `verify` comes to it."""
    raw, head = small.files.log.read_bytes(), Head()
    chain = Chain(Head())
    whole = list(chain.walk(raw))
    for number, (offset, line) in enumerate(whole):
        end = whole[number + 1][0] if number + 1 < len(whole) else len(raw)
        alone = Chain(Head(h=head.h, seq=head.seq, tx=line.tx - 1, off=offset))
        for place, flipped in flips(raw[offset:end]):
            assert _is_noticed(alone.head, flipped, raw[end:]), (number, place)
        head = Head(h=line.h, seq=line.seq, tx=line.tx, off=end)
    assert chain.head == head


def _is_noticed(head: Head, flipped: bytes, rest: bytes) -> bool:
    chain = Chain(head)
    try:
        for _, line in chain.walk(flipped + rest):
            to_entry(line)
    except (Damage, BadLine):
        return True
    return chain.head.off < head.off + len(flipped) + len(rest)


def test_a_flipped_bit_gives_an_answer_or_a_refusal_and_verify_finds_it(small: TinyStore, torture: int) -> None:
    for path in (small.files.state, small.files.log):
        right = path.read_bytes()
        for place, raw in flips(right, max(1, 397 // torture)):
            path.write_bytes(raw)
            assert not _is_sound(small), (path.name, place)
            _looks_at_everything(small)
            _or_refuses(lambda: _tries(small))
        path.write_bytes(right)
    assert verify(small.files.folder).findings == ()


def test_the_same_where_crm_json_is_behind_the_log(
    small: TinyStore, torture: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", 0)
    right = small.files.log.read_bytes()
    save(small, tagged(1, "vip"), tagged(2, "vip"))
    right = small.files.log.read_bytes()
    for place, raw in flips(right, max(1, 397 // torture)):
        small.files.log.write_bytes(raw)
        assert verify(small.files.folder).findings != (), place
        _looks_at_everything(small)


def _is_sound(store: TinyStore) -> bool:
    """What verify says; it refuses to look where the flip made it the version of another program."""
    try:
        return verify(store.files.folder).ok
    except Unreadable:
        return False


def _tries(store: TinyStore) -> None:
    with store.rehearse() as transaction:
        transaction.apply(tagged(1, "vip"))


def _looks_at_everything(store: TinyStore) -> None:
    def look() -> None:
        with store.read() as snapshot:
            for read in (
                lambda: [snapshot.get("lead", number) for number in range(22)],
                lambda: list(snapshot.scan("lead")),
                lambda: snapshot.find("name:lead:u"),
                lambda: snapshot.history("lead", 1),
                lambda: snapshot.latest(1),
                lambda: list(snapshot.log()),
            ):
                _or_refuses(read)

    _or_refuses(look)


def _or_refuses(read: Callable[[], object]) -> None:
    with suppress(CrmError):
        read()
