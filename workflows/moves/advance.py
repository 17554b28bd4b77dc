"""Advance: cases take what is in their inboxes and move until they are quiet."""

from __future__ import annotations

from workflows.machine.case import Lane
from workflows.moves.batching import Saved, run_cases, save_runs
from workflows.ports import Engine, Unit

NOTHING = Saved(0, frozenset(), frozenset())


def advance(engine: Engine, lane: Lane) -> int:
    """Take one batch of cases with fresh work in a lane; returns how many inbox rows were handled."""
    saved = engine.units.run(lambda unit: _advance_fresh(engine, unit, lane), lane)
    return _woken(engine, saved)


def advance_cases(engine: Engine, cases: list[str], lane: Lane) -> int:
    """Take the named cases, whatever was tried before; for the sweep and for tests."""
    saved = engine.units.run(lambda unit: _advance_named(engine, unit, cases), lane)
    return _woken(engine, saved)


def _advance_fresh(engine: Engine, unit: Unit, lane: Lane) -> Saved:
    rows = unit.claim_fresh(lane, engine.units.batch)
    return save_runs(engine, unit, run_cases(engine, unit, rows)) if rows else NOTHING


def _advance_named(engine: Engine, unit: Unit, cases: list[str]) -> Saved:
    rows = unit.claim_cases(cases)
    return save_runs(engine, unit, run_cases(engine, unit, rows)) if rows else NOTHING


def _woken(engine: Engine, saved: Saved) -> int:
    for lane in sorted(saved.lanes):
        engine.wake(lane)
    return saved.handled
