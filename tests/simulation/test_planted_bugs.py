"""A rig that finds nothing proves nothing: each planted bug is found within 500 seeds, and is all that was found."""

import logging
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.simulation.planted import PLANTED_HISTORIES, PLANTED_RULES, PLANTED_UNITS
from tests.simulation.planted_locks import PLANTED_CALLS, PLANTED_EDGES, PLANTED_PAGES, PLANTED_SLIPS
from tests.simulation.plots import Plot
from tests.simulation.rigs import first_caught, outcome, rig_a

SEEDS = range(500)
PLAN = Path(__file__).parents[2] / "docs" / "architecture.md"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_UNITS))
def test_a_bug_planted_in_the_store_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, partial(rig_a, plant=PLANTED_UNITS[bug]))

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_HISTORIES))
def test_a_bug_planted_in_what_history_tells_is_found(bug: str) -> None:
    caught = first_caught(SEEDS, rig_a, told=PLANTED_HISTORIES[bug])

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bug", sorted(PLANTED_RULES))
def test_a_bug_planted_in_a_rule_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, instead = PLANTED_RULES[bug]
    with monkeypatch.context() as planted:
        planted.setattr(where, instead)
        caught = first_caught(SEEDS, rig_a)

    assert caught is not None, f"{bug}: not found in {len(SEEDS)} seeds"
    assert outcome(rig_a(Plot(caught))) == []


def test_the_plan_of_the_house_names_every_planted_bug_with_its_rigs() -> None:
    on_a = {*PLANTED_UNITS, *PLANTED_HISTORIES, *PLANTED_RULES}
    on_c = {*PLANTED_SLIPS, *PLANTED_CALLS, *PLANTED_EDGES, *PLANTED_PAGES}

    told = dict(re.findall(r"^\| ([^|]+) \| ([AC](?:, [AC])*) \|$", PLAN.read_text(encoding="utf-8"), re.MULTILINE))

    assert {bug for bug, rigs in told.items() if "A" in rigs} == on_a
    assert {bug for bug, rigs in told.items() if "C" in rigs} == on_c
