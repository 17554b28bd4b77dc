"""Fan-outs: one event or signal that concerns thousands of cases, posted in slices, once to each.

Whoever starts one writes a row and is done: nobody waits while the slices are posted, in the bulk lane. A slice and
the cursor behind it are one transaction, so a kill between two slices loses nothing and doubles nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from domain.identifiers import derived_id
from workflows.machine.case import Lane
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.routing import HINT_GRACE
from workflows.ports import Engine, InboxRow, Unit
from workflows.ports.fanouts import Fanout, FanoutState, Posted, Selection

SLICE: Final = 500
"""How many cases a transaction posts to at most."""

AT_ONCE: Final = timedelta()

COUNTERS: Final = MappingProxyType({Sign.ANNOUNCED: Sign.RETRACTED})
"""What a case that has taken a signal is told when the fan-out is undone; a kind that is not here has no way back."""


def start(  # what a fan-out is made of, by keyword
    unit: Unit, signal: Signal, selection: Selection, *, by: str, reason: str, key: str, after: timedelta = AT_ONCE
) -> str:
    """Start a fan-out in the transaction of what gives rise to it; wake the bulk lane after the commit.

    Args:
        unit: the transaction.
        signal: what every case of the selection gets; nothing personal in it.
        selection: which cases; those that come to fit only after their turn has passed are not posted to.
        by: who started it, or the rule that did.
        reason: why, in words.
        key: what it is started for; the same key starts it once.
        after: how long the first slice waits.

    Returns:
        The id of the fan-out.
    """
    made = derived_id("fanout", unit.county, key)
    named = replace(signal, values={**signal.values, "fanout": made})
    unit.fanouts.add(Fanout(made, named, selection, FanoutState.GOING, by, reason, unit.now + after))
    return made


def fan_out(engine: Engine, most: int = SLICE) -> int:
    """Post, or take back, one slice of one fan-out, of `most` cases; returns how many rows were moved."""
    moved = engine.units.run(lambda unit: _slice(unit, min(most, engine.units.batch * 10)), Lane.BULK)
    if moved:
        engine.wake(Lane.BULK)
    return moved


def undo(engine: Engine, fanout: str, *, by: str, reason: str) -> Fanout | None:
    """Stop a fan-out and take back what can be taken back; None where there is none of this id.

    What was not posted yet is not posted, what no case has taken yet is taken back, and what was taken is countered
    where its kind has a counter-signal. That takes slices as well; undoing it twice changes nothing.

    Raises:
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    undone = engine.units.run(lambda unit: _begin_to_undo(unit, fanout, by, reason))
    engine.wake(Lane.BULK)
    return undone


def _begin_to_undo(unit: Unit, fanout: str, by: str, reason: str) -> Fanout | None:
    found = unit.fanouts.lock(fanout)
    if found is None or found.state in {FanoutState.UNDOING, FanoutState.UNDONE}:
        return found
    undoing = replace(found, state=FanoutState.UNDOING, undone_by=by, undone_reason=reason, ended_at=None)
    unit.fanouts.save(undoing)
    return undoing


def _slice(unit: Unit, limit: int) -> int:
    found = unit.fanouts.claim()
    if found is None:
        return 0
    return _post(unit, found, limit) if found.state is FanoutState.GOING else _take_back(unit, found, limit)


def _post(unit: Unit, fanout: Fanout, limit: int) -> int:
    total = unit.fanouts.count(fanout.selection) if fanout.total is None else fanout.total
    cases = unit.fanouts.select(fanout.selection, fanout.cursor, limit)
    numbers = unit.post([_row(unit, case, fanout.signal) for case in cases])
    unit.fanouts.note(fanout.id, list(zip(cases, numbers, strict=True)))
    moved = replace(
        fanout, total=total, posted=fanout.posted + len(cases), cursor=cases[-1] if cases else fanout.cursor
    )
    is_last = len(cases) < limit
    unit.fanouts.save(replace(moved, state=FanoutState.DONE, ended_at=unit.now) if is_last else moved)
    return max(1, len(cases))


def _take_back(unit: Unit, fanout: Fanout, limit: int) -> int:
    noted = unit.fanouts.noted(fanout.id, limit)
    found = unit.fanouts.withdraw(noted)
    counter = COUNTERS.get(fanout.signal.sign)
    if counter is not None:
        unit.post([_row(unit, case, replace(fanout.signal, sign=counter)) for case, _ in found.taken])
    settled: list[Posted] = [*found.back, *found.taken]
    unit.fanouts.forget(fanout.id, settled)
    moved = replace(
        fanout,
        taken_back=fanout.taken_back + len(found.back),
        countered=fanout.countered + (len(found.taken) if counter is not None else 0),
        kept=fanout.kept + (len(found.taken) if counter is None else 0),
    )
    is_last = len(noted) < limit and len(settled) == len(noted)
    unit.fanouts.save(replace(moved, state=FanoutState.UNDONE, ended_at=unit.now) if is_last else moved)
    return len(settled) + is_last


def _row(unit: Unit, case: str, signal: Signal) -> InboxRow:
    return InboxRow(0, unit.county, case, Lane.BULK, 0, unit.now + HINT_GRACE, signal=signal)
