"""Names that people type must stand for one: handles of reps, names and codes of campaigns."""

from __future__ import annotations

from crm_cli.crm import Crm
from crm_cli.domain.campaign import Campaign
from crm_cli.domain.errors import Refused
from crm_cli.domain.rep import Rep


def handle_must_be_free(crm: Crm, rep: Rep) -> None:
    """Raises Refused where another rep bears the handle."""
    handle = (rep.handle or "").casefold()
    if handle and any((one.handle or "").casefold() == handle for one in crm.reps.all() if one.id != rep.id):
        raise Refused(f"the handle {rep.handle!r} is taken", "see crm rep list")


def name_must_be_free(crm: Crm, campaign: Campaign) -> None:
    """Raises Refused where another campaign answers to its name or code."""
    words = {word.casefold(): word for word in (campaign.name, campaign.code) if word}
    for other in crm.campaigns.all():
        taken = words.keys() & {word.casefold() for word in (other.name, other.code) if word}
        if taken and other.id != campaign.id:
            raise Refused(f"there is a campaign {words[taken.pop()]!r} already", f"see crm campaign show {other.id}")
