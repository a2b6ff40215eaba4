"""The life of a claim, row by row of its table: every verb in every status, and every guard."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from crm_cli.domain.claim import Claim, ClaimResult, ClaimStatus
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.rep import Rep, RepStatus
from tests.domain.test_attachment import PHOTO

AT, LATER = "2026-11-20T10:00:00Z", "2026-11-26T10:00:00Z"
UTC = ZoneInfo("UTC")
ANA, OFF = Rep(id="R1", name="Ana"), Rep(id="R3", name="Off", status=RepStatus.INACTIVE)
READY = Claim(id="CL2", name="Damaged unit", account="A7", rep="R1", division="service", causes={"transport": True})

VERBS: dict[str, Callable[[Claim], Claim]] = {
    "edit": lambda claim: claim.edit(text="bent frame"),
    "assign": lambda claim: claim.assign(ANA),
    "unassign": lambda claim: claim.unassign(),
    "start": lambda claim: claim.start(AT),
    "plan add": lambda claim: claim.add_step("Inspect", None),
    "attach": lambda claim: claim.attach(PHOTO),
    "satisfy": lambda claim: claim.resolve(ClaimResult.SATISFIED, "replaced", AT),
    "decline": lambda claim: claim.resolve(ClaimResult.NOT_SATISFIED, "worn out", AT),
    "withdraw": lambda claim: claim.withdraw(AT),
    "reopen": lambda claim: claim.reopen(AT),
}
STAYS = {"edit", "assign", "plan add", "attach"}
NEXT: dict[str, dict[str, str]] = {
    "registered": {
        **dict.fromkeys((*STAYS, "unassign"), "registered"),
        "start": "processing",
        "withdraw": "withdrawn",
    },
    "processing": {
        **dict.fromkeys(STAYS, "processing"),
        "satisfy": "satisfied",
        "decline": "not_satisfied",
        "withdraw": "withdrawn",
    },
    **{closed: {"reopen": "processing"} for closed in ("satisfied", "not_satisfied", "withdrawn")},
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", ClaimStatus)
def test_each_verb_leads_where_the_table_says_or_is_refused(status: ClaimStatus, verb: str) -> None:
    claim = READY.change(status=status)
    if verb in NEXT.get(status, {}):
        assert VERBS[verb](claim).status == NEXT[status][verb]
    else:
        with pytest.raises(Refused, match=r"CL2 is") as refusal:
            VERBS[verb](claim)
        assert refusal.value.hint


# --- add -----------------------------------------------------------------------------------------


def test_a_claim_needs_a_subject_and_a_claimant() -> None:
    with pytest.raises(BadValue, match="needs a subject"):
        READY.change(name=" ").checked()
    with pytest.raises(BadValue, match="needs a claimant"):
        READY.change(account=None).checked()
    assert READY.checked() == READY


def test_a_claim_is_not_due_before_the_day_of_the_zone_on_which_it_was_registered() -> None:
    late = READY.change(registered_at="2026-11-20T23:30:00Z", due="2026-11-20")

    assert late.due_in_time(UTC) == late
    assert late.change(due=None).due_in_time(UTC).due is None
    with pytest.raises(BadValue, match="registered on 2026-11-21 cannot be due 2026-11-20"):
        late.due_in_time(ZoneInfo("Europe/Berlin"))


# --- edit, assign, unassign ----------------------------------------------------------------------


def test_a_claim_keeps_subject_and_claimant_when_it_is_edited() -> None:
    assert READY.edit(name="Broken unit").name == "Broken unit"
    with pytest.raises(BadValue, match="needs a subject"):
        READY.edit(name="")


@pytest.mark.parametrize("field", ["division", "causes", "rep"])
def test_what_starting_needs_cannot_be_taken_away_while_it_is_in_processing(field: str) -> None:
    nothing: object = {} if field == "causes" else None
    assert getattr(READY.edit(**{field: nothing}), field) == nothing
    with pytest.raises(Refused, match="CL2 cannot stay in processing"):
        READY.start(AT).edit(**{field: nothing})


def test_a_claim_is_given_to_a_rep_on_duty() -> None:
    assert READY.change(rep=None).assign(ANA).rep == "R1"
    with pytest.raises(Refused, match="R3 Off is inactive"):
        READY.assign(OFF)


def test_a_claim_in_processing_must_have_a_handler() -> None:
    assert READY.unassign().rep is None
    with pytest.raises(Refused, match="somebody handles it") as refusal:
        READY.start(AT).unassign()
    assert refusal.value.hint == "crm claim assign CL2 --to REP"


# --- causes --------------------------------------------------------------------------------------


def test_causes_are_added_in_one_spelling() -> None:
    assert READY.with_causes([" Transport ", "PACKAGING"]).causes == {"transport": True, "packaging": True}


def test_a_cause_takes_the_place_of_its_mere_category() -> None:
    assert READY.with_causes(["transport/broken"]).causes == {"transport/broken": True}
    assert READY.with_causes(["transport/broken"]).with_causes(["transport"]).causes == {"transport/broken": True}
    assert set(READY.with_causes(["quality/noise", "transport/late"]).causes) == {"quality/noise", "transport/late"}


# --- start ---------------------------------------------------------------------------------------


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


# --- resolve -------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ClaimResult)
def test_a_claim_is_settled_with_the_answer_the_claimant_got(result: ClaimResult) -> None:
    settled = READY.start(AT).resolve(result, "replaced", AT)

    assert (settled.status, settled.closed_at, settled.answer) == (result.value, AT, "replaced")
    with pytest.raises(BadValue, match="with an answer"):
        READY.start(AT).resolve(result, "  ", AT)


def test_a_claim_that_was_not_started_is_not_resolved() -> None:
    with pytest.raises(WrongState, match="CL2 is only registered") as refusal:
        READY.resolve(ClaimResult.SATISFIED, "replaced", AT)
    assert refusal.value.hint == "first: crm claim start CL2"


def test_open_steps_of_the_plan_are_named_unless_they_are_left_open_on_purpose() -> None:
    claim = READY.start(AT).add_step("Inspect", None).add_step("Ask the carrier", None)
    claim = claim.step_done(claim.find_step("1"), AT)

    with pytest.raises(Refused, match="CL2 has open steps in its plan: 2 Ask the carrier") as refusal:
        claim.resolve(ClaimResult.SATISFIED, "replaced", AT)
    assert refusal.value.hint == "crm claim plan done CL2 2, or resolve it as it is: --force"
    assert claim.resolve(ClaimResult.SATISFIED, "replaced", AT, force=True).status == "satisfied"
    assert claim.cancel_step(claim.find_step("2"), AT).resolve(ClaimResult.SATISFIED, "replaced", AT).closed_at == AT


@pytest.mark.parametrize(("told", "good"), [(1, True), (5, True), (0, False), (6, False), (-1, False)])
def test_satisfaction_is_1_to_5(told: int, good: bool) -> None:
    claim = READY.change(satisfaction=told)
    if good:
        assert claim.checked().satisfaction == told
    else:
        with pytest.raises(BadValue, match="is not on the scale"):
            claim.checked()


# --- withdraw, reopen ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["registered", "processing"])
def test_a_claim_that_is_withdrawn_is_closed(status: str) -> None:
    withdrawn = READY.change(status=ClaimStatus(status)).withdraw(AT)

    assert (withdrawn.status, withdrawn.closed_at, withdrawn.answer) == ("withdrawn", AT, None)


def test_what_is_reopened_is_as_if_it_had_not_been_closed_and_says_how_often() -> None:
    closed = READY.start(AT).resolve(ClaimResult.SATISFIED, "replaced", AT).change(satisfaction=4)
    again = closed.reopen(LATER)

    assert again == READY.start(AT).change(reopen_count=1)
    assert again.withdraw(LATER).reopen(LATER).reopen_count == 2


def test_what_was_withdrawn_before_it_was_started_needs_then_what_starting_needs() -> None:
    assert READY.withdraw(AT).reopen(LATER).started_at == LATER
    with pytest.raises(Refused, match="CL2 cannot be taken up yet") as refusal:
        READY.change(causes={}).withdraw(AT).reopen(LATER)
    assert refusal.value.hint == "add --cause"


@pytest.mark.parametrize("status", ["satisfied", "not_satisfied", "withdrawn"])
def test_the_way_out_of_a_closed_claim_is_to_reopen_it(status: str) -> None:
    with pytest.raises(WrongState) as refusal:
        READY.change(status=ClaimStatus(status)).start(AT)
    assert refusal.value.hint == "run: crm claim reopen CL2"


# --- how long it took ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registered", "closed", "days"),
    [
        ("2026-11-20", "2026-11-20T18:00:00Z", 0),  # a Friday
        ("2026-11-20", "2026-11-22T10:00:00Z", 0),
        ("2026-11-20", "2026-11-23T10:00:00Z", 1),
        ("2026-11-20", "2026-11-26T10:00:00Z", 3),  # the 25th is a holiday
        ("2026-11-20T23:30:00Z", "2026-11-23", 1),
        ("2026-11-20", None, None),
    ],
)
def test_it_took_the_working_days_after_it_was_registered(
    registered: str, closed: str | None, days: int | None
) -> None:
    claim = READY.change(registered_at=registered, closed_at=closed)

    assert claim.handling_days(UTC, {"2026-11-25"}) == days


def test_days_are_those_of_the_zone() -> None:
    claim = READY.change(registered_at="2026-11-18T23:30:00Z", closed_at="2026-11-20T10:00:00Z")

    assert (claim.handling_days(UTC, ()), claim.handling_days(ZoneInfo("Europe/Berlin"), ())) == (2, 1)
