"""Events beside others: what they are about, whom they reach, whom they follow, who takes part."""

from __future__ import annotations

import pytest

from crm_cli.crm import Crm
from crm_cli.domain.account import Account
from crm_cli.domain.claim import Claim
from crm_cli.domain.contact import Contact
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound, Refused, WrongState
from crm_cli.domain.event import Direction, Event, EventKind
from crm_cli.domain.lead import Lead
from crm_cli.domain.rep import Rep
from crm_cli.usecases.event import begun, ended_at, following, known, known_as, reached, reopened, seats
from tests.desk import NOW, MemoryDesk

START, NOON = "2026-12-01T09:00:00Z", "2026-11-25T12:00:00Z"


@pytest.fixture
def desk() -> MemoryDesk:
    """A rep, an open lead of that rep (L1), one that has ended (L2), an account with a contact, and a plan (E1)."""
    desk = MemoryDesk()
    desk.add_rep("Ana", handle="ana")
    desk.add_lead("Jane", rep="R1")
    desk.add_lead("Joe", status="disqualified")
    desk.add(Account, name="Acme")
    desk.add(Contact, name="Jane Doe", account="A1", emails=("jane@acme.example",))
    desk.add(Event, name="Call", lead="L1", start=START, rep="R1", participant_names={"Jim": 1}, participants={"P1": 2})
    return desk


# --- new ones ----------------------------------------------------------------------------------------


