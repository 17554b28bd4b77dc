"""A rig that finds nothing proves nothing: each planted bug is found within 200 seeds, and is all that was found."""

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.planted import PLANTED_HISTORIES, PLANTED_RULES, PLANTED_UNITS
from tests.simulation.rigs import first_caught, outcome, rig_a
from tests.simulation.world import Plot

SEEDS = range(200)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_UNITS))
def test_a_bug_planted_in_the_store_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, plant=PLANTED_UNITS[bug])

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_HISTORIES))
def test_a_bug_planted_in_what_history_tells_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, told=PLANTED_HISTORIES[bug])

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_RULES))
def test_a_bug_planted_in_a_rule_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, instead = PLANTED_RULES[bug]
    with monkeypatch.context() as planted:
        planted.setattr(where, instead)
        caught = first_caught(SEEDS)

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []
