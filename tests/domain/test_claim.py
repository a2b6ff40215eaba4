"""The life of a claim."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crm_cli.domain.claim import Claim, ClaimResult, ClaimStatus
from crm_cli.domain.errors import BadValue, Refused, WrongState

AT = "2026-11-20T10:00:00Z"
READY = Claim(id="CL2", name="Damaged unit", account="A7", rep="R1", division="service", causes={"transport": True})

VERBS: dict[str, Callable[[Claim], Claim]] = {
    "start": lambda claim: claim.start(AT),
    "satisfy": lambda claim: claim.resolve(ClaimResult.SATISFIED, "replaced", AT),
    "decline": lambda claim: claim.resolve(ClaimResult.NOT_SATISFIED, "worn out", AT),
}
NEXT: dict[str, dict[str, str]] = {
    "registered": {"start": "processing"},
    "processing": {"satisfy": "satisfied", "decline": "not_satisfied"},
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", ClaimStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: ClaimStatus, verb: str) -> None:
    claim = READY.change(status=status)
    if verb in NEXT.get(status, {}):
        assert VERBS[verb](claim).status == NEXT[status][verb]
    else:
        with pytest.raises(WrongState, match=r"CL2 is") as refusal:
            VERBS[verb](claim)
        assert refusal.value.hint


def test_a_claim_needs_a_subject_and_a_claimant() -> None:
    with pytest.raises(BadValue, match="needs a subject"):
        READY.change(name=" ").checked()
    with pytest.raises(BadValue, match="needs a claimant"):
        READY.change(account=None).checked()
    assert READY.checked() == READY


def test_causes_are_added_in_one_spelling() -> None:
    assert READY.with_causes([" Transport ", "PACKAGING"]).causes == {"transport": True, "packaging": True}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"rep": None}, "add --rep"),
        ({"division": None}, "add --division or --employee"),
        ({"causes": {}}, "add --cause"),
        ({"rep": None, "causes": {}}, "add --rep and --cause"),
    ],
)
def test_a_claim_is_started_when_handler_origin_and_cause_are_known(missing: dict[str, object], named: str) -> None:
    with pytest.raises(Refused, match="CL2 cannot be started yet") as refusal:
        READY.change(**missing).start(AT)
    assert refusal.value.hint == named


def test_an_employee_will_do_for_a_division() -> None:
    started = READY.change(division=None, employee="J. Miller").start(AT)

    assert (started.status, started.started_at) == (ClaimStatus.PROCESSING, AT)


@pytest.mark.parametrize("result", ClaimResult)
def test_a_claim_is_settled_with_the_answer_the_claimant_got(result: ClaimResult) -> None:
    settled = READY.start(AT).resolve(result, "replaced", AT)

    assert (settled.status, settled.closed_at, settled.answer) == (result.value, AT, "replaced")
    with pytest.raises(BadValue, match="with an answer"):
        READY.start(AT).resolve(result, "  ", AT)
