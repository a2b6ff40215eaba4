"""Work given to sales reps and taken from them: the same for every noun that somebody is responsible for."""

from __future__ import annotations

from typing import Annotated, Any

from crm_cli.cli.chosen import Verb, each
from crm_cli.cli.context import Desk
from crm_cli.cli.params import AnyRefs, On, changes, many, option
from crm_cli.crm import Crm


@changes
@many
def assign(
    desk: Desk,
    refs: AnyRefs = None,
    *,
    to: Annotated[str, option("--to", "The rep: id, handle or name.", "REP")],
    on: On = None,
) -> None:
    """Give {several} to a sales rep.

    \b
    Examples:
      crm {noun} assign {id} {other} --to ana
      crm {noun} assign --where '{open}' --to sam --yes
      crm {noun} list --rep none -F ids | crm {noun} assign - --to "Ana Silva"
    """

    def prepare(crm: Crm) -> Verb[Any]:
        rep = crm.reps.find(to)
        return lambda record: record.assign(rep)

    def say(crm: Crm, was: Any, now: Any) -> str:
        before = crm.name_of(was.rep) if was.rep else "nobody"
        return f"Assigned {now.id} {now.title} to {crm.name_of(str(now.rep))} (was {before})"

    each(desk, refs, on, prepare, say)


@changes
@many
def unassign(desk: Desk, refs: AnyRefs = None, on: On = None) -> None:
    """Take {several} from whoever has them.

    \b
    Examples:
      crm {noun} unassign {id}
      crm {noun} unassign --where 'rep=sam' --yes
    """
    each(
        desk,
        refs,
        on,
        lambda _: lambda record: record.unassign(),
        lambda _crm, _was, now: f"Unassigned {now.id} {now.title}",
    )
