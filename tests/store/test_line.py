"""The log line: what is written is read again, every byte of it counts, and a person can be erased from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.domain.errors import Unreadable
from crm_cli.domain.history import Change, Entry, Operation
from crm_cli.store.chain import Chain, Damage
from crm_cli.store.check import rebuild, verify
from crm_cli.store.line import (
    BadLine,
    Head,
    Line,
    born,
    check_line,
    parse_line,
    to_entry,
    write_lines,
)
from crm_cli.store.tiny import TinyStore
from tests.store.samples import NOVEMBER, NOW, QuietDisk, change, contacted, contents, new_lead, operation, save

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), TEXTS, st.lists(TEXTS, max_size=2))
FIELDS = st.dictionaries(TEXTS, st.lists(VALUES, min_size=2, max_size=2), max_size=3)
CHANGES = st.builds(
    Change,
    kind=st.sampled_from(["lead", "account", "setting"]),
    number=st.integers(1, 10**9),
    at=st.sampled_from(["2026-11-20", NOW]),
    facts=FIELDS,
    personal=FIELDS,
    reason=st.none() | TEXTS,
    cmd=st.none() | TEXTS,
)


def entries(raw: bytes, head: Head | None = None) -> list[Entry]:
    return [to_entry(line) for _, line in Chain(head or Head()).walk(raw)]


def founded(*changes: Change) -> tuple[bytes, Head]:
    """The log of a store's first operation."""
    starts = Operation(cmd="init", by="sam", recorded=NOW, argv=("crm",), starts="5" * 32)
    return write_lines(Head(), starts, changes)


def three_operations() -> list[bytes]:
    """The lines of a log: two lines of format and operation, then a lead; twice more an operation on it."""
    first, head = founded(new_lead(1))
    second, head = write_lines(head, operation(), [contacted(1)])
    third, _ = write_lines(head, operation(), [change(1, {"rating": [None, "hot"]}), new_lead(2)])
    return (first + second + third).splitlines(keepends=True)


def walked(lines: Sequence[bytes]) -> Chain:
    chain = Chain(Head())
    list(chain.walk(b"".join(lines)))
    return chain


@settings(max_examples=100, deadline=None)
@given(st.lists(CHANGES, max_size=4))
def test_what_is_written_is_read_again(changes: list[Change]) -> None:
    raw, head = founded(*changes)
    _, of_operation, *found = entries(raw)
    assert of_operation.personal == {"argv": [None, ["crm"]]}
    for wrote, read in zip(changes, found, strict=True):
        assert (read.kind, read.number, read.at, read.facts) == (wrote.kind, wrote.number, wrote.at, wrote.facts)
        assert read.personal == (wrote.personal or None)
        assert (read.reason, read.cmd) == (wrote.reason, wrote.cmd or "init")
    assert (head.seq, head.tx, head.off) == (len(changes) + 2, 1, len(raw))


def test_a_line_is_json_that_people_can_search_by_name() -> None:
    line = three_operations()[2]
    assert "Jürgen Müller 1".encode() in line
    assert list(json.loads(line))[:6] == ["h", "seq", "tx", "more", "at", "recorded"]


def test_two_lines_about_the_same_do_not_show_it_in_their_commitments() -> None:
    one, other = (parse_line(founded(new_lead(1))[0].splitlines()[2]) for _ in range(2))
    assert bytes(one.f) == bytes(other.f)
    assert one.cf != other.cf
    assert one.sf != one.sp


def test_the_first_line_says_whose_log_it_is_and_how_it_is_written() -> None:
    (first, *_) = entries(founded()[0])
    assert (first.kind, born(first)) == ("store", "5" * 32)


@pytest.mark.parametrize("facts", [{"format": [None, 2], "store": [None, "x"]}, {"store": [None, "x"]}, {}])
def test_a_log_of_another_format_is_refused(facts: dict[str, list[object]]) -> None:
    raw, _ = write_lines(Head(), operation(), [Change(kind="store", number=0, at=NOW, facts=facts)])
    with pytest.raises(Unreadable, match="newer program"):
        born(entries(raw)[1])


