"""Commands that are killed at any moment, alone and among others: what was answered is there, what was not is whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from crm_cli.store.tiny import TinyStore
from tests.store.samples import contents, must_be_made_from_the_log, must_be_sound, new_lead, save
from tests.store.seller import Life, Rows

KILLS = 10  # in one store; then another is begun
WRITERS = 8
AT_ONCE = 6  # kills among so many writers


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On a real disk, which takes its time."""
    return tmp_path_factory.mktemp("killed")


def new_store(folder: Path) -> TinyStore:
    """A store with one lead that nobody touches."""
    store = TinyStore(folder, lock_wait=60)
    save(store, new_lead(1))
    return store


def leads(store: TinyStore) -> Rows:
    """What a new reader sees, without that first lead; fails where one is there twice."""
    found = [doc for doc in contents(store).values() if "potential" in doc]
    rows = {doc["name"]: (int(doc["potential"]), doc["status"] != "deleted") for doc in found}
    assert len(rows) == len(found), "a lead is there twice"
    return rows


@pytest.mark.parametrize("late", [False, True], ids=["crm.json renewed at once", "renewed late"])
def test_nothing_that_was_answered_is_lost_by_a_kill_and_nothing_is_there_by_half(
    tmp_path: Path, late: bool, torture: int, record_property: Callable[[str, object], None]
) -> None:
    dice, answered, seen = Random(3 + late), 0, 0
    for number in range(torture):
        store, rows = new_store(tmp_path / f"store{number}"), Rows()
        for turn in range(KILLS):
            life = Life(store.files.folder, f"s{number}.{turn}", rows, late=late)
            life.answered(dice.randint(2, 7))
            time.sleep(dice.uniform(0, 0.03))
            life.kill()
            rows = leads(store)
            seen += life.left(rows)
            answered += life.answers
            must_be_sound(store)
        must_be_made_from_the_log(store)
    kills = KILLS * torture
    assert answered >= 3 * kills
    record_property("figures", f"{kills} kills, {answered} commands answered, 0 lost; {seen} done and not answered")


def die_among(store: TinyStore, kills: int, dice: Random) -> tuple[list[Life], float]:
    """So many writers in turn killed among eight, then all; the longest that another had to wait after a kill."""
    crew = [Life(store.files.folder, f"w{number}", {}) for number in range(WRITERS)]
    dead: list[Life] = []
    longest = 0.0
    for number in range(WRITERS, WRITERS + kills):
        for life in crew:
            life.answered(dice.randint(0, 1))
        dead.append(crew.pop(dice.randrange(WRITERS)))
        begun = time.monotonic()
        dead[-1].kill()
        crew[-1].answered(1)
        longest = max(longest, time.monotonic() - begun)
        found = leads(store)
        dead[-1].left(found)
        assert all(life.rows.keys() <= found.keys() for life in crew)
        crew.append(Life(store.files.folder, f"w{number}", {}))
    for life in crew:
        life.kill()
    return dead + crew, longest


def test_nor_is_it_lost_among_eight_who_write_at_once(
    tmp_path: Path, torture: int, record_property: Callable[[str, object], None]
) -> None:
    dice, dead, seen, longest = Random(5), list[Life](), 0, 0.0
    for number in range(0, torture, 10):
        store = new_store(tmp_path / f"store{number}")
        lives, waited = die_among(store, AT_ONCE * min(10, torture - number), dice)
        seen += sum(life.left(leads(store)) for life in lives)
        must_be_made_from_the_log(store)
        dead, longest = dead + lives, max(longest, waited)
    assert torture == 1 or longest < 10
    answered = sum(life.answers for life in dead)
    record_property(
        "figures",
        f"{len(dead)} kills among {WRITERS} writers, {answered} commands answered, 0 lost; {seen} done and not"
        f" answered; another was answered after at most {longest:.2f} s",
    )
