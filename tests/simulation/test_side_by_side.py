"""Rig C: the share of every change, the same seed again, and the bugs that only several connections show."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.services import POSTGRES, required
from tests.simulation.planted_locks import PLANTED_CALLS, PLANTED_EDGES, PLANTED_PAGES, PLANTED_SLIPS
from tests.simulation.plots import Plot
from tests.simulation.rigs import Rig, first_caught, outcome, rig_c, run_seeds

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[2]
SHARE = 60
"""Seeds of every change; `make simulate RIG=C` runs more."""
SEEDS = 200
"""Within so many a planted bug is found."""
REPLAYED = (3, 4)


@pytest.fixture(autouse=True)
def server() -> Iterator[None]:
    """A server, and silence: what fails on purpose is in the report."""
    required(POSTGRES)
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
def test_rig_c_finds_nothing_and_has_seen_everything() -> None:
    report = run_seeds("C", range(SHARE))

    assert report.failures == {}
    assert report.unseen("C") == []


@pytest.mark.parametrize("seed", REPLAYED)
def test_the_same_seed_takes_the_same_turns(seed: int) -> None:
    first, again = rig_c(Plot(seed)), None
    broken = outcome(first)
    again = rig_c(Plot(seed))
    broken += outcome(again)

    assert broken == []
    assert first.turns.trace == again.turns.trace
    assert len({worker for worker, _ in first.turns.trace}) > 1


def test_another_process_that_walks_its_sets_otherwise_takes_the_same_turns() -> None:
    world = rig_c(Plot(REPLAYED[0]))
    broken = outcome(world)
    asked = [sys.executable, "-m", "tests.simulation", "--rig", "C", "--trace", "--seeds", "1"]

    told = subprocess.run(
        [*asked, "--start", str(REPLAYED[0])],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    ).stdout.splitlines()

    assert broken == []
    assert told[1:] == [f"{worker}: {what}" for worker, what in world.turns.trace]


def is_found(rig: Rig) -> None:
    """A bug is found within the share of every change, and is all that the seed found."""
    caught = first_caught(range(SEEDS), rig)

    assert caught is not None, f"not found in {SEEDS} seeds"


@pytest.mark.campaign
@pytest.mark.parametrize("bug", sorted(PLANTED_SLIPS))
def test_a_slip_in_a_statement_is_found(bug: str) -> None:
    is_found(partial(rig_c, slip=PLANTED_SLIPS[bug]))


@pytest.mark.campaign
@pytest.mark.parametrize("bug", sorted(PLANTED_CALLS))
def test_a_lock_that_somebody_forgot_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED_CALLS[bug])

    is_found(rig_c)


@pytest.mark.campaign
@pytest.mark.parametrize("bug", sorted(PLANTED_EDGES))
def test_a_bug_that_a_broken_connection_shows_is_found(bug: str) -> None:
    is_found(partial(rig_c, plant=PLANTED_EDGES[bug]))


@pytest.mark.slow
@pytest.mark.parametrize("bug", sorted(PLANTED_PAGES))
def test_whoever_follows_by_the_wrong_number_is_found(bug: str) -> None:
    is_found(partial(rig_c, pages=PLANTED_PAGES[bug]))
