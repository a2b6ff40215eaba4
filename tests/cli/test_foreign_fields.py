"""A store whose log holds what no program of ours writes: told as that, and never taken for a bug of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_cli.domain.errors import Exit, Unreadable
from crm_cli.domain.history import Change, Operation
from crm_cli.domain.keys import match_keys
from crm_cli.domain.lead import Lead
from crm_cli.domain.moment import to_datetime
from crm_cli.domain.record import from_doc
from crm_cli.store.line import Head, write_lines
from tests.desk import UTC_ZONE
from tests.typed import Typed

SOUND = {
    "name": "Jane",
    "kind": "person",
    "status": "new",
    "emails": ["jane@acme.example"],
    "received_at": "2026-01-01T00:00:00Z",
}
FIELDS = (
    *("id", "name", "kind", "status", "emails", "phones", "external_id", "tax_id", "company", "rep", "campaign"),
    *("potential", "received_at", "created_at", "updated_at", "reopen_count", "tags", "custom", "notes"),
    *("tags.vip", "custom.size", "notes.1"),
)
WRONG: tuple[Any, ...] = (5, "x", [5], {"a": 5}, True, [["x"]], 1.5)
LINES = (
    *("lead list", "lead list -w email~x", "lead list --search x --json", "lead list --sort name,potential,tags"),
    *("lead show L1", "lead edit L1 --company Y", "lead add Jo --email jane@acme.example", "lead assign L1 --to ana"),
    *("lead history L1", "history", "report funnel", "report pipeline", "remind check", "verify", "rebuild"),
)


def written(folder: Path, **facts: Any) -> None:
    """A log whose every hash holds, about one lead with these fields and a rep."""
    at = "2026-01-01T00:00:00Z"
    operation = Operation(cmd="lead.add", by="sam", recorded=at, starts="ab" * 16)
    ana = {"name": "Ana", "handle": "ana", "status": "active"}
    changes = [
        Change(kind=kind, number=1, at=at, facts={path: [None, value] for path, value in fields.items()})
        for kind, fields in (("lead", {**SOUND, **facts}), ("rep", ana))
    ]
    raw, _ = write_lines(Head(), operation, changes)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "history.jsonl").write_bytes(raw)


@pytest.mark.parametrize("field", FIELDS)
def test_what_another_program_wrote_is_no_bug_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torture: int, field: str
) -> None:
    place = FIELDS.index(field)
    chosen = WRONG if torture > 1 else WRONG[place % len(WRONG) :][:1]
    codes = set()
    for number, value in enumerate(chosen):
        crm = Typed(tmp_path / str(number) / "crm", monkeypatch)
        written(crm.folder, **{field: value})
        for line in LINES if torture > 1 else LINES[(place + number) % 2 :: 2]:
            seen = crm(line)
            assert seen.code != Exit.BUG, (line, value, seen.err)
            codes.add(seen.code)
    assert codes & {Exit.UNREADABLE, Exit.DONE}


def test_each_says_which_record_it_is() -> None:
    for doc in ({"id": "L7", "emails": 5}, {"id": "L7", "name": [1]}, {"id": "L7", "company": True}):
        with pytest.raises(Unreadable, match="the store was changed by another program: L7"):
            match_keys("lead", doc)
    with pytest.raises(Unreadable, match=r"L7 .*\$\.name"):
        from_doc({"id": "L7", "name": 5}, Lead)
    with pytest.raises(Unreadable):
        to_datetime("soon", UTC_ZONE)
