"""One good command line of every command, one that is refused, and the store in which both are typed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.typed import Typed

NOW = "2026-11-21T17:30:00Z"

# The store. Jane (L1) and John (L2) are open, L3 disqualified, L4 qualified, L5 deleted, L6 nobody's.
HOUSE = """
init --timezone Europe/Berlin --country DE
rep add 'Ana Silva' --handle ana --email ana@house.example
rep add Bob --handle bob
rep add Off --handle off
rep deactivate off
campaign add Spring -a Call -a Demo -a Offer --start 2026-01-01 --end 2026-12-31
campaign add Old -a Fax
campaign close Old
lead add 'Jane Doe' --company Acme --email jane@acme.example --campaign Spring --rep ana --rating hot
lead edit L1 --channel web --potential 1500.50 --set industry=SaaS
lead tag L1 vip
lead add 'John Roe' --campaign Spring --activity Offer --phone '+49 30 23125100'
lead contacted L2
lead add Lost
lead disqualify L3 --reason other --note 'moved abroad'
lead add Kunde --company 'Kunde AG' --potential 10
lead qualify L4 --deal --note 'budget ok'
lead add Gone --email gone@x.example
lead delete L5 --yes
lead add 'Max Kern' --external-id x1
account add 'Nord GmbH' --type supplier --email info@nord.example
contact add 'Eve Nord' --account A2 --email eve@nord.example
deal add Bikes --account A2 --contact P2 --amount 500 --expected 2026-12-31
deal add Chairs --account A2 --amount 50
deal win D3
event add Call --lead L1 --at '2026-11-21 18:00' --remind 1h
event log Talk --lead L2 --result 'wants an offer'
claim add Broken --account A2 --rep ana --division Assembly --cause transport
claim add Late --account A2 --rep ana --division Assembly --cause traffic
claim start CL2
account add 'Solo AG'
contact add 'Ida Solo'
campaign add Wrong
rep add Wrong --handle wrong
account add Wrong
contact add Wrong
deal add Wrong --account A2
event log Wrong --account A2
claim add Wrong --account A2
campaign delete C3 --yes
rep delete R4 --yes
account delete A4 --yes
contact delete P4 --yes
deal delete D4 --yes
event delete E3 --yes
claim delete CL3 --yes
deal add Tandem --account A2 --rep ana --amount 900
deal advance Tandem
deal hold Tandem
event log 'Asked for a price' --account A2 --kind mail --direction incoming
event edit E1 --participant 'Jim Roe' --participant R1
campaign add Steps -a Call -a Fax
campaign activity retire C4 Fax
campaign activity assign C4 Call --to ana
claim add Closed --account A2 --rep ana --division Assembly --cause transport
claim withdraw Closed --reason 'all is well'
claim plan add CL1 Inspect --rep ana
claim attach CL1 {files}/leads.csv
account assign A3 --to ana
"""
# Of every other noun: one that is there, one that nothing points to, and one that was deleted.
OTHERS = {
    "campaign": ("C1", "C2", "C3"),
    "event": ("E1", "E2", "E3"),
    "claim": ("CL1", "CL1", "CL3"),
    "rep": ("R1", "R2", "R4"),
    "account": ("A2", "A3", "A4"),
    "contact": ("P2", "P3", "P4"),
    "deal": ("D2", "D2", "D4"),
}
LEADS = "Name,Email,Channel,Colour\nUlla,ulla@x.example,web,red\nOtto,otto@x.example,fair,\n"
# A good row, one that cannot be read, one like somebody who is there, and one of a lead that was deleted.
FAULTY = """Name,Email,Company
Max,max@x.example,
Moritz,nonsense,
Jane Do,jane.do@x.example,Acme AG
Gone,gone@x.example,
"""
BATCH = """{"cmd": "lead.note", "refs": ["L1"], "text": "called again"}
{"cmd": "lead.rate", "refs": ["L1"], "rating": "cold"}
"""
DEALS = "lead.external_id,won_at,amount,rep\nx1,2026-11-20,100,ana\n"

EXPORTED = ("leads", "accounts", "contacts", "deals", "events", "claims", "campaigns", "reps")
RELEASED = Path(__file__).parents[1] / "store" / "stores" / "format-1"  # a store that verifies

GOOD = {
    "lead.add": "lead add 'New One' --email new@x.example --note hello",
    "lead.list": "lead list --all",
    "lead.show": "lead show L1",
    "lead.edit": "lead edit L1 --company 'Acme GmbH' --set industry=",
    "lead.note": "lead note L1 'called again'",
    "lead.tag": "lead tag L1 big --remove vip",
    "lead.delete": "lead delete L6 --yes",
    "lead.restore": "lead restore L5",
    "lead.history": "lead history L1",
    "lead.assign": "lead assign L1 L6 --to bob",
    "lead.unassign": "lead unassign L1",
    "lead.contacted": "lead contacted L1",
    "lead.rate": "lead rate L1 L6 --rating cold",
    "lead.set-campaign": "lead set-campaign L6 Spring",
    "lead.set-activity": "lead set-activity L1 Offer",
    "lead.advance": "lead advance L1",
    "lead.qualify": "lead qualify L1 --deal --amount 900",
    "lead.unqualify": "lead unqualify L4 --reason 'wrong person'",
    "lead.disqualify": "lead disqualify L1 --reason lost",
    "lead.reopen": "lead reopen L3 --reason 'has a budget now'",
    "lead.stage": "lead stage L1 next",
    "campaign.add": "campaign add Autumn -a Call -a Visit",
    "campaign.list": "campaign list",
    "campaign.show": "campaign show Spring",
    "campaign.edit": "campaign edit C1 --name 'Spring 26'",
    "campaign.close": "campaign close C1",
    "campaign.reopen": "campaign reopen Old",
    "campaign.members": "campaign members Spring",
    "campaign.activity.add": "campaign activity add C1 Contract --before Offer",
    "campaign.activity.list": "campaign activity list C1",
    "campaign.activity.rename": "campaign activity rename C1 Call 'First call'",
    "campaign.activity.move": "campaign activity move C1 Call",
    "campaign.activity.retire": "campaign activity retire C1 Demo",
    "campaign.activity.unretire": "campaign activity unretire C4 Fax",
    "campaign.activity.assign": "campaign activity assign C1 Demo --to ana",
    "campaign.activity.unassign": "campaign activity unassign C4 Call",
    "event.add": "event add Demo --lead L1 --at 'fri 14:00' --kind meeting --remind 1d",
    "event.log": "event log Mail --lead L1 --kind mail",
    "event.list": "event list",
    "event.show": "event show E1",
    "event.edit": "event edit E1 --subject 'Call Jane' --priority high --participant 'Jim Roe'",
    "event.done": "event done E1 --next Again --next-at +3d",
    "event.postpone": "event postpone E1 --to +1w",
    "event.review": "event review E4",
    "event.reopen": "event reopen E2 --reason 'did not take place'",
    "event.assign": "event assign E1 --to bob",
    "event.unassign": "event unassign E1",
    "event.follow-up": "event follow-up E1 'Send offer' --at +3d",
    "event.link": "event link E1 --to P2",
    "event.cancel": "event cancel E1 --reason 'is ill'",
    "claim.add": "claim add Wrong --account A2 --text 'bent frame'",
    "claim.list": "claim list",
    "claim.show": "claim show CL1",
    "claim.edit": "claim edit CL1 --priority high --cause transport/broken --justified yes",
    "claim.assign": "claim assign CL1 CL2 --to bob",
    "claim.unassign": "claim unassign CL1",
    "claim.start": "claim start CL1",
    "claim.resolve": "claim resolve CL2 --result satisfied --answer replaced",
    "claim.withdraw": "claim withdraw CL1 CL2 --reason 'had not read the manual'",
    "claim.reopen": "claim reopen CL4 --reason 'broke again'",
    "claim.plan.add": "claim plan add CL2 'Ask the carrier' --due fri --rep bob --takes 2h",
    "claim.plan.done": "claim plan done CL1 1 --result 'the frame is bent'",
    "claim.plan.cancel": "claim plan cancel CL1 Inspect",
    "claim.plan.list": "claim plan list",
    "claim.attach": "claim attach CL2 {files}/leads.csv {files}/deals.csv",
    "claim.attachments": "claim attachments CL1",
    "claim.attachment": "claim attachment CL1 1 -o {files}/copy.csv",
    "rep.add": "rep add Eva --handle eva",
    "rep.list": "rep list",
    "rep.show": "rep show ana",
    "rep.edit": "rep edit ana --division North",
    "rep.deactivate": "rep deactivate ana",
    "rep.activate": "rep activate off",
    "account.add": "account add 'Other GmbH' --type dealer",
    "account.list": "account list",
    "account.show": "account show A2",
    "account.edit": "account edit A2 --name 'Nord AG' --type dealer --remove-type supplier",
    "account.assign": "account assign A2 A3 --to bob",
    "account.unassign": "account unassign A3",
    "contact.add": "contact add Ida --account A2",
    "contact.list": "contact list",
    "contact.show": "contact show P2",
    "contact.edit": "contact edit P2 --account A3 --do-not-contact",
    "deal.add": "deal add Service --account A2 --amount 7",
    "deal.list": "deal list",
    "deal.show": "deal show D2",
    "deal.edit": "deal edit D2 --name 'Two bikes' --set terms='30 days net'",
    "deal.assign": "deal assign D2 --to bob",
    "deal.unassign": "deal unassign Tandem",
    "deal.advance": "deal advance D2 Tandem --note 'wants an offer'",
    "deal.back": "deal back Tandem --reason 'wants another offer'",
    "deal.set-stage": "deal set-stage D2 presentation --force --reason 'knows us'",
    "deal.hold": "deal hold D2 --reason 'no budget'",
    "deal.resume": "deal resume Tandem",
    "deal.win": "deal win D2",
    "deal.lose": "deal lose D2 --reason price",
    "deal.reopen": "deal reopen D3 --reason 'payment bounced'",
    "report.funnel": "report funnel",
    "report.channels": "report channels",
    "report.pipeline": "report pipeline --by activity",
    "remind.check": "remind check",
    "remind.cron-line": "remind cron-line",
    "import.leads": "import leads {files}/leads.csv",
    "import.deals": "import deals {files}/deals.csv",
    "import.all": "import all {files}/whole.jsonl --store {files}/again",
    "export.all": "export all -o {files}/all.jsonl",
    **{f"export.{many}": f"export {many}" for many in EXPORTED},
    "config.list": "config list",
    "config.get": "config get channels",
    "config.set": "config set channels +fair",
    "config.unset": "config unset country",
    "config.path": "config path",
    "config.check": "config check",
    "batch": "batch {files}/changes.jsonl",
    "history": "history",
    "status": "status",
    "search": "search jane",
    "show": "show L1",
    "init": "init --store {files}/other --currency CHF",
    "verify": "verify",
    "rebuild": "rebuild",
    "flush": "flush",
    "backup": "backup --to {files}/copies",
    "restore": "restore {files}/copy --store {files}/again --yes",
    "doctor": "doctor",
    "upgrade": "upgrade",
    "version": "version",
    "help": "help",
    "completion": "completion bash",
    "schema": "schema",
}
for noun, (there, free, gone) in OTHERS.items():
    GOOD |= {
        f"{noun}.note": f"{noun} note {there} 'all is well'",
        f"{noun}.tag": f"{noun} tag {there} big",
        f"{noun}.delete": f"{noun} delete {free} --yes",
        f"{noun}.restore": f"{noun} restore {gone}",
        f"{noun}.history": f"{noun} history {there}",
    }

# What else has names of its own in its JSON.
MORE = {
    "lead.list --count": "lead list --count",
    "lead.edit --verbose": "lead edit L1 --name Jane -v",
    "report.funnel --by": "report funnel --by channel",
    "report.pipeline --by rep": "report pipeline --by rep",
    "import.leads --keep-going": "import leads {files}/faulty.csv --keep-going",
    "(an error)": "lead show L99",
}

# Each is refused in the store above with this exit code, and in a store that is not there with some other than 0.
REFUSED = {
    "lead.add": ("lead add ''", 2),
    "lead.edit": ("lead edit L4 --company X", 4),
    "lead.note": ("lead note L1 ' '", 2),
    "lead.tag": ("lead tag L3 vip", 4),
    "lead.delete": ("lead delete L6", 5),
    "lead.restore": ("lead restore L1", 4),
    "lead.assign": ("lead assign L1 L6 --to off", 4),
    "lead.unassign": ("lead unassign L1 L4", 4),
    "lead.contacted": ("lead contacted L2", 4),
    "lead.rate": ("lead rate L1 tepid", 2),
    "lead.set-campaign": ("lead set-campaign L1 Old", 4),
    "lead.set-activity": ("lead set-activity L1 Fax", 3),
    "lead.advance": ("lead advance L2", 4),
    "lead.qualify": ("lead qualify L3", 4),
    "lead.unqualify": ("lead unqualify L1", 4),
    "lead.disqualify": ("lead disqualify L1 --reason weather", 2),
    "lead.reopen": ("lead reopen L1", 4),
    "lead.stage": ("lead stage L3 next", 4),
    "campaign.add": ("campaign add X --start 2027-03-02 --end 2027-03-01", 2),
    "campaign.edit": ("campaign edit Old --name X", 4),
    "campaign.close": ("campaign close Old", 4),
    "campaign.reopen": ("campaign reopen C1", 4),
    "campaign.activity.add": ("campaign activity add C1 CALL", 4),
    "campaign.activity.rename": ("campaign activity rename C1 Fax X", 3),
    "campaign.activity.move": ("campaign activity move C1 Call --before Call", 2),
    "campaign.activity.retire": ("campaign activity retire Old Fax", 4),
    "campaign.activity.unretire": ("campaign activity unretire C1 Call", 4),
    "campaign.activity.assign": ("campaign activity assign C1 Call --to off", 4),
    "campaign.activity.unassign": ("campaign activity unassign C1 Fax", 3),
    "event.add": ("event add Call --lead L3 --at tomorrow", 4),
    "event.log": ("event log Call --lead L1 --at tomorrow", 2),
    "event.edit": ("event edit E2 --subject X", 4),
    "event.done": ("event done E2", 4),
    "event.postpone": ("event postpone E1 --to yesterday", 4),
    "event.review": ("event review E1", 4),
    "event.reopen": ("event reopen E1", 4),
    "event.assign": ("event assign E1 --to off", 4),
    "event.unassign": ("event unassign E2", 4),
    "event.follow-up": ("event follow-up E3 X --at +1d", 4),
    "event.link": ("event link E1 --participant Max --to P2", 3),
    "event.cancel": ("event cancel E9", 3),
    "claim.add": ("claim add X", 2),
    "claim.edit": ("claim edit CL4 --name X", 4),
    "claim.assign": ("claim assign CL1 --to off", 4),
    "claim.unassign": ("claim unassign CL1 CL2", 4),
    "claim.start": ("claim start CL2", 4),
    "claim.resolve": ("claim resolve CL1 --result satisfied --answer ok", 4),
    "claim.withdraw": ("claim withdraw CL1 CL4", 4),
    "claim.reopen": ("claim reopen CL2", 4),
    "claim.plan.add": ("claim plan add CL4 Inspect", 4),
    "claim.plan.done": ("claim plan done CL1 Fax", 3),
    "claim.plan.cancel": ("claim plan cancel CL2 1", 3),
    "claim.attach": ("claim attach CL1 {files}", 2),
    "rep.add": ("rep add X --handle R7", 2),
    "rep.edit": ("rep edit bob --handle ANA", 4),
    "rep.deactivate": ("rep deactivate off", 4),
    "rep.activate": ("rep activate zoe", 3),
    "account.add": ("account add X --type friend", 2),
    "account.edit": ("account edit A2 --remove-type customer", 4),
    "account.assign": ("account assign A2 --to off", 4),
    "account.unassign": ("account unassign A4", 4),
    "contact.add": ("contact add X --email nonsense", 2),
    "contact.edit": ("contact edit P2 --account A4", 4),
    "deal.add": ("deal add X", 2),
    "deal.edit": ("deal edit D3 --name X", 4),
    "deal.assign": ("deal assign D2 --to off", 4),
    "deal.unassign": ("deal unassign D2 D3", 4),
    "deal.advance": ("deal advance D2 D3", 4),
    "deal.back": ("deal back Tandem", 2),
    "deal.set-stage": ("deal set-stage D2 presentation", 4),
    "deal.hold": ("deal hold Tandem", 4),
    "deal.resume": ("deal resume D2", 4),
    "deal.win": ("deal win D3", 4),
    "deal.lose": ("deal lose D2", 2),
    "deal.reopen": ("deal reopen D2", 4),
    "import.leads": ("import leads {files}/faulty.csv", 2),
    "import.deals": ("import deals {files}/none.csv", 3),
    "config.set": ("config set currency Euro", 2),
    "config.unset": ("config unset curency", 2),
    "init": ("init --timezone Nowhere", 2),
}
for noun, (there, free, gone) in OTHERS.items():
    REFUSED |= {
        f"{noun}.note": (f"{noun} note {there} ' '", 2),
        f"{noun}.tag": (f"{noun} tag {gone} big", 4),
        f"{noun}.delete": (f"{noun} delete {free}", 5),
        f"{noun}.restore": (f"{noun} restore {there}", 4),
    }

# What works in a store that is not there: what reads, and what adds something that stands alone.
READS = (
    *(f"{noun}.list" for noun in ("lead", "campaign", "event", "claim", "rep", "account", "contact", "deal", "config")),
    "claim.plan.list",
    *("report.funnel", "report.channels", "report.pipeline", "remind.check", "remind.cron-line", "history"),
    *("status", "search"),
    *("config.get", "config.unset", "config.path", "config.check", "version", "help", "completion", "doctor", "schema"),
    *(f"export.{many}" for many in EXPORTED),
)
# What makes a store in another place, whether there is one here or not.
ELSEWHERE = ("init", "import.all", "restore")
MAKES = ("lead.add", "campaign.add", "rep.add", "account.add", "import.leads", "config.set")


class Bench(Typed):
    """Types these lines; {files} in a line is a folder of files to be taken in and of things to be made."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(place / "data" / "crm", monkeypatch)
        self.place, self.files = place, place / "files"
        monkeypatch.setenv("CRM_NOW", NOW)
        self.files.mkdir(parents=True)
        (self.files / "leads.csv").write_text(LEADS, encoding="utf-8")
        (self.files / "deals.csv").write_text(DEALS, encoding="utf-8")
        (self.files / "changes.jsonl").write_text(BATCH, encoding="utf-8")
        (self.files / "faulty.csv").write_text(FAULTY, encoding="utf-8")
        shutil.copyfile(RELEASED / "history.jsonl", self.files / "whole.jsonl")
        shutil.copytree(RELEASED, self.files / "copy")

    def line(self, text: str) -> str:
        """The line with its folder."""
        return text.replace("{files}", str(self.files))

    def everything(self) -> dict[str, bytes]:
        """Every file in store and files, and every folder."""
        return {
            str(path.relative_to(self.place)): path.read_bytes() if path.is_file() else b""
            for path in sorted(self.place.rglob("*"))
        }


@contextmanager
def furnished(place: Path) -> Iterator[Path]:
    """The folder of the store above, built once."""
    with pytest.MonkeyPatch.context() as patch:
        crm = Bench(place, patch)
        for line in HOUSE.strip().splitlines():
            crm.ok(crm.line(line))
        (crm.folder / "quarantine").mkdir(mode=0o700)
        (crm.folder / "quarantine" / "old").write_bytes(b"")  # so that verify has something to tell
        yield crm.folder


def copied(built: Path, crm: Bench) -> Bench:
    """The bench with a copy of that store."""
    shutil.copytree(built, crm.folder)
    return crm
