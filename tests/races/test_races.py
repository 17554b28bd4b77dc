"""A hundred acts at once on real connections: one outcome, and every loser is told who decided and when."""

from __future__ import annotations

import pytest

from tests.races.arena import Arena, arena
from tests.races.doors import HttpDoor
from tests.races.rows import ONE_ITEM, RACES, Race
from tests.races.stores import store_of
from tests.races.table import PAGE, page, rows, written

pytestmark = [pytest.mark.crash, pytest.mark.timeout(7200)]


@pytest.mark.parametrize("race", RACES, ids=lambda one: one.name)
def test_a_hundred_acts_at_once_have_one_outcome(here: Arena, race: Race, rounds: int) -> None:
    result = here.run(race, rounds)

    assert result.rounds == rounds
    assert set(result.ends) <= race.ends


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_hundred_requests_at_once_have_one_outcome(store: str, rounds: int) -> None:
    door = HttpDoor()

    with store_of(store) as make_store, arena(make_store, door) as here, door.open(here.office):
        result = here.run(ONE_ITEM, rounds)

    assert result.rounds == rounds
    assert set(result.ends) <= ONE_ITEM.ends


def test_the_page_has_the_rows_of_the_suite() -> None:
    assert written() == rows()


def test_a_row_that_was_not_run_again_keeps_its_line() -> None:
    race, where = rows()[0]
    fresh = f"| {race} | {where} | 3 | 300 |  |  |  |\n"

    lines = page([fresh]).splitlines(keepends=True)

    assert fresh in lines
    kept = PAGE.read_text(encoding="utf-8").splitlines(keepends=True)
    assert [one for one in lines if one != fresh] == [
        one for one in kept if not one.startswith(f"| {race} | {where} |")
    ]
