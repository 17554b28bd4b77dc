"""A rig that finds nothing proves nothing: each planted bug is found within 200 seeds, and is all that was found."""

import pytest

from tests.simulation.planted import PLANTED_HISTORIES, PLANTED_UNITS
from tests.simulation.rigs import first_caught, outcome, rig_a

SEEDS = range(200)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_UNITS))
def test_a_bug_planted_in_the_store_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, plant=PLANTED_UNITS[bug])

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(caught)) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_HISTORIES))
def test_a_bug_planted_in_what_history_tells_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, told=PLANTED_HISTORIES[bug])

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(caught)) == []
