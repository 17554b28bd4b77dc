"""`python -m tests.simulation --seeds N [--start S] [--rig A|B]`: run seeds, print what was seen and what broke."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.simulation.rigs import RIGS, run_seeds


def main() -> int:
    """Run the seeds asked for; 1 when one of them broke something."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many seeds")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--rig", choices=sorted(RIGS), default="A", help="A: memory, B: SQLite")
    asked = parser.parse_args()
    # What fails on purpose is in the report; nobody else need say so as well.
    logging.disable(logging.ERROR)
    report = run_seeds(asked.rig, range(asked.start, asked.start + asked.seeds))
    for name, count in sorted(report.seen.items()):
        print(f"{count:8}  {name}")
    for failure in report.failures:
        print(failure, file=sys.stderr)
    print(f"rig {asked.rig}: {asked.seeds} seeds, {len(report.failures)} broke something")
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
