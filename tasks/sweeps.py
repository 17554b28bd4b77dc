"""The sweeper: does whatever is due and nobody hinted. Any number may run; with no broker they drain everything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from workflows.machine.case import Lane
from workflows.moves.sweeping import sweep
from workflows.ports import Engine

POLL_SECONDS: Final = 1
CANARY_SECONDS: Final = 10
"""How often each lane is hinted without need, so that a deaf worker is noticed before somebody waits for it."""
COMPLAINT_SECONDS: Final = 60

log = structlog.get_logger(__name__)


def sweep_until(stopping: threading.Event, engine: Engine, progressed: Callable[[], None]) -> None:
    """Sweep at least every second, and again at once while there is something to do.

    Args:
        stopping: set it, and the loop ends after the pass it is in.
        progressed: called after each pass that reached the database.
    """
    next_canary = complaint = 0.0
    while not stopping.is_set():
        if time.monotonic() >= next_canary:
            next_canary = time.monotonic() + CANARY_SECONDS
            _wake_all(engine)
        try:
            found = sweep(engine)
            progressed()
        except Exception as error:  # process edge: the database may come back, the loop must still be there
            found = 0
            if time.monotonic() >= complaint:
                complaint = time.monotonic() + COMPLAINT_SECONDS
                log.exception("sweep_failed", error=repr(error))
        if not found:
            stopping.wait(POLL_SECONDS)


def _wake_all(engine: Engine) -> None:
    for lane in Lane:
        engine.wake(lane)
