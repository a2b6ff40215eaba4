"""A lead on its way through the sales process, past the gates of the stages."""

from __future__ import annotations

from crm_cli.crm import Crm
from crm_cli.domain.errors import BadValue, Refused
from crm_cli.domain.lead import STAGES, Lead, LeadStage

_STEPS = {"next": 1, "back": -1}


def moved(crm: Crm, lead: Lead, word: str, gate: str) -> Lead:
    """The lead one stage on (`next`) or `back`, or at the stage that is named.

    On its way forward it must have what its stage asks for: that is told (`gate` warn), demanded (enforce) or left
    (off). Raises BadValue for a word that is no stage, Refused, WrongState.
    """
    stage = _meant(lead, word.strip().lower())
    forward = STAGES.index(stage) > STAGES.index(lead.stage or STAGES[0])
    missing = lead.missing_at_stage() if forward and gate != "off" else None
    if missing is None:
        return lead.move_to(stage)
    lacking = f"stage {lead.stage or STAGES[0]} without {missing}"
    if gate == "enforce":
        raise Refused(f"{lead.id} cannot leave {lacking}", f"crm lead edit {lead.id} adds it; or say --force")
    crm.warnings.append(f"{lead.id} leaves {lacking}")
    return lead.move_to(stage)


def _meant(lead: Lead, word: str) -> LeadStage:
    if word in _STEPS:
        return lead.stage_after(_STEPS[word])
    if word not in STAGES:
        raise BadValue.not_one_of("stage", word, [*_STEPS, *STAGES])
    return LeadStage(word)
