"""The kinds of deal: which stages they have, who controls the way through them, and what opens a stage's gate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache

from msgspec import Struct

from crm_cli.domain.errors import BadValue, Refused

KINDS = ["typical:process", "manual:manual", "other:none"]  # 1C Trade Management; the first is the usual one
STAGES = [
    "Primary contact",
    "Qualification:terms",
    "Offer:quote",
    "Presentation",
    "Agreeing terms:quote_accepted",
    "Preparing fulfilment:invoice",
    "Fulfilment:fulfilment",
]
GATES: Mapping[str, str] = {
    "terms": "an agreement or sales terms",
    "quote": "a quote",
    "quote_accepted": "an accepted quote",
    "invoice": "an invoice",
    "fulfilment": "shipment or payment",
}


class Control(StrEnum):
    """Who says at which stage a deal is."""

    PROCESS = "process"  # the process: one stage after the other, past the gates
    MANUAL = "manual"  # people: any stage
    NONE = "none"  # nobody: there are no stages


class Stage(Struct, frozen=True):
    """One stage: deals keep its key, people read its name; the gates stand between it and the next."""

    key: str
    name: str
    gates: tuple[str, ...] = ()


class DealKind(Struct, frozen=True):
    """One way in which the house sells."""

    key: str
    control: Control
    stages: tuple[Stage, ...] = ()

    @property
    def is_controlled(self) -> bool:
        """Whether the process leads through stages."""
        return self.control is Control.PROCESS and bool(self.stages)

    def find(self, text: str) -> Stage:
        """By key or name; raises BadValue with the stages there are."""
        return find_stage(self.stages, text)

    def stage(self, key: str | None) -> Stage | None:
        """The stage under this key; None for none, or one that is in the list no more."""
        return next((one for one in self.stages if one.key == key), None)

    def place(self, key: str | None, deal: str) -> int:
        """Where a deal stands, from 0; -1 if it is at no stage yet.

        Raises Refused for a kind without stages, and for a stage that is in the list no more.
        """
        if not self.stages:
            raise Refused(f"{deal} is of kind {self.key}, which has no stages", f"see crm deal show {deal}")
        keys = [one.key for one in self.stages]
        if key is not None and key not in keys:
            way = f"crm deal set-stage {deal} {keys[0]}" + (" --force --reason WHY" if self.is_controlled else "")
            raise Refused(f"{deal} is at {key}, which is no stage of kind {self.key} any more", f"run: {way}")
        return keys.index(key) if key is not None else -1


def find_stage(stages: Sequence[Stage], text: str) -> Stage:
    """The stage with this key or name, case and blanks apart; raises BadValue with the keys there are."""
    for one in stages:
        if slug(text) in (one.key, slug(one.name)):
            return one
    raise BadValue.not_one_of("stage", text, [one.key for one in stages])


def find_kind(kinds: Sequence[DealKind], key: str | None) -> DealKind | None:
    """The kind under this key; without a key the first, None for one that is no more."""
    return kinds[0] if key is None else next((one for one in kinds if one.key == key), None)


def stage_name(kinds: Sequence[DealKind], kind: str | None, key: str | None) -> str | None:
    """What a stage of that kind is called now; one that is in the list no more by its key, as retired."""
    if key is None:
        return None
    found = find_kind(kinds, kind)
    stage = found.stage(key) if found else None
    return stage.name if stage else f"{key} (retired)"


@cache
def kinds_of(kinds: tuple[str, ...], stages: tuple[str, ...]) -> tuple[DealKind, ...]:
    """The kinds of a house from its two settings; one without stages of its own has those that are nobody's."""
    listed: dict[str, list[Stage]] = {}
    for text in stages:
        owner, stage = _read_stage(text)
        listed.setdefault(owner, []).append(stage)
    found = [_read_kind(text) for text in kinds]
    return tuple(
        one if one.control is Control.NONE else DealKind(one.key, one.control, tuple(_own(listed, one.key)))
        for one in found
    )


def _own(listed: Mapping[str, list[Stage]], kind: str) -> list[Stage]:
    return listed.get(kind) or listed.get("", [])


# --- as they are written in the settings ---------------------------------------------------------


def read_kinds(texts: Sequence[str]) -> list[str]:
    """Kinds as KEY:CONTROL, each in one spelling; raises BadValue for none, one twice, or one that cannot be read."""
    kinds = [_read_kind(text) for text in texts]
    if not kinds:
        raise BadValue("there must be a kind of deal", f"such as {', '.join(KINDS)}")
    _must_differ([kind.key for kind in kinds], "kind")
    return [f"{kind.key}:{kind.control}" for kind in kinds]


def read_stages(texts: Sequence[str]) -> list[str]:
    """Stages as [KIND/][KEY=]NAME[:GATE+GATE], each in one spelling; raises BadValue for one twice or unreadable."""
    stages = [_read_stage(text) for text in texts]
    _must_differ([f"{owner} {stage.key}".strip() for owner, stage in stages], "stage")
    return [_written(owner, stage) for owner, stage in stages]


def entry_key(text: str) -> str:
    """What tells one kind or stage in a setting from the others: typical, or project/offer."""
    head = text.partition(":")[0]
    owner, slash, rest = head.rpartition("/")
    return f"{owner}{slash}{slug(rest.partition('=')[0])}"


def slug(text: str) -> str:
    """A name as a key: Agreeing terms is agreeing_terms."""
    return re.sub(r"\W+", "_", text.casefold()).strip("_")


def _read_kind(text: str) -> DealKind:
    key, _, control = text.partition(":")
    if not slug(key) or control.strip().casefold() not in set(Control):
        raise BadValue(f"{text!r} is no kind of deal", f"write NAME:{' or NAME:'.join(Control)}, with commas between")
    return DealKind(slug(key), Control(control.strip().casefold()))


def _read_stage(text: str) -> tuple[str, Stage]:
    """The kind it belongs to ("" for all without stages of their own), and the stage."""
    head, _, gates = text.partition(":")
    owner, slash, rest = head.rpartition("/")
    key, named, name = rest.partition("=")
    stage = Stage(slug(key), (name if named else key).strip(), tuple(map(slug, gates.split("+"))) if gates else ())
    wrong = stage.key in ("", "none") or not stage.name or "" in stage.gates or (slash and owner.strip() != slug(owner))
    if wrong:
        raise BadValue(f"{text!r} is no stage", "write Offer, Offer:quote, offer=Proposal:quote or project/Offer")
    return owner.strip(), stage


def _written(owner: str, stage: Stage) -> str:
    name = stage.name if stage.key == slug(stage.name) else f"{stage.key}={stage.name}"
    gates = f":{'+'.join(stage.gates)}" if stage.gates else ""
    return (f"{owner}/" if owner else "") + name + gates


def _must_differ(keys: Sequence[str], what: str) -> None:
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise BadValue(f"the {what} {twice} comes twice", f"give each {what} once, or another key: key=Name")
