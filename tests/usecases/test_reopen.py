"""A lead taken up again: where it was, and what is said where that takes no leads any more."""

from __future__ import annotations

import pytest

from crm_cli.usecases.reopen import reopened
from tests.desk import MemoryDesk


@pytest.mark.parametrize(
    ("retired", "said"),
    [
        ((), []),
        (("Call",), ["L1 is at Call of C1 again, which is retired; see crm lead advance L1"]),
        (("Call", "Demo"), ["L1 is at Call of C1 again, which is retired; see crm campaign show C1"]),
    ],
)
def test_a_lead_that_is_back_at_a_retired_activity_is_spoken_of(retired: tuple[str, ...], said: list[str]) -> None:
    desk = MemoryDesk()
    spring = desk.add_campaign("Spring", "Call", "Demo")
    lead = desk.add_lead("Jane", campaign="C1", activity="C1.1", status="disqualified")
    with desk.change() as crm:
        for name in retired:
            spring = spring.retire_activity(spring.find_activity(name))
        crm.save(spring)

    with desk.change() as crm:
        assert reopened(crm, lead, None).activity == "C1.1"
        assert crm.warnings == said
