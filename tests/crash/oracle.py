"""What must be true after any fault: every accepted event has exactly the outcome of an undisturbed office.

The same applications are worked off in one thread on an SQLite file of its own; the rows of both stores are compared,
without times, hashes and counters that differ from run to run. A lost event is a missing row; an event that was done
twice is a second item, history entry or effect.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from adapters.gateways.feed_file import FeedFile
from adapters.sql.migrations import upgrade
from tests.crash.office import engine_on, hand_in, open_units
from workflows.moves.running import drain

ROWS = {
    "events": "SELECT source, id FROM event_key",
    "cases": "SELECT id, workflow, key, state, outcome, seq, quarantine FROM case_head",
    "items": 'SELECT id, "case", path, round, seat, kind, state FROM work_item',
    "holders": "SELECT item, who, capacity FROM holder WHERE closed_at IS NULL",
    "timers": 'SELECT id, "case", kind, rung FROM timer',
    "history": 'SELECT "case", seq FROM history',
    "effects": 'SELECT key, "case", gateway FROM effect',
    "notices": "SELECT key, who FROM notice",
    "unmatched": "SELECT type, key FROM unmatched",
}
PENDING = {
    "inbox": "SELECT count(*) FROM inbox",
    "effects": "SELECT count(*) FROM effect WHERE sent_at IS NULL",
    "unsealed": "SELECT count(*) FROM unsealed",
}


class Store:
    """Looks into a database from outside, over connections that live for one question."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row that an outcome consists of, sorted."""
        return {name: sorted(map(tuple, self._ask(question)), key=repr) for name, question in ROWS.items()}

    def pending(self) -> dict[str, int]:
        """What still waits to be done."""
        return {name: self._ask(question)[0][0] for name, question in PENDING.items()}

    def is_drained(self) -> bool:
        return not any(self.pending().values())

    def attempts(self) -> int:
        """The most attempts that any effect took."""
        most: int = self._ask("SELECT coalesce(max(attempts), 0) FROM effect")[0][0]
        return most

    def _ask(self, question: str) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(text(question)).all()


def undisturbed(numbers: Sequence[int]) -> Mapping[str, list[tuple[Any, ...]]]:
    """The rows of an office that worked off these applications and was never disturbed."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/reference.sqlite3"
        upgrade(url)
        units = open_units(url)
        engine = engine_on(units, FeedFile(Path(folder) / "published.jsonl"), lambda _: None, Path(folder))
        hand_in(engine, numbers)
        drain(engine)
        units.database.close()
        return Store(url).rows()


def assert_nothing_lost_or_doubled(store: Store, accepted: Sequence[int]) -> None:
    """Compare table by table, so that a failure names what was lost or doubled."""
    expected, found = undisturbed(accepted), store.rows()
    for name in ROWS:
        missing = [row for row in expected[name] if row not in found[name]]
        extra = [row for row in found[name] if row not in expected[name]]
        assert not missing, f"{name}: {len(missing)} lost, the first is {missing[0]}"
        assert not extra, f"{name}: {len(extra)} too many, the first is {extra[0]}"
        assert len(found[name]) == len(expected[name]), f"{name}: a row stands twice"
