"""The particulars of an event as options, and what is typed into them as its fields."""

from __future__ import annotations

from typing import Annotated, Any

from crm_cli.cli import parse
from crm_cli.cli.params import option

UNSET = ("end", "remind", "result", "content", "purpose", "material", "place", "satisfaction", "participants")

Kind = Annotated[str | None, option("--kind", "call, meeting, mail, message or other.", "KIND")]
Way = Annotated[str | None, option("--direction", "outgoing, or incoming if they began.", "WAY")]
End = Annotated[str | None, option("--end", "Until when.", "WHEN")]
Result = Annotated[str | None, option("--result", "What came of it.")]
Satisfaction = Annotated[int | None, option("--satisfaction", "How satisfied they were, 1 to 5.", "1..5")]
Content = Annotated[str | None, option("--content", "What was said, or is to be said.")]
Purpose = Annotated[str | None, option("--purpose", "What it is for: tell about the new model.")]
Material = Annotated[list[str] | None, option("--material", "What is handed out; repeat for more.")]
Place = Annotated[str | None, option("--place", "Where.")]
PriorityOption = Annotated[str | None, option("--priority", "low, normal or high.", "PRIORITY")]
Remind = Annotated[list[str] | None, option("--remind", "How long before to be reminded: 1d,1h.", "DURATION")]
Participants = Annotated[
    list[str] | None, option("--participant", "Who takes part: a name, a contact or a rep; repeat for more.", "WHO")
]


def emptied(unset: list[str] | None) -> dict[str, Any]:
    """The fields that --unset empties; raises BadValue with those it may."""
    empty: dict[str, Any] = dict(parse.emptied(unset, UNSET))
    if "material" in empty:
        empty["material"] = ()
    if "remind" in empty:
        empty["remind"] = {}
    if "participants" in empty:
        empty |= {"participants": {}, "participant_names": {}}
    return empty
