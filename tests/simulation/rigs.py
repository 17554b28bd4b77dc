"""The rigs: A in memory, B on SQLite, C on PostgreSQL; each runs seeds and says how to repeat one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tests.simulation.faults import RARE, Plant
from tests.simulation.lines import Slip, faithful
from tests.simulation.looking import Told, stored_history
from tests.simulation.oracles import never_in_memory, violations
from tests.simulation.plots import Plot
from tests.simulation.postgres import house
from tests.simulation.side_by_side import FEED, SIDE_BY_SIDE, Pages, SideBySide
from tests.simulation.sqlite import sqlite
from tests.simulation.states import SOMETIMES
from tests.simulation.world import World


@dataclass
class Report:
    """What a run of seeds saw, and what broke."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)

    def unseen(self, rig: str) -> list[str]:
        """The rare states of this rig that none of the seeds reached."""
        return [name for name in MUST_SEE[rig] if not self.seen[name]]


def rig_a(plot: Plot, plant: Plant | None = None) -> World:
    """The moves on the store in memory, workers interleaved inside open units."""
    return World(plot, plant=plant, watch=never_in_memory)


def rig_b(plot: Plot) -> World:
    """The moves on SQLite, commits unknown in every seed: what runs beside a unit runs before or after it."""
    return World(replace(plot, with_faults=UNKNOWN), store=sqlite)


def rig_c(plot: Plot, plant: Plant | None = None, slip: Slip = faithful, pages: Pages = FEED) -> SideBySide:
    """The moves on PostgreSQL, several connections driven statement by statement, some of which break."""
    return SideBySide(plot, house(), plant, slip=slip, pages=pages)


UNKNOWN: Final = frozenset({"unknown_lost", "unknown_stored"})
Rig = Callable[[Plot], World]
RIGS: Final[Mapping[str, Rig]] = {"A": rig_a, "B": rig_b, "C": rig_c}
MUST_SEE: Final[Mapping[str, tuple[str, ...]]] = {
    "A": (*RARE, *SOMETIMES),
    "B": ("crash", "unknown_stored", "unknown_lost", "timer fired"),
    "C": SIDE_BY_SIDE,
}
"""What the share of every change must have seen at least once, or it proves less than it says."""


def run_seeds(rig: str, seeds: Iterable[int]) -> Report:
    """Run these seeds on a rig."""
    report = Report()
    for seed in seeds:
        world = RIGS[rig](Plot(seed))
        broken = outcome(world)
        report.seen.update(world.seen)
        if broken:
            how = f"repeat: python -m tests.simulation --rig {rig} --start {seed} --seeds 1"
            report.failures[seed] = "\n  ".join([f"seed {seed}: {sorted(world.fate.faults)}", *broken, how])
    return report


def first_caught(seeds: Iterable[int], rig: Rig, told: Told = stored_history) -> int | None:
    """The first of these seeds that finds a planted bug."""
    return next((seed for seed in seeds if outcome(rig(Plot(seed)), told)), None)


def outcome(world: World, told: Told = stored_history) -> list[str]:
    """Run a world to its end; what it violates."""
    try:
        world.run()
        return violations(world, told)
    finally:
        world.close()
