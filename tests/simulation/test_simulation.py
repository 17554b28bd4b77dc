"""The share of the simulation that runs with every change."""

import pytest

from tests.simulation.faults import RARE
from tests.simulation.rigs import RIGS, run_seeds
from tests.simulation.world import World

SEEDS_OF_A = 500
SEEDS_OF_B = 25


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_rig_a_finds_nothing_and_has_seen_everything() -> None:
    report = run_seeds("A", range(SEEDS_OF_A))

    assert report.failures == []
    assert [name for name in RARE if not report.seen[name]] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_rig_b_finds_nothing() -> None:
    report = run_seeds("B", range(SEEDS_OF_B))

    assert report.failures == []
    assert [name for name in ("crash", "unknown_stored", "timer fired") if not report.seen[name]] == []


def test_the_same_seed_lives_through_the_same() -> None:
    first, again = RIGS["A"](7), RIGS["A"](7)

    first.run()
    again.run()

    assert story(first) == story(again)


def story(world: World) -> list[object]:
    return [dict(world.seen), world.sink.seen, world.client.answers, world.clock()]
