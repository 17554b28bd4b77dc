"""Figures for supervisors: the board follows the feed, so that counting many cases reads none of them.

A row of the board says where a case stands and when its most urgent item is due. Lights are counted from that when
somebody asks: they change without an event.
"""

from __future__ import annotations

from typing import Final

from workflows.machine.case import Lane
from workflows.ports import Engine

ENTRIES_AT_ONCE: Final = 500


def follow_feed(engine: Engine) -> int:
    """Follow the feed for one slice; returns how many entries were looked at."""
    return engine.units.run(lambda unit: unit.board.follow(min(ENTRIES_AT_ONCE, engine.units.batch * 10)), Lane.BULK)


def rebuild(engine: Engine) -> int:
    """Write the board anew from the feed; returns how many entries were looked at."""
    engine.units.run(lambda unit: unit.board.begin_anew(), Lane.BULK)
    looked = 0
    while slice_ := follow_feed(engine):
        looked += slice_
    return looked
