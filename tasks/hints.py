"""The publisher thread: tells the workers that a lane has work, and never makes a caller wait.

A hint is a level, not a message per commit. `wake` sets an event and returns; the thread raises the lane's flag in
the database and publishes a chain only when the flag was down (or older than 2 s, which counts as lost). So at most
one chain per lane waits for a worker, however many commits there were. Without the broker the sweeper does the work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from workflows.machine.case import Lane
from workflows.ports import Units

COMPLAINT_SECONDS: Final = 60
"""A broken broker is reported once in this time."""

log = structlog.get_logger(__name__)


class Chains(Protocol):
    """Where chains are handed to; see `tasks.chain.Broker`."""

    def publish(self, lane: Lane) -> None:
        """Hand over one chain; returns when it is confirmed."""

    def drop(self) -> None:
        """Forget the connection."""


class Publisher:
    """One thread, one connection and one level per lane. The thread starts with the first `wake`."""

    def __init__(self, units: Units, chains: Chains, confirmed: Callable[[], None]) -> None:
        """Args: `confirmed` is called after each confirmed chain, so that a deaf worker can be told from no broker."""
        self._units = units
        self._chains = chains
        self._confirmed = confirmed
        self._raised = {lane: threading.Event() for lane in Lane}
        self._any = threading.Event()
        self._stopping = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._silent_until = 0.0

    def wake(self, lane: Lane) -> None:
        """Say that the lane has work. Never blocks, never fails."""
        self._raised[lane].set()
        self._any.set()
        if self._thread is None:
            self._start()

    def stop(self, seconds: float = 5) -> None:
        """Publish what is raised and end the thread; waits at most `seconds`."""
        self._stopping = True
        self._any.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping:
            self._any.wait()
            self._any.clear()
            for lane in Lane:
                if self._raised[lane].is_set():
                    self._raised[lane].clear()
                    self._hint(lane)
        self._chains.drop()

    def _hint(self, lane: Lane) -> None:
        try:
            if self._units.run(lambda unit: unit.raise_hint(lane), lane):
                self._chains.publish(lane)
                self._confirmed()
        except Exception as error:  # noqa: BLE001  # thread edge: a hint may be lost, the thread may not
            self._complain(lane, error)

    def _complain(self, lane: Lane, error: Exception) -> None:
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + COMPLAINT_SECONDS
            log.warning("hint_lost", lane=lane.value, error=repr(error), remedy="the sweeper does the work meanwhile")
