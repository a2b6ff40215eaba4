"""What a file names of the house: reps, campaigns and channels, found there or made with the import."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import Ambiguous, BadValue, NotFound
from crm_cli.domain.ids import looks_like_id, make_id
from crm_cli.domain.keys import name_key
from crm_cli.domain.moment import Moment
from crm_cli.domain.rep import Rep, RepStatus

_UNKNOWN = "is no rep here; --create-reps adds them"


class House:
    """Who and what there is, and what becomes necessary; `save` writes the latter."""

    def __init__(self, crm: Crm, create_reps: bool = False) -> None:
        self._crm, self._create_reps = crm, create_reps
        self._new_reps: dict[str, tuple[Rep, Moment]] = {}  # the moment is the first at which it is needed
        self._new_channels: dict[str, str] = {}
        self._campaigns: dict[str, Campaign] = {}
        self._meant: dict[tuple[str, str, str], str] = {}

    # --- reps ------------------------------------------------------------------------------------

    @cached_property
    def _reps(self) -> dict[str, list[Rep]]:
        """By all they answer to. A bare number is no id here: in a file it is another program's."""
        found: dict[str, list[Rep]] = defaultdict(list)
        for rep in self._crm.reps.all():
            for text in {_key(text) for text in (rep.id, rep.name, rep.handle, rep.email) if text}:
                found[text].append(rep)
        return found

    def known_rep(self, text: str) -> Rep | None:
        """The one who answers to it, somebody on duty first; raises ValueError if that may be several."""
        found = self._reps.get(_key(text), [])
        active = [rep for rep in found if rep.status is RepStatus.ACTIVE] or found
        if len(active) > 1:
            raise ValueError(f"may be any of {', '.join(rep.id for rep in active)}")
        return active[0] if active else None

    def check_rep(self, text: str) -> str:
        """The same text if work can be given to that rep; raises ValueError, whose text is the reason."""
        rep = self.known_rep(text)
        if rep is not None and rep.status is RepStatus.INACTIVE:
            raise ValueError(f"is inactive: crm rep activate {rep.id}")
        if rep is None and (not self._create_reps or _is_rep_id(text)):
            an_id = self._create_reps and _is_rep_id(text)
            raise ValueError("is no rep here; --create-reps adds reps by name" if an_id else _UNKNOWN)
        return text

    def meant(self, field: str, id: str, name: str) -> str:
        """Which of both to look up: the id if it is called so here, else the name; in another store ids are others'."""
        place = field, id, name
        if place not in self._meant:
            self._meant[place] = self._told_by(field, id, name)
        return self._meant[place]

    def _told_by(self, field: str, id: str, name: str) -> str:
        if field == "rep":
            called = {rep.name for rep in self._reps.get(_key(id), [])}
        else:
            found = looks_like_id(id)
            doc = self._crm.snapshot.get(*found) if found and found[0] == "campaign" else None
            called = {str(doc["name"])} if doc else set()
        return id if _key(name) in map(_key, called) else name

    def answering(self, text: str | None) -> Rep | None:
        """The one who answers to it, those that this file made necessary included; raises ValueError as before."""
        made = self._new_reps.get(_key(text or ""))
        return (self.known_rep(text) if text else None) or (made[0] if made else None)

    def rep(self, text: str, at: Moment) -> Rep:
        """The rep who is needed at that instant, new if nobody answers to it."""
        rep = self.known_rep(text)
        if rep is not None:
            return rep
        made, first = self._new_reps.get(_key(text)) or (self._new_rep(text), at)
        self._new_reps[_key(text)] = made, min(first, at)
        return made

    def _new_rep(self, text: str) -> Rep:
        number = self._crm.snapshot.next_number("rep") + len(self._new_reps)
        rep = Rep(id=make_id("rep", number), name=text)
        if looks_like_id(text, "rep") is not None:
            return rep
        try:
            return rep.change(handle=text).checked()
        except BadValue:
            return rep

    # --- campaigns and channels ------------------------------------------------------------------

    def campaign(self, text: str) -> Campaign:
        """By whole id or name, as with reps; raises ValueError, whose text is the reason."""
        if text not in self._campaigns:
            try:
                self._campaigns[text] = self._crm.campaigns.find(f"name:{text}" if text.isdigit() else text)
            except Ambiguous as refusal:
                raise ValueError(f"may be any of {', '.join(refusal.details['candidates'])}") from refusal
            except (NotFound, BadValue) as refusal:
                raise ValueError("is no campaign here") from refusal
        return self._campaigns[text]

    @cached_property
    def _channels(self) -> dict[str, str]:
        return {_channel_key(channel): channel for channel in self._crm.setting("channels")}

    def channel(self, text: str) -> str:
        """The spelling of the house; one that is not there is added."""
        key = _channel_key(text)
        return self._channels.get(key) or self._new_channels.setdefault(key, text)

    # --- what is new -----------------------------------------------------------------------------

    @property
    def channels_created(self) -> int:
        return len(self._new_channels)

    def save(self) -> None:
        """Save reps, from the first moment they were needed on, and channels."""
        for rep, first in self._new_reps.values():
            self._crm.save(rep, at=first)
        if self._new_channels:
            self._crm.set("channels", [*self._crm.setting("channels"), *self._new_channels.values()])


def _key(text: str) -> str:
    return name_key("rep", text.strip().lower())


def _is_rep_id(text: str) -> bool:
    found = looks_like_id(text)
    return found is not None and found[0] == "rep"


def _channel_key(text: str) -> str:
    """As commands compare them: trade_fair is Trade fair."""
    return text.strip().casefold().replace(" ", "_")
