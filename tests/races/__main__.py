"""`python -m tests.races --rounds 1000`: run every race and write docs/races.md."""

import argparse

from tests.races.table import PAGE, page, run_all


def main() -> None:
    """Nothing is written where a round did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    lines = []
    for line in run_all(parser.parse_args().rounds):
        print(line, end="", flush=True)
        lines.append(line)
    PAGE.write_text(page(lines), encoding="utf-8")


main()
