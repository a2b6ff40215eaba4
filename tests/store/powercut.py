"""What may lie on a disk after a power cut: every state that a record of calls allows, and what is wrong with it.

The model is the strictest that POSIX allows: a file's bytes are safe only once it was synced, its name only once
its folder was; of the rest any part may be there, in 512-byte sectors, and a sector that is not there reads as
zeros. Source of the method: ALICE (OSDI 2014), CrashMonkey (OSDI 2018).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from crm_cli.domain.errors import CrmError
from crm_cli.domain.history import Change, Doc, fold
from crm_cli.domain.keys import name_key
from crm_cli.store.check import verify
from crm_cli.store.tiny import TinyStore
from tests.store.faults import Call
from tests.store.samples import LATER, QuietDisk, contents, save

SECTOR = 512
Tree = dict[str, bytes | None]  # every file by its path, and every folder (None)


class Node:
    """A file or folder, whatever its name is: what of it is safe, and what is there as long as the power is on."""

    def __init__(self, folder: bool) -> None:
        self.folder = folder
        self.safe_bytes, self.bytes = b"", bytearray()
        self.safe_names: dict[str, Node] = {}
        self.names: dict[str, Node] = {}


Doing = tuple[Node, Callable[[Node], None]]


class PowerCut:
    """Follows a record of calls and gives, at any point of it, the states a power cut could leave."""

    def __init__(self, root: Path, seeds: int) -> None:
        """What lies under `root` now is safe; `seeds` is how many random ways to tear each point is given."""
        self.root, self.seeds = root, seeds
        self.top = _safe(root)
        self.open: dict[int, Node] = {}
        self.places: dict[int, int] = {}  # where a descriptor that does not append writes next
        self.data: list[tuple[Node, int, bytes | None]] = []  # unsynced: bytes at an offset; None: cut there
        self.naming: list[tuple[Node, str, Node | None]] = []  # unsynced: a name's new meaning; None: no more

    def step(self, call: Call) -> bool:
        """Take in one call; whether there may be other states since."""
        handler = getattr(self, f"_{call.name}", None)
        if handler is None:
            return False
        handler(call)
        return call.name not in ("open", "close")

    # --- calls -----------------------------------------------------------------------------------------

    def _find(self, path: Path) -> Node:
        node = self.top
        for name in path.relative_to(self.root).parts:
            node = node.names[name]
        return node

    def _name(self, path: Path, node: Node | None) -> None:
        folder = self._find(path.parent)
        if node is None:
            folder.names.pop(path.name)
        else:
            folder.names[path.name] = node
        self.naming.append((folder, path.name, node))

    def _create(self, call: Call) -> None:
        assert call.path is not None
        self._name(call.path, Node(folder=False))
        self._open(call)

    def _open(self, call: Call) -> None:
        assert call.path is not None
        self.open[call.fd] = self._find(call.path)
        self.places[call.fd] = -1 if call.number & os.O_APPEND else 0

    def _close(self, call: Call) -> None:
        self.open.pop(call.fd, None)

    def _write(self, call: Call) -> None:
        node, place = self.open[call.fd], self.places[call.fd]
        if place < 0:
            place = len(node.bytes)
        else:
            self.places[call.fd] += len(call.raw)
        _put(node.bytes, place, call.raw)
        self.data.append((node, place, call.raw))

    def _truncate(self, call: Call) -> None:
        node = self.open[call.fd]
        del node.bytes[call.number :]
        self.data.append((node, call.number, None))

    def _sync(self, call: Call) -> None:
        node = self.open[call.fd]
        node.safe_bytes, node.safe_names = bytes(node.bytes), dict(node.names)
        self.data = [doing for doing in self.data if doing[0] is not node]
        self.naming = [doing for doing in self.naming if doing[0] is not node]

    _sync_data = _sync

    def _replace(self, call: Call) -> None:
        assert call.path is not None
        assert call.target is not None
        node = self._find(call.path)
        self._name(call.target, node)
        self._name(call.path, None)

    def _remove(self, call: Call) -> None:
        assert call.path is not None
        self._name(call.path, None)

    def _make_folder(self, call: Call) -> None:
        assert call.path is not None
        self._name(call.path, Node(folder=True))

    # --- states ----------------------------------------------------------------------------------------

    def states(self, seed: int) -> Iterator[Tree]:
        """Nothing unsynced survives; everything; names or data only, with zeros for data; beginnings; torn writes."""
        names, data = len(self.naming), len(self.data)
        for some_names in {0, names}:
            for some_data in {0, data}:
                yield self._tree(some_names, self._beginning(some_data))
            for arrived in (_none, _later_half, _even, _odd) if data else (_none,):
                yield self._tree(some_names, self._with_zeros(arrived))
        for some in range(1, names):
            yield self._tree(some, self._beginning(data))
            yield self._tree(some, self._beginning(0))
        for some in range(1, data):
            yield self._tree(names, self._beginning(some))
            yield self._tree(0, self._beginning(some))
        for turn in range(self.seeds if data else 0):
            dice = Random(seed * 1000 + turn)
            yield self._tree(dice.choice((0, names)), self._with_zeros(lambda sector, of: dice.random() < 0.5))  # noqa: B023

    def _beginning(self, some: int) -> dict[Node, bytes]:
        """The files with only the first writes."""
        found: dict[Node, bytearray] = {}
        for node, place, raw in self.data[:some]:
            content = found.setdefault(node, bytearray(node.safe_bytes))
            if raw is None:
                del content[place:]
            else:
                _put(content, place, raw)
        return {node: bytes(content) for node, content in found.items()}

    def _with_zeros(self, arrived: Callable[[int, int], bool]) -> dict[Node, bytes]:
        """The files at their full size, with zeros for the new part of those sectors that did not arrive."""
        found: dict[Node, bytes] = {}
        for node in {node for node, _, _ in self.data}:
            safe, content = node.safe_bytes, bytearray(node.bytes)
            starts = [
                at for at in range(0, len(content), SECTOR) if content[at : at + SECTOR] != safe[at : at + SECTOR]
            ]
            for place, start in enumerate(starts):
                if not arrived(place, len(starts)):
                    size = len(content[start : start + SECTOR])
                    content[start : start + SECTOR] = safe[start : start + SECTOR][:size].ljust(size, b"\0")
            found[node] = bytes(content)
        return found

    def _tree(self, some_names: int, contents: dict[Node, bytes]) -> Tree:
        meanings: dict[Node, dict[str, Node]] = {}
        for folder, name, node in self.naming[:some_names]:
            names = meanings.setdefault(folder, dict(folder.safe_names))
            if node is None:
                names.pop(name, None)
            else:
                names[name] = node
        tree: Tree = {}

        def lay_out(node: Node, path: str) -> None:
            for name, inner in meanings.get(node, node.safe_names).items():
                here = f"{path}{name}"
                tree[here] = None if inner.folder else contents.get(inner, inner.safe_bytes)
                if inner.folder:
                    lay_out(inner, f"{here}/")

        lay_out(self.top, "")
        return tree


def _none(sector: int, of: int) -> bool:
    return False


def _later_half(sector: int, of: int) -> bool:
    return sector >= of // 2


def _even(sector: int, of: int) -> bool:
    return sector % 2 == 0


def _odd(sector: int, of: int) -> bool:
    return sector % 2 == 1


def _put(content: bytearray, place: int, raw: bytes) -> None:
    content.extend(bytes(max(0, place - len(content))))
    content[place : place + len(raw)] = raw


def _safe(path: Path) -> Node:
    node = Node(folder=path.is_dir())
    if path.is_dir():
        node.safe_names = {inner.name: _safe(inner) for inner in path.iterdir()}
        node.names = dict(node.safe_names)
    else:
        node.safe_bytes = path.read_bytes()
        node.bytes = bytearray(node.safe_bytes)
    return node


# --- judging a state -----------------------------------------------------------------------------------


def doing(number: int, records: Sequence[int], known: Sequence[int] = ()) -> list[Change]:
    """The changes of the operation with this number: its tag on each record, which it makes unless it is known."""
    return [
        Change(
            kind="lead",
            number=record,
            at=LATER,
            facts={f"tags.t{number}": [None, True]},
            personal=None if record in known else {"name": [None, f"Jürgen {record} " + "x" * 40]},
        )
        for record in records
    ]


def lay_out(tree: Tree, folder: Path) -> None:
    """Make a folder be just this state."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in sorted(tree):  # folders before what lies in them
        raw = tree[path]
        if raw is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(raw)


