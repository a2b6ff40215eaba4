"""A lead: one expression of interest by a person or a company, and what may happen to it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from crm_cli.domain.account import Account
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Record, Ref, Text, Texts
from crm_cli.domain.rep import Rep


class LeadKind(StrEnum):
    """Who is interested."""

    PERSON = "person"
    COMPANY = "company"


class LeadStatus(StrEnum):
    """Where a lead stands; new and contacted are open."""

    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"
    MERGED = "merged"
    DELETED = "deleted"


class Rating(StrEnum):
    """How valuable a lead is."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"
    JUNK = "junk"


class Lead(Record, frozen=True, kw_only=True):
    """One expression of interest; its life follows Microsoft Dynamics (states) and 1C:Drive (campaigns)."""

    KIND = "lead"
    CLOSED: ClassVar = {
        "qualified": "take it back first: crm lead unqualify {id}",
        "disqualified": "run: crm lead reopen {id}",
        "merged": "work on the lead it was merged into",
        "deleted": "run: crm lead restore {id}",
    }
    OPEN: ClassVar[frozenset[str]] = frozenset({"new", "contacted"})
    TOGETHER: ClassVar[tuple[str, ...]] = ("campaign", "activity")
    INSTEAD = "crm lead disqualify {id} --reason REASON"

    kind: LeadKind = LeadKind.PERSON
    name: Text = ""
    do_not_contact: bool = False
    status: LeadStatus = LeadStatus.NEW
    rating: Rating | None = None
    rating_origin: Code | None = None
    company: Text | None = None
    position: Text | None = None
    emails: Texts = ()
    phones: Texts = ()
    website: Text | None = None
    tax_id: Text | None = None
    street: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    country: Code | None = None
    source: Code | None = None
    source_detail: Code | None = None
    channel: Code | None = None
    campaign: Ref | None = None
    activity: Ref | None = None
    rep: Ref | None = None
    potential: Decimal | None = None
    external_id: Code | None = None
    received_at: Moment = ""
    contacted_at: Moment | None = None
    qualified_at: Moment | None = None
    disqualified_at: Moment | None = None
    reason: Code | None = None
    account: Ref | None = None
    contact: Ref | None = None
    deal: Ref | None = None
    merged_into: Ref | None = None
    reopen_count: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def edit(self, **fields: object) -> Self:
        """With other particulars; its status changes only by the verbs that say so."""
        self.must_be_open()
        return self.change(**fields).checked()

    def checked(self) -> Self:
        """Raises BadValue for a lead without a name."""
        if not self.name.strip():
            raise BadValue("a lead needs a name", "give a person or a company")
        if self.potential is not None and self.potential < 0:
            raise BadValue("a potential cannot be negative", "give a plain number: --potential 1500")
        return self

    def assign(self, rep: Rep) -> Self:
        """Given to a rep on duty."""
        self.must_be_open()
        rep.must_be_active()
        return self.change(rep=rep.id)

    def unassign(self) -> Self:
        """Taken from whoever has it."""
        self.must_be_open()
        return self.change(rep=None)

    def contacted(self, at: Moment) -> Self:
        """First answered; a lead that was reopened keeps the day it was first contacted."""
        self.must_be_open()
        if self.status is LeadStatus.CONTACTED:
            raise WrongState(f"{self.id} was contacted already", f"see crm lead history {self.id}")
        return self.change(status=LeadStatus.CONTACTED, contacted_at=self.contacted_at or at)

    def heard_of_us(self, at: Moment) -> Self:
        """After a completed event that we made: contacted, if it was new (rule L2)."""
        return self.contacted(at) if self.status is LeadStatus.NEW else self

    def rate(self, rating: Rating) -> Self:
        """Judged by hand."""
        self.must_be_open()
        return self.change(rating=rating, rating_origin="manual")

    def set_campaign(self, campaign: Campaign | None, day: str, activity: Activity | None = None) -> Self:
        """Put into a campaign that runs on that day, at the given or its first activity; None takes it out."""
        self.must_be_open()
        if campaign is None:
            return self.change(campaign=None, activity=None)
        campaign.must_take_leads_on(day)
        place = activity or campaign.first_activity()
        if place is not None:
            campaign.must_take_leads_at(place)
        return self.change(campaign=campaign.id, activity=campaign.activity_id(place) if place else None)

    def set_activity(self, campaign: Campaign, activity: Activity) -> Self:
        """Moved to an activity of the campaign it is in."""
        self.must_be_open()
        self.must_be_in(campaign)
        campaign.must_take_leads_at(activity)
        return self.change(activity=campaign.activity_id(activity))

    def advance(self, campaign: Campaign) -> Self:
        """Moved to the activity after its own; from the last one it is refused."""
        self.must_be_open()
        self.must_be_in(campaign)
        following = campaign.activity_after(self.activity)
        if following is None:
            raise Refused(
                f"{self.id} is at the last activity of {campaign.id} {campaign.name}",
                f"qualify or disqualify it, or: crm lead set-activity {self.id} NAME",
            )
        return self.change(activity=campaign.activity_id(following))

    def must_be_in(self, campaign: Campaign) -> None:
        """Raises Refused if the lead is in another campaign."""
        if self.campaign != campaign.id:
            raise Refused(f"{self.id} is not in {campaign.id}", f"run: crm lead set-campaign {self.id} {campaign.id}")

    def qualify(self, account: Account, contact: str | None, deal: str | None, at: Moment) -> Self:
        """Become a customer: everything it was at that moment stays on it."""
        self.must_be_open()
        return self.change(status=LeadStatus.QUALIFIED, qualified_at=at, account=account.id, contact=contact, deal=deal)

    def unqualify(self) -> Self:
        """Taken back to where it stood before it was qualified."""
        if self.status is not LeadStatus.QUALIFIED:
            raise WrongState(f"{self.id} is {self.status}, not qualified", f"see crm lead history {self.id}")
        return self.change(status=self.open_status, qualified_at=None, account=None, contact=None, deal=None)

    def disqualify(self, reason: str, at: Moment) -> Self:
        """Ended, with one of the configured reasons."""
        self.must_be_open()
        return self.change(status=LeadStatus.DISQUALIFIED, disqualified_at=at, reason=reason)

    def reopen(self) -> Self:
        """Taken up again after it was disqualified; campaign and activity are as they were."""
        if self.status is not LeadStatus.DISQUALIFIED:
            raise WrongState(f"{self.id} is {self.status}, not disqualified", self._way_out())
        return self.change(
            status=self.open_status,
            disqualified_at=None,
            reason=None,
            reopen_count=self.reopen_count + 1,
        )

    def restore(self, was: str = "") -> Self:
        """Brought back open: contacted, whatever it `was`, if that was found out since."""
        return super().restore(was or self.open_status).change(status=self.open_status)

    @property
    def open_status(self) -> LeadStatus:
        """What it is when it is open: contacted once somebody has been in touch."""
        return LeadStatus.CONTACTED if self.contacted_at else LeadStatus.NEW

    def _way_out(self) -> str:
        return self.CLOSED.get(self.status, "it is open already").format(id=self.id)
