"""Serials: gap-free numbers by series and year, given in a short transaction of their own, in the order of asking.

A number is the row that says so: it is given, kept and told to its case together, or not at all. What was given stays
given, so no number is ever used again and none is left out.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from workflows.machine.case import Lane
from workflows.machine.decision import SerialAsked
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.routing import HINT_GRACE
from workflows.ports import Engine, InboxRow, Unit
from workflows.ports.serials import Serial, Series

AT_ONCE: Final = 200


def give_serials(engine: Engine, lane: Lane) -> int:
    """Give numbers to the steps that ask for one; returns how many."""
    given = engine.units.run(_give, lane)
    if given:
        engine.wake(Lane.INTERACTIVE)
    return given


def _give(unit: Unit) -> int:
    asked = unit.serials.take(AT_ONCE)
    if not asked:
        return 0
    last: Counter[Series] = Counter(unit.serials.last({(one.series, one.year) for one in asked}))
    given: list[Serial] = []
    for one in asked:
        last[one.series, one.year] += 1
        given.append(_given(unit, one, last[one.series, one.year]))
    unit.serials.keep(given)
    unit.post([_told(unit, one) for one in given])
    return len(given)


def _given(unit: Unit, asked: SerialAsked, number: int) -> Serial:
    text = f"{asked.year}-{number:0{asked.digits}}"
    return Serial(asked.series, asked.year, number, text, asked.case, asked.path, asked.id, unit.now)


def _told(unit: Unit, given: Serial) -> InboxRow:
    signal = Signal(Sign.NUMBERED, given.path, {"asked": given.asked, "text": given.text})
    return InboxRow(0, unit.county, given.case, Lane.INTERACTIVE, 0, unit.now + HINT_GRACE, signal=signal)
