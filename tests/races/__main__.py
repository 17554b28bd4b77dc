"""`python -m tests.races --rounds 1000`: run races and write their rows in docs/races.md."""

import argparse

from tests.races.rows import RACES
from tests.races.stores import STORES
from tests.races.table import PAGE, page, run_all


def main() -> None:
    """Nothing is written where a round did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--store", choices=STORES, nargs="+", default=STORES, help="only on these")
    parser.add_argument("--race", choices=[one.name for one in RACES], nargs="+", default=(), help="only these")
    asked = parser.parse_args()
    lines = []
    for line in run_all(asked.rounds, asked.store, asked.race):
        print(line, end="", flush=True)
        lines.append(line)
    PAGE.write_text(page(lines), encoding="utf-8")


main()
