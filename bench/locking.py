"""How long a bulk save holds the locks of its cases: whoever decides in one of them waits so long, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from adapters.settings import Settings
from bench.events import applications
from bench.house import DEPARTMENT, doors, wait_for, written
from bench.places import Place, postgresql_alone
from bench.reporting import report_latency
from bench.watching import watch
from worker import engine_on, store
from workflows.machine.case import Case, Lane
from workflows.moves.running import run_lane
from workflows.ports import Unit, Units

T = TypeVar("T")

ROWS = 20_000


def measure(rows: int = ROWS) -> None:
    """One import on PostgreSQL, taken in by `liaison web` and worked off by a worker that is timed."""
    with postgresql_alone() as place:
        held = _worked_off(place, rows)
    how = f"an import of {rows} rows, one worker: from the call of save_heads, which locks the heads, to after COMMIT"
    report_latency("bulk_save_holds_locks", held, place.name, how, rows=rows)


class Timed:
    """A unit that notes when its cases are locked; everything else is the unit's own."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.locked_at: float | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def save_heads(self, heads: Sequence[tuple[int, Case]]) -> set[str]:
        self.locked_at = time.monotonic()
        return self._unit.save_heads(heads)


class TimedUnits:
    """Units that note how long each bulk save held its locks, in seconds."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self.held: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._units, name)

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        timed: list[Timed] = []

        def watched(unit: Unit) -> T:
            timed.append(Timed(unit))
            return work(cast("Unit", timed[-1]))

        result = self._units.run(watched, lane)
        if lane is Lane.BULK and timed[-1].locked_at is not None:
            self.held.append(time.monotonic() - timed[-1].locked_at)
        return result


def _worked_off(place: Place, rows: int) -> list[float]:
    settings = Settings(data_dir=place.folder, database_url=place.database_url)
    with doors(place) as running, store(settings) as units, watch(place) as seen:
        timed = TimedUnits(units)
        engine = replace(engine_on(settings, units, _nobody), units=cast("Units", timed))
        file = written(applications("import", rows), place.folder / "import.jsonl")
        command = running.start("submit", str(file), "--as", f"department:{DEPARTMENT}", "--json")
        wait_for("the first row", seen.waiting, 60, 0.01)
        while command.poll() is None or seen.waiting():
            run_lane(engine, Lane.BULK)
    return timed.held


def _nobody(lane: Lane) -> None:
    """The moves are made in a loop."""
