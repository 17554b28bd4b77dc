"""Several threads, of which one goes at a time: before each statement they stand still, and chance says who goes next.

Whoever waits for a lock of the database is found by asking the database, never by waiting a while; then another one
goes on. A thread runs nothing of its own while another one goes, so the same chance gives the same interleaving.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE_SECONDS: Final = 60.0
"""A statement that neither comes back nor waits for a lock within this time is a fault of the rig or of the server."""

QUICK_SECONDS: Final = 0.003
"""A statement that takes longer may wait for a lock: then, and again after each such time, the database is asked."""

Waits = Callable[[Collection[int]], Mapping[int, Sequence[int]]]
"""Of these backends (by process id), those that wait for a lock, each with the backends it waits for."""


class Stage(StrEnum):
    """What a worker is at."""

    STANDS = "stands before a statement until it is its turn"
    GOES = "runs, alone"
    ASKS = "its statement is with the database"
    WAITS = "its statement waits for a lock that another one holds"
    DONE = "has nothing left to do"


class Over(BaseException):
    """The schedule was given up: everybody goes home."""


class Stuck(Exception):  # noqa: N818  # what a schedule came to
    """Nobody came back from the database and nobody waits for a lock."""


@dataclass(eq=False)
class Worker:
    """A thread of its own, and where it stands."""

    name: str
    work: Callable[[], None]
    stage: Stage = Stage.STANDS
    at: str = "the start"
    backend: int = 0
    statements: int = 0
    may_go: threading.Event = field(default_factory=threading.Event)


class Turns:
    """Who goes next.

    Args:
        random: decides it.
        waits: tells who waits for a lock.
        stays: how likely it is that whoever went last goes on.
    """

    def __init__(self, random: Random, waits: Waits, stays: float) -> None:
        self.trace: list[tuple[str, str]] = []
        """Who did what, in order: equal for equal seeds."""
        self.waited: list[tuple[str, str]] = []
        """Who waited for a lock, and where."""
        self.deadlocks: list[str] = []
        self._random = random
        self._waits = waits
        self._stays = stays
        self._workers: list[Worker] = []
        self._last: Worker | None = None
        self._here = threading.local()
        self._moved = threading.Condition()
        self._over = False
        self._stuck = ""

    def run(self, works: Mapping[str, Callable[[], None]]) -> None:
        """Let these work side by side until all are done.

        Raises:
            Stuck: somebody neither came back nor waits for a lock.
        """
        self._workers = [Worker(name, work) for name, work in works.items()]
        threads = [threading.Thread(target=self._live, args=(one,), name=one.name) for one in self._workers]
        for thread in threads:
            thread.start()
        try:
            self._pass_on()
            while not (self._are_all_done() or self._over):
                self._look_for_who_waits()
        except Over:
            """Said below."""
        finally:
            self._send_home()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
        if self._stuck:
            raise Stuck(self._stuck)

    # -- whose turn it is: said by whoever stops, so that going on costs no change of threads ----------------

    def _pass_on(self) -> None:
        """Say who goes next, once everybody who waited and need not any more has come back."""
        self._until_only_those_wait_who_must()
        ready = self._at(Stage.STANDS)
        if not ready:
            return
        stays = self._last in ready and self._random.random() < self._stays
        chosen = self._last if stays and self._last is not None else self._random.choice(ready)
        self._last = chosen
        self.trace.append((chosen.name, chosen.at))
        chosen.stage = Stage.GOES
        chosen.may_go.set()

    def _until_only_those_wait_who_must(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while waiting := self._at(Stage.WAITS):
            waits = self._waits([one.backend for one in waiting])
            is_free = any(one.backend not in waits for one in waiting)
            # Out of a circle only the database gets somebody, who is the one that waits longest: nobody goes meanwhile.
            if not is_free and self._at(Stage.STANDS) and not self._circle(waits):
                return
            if time.monotonic() > deadline or self._over:
                self._stuck = ", ".join(f"{one.name} {one.stage} ({one.at})" for one in self._workers)
                self._send_home()
                raise Over
            with self._moved:
                self._moved.wait(QUICK_SECONDS)

    def _look_for_who_waits(self) -> None:
        """Whose statement is not back in a while may wait for a lock: then it is somebody else's turn."""
        with self._moved:
            asking = [(one, one.statements) for one in self._at(Stage.ASKS)]
            self._moved.wait(QUICK_SECONDS)
        for one, statements in asking:
            waits = self._waits([other.backend for other in self._at(Stage.ASKS, Stage.WAITS)])
            with self._moved:
                if (one.stage, one.statements) != (Stage.ASKS, statements) or one.backend not in waits:
                    continue
                one.stage = Stage.WAITS
            self._note_waiting(one, waits)
            self._pass_on()

    def _note_waiting(self, one: Worker, waits: Mapping[int, Sequence[int]]) -> None:
        self.waited.append((one.name, one.at))
        self.trace.append((one.name, f"waits: {one.at}"))
        if circle := self._circle(waits):
            self.deadlocks.append("; ".join(f"{one.name} at {one.at}" for one in circle))

    def _circle(self, waits: Mapping[int, Sequence[int]]) -> list[Worker]:
        """Those that wait for each other, if any do."""
        return [one for one in self._workers if one.stage is Stage.WAITS and one.backend in _behind(one.backend, waits)]

    def _at(self, *stages: Stage) -> list[Worker]:
        return [one for one in self._workers if one.stage in stages]

    def _are_all_done(self) -> bool:
        return len(self._at(Stage.DONE)) == len(self._workers)

    def _send_home(self) -> None:
        self._over = True
        for one in self._workers:
            one.may_go.set()

    # -- the workers ---------------------------------------------------------------------------------------

    def _live(self, worker: Worker) -> None:
        self._here.worker = worker
        try:
            self._wait_for_the_turn(worker)
            worker.work()
            worker.stage = Stage.DONE
            self._pass_on()
        except Over:
            worker.stage = Stage.DONE
        finally:
            if worker.stage is not Stage.DONE:
                self._stuck = f"{worker.name} broke at {worker.at}"
                self._send_home()
            self._tell()

    def ask(self, backend: int, what: str, statement: Callable[[], T]) -> T:
        """Run a statement of a worker on this backend when it is its turn; of anybody else at once."""
        worker: Worker | None = getattr(self._here, "worker", None)
        if worker is None or self._over:
            return statement()
        worker.may_go.clear()
        worker.at, worker.stage = what, Stage.STANDS
        self._pass_on()
        self._wait_for_the_turn(worker)
        worker.backend = backend
        worker.statements += 1
        worker.stage = Stage.ASKS
        try:
            return statement()
        finally:
            self._come_back(worker)

    def whose(self) -> str:
        """The worker whose thread this is; "" for others, and when the schedule is over."""
        worker: Worker | None = getattr(self._here, "worker", None)
        return "" if worker is None or self._over else worker.name

    def _wait_for_the_turn(self, worker: Worker) -> None:
        if not self._over:
            worker.may_go.wait()
        if self._over:
            raise Over

    def _come_back(self, worker: Worker) -> None:
        """Whoever waited for a lock stands until it is its turn again: meanwhile somebody else goes."""
        with self._moved:
            waited = worker.stage is Stage.WAITS
            worker.may_go.clear()
            worker.at = f"went on: {worker.at}" if waited else worker.at
            worker.stage = Stage.STANDS if waited else Stage.GOES
            self._moved.notify_all()
        if waited and not self._over:
            self._wait_for_the_turn(worker)

    def _tell(self) -> None:
        with self._moved:
            self._moved.notify_all()


def _behind(backend: int, waits: Mapping[int, Sequence[int]]) -> set[int]:
    """Everybody for whom this backend waits, at first or second hand."""
    reached, new = set[int](), set(waits.get(backend, ()))
    while new:
        reached |= new
        new = {other for one in new for other in waits.get(one, ())} - reached
    return reached
