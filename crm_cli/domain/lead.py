"""A lead: one expression of interest by a person or a company, and what may happen to it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from crm_cli.domain.account import Account
from crm_cli.domain.campaign import Activity, Campaign
from crm_cli.domain.deadline import Deadlines
from crm_cli.domain.errors import BadValue, Refused, WrongState
from crm_cli.domain.held import Held
from crm_cli.domain.moment import Moment
from crm_cli.domain.record import Code, Ref, Text, Texts


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


class LeadStage(StrEnum):
    """How far the sale has come while the lead is open (Microsoft Dynamics' lead process)."""

    QUALIFY = "qualify"
    DEVELOP = "develop"
    PROPOSE = "propose"
    CLOSE = "close"


STAGES = tuple(LeadStage)


class Lead(Held, frozen=True, kw_only=True):
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
    due: Moment | None = None  # the last day to answer it, by its rating
    restarted_at: Moment | None = None  # when it was reopened last: its time to be answered starts anew
    responded_at: Moment | None = None  # when it was answered after that
    stage: LeadStage | None = None  # None: not begun, which is the first

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

    def contacted(self, at: Moment) -> Self:
        """First answered; a lead that was reopened keeps the day it was first contacted."""
        self.must_be_open()
        if self.is_answered:
            raise WrongState(f"{self.id} was contacted already", f"see crm lead history {self.id}")
        again = at if self.restarted_at else None
        return self.change(
            status=LeadStatus.CONTACTED, contacted_at=self.contacted_at or at, responded_at=self.responded_at or again
        )

    def heard_of_us(self, at: Moment) -> Self:
        """After a completed event that we made: contacted, if nobody had answered it yet (rule L2)."""
        return self.contacted(at) if self.is_open and not self.is_answered else self

    @property
    def is_answered(self) -> bool:
        """Whether somebody was in touch since it was received or reopened last."""
        if self.restarted_at is not None:
            return self.responded_at is not None
        return self.status is LeadStatus.CONTACTED

    def rate(self, rating: Rating, deadlines: Deadlines | None = None, day: str = "") -> Self:
        """Judged by hand on a day, which sets until when it must be answered."""
        self.must_be_open()
        rated = self.change(rating=rating, rating_origin="manual")
        if deadlines is None or rating == self.rating:
            return rated
        start = self.restarted_at or self.received_at or day
        return rated.change(due=deadlines.due(self.rating, rating, start, day, self.due))

    def is_overdue(self, today: str) -> bool:
        """Whether it is open, unanswered, and its last day is over; `today` is a day of the store's zone."""
        return self.is_open and not self.is_answered and self.due is not None and self.due < today

    # --- the sales process, while it is open ---------------------------------------------------------

    def move_to(self, stage: LeadStage) -> Self:
        """At another stage of the sales process."""
        self.must_be_open()
        return self.change(stage=stage)

    def stage_after(self, steps: int) -> LeadStage:
        """The next stage (1) or the one before (-1); raises Refused behind the last and before the first."""
        self.must_be_open()
        place = STAGES.index(self.stage or STAGES[0]) + steps
        if not 0 <= place < len(STAGES):
            end = "last" if steps > 0 else "first"
            raise Refused(f"{self.id} is at the {end} stage", "qualify or disqualify it, or name a stage")
        return STAGES[place]

    def missing_at_stage(self) -> str | None:
        """What the stage it is at asks for and is not there yet (Dynamics' stage gate); None if nothing."""
        if self.stage in (None, LeadStage.QUALIFY):
            if not (self.emails or self.phones):
                return "an e-mail address or a phone number"
            if self.rating is None and self.potential is None:
                return "a rating or a potential"
        return None

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

    def reopen(self, at: Moment | None = None, deadlines: Deadlines | None = None, day: str = "") -> Self:
        """Taken up again after it was disqualified; campaign and activity are as they were, its time starts anew."""
        if self.status is not LeadStatus.DISQUALIFIED:
            raise WrongState(f"{self.id} is {self.status}, not disqualified", self._way_out())
        return self.change(
            status=self.open_status,
            disqualified_at=None,
            reason=None,
            reopen_count=self.reopen_count + 1,
            restarted_at=at or self.restarted_at,
            responded_at=None,
            due=deadlines.due(None, self.rating, day, day, None) if deadlines and self.rating else self.due,
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
