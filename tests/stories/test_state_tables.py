"""Every transition of leads, events, deals and claims, and every refusal, as typed; named as in the state tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.typed import Typed

NOW = "2026-11-21T17:30:00Z"
HOUSE = """
init --timezone Europe/Berlin
rep add Ana --handle ana
rep add Off --handle off
rep deactivate off
account add Acme
contact add Eve --account A1
campaign add Spring -a Call -a Demo --start 2026-01-01 --end 2026-12-31
campaign add Later -a Call --start 2027-01-01
campaign add Fair -a Visit
lead add New --campaign Spring --email new@x.example
lead add Contacted --campaign Spring
lead contacted L2
lead add Disqualified --campaign Fair
lead disqualify L3 --reason lost
lead add Qualified
lead qualify L4 --deal --amount 10
lead add Deleted
lead delete L5 --yes
lead add Sold
lead qualify L6 --deal --amount 10
event add Planned --lead L1 --at 2026-11-23
event log Completed --account A1
event add Canceled --account A1 --at 2026-11-23
event cancel E3
event log Incoming --account A1 --direction incoming --participant Eve
deal add First --account A1 --amount 5
deal add Last --account A1 --amount 5
deal set-stage D4 Fulfilment --force --reason known
deal add Won --account A1 --amount 5
deal win D5
deal add Lost --account A1
deal advance D6
deal lose D6 --reason price
deal add Held --account A1
deal hold D7
deal win D2
claim add Registered --account A1
claim add Ready --account A1 --rep ana --division Assembly --cause transport
claim add Processing --account A1 --rep ana --division Assembly --cause transport
claim start CL3
claim add Satisfied --account A1 --rep ana --employee Bo --cause transport
claim start CL4
claim resolve CL4 --result satisfied --answer replaced
claim add Unsatisfied --account A1 --rep ana --employee Bo --cause transport
claim start CL5
claim resolve CL5 --result not_satisfied --answer 'no fault of ours'
claim add Withdrawn --account A1 --rep ana --employee Bo --cause transport
claim withdraw CL6 --reason 'changed his mind'
"""

# Name in the table, what is typed, what the record is afterwards.
TRANSITIONS = [
    # 4.1 lead
    ("L1 - add", "lead add Jane --campaign Spring", "L7", {"status": "new", "activity_name": "Call"}),
    ("L2 new contacted", "lead contacted L1", "L1", {"status": "contacted"}),
    ("L2 new, an event of ours is completed", "event done E1", "L1", {"status": "contacted"}),
    (
        "L2 new, an incoming event changes nothing",
        "event log Hi --lead L1 --direction incoming",
        "L1",
        {"status": "new"},
    ),
    ("L3 open set-campaign", "lead set-campaign L1 Fair", "L1", {"status": "new", "activity_name": "Visit"}),
    ("L3 open set-activity", "lead set-activity L1 Demo", "L1", {"status": "new", "activity_name": "Demo"}),
    ("L3 open assign", "lead assign L2 --to ana", "L2", {"status": "contacted", "rep_name": "Ana"}),
    ("L3 open rate", "lead rate L2 hot", "L2", {"status": "contacted", "rating": "hot", "due": "2026-11-24"}),
    ("L3 open stage", "lead stage L1 next", "L1", {"status": "new", "stage": "develop"}),
    ("L3 open edit", "lead edit L2 --city Ulm", "L2", {"status": "contacted", "city": "Ulm"}),
    ("L5 open qualify", "lead qualify L2 --deal", "L2", {"status": "qualified", "deal": "D8"}),
    ("L6 open disqualify", "lead disqualify L1 --reason lost", "L1", {"status": "disqualified", "reason": "lost"}),
    ("L6 its planned events are canceled", "lead disqualify L1 --reason lost", "E1", {"status": "canceled"}),
    ("L6 or kept", "lead disqualify L1 --reason lost --keep-events", "E1", {"status": "planned"}),
    ("L7 disqualified reopen", "lead reopen L3 --reason back", "L3", {"status": "new", "reopen_count": 1}),
    ("L8 qualified unqualify", "lead unqualify L4 --reason wrong", "L4", {"status": "new", "account": None}),
    ("L8 what was made for it is canceled", "lead unqualify L4 --reason wrong", "D1", {"status": "canceled"}),
    ("L10 open delete", "lead delete L2 --yes", "L2", {"status": "deleted"}),
    ("L11 deleted restore", "lead restore L5", "L5", {"status": "new"}),
    ("L not open: note", "lead note L3 'wrote again'", "L3", {"status": "disqualified"}),
    # 4.2 event
    ("event - add", "event add Call --lead L1 --at tomorrow", "E5", {"status": "planned"}),
    ("event - log", "event log Call --lead L1", "E5", {"status": "completed", "reviewed": False}),
    (
        "event planned done",
        "event done E1 --result ok --satisfaction 5",
        "E1",
        {"status": "completed", "satisfaction": 5},
    ),
    ("event planned postpone", "event postpone E1 --to 2026-11-30", "E1", {"status": "planned", "postponed_count": 1}),
    ("event planned cancel", "event cancel E1 --reason ill", "E1", {"status": "canceled"}),
    ("event planned edit", "event edit E1 --subject Visit", "E1", {"status": "planned", "name": "Visit"}),
    ("event planned assign", "event assign E1 --to ana", "E1", {"status": "planned", "rep_name": "Ana"}),
    ("event completed review", "event review E4", "E4", {"status": "completed", "reviewed": True}),
    ("event completed reopen", "event reopen E2 --reason wrong", "E2", {"status": "planned"}),
    ("event canceled reopen", "event reopen E3 --reason 'is well again'", "E3", {"status": "planned"}),
    ("event any link", "event link E4 --participant Eve --to P1", "E4", {"status": "completed"}),
    # 4.3 deal
    ("deal - add", "deal add New --account A1", "D8", {"status": "in_progress", "stage_name": "Primary contact"}),
    ("deal in progress advance", "deal advance D3", "D3", {"status": "in_progress", "stage_name": "Qualification"}),
    ("deal in progress back", "deal back D4 --reason early", "D4", {"stage_name": "Preparing fulfilment"}),
    ("deal in progress win", "deal win D4 --amount 7", "D4", {"status": "won", "amount": "7"}),
    ("deal in progress win for nothing", "deal win D4 --zero", "D4", {"status": "won", "amount": "0"}),
    ("deal in progress lose", "deal lose D4 --reason price", "D4", {"status": "lost", "lost_stage_name": "Fulfilment"}),
    ("deal in progress hold", "deal hold D3", "D3", {"status": "in_progress", "on_hold": True}),
    ("deal in progress resume", "deal resume D7", "D7", {"status": "in_progress", "on_hold": False}),
    ("deal won reopen", "deal reopen D5 --reason refund", "D5", {"status": "in_progress", "won_at": None}),
    (
        "deal lost reopen",
        "deal reopen D6 --reason back",
        "D6",
        {"status": "in_progress", "stage_name": "Qualification"},
    ),
    # 4.5 claim
    (
        "claim - add",
        "claim add Late --account A1 --priority high",
        "CL7",
        {"status": "registered", "due": "2026-11-23"},
    ),
    ("claim registered start", "claim start CL2", "CL2", {"status": "processing"}),
    ("claim registered plan add", "claim plan add CL1 Look", "CL1", {"status": "registered"}),
    ("claim processing plan add", "claim plan add CL3 Look", "CL3", {"status": "processing"}),
    ("claim processing resolve", "claim resolve CL3 --result satisfied --answer ok", "CL3", {"status": "satisfied"}),
    ("claim not satisfied", "claim resolve CL3 --result not_satisfied --answer no", "CL3", {"status": "not_satisfied"}),
    ("claim registered withdraw", "claim withdraw CL1 --reason x", "CL1", {"status": "withdrawn"}),
    ("claim processing withdraw", "claim withdraw CL3 --reason x", "CL3", {"status": "withdrawn"}),
    ("claim satisfied reopen", "claim reopen CL4 --reason again", "CL4", {"status": "processing", "closed_at": None}),
    ("claim not satisfied reopen", "claim reopen CL5 --reason again", "CL5", {"status": "processing"}),
    ("claim withdrawn reopen", "claim reopen CL6 --reason again", "CL6", {"status": "processing"}),
]

# Name in the table, what is typed, the exit code, and what the refusal must name.
REFUSALS = [
    # 4.1 lead
    ("L1 no name", "lead add ' '", 2, "name"),
    ("L1 campaign outside its days", "lead add X --campaign Later", 4, "2027-01-01"),
    ("L2 contacted already", "lead contacted L2", 4, "L2 was contacted already"),
    ("L3 activity of another campaign", "lead set-activity L1 Visit", 3, "Visit"),
    ("L3 rep not on duty", "lead assign L1 --to off", 4, "crm rep activate"),
    ("L3 stage before the first", "lead stage L1 back", 4, "first stage"),
    ("L3 not open: assign", "lead assign L3 --to ana", 4, "crm lead reopen L3"),
    ("L3 not open: edit", "lead edit L4 --city Ulm", 4, "crm lead unqualify L4"),
    ("L3 not open: rate", "lead rate L5 hot", 4, "crm lead restore L5"),
    ("L3 not open: set-campaign", "lead set-campaign L3 Spring", 4, "crm lead reopen L3"),
    ("L3 not open: stage", "lead stage L3 next", 4, "crm lead reopen L3"),
    ("L5 X disqualified qualify", "lead qualify L3", 4, "L3 is disqualified"),
    ("L5 qualified already", "lead qualify L4", 4, "L4 is qualified"),
    ("L6 no reason", "lead disqualify L1", 2, "no_budget"),
    ("L6 other needs a note", "lead disqualify L1 --reason other", 2, "note"),
    ("L6 X qualified disqualify", "lead disqualify L4 --reason lost", 4, "crm lead unqualify L4"),
    ("L7 not disqualified", "lead reopen L1", 4, "not disqualified"),
    ("L8 not qualified", "lead unqualify L1", 4, "not qualified"),
    ("L8 the deal is won", "lead unqualify L6", 4, "D2 is won"),
    ("L10 not confirmed", "lead delete L2", 5, "--yes"),
    ("L10 not open", "lead delete L3 --yes", 4, "crm lead reopen L3"),
    ("L10 others point to it", "lead delete L1 --yes", 4, "E1 Planned"),
    ("L11 not deleted", "lead restore L1", 4, "not deleted"),
    # 4.2 event
    ("event add without a start", "event add Call --lead L1", 2, "--at"),
    ("event add ends before it starts", "event add Call --lead L1 --at '+2d' --end '+1d'", 2, "before it starts"),
    ("event add lead not open", "event add Call --lead L3 --at tomorrow", 4, "crm lead reopen L3"),
    ("event log in the future", "event log Call --lead L1 --at tomorrow", 2, "future"),
    ("event completed done", "event done E2", 4, "E2 is completed"),
    ("event canceled done", "event done E3", 4, "E3 is canceled"),
    ("event done, six of five", "event done E1 --satisfaction 6", 2, "1"),
    ("event postpone into the past", "event postpone E1 --to yesterday", 4, "past"),
    ("event completed postpone", "event postpone E2 --to tomorrow", 4, "E2 is completed"),
    ("event completed cancel", "event cancel E2", 4, "E2 is completed"),
    ("event canceled edit", "event edit E3 --subject X", 4, "E3 is canceled"),
    ("event completed assign", "event assign E2 --to ana", 4, "E2 is completed"),
    ("event planned review", "event review E1", 4, "E1"),
    ("event outgoing review", "event review E2", 4, "E2"),
    ("event planned reopen", "event reopen E1", 4, "E1 is planned"),
    ("event link nobody", "event link E4 --participant Bob --to P1", 3, "Bob"),
    # 4.3 deal
    ("deal add without account", "deal add X", 2, "--account"),
    ("deal advance behind the last stage", "deal advance D4", 4, "Fulfilment"),
    ("deal won advance", "deal advance D5", 4, "crm deal reopen D5"),
    ("deal back before the first stage", "deal back D3 --reason x", 4, "first stage"),
    ("deal back without a reason", "deal back D4", 2, "--reason"),
    ("deal lost back", "deal back D6 --reason x", 4, "crm deal reopen D6"),
    ("deal win without amount", "deal win D7", 4, "--zero"),
    ("deal won win", "deal win D5", 4, "crm deal reopen D5"),
    ("deal lose without a reason", "deal lose D3", 2, "price"),
    ("deal won lose", "deal lose D5 --reason price", 4, "crm deal reopen D5"),
    ("deal won hold", "deal hold D5", 4, "crm deal reopen D5"),
    ("deal hold held", "deal hold D7", 4, "D7"),
    ("deal resume running", "deal resume D3", 4, "D3"),
    ("deal in progress reopen", "deal reopen D3", 4, "D3 is in_progress"),
    ("deal set-stage jumps", "deal set-stage D3 Offer", 4, "--force"),
    # 4.5 claim
    ("claim add without claimant", "claim add X", 2, "claimant"),
    ("claim add without subject", "claim add ' ' --account A1", 2, "subject"),
    ("claim start without handler, division, cause", "claim start CL1", 4, "--cause"),
    ("claim processing start", "claim start CL3", 4, "in processing already"),
    ("claim satisfied start", "claim start CL4", 4, "crm claim reopen CL4"),
    ("claim registered resolve", "claim resolve CL2 --result satisfied --answer ok", 4, "crm claim start CL2"),
    ("claim resolve without answer", "claim resolve CL3 --result satisfied --answer ' '", 2, "answer"),
    ("claim satisfied resolve", "claim resolve CL4 --result satisfied --answer ok", 4, "CL4 is satisfied"),
    ("claim satisfied plan add", "claim plan add CL4 Look", 4, "CL4 is satisfied"),
    ("claim satisfied withdraw", "claim withdraw CL4 --reason x", 4, "CL4 is satisfied"),
    ("claim withdrawn withdraw", "claim withdraw CL6 --reason x", 4, "CL6 is withdrawn"),
    ("claim registered reopen", "claim reopen CL1 --reason x", 4, "CL1 is registered"),
    ("claim processing reopen", "claim reopen CL3 --reason x", 4, "CL3 is processing"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One record in every state."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Typed(tmp_path_factory.mktemp("states") / "crm", patch)
        patch.setenv("CRM_NOW", NOW)
        for line in HOUSE.strip().splitlines():
            crm.ok(line)
        return crm.folder


@pytest.fixture
def house(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    crm = Typed(tmp_path / "crm", monkeypatch)
    monkeypatch.setenv("CRM_NOW", NOW)
    shutil.copytree(built, crm.folder)
    return crm


@pytest.mark.parametrize(("line", "id", "then"), [pytest.param(*row[1:], id=row[0]) for row in TRANSITIONS])
def test_a_transition_of_the_tables(house: Typed, line: str, id: str, then: dict[str, object]) -> None:
    """It is one operation, told in the history, and the record is what the table says."""
    before = house.json("history --limit 1")
    told = house.ok(line)
    found = house.json(f"show {id}")
    assert {name: found[name] for name in then} == then
    assert told.out.strip()
    after = house.json("history --limit 1")
    assert int(after[0]["op"][1:]) == int(before[0]["op"][1:]) + 1
    assert after[0]["cmd"] == ".".join(line.split()[: 3 if " plan " in line else 2])


@pytest.mark.parametrize(("line", "code", "named"), [pytest.param(*row[1:], id=row[0]) for row in REFUSALS])
def test_a_refusal_of_the_tables(house: Typed, line: str, code: int, named: str) -> None:
    """It says why and how to go on, and leaves every byte as it was."""
    before = house.bytes()
    seen = house(f"{line} --json")
    assert (seen.code, seen.out) == (code, "")
    assert named in f"{seen.error['message']} {seen.error['hint']}"
    assert seen.error["hint"]
    assert house.bytes() == before


def test_a_claim_with_an_open_plan_is_resolved_only_by_force(house: Typed) -> None:
    house.ok("claim plan add CL3 'Ask the carrier'")
    refused = house("claim resolve CL3 --result satisfied --answer ok")
    assert (refused.code, "Ask the carrier" in refused.err, "--force" in refused.err) == (4, True, True)
    house.ok("claim resolve CL3 --result satisfied --answer ok --force")
    house.ok("claim plan add CL2 Look")
    house.ok("claim plan done CL2 1")
    assert house.json("show CL2")["status"] == "registered"


def test_an_attachment_leaves_a_claim_where_it_stands(house: Typed, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8photo")
    for id, status in (("CL1", "registered"), ("CL3", "processing")):
        house.ok(["claim", "attach", id, str(tmp_path / "photo.jpg")])
        assert house.json(f"show {id}")["status"] == status
    assert house(["claim", "attach", "CL4", str(tmp_path / "photo.jpg")]).code == 4
