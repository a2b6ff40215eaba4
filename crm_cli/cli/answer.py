"""How each shell hands over what was typed, and how it wants to be answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SHELLS = ("bash", "zsh", "fish", "powershell")

_LISTING, _MENU, _TAB = "63", "37", "9"  # what bash is about to do, as COMP_TYPE says it
_BLANKS, _QUOTES = " \t\n", "\"'"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,:=@%")


class Found:
    """A word that may be meant, and what is said about it; `name` is what it is called, `id` what it surely is."""

    __slots__ = ("about", "id", "is_open", "name", "order", "value")

    def __init__(self, value: str, about: str = "", name: str = "", id: str = "") -> None:
        self.value, self.about, self.name, self.id = value, about, name, id
        self.is_open = False  # something is to follow without a blank
        self.order = ""  # what the shell shall do itself

    @classmethod
    def directive(cls, order: str) -> Found:
        """`files` or `folders`: the shell knows them better."""
        one = cls("")
        one.order = order
        return one

    def behind(self, before: str) -> Found:
        """The same as the end of a longer word."""
        one = Found(before + self.value, self.about, before + self.name if self.name else "", self.id)
        one.is_open, one.order = self.is_open, self.order
        return one

    def open(self) -> Found:
        self.is_open = True
        return self

    def is_called(self, start: str) -> bool:
        """Whether its name, a word of it, its id or the number in that begins so; `start` is in small letters."""
        name = self.name.casefold()
        number = self.id.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return bool(start) and any(
            text.startswith(start) for text in (name, *name.split(), self.id.casefold(), number) if text
        )


class Typed:
    """A command line up to the cursor: the words before, and the one that is being typed."""

    __slots__ = ("before", "breaks", "raw", "way", "width", "word")

    def __init__(self, before: list[str], word: str) -> None:
        self.before, self.word = before, word
        self.raw, self.breaks, self.way, self.width = word, "", _TAB, 80


def typed_in(shell: str, argv: Sequence[str]) -> Typed:
    """What was typed behind the program's name.

    bash hands over the line as it stands, its word breaks, COMP_TYPE and the width of the screen; the others words,
    the last of which is being typed. PowerShell drops empty words, so a full stop stands before its last one.
    """
    if shell == "bash":
        return _of_line(*argv)
    *before, last = argv or [""]
    if shell == "powershell":
        last = last[1:]
    elif shell == "fish":
        last = _pieces(last)[-1][0] if last else ""
    return Typed(before, last)


def _of_line(line: str, breaks: str = "", way: str = _TAB, width: str = "80") -> Typed:
    pieces = _pieces(line)
    while len(pieces) > 1 and "=" in pieces[0][0]:  # CRM_STORE=x crm ...
        pieces.pop(0)
    words = [word for word, _ in pieces[1:]] or [""]
    typed = Typed(words[:-1], words[-1])
    typed.raw, typed.breaks, typed.way = pieces[-1][1] if len(pieces) > 1 else "", breaks, way
    typed.width = int(width) if width.isdecimal() else 80
    return typed


def _pieces(line: str) -> list[tuple[str, str]]:
    """The words of a line, each as the command would get it and as it was typed; the last may be unfinished."""
    found: list[tuple[str, str]] = []
    word = raw = quote = ""
    escaped = begun = False
    for mark in line:
        if not quote and not escaped and mark in _BLANKS:
            if begun:
                found.append((word, raw))
            word = raw = ""
            begun = False
            continue
        begun, raw = True, raw + mark
        if escaped:
            word, escaped = word + mark, False
        elif mark == "\\" and quote != "'":
            escaped = True
        elif mark == quote or (not quote and mark in _QUOTES):
            quote = "" if quote else mark
        else:
            word += mark
    return [*found, (word, raw)]


def said_in(shell: str, typed: Typed, found: list[Found]) -> list[str]:
    """The lines that answer: a word, a tab and what is said about it; a line without a word is an order."""
    orders = [f"\t{one.order}" for one in found if one.order]
    words = [one for one in found if not one.order]
    if any(one.is_open for one in words):
        orders.append("\tnospace")
    if shell == "bash":
        return [*orders, *_in_bash(typed, words)]
    if shell == "fish":
        words = [*_in_fish(typed, words)]
    return [*orders, *(f"{one.value}\t{one.about}" for one in words)]


def _in_fish(typed: Typed, found: list[Found]) -> Iterator[Found]:
    """fish drops what does not begin as was typed: there the name stands for the record, if it is whole."""
    for one in found:
        if one.value.casefold().startswith(typed.word.casefold()):
            yield one
        elif one.name and not one.name.endswith("…"):
            yield Found(one.name, f"{one.id or one.value} {one.about}")


def _in_bash(typed: Typed, found: list[Found]) -> list[str]:
    """bash puts in what all have in common, and replaces only what stands behind the last word break."""
    head, quote = _kept_by_bash(typed)
    words = {one.value[len(head) :]: one.about for one in found if one.value.startswith(head)}
    words = {_quoted(value, quote): about for value, about in words.items()}
    if len(words) < 2 or typed.way == _MENU:
        return list(words)
    rest = typed.word[len(head) :]
    foreign = not all(word.startswith(rest) for word in words)
    if foreign and typed.way == _TAB:
        return []  # they would take away what was typed; the second TAB shows them
    width = max(map(len, words))
    told = [f"{word:<{width}}  ({about})"[: typed.width - 2] if about else word for word, about in words.items()]
    return [*told, " "] if foreign and typed.way != _LISTING else told


def _kept_by_bash(typed: Typed) -> tuple[str, str]:
    """The beginning of the word that stays, as the command would get it, and the quote that is open."""
    raw, start, quote, escaped = typed.raw, 0, "", False
    for place, mark in enumerate(raw):
        if escaped:
            escaped = False
        elif mark == "\\" and quote != "'":
            escaped = True
        elif mark == quote:
            quote = ""
        elif not quote and mark in _QUOTES:
            quote, start = mark, place
        elif not quote and mark in typed.breaks and mark not in _QUOTES:
            start = place + 1
    return _pieces(raw[:start])[-1][0], quote


def _quoted(value: str, quote: str) -> str:
    """A word so that bash takes it as it is."""
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote:
        return "".join(f"\\{one}" if one in '"$`\\' else one for one in value)
    return "".join(one if one in _PLAIN or one > "\x7f" else f"\\{one}" for one in value)
