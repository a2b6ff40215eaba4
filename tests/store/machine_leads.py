"""What may be done to leads: one by one, several at once, from a file."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from crm_cli.crm import Crm
from crm_cli.domain.errors import Conflict
from crm_cli.domain.history import Change
from crm_cli.domain.lead import Lead, Rating
from crm_cli.formats import read_sheet
from crm_cli.usecases import placing
from crm_cli.usecases.deal_stage import won
from crm_cli.usecases.import_cells import Plan
from crm_cli.usecases.import_columns import columns_of
from crm_cli.usecases.import_leads import import_leads
from crm_cli.usecases.qualify import DealWish, cancel_planned, qualify, unqualify
from crm_cli.usecases.reopen import reopened
from tests.store.machine import SOME, WHEN, When
from tests.store.machine_records import EMAILS, MANY, RecordDesk
from tests.store.model import Doc, number_of
from tests.store.model_sales import Sales
from tests.store.model_verbs import RATINGS

REASONS = ("lost", "no_budget")
ROW = st.fixed_dictionaries(
    {"external_id": st.sampled_from("7890"), "name": st.sampled_from(("Cid", "Dora"))},
    optional={
        "email": st.sampled_from(("cid@c.example", "dora@d.example")),
        "potential": st.sampled_from(("5", "1500")),
        "received_at": st.sampled_from(("2026-10-01", "2026-10-02")),
    },
)
ROWS = st.lists(ROW, min_size=1, max_size=3, unique_by=lambda row: row["external_id"])
COLUMNS = ("external_id", "name", "email", "potential", "received_at")


class LeadDesk(RecordDesk):
    """A desk at which leads are worked on."""

    # --- leads -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME, emails=st.lists(st.sampled_from(EMAILS), unique=True, max_size=2),
          potential=st.sampled_from((None, "100", "2500")))  # fmt: skip
    def edit(self, when: When, which: int, emails: list[str], potential: str | None) -> None:
        id = self.some("lead", which)
        number = Decimal(potential) if potential else None
        self.to_one(
            when,
            "lead.edit",
            id,
            lambda _, one: one.edit(emails=tuple(emails), potential=number),
            lambda books: books.edit(id, emails=emails or None, potential=potential),
        )

    @precondition(lambda self: self.has("lead", "rep"))
    @rule(when=WHEN, leads=st.lists(SOME, min_size=1, max_size=3), rep=SOME)
    def assign(self, when: When, leads: list[int], rep: int) -> None:
        ids, to = dict.fromkeys(self.some("lead", one) for one in leads), self.some("rep", rep)

        def act(crm: Crm) -> None:
            for id in ids:
                crm.save(crm.leads.get(id).assign(crm.reps.get(to)))

        def told(books: Sales) -> None:
            for id in ids:
                books.assign(id, to)

        self.do(when, "lead.assign", act, told)

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME)
    def contacted(self, when: When, which: int) -> None:
        id = self.some("lead", which)
        self.to_one(when, "lead.contacted", id, lambda crm, one: one.contacted(crm.at), lambda b: b.contacted(id))

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME, rating=st.sampled_from(RATINGS))
    def rate(self, when: When, which: int, rating: str) -> None:
        id = self.some("lead", which)
        self.to_one(
            when,
            "lead.rate",
            id,
            lambda crm, one: one.rate(Rating(rating), crm.deadlines, crm.day),
            lambda books: books.rate(id, rating),
        )

    @precondition(lambda self: self.has("lead", "campaign"))
    @rule(when=WHEN, which=SOME, campaign=SOME, out=st.sampled_from([False, False, True]))
    def set_campaign(self, when: When, which: int, campaign: int, out: bool) -> None:
        id, home = self.some("lead", which), self.some("campaign", campaign)
        self.to_one(
            when,
            "lead.set-campaign",
            id,
            lambda crm, one: placing.put(crm, one, None if out else crm.campaigns.get(home)),
            lambda books: books.set_campaign(id, None if out else home),
        )

    @precondition(lambda self: any("campaign" in self.books.today(id) for id in self.books.ids("lead")))
    @rule(when=WHEN, which=SOME, step=st.integers(0, 3))
    def move(self, when: When, which: int, step: int) -> None:
        """To an activity, or on to the next."""
        placed = [id for id in self.books.ids("lead") if "campaign" in self.books.today(id)]
        id = placed[which % len(placed)]

        def act(crm: Crm, lead: Lead) -> Lead:
            lead.must_be_open()
            home = crm.campaigns.find(lead.campaign or "nowhere")
            if not step:
                return placing.advanced(crm, lead, home)
            return placing.moved(crm, lead, home, home.find_activity(str(step)))

        self.to_one(when, "lead.move", id, act, lambda b: b.set_activity(id, step) if step else b.advance(id))

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME, deal=st.sampled_from([True, True, False]))
    def qualify(self, when: When, which: int, deal: bool) -> None:
        id, wish = self.some("lead", which), DealWish() if deal else None
        self.do(
            when,
            "lead.qualify",
            lambda crm: qualify(crm, crm.leads.get(id), None, wish),
            lambda books: books.qualify(id, deal=deal),
        )

    @precondition(lambda self: self.books.ids("lead", "qualified"))
    @rule(when=WHEN, which=SOME)
    def unqualify(self, when: When, which: int) -> None:
        ids = self.books.ids("lead", "qualified")
        id = ids[which % len(ids)]
        self.do(when, "lead.unqualify", lambda crm: unqualify(crm, crm.leads.get(id)), lambda b: b.unqualify(id))

    @precondition(lambda self: self.books.ids("deal", "in_progress"))
    @rule(when=WHEN, which=SOME)
    def win(self, when: When, which: int) -> None:
        ids = self.books.ids("deal", "in_progress")
        id = ids[which % len(ids)]
        self.to_one(when, "deal.win", id, lambda crm, one: won(crm, one, Decimal(70)), lambda books: books.win(id))

    @precondition(lambda self: self.has("lead"))
    @rule(when=WHEN, which=SOME, reason=st.sampled_from(REASONS))
    def disqualify(self, when: When, which: int, reason: str) -> None:
        id = self.some("lead", which)

        def act(crm: Crm) -> None:
            lead = crm.leads.get(id)
            crm.save(lead.disqualify(reason, crm.at), reason=reason)
            cancel_planned(crm, lead)

        self.do(when, "lead.disqualify", act, lambda books: books.disqualify(id, reason))

    @precondition(lambda self: self.books.ids("lead", "disqualified"))
    @rule(when=WHEN, which=SOME)
    def reopen(self, when: When, which: int) -> None:
        ids = self.books.ids("lead", "disqualified")
        id = ids[which % len(ids)]
        self.to_one(when, "lead.reopen", id, lambda crm, one: reopened(crm, one, None), lambda b: b.reopen(id))

    @precondition(lambda self: len(self.books.ids("lead")) < 2 * MANY)
    @rule(when=WHEN, rows=ROWS)
    def take_in(self, when: When, rows: list[Doc]) -> None:
        lines = ["ID,Name,E-mail,Potential,Received"]
        lines += [",".join(row.get(path, "") for path in COLUMNS) for row in rows]
        raw = "\n".join(lines).encode()

        def act(crm: Crm) -> None:
            sheet = read_sheet(raw, "fair.csv")
            outcome = import_leads(crm, sheet, Plan(columns=columns_of("leads", sheet.headers, ())))
            assert outcome.problems == []

        told = sha256(raw).hexdigest()
        self.do(when._replace(back=None), "lead.import", act, lambda books: books.take_in("fair.csv", told, rows))

    @precondition(lambda self: self.has("lead") and not self.trouble)
    @rule(when=WHEN, which=SOME)
    def come_too_late(self, when: When, which: int) -> None:
        """A change made from what somebody else has changed meanwhile."""
        id = self.some("lead", which)
        seen = self.books.today(id).get("rating")
        mine, theirs = [rating for rating in RATINGS if rating != seen][:2]
        self.rate(when._replace(back=None), which, theirs)
        now = self.books.today(id)
        if now.get("rating") == seen:
            return
        stale = Change(kind="lead", number=number_of(id), at=now["updated_at"], facts={"rating": [seen, mine]})
        before = self.bytes()
        with pytest.raises(Conflict), self.store.change() as transaction:
            transaction.apply(stale)
        assert self.bytes() == before