def test_a_chain_can_be_walked_from_the_end_of_any_operation() -> None:
    first, head = founded(new_lead(1))
    second, _ = write_lines(head, operation(), [contacted(1)])
    assert [entry.seq for entry in entries(second, head)] == [4, 5]
    with pytest.raises(Damage):
        entries(second, Head(seq=3, tx=1, off=len(first)))


def test_half_an_operation_is_torn_and_the_whole_ones_before_it_stay() -> None:
    lines = three_operations()
    for kept in ([*lines[:6]], [*lines[:5], lines[5][:-1]], [*lines[:6], lines[6][:9]], [*lines[:7], lines[7][:300]]):
        chain = walked(kept)
        assert (chain.torn, chain.head.seq, chain.head.tx) == (True, 5, 2)
        assert chain.head.off == sum(map(len, lines[:5]))


def test_an_operation_whose_sectors_did_not_all_arrive_is_torn() -> None:
    lines = three_operations()
    holed = lines[5][:100] + b"\0" * 300 + lines[5][400:]
    chain = walked([*lines[:5], holed, *lines[6:]])
    assert (chain.torn, chain.head.seq) == (True, 5)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("a line taken out", lambda lines: [*lines[:3], *lines[4:]]),
        ("two lines in another order", lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]]),
        ("a line twice", lambda lines: [*lines[:5], lines[4], *lines[5:]]),
        ("a line of zeros", lambda lines: [*lines[:3], b"\0" * 300 + b"\n", *lines[4:]]),
        ("garbage", lambda lines: [*lines[:3], b"garbage\n", *lines[4:]]),
        ("the whole end unreadable", lambda lines: [*lines[:5], lines[5].replace(b'"seq"', b"'seq'")]),
        ("another person", lambda lines: [lines[0], lines[1], lines[2].replace(b"rgen", b"ren\n"), *lines[3:]]),
        ("another status", lambda lines: [lines[0], lines[1], lines[2].replace(b'"new"', b'"old"'), *lines[3:]]),
        ("another user", lambda lines: [*lines[:7], lines[7].replace(b'"by":"sam"', b'"by":"ann"')]),
        ("blanks", lambda lines: [*lines[:7], lines[7].replace(b'"by":"sam"', b'"by": "sam"')]),
        ("blanks after the header", lambda lines: [*lines[:7], lines[7].replace(b',"sp":', b', "sp":')]),
        ("a blank at the end", lambda lines: [*lines[:7], lines[7].replace(b"}\n", b"} \n")]),
        ("the log of another store behind", lambda lines: [*lines, *three_operations()]),
    ],
)
def test_what_no_crash_can_have_done_is_damage(name: str, spoil: object) -> None:
    assert callable(spoil), name
    with pytest.raises(Damage, match=r"line \d+ of the log"):
        walked(spoil(three_operations()))


@pytest.mark.parametrize(
    ("forged", "message"),
    [
        (Head(seq=7, tx=1), "has number 8 where 4 is due"),
        (Head(seq=3, tx=7), "belongs to operation 8 where 2 is due"),
    ],
)
def test_numbers_that_leave_some_out_are_damage_even_in_a_chain_that_holds(forged: Head, message: str) -> None:
    first, head = founded(new_lead(1))
    second, _ = write_lines(Head(h=head.h, seq=forged.seq, tx=forged.tx), operation(), [contacted(1)])
    with pytest.raises(Damage, match=message):
        entries(first + second)


def test_an_operation_that_begins_again_before_its_end_is_damage() -> None:
    first = founded(new_lead(1))[0].splitlines(keepends=True)[0]
    begun = Head(h=parse_line(first).h, seq=1)
    with pytest.raises(Damage, match="is not the next line of its operation"):
        entries(first + write_lines(begun, operation(), [])[0])


