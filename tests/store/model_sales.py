"""What becomes of leads: customers, events, reps and campaigns that come and go, and files that are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.store.model import OPEN, Doc, Illegal, is_answered, midnight, number_of
from tests.store.model_verbs import Verbs, open_status


class Sales(Verbs):
    """A command about what becomes of leads; each raises Illegal where the rules say no."""

    # --- leads that end --------------------------------------------------------------------------------

    def disqualify(self, id: str, reason: str) -> None:
        self._become(id, "disqualify", "disqualified", disqualified_at=self.at, reason=reason)
        for event in self._planned_with(id):
            self.cancel(event)

    def _planned_with(self, lead: str) -> list[str]:
        """What is planned with the lead today."""
        return self._with(lead, "event", "planned")

    def _with(self, lead: str, kind: str, *statuses: str) -> list[str]:
        return sorted(self.books.pointing(lead) & set(self.books.ids(kind, *statuses)), key=number_of)

    # --- leads that become customers -------------------------------------------------------------------

    def qualify(self, id: str, *, deal: bool) -> None:
        doc = self._open(id)
        company, emails = doc.get("company"), doc.get("emails")
        account = self.add(
            "account", kind="company" if company else "person", name=company or doc["name"], status="active",
            **{"types.customer": True}, customer_since=self.at, emails=emails, rep=doc.get("rep"),
        )  # fmt: skip
        contact = self.add("contact", name=doc["name"], status="active", account=account, emails=emails)
        sale = self._sale(id, doc, account, contact) if deal else None
        made = {"account": account, "contact": contact, "deal": sale}
        self._become(id, "qualify", "qualified", qualified_at=self.at, **made)
        for event in self._planned_with(id):
            self.tell(event, "hand-over", {"account": account})

    def _sale(self, lead: str, doc: Doc, account: str, contact: str) -> str:
        stage = {"kind": "typical", "stage": "primary_contact", "stage_at": self.when}
        whose = {"account": account, "contact": contact, "lead": lead, "rep": doc.get("rep")}
        name = doc.get("company") or doc["name"]
        return self.add(
            "deal", name=name, status="in_progress", amount=doc.get("potential"), currency="EUR", **whose, **stage
        )

    def win(self, deal: str) -> None:
        doc = self._open(deal)
        account = doc["account"]
        since = min(self._open(account).get("customer_since", self.at), self.at)
        status = {} if self.found(account)["status"] == "active" else {"status": "active"}
        self.tell(account, "revive", {"types.customer": True, "customer_since": since, **status})
        self._become(deal, "win", "won", won_at=self.when, amount="70")

    def unqualify(self, id: str) -> None:
        doc = self.found(id)
        if doc["status"] != "qualified":
            raise Illegal(f"{id} is not qualified")
        for deal in self._with(id, "deal", "in_progress", "won", "lost"):
            if self.books.today(deal)["status"] == "won":
                raise Illegal(f"{deal} is won")
            self._become(deal, "cancel", "canceled")
        gone = dict.fromkeys(("qualified_at", "account", "contact", "deal"))
        self._become(id, "unqualify", open_status(doc), **gone)
        for made in (doc["contact"], doc["account"]):
            if self.found(made)["status"] == "active":
                self._become(made, "cancel", "canceled")

    # --- events ----------------------------------------------------------------------------------------

    def plan(self, lead: str, name: str, start: str, *, ours: bool) -> None:
        self.add("event", status="planned", start=start, **self._about(lead, name, ours))

    def _about(self, lead: str, name: str, ours: bool) -> dict[str, Any]:
        rep = self._open(lead).get("rep")
        how = {"kind": "call", "direction": "outgoing" if ours else "incoming", "priority": "normal"}
        return {"name": name, "lead": lead, "rep": rep, **how}

    def log(self, lead: str, name: str, *, ours: bool) -> None:
        about = self._about(lead, name, ours)
        self.add("event", status="completed", start=self.on or self.at, done_at=self.at, **about)
        self._reached(about)

    def done(self, id: str) -> None:
        doc = self.found(id)
        self._become(id, "done", "completed", done_at=self.at)
        self._reached(doc)

    def _reached(self, event: Doc) -> None:
        lead = self.found(event["lead"])
        if event["direction"] == "incoming" or lead["status"] not in OPEN:
            return
        if is_answered(lead):
            self.tell(event["lead"], "heard", {})  # nothing new, but it must have been there
        else:
            self.contacted(event["lead"])

    def cancel(self, id: str) -> None:
        self._become(id, "cancel", "canceled", canceled_at=self.at)

    def plan_again(self, id: str) -> None:
        doc = self.found(id)
        if "account" not in doc and self.found(doc["lead"])["status"] not in OPEN:
            raise Illegal(f"{doc['lead']} is closed")
        self._become(id, "reopen", "planned", done_at=None, canceled_at=None)

    def postpone(self, id: str, start: str) -> None:
        doc = self._open(id)
        if start == doc["start"] or start <= self.at:
            raise Illegal(f"{id} cannot be moved there")
        self.tell(id, "postpone", {"start": start, "postponed_count": doc.get("postponed_count", 0) + 1})

    # --- reps and campaigns ----------------------------------------------------------------------------

    def turn(self, id: str, verb: str, status: str) -> None:
        """A rep off duty and on again."""
        self._become(id, verb, status)

    def close(self, id: str) -> None:
        self._become(id, "close", "closed", closed_at=self.day)

    def run_again(self, id: str) -> None:
        self._become(id, "reopen", "active", closed_at=None)

    def add_campaign(self, name: str, steps: Sequence[str], rep: str | None) -> None:
        if rep:
            self._on_duty(rep)
        activities = {
            f"activities.{n}": {"number": n, "name": step, "place": n, "retired": False}
            for n, step in enumerate(steps, 1)
        }
        self.add("campaign", name=name, status="active", **activities, **{"reps.1": rep})

    def retire(self, id: str, step: int) -> None:
        doc = self._open(id)
        activity = doc[f"activities.{step}"]
        if activity["retired"]:
            raise Illegal(f"{step} is retired already")
        self.tell(id, "retire", {f"activities.{step}": {**activity, "retired": True}})

    # --- a file ----------------------------------------------------------------------------------------

    def take_in(self, file: str, digest: str, rows: Sequence[Doc]) -> None:
        """Rows with an external id, a name, an e-mail or none, a potential or none, and a day of receipt or none."""
        counts = {"added": 0, "updated": 0, "unchanged": 0, "skipped": 0}
        for row in sorted(rows, key=lambda row: self._known(row) is None):  # those that are there already first
            counts[self._take(row)] += 1
        if self.told:
            self.add("import", of="leads", file=file, sha256=digest, rows=len(rows), **counts)

    def _known(self, row: Doc) -> str | None:
        """The lead with the external id of this row."""
        same = (id for id in self.books.ids("lead") if self.books.today(id).get("external_id") == row["external_id"])
        return next(same, None)

    def _take(self, row: Doc) -> str:
        id = self._known(row)
        emails = [row["email"]] if "email" in row else None
        cells = {"name": row["name"], "potential": row.get("potential")}
        if id is None:
            received = row.get("received_at") or self.at
            came = midnight(received) if len(received) == 10 else received
            kept = {"kind": "person", "status": "new", "received_at": received, "external_id": row["external_id"]}
            self.add("lead", came, emails=emails, **cells, **kept)
            return "added"
        doc, told = self.books.today(id), self.told
        if doc["status"] not in OPEN:
            return "skipped"
        new = {path: value for path, value in cells.items() if value}
        known = doc.get("emails", [])
        if emails and row["email"] not in known:
            new["emails"] = [*known, row["email"]]
        self.tell(id, "update", new)
        return "updated" if self.told > told else "unchanged"
