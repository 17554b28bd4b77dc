"""Sealing: gives committed history its gap-free feed numbers and chains checkpoints over it."""

from __future__ import annotations

from workflows.machine.case import Lane
from workflows.ports import Engine

ENTRIES_AT_ONCE = 2000


def seal(engine: Engine) -> int:
    """Seal what was written since the last checkpoint; returns how many entries got their number."""
    return engine.units.run(lambda unit: unit.seal(min(ENTRIES_AT_ONCE, engine.units.batch * 20)), Lane.BULK)