def test_every_flipped_bit_of_a_line_is_noticed() -> None:
    first, second, raw, *_ = three_operations()
    two: Line = check_line(second, Head(h=parse_line(first).h, seq=1))
    before = Head(h=two.h, seq=2)
    assert check_line(raw, before).doc == 1
    for place in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(BadLine):
            check_line(bytes(flipped), before)


def test_a_line_that_no_record_can_take_is_refused_and_not_guessed_at() -> None:
    raw, _ = founded(change(1, {"status": ["new"]}), Change(kind="ghost", number=1, at=NOW, facts={}))
    first, second = [line for _, line in Chain(Head()).walk(raw)][2:]
    for line in (first, second):
        with pytest.raises(BadLine, match=r"no record can take|does not know"):
            to_entry(line)


# --- erasing a person --------------------------------------------------------------------------------


def without_personal(raw: bytes) -> bytes:
    """The line with its personal payload and the salt of it gone, and nothing else."""
    line = parse_line(raw)
    assert line.sp is not None
    return raw.replace(b'"sp":"%s","p":%s}' % (line.sp.encode(), bytes(line.p)), b'"sp":null,"p":null}')


def test_a_line_without_its_personal_part_still_holds_the_chain() -> None:
    lines = three_operations()
    erased = [*lines[:2], without_personal(lines[2]), *lines[3:]]
    found = entries(b"".join(erased))
    assert [entry.erased for entry in found] == [place == 2 for place in range(len(lines))]
    assert (found[2].personal, found[2].facts) == (None, {"status": [None, "new"]})
    assert walked(erased).head.h == walked(lines).head.h


def test_a_personal_part_cannot_be_put_back_or_put_in() -> None:
    lines = three_operations()
    another = three_operations()[2]
    end = another[another.index(b',"sp":') :]
    spoilt = lines[2][: lines[2].index(b',"sp":')] + end
    with pytest.raises(Damage, match="personal part is not the one"):
        walked([*lines[:2], spoilt, *lines[3:]])
    added = lines[4].replace(b'"sp":null,"p":null}', end[1:].rstrip(b"\n"))
    with pytest.raises(Damage, match="personal part is not the one"):
        walked([*lines[:4], added, *lines[5:]])


def test_a_rebuilt_store_knows_nothing_of_what_was_erased_and_all_of_the_rest(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "one", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2))
    save(store, change(1, {"tags.vip": [None, True]}, phone=[None, "+49 30 1"]), contacted(2))
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    erased = [without_personal(raw) if parse_line(raw).doc == 1 and b'"t":"lead"' in raw else raw for raw in lines]
    store.files.log.write_bytes(b"".join(erased))
    store.files.state.unlink()
    rebuild(store)
    assert b"M\xc3\xbcller 1" not in store.files.state.read_bytes() + store.files.log.read_bytes()
    assert contents(store)["L1"] == {
        "id": "L1",
        "created_at": NOVEMBER,
        "updated_at": contacted(1).at,
        "status": "new",
        "tags": {"vip": True},
    }
    assert contents(store)["L2"]["name"] == "Jürgen Müller 2"
    with store.read() as snapshot:
        assert [entry.erased for entry in snapshot.history("lead", 1)] == [True, True]


def test_personal_data_may_be_missing_only_where_the_log_says_that_it_was_erased(tmp_path: Path) -> None:
    store = TinyStore(tmp_path / "one", disk=QuietDisk())
    save(store, new_lead(1), new_lead(2))
    lines = store.files.log.read_bytes().splitlines(keepends=True)
    erased = [without_personal(raw) if b'"t":"lead","doc":1' in raw else raw for raw in lines]
    store.files.log.write_bytes(b"".join(erased))
    store.files.state.unlink()
    rebuild(store)
    (finding,) = verify(store.files.folder).findings
    assert (finding.level, finding.message) == (
        "error",
        "history.jsonl: L1 lost personal data, but nobody erased it",
    )
    with store.change() as transaction:
        transaction.apply(Change(kind="lead", number=1, at=NOW, facts={"reason": [None, "asked"]}))
        transaction.commit(operation("lead.erase"))
    assert verify(store.files.folder).ok
