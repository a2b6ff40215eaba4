"""Walking the log: which bytes are whole operations, which are an unfinished write, and which are damage."""

from __future__ import annotations

from collections.abc import Iterator

from crm_cli.store.line import BadLine, Head, Line, check_line, parse_line


class Damage(Exception):
    """A log that has been changed where a crash cannot have changed it."""

    def __init__(self, seq: int, off: int, reason: str) -> None:
        super().__init__(f"line {seq} of the log (byte {off}) {reason}")
        self.off = off


class Chain:
    """Walks log bytes line by line, gives whole transactions, and remembers where the good part ends."""

    def __init__(self, head: Head) -> None:
        self.head = head  # behind the last whole transaction
        self.torn = False  # whether bytes of an unfinished one lie behind it

    def walk(self, raw: bytes) -> Iterator[tuple[int, Line]]:
        """Offset and line of every line in a complete transaction; `raw` starts at `head.off`.

        Raises Damage when a line of another transaction stands behind a bad one, or a whole line was altered.
        """
        pending: list[tuple[int, Line]] = []
        at, place = self.head, 0
        while place < len(raw):
            end = raw.find(b"\n", place) + 1
            try:
                if end == 0:
                    raise BadLine("has no end")
                line = check_line(raw[place:end], at)
                self._fits(line, pending)
            except BadLine as bad:
                self._must_be_torn(raw[place:], at, bad)
                return
            pending.append((at.off, line))
            at = Head(h=line.h, seq=line.seq, tx=line.tx, off=at.off + end - place)
            place = end
            if line.more == 0:
                self.head = at
                yield from pending
                pending = []
        self.torn = bool(pending)

    def _fits(self, line: Line, pending: list[tuple[int, Line]]) -> None:
        if line.tx != self.head.tx + 1:
            raise BadLine(f"belongs to operation {line.tx} where {self.head.tx + 1} is due", line)
        if pending and line.more != pending[-1][1].more - 1:
            raise BadLine("is not the next line of its operation", line)

    def _must_be_torn(self, rest: bytes, at: Head, bad: BadLine) -> None:
        """Only what one unfinished append can leave may be torn; anything else is damage.

        An append breaks off, or leaves zeros where sectors never arrived; a whole line that is wrong without
        a zero in it was wrong later. Source: the rule of etcd's write-ahead log.
        """
        end = rest.find(b"\n")
        if end >= 0 and (bad.line is not None or b"\0" not in rest[:end]):
            raise Damage(at.seq + 1, at.off, str(bad)) from bad
        for piece in rest.split(b"\n"):
            try:
                behind = parse_line(piece)
            except BadLine:
                continue
            if behind.tx != self.head.tx + 1:
                raise Damage(at.seq + 1, at.off, str(bad)) from bad
        self.torn = True
