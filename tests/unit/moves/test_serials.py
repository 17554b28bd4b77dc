"""Serials under any interleaving of those who ask, those who give, and those who die while they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.machine.case import Lane
from workflows.machine.decision import SerialAsked
from workflows.memory import MemoryReads, MemoryUnits
from workflows.moves.serials import give_serials
from workflows.policy import operator_viewer
from workflows.ports import Changes, Unit, Units
from workflows.testkit import Office

T = TypeVar("T")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "give", "die", "race"]), st.sampled_from(["plaque", "letter"]), st.integers(2026, 2027)
    ),
    max_size=30,
)


class Dies(BaseException):
    """The process died."""


class Interrupted:
    """Units that do something else when their work is done but for the commit."""

    def __init__(self, units: Units, meanwhile: Callable[[], object]) -> None:
        self.county, self.batch, self._units, self._meanwhile = units.county, units.batch, units, meanwhile

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        def interrupted(unit: Unit) -> T:
            result = work(unit)
            self._meanwhile()
            return result

        return self._units.run(interrupted, lane)

    def read(self, work: Callable[[Unit], T]) -> T:
        return self._units.read(work)


class House:
    """A store, and what may happen to it."""

    def __init__(self) -> None:
        office = Office([])
        assert isinstance(office.store.units, MemoryUnits)
        self.units, self.engine = office.store.units, office.engine
        self.asked: list[SerialAsked] = []
        self._names = count(1)

    def ask(self, series: str, year: int) -> None:
        wanted = SerialAsked(f"a{next(self._names)}", "c1", "steps/number_it", series, year, 3)
        self.units.run(lambda unit: unit.write(Changes(serials=[wanted])))
        self.asked.append(wanted)

    def give(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        give_serials(replace(self.engine, units=Interrupted(self.units, meanwhile)), Lane.INTERACTIVE)

    def die(self) -> None:
        with pytest.raises(Dies):
            self.give(_die)

    def step(self, what: str, series: str, year: int) -> None:
        match what:
            case "ask":
                self.ask(series, year)
            case "give":
                self.give()
            case "die":
                self.die()
            case _:
                self.give(lambda: self.race(series, year))

    def race(self, series: str, year: int) -> None:
        """Somebody asks and somebody else gives while another one has not committed yet."""
        self.ask(series, year)
        self.give()


def _die() -> None:
    raise Dies


@given(steps=STEPS)
def test_numbers_are_gap_free_and_in_the_order_of_asking(steps: list[tuple[str, str, int]]) -> None:
    house = House()

    for step in steps:
        house.step(*step)
    house.give()

    found = MemoryReads(house.units).serials(operator_viewer(house.units.county), None, 999)
    numbers = {one.asked: (one.series, one.year, one.number) for one in found}
    counted: dict[tuple[str, int], int] = {}
    expected = {}
    for one in house.asked:
        counted[one.series, one.year] = counted.get((one.series, one.year), 0) + 1
        expected[one.id] = (one.series, one.year, counted[one.series, one.year])
    assert numbers == expected
