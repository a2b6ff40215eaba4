"""What each verb of the sales desk does to the books, by the requirements (4.1 to 4.3), in plain words and values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.store.model import (
    CLOSED,
    LEGAL,
    LETTERS,
    Command,
    Doc,
    Illegal,
    is_answered,
    kind_of,
    local_day,
    references,
)

DAYS = {"hot": 2, "warm": 5, "cold": 10}  # working days to answer a lead; a junk one need not be answered
RATINGS = (*DAYS, "junk")


def working_days(day: str, count: int) -> str:
    """The day that lies so many working days behind another."""
    found = date.fromisoformat(day)
    while count:
        found += timedelta(1)
        count -= found.weekday() < 5
    return found.isoformat()


class Verbs(Command):
    """A command in the words of the desk; each raises Illegal where the rules say no."""

    # --- of every kind -----------------------------------------------------------------------------

    def add(self, what: str, came: str | None = None, /, **fields: Any) -> str:
        id = f"{LETTERS[what]}{self.books.next(what)}"
        self.tell(id, "add", {path: value for path, value in fields.items() if value}, came)
        return id

    def _open(self, id: str) -> Doc:
        doc = self.found(id)
        if doc["status"] in CLOSED[kind_of(id)]:
            raise Illegal(f"{id} is {doc['status']}")
        return doc

    def _become(self, id: str, verb: str, status: str, **fields: Any) -> None:
        if self.found(id)["status"] not in LEGAL[kind_of(id)][verb]:
            raise Illegal(f"{id} cannot {verb}")
        self.tell(id, verb, {"status": status, **fields})

    def edit(self, id: str, **fields: Any) -> None:
        self._open(id)
        self.tell(id, "edit", fields)

    def note(self, id: str, text: str) -> None:
        note = {"at": self.at, "by": "sam", "text": text}
        self.tell(id, "note", {f"notes.{self.books.tx + 1}": note})

    def tag(self, id: str, add: str, remove: str) -> None:
        self._open(id)
        self.tell(id, "tag", {f"tags.{remove}": None, f"tags.{add}": True})

    def delete(self, id: str) -> None:
        needed = {other for other in self.books.pointing(id) if not self.books.is_deleted(other)}
        if needed:
            raise Illegal(f"{id} is needed by {needed}")
        self._become(id, "delete", "deleted")

    def restore(self, id: str) -> None:
        doc = self.found(id)
        if any(self.books.is_deleted(other) for other in references(doc)):
            raise Illegal(f"{id} belongs to what is deleted")
        ended = [one.changed["status"][0] for one in self.books.records[id] if one.verb == "delete"]
        was = ended[-1] if ended else ""
        self._become(id, "restore", open_status(doc) if kind_of(id) == "lead" else was)

    def assign(self, id: str, rep: str) -> None:
        self._open(id)
        self._on_duty(rep)
        self.tell(id, "assign", {"rep": rep})

    def _on_duty(self, rep: str) -> None:
        if self.found(rep)["status"] != "active":
            raise Illegal(f"{rep} takes no work")

    # --- leads ---------------------------------------------------------------------------------------

    def add_lead(self, name: str, email: str | None, company: str | None) -> None:
        emails = [email] if email else None
        received = self.on or self.at
        self.add("lead", kind="person", name=name, status="new", emails=emails, company=company, received_at=received)

    def contacted(self, id: str) -> None:
        doc = self._open(id)
        if is_answered(doc):
            raise Illegal(f"{id} was contacted already")
        again = self.at if "restarted_at" in doc else None
        told = {"contacted_at": doc.get("contacted_at") or self.at, "responded_at": doc.get("responded_at") or again}
        self._become(id, "contacted", "contacted", **told)

    def rate(self, id: str, rating: str) -> None:
        doc = self._open(id)
        new = {"rating": rating, "rating_origin": "manual"}
        if rating != doc.get("rating"):
            new["due"] = self._due(doc, rating)
        self.tell(id, "rate", new)

    def _due(self, doc: Doc, rating: str) -> Any:
        was, due = doc.get("rating"), doc.get("due")
        if rating == "junk":
            return None
        if was is None or RATINGS.index(rating) < RATINGS.index(was):  # raised
            fresh = working_days(self.day, DAYS[rating])
            return min(due, fresh) if due else fresh
        return working_days(local_day(doc.get("restarted_at") or doc["received_at"]), DAYS[rating])

    def reopen(self, id: str) -> None:
        doc = self.found(id)
        rated = doc.get("rating")
        due = working_days(self.day, DAYS[rated]) if rated in DAYS else None if rated else doc.get("due")
        fresh = {"restarted_at": self.at, "responded_at": None, "due": due}
        gone = {"disqualified_at": None, "reason": None}
        again = doc.get("reopen_count", 0) + 1
        if "campaign" in doc and doc["status"] == "disqualified":
            self._must_run(doc["campaign"])
        self._become(id, "reopen", open_status(doc), reopen_count=again, **gone, **fresh)

    # --- leads in campaigns ----------------------------------------------------------------------------

    def _must_run(self, campaign: str) -> Doc:
        home = self.found(campaign)
        if home["status"] == "deleted" or (home["status"] == "closed" and home["closed_at"] <= self.day):
            raise Illegal(f"{campaign} takes no leads")
        return home

    def set_campaign(self, id: str, campaign: str | None) -> None:
        doc = self._open(id)
        if campaign is None:
            self.tell(id, "set-campaign", {"campaign": None, "activity": None})
        else:
            steps = _steps(self._must_run(campaign))
            self._put(id, doc, campaign, steps[0] if steps else None)

    def _put(self, id: str, doc: Doc, campaign: str, step: int | None) -> None:
        """There, and in the hands of whoever is responsible there if it is in nobody's."""
        new = {"campaign": campaign, "activity": f"{campaign}.{step}" if step else None}
        rep = self.found(campaign).get(f"reps.{step}")
        if rep and "rep" not in doc and self.found(rep)["status"] == "active":
            new["rep"] = rep
        self.tell(id, "put", new)

    def set_activity(self, id: str, step: int) -> None:
        doc = self._open(id)
        if "campaign" not in doc or step not in _steps(self.found(doc["campaign"])):
            raise Illegal(f"{id} cannot go there")
        self._put(id, doc, doc["campaign"], step)

    def advance(self, id: str) -> None:
        doc = self._open(id)
        home = doc.get("campaign", "")
        here = int(doc["activity"].partition(".")[2]) if "activity" in doc else 0
        behind = [step for step in _steps(self.found(home)) if step > here] if home else []
        if not behind:
            raise Illegal(f"{id} is at the last activity, or in no campaign")
        self._put(id, doc, home, behind[0])


def open_status(doc: Doc) -> str:
    return "contacted" if "contacted_at" in doc else "new"


def _steps(campaign: Doc) -> list[int]:
    """The activities that take leads, in their order."""
    steps = [step for path, step in campaign.items() if path.startswith("activities.")]
    return sorted(step["number"] for step in steps if not step["retired"])
