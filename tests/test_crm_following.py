"""Several commands in one operation: each sees those before it, bears its verb, and one commit keeps all."""

from __future__ import annotations

import pytest

from crm_cli.domain.errors import BadValue, NotFound
from crm_cli.domain.lead import Lead
from tests.desk import MemoryDesk


def test_the_following_desk_sees_what_is_not_written_yet() -> None:
    desk = MemoryDesk()
    with desk.change(cmd="batch") as crm:
        first = crm.following("lead.add")
        first.save(Lead(id=first.leads.new_id(), name="Jane", received_at=first.at))
        crm.joined(first)
        second = crm.following("lead.contacted")
        second.save(second.leads.find("@last").contacted(second.at))
        crm.joined(second)
        assert [one.cmd for one in second.history("L1")] == ["lead.add", "lead.contacted"]
        assert (first.op, second.op, first.history("L1")[0].op) == ("O1", "O1", "O1")
    with desk.look() as crm:
        assert [one.cmd for one in crm.snapshot.operation(1)][-3:] == ["batch", "lead.add", "lead.contacted"]
    assert desk.lead("L1").status == "contacted"


def test_what_is_made_last_is_looked_for_in_the_operation_first() -> None:
    desk = MemoryDesk()
    desk.add_lead("Jane")
    with desk.change() as crm:
        crm.save(crm.leads.get("L1").tag(["vip"]), Lead(id="L2", name="John"))
        assert crm.last_made().id == "L2"
        with pytest.raises(NotFound):
            crm.last_made("deal")


def test_notes_of_several_commands_do_not_write_over_one_another() -> None:
    desk = MemoryDesk()
    desk.add_lead("Jane")
    with desk.change() as crm:
        for on in (None, "2026-11-20", None):
            one = crm.following("lead.note", on)
            one.save(one.leads.get("L1").note(*one.note("called")))
            crm.joined(one)
    assert sorted(desk.lead("L1").notes) == ["2", "2-2", "2-3"]


def test_a_rehearsal_settles_no_operation_and_the_future_is_refused() -> None:
    desk = MemoryDesk()
    desk.add_lead("Jane")
    with desk.change() as crm:
        one = crm.following("lead.tag")
        one.save(one.leads.get("L1").tag(["vip"]))
        crm.joined(one, settled=False)
        assert (one.op, list(crm.saved)) == (None, ["L1"])
        with pytest.raises(BadValue, match="future"):
            crm.following("lead.tag", "2026-11-21")
