"""A prepared house: a store in which the ids that our examples name are there, in the state they need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.stories.shell import Shell

BUILT, NOW = "2026-10-01T10:00", "2026-11-27T10:00"  # when the house was furnished, and a Friday after it
ZONE = "Europe/Berlin"

FOUNDED = (
    f"crm init --timezone {ZONE} --currency EUR --country DE",
    'crm rep add "Sam Weber" --handle sam',
    *(f'crm account add "Account {number}"' for number in range(1, 7)),
    'crm account add "Acme GmbH" --type customer --email office@acme.example',
)
FILLED = (
    'crm rep add "Ana Silva" --handle ana',
    'crm campaign add "Summer 26" -a Call',
    'crm campaign add "Autumn 26" -a Call -a Offer',
    'crm campaign add "Spring 27" -a Call -a Demo -a Offer -a Fax',
    *(f'crm lead add "Lead {number}"' for number in range(1, 12)),
    'crm lead add "Jane Doe" --email jane@acme.example --company Acme --campaign C3 --rep ana',
    'crm lead add "Lead 13" --external-id NL-1',
    'crm lead add "John Roe" --phone "030 23125 100" --campaign C3 --website https://roe.example',
    *(f'crm contact add "Person {number}" --account A7' for number in range(1, 9)),
    'crm contact add "Jane Doe" --account A7 --email jane@acme.example --allow-duplicate',
    *(f'crm deal add "Deal {number}" --account A7 --amount {number}000' for number in range(1, 6)),
    *(f'crm event add "Call {number}" --account A7 --at "2026-12-{number:02} 10:00"' for number in range(1, 7)),
    'crm event add "Demo" --lead L12 --at "2026-12-07 14:00" --kind meeting',
    'crm claim add "Late delivery" --account A1',
    'crm claim add "Damaged unit" --account A7 --division Assembly --cause transport',
)
# What has to come before the examples of these commands, which otherwise would be refused.
FIRST: Mapping[str, tuple[str, ...]] = {
    **{
        f"{noun}.restore": (f"crm {noun} delete {gone} --yes",)
        for noun, gone in (
            *(("lead", "L9"), ("campaign", "C1"), ("event", "E6"), ("claim", "CL1")),
            *(("rep", "R1"), ("account", "A6"), ("contact", "P8"), ("deal", "D4")),
        )
    },
    "event.review": ("crm event log 'Asked for a price' --account A7 --kind mail --direction incoming",),
    "event.reopen": ("crm event done E7",),
    "event.link": ('crm event edit E7 --participant "Jane Doe"',),
    "lead.reopen": ("crm lead disqualify L9 --reason no_budget --on 2026-10-20",),
    "lead.unassign": ("crm lead assign L14 --to sam",),
    "lead.qualify": ("crm lead edit L12 --unset emails",),
    "lead.unqualify": ("crm lead qualify L12 --new",),
    "rep.activate": ("crm rep deactivate sam", "crm rep deactivate ana"),
    "deal.reopen": ("crm deal win D5",),
    "deal.unassign": ("crm deal assign D5 --to sam",),
    "deal.back": ("crm deal advance D4 D5",),
    "deal.set-stage": ("crm deal edit D4 --kind manual",),
    "deal.resume": ("crm deal hold D5",),
    "claim.resolve": ("crm claim start CL2 --rep ana",),
    "claim.unassign": ("crm claim assign CL2 --to sam",),
    "claim.reopen": ("crm claim start CL2 --rep ana", "crm claim withdraw CL1 CL2"),
    "claim.plan.done": ('crm claim plan add CL2 "Inspect the unit"',),
    "claim.plan.cancel": ('crm claim plan add CL2 "Inspect the unit"',),
    "claim.attachment": ("crm claim attach CL2 photo.jpg",),
    "campaign.reopen": ("crm campaign close C2",),
    "campaign.activity.unretire": ("crm campaign activity retire C3 Fax",),
    "campaign.activity.unassign": ("crm campaign activity assign C3 Demo --to ana",),
    "account.unassign": ("crm account assign A7 --to sam",),
    "campaign.activity.add": ("crm campaign activity rename C3 Demo Show",),
    "import.all": ("crm export all -o store.jsonl",),
    "restore": ("crm backup --to ~/copies",),
}
# Commands whose examples make what the filled house has already start earlier: with nothing, or before it is filled.
STAGES: Mapping[str, str] = {
    "init": "",
    "rep.add": "",
    **dict.fromkeys(("lead.add", "contact.add", "campaign.add", "import.leads"), "founded"),
}


def furnish(shell: Shell, lines: tuple[str, ...]) -> None:
    """Run these lines, each of which must succeed."""
    for line in lines:
        told = shell.run(line)
        assert told.code == 0, f"{line}: exit {told.code}\n{told.screen}"


def files(folder: Path) -> None:
    """The files that examples read: a few leads and deals, what is attached, and a person's own settings."""
    leads = "Lead no.;Name;E-mail;Company;Date;Origin\nNL-2;Max Kern;max@kern.example;Kern KG;26.11.2026;fair\n"
    deals = "lead id,won,amount,seller\nNL-1,11/20/2026,1500.00,Sam Weber\n"
    (folder / "leads.csv").write_text(leads, encoding="utf-8")
    (folder / "won.csv").write_text(deals, encoding="utf-8")
    changes = '{"cmd": "lead.rate", "refs": ["L12"], "rating": "hot"}\n{"cmd": "lead.advance", "refs": ["L12"]}\n'
    (folder / "changes.jsonl").write_text(changes, encoding="utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "report.txt").write_text("the frame is bent\n", encoding="utf-8")
    (folder / "crm.toml").write_text('[core]\nuser = "ana"\n', encoding="utf-8")
