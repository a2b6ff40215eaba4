"""Where the tests of the store keep their stores: in memory where there is such a place, since they make thousands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.store.powercut import Judge

MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True)
def states(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """How many different states of a disk after a power cut a test has judged, for the figures of a hard run."""
    before = Judge.opened
    yield
    if Judge.opened > before:
        record_property("power-cut states", Judge.opened - before)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder for one test, in memory if possible; what is to be tried on a real disk asks tmp_path_factory."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(dir=where, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
