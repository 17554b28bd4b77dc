"""How a process of a test ends itself, with kill -9, exactly at a commit edge.

The test writes one line, "EDGE N", into a file; the first process of that role that makes its N-th commit after that
takes the file away (so that it happens once), leaves its pid, and dies: before the commit, while COMMIT is on its way
(sent, the answer never read), after it, or when a task is done and not yet acknowledged.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from workflows.machine.case import Lane
from workflows.ports import DueEffect, Gateway, Unit, Units

T = TypeVar("T")

BEFORE = "before"
EDGES = (BEFORE, "during", "after")
ACK = "ack"


class Doom:
    """The orders for one role, read from a folder that the test shares with its processes."""

    def __init__(self, folder: Path, role: str) -> None:
        self._order = folder / f"doom.{role}"
        self._victim = folder / f"victim.{role}"
        self._seen = 0
        self._count = 0

    # -- the test's side -----------------------------------------------------------------------------------

    def order(self, edge: str, nth: int) -> None:
        """Let the next process that comes to this edge for the n-th time die there."""
        self._victim.unlink(missing_ok=True)
        draft = self._order.with_suffix(".draft")
        draft.write_text(f"{edge} {nth}")
        draft.rename(self._order)

    def victim(self) -> int | None:
        """The pid that died, once it has."""
        return int(self._victim.read_text()) if self._victim.exists() else None

    # -- the process's side --------------------------------------------------------------------------------

    def strikes(self, *edges: str) -> str | None:
        """The edge at which this process must die now, if it is one of these; counts the call."""
        try:
            edge, nth = self._order.read_text().split()
            given_at = self._order.stat().st_mtime_ns
        except OSError:
            return None
        if edge not in edges:
            return None
        self._count = self._count + 1 if self._seen == given_at else 1
        self._seen = given_at
        return edge if self._count == int(nth) and self._take() else None

    def _take(self) -> bool:
        """True for the one process that takes the order."""
        try:
            self._order.rename(self._order.with_suffix(f".{os.getpid()}"))
        except OSError:
            return False
        draft = self._victim.with_suffix(f".draft{os.getpid()}")
        draft.write_text(str(os.getpid()))
        draft.rename(self._victim)
        return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DoomedUnits:
    """Real units whose process may die at the edges of a commit."""

    def __init__(self, units: Units, doom: Doom) -> None:
        self._units = units
        self._doom = doom
        self.county = units.county

    @property
    def batch(self) -> int:
        return self._units.batch

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        edge = self._doom.strikes(*EDGES)
        result = self._units.run(self._until(edge, work), lane)
        if edge == "after":
            die()
        return result

    def read(self, work: Callable[[Unit], T]) -> T:
        return self._units.read(work)

    def _until(self, edge: str | None, work: Callable[[Unit], T]) -> Callable[[Unit], T]:
        def doomed(unit: Any) -> T:
            result = work(unit)
            if edge == BEFORE:
                die()
            if edge == "during":
                _send_commit(unit)
                die()
            return result

        return doomed


class DoomedGateway:
    """A real gateway whose process may die when the other side has everything and nothing is recorded yet."""

    def __init__(self, gateway: Gateway, doom: Doom) -> None:
        self._gateway = gateway
        self._doom = doom

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        answer = self._gateway.send(effects)
        if self._doom.strikes(BEFORE):
            die()
        return answer


def _send_commit(unit: Any) -> None:
    """Put COMMIT on the wire and read nothing: libpq's asynchronous call, below what SQLAlchemy would do."""
    raw = unit.tx.connection.connection.driver_connection.pgconn
    raw.send_query(b"COMMIT")
    while raw.flush():
        pass
