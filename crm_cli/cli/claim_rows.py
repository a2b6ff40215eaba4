"""What a claim holds besides its fields: its plan, its files, how long it took; for scripts and for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.attachment import Attachment
from crm_cli.domain.claim import Claim
from crm_cli.domain.moment import spoken
from crm_cli.domain.plan import Step

BESIDES = ("plan", "attachments", "handling_days")
STEP = ("number", "name", "status", "due", "takes", "rep", "rep_name", "done_at", "canceled_at", "result")
FILE = ("number", "name", "size", "media_type", "sha256", "at", "by")


def besides(claim: Claim, crm: Crm) -> dict[str, Any]:
    """For scripts, under the keys of BESIDES."""
    return {
        "plan": [step_row(claim, step, crm) for step in claim.steps],
        "attachments": [file_row(one) for one in claim.files],
        "handling_days": handling_days(claim, crm),
    }


def handling_days(claim: Claim, crm: Crm) -> int | None:
    """Working days it took, by the calendar of the house; None while it is open."""
    return claim.handling_days(crm.clock.zone, frozenset(crm.setting("holidays")))


def step_row(claim: Claim, step: Step, crm: Crm) -> dict[str, Any]:
    """One step of its plan."""
    key = str(step.number)
    rep = claim.reps.get(key)
    return {
        "number": step.number,
        "name": claim.plan_names.get(key),
        "status": step.status,
        "due": step.due,
        "takes": step.takes,
        "rep": rep,
        "rep_name": crm.name_of(rep) if rep else None,
        "done_at": step.done_at,
        "canceled_at": step.canceled_at,
        "result": claim.plan_results.get(key),
    }


def file_row(one: Attachment) -> dict[str, Any]:
    """One attached file."""
    return {name: getattr(one, name) for name in FILE}


def in_short(row: dict[str, Any]) -> dict[str, Any]:
    """Plan and files of a row as people read them in one cell."""
    to_do = sum(step["status"] == "open" for step in row["plan"])
    return {
        "plan": f"{to_do} of {len(row['plan'])} open" if row["plan"] else None,
        "attachments": [one["name"] for one in row["attachments"]],
    }


def sections(claim: Claim, crm: Crm) -> list[tuple[str, Sequence[str]]]:
    """Plan and files as they stand under a claim that is shown."""
    plan = [_told(claim, step, crm) for step in claim.steps]
    files = [
        f"{one.number}  {one.name}  {size(one.size)}  {one.media_type}  {spoken(one.at, crm.said)}  {one.by}"
        for one in claim.files
    ]
    return [("Plan", plan), ("Attachments", files)]


def _told(claim: Claim, step: Step, crm: Crm) -> str:
    row = step_row(claim, step, crm)
    return "  ".join([claim.step_title(step), *_particulars(row, crm)])


def _particulars(row: dict[str, Any], crm: Crm) -> Iterator[str]:
    if row["rep_name"]:
        yield row["rep_name"]
    if row["takes"]:
        yield f"takes {row['takes']}"
    if row["status"] == "open":
        yield f"due {spoken(row['due'], crm.said)}" if row["due"] else "open"
    else:
        yield f"{row['status']} {spoken(row['done_at'] or row['canceled_at'], crm.said)}"
    if row["result"]:
        yield row["result"]


def size(count: int) -> str:
    """Bytes as people say them: 512 bytes, 12.3 KB, 4.0 MB."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
