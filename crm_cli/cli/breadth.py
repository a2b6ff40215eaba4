"""How wide the columns of a table are: ids, days, figures and statuses stay whole, texts give way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

_WHOLE = (
    r"[A-Z]{1,2}\d+(\.\d+)?"  # an id
    r"|\d{4}-\d\d-\d\d( \d\d:\d\d)?"
    r"|[-+]?\d[\d.]*( %| [A-Z]{3})?|n/a"
    r"|[a-z_/]{1,16}"  # a status, a rating, a kind
    r"|"
)
_LEAST = 6  # cells in which a text can still be read


class Column(Struct, frozen=True):
    """What is known of a column's breadth, in cells of the terminal."""

    natural: int  # at which nothing is folded
    floor: int  # below which what must stay whole is not
    is_text: bool  # it is folded first
    is_empty: bool = False


class Fitted(Struct, frozen=True):
    """Which columns there is room for, how wide each is, and how many blanks stand behind it."""

    shown: list[int]
    widths: list[int]
    gap: int


def measured(title: str, cells: Sequence[str], width: Callable[[str], int] = len) -> Column:
    """The breadth of a column with these cells; `width` tells how many a text takes on the screen."""
    text = not all(re.fullmatch(_WHOLE, cell) for cell in cells)
    natural = max(map(width, (title, *cells)))
    words = max(map(width, title.split()), default=0)
    least = min(_LEAST, natural) if text else max(map(width, cells), default=0)
    return Column(natural, max(words, least), text, not any(cells))


def fitted(columns: Sequence[Column], room: int) -> Fitted:
    """The widths that fill a room of so many cells; where all are too much, some are left out.

    Empty columns go first, then texts, then the rest, each from the right; the first column and the first text, by
    which people know a record, always stay.
    """
    shown = list(range(len(columns)))
    spare = _spare(columns)
    while spare and sum(columns[place].floor for place in shown) > _left(room, shown, 0):
        shown.remove(spare.pop())
    kept = [columns[place] for place in shown]
    gap = 1 if sum(one.floor for one in kept) <= _left(room, shown, 1) else 0
    return Fitted(shown, _narrowed(kept, _left(room, shown, gap)), gap)


def _spare(columns: Sequence[Column]) -> list[int]:
    """Those that may be left out, the first of them last."""
    empty = [place for place, one in enumerate(columns) if one.is_empty]
    texts = [place for place, one in enumerate(columns) if one.is_text]
    whole = [place for place, one in enumerate(columns) if not one.is_text and not one.is_empty]
    return [place for place in (*whole, *texts[1:], *empty) if place]


def _left(room: int, shown: Sequence[int], gap: int) -> int:
    """What the columns have of it: a blank stands between them and on either side, and the gaps."""
    return room - (gap + 1) * len(shown) - 1


def _narrowed(columns: Sequence[Column], left: int) -> list[int]:
    """From the widths they would like: the widest text gives way first, then titles of several words are folded."""
    widths = [min(one.natural, max(one.floor, left)) for one in columns]
    for texts in (True, False):
        giving = [place for place, one in enumerate(columns) if one.is_text is texts]
        while sum(widths) > left:
            place = max(giving, key=lambda place: widths[place] - columns[place].floor, default=None)
            if place is None or widths[place] <= columns[place].floor:
                break
            widths[place] -= 1
    return widths
