"""A roster that changed, or a day on which an absence begins or ends: every case with open items looks at them again.

It is a fan-out, started once for each version and each day on which something of it begins or ends. Its first slice
waits until every process knows the version: an item opened meanwhile on the one before is looked at as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.roster import Roster, changed_on
from workflows.machine.case import Lane
from workflows.machine.deadlines import local_day
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.fanning import start
from workflows.ports import Engine, Unit
from workflows.ports.fanouts import Selection

EVERYBODY_KNOWS: Final = timedelta(seconds=2)
"""By then no process works with an older version (a process looks for a newer one every second)."""

RULE: Final = "rule:roster"


def follow_roster(engine: Engine) -> None:
    """Start a fan-out where the roster says something else than when it was last looked at."""
    try:
        roster = engine.library.roster()
    except LookupError:
        # An office that has no roster yet has nobody to ask, and no case.
        return
    engine.units.run(lambda unit: _follow(engine, unit, roster), Lane.BULK)


def _follow(engine: Engine, unit: Unit, roster: Roster) -> None:
    since = changed_on(roster, local_day(engine.library.calendar(), unit.now))
    signal = Signal(Sign.ROSTER, "", {"roster": roster.version})
    key = f"roster:{roster.version}:{since.isoformat()}"
    reason = f"roster {roster.version}, as it stands since {since.isoformat()}"
    start(unit, signal, Selection(held=True), by=RULE, reason=reason, key=key, after=EVERYBODY_KNOWS)
