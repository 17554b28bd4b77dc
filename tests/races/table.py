"""Writes docs/races.md from runs: `python -m tests.races --rounds 1000`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.races.arena import Arena, Result, arena
from tests.races.doors import HttpDoor
from tests.races.rows import MANY, ONE_ITEM, RACES, Race
from tests.races.stores import STORES, store_of

PAGE = Path(__file__).parents[2] / "docs" / "races.md"
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
HTTP = " through the HTTP door"

HEAD = """# A hundred acts at once

What approval systems lose when people press at the same moment, and what this one makes of it. In every round a hundred
acts stand behind one barrier, each in a thread of its own on real connections, and come at once to one case. After each
round it is asserted that

* exactly one outcome came of it, and the history says as many acts as were answered with 200;
* whoever lost was answered 409 with who decided and when;
* no item, timer, activation or subscription is live where nothing asks, and none was left twice;
* the history of the case verifies, and its fold is what the tables hold.

A row stands here only if all its rounds held. Written by `python -m tests.races`; the suite runs 20 rounds of each row,
`make chaos ROW=races` a thousand.

| Race | Where | Rounds | Acts | Carried out | Refused, with who and when | The case ended |
|---|---|--:|--:|---|---|---|
"""


def rows() -> list[tuple[str, str]]:
    """What stands in the first two columns."""
    plain = [(one.what, NAMES[store]) for store in STORES for one in RACES]
    return plain + [(ONE_ITEM.what, NAMES[store] + HTTP) for store in STORES]


def page(lines: Iterable[str]) -> str:
    return HEAD + "".join(lines)


def written(path: Path = PAGE) -> list[tuple[str, str]]:
    """The first two columns of the page as it is."""
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.strip("|").split("|") for line in lines if line.startswith("| ") and not line.startswith("| Race")]
    return [(one[0].strip(), one[1].strip()) for one in cells]


def run_all(rounds: int) -> Iterator[str]:
    """Run every row and say what came of it; an AssertionError where something did not hold."""
    for store in STORES:
        with store_of(store) as make_store, arena(make_store) as here:
            yield from (_line(here.run(one, rounds), NAMES[store]) for one in RACES)
    door = HttpDoor()
    for store in STORES:
        with store_of(store) as make_store, arena(make_store, door) as here, door.open(here.office):
            yield _through_the_door(here, ONE_ITEM, rounds, store)


def _through_the_door(here: Arena, race: Race, rounds: int, store: str) -> str:
    return _line(here.run(race, rounds), NAMES[store] + HTTP)


def _line(result: Result, where: str) -> str:
    cells = (
        result.race.what,
        where,
        f"{result.rounds:,}",
        f"{result.rounds * MANY:,}",
        _counted(result.done),
        _counted(result.refused),
        _counted(result.ends),
    )
    return f"| {' | '.join(cells)} |\n"


def _counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name.replace('-', '_')} {count:,}" for name, count in sorted(found.items()))
