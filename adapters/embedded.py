"""The one-process mode: a runner that is woken at each commit, and a sweeper for what nobody hinted.

Interactive work goes first: after each batch of an import the runner looks whether a person waits.
"""

from __future__ import annotations

import threading
import time
from typing import Final

import structlog

from workflows.machine.case import Lane
from workflows.moves.running import run_lane
from workflows.moves.sweeping import sweep
from workflows.ports import Conflict, Engine

SWEEP_SECONDS: Final = 1.0
BACK_OFF_SECONDS: Final = 0.5
COMPLAINT_SECONDS: Final = 60.0

log = structlog.get_logger()


class Levels:
    """Which lanes have work: levels, raised by whoever commits, taken by the runner."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._raised: set[Lane] = set()

    def wake(self, lane: Lane) -> None:
        """Say that the lane has work; never blocks for long, never fails."""
        with self._changed:
            self._raised.add(lane)
            self._changed.notify_all()

    def lower(self, lane: Lane) -> bool:
        """Take the level down before its work is looked at; True if it was up."""
        with self._changed:
            was_up = lane in self._raised
            self._raised.discard(lane)
            return was_up

    def wait(self, seconds: float) -> None:
        """Until some lane has work, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._raised), timeout=seconds)


class Runner:
    """The moves and the sweep in two threads of this process, between `start` and `stop`."""

    def __init__(self, engine: Engine, levels: Levels) -> None:
        self._engine = engine
        self._levels = levels
        self._stopping = threading.Event()
        self._silent_until = 0.0
        self._threads = [
            threading.Thread(target=self._run, name="runner", daemon=True),
            threading.Thread(target=self._sweep, name="sweeper", daemon=True),
        ]

    def start(self) -> None:
        for lane in Lane:
            self._levels.wake(lane)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the transactions that are under way; what is left waits in the database."""
        self._stopping.set()
        self._levels.wake(Lane.INTERACTIVE)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._levels.wait(SWEEP_SECONDS)
            for lane in (Lane.INTERACTIVE, Lane.BULK):
                if self._levels.lower(lane):
                    self._run_once(lane)

    def _run_once(self, lane: Lane) -> None:
        try:
            moved = run_lane(self._engine, lane)
        except Conflict:
            moved = 1
        except Exception as error:  # noqa: BLE001  # the edge of a thread that must outlive any one failure
            self._complain("moves_failed", error)
            moved = 0
            self._stopping.wait(BACK_OFF_SECONDS)
        if moved:
            self._levels.wake(lane)

    def _sweep(self) -> None:
        while not self._stopping.is_set():
            found = self._sweep_once()
            if not found:
                self._stopping.wait(SWEEP_SECONDS)

    def _sweep_once(self) -> int:
        try:
            return sweep(self._engine)
        except Exception as error:  # noqa: BLE001  # the edge of a thread that must outlive any one failure
            self._complain("sweep_failed", error)
            return 0

    def _complain(self, event: str, error: Exception) -> None:
        """A database that is away is reported once a minute, not at every try."""
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + COMPLAINT_SECONDS
            log.error(event, exc_info=error)
