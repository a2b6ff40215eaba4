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


def _exports(*kinds: str) -> tuple[Word, ...]:
    """What each kind of record can be written to; one function serves all."""
    return tuple(
        Word(many, f"Write {many} to a file: CSV, TSV, JSONL or JSON.", "export", "records", said={"many": many})
        for many in kinds
    )


# Of each noun that reps are responsible for: several of it, another one for the examples, and which are open.
_HELD = {
    "lead": ("leads", "L14", "rep=none and status=open"),
    "event": ("planned events", "E6", "rep=none and status=planned"),
    "claim": ("claims", "CL1", "rep=none and status=open"),
    "account": ("accounts", "A6", "rep=none and types=customer"),
    "deal": ("deals", "D4", "rep=none and status=open"),
}


def _given(noun: str) -> tuple[Word, ...]:
    """Giving to reps and taking from them: one module serves all nouns that have one."""
    several, other, open_ones = _HELD[noun]
    said = {"noun": noun, "several": several, "id": _EXAMPLES[noun][0], "other": other, "open": open_ones}
    lines = (("assign", f"Give {several} to a sales rep."), ("unassign", f"Take {several} from whoever has them."))
    return tuple(Word(name, help, "giving", name, said=said) for name, help in lines)


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
            *_given("lead"),
            *_every("lead"),
            *_of(
                "lead_life",
                ("contacted", "Record that leads have been contacted."),
                ("rate", "Rate leads hot, warm, cold or junk."),
                ("set-campaign", "Put leads into a campaign, or take them out."),
                ("set-activity", "Move leads to an activity of their campaign."),
                ("advance", "Move leads to the next activity of their campaign."),
                ("qualify", "Turn a lead into account, contact and, if wanted, deal."),
                ("unqualify", "Take a qualification back."),
                ("disqualify", "End leads, with a reason."),
                ("reopen", "Take disqualified leads up again."),
                ("stage", "Move leads through the sales process: qualify, develop, propose, close."),
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
                ("edit", "Change name, days or figures of a campaign."),
                ("close", "Close campaigns: they take no more leads."),
                ("reopen", "Take closed campaigns up again."),
            ),
            *_of("campaign_standing", ("members", "List the leads in a campaign.")),
            *_every("campaign"),
            _noun(
                "activity",
                "The steps of a campaign.",
                *_of(
                    "activity",
                    ("add", "Add an activity to a campaign."),
                    ("list", "List the activities of a campaign in their order."),
                    ("rename", "Give an activity another name; its id stays."),
                    ("move", "Move an activity before another, or to the end."),
                    ("retire", "Retire an activity: it takes no more leads."),
                    ("unretire", "Take a retired activity up again, where it stood."),
                    ("assign", "Make a rep responsible for an activity."),
                    ("unassign", "Make nobody in particular responsible for an activity."),
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
                ("show", "Show one event, with the rest of its chain."),
                ("edit", "Change particulars of an event."),
            ),
            *_of(
                "event_life",
                ("done", "Mark events as done."),
                ("postpone", "Move planned events to another day or time."),
                ("cancel", "Cancel planned events."),
                ("review", "Mark what came in as reviewed."),
                ("reopen", "Plan completed or canceled events again."),
                ("follow-up", "Plan what follows an event, about the same."),
                ("link", "Say which contact or rep a participant is."),
            ),
            *_given("event"),
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
                ("edit", "Change particulars of a claim."),
            ),
            *_of(
                "claim_life",
                ("start", "Start processing claims."),
                ("resolve", "Resolve claims with the answer given."),
                ("withdraw", "The claimants take claims back."),
                ("reopen", "Take closed claims up again."),
            ),
            _noun(
                "plan",
                "The steps by which the causes of a claim are looked into.",
                *_of(
                    "plan",
                    ("add", "Add a step to the plan of a claim."),
                    ("done", "Mark a step as done."),
                    ("cancel", "Mark a step as not needed after all."),
                    ("list", "List steps that are still to be done."),
                ),
            ),
            *_of(
                "attachment",
                ("attach", "Attach files to a claim."),
                ("attachments", "List the files that are attached to a claim."),
                ("attachment", "Get an attached file out again."),
            ),
            *_given("claim"),
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
                ("edit", "Change particulars of a sales rep."),
                ("deactivate", "Reps take no new work."),
                ("activate", "Reps take work again."),
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
                ("edit", "Change particulars of an account."),
            ),
            *_given("account"),
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
                ("edit", "Change particulars of a contact, or move it to another account."),
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
                ("edit", "Change particulars of a deal."),
            ),
            *_of(
                "deal_life",
            ),
            *_of(
                "deal_stage",
                ("advance", "Move deals to the next stage."),
                ("back", "Move deals back to the stage before."),
                ("set-stage", "Put a deal at any stage."),
            ),
            *_of(
                "deal_life",
                ("hold", "Put deals on hold."),
                ("resume", "Take up again deals that are on hold."),
                ("win", "Win deals."),
                ("lose", "Lose deals, with a reason."),
                ("reopen", "Take won or lost deals up again."),
            ),
            *_given("deal"),
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
            *_of("crontab", ("cron-line", "Print the crontab line that reminds you.")),
        ),
        _noun(
            "import",
            "Take in files.",
            *_of(
                "imports",
                ("leads", "Take in leads from a CSV or JSONL file."),
                ("deals", "Take in won deals from a CSV or JSONL file and qualify their leads."),
            ),
            Word("all", "Make a store from a file that export all has written.", "whole", "import_all"),
        ),
        _noun(
            "export",
            "Write files: the whole store, or records of one kind.",
            Word("all", "Write the whole store to one file.", "whole", "export_all"),
            *_exports("leads", "accounts", "contacts", "deals", "events", "claims", "campaigns", "reps"),
        ),
        _noun(
            "config",
            "The rules of the house, and your own taste.",
            *_of(
                "config",
                ("list", "List every setting and where it comes from."),
                ("get", "Print one setting."),
                ("set", "Change a rule of the house."),
                ("unset", "Put a rule of the house back to its default."),
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
            "overview",
            ("status", "Show what stands where: leads to be taken up, what is due, open claims, the last change."),
            ("search", "Find every record that holds a text: in its names, notes, e-mails, tags or own fields."),
            ("show", "Show any record or operation by its id; @last is the record that you made last."),
        ),
        *_of("batch", ("batch", "Carry out commands that stand in a file, one JSON object a line: all or none.")),
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
            "repair",
            ("restore", "Go back to a copy of the store."),
            ("doctor", "Look the store over, and offer repairs."),
            ("upgrade", "Bring a store of an older program to this one's format."),
        ),
        *_of(
            "about",
            ("version", "Show versions."),
            ("help", "Explain a topic, or a command."),
            ("completion", "Print the completion script of a shell."),
        ),
        *_of("schema", ("schema", "Tell programs what there is: commands, options, fields, codes.")),
    )
}
