"""`python -m tests.simulation --seeds N [--start S] [--rig A|B|C] [--shrink]`: what was seen, and what broke.

Without `--rig` all three rigs run: A with all the seeds, B and C, whose seeds take ten times as long, with a tenth each.
`--trace` prints every statement of a seed of rig C in the order in which the workers took turns.
"""

from __future__ import annotations

import argparse
import logging
import sys

from tests.services import POSTGRES
from tests.simulation.plots import Plot
from tests.simulation.rigs import RIGS, outcome, rig_c, run_seeds
from tests.simulation.shrinking import fails_on, keep, shrink


def main() -> int:
    """Run the seeds asked for; 1 when one of them broke something."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many seeds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--rig", choices=sorted(RIGS), help="A: memory, B: SQLite, C: PostgreSQL, statement by statement"
    )
    parser.add_argument("--shrink", action="store_true", help="make what broke small and keep it as a regression")
    parser.add_argument("--trace", action="store_true", help="print the statements of the seeds, on rig C alone")
    asked = parser.parse_args()
    # What fails on purpose is in the report; nobody else need say so as well.
    logging.disable(logging.ERROR)
    if asked.trace:
        return _print_traces(range(asked.start, asked.start + asked.seeds))
    shares = {asked.rig: asked.seeds} if asked.rig else _shares(asked.seeds)
    return max(
        _run(rig, range(asked.start, asked.start + seeds), shrinks=asked.shrink) for rig, seeds in shares.items()
    )


def _shares(seeds: int) -> dict[str, int]:
    return {"A": seeds, "B": max(1, seeds // 10), "C": max(1, seeds // 10)}


def _run(rig: str, seeds: range, *, shrinks: bool) -> int:
    if rig == "C" and not POSTGRES.is_reachable():
        print(f"rig C: not run, no PostgreSQL at {POSTGRES.address} (LIAISON_TEST_DATABASE_URL names another)")
        return 0
    report = run_seeds(rig, seeds)
    for name, count in sorted(report.seen.items()):
        print(f"{count:8}  {name}")
    for seed, failure in sorted(report.failures.items()):
        print(failure, file=sys.stderr)
        if shrinks:
            _keep_smallest(rig, seed)
    print(f"never seen: {', '.join(report.unseen(rig)) or 'nothing that should have been'}")
    print(f"rig {rig}: {len(seeds)} seeds, {len(report.failures)} broke something", flush=True)
    return 1 if report.failures else 0


def _print_traces(seeds: range) -> int:
    for seed in seeds:
        world = rig_c(Plot(seed))
        broken = outcome(world)
        print("\n".join([f"seed {seed}", *(f"{worker}: {what}" for worker, what in world.turns.trace), *broken]))
    return 0


def _keep_smallest(rig: str, seed: int) -> None:
    fails = fails_on(rig)
    smallest = shrink(Plot(seed), fails)
    print(f"  kept: {keep(rig, smallest, fails(smallest))}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
