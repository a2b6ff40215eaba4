"""A deal on its way through the stages of its kind, past their gates, to the day it is won."""

from __future__ import annotations

from decimal import Decimal

from crm_cli.crm import Crm
from crm_cli.domain.deal import Deal
from crm_cli.domain.errors import BadValue, NotFound, Refused
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.stage import GATES, Control, DealKind, Stage, find_kind, find_stage, slug


def kind_called(crm: Crm, text: str | None) -> DealKind:
    """The kind of that name, or the usual one; raises BadValue with those there are."""
    known = crm.deal_kinds
    found = find_kind(known, slug(text) if text is not None else None)
    if found is None:
        raise BadValue.not_one_of("kind", str(text), [one.key for one in known])
    return found


def kind_of(crm: Crm, deal: Deal) -> DealKind:
    """The kind of a deal; raises Refused for one that the house has no more."""
    found = find_kind(crm.deal_kinds, deal.kind)
    if found is None:
        raise Refused(
            f"{deal.id} is of kind {deal.kind}, which is no more", f"run: crm config set deal.kinds +{deal.kind}:manual"
        )
    return found


def stage_keys(crm: Crm, text: str) -> str:
    """Stages as typed, by key or name with commas between, as their keys; `none` stays. Raises BadValue."""
    known = [stage for kind in crm.deal_kinds for stage in kind.stages]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return ",".join("none" if part.lower() == "none" else find_stage(known, part).key for part in parts)


# --- past the gates --------------------------------------------------------------------------------


def advanced(crm: Crm, deal: Deal) -> Deal:
    """The deal at its next stage; a shut gate of its stage is told, or refused if the house enforces gates."""
    kind = kind_of(crm, deal)
    moved = deal.advance(kind, crm.when)
    _pass(crm, deal, kind, kind.stage(deal.stage), "leaves", "leave")
    return moved


def taken_back(crm: Crm, deal: Deal, reason: str | None) -> Deal:
    """The deal at the stage before; the process asks why. Raises BadValue where nobody says it."""
    kind = kind_of(crm, deal)
    moved = deal.back(kind, crm.when)
    if kind.control is Control.PROCESS and not reason:
        raise BadValue(f"a reason is needed to take {deal.id} back", '--reason "they want another offer"')
    return moved


def won(crm: Crm, deal: Deal, amount: Decimal | None = None, *, zero: bool = False) -> Deal:
    """The deal as won, and its account saved as a customer.

    Under process control a deal is won at the last stage, past its gate: another is told, or refused if the
    house enforces gates. One that is at no stage, or of a kind that is no more, is won without a word.
    With `zero` it was for nothing, whatever amount it had; raises BadValue for that and an amount at once.
    """
    if zero and amount is not None:
        raise BadValue("a deal is won for an amount or for nothing", "give --amount or --zero, not both")
    done = deal.win(crm.when, Decimal(0) if zero else amount, zero=zero)
    kind = find_kind(crm.deal_kinds, deal.kind)
    stage = kind.stage(deal.stage) if kind else None
    if kind is not None and stage is not None:
        _must_be_last(crm, deal, kind, stage)
    if done.account:
        crm.save(crm.accounts.get(done.account).becomes_customer(crm.at))
    return done


def _must_be_last(crm: Crm, deal: Deal, kind: DealKind, stage: Stage) -> None:
    last = kind.stages[-1]
    if stage == last:
        _pass(crm, deal, kind, stage, "is won at", "be won at")
    elif kind.is_controlled:
        where = f"{stage.name}, before {last.name}"
        way = f"crm deal advance {deal.id} takes it there"
        _tell(crm, f"{deal.id} is won at {where}", f"{deal.id} cannot be won at {where}", way)


def _pass(crm: Crm, deal: Deal, kind: DealKind, stage: Stage | None, does: str, do: str) -> None:
    missing = deal.lacks(stage) if stage is not None and kind.is_controlled else []
    if stage is not None and missing:
        lacking = f"{stage.name} without {' and '.join(map(_named, missing))}"
        way = f"crm deal edit {deal.id} --set {missing[0]}=... notes it"
        _tell(crm, f"{deal.id} {does} {lacking}", f"{deal.id} cannot {do} {lacking}", way)


def _named(gate: str) -> str:
    return f"{gate} ({GATES[gate]})" if gate in GATES else gate


def _tell(crm: Crm, warning: str, refusal: str, way: str) -> None:
    """As the house wants it: not at all, as a warning, or as a refusal."""
    match crm.setting("deal.stage_gate"):
        case "enforce":
            raise Refused(refusal, way)
        case "warn":
            crm.warnings.append(warning)


# --- who was chosen instead ------------------------------------------------------------------------


def competitor(crm: Crm, text: str | None) -> tuple[str | None, str | None]:
    """An account by id, e-mail or name, or else the text as it is; raises NotFound for an id that is not there."""
    if text is None:
        return None, None
    try:
        return crm.accounts.find(text).id, None
    except NotFound as error:
        if looks_like_id(text, "account"):
            raise error
        return None, text.strip()