def test_a_new_event_is_about_one_record_and_with_its_rep(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        event = begun(crm, {"lead": "Jane", "account": None}, None, None, name="Visit", start=START)
    assert (event.id, event.lead, event.account, event.rep, event.parent) == ("E2", "L1", None, "R1", None)


def test_a_new_event_with_a_lead_that_has_ended_is_refused_with_the_way_out(desk: MemoryDesk) -> None:
    with desk.look() as crm, pytest.raises(WrongState, match="L2 Joe is disqualified") as refusal:
        begun(crm, {"lead": "L2"}, None, None, name="Visit", start=START)
    assert refusal.value.hint == "run: crm lead reopen L2"


def test_what_came_after_an_event_is_about_the_same_unless_it_is_said(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        call = crm.events.get("E1")
        same = begun(crm, {"lead": None}, None, call, name="Answer", start=START)
        other = begun(crm, {"account": "A1"}, None, call, name="Answer", start=START)
        with pytest.raises(BadValue, match="about one thing"):
            begun(crm, {"lead": None}, None, None, name="Answer", start=START)
    assert (same.lead, same.parent, same.thread) == ("L1", "E1", "E1")
    assert (other.lead, other.account, other.thread) == (None, "A1", "E1")


# --- what follows ------------------------------------------------------------------------------------


def test_what_follows_is_in_the_chain_of_the_first(desk: MemoryDesk) -> None:
    with desk.change(cmd="event.follow-up") as crm:
        second = following(crm, crm.events.get("E1"), " Offer ", START, kind=EventKind.MAIL)
        crm.save(second)
        third = following(crm, second, "Call again", START)
        crm.save(third)
        assert (second.name, second.kind, second.lead, second.rep) == ("Offer", EventKind.MAIL, "L1", "R1")
        assert (second.participants, second.participant_names) == ({"P1": 2}, {"Jim": 1})
        assert [(one.parent, one.thread) for one in (second, third)] == [("E1", "E1"), ("E2", "E1")]
        assert [one.id for one in crm.referring("E1")] == ["E2", "E3"]
        assert [one.id for one in crm.referring("E2")] == ["E3"]


def test_what_follows_is_seen_at_the_account_alone_once_there_is_one(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        after = following(crm, crm.events.get("E1").change(account="A1"), "Offer", START)
    assert (after.lead, after.account) == (None, "A1")


def test_nothing_follows_what_was_deleted_or_a_lead_that_has_ended(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        call = crm.events.get("E1")
        with pytest.raises(WrongState, match="E1 is deleted"):
            following(crm, call.delete(), "Offer", START)
        with pytest.raises(WrongState, match="L2 Joe is disqualified"):
            following(crm, call.change(lead="L2"), "Offer", START)


def test_an_event_is_planned_again_unless_its_lead_has_ended_and_no_account_goes_on(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        done = crm.events.get("E1").done(NOW, None)
        assert reopened(crm, done) == crm.events.get("E1")
        assert reopened(crm, done.change(lead="L2", account="A1")).status == "planned"
        with pytest.raises(WrongState, match="L2 Joe"):
            reopened(crm, done.change(lead="L2"))


def test_nothing_is_planned_about_a_claim_that_is_settled(desk: MemoryDesk) -> None:
    desk.add(Claim, name="Noise", account="A1", status="satisfied")
    desk.add(Claim, name="Dust", account="A1", status="processing")
    with desk.look() as crm:
        assert begun(crm, {"claim": "CL2"}, None, None, name="Visit", start=START).claim == "CL2"
        with pytest.raises(WrongState, match="CL1 is satisfied") as refusal:
            begun(crm, {"claim": "CL1"}, None, None, name="Visit", start=START)
    assert refusal.value.hint == "run: crm claim reopen CL1"


# --- when it is over ---------------------------------------------------------------------------------


def test_an_event_is_over_when_the_log_says_so_and_not_before_it_was_entered(desk: MemoryDesk) -> None:
    entered = desk.add(Event, now=NOON, name="Visit", lead="L1", start=START)
    with desk.change(now="2026-11-26T10:00:00Z", on=NOON[:10], cmd="event.done") as crm:
        crm.save(entered.done(ended_at(crm, entered), None))
        assert (crm.events.get("E2").done_at, crm.history("E2")[-1].at) == (NOON, NOON)
    with (
        desk.change(now="2026-11-26T10:00:00Z", on="2026-11-24") as crm,
        pytest.raises(Refused, match="E2 came on Wed 2026-11-25 12:00") as refusal,
    ):
        ended_at(crm, crm.events.get("E2"))
    assert "crm event log --at" in str(refusal.value.hint)


# --- the lead that was reached -----------------------------------------------------------------------


def response(desk: MemoryDesk, event: Event) -> Lead:
    """The first lead after that event took place."""
    with desk.change() as crm:
        reached(crm, event)
    return desk.lead("L1")


@pytest.mark.parametrize(("direction", "contacted_at"), [(Direction.OUTGOING, NOW), (Direction.INCOMING, None)])
def test_only_an_event_of_ours_is_the_first_response(
    desk: MemoryDesk, direction: Direction, contacted_at: str | None
) -> None:
    assert response(desk, Event(id="E9", lead="L1", direction=direction)).contacted_at == contacted_at


def test_the_first_response_stays_the_first(desk: MemoryDesk) -> None:
    call = Event(id="E9", lead="L1")
    assert response(desk, call).contacted_at == NOW
    with desk.change(now="2026-11-25T10:00:00Z") as crm:
        reached(crm, call)
    assert desk.lead("L1").contacted_at == NOW


def test_a_lead_that_has_ended_is_left_alone(desk: MemoryDesk) -> None:
    with desk.change() as crm:
        reached(crm, Event(id="E9", lead="L2"))
        assert not crm.saved


# --- who takes part ----------------------------------------------------------------------------------


def test_people_are_kept_by_name_and_the_known_by_id(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        found = seats(crm, [" Jim ", "p1", "R1", 'name:"Jane Doe"'])
        assert found == {"participant_names": {"Jim": 1}, "participants": {"P1": 2, "R1": 3}}
        assert seats(crm, None) == seats(crm, []) == {}


@pytest.mark.parametrize(
    ("who", "error"), [("P9", NotFound), ("L1", BadValue), ("7", BadValue), (" ", BadValue), ("name:Nobody", NotFound)]
)
def test_who_cannot_take_part_is_refused(desk: MemoryDesk, who: str, error: type[Exception]) -> None:
    with desk.look() as crm, pytest.raises(error):
        seats(crm, [who])


def test_all_who_bear_a_name_are_meant_by_it(desk: MemoryDesk) -> None:
    desk.add(Contact, name="Jane Doe")
    with desk.look() as crm:
        assert known_as(crm, "jane doe") == ["P1", "P2"]
        assert known_as(crm, "jane@acme.example") == known_as(crm, "P1") == ["P1"]
        assert (known_as(crm, "R1"), known_as(crm, "Nobody")) == (["R1"], [])
        with pytest.raises(NotFound):
            known_as(crm, "P7")


def test_one_contact_or_rep_is_known_by_handle_name_or_id(desk: MemoryDesk) -> None:
    desk.add(Contact, name="Ana")
    with desk.look() as crm:
        assert [known(crm, who) for who in ("R1", "P1", "1", "jane doe", "@last")] == ["R1", "P1", "P1", "P1", "P2"]
        with pytest.raises(Ambiguous, match="several answer to 'ana'") as refusal:
            known(crm, "ana")
        with pytest.raises(NotFound, match="no contact or rep 'bob'"):
            known(crm, "bob")
    assert refusal.value.details["candidates"] == ["P2", "R1"]
    with MemoryDesk().change() as crm:
        crm.save(Rep(id="R1", name="Ana Silva", handle="ana"))
        assert known(crm, "ana") == known(crm, "Ana Silva") == "R1"


def takes_part(crm: Crm, who: str) -> list[str]:
    return [one.id for one in crm.referring(who)]


def test_who_takes_part_is_found_from_them_as_long_as_they_do(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        assert takes_part(crm, "P1") == ["E1"]
    with desk.change() as crm:
        crm.save(crm.events.get("E1").edit(participants={}))
        assert takes_part(crm, "P1") == []
    with desk.look() as crm:
        assert takes_part(crm, "P1") == []


def test_names_are_personal_and_references_are_facts(desk: MemoryDesk) -> None:
    with desk.look() as crm:
        (entry,) = crm.history("E1")
    assert entry.facts["participants.P1"] == [None, 2]
    assert entry.personal is not None
    assert entry.personal["participant_names.Jim"] == [None, 1]
    assert not [path for path in entry.facts if "Jim" in path]
