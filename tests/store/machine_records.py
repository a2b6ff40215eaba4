"""Leads, reps and campaigns are added, and what may be done to every kind of record."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.lead import Lead
from crm_cli.domain.rep import Rep
from crm_cli.usecases.removal import deleted, restored
from tests.store.machine import HOUR, SOME, WHEN, Desk, When
from tests.store.model_sales import Sales

NAMES = ("Ann Lee", "ANN LEE", "Ànn Lee", "Bob", "Jürgen Müller", "Nord GmbH")
EMAILS = ("ann@a.example", "bob@b.example", "info@nord.example")
TAGS = ("vip", "fair")
MANY = 3  # reps, and campaigns: more would only make the others rarer


class RecordDesk(Desk):
    """A desk at which records come and go."""

    # --- what everything goes through ------------------------------------------------------------------

    @initialize(house=st.sampled_from([True, True, True, False]))
    def move_in(self, house: bool) -> None:
        """Most houses begin with somebody who sells, and something to do."""
        now = When(HOUR)
        if house:
            self.add_rep(now, "Bob")
            self.add_campaign(now, "Spring", 0, True)
            self.add_leads(now, ["Ann Lee", "Bob"], EMAILS[0], None)

    @precondition(lambda self: len(self.books.ids("lead")) < 2 * MANY)
    @rule(when=WHEN, names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2),
          email=st.none() | st.sampled_from(EMAILS), company=st.sampled_from([None, None, "Nord GmbH"]))  # fmt: skip
    def add_leads(self, when: When, names: list[str], email: str | None, company: str | None) -> None:
        def act(crm: Crm) -> None:
            for name in names:
                emails = (email,) if email else ()
                received = crm.on or crm.at
                new = Lead(id=crm.leads.new_id(), name=name, emails=emails, company=company, received_at=received)
                crm.save(new.checked())

        def told(books: Sales) -> None:
            for name in names:
                books.add_lead(name, email, company)

        self.do(when, "lead.add", act, told)

    @precondition(lambda self: len(self.books.ids("rep")) < MANY)
    @rule(when=WHEN, name=st.sampled_from(NAMES))
    def add_rep(self, when: When, name: str) -> None:
        self.do(
            when,
            "rep.add",
            lambda crm: crm.save(Rep(id=crm.reps.new_id(), name=name)),
            lambda books: books.add("rep", name=name, status="active"),
        )

    @precondition(lambda self: len(self.books.ids("campaign")) < MANY)
    @rule(when=WHEN, name=st.sampled_from(("Spring", "Fair")), rep=SOME, held=st.booleans())
    def add_campaign(self, when: When, name: str, rep: int, held: bool) -> None:
        id = self.some("rep", rep) if held and self.has("rep") else None

        def act(crm: Crm) -> None:
            new = Campaign(id=crm.campaigns.new_id(), name=name)
            for step in ("Call", "Demo", "Offer"):
                new, _ = new.add_activity(step)
            crm.save(new.assign_activity(new.find_activity("1"), crm.reps.get(id)) if id else new)

        self.do(when, "campaign.add", act, lambda books: books.add_campaign(name, ("Call", "Demo", "Offer"), id))

    # --- verbs of every kind ---------------------------------------------------------------------------

    def _any(self, place: int) -> str:
        ids = sorted(id for kind in ("lead", "event", "rep", "campaign") for id in self.books.ids(kind))
        return ids[place % len(ids)]

    @precondition(lambda self: self.books.records)
    @rule(when=WHEN, which=st.integers(0, 15), add=st.sampled_from(TAGS), remove=st.sampled_from(TAGS))
    def tag(self, when: When, which: int, add: str, remove: str) -> None:
        id = self._any(which)
        self.to_one(when, "tag", id, lambda _, one: one.tag([add], [remove]), lambda b: b.tag(id, add, remove))

    @precondition(lambda self: self.books.records)
    @rule(when=WHEN, which=st.integers(0, 15))
    def note(self, when: When, which: int) -> None:
        id = self._any(which)
        self.to_one(when, "note", id, lambda crm, one: one.note(*crm.note("hi")), lambda b: b.note(id, "hi"))

    @precondition(lambda self: self.books.records)
    @rule(when=WHEN, which=st.integers(0, 15), name=st.sampled_from(NAMES))
    def rename(self, when: When, which: int, name: str) -> None:
        id = self._any(which)
        self.to_one(when, "edit", id, lambda _, one: one.edit(name=name), lambda books: books.edit(id, name=name))

    @precondition(lambda self: self.books.records)
    @rule(when=WHEN, which=st.integers(0, 15))
    def delete(self, when: When, which: int) -> None:
        id = self._any(which)
        self.to_one(when, "delete", id, deleted, lambda books: books.delete(id))

    @precondition(lambda self: any(self.books.is_deleted(id) for id in self.books.records))
    @rule(when=WHEN, which=SOME)
    def restore(self, when: When, which: int) -> None:
        gone = sorted(id for id in self.books.records if self.books.is_deleted(id))
        id = gone[which % len(gone)]
        self.to_one(when, "restore", id, restored, lambda books: books.restore(id))
