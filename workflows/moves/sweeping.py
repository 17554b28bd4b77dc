"""The sweep: what is due and nobody hinted. With the broker off, sweeping alone drains everything.

It counts an attempt in a commit of its own *before* the work, so that a case which kills its worker is counted too.
Rows on their first attempt run together; a row that was tried before runs alone; the fifth attempt quarantines.
"""

from __future__ import annotations

from workflows.machine.case import Lane
from workflows.moves.advance import advance_cases
from workflows.moves.assign import assign
from workflows.moves.collecting import collect
from workflows.moves.counting import follow_feed
from workflows.moves.deliver import deliver
from workflows.moves.fanning import fan_out
from workflows.moves.recounting import tell_calendars
from workflows.moves.running import LANES
from workflows.moves.track import track
from workflows.ports import Engine, InboxRow

MOST_ATTEMPTS = 5


def sweep(engine: Engine) -> int:
    """One pass over everything that is due; returns how many rows were moved."""
    moved = track(engine, Lane.INTERACTIVE) + tell_calendars(engine) + fan_out(engine) + follow_feed(engine)
    moved += sum(sweep_inbox(engine, lane) for lane in LANES)
    moved += assign(engine, Lane.BULK)
    # Last: it alone talks to the blob store, and whatever that takes, all else that is due has been done.
    return moved + deliver(engine, Lane.BULK) + collect(engine)


def sweep_inbox(engine: Engine, lane: Lane) -> int:
    """Take inbox rows that were left behind; returns how many were handled."""
    counted = engine.units.run(lambda unit: unit.count_attempts(lane, engine.units.batch), lane)
    if not counted:
        return 0
    first = sorted({row.case for row in counted if row.attempts <= 1})
    again = sorted({row.case for row in counted if 1 < row.attempts < MOST_ATTEMPTS})
    moved = advance_cases(engine, first, lane) if first else 0
    moved += sum(advance_cases(engine, [case], lane) for case in again)
    return moved + sum(_quarantine(engine, row, lane) for row in counted if row.attempts >= MOST_ATTEMPTS)


def _quarantine(engine: Engine, row: InboxRow, lane: Lane) -> int:
    why = f"inbox row {row.no}: {row.attempts} attempts failed; see the log of the worker, then retry or drop it"
    engine.units.run(lambda unit: unit.quarantine(row.case, why), lane)
    return 1
