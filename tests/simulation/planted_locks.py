"""Bugs that only show where several connections are at work. Rig C must find each of them, or it proves nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.sql import dialects
from adapters.sql.dialects import Postgres
from adapters.sql.statements import Driver
from tests.simulation.faults import Plant
from tests.simulation.planted import EffectOutside, TwinIds
from tests.simulation.side_by_side import Pages


@dataclass(frozen=True)
class Slip:
    """A slip of the pen in statements: what they lack, or hold instead.

    Args:
        within: a word of the statements (`lines.in_short`) that have it.
        lost: what is not there, as a regular expression.
        instead: what is there.
        by: whose statements have it; "" for everybody's.
    """

    within: str
    lost: str
    instead: str = ""
    by: str = ""

    def __call__(self, worker: str, short: str, query: str) -> str:
        """The statement as this worker says it."""
        return re.sub(self.lost, self.instead, query) if self.within in short and self.by in worker else query


def _nothing(*_: object) -> None:
    return


def _lock_as_named(dialect: Postgres, driver: Driver, names: Sequence[str]) -> None:
    driver.rows(dialects._LOCKS, {"keys": [dialects._lock_key(name) for name in names]})


PLANTED_SLIPS: Final[Mapping[str, Slip]] = {
    "a save that does not look at the version": Slip("UPDATE case_head", r" AND case_head\.version = \w+\.expected"),
    "a claim that locks nothing": Slip("WITH inbox", r" FOR UPDATE OF \w+ SKIP LOCKED"),
    "a claim that waits instead of passing over": Slip("WITH inbox", " SKIP LOCKED"),
    "cases locked in two orders": Slip("SELECT case_head", r"(?<=ORDER BY case_head\.id)", " DESC", by="worker 2"),
    "effects leased without a lock": Slip("SELECT effect", " FOR UPDATE OF effect SKIP LOCKED"),
    "timers fired without a lock": Slip("SELECT timer", " FOR UPDATE OF timer SKIP LOCKED"),
    "history sealed without the lock": Slip("SELECT checkpoint", " FOR UPDATE SKIP LOCKED"),
}
"""Statements that lack what makes them safe."""

PLANTED_CALLS: Final[Mapping[str, tuple[str, Callable[..., None]]]] = {
    "correlations locked in no order": ("adapters.sql.dialects.Postgres.lock", _lock_as_named),
    "events routed without the lock of their correlation": ("adapters.sql.doors.lock_correlations", _nothing),
    "a shared resource without the lock of its queue": ("adapters.sql.sharing.lock_correlations", _nothing),
}
"""Functions that somebody might have forgotten to call: where they are called, and what is called instead."""

PLANTED_EDGES: Final[Mapping[str, Plant]] = {
    "effect outside the transaction": EffectOutside,
    "twin ids on retry": TwinIds,
}
"""Bugs of rig A that a broken connection shows as well."""

PLANTED_PAGES: Final[Mapping[str, Pages]] = {
    "the feed paged by a number given before the commit": Pages(
        "SELECT no, source, id FROM event_key WHERE no > %s ORDER BY no", "SELECT source, id FROM event_key"
    ),
}
"""Other ways to follow what is committed."""
