"""A calendar that was published reaches every open case that it concerns, by a fan-out of its own.

Whoever makes a version current only stores it: whichever process looks next finds that nobody was told yet. So a kill
between the two loses nothing, and many that look at once start one fan-out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from domain.calendar import Calendar
from domain.calendar_changes import changes, day_begins
from domain.identifiers import derived_id
from workflows.machine.case import SYSTEM, Lane
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.fanning import start
from workflows.ports import Engine, Published, Unit
from workflows.ports.fanouts import Selection

GRACE: Final = timedelta(seconds=5)
"""How long after its publication a version is told: a transaction that began before may still write dates of the old."""

MARGIN: Final = timedelta(days=60)
"""How long before a date that moves its first reminder may stand: a wait may have no other timer."""


def tell_calendars(engine: Engine) -> int:
    """Start the fan-outs of versions that nobody was told of yet; returns how many."""
    published = engine.library.calendars()
    if len(published) == 1:
        return 0
    started = engine.units.run(lambda unit: _tell(unit, published), Lane.BULK)
    if started:
        engine.wake(Lane.BULK)
    return started


def _tell(unit: Unit, published: tuple[Published, ...]) -> int:
    untold: list[tuple[Published, Calendar]] = []
    for after, before in pairwise(published):
        if unit.fanouts.lock(derived_id("fanout", unit.county, _key(after, before.calendar))) is not None:
            break  # the older ones were told before it
        if unit.now - after.at >= GRACE and changes(before.calendar, after.calendar).first is not None:
            untold.append((after, before.calendar))
    for after, before_it in reversed(untold):
        _start(unit, after, before_it)
    return len(untold)


def _start(unit: Unit, after: Published, before: Calendar) -> None:
    version = after.calendar.version
    signal = Signal(Sign.CALENDAR, "", {"calendar": version})
    selection = Selection(due_from=_due_from(before, after.calendar))
    start(unit, signal, selection, by=SYSTEM, reason=f"{before.version} → {version}", key=_key(after, before))


def _key(after: Published, before: Calendar) -> str:
    return f"calendar:{before.version}:{after.calendar.version}:{after.at.isoformat()}"


def _due_from(before: Calendar, after: Calendar) -> datetime | None:
    """From when on a due date may come out otherwise; None where any may."""
    first = changes(before, after).first
    return None if first is None or first == date.min else day_begins(after, first) - MARGIN
