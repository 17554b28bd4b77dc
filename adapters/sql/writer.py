"""SQLite's one writer: a thread that takes jobs in order, what people wait for before what runs in bulk.

In a trial a click against a back-to-back writer waited 30 s; here it waits for one slice of bulk work at most.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as WaitedTooLong
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workflows.machine.case import Lane
from workflows.ports import StoreUnavailable

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.002
"""The writer's rest after a slice of bulk work: readers and doors get the processor, clicks get their turn."""
SLICE_SECONDS = 0.005
"""What took less was only a look whether there is something to do, and needs no rest."""

_RANK = {Lane.INTERACTIVE: 0, Lane.BULK: 1}
_LAST = 2


@dataclass(order=True)
class _Job:
    rank: int
    turn: int
    work: Callable[[], Any] | None = field(compare=False)
    done: Future[Any] = field(compare=False)


class Writer:
    """Runs jobs one after another in a thread of its own."""

    def __init__(self) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._turns = itertools.count()
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T], lane: Lane) -> T:
        """Wait for the job's turn and its result.

        Raises:
            RuntimeError: when called from a job, which would wait for itself.
            StoreUnavailable: when the job's turn did not come within 30 s; it was not run and will not be.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a unit was started inside the work of another one: start it after that one's commit")
        job = _Job(_RANK[lane], next(self._turns), work, Future())
        self._jobs.put(job)
        try:
            answer: T = job.done.result(PATIENCE_SECONDS)
        except WaitedTooLong:
            if job.done.cancel():
                raise StoreUnavailable("the database was busy for 30 s: try again") from None
            answer = job.done.result()
        except CancelledError:
            raise StoreUnavailable("the database is being closed") from None
        return answer

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Finish the job at hand and stop; jobs that wait are refused."""
        self._jobs.put(_Job(-1, next(self._turns), None, Future()))
        self._thread.join()
        while not self._jobs.empty():
            self._jobs.get_nowait().done.cancel()

    def _serve(self) -> None:
        while (job := self._jobs.get()).work is not None:
            if not job.done.set_running_or_notify_cancel():
                continue
            began = time.monotonic()
            try:
                job.done.set_result(job.work())
            except BaseException as error:  # noqa: BLE001  # the caller's thread raises it again
                job.done.set_exception(error)
            if job.rank == _RANK[Lane.BULK] and time.monotonic() - began > SLICE_SECONDS:
                time.sleep(PAUSE_SECONDS)
