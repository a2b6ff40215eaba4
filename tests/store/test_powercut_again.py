"""The power is cut, and cut again while that is mended, and once more: all that was there stays there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from crm_cli.domain.history import Change
from crm_cli.store import tiny
from crm_cli.store.check import rebuild
from crm_cli.store.files import LOG
from crm_cli.store.tiny import TinyStore
from tests.store.faults import Call, FaultyDisk
from tests.store.powercut import Judge, PowerCut, Tree, bad_states, doing, lay_out
from tests.store.samples import save

OPERATIONS: dict[int, Sequence[int]] = {1: (1,), 2: (1, 2, 3), 3: tuple(range(20, 30)), 6: (50,)}
MENDED_BY = 6  # the operation that whoever comes next would do


def saved(store: TinyStore, disk: FaultyDisk) -> None:
    disk.mark("begun", MENDED_BY)
    save(store, *doing(MENDED_BY, OPERATIONS[MENDED_BY]))
    disk.mark("acknowledged", MENDED_BY)


def renewed(store: TinyStore, disk: FaultyDisk) -> None:
    if store.exists():
        with store.change() as transaction:
            transaction.flush()


def rebuilt(store: TinyStore, disk: FaultyDisk) -> None:
    rebuild(store)


class Cuts:
    """States by the dozen, each opened and judged."""

    def __init__(self, folder: Path, judge: Judge) -> None:
        self.base, self.judge = folder / "disk", judge

    def of_work(self) -> list[Tree]:
        """The states that a cut during three operations in a new store may leave; fails if one of them is bad."""
        self.base.mkdir()
        disk, cut = FaultyDisk(), PowerCut(self.base, 1)
        for number in (1, 2, 3):
            disk.mark("begun", number)
            save(TinyStore(self.base / "store", disk=disk), *_changes(number))
            disk.mark("acknowledged", number)
        return self._judged(cut, disk.calls)

    def of_mending(self, tree: Tree, mend: Callable[[TinyStore, FaultyDisk], None]) -> list[Tree]:
        """The states that a cut during the mending of this one may leave; fails if what was there is lost."""
        there = self.there(tree)
        if MENDED_BY in there:
            return []
        lay_out(tree, self.base)
        disk, cut = FaultyDisk(), PowerCut(self.base, 1)
        for number in there:
            disk.mark("begun", number)
            disk.mark("acknowledged", number)
        mend(TinyStore(self.base / "store", disk=disk), disk)
        return self._judged(cut, disk.calls, 2 * len(there))

    def there(self, tree: Tree) -> set[int]:
        """The operations that are whole in a state that was judged."""
        found = self.judge.seen[frozenset(tree.items())]
        assert isinstance(found, set)
        return found

    def _judged(self, cut: PowerCut, calls: Sequence[Call], first: int = 0) -> list[Tree]:
        before = len(self.judge.seen)
        assert list(bad_states(cut, calls, self.judge, first)) == []
        return [dict(state) for state in list(self.judge.seen)[before:]]


def _changes(number: int) -> list[Change]:
    earlier = {record for other, some in OPERATIONS.items() if other < number for record in some}
    return doing(number, OPERATIONS[number], sorted(earlier))


@pytest.mark.parametrize("below", [4 << 20, 0], ids=["crm.json renewed at once", "renewed late"])
@pytest.mark.parametrize("mend", [saved, renewed, rebuilt])
def test_power_that_is_cut_again_while_a_cut_is_mended_takes_nothing_that_was_there(
    tmp_path: Path,
    mend: Callable[[TinyStore, FaultyDisk], None],
    below: int,
    torture: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiny, "WHOLE_FILE_BELOW", below)
    monkeypatch.setattr(tiny, "TAIL_ENTRIES", 8)
    dice, judge = Random(7), Judge(tmp_path / "state", OPERATIONS)
    cuts = Cuts(tmp_path, judge)
    first = [tree for tree in cuts.of_work() if (cuts.there(tree) if mend is rebuilt else tree.get(f"store/{LOG}"))]
    for tree in dice.sample(first, min(torture, len(first))):
        second = cuts.of_mending(tree, mend)
        for again in dice.sample(second, min(2, len(second))):
            cuts.of_mending(again, mend)
    assert len(judge.seen) > 50
