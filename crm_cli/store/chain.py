"""Walking the log: which bytes are whole operations, which are an unfinished write, and which are damage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_cli.store.line import BadLine, Head, Line, check_line, parse_line


class Damage(Exception):
    """A log that has been changed where a crash cannot have changed it."""

    def __init__(self, seq: int, off: int, reason: str) -> None:
        super().__init__(f"line {seq} of the log (byte {off}) {reason}")
        self.seq, self.off, self.reason = seq, off, reason


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
                self._fits(line, pending[-1][1].more if pending else None)
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

    def behind_next(self, lines: Iterable[tuple[int, bytes]]) -> Head | None:
        """Behind the next transaction, given offset and bytes of its lines; None if it is not whole and good.

        Nothing of it is kept: whoever has no room for all of it looks it through first and reads it then.
        """
        at, more = self.head, None
        for off, raw in lines:
            try:
                line = check_line(raw, at)
                self._fits(line, more)
            except BadLine:
                return None
            at, more = Head(h=line.h, seq=line.seq, tx=line.tx, off=off + len(raw)), line.more
            if more == 0:
                return at
        return None

    def _fits(self, line: Line, more: int | None) -> None:
        """`more` is what the line before said, if that is of the same transaction."""
        if line.tx != self.head.tx + 1:
            raise BadLine(f"belongs to operation {line.tx} where {self.head.tx + 1} is due", line)
        if more is not None and line.more != more - 1:
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
