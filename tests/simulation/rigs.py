"""The rigs: A on the store in memory, B on SQLite; each runs seeds and says how to repeat one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.faults import Plant
from tests.simulation.oracles import Told, parked_and_awaited, stored_history, violations
from tests.simulation.sqlite import sqlite
from tests.simulation.world import World


@dataclass
class Report:
    """What a run of seeds saw, and what broke."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def rig_a(seed: int, plant: Plant | None = None) -> World:
    """The moves on the store in memory, workers interleaved inside open units."""
    return World(seed, plant=plant, watch=parked_and_awaited)


def rig_b(seed: int) -> World:
    """The moves on SQLite: what runs beside a unit runs before or after it, as its one writer has it."""
    return World(seed, store=sqlite)


RIGS: Final[Mapping[str, Callable[[int], World]]] = {"A": rig_a, "B": rig_b}


def run_seeds(rig: str, seeds: Iterable[int]) -> Report:
    """Run these seeds on a rig."""
    report = Report()
    for seed in seeds:
        world = RIGS[rig](seed)
        broken = outcome(world)
        report.seen.update(world.seen)
        if broken:
            how = f"repeat: python -m tests.simulation --rig {rig} --start {seed} --seeds 1"
            report.failures.append("\n  ".join([f"seed {seed}: {sorted(world.fate.faults)}", *broken, how]))
    return report


def first_caught(seeds: Iterable[int], plant: Plant | None = None, told: Told = stored_history) -> int | None:
    """The first of these seeds on rig A that finds a planted bug."""
    return next((seed for seed in seeds if outcome(rig_a(seed, plant), told)), None)


def outcome(world: World, told: Told = stored_history) -> list[str]:
    """Run a world to its end; what it violates."""
    try:
        world.run()
        return violations(world, told)
    finally:
        world.close()
