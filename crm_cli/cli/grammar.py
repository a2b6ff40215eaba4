"""What can stand where in a command, as its options and arguments say: for completion and for `crm schema`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from msgspec import Struct

from crm_cli.cli.about import topics
from crm_cli.cli.answer import SHELLS
from crm_cli.cli.context import FORMATS
from crm_cli.cli.environment import COLORS, TASTES
from crm_cli.cli.known import COMMON as COMMON_OPTIONS
from crm_cli.cli.main import load
from crm_cli.cli.manual import Path
from crm_cli.cli.names import NOUNS, WORDS, Word
from crm_cli.cli.option import COMMON, option_words
from crm_cli.cli.view import names_of
from crm_cli.domain.account import AccountType
from crm_cli.domain.claim import ClaimResult
from crm_cli.domain.condition import GROUPS
from crm_cli.domain.field import Field, FieldType
from crm_cli.domain.lead import LeadStage, Rating
from crm_cli.domain.moment import DAY_WORDS, DURATIONS
from crm_cli.domain.record import fields_of
from crm_cli.domain.setting import RULES
from crm_cli.formats.date_text import Order
from crm_cli.looking import KINDS
from crm_cli.reports.funnel import Grouping, Scope
from crm_cli.reports.pipeline import Axis
from crm_cli.usecases.remind import REMINDED

RECORDS = ("lead", "account", "contact", "deal", "event", "claim", "campaign", "rep")

_RATINGS, _STAGES = tuple(Rating), ("next", "back", *LeadStage)
# Fixed words by command and option, by option alone, and by what the help calls the value.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "report.funnel --by": get_args(Grouping),
    "report.pipeline --by": get_args(Axis),
    "report.funnel --scope": get_args(Scope),
    "import.leads --input": ("auto", "csv", "jsonl"),
    "import.deals --input": ("auto", "csv", "jsonl"),
    "event.list --due": ("today", "overdue", "week"),
    "search --kind": RECORDS,
    "remind.check --kind": tuple(REMINDED),
    "--format": FORMATS,
    "--color": COLORS,
    "--dates": get_args(Order),
    "--decimal": ("comma", "point"),
    "--type": tuple(AccountType),
    "--remove-type": tuple(AccountType),
    "completion SHELL": SHELLS,
    "config.get KEY": (*RULES, *TASTES),
    "config.set KEY": tuple(RULES),
    "config.unset KEY": tuple(RULES),
    "RATING": _RATINGS,
    "RESULT": tuple(ClaimResult),
}
# What else a value is, in the words of `complete`: a kind of record, a list of the house, a file, days.
_SOURCES: Mapping[str, str] = {
    **{kind.upper(): kind for kind in RECORDS},
    "ACTIVITY": "activity",
    "TAG": "tag",
    "FILE": "file",
    "FILES": "file",
    "DIR": "folder",
    "FOLDER": "folder",
    "KEY=VALUE": "set",
    "CAUSE": "claim.causes",
    "STAGE": "deal.stages",
    "USER": "rep",
    "EUR": "=EUR|USD|GBP|CHF",
    "1..5": "=1|2|3|4|5",
    **dict.fromkeys(("DAY", "WHEN"), "=" + "|".join(DAY_WORDS)),
    "DURATION": "=" + "|".join(DURATIONS.split(", ")),
    "--channel": "channel",
    "--tag": "tag",
    "--remove": "tag",
    "campaign.add --activity": "",
    "lead.set-campaign --activity": "activity",
    "deal.add --kind": "deal.kinds",
    "deal.edit --kind": "deal.kinds",
    "deal.list --kind": "deal.kinds",
    "lead.disqualify --reason": "lead.reasons",
    "deal.lose --reason": "deal.reasons",
    "deal.list --on-hold": "",
    "claim.attachment FILE": "",
    "help TOPIC": "=" + "|".join((*topics(), *NOUNS)),
    "show ID": "any",
    "history ID": "any",
    "event.link --to": "contact;rep",
    "--participant": "contact;rep",
    "--config": "file",
}
# Arguments of several meanings: what the words behind the first may be.
_THEN: Mapping[str, str] = {
    "lead.rate": "lead;=" + "|".join(_RATINGS),
    "lead.stage": "lead;=" + "|".join(_STAGES),
    "lead.set-campaign": "lead;campaign",
    "lead.set-activity": "lead;activity",
}
_COMMON_WORDS = frozenset(option_words(COMMON))


class Part(Struct, frozen=True, kw_only=True):
    """An option or an argument of a command."""

    name: str  # --rep; of an argument its name in capitals
    words: tuple[str, ...]  # every spelling
    off: tuple[str, ...]  # spellings that switch a flag off
    metavar: str | None
    help: str
    is_argument: bool
    is_flag: bool
    required: bool
    repeats: bool
    panel: str | None
    choices: tuple[str, ...]
    source: str  # what `complete` offers for it: see `Asked`

    @property
    def variable(self) -> str | None:
        """The environment variable that says the same."""
        found = re.search(r"\((CRM_[A-Z_]+)\)", self.help)
        return found[1] if found else None

    @property
    def points_to(self) -> tuple[str, ...]:
        """The kinds of record that it names."""
        kinds = RECORDS if self.source == "any" else (one.rstrip("!") for one in self.source.split(";"))
        return tuple(one for one in kinds if one in (*RECORDS, "activity"))


def parts_of(path: Path, word: Word) -> list[Part]:
    """The options and arguments of a command in the order of its help; its module is loaded."""
    return [_part(".".join(path), path[0], one) for one in load(path, word).params]


def common_parts() -> list[Part]:
    """The options of every command, as any of them has them."""
    return [part for part in parts_of(("version",), WORDS["version"]) if is_common(part)]


def is_common(part: Part) -> bool:
    """Whether every command takes this option."""
    return any(word in _COMMON_WORDS for word in part.words)


def _part(cmd: str, noun: str, param: Any) -> Part:
    is_argument = param.param_type_name == "argument"
    name = param.name.upper() if is_argument else param.opts[0]
    is_flag = bool(getattr(param, "is_flag", False))
    choices = () if is_flag else _choices(cmd, noun, name, param.metavar)
    return Part(
        name=name,
        words=() if is_argument else tuple(param.opts),
        off=() if is_argument else tuple(param.secondary_opts),
        metavar=None if is_flag else param.metavar or (name if is_argument else None),
        help=param.help or "",
        is_argument=is_argument,
        is_flag=is_flag,
        required=bool(param.required),
        repeats=bool(getattr(param, "multiple", False)) or param.nargs == -1,
        panel=param.rich_help_panel,
        choices=choices,
        source="!" if is_flag else _source(cmd, noun, name, param.metavar, choices),
    )


def _choices(cmd: str, noun: str, name: str, metavar: str | None) -> tuple[str, ...]:
    """The fixed words that may stand there, of which some are those of the record's field."""
    for key in (f"{cmd} {name}", name, metavar or ""):
        if key in _CHOICES:
            return tuple(map(str, _CHOICES[key]))
        if key in _SOURCES:
            return ()
    field = _field("lead" if cmd == "campaign.members" else noun, name)
    if field is None or metavar in (None, "TEXT"):
        return ()
    return (*_groups(field), *map(str, field.choices))


