"""Writes docs/races.md from runs: `python -m tests.races --rounds 1000`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

A row stands here only if all its rounds held. Written by `python -m tests.races`, which keeps the rows that it has not run
again (`--store`, `--race`); the suite runs 20 rounds of each row, `make chaos ROW=races` a thousand.

| Race | Where | Rounds | Acts | Carried out | Refused, with who and when | The case ended |
|---|---|--:|--:|---|---|---|
"""


def rows() -> list[tuple[str, str]]:
    """What stands in the first two columns."""
    plain = [(one.what, NAMES[store]) for store in STORES for one in RACES]
    return plain + [(ONE_ITEM.what, NAMES[store] + HTTP) for store in STORES]


def page(lines: Iterable[str], before: Path = PAGE) -> str:
    """The page with these lines, and with those that stood there for all other rows."""
    known = {_row_of(line): line for line in (*_lines(before), *lines)}
    return HEAD + "".join(known[row] for row in rows() if row in known)


def written(path: Path = PAGE) -> list[tuple[str, str]]:
    """The first two columns of the page as it is."""
    return [_row_of(line) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.startswith("| ") and not line.startswith("| Race")]


def _row_of(line: str) -> tuple[str, str]:
    race, where, *_ = line.strip("|\n").split("|")
    return race.strip(), where.strip()


def run_all(rounds: int, stores: Sequence[str] = STORES, races: Sequence[str] = ()) -> Iterator[str]:
    """Run every row of these stores, or only these races, and say what came of it; an AssertionError where something did not hold."""
    wanted = [one for one in RACES if not races or one.name in races]
    for store in stores:
        with store_of(store) as make_store, arena(make_store) as here:
            yield from (_line(here.run(one, rounds), NAMES[store]) for one in wanted)
    door = HttpDoor()
    for store in stores if ONE_ITEM in wanted else ():
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
