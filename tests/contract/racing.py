"""Races that are forced: a unit that stands still at a point, and proof that another one waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import text

from adapters.sql.units import SqlUnit, SqlUnits
from workflows.ports import Unit, Units

T = TypeVar("T")
PATIENCE_SECONDS = 10.0
MOMENT = 0.3
"""Seconds that a unit stays open for another one to meet it: enough to arrive, or to be waiting at a lock."""


class Standing:
    """A unit in a thread of its own that did its work and stands before its commit until it is let go."""

    def __init__(self, done: Future[Any], release: threading.Event) -> None:
        self._done = done
        self._release = release

    def commit(self) -> Any:
        self._release.set()
        return self._done.result(PATIENCE_SECONDS)


class Undone(Exception):  # noqa: N818  # what makes a standing unit roll back
    """Roll back instead of committing."""


@contextmanager
def standing(units: SqlUnits, work: Callable[[SqlUnit], T], *, fails: bool = False) -> Iterator[Standing]:
    """Run `work` in a unit that then stands still; with `fails` it rolls back when it is let go."""
    reached, release = threading.Event(), threading.Event()

    def stand(unit: SqlUnit) -> T:
        result = work(unit)
        reached.set()
        release.wait(PATIENCE_SECONDS)
        if fails:
            raise Undone
        return result

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(units.run, stand)
        assert reached.wait(PATIENCE_SECONDS), done.exception(0)
        yield Standing(done, release)
        release.set()


@contextmanager
def meanwhile(units: SqlUnits, work: Callable[[SqlUnit], T]) -> Iterator[Future[T]]:
    """Start `work` in another unit and give its result to come."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(units.run, work)


def wait_until_blocked(units: SqlUnits) -> None:
    """Return when some connection of this database waits for a lock that another one holds."""
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if units.read(lambda unit: unit.tx.connection.execute(blocked).scalar_one()):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def both(units: Units, first: Callable[[Unit, Callable[[], object]], T], second: Callable[[Unit], T]) -> list[T]:
    """Run two units at once: `second` comes while `first` is open, at the place where `first` waits for it."""
    results: dict[int, T] = {}
    came, met = threading.Event(), threading.Event()

    def meeting(unit: Unit) -> T:
        result = second(unit)
        met.set()
        return result

    def other() -> None:
        came.wait(10)
        results[1] = units.run(meeting)

    thread = threading.Thread(target=other)
    thread.start()

    def meet() -> None:
        came.set()
        met.wait(MOMENT)

    results[0] = units.run(lambda unit: first(unit, meet))
    thread.join(10)
    return [results[0], results[1]]