def _field(noun: str, name: str) -> Field | None:
    fields = fields_of(KINDS[noun]) if noun in KINDS else {}
    return fields.get(name.removeprefix("--").replace("-", "_"))


def _groups(field: Field) -> tuple[str, ...]:
    """Words that stand for several choices: open."""
    return tuple(name for name, ways in GROUPS.items() if any(set(way) <= set(field.choices) for way in ways))


def _source(cmd: str, noun: str, name: str, metavar: str | None, choices: tuple[str, ...]) -> str:
    if choices:
        return "=" + "|".join(choices)
    kind = "lead" if noun == "report" else noun.removesuffix("s")
    if metavar in ("A,B", "F,-G", "EXPR", "FIELD"):
        return _named_fields(cmd, kind, metavar)
    for key in (f"{cmd} {name}", f"{cmd} {metavar}", name, metavar or "", name.removesuffix("S")):
        if key in _SOURCES:
            return _SOURCES[key]
    if name in ("REF", "REFS", "WORDS") and kind in KINDS:
        return f"{kind}!" if cmd.endswith(".restore") else kind
    return ""


def _named_fields(cmd: str, kind: str, metavar: str) -> str:
    if kind in ("export", "import"):
        kind = cmd.partition(".")[2].removesuffix("s")
    if kind not in RECORDS:
        return ""
    fields = fields_of(KINDS[kind])
    match metavar:
        case "A,B":
            return "fields:" + "|".join(names_of(kind))
        case "F,-G":
            return "sort:" + "|".join(name for name, field in fields.items() if field.type is not FieldType.CUSTOM)
        case "FIELD":
            return "fields:" + "|".join(name for name in fields if name not in ("id", "created_at", "updated_at"))
        case _:
            return "where:" + "/".join(_asked(field) for field in fields.values())


def _asked(field: Field) -> str:
    """A field as filters name it, and what its values may be."""
    if field.type is FieldType.CHOICE:
        return f"{field.name}~=" + "|".join((*_groups(field), *field.choices))
    if field.type is FieldType.REF and field.kind in (*RECORDS, "activity"):
        return f"{field.name}~{field.kind}"
    return f"{field.name}~tag" if field.name == "tags" else field.name


# --- as text, for completion -----------------------------------------------------------------------


def section(path: Path, rows: list[tuple[str, ...]]) -> str:
    """One section of the grammar, as `complete` reads it."""
    return f"\n[{' '.join(path)}]\n" + "\n".join("\t".join(row) for row in rows) + "\n"


def section_of_words(path: Path, words: Mapping[str, Word]) -> str:
    """The words of a noun, or of the program."""
    rows: list[tuple[str, ...]] = [
        ("w", word.name, word.help, "noun" if word.words is not None else "") for word in words.values()
    ]
    return section(path, [*rows, *([] if path else [("o", "--version,-V", "!", "", "Show the version and stop.")])])


def section_of_common() -> str:
    """The options of every command."""
    return section(
        (COMMON_OPTIONS,), [*map(_row, common_parts()), ("o", "--help,-h", "!", "", "Show this message and exit.")]
    )


def section_of_command(path: Path, word: Word) -> str:
    """Its arguments, and its options beside those that every command takes."""
    cmd = ".".join(path)
    rows: list[tuple[str, ...]] = []
    for part in parts_of(path, word):
        if part.is_argument:
            rows.append(("a", part.source, _THEN.get(cmd, _behind(part)) if part.repeats else ""))
        elif not is_common(part):
            rows.append(_row(part))
    return section(path, rows)


def _behind(part: Part) -> str:
    """What the further words of an argument may be: texts and tags follow a reference."""
    metavar = part.metavar or ""
    return "tag" if metavar.endswith("TAGS...") else "" if metavar.endswith(("TEXT", "TOPIC")) else part.source


def _row(part: Part) -> tuple[str, ...]:
    return ("o", ",".join((*part.words, *part.off)), part.source, "+" if part.repeats else "", part.help)
