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
DEALS = "lead.external_id,won_at,amount,rep\nx1,2026-11-20,100,ana\n"

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
    "campaign.add": "campaign add Autumn -a Call -a Visit",
    "campaign.list": "campaign list",
    "campaign.show": "campaign show Spring",
    "campaign.edit": "campaign edit C1 --name 'Spring 26'",
    "campaign.close": "campaign close C1",
    "campaign.activity.add": "campaign activity add C1 Contract --before Offer",
    "campaign.activity.rename": "campaign activity rename C1 Call 'First call'",
    "campaign.activity.move": "campaign activity move C1 Call",
    "campaign.activity.retire": "campaign activity retire C1 Demo",
    "event.add": "event add Demo --lead L1 --at 'fri 14:00' --kind meeting --remind 1d",
    "event.log": "event log Mail --lead L1 --kind mail",
    "event.list": "event list",
    "event.show": "event show E1",
    "event.done": "event done E1 --next Again --next-at +3d",
    "event.cancel": "event cancel E1 --reason 'is ill'",
    "claim.add": "claim add Wrong --account A2 --text 'bent frame'",
    "claim.list": "claim list",
    "claim.show": "claim show CL1",
    "claim.start": "claim start CL1",
    "claim.resolve": "claim resolve CL2 --result satisfied --answer replaced",
    "rep.add": "rep add Eva --handle eva",
    "rep.list": "rep list",
    "rep.show": "rep show ana",
    "rep.deactivate": "rep deactivate ana",
    "rep.activate": "rep activate off",
    "account.add": "account add 'Other GmbH' --type dealer",
    "account.list": "account list",
    "account.show": "account show A2",
    "contact.add": "contact add Ida --account A2",
    "contact.list": "contact list",
    "contact.show": "contact show P2",
    "deal.add": "deal add Service --account A2 --amount 7",
    "deal.list": "deal list",
    "deal.show": "deal show D2",
    "deal.win": "deal win D2",
    "deal.lose": "deal lose D2 --reason price",
    "deal.reopen": "deal reopen D3 --reason 'payment bounced'",
    "report.funnel": "report funnel",
    "report.channels": "report channels",
    "report.pipeline": "report pipeline --by activity",
    "remind.check": "remind check",
    "import.leads": "import leads {files}/leads.csv",
    "import.deals": "import deals {files}/deals.csv",
    "config.list": "config list",
    "config.get": "config get channels",
    "config.set": "config set channels +fair",
    "config.path": "config path",
    "config.check": "config check",
    "history": "history",
    "init": "init --store {files}/other --currency CHF",
    "verify": "verify",
    "rebuild": "rebuild",
    "flush": "flush",
    "backup": "backup --to {files}/copies",
    "version": "version",
    "help": "help",
    "completion": "completion bash",
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
    "campaign.add": ("campaign add X --start 2027-03-02 --end 2027-03-01", 2),
    "campaign.edit": ("campaign edit Old --name X", 4),
    "campaign.close": ("campaign close Old", 4),
    "campaign.activity.add": ("campaign activity add C1 CALL", 4),
    "campaign.activity.rename": ("campaign activity rename C1 Fax X", 3),
    "campaign.activity.move": ("campaign activity move C1 Call --before Call", 2),
    "campaign.activity.retire": ("campaign activity retire Old Fax", 4),
    "event.add": ("event add Call --lead L3 --at tomorrow", 4),
    "event.log": ("event log Call --lead L1 --at tomorrow", 2),
    "event.done": ("event done E2", 4),
    "event.cancel": ("event cancel E9", 3),
    "claim.add": ("claim add X", 2),
    "claim.start": ("claim start CL2", 4),
    "claim.resolve": ("claim resolve CL1 --result satisfied --answer ok", 4),
    "rep.add": ("rep add X --handle R7", 2),
    "rep.deactivate": ("rep deactivate off", 4),
    "rep.activate": ("rep activate zoe", 3),
    "account.add": ("account add X --type friend", 2),
    "contact.add": ("contact add X --email nonsense", 2),
    "deal.add": ("deal add X", 2),
    "deal.win": ("deal win D3", 4),
    "deal.lose": ("deal lose D2", 2),
    "deal.reopen": ("deal reopen D2", 4),
    "import.leads": ("import leads {files}/faulty.csv", 2),
    "import.deals": ("import deals {files}/none.csv", 3),
    "config.set": ("config set currency Euro", 2),
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
    *("report.funnel", "report.channels", "report.pipeline", "remind.check", "history"),
    *("config.get", "config.path", "config.check", "version", "help", "completion"),
)
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
        (self.files / "faulty.csv").write_text(FAULTY, encoding="utf-8")

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
            crm.ok(line)
        (crm.folder / "quarantine").mkdir(mode=0o700)
        (crm.folder / "quarantine" / "old").write_bytes(b"")  # so that verify has something to tell
        yield crm.folder


def copied(built: Path, crm: Bench) -> Bench:
    """The bench with a copy of that store."""
    shutil.copytree(built, crm.folder)
    return crm
