"""Units whose process dies just before a commit: what is done again afterwards must lose and double nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from workflows.machine.case import Lane
from workflows.ports import Unit, Units

T = TypeVar("T")


class Killed(BaseException):
    """The process died."""


class DyingUnits:
    """Units whose process dies when everything is done but the commit."""

    def __init__(self, units: Units) -> None:
        self.county, self.batch, self._units = units.county, units.batch, units

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        def dying(unit: Unit) -> T:
            work(unit)
            raise Killed

        return self._units.run(dying, lane)

    def read(self, work: Callable[[Unit], T]) -> T:
        return self._units.read(work)
