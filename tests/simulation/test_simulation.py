"""The share of the simulation that runs with every change."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.plots import Plot
from tests.simulation.rigs import RIGS, run_seeds
from tests.simulation.shrinking import REGRESSIONS, fails_on, keep, kept, shrink
from tests.simulation.world import World

SEEDS_OF_A = 1000
PART_OF_A = 500
SEEDS_OF_B = SEEDS_OF_A // 10
PART_OF_B = 50

KEPT = sorted(REGRESSIONS.glob("*.json"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What fails on purpose is in the report; nobody else need say so as well."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SEEDS_OF_A, PART_OF_A))
def test_rig_a_finds_nothing_and_has_seen_everything(first: int) -> None:
    report = run_seeds("A", range(first, first + PART_OF_A))

    assert report.failures == {}
    assert report.unseen("A") == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SEEDS_OF_B, PART_OF_B))
def test_rig_b_finds_nothing_though_commits_are_unknown(first: int) -> None:
    report = run_seeds("B", range(first, first + PART_OF_B))

    assert report.failures == {}
    assert report.unseen("B") == []


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_what_once_broke_holds(path: Path) -> None:
    rig, plot = kept(path)

    assert fails_on(rig)(plot) == []


def test_the_same_seed_lives_through_the_same() -> None:
    first, again = RIGS["A"](Plot(7)), RIGS["A"](Plot(7))

    first.run()
    again.run()

    assert story(first) == story(again)


def story(world: World) -> list[object]:
    return [dict(world.seen), world.sink.seen, world.client.answers, world.clock()]


def test_a_failing_seed_shrinks_to_what_it_takes_and_is_kept_with_its_definitions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.simulation.shrinking.REGRESSIONS", tmp_path)

    smallest = shrink(Plot(3), breaks_at_steps_5_and_9)
    rig, again = kept(keep("A", smallest, breaks_at_steps_5_and_9(smallest)))

    assert (smallest.steps(), rig, again.steps()) == ([5, 9], "A", [5, 9])
    assert [one.name for one in again.workflows or ()] == [one.name for one in RIGS["A"](Plot(3)).workflows]


def breaks_at_steps_5_and_9(plot: Plot) -> list[str]:
    return ["broken"] if {5, 9} <= set(plot.steps()) else []
