"""Every command by name: its module, its function, and the line that lists it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Word(Struct, frozen=True):
    """One word of a command line: a command, or a noun with words of its own."""

    name: str
    help: str
    module: str = ""
    function: str = ""
    words: Mapping[str, Word] | None = None
    said: Mapping[str, str] = {}  # what the placeholders in the help of a shared command stand for


def _noun(name: str, help: str, *words: Word) -> Word:
    return Word(name, help, words={word.name: word for word in words})


def _of(module: str, *named: tuple[str, str]) -> tuple[Word, ...]:
    """Commands of one module; the function bears the name, with a trailing _ where Python has the word."""
    return tuple(Word(name, help, module, _function(name)) for name, help in named)


# What each noun's examples name: one that has a history, and one that nothing points to.
_EXAMPLES = {
    "lead": ("L12", "L9"),
    "campaign": ("C3", "C1"),
    "event": ("E7", "E6"),
    "claim": ("CL2", "CL1"),
    "rep": ("R2", "R1"),
    "account": ("A7", "A6"),
    "contact": ("P9", "P8"),
    "deal": ("D5", "D4"),
}


def _every(noun: str) -> tuple[Word, ...]:
    """The verbs that every kind of record has; one module serves all nouns."""
    one = f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
    known, gone = _EXAMPLES[noun]
    said = {"noun": noun, "one": one, "id": known, "gone": gone}
    lines = (
        ("note", f"Write something down about {one}."),
        ("tag", f"Add and remove tags of {one}."),
        ("delete", f"Delete {one} that was a mistake; it can be restored."),
        ("restore", f"Bring {one} back as it was before it was deleted."),
        ("history", f"Show everything that happened to {one}."),
    )
    return tuple(Word(name, help, "verbs", name, said=said) for name, help in lines)


def _function(name: str) -> str:
    name = name.replace("-", "_")
    return f"{name}_" if name in ("list", "show", "set", "import", "help") else name


NOUNS: Mapping[str, Word] = {
    noun.name: noun
    for noun in (
        _noun(
            "lead",
            "People and companies who may become customers.",
            *_of(
                "lead",
                ("add", "Register a lead."),
                ("list", "List leads."),
                ("show", "Show one lead with its notes, events and latest changes."),
                ("edit", "Change particulars of a lead."),
            ),
            *_every("lead"),
            *_of(
                "lead_life",
                ("assign", "Give leads to a sales rep."),
                ("unassign", "Take leads from whoever has them."),
                ("contacted", "Record that leads have been contacted."),
                ("rate", "Rate leads hot, warm, cold or junk."),
                ("set-campaign", "Put leads into a campaign, or take them out."),
                ("set-activity", "Move leads to an activity of their campaign."),
                ("advance", "Move leads to the next activity of their campaign."),
                ("qualify", "Turn a lead into account, contact and, if wanted, deal."),
                ("unqualify", "Take a qualification back."),
                ("disqualify", "End leads, with a reason."),
                ("reopen", "Take disqualified leads up again."),
            ),
        ),
        _noun(
            "campaign",
            "Activities in order, through which leads are taken.",
            *_of(
                "campaign",
                ("add", "Start a campaign with its activities."),
                ("list", "List campaigns."),
                ("show", "Show one campaign with its activities."),
                ("edit", "Change name or days of a campaign."),
                ("close", "Close a campaign: it takes no more leads."),
            ),
            *_every("campaign"),
            _noun(
                "activity",
                "The steps of a campaign.",
                *_of(
                    "activity",
                    ("add", "Add an activity to a campaign."),
                    ("rename", "Give an activity another name; its id stays."),
                    ("move", "Move an activity before another, or to the end."),
                    ("retire", "Retire an activity: it takes no more leads."),
                ),
            ),
        ),
        _noun(
            "event",
            "Calls, meetings, mails and messages, planned and done.",
            *_of(
                "event",
                ("add", "Plan an event."),
                ("log", "Record an event that took place."),
                ("list", "List events."),
                ("show", "Show one event."),
                ("done", "Mark an event as done."),
                ("cancel", "Cancel a planned event."),
            ),
            *_every("event"),
        ),
        _noun(
            "claim",
            "Complaints, and the way they are settled.",
            *_of(
                "claim",
                ("add", "Register a claim."),
                ("list", "List claims."),
                ("show", "Show one claim with its notes and events."),
                ("start", "Start processing a claim."),
                ("resolve", "Resolve a claim with the answer given."),
            ),
            *_every("claim"),
        ),
        _noun(
            "rep",
            "Sales reps: who is responsible.",
            *_of(
                "rep",
                ("add", "Add a sales rep."),
                ("list", "List sales reps."),
                ("show", "Show one sales rep."),
                ("deactivate", "A rep takes no new work."),
                ("activate", "A rep takes work again."),
            ),
            *_every("rep"),
        ),
        _noun(
            "account",
            "Companies and individuals we deal with.",
            *_of(
                "account",
                ("add", "Add an account."),
                ("list", "List accounts."),
                ("show", "Show one account with its people, deals and events."),
            ),
            *_every("account"),
        ),
        _noun(
            "contact",
            "People at accounts.",
            *_of(
                "contact",
                ("add", "Add a contact."),
                ("list", "List contacts."),
                ("show", "Show one contact."),
            ),
            *_every("contact"),
        ),
        _noun(
            "deal",
            "Sales in the making, won and lost.",
            *_of(
                "deal",
                ("add", "Add a deal."),
                ("list", "List deals."),
                ("show", "Show one deal."),
                ("win", "Win a deal."),
                ("lose", "Lose a deal, with a reason."),
                ("reopen", "Take a won or lost deal up again."),
            ),
            *_every("deal"),
        ),
        _noun(
            "report",
            "Figures: funnel, channels, pipeline.",
            *_of(
                "report",
                ("funnel", "From lead to customer, first sale and repeat sale."),
                ("channels", "Where leads and customers come from."),
                ("pipeline", "Open leads and their potential, today or on any past day."),
            ),
        ),
        _noun(
            "remind",
            "What is due; for cron.",
            *_of("remind", ("check", "Tell what is due or overdue; silent when nothing is.")),
        ),
        _noun(
            "import",
            "Take in files.",
            *_of(
                "imports",
                ("leads", "Take in leads from a CSV or JSONL file."),
                ("deals", "Take in won deals from a CSV or JSONL file and qualify their leads."),
            ),
        ),
        _noun(
            "config",
            "The rules of the house, and your own taste.",
            *_of(
                "config",
                ("list", "List every setting and where it comes from."),
                ("get", "Print one setting."),
                ("set", "Change a rule of the house."),
                ("path", "Print where your own settings lie."),
                ("check", "Check your own settings."),
            ),
        ),
    )
}

WORDS: Mapping[str, Word] = {
    word.name: word
    for word in (
        *_of(
            "history",
            ("history", "Show the latest operations, or everything about one record or operation."),
        ),
        *_of(
            "upkeep",
            ("init", "Make a store."),
            ("verify", "Check that nothing was lost or changed; writes nothing."),
            ("rebuild", "Make crm.json again from the log."),
            ("flush", "Bring crm.json up to the log now."),
            ("backup", "Copy the store, verified, while others work."),
        ),
        *_of(
            "about",
            ("version", "Show versions."),
            ("help", "Explain a topic."),
            ("completion", "Print the completion script of a shell."),
        ),
    )
}