class Wrong(Exception):
    """A state that should not be."""


class Judge:
    """Opens a state and says what is wrong with it; states seen before are not opened again."""

    opened = 0  # by all judges

    def __init__(self, folder: Path, operations: dict[int, Sequence[int]], kept: bytes = b"") -> None:
        """`operations`: the records each one tags; `kept`: bytes that must be in some file."""
        self.folder, self.operations, self.kept = folder, operations, kept
        self.seen: dict[frozenset[tuple[str, bytes | None]], set[int] | str] = {}

    def wrong(self, tree: Tree, acknowledged: set[int], begun: set[int]) -> str:
        """What is lost, half there or unreadable; "" for a good state."""
        if not any(self.kept in raw for raw in (*tree.values(), b"") if raw is not None):
            return "what was to be kept aside is lost"
        key = frozenset(tree.items())
        if key not in self.seen:
            self.seen[key] = self._opened(tree)
        found = self.seen[key]
        if isinstance(found, str):
            return found
        if not acknowledged <= found <= begun:
            return f"operations {sorted(found)} are there, {sorted(acknowledged)} were acknowledged"
        return ""

    def _opened(self, tree: Tree) -> set[int] | str:
        Judge.opened += 1
        lay_out(tree, self.folder)
        try:
            return self._looked_over(TinyStore(self.folder / "store", disk=QuietDisk(), lock_wait=0))
        except (CrmError, Wrong) as error:
            return f"{type(error).__name__}: {error}"

    def _looked_over(self, store: TinyStore) -> set[int]:
        found = self._operations(store)
        _must_be_sound(store, "as it was found")
        save(store, *doing(99, [999]))
        if self._operations(store) != found or not contents(store).get("L999"):
            raise Wrong("the next save did something else")
        _must_be_sound(store, "after the next save")
        return found

    def _operations(self, store: TinyStore) -> set[int]:
        """The operations that are there, from point reads, look-ups and histories as a user sees them."""
        records = sorted({record for some in self.operations.values() for record in some})
        with store.read() as snapshot:
            docs = {record: snapshot.get("lead", record) for record in records}
            for record, doc in docs.items():
                if doc != fold(snapshot.history("lead", record)):
                    raise Wrong(f"L{record} is not what its history makes of it")
                if doc and ("lead", record) not in snapshot.find(name_key("lead", doc["name"])):
                    raise Wrong(f"L{record} is not found by its name")
        return {operation for operation in self.operations if self._is_there(operation, docs)}

    def _is_there(self, operation: int, docs: dict[int, Doc | None]) -> bool:
        found = {f"t{operation}" in (docs[record] or {}).get("tags", {}) for record in self.operations[operation]}
        if len(found) > 1:
            raise Wrong(f"operation {operation} is half there")
        return found == {True}


def _must_be_sound(store: TinyStore, when: str) -> None:
    for finding in verify(store.files.folder).findings:
        if finding.level == "error":
            raise Wrong(f"{when}: {finding.message}")


def bad_states(cut: PowerCut, calls: Sequence[Call], judge: Judge, first: int = 0) -> Iterator[str]:
    """What is wrong with each state that a power cut could leave after any of these calls, from the `first` on."""
    acknowledged, begun = set[int](), set[int]()
    for place, call in enumerate(calls):
        if call.name == "begun":
            begun.add(call.number)
        elif call.name == "acknowledged":
            acknowledged.add(call.number)
        if (cut.step(call) or call.name == "acknowledged") and place >= first:
            for tree in cut.states(place):
                if wrong := judge.wrong(tree, acknowledged, begun):
                    yield f"after call {place} ({call.name} {call.path or ''}): {wrong}"
