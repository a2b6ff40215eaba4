"""What may be meant by a word that is still being typed, told from two small files and without the framework."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from crm_cli.cli.answer import Found, said_in, typed_in
from crm_cli.cli.known import COMMON, Known, Option, folder_of, read_grammar, read_words

COMPLETE = "_CRM_COMPLETE"  # names the shell that asks
ALIASES = {"ls": "list", "rm": "delete"}
_MOST = 200  # candidates that are told


class Line:
    """A command line up to the cursor, as far as it is understood."""

    def __init__(self, known: Known, before: Sequence[str]) -> None:
        self.known = known
        self.path: list[str] = []
        self.is_command = False
        self.is_lost = False  # a word that is no command: nobody knows what could follow
        self.options = {word: one for one in known.options(COMMON) for word in one.words}
        self.given: dict[str, str] = {}  # options, the last value of each
        self.placed: list[str] = []  # arguments
        self.arguments: list[list[str]] = []
        self.waiting: Option | None = None  # an option whose value comes next
        self.only_arguments = False
        for word in before:
            self._take(word)

    def _take(self, word: str) -> None:
        if self.waiting is not None:
            self.given[self.waiting.words[0]] = word
            self.waiting = None
        elif word == "--" and not self.only_arguments:
            self.only_arguments = True
        elif word[:1] == "-" and word != "-" and not self.only_arguments:
            self._take_option(word)
        elif self.is_command:
            self.placed.append(word)
        else:
            self._go_to(ALIASES.get(word, word))

    def _take_option(self, word: str) -> None:
        name, is_given, value = word.partition("=")
        if word[:2] != "--":
            name, value = _last_of_cluster(word, self.options)
            is_given = value
        option = self.options.get(name)
        if option is None:
            return
        self.given[option.words[0]] = value
        if option.takes_value and not is_given:
            self.waiting = option

    def _go_to(self, word: str) -> None:
        here = self.known.section(" ".join(self.path))
        found = next((parts for parts in here if parts[0] == "w" and parts[1] == word), None)
        if found is None:
            self.is_lost = True
            return
        self.path.append(word)
        if found[3] == "noun":
            return
        self.is_command = True
        lines = self.known.section(" ".join(self.path))
        self.arguments = [parts[1:] for parts in lines if parts[0] == "a"]
        self.options |= {word: one for one in self.known.options(" ".join(self.path)) for word in one.words}

    def value_of(self, *names: str) -> str | None:
        return next((self.given[name] for name in names if self.given.get(name)), None)


def _last_of_cluster(word: str, options: dict[str, Option]) -> tuple[str, str]:
    """Of -qn the last flag, of -Fjson the option and its value."""
    for place in range(1, len(word)):
        option = options.get(f"-{word[place]}")
        if option is None or option.takes_value:
            return f"-{word[place]}", word[place + 1 :]
    return f"-{word[-1]}", ""


class Asked:
    """The word that is being typed, and where it stands."""

    def __init__(self, line: Line, word: str) -> None:
        self.line, self.word, self.known = line, word, line.known

    def found(self) -> list[Found]:
        """Everything that may be meant, at most 200; raises Missing."""
        line = self.line
        if line.is_lost:
            return []
        if line.waiting is not None:
            return self._of(line.waiting.values)
        if self.word[:1] == "-" and not line.only_arguments:
            return self._after_equals() if "=" in self.word else self._options()
        if not line.is_command:
            here = self.known.section(" ".join(line.path))
            return _fitting((Found(one[1], one[2]) for one in here if one[0] == "w"), self.word)
        place = min(len(line.placed), len(line.arguments) - 1)
        if place < 0 or (place < len(line.placed) and not line.arguments[place][1]):
            return []
        return self._of(line.arguments[place][0] if place == len(line.placed) else line.arguments[place][1])

    def _options(self) -> list[Found]:
        """Long names, unless a short one was begun; those that were given already only if they may be repeated."""
        at_first = [] if self.line.path else self.known.options("")
        options = [*{id(one): one for one in self.line.options.values()}.values(), *at_first]
        free = [one for one in options if one.repeats or one.words[0] not in self.line.given]
        wanted = self.word[:2] if self.word[:2] in ("-", "--") else ""
        names = (Found(word, one.help) for one in free for word in one.words if not wanted or word[:2] == "--")
        return [one for one in names if one.value.startswith(self.word)]

    def _after_equals(self) -> list[Found]:
        """--campaign=Spr: what follows is completed, what stands before it stays."""
        name, _, rest = self.word.partition("=")
        option = self.line.options.get(name)
        if option is None or not option.takes_value:
            return []
        found = Asked(self.line, rest)._of(option.values)
        return [one.behind(f"{name}=") for one in found]

    def _of(self, values: str) -> list[Found]:
        """Candidates of one or several sources."""
        found = [one for source in values.split(";") for one in self._values(source)]
        return found[:_MOST]

    def _values(self, source: str) -> list[Found]:
        """One source: `=a|b` fixed words, `fields:`, `sort:` and `where:` with names, files, or a kind of record."""
        kind, _, names = source.partition(":")
        if source[:1] == "=":
            return self._listed([Found(one) for one in source[1:].split("|")])
        if kind in ("file", "folder"):
            return [Found.directive(f"{kind}s")]
        if kind == "fields":
            return self._listed([Found(one) for one in [*names.split("|"), "help"]])
        if kind == "sort":
            return self._sorted(names.split("|"))
        if kind == "where":
            return self._filtered(names.split("/"))
        if kind == "set":
            return [one.open() for one in _fitting((Found(f"{key[0]}=") for key in self._words("key")), self.word)]
        if kind in ("tag", "channel") or "." in kind:
            return self._listed([Found(parts[0], parts[2]) for parts in self._words(kind)])
        return _fitting(self._records(kind), self.word) if kind else []

    def _words(self, kind: str) -> Iterator[list[str]]:
        return self.known.records(kind)

    def _listed(self, known: list[Found]) -> list[Found]:
        """One of these, or the next of several with commas between."""
        done, comma, rest = self.word.rpartition(",")
        return [one.behind(done + comma) for one in _fitting(known, rest)]

    def _sorted(self, names: list[str]) -> list[Found]:
        done, comma, rest = self.word.rpartition(",")
        sign = rest[:1] if rest[:1] in ("-", "+") else ""
        return [one.behind(done + comma + sign) for one in _fitting(map(Found, names), rest[len(sign) :])]

    def _filtered(self, fields: list[str]) -> list[Found]:
        """The last comparison of a filter: its field, or a value of it."""
        last = max(self.word.rfind(mark) for mark in " (") + 1
        done, rest = self.word[:last], self.word[last:]
        kinds = dict(field.partition("~")[::2] for field in fields)
        for mark in ("!=", ">=", "<=", "=", "~", ">", "<"):
            name, found, value = rest.partition(mark)
            if found:
                values = Asked(self.line, value)._of(kinds.get(name, ""))
                return [one.behind(done + name + mark) for one in values]
        return [one.behind(done).open() for one in _fitting(map(Found, kinds), rest)]

    def _records(self, kind: str) -> Iterator[Found]:
        """Records by id, with their names; `any` are all kinds, `lead!` deleted leads."""
        if kind == "any":
            for one in ("lead", "account", "contact", "deal", "event", "claim", "campaign", "rep"):
                yield from self._records(one)
            return
        wanted = kind.endswith("!")
        campaign = self._campaign() if kind == "activity" else None
        for id, name, beside, status in self._words(kind.rstrip("!")):
            if (status == "deleted") is not wanted or (campaign and not id.startswith(f"{campaign}.")):
                continue
            if kind == "rep" and beside:
                yield Found(beside, f"{name}, {id}", name, id)
            else:
                yield Found(id, f"{name} ({beside})" if beside else name, name, id)

    def _campaign(self) -> str | None:
        """The id of the campaign that was named before its activity."""
        named = self.line.value_of("--campaign", "--to")
        if self.line.path[:2] == ["campaign", "activity"]:
            named = self.line.placed[0] if self.line.placed else None
        if not named:
            return None
        for id, name, *_ in self._words("campaign"):
            if named.casefold() in (id.casefold(), id[1:], name.casefold()):
                return id
        return None


def _fitting(known: Iterable[Found], word: str) -> list[Found]:
    """Those that begin so; where there are none, those of which the name, or a word of it, does."""
    known = list(known)
    wanted = word.casefold()
    return [one for one in known if one.value.casefold().startswith(wanted)] or [
        one for one in known if one.is_called(wanted)
    ]


def completed(shell: str, argv: Sequence[str], known: Known) -> list[str]:
    """The lines for a shell; raises Missing."""
    typed = typed_in(shell, argv)
    line = Line(known, typed.before)
    return said_in(shell, typed, Asked(line, typed.word).found())


# --- the program ---------------------------------------------------------------------------------


def prepared() -> list[str] | None:
    """The answer to a shell that asks, if the files have it."""
    shell = os.environ.get(COMPLETE)
    if not shell:
        return None
    try:
        argv = sys.argv[1:]
        known = Known(read_grammar(), read_words(folder_of(typed_in(shell, argv).before)))
        return completed(shell, argv, known)
    except Exception:  # noqa: BLE001 - whatever it is: a TAB must never end in a traceback
        return None


def give(lines: list[str]) -> None:
    """Print the answer and end the process: nothing has been begun that would have to be closed."""
    try:
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):  # nobody is waiting for it any more
        pass
    os._exit(0)
