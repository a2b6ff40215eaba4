"""A file of leads that this program wrote itself: which columns say what is made here, and which lead a row was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm_cli.crm import Crm
from crm_cli.domain.ids import looks_like_id
from crm_cli.domain.keys import email_keys
from crm_cli.domain.lead import Lead, LeadKind
from crm_cli.domain.reach import fold
from crm_cli.domain.record import fields_of, from_doc
from crm_cli.formats.row import Problem, Sheet

ID, KIND, STATUS = "exported id", "exported kind", "exported status"  # of the lead that a row was
LEFT_OUT = "left out"  # a column that says what is made here, or is told by another one
BESIDE = {"rep": "rep_name", "campaign": "campaign_name"}  # an id means nothing elsewhere; the name does

_SIGNS = frozenset({"id", "kind", "status", "created_at", "updated_at"})  # together only in an export
_KEPT = {"id": ID, "kind": KIND, "status": STATUS}


def own_columns(headers: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """The columns of an export of leads that are none of the `fields` that can be taken in; none if it is no export."""
    if not set(headers) >= _SIGNS:
        return {}
    made = set(fields_of(Lead)) | {f"{name}_name" for name in fields_of(Lead)}
    made -= {*fields, "custom", *BESIDE.values()}
    return {header: _KEPT.get(header, LEFT_OUT) for header in headers if header in made}


def names_beside(headers: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """The columns with names of reps and campaigns, where the ids are there too: they are read together."""
    return {BESIDE[id]: LEFT_OUT for id in fields if id in BESIDE and {id, BESIDE[id]} <= set(headers)}


def beside(columns: Mapping[str, str], header: str) -> str | None:
    """The column with the names of the reps or campaigns whose ids this one has."""
    names = BESIDE.get(header)
    return names if columns[header] == header and names and columns.get(names) == LEFT_OUT else None


def left_out(sheet: Sheet, columns: Mapping[str, str]) -> list[Problem]:
    """One warning that names the columns with something in them that is not taken in; of names beside ids, none."""
    asked = [header for header, field in columns.items() if field == LEFT_OUT and not header.endswith("_name")]
    names = [name for name in asked if any(row.cells.get(name) for row in sheet.rows)]
    if STATUS in columns.values():
        names = ["status", *names]
    if not names:
        return []
    return [Problem(line=1, reason=f"the file is an export; made here and left out: {', '.join(names)}")]


def was(crm: Crm, values: Mapping[str, Any], name: str) -> Lead | None:
    """The lead that has the exported id here, if it is called the same or has the e-mail: elsewhere it is another."""
    found = looks_like_id(str(values.get(ID, "")), "lead")
    doc = crm.snapshot.get(*found) if found else None
    if doc is None:
        return None
    lead = from_doc(doc, Lead)
    same_mail = not set(email_keys(values)).isdisjoint(email_keys({"emails": lead.emails}))
    return lead if same_mail or (fold(lead.name) or lead.name) == (fold(name) or name) else None


def kind_of(values: Mapping[str, Any]) -> LeadKind | None:
    """Person or company, where the file says so."""
    told = values.get(KIND)
    return LeadKind(told) if told in tuple(LeadKind) else None
