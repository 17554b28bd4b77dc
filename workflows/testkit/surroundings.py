"""What an office of the test kit stands in: a clock, a secret that everybody knows, an outside, a store."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.audit import canonical
from workflows.machine.case import Effect
from workflows.memory import MemoryReads, MemoryUnits
from workflows.ports import DueEffect, Units, Vault
from workflows.reads import Reads


class Clock:
    """A clock that only its owner turns, and only forward."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """The time it shows."""
        return self._at

    def turn_to(self, at: datetime) -> None:
        """Show a later time; raises ValueError for an earlier one."""
        if at < self._at:
            raise ValueError(
                f"the clock stands at {self._at.isoformat()}: it cannot be turned back to {at.isoformat()}"
            )
        self._at = at


class KnownSecret:
    """A vault whose secret everybody may know: for tests and samples only."""

    def fingerprint(self, *values: str) -> str:
        """A blind index of these values."""
        return self._keyed("fingerprint", values)

    def salt(self, *parts: str | int) -> str:
        """A salt derived from these parts."""
        return self._keyed("salt", parts)

    def mac(self, *parts: str | int) -> str:
        """A keyed digest of what the house says."""
        return self._keyed("said", parts)

    def _keyed(self, purpose: str, parts: Sequence[str | int]) -> str:
        return hmac.new(purpose.encode(), canonical(list(parts)), sha256).hexdigest()


class Outside:
    """The other side of every gateway: takes what it is sent, once per key, and puts notices into inboxes."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self.taken: dict[str, Effect] = {}

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Take all of them."""
        notices = [due.effect for due in effects if due.effect.gateway == "notice"]
        if notices:
            self._units.run(lambda unit: unit.add_notices(notices))
        for due in effects:
            self.taken.setdefault(due.effect.key, due.effect)
        return dict.fromkeys((due.effect.key for due in effects), None)


@dataclass(frozen=True)
class Store:
    """A store and its queries; `next_due` tells when something falls due after now, where it can say so."""

    units: Units
    reads: Reads
    next_due: Callable[[], datetime | None] | None = None


def memory_store(county: str, now: Callable[[], datetime], vault: Vault) -> Store:
    """An empty store in memory."""
    units = MemoryUnits(county, now, vault)
    reads = MemoryReads(units)
    return Store(units, reads, reads.next_due)
