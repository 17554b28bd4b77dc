"""Advance: cases take what is in their inboxes and move until they are quiet.

When a batch cannot be saved it is halved until the one failing case is left behind; the sweep counts its attempts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workflows.machine.case import Lane
from workflows.moves.batching import Saved, save_runs
from workflows.moves.deciding import note_failure, run_cases
from workflows.ports import CommitUnknown, Engine, InboxRow, StoreUnavailable, Unit

Claim = Callable[[Unit], list[InboxRow]]

NOTHING = Saved(0, frozenset(), frozenset())


def advance(engine: Engine, lane: Lane) -> int:
    """Take one batch of cases with fresh work in a lane; returns how many inbox rows were handled."""
    return _advance(engine, lane, lambda unit: unit.claim_fresh(lane, engine.units.batch))


def advance_cases(engine: Engine, cases: Sequence[str], lane: Lane) -> int:
    """Take the named cases, whatever was tried before; for the sweep and for tests."""
    return _advance(engine, lane, lambda unit: unit.claim_cases(cases))


def _advance(engine: Engine, lane: Lane, claim: Claim) -> int:
    tried: list[str] = []
    try:
        saved = engine.units.run(lambda unit: _run(engine, unit, claim, tried), lane)
    except (StoreUnavailable, CommitUnknown):
        raise
    except Exception as error:
        if not tried:
            raise
        return _apart(engine, lane, tried, error)
    for woken in sorted(saved.lanes):
        engine.wake(woken)
    return saved.handled


def _run(engine: Engine, unit: Unit, claim: Claim, tried: list[str]) -> Saved:
    rows = claim(unit)
    tried[:] = sorted({row.case for row in rows})
    return save_runs(engine, unit, run_cases(engine, unit, rows)) if rows else NOTHING


def _apart(engine: Engine, lane: Lane, cases: Sequence[str], error: Exception) -> int:
    """A batch that cannot be saved, in two halves; a single case stays behind."""
    if len(cases) == 1:
        note_failure(cases[0], error)
        return 0
    half = len(cases) // 2
    return advance_cases(engine, cases[:half], lane) + advance_cases(engine, cases[half:], lane)
