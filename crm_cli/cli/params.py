"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

F = TypeVar("F", bound=Callable[..., None])


def changes(function: F) -> F:
    """Mark a command that changes something: it takes --dry-run."""
    function.role = "changes"  # type: ignore[attr-defined]
    return function


def carries_out(function: F) -> F:
    """Mark a command that carries out others: it takes --dry-run, and its JSON is an array of what they answer."""
    function.role = "carries_out"  # type: ignore[attr-defined]
    return function


def keeps(function: F) -> F:
    """Mark a command that works on the store's files and on no record: it takes --dry-run too."""
    function.role = "keeps"  # type: ignore[attr-defined]
    return function


def tells(function: F) -> F:
    """Mark a command that tells something which is no list of records: it comes as text or JSON only."""
    function.role = "tells"  # type: ignore[attr-defined]
    return function


def many(function: F) -> F:
    """Mark a command for several records at once: it takes --where and --keep-going, and ids from stdin."""
    function.many = True  # type: ignore[attr-defined]
    return function


def lists(function: F) -> F:
    """Mark a command that shows many: it takes --where, --sort, --fields and the like."""
    function.role = "lists"  # type: ignore[attr-defined]
    return function


def shows(function: F) -> F:
    """Mark a command that shows one: it takes --fields."""
    function.role = "shows"  # type: ignore[attr-defined]
    return function


def _reference(what: str) -> Any:
    return typer.Argument(help=f'{what}: id, number, e-mail or name:"...".', show_default=False)


LeadRef = Annotated[str, _reference("The lead")]
LeadRefs = Annotated[
    list[str] | None,
    typer.Argument(help='The leads: ids, numbers, e-mails, name:"..."; - reads ids from stdin.', show_default=False),
]
AnyRef = Annotated[str, _reference("Which one")]
AnyRefs = Annotated[list[str] | None, typer.Argument(help="Which ones: ids, numbers or names; - reads ids from stdin.")]
CampaignRef = Annotated[str, typer.Argument(help="The campaign: id, number or name.", show_default=False)]
ActivityRef = Annotated[str, typer.Argument(help="The activity: id (C3.2), number or name.", show_default=False)]
RepRef = Annotated[str, typer.Argument(help="The rep: id, handle or name.", show_default=False)]
AccountRef = Annotated[str, _reference("The account")]
ContactRef = Annotated[str, _reference("The contact")]
DealRef = Annotated[str, typer.Argument(help="The deal: id, number or name.", show_default=False)]
DealRefs = Annotated[
    list[str] | None,
    typer.Argument(help="The deals: ids, numbers or names; - reads ids from stdin.", show_default=False),
]
EventRef = Annotated[str, typer.Argument(help="The event: id or number.", show_default=False)]
EventRefs = Annotated[
    list[str] | None,
    typer.Argument(help="The events: ids or numbers; - reads ids from stdin.", show_default=False),
]
ClaimRef = Annotated[str, typer.Argument(help="The claim: id or number.", show_default=False)]
ClaimRefs = Annotated[
    list[str] | None,
    typer.Argument(help="The claims: ids or numbers; - reads ids from stdin.", show_default=False),
]

On = Annotated[
    str | None, typer.Option("--on", metavar="WHEN", help="When it happened, if not now.", show_default=False)
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A field of your own.", show_default=False),
]
Unset = Annotated[
    list[str] | None,
    typer.Option("--unset", metavar="FIELD", help="Empty a field.", show_default=False),
]


def option(word: str, help: str, metavar: str = "TEXT") -> Any:
    """An option with a value, as most are."""
    return typer.Option(word, help=help, metavar=metavar, show_default=False)


Company = Annotated[str | None, option("--company", "Where the person works.")]
Position = Annotated[str | None, option("--position", "What the person does there.")]
Email = Annotated[list[str] | None, option("--email", "An e-mail address; repeat for more.", "ADDRESS")]
Phone = Annotated[list[str] | None, option("--phone", "A phone number; repeat for more.", "NUMBER")]
Website = Annotated[str | None, option("--website", "The web site.", "URL")]
TaxId = Annotated[str | None, option("--tax-id", "The tax number.")]
Street = Annotated[str | None, option("--street", "Street and number.")]
Postcode = Annotated[str | None, option("--postcode", "The postcode.")]
City = Annotated[str | None, option("--city", "The city.")]
Country = Annotated[str | None, option("--country", "The country.")]
Source = Annotated[str | None, option("--source", "The concrete origin: Vienna Autoshow 2027.")]
SourceDetail = Annotated[str | None, option("--source-detail", "More about the origin.")]
Channel = Annotated[str | None, option("--channel", "The acquisition channel: web, phone, referral ...")]
Potential = Annotated[str | None, option("--potential", "The estimated profit, a plain number.", "NUMBER")]
ExternalId = Annotated[str | None, option("--external-id", "Its id in another system.")]
DoNotContact = Annotated[
    bool | None, typer.Option("--do-not-contact/--may-contact", help="Wants no contact.", show_default=False)
]
GiveTo = Annotated[str | None, option("--rep", "Who is responsible: id, handle or name of a rep.", "REP")]
RepOption = Annotated[str | None, option("--rep", "The rep: id, handle or name; `none` for nobody.", "REP")]
CampaignOption = Annotated[str | None, option("--campaign", "The campaign: id or name.", "CAMPAIGN")]
AccountOption = Annotated[str | None, option("--account", "The account: id, e-mail or name.", "ACCOUNT")]
RatingOption = Annotated[str | None, option("--rating", "hot, warm, cold or junk.", "RATING")]
Division = Annotated[str | None, option("--division", "Which division it comes from.")]
Employee = Annotated[str | None, option("--employee", "Who is responsible for it.")]
Cause = Annotated[
    list[str] | None, option("--cause", "What caused it: transport, transport/broken; repeat for more.", "CAUSE")
]
JustifiedOption = Annotated[str | None, option("--justified", "Whether it is right: yes or no.", "YES")]
TagOption = Annotated[list[str] | None, option("--tag", "A tag; repeat for more.", "TAG")]
WithTag = Annotated[str | None, option("--tag", "With this tag; `none` for without any.", "TAG")]
Reason = Annotated[str | None, option("--reason", "Why, for the history.")]
NoteOption = Annotated[str | None, option("--note", "Write something down.")]
AllowDuplicate = Annotated[bool, typer.Option("--allow-duplicate", help="Even if it is there already.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", "-w", metavar="EXPR", help="Only those that fit: crm help filters.", show_default=False),
]
