"""The main path: the four moves in their order, and the in-process runner that iterates them.

Celery runs the same tuple as a chain of tasks (`tasks/chain.py`); the embedded runner calls `run_lane`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workflows.machine.case import Lane
from workflows.moves.advance import advance
from workflows.moves.assign import assign
from workflows.moves.deliver import deliver
from workflows.moves.track import track
from workflows.ports import Engine

Move = Callable[[Engine, Lane], int]

MOVES: Final[tuple[Move, ...]] = (advance, assign, track, deliver)
LANES: Final[tuple[Lane, ...]] = (Lane.INTERACTIVE, Lane.BULK)


def run_lane(engine: Engine, lane: Lane) -> int:
    """Make each move once for a lane; returns how many rows were moved."""
    return sum(move(engine, lane) for move in MOVES)


def drain(engine: Engine) -> int:
    """Make the moves for both lanes until nothing moves any more; returns how many rows were moved."""
    moved = 0
    while round_ := sum(run_lane(engine, lane) for lane in LANES):
        moved += round_
    return moved
