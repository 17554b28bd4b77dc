"""Where memory units come from: begin, run, commit, and run again on a conflict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from workflows.machine.case import Lane
from workflows.memory.store import Database, Isolation
from workflows.memory.unit import MemoryUnit
from workflows.ports import Conflict, Unit, Vault

T = TypeVar("T")

TRIES = 5
"""How often a unit runs before its conflict is the caller's."""


class MemoryUnits:
    """A store in memory for one county: `workflows.ports.Units`.

    Units may be open at the same time, in threads or one inside the work of another.

    Args:
        county: the county's code.
        now: the clock; read once when a unit begins, gives aware UTC times.
        vault: the office's secret, as the other stores take it: memory itself needs no key.
        isolation: what plain reads see of others.
        batch: how many cases a move takes at once.
    """

    def __init__(
        self,
        county: str,
        now: Callable[[], datetime],
        vault: Vault,
        *,
        isolation: Isolation = Isolation.SNAPSHOT,
        batch: int = 100,
    ) -> None:
        self.county = county
        self.now = now
        self.vault = vault
        self.batch = batch
        self.database = Database()
        self._isolation = isolation

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one transaction and commit, again on Conflict, the last one raised."""
        for _ in range(TRIES - 1):
            try:
                return self._once(work)
            except Conflict:
                continue
        return self._once(work)

    def read(self, work: Callable[[MemoryUnit], T]) -> T:
        """Run `work` in one transaction whose writes are thrown away."""
        transaction = self.database.begin(self.now(), self._isolation)
        try:
            return work(MemoryUnit(self.county, transaction))
        finally:
            self.database.close(transaction)

    def _once(self, work: Callable[[Unit], T]) -> T:
        transaction = self.database.begin(self.now(), self._isolation)
        try:
            result = work(MemoryUnit(self.county, transaction))
            self.database.commit(transaction)
        finally:
            self.database.close(transaction)
        return result
