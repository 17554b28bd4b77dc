"""`make bench`: every figure as one JSON line; ARGS="--peers" measures the peers in the same run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from bench import clicking, comparing, following, importing, locking

FIGURES: Final[dict[str, Callable[[], None]]] = {
    "import": importing.measure,
    "single": following.measure,
    "click": clicking.measure,
    "lock": locking.measure,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("figures", nargs="*", help=f"which to measure ({', '.join(FIGURES)}); all without a word")
    parser.add_argument("--peers", action="store_true", help="measure the peers too, interleaved with the product")
    asked = parser.parse_args()
    for name in asked.figures or ([] if asked.peers else FIGURES):
        FIGURES[name]()
    if asked.peers:
        comparing.measure()


if __name__ == "__main__":
    main()
