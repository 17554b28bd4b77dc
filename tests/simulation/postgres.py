"""A PostgreSQL database for each process that simulates, emptied for each seed, and how its lines are watched."""

from __future__ import annotations

import atexit
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from adapters.sql.engines import PostgresDatabase
from adapters.sql.migrations import upgrade
from adapters.sql.tables import metadata
from adapters.sql.units import SqlUnits
from adapters.sql.upkeep import Upkeep
from tests.services import POSTGRES, database_of_its_own
from tests.simulation.lines import Exchange, Line, Saying
from tests.simulation.turns import PATIENCE_SECONDS

BOUNDS: Final = " -c synchronous_commit=off -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
"""A worker stands still for as long as chance wants, on a machine that may be busy; and nobody pulls the plug."""

WAITS: Final = (
    "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0"
)
IS_THERE: Final = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
PARKED_AND_AWAITED: Final = "SELECT type, key FROM unmatched JOIN subscription USING (county, type, key) GROUP BY 1, 2"
HAD_TWICE: Final = (
    "SELECT fields::json ->> 'resource' FROM activation WHERE state = 'live' AND resume > 0 "
    "AND fields::json ->> 'resource' IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
)


class RestlessUnits(SqlUnits):
    """Units that try again at once: who goes on meanwhile is chance's business, not time's."""

    rest_seconds = 0.0


class _WatchedDatabase(PostgresDatabase):
    """A database whose connections are lines, on the exchange of the seed while a unit has them."""

    exchange: Exchange | None = None

    def _build(self) -> Engine:
        engine = super()._build()
        event.listen(engine, "do_connect", _line)
        event.listen(engine, "checkout", self._connected)
        event.listen(engine, "checkin", _hung_up)
        return engine

    def _connected(self, line: Line, *_: object) -> None:
        line.exchange = self.exchange


def _line(_dialect: object, _record: object, arguments: Sequence[Any], options: dict[str, Any]) -> Line:
    bounded = {**options, "options": options["options"] + BOUNDS, "cursor_factory": Saying}
    return Line.connect(*arguments, **bounded)


def _hung_up(line: Line | None, *_: object) -> None:
    if line is not None:
        line.exchange = None


class _NoUpkeep(Upkeep):
    def note(self, engine: Engine) -> None:
        """Not here."""


class House:
    """The database of this process, and a connection of its own to look at it."""

    def __init__(self, url: str) -> None:
        upgrade(url)
        self.database = _WatchedDatabase(make_url(url))
        # When statistics are refreshed is a matter of time, and plans are a matter of statistics.
        self.database.upkeep = _NoUpkeep()
        self._look = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
        self._look.autocommit = True
        for table in metadata.tables:
            self._look.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        with self.database.writing.connect():
            """The first connection of an engine asks the server who it is."""

    def empty(self) -> None:
        """As it was when it was new, down to the order of its rows."""
        full = [name for name in metadata.tables if self._look.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]
        if full:
            self._look.execute(f"TRUNCATE {', '.join(full)}")
        for (name,) in self._look.execute("SELECT sequencename FROM pg_sequences").fetchall():
            self._look.execute(f"ALTER SEQUENCE {name} RESTART")

    def waits(self, backends: Collection[int]) -> Mapping[int, Sequence[int]]:
        """Those of these backends that wait for a lock, with those they wait for."""
        return dict(self._look.execute(WAITS, [list(backends)]).fetchall())

    def gone(self, backend: int) -> None:
        """Wait until the server has noticed that a line was cut."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._look.execute(IS_THERE, [backend]).fetchone():
            if time.monotonic() > deadline:
                raise TimeoutError(f"backend {backend} is still there though its line was cut")

    def look(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What is committed, beside whatever goes on."""
        return self._look.execute(query, values).fetchall()

    def never_committed(self) -> Iterator[str]:
        """What no committed state may show, at any moment."""
        for pair in self.look(PARKED_AND_AWAITED):
            yield f"{pair} lies parked while somebody waits for it"
        for (resource,) in self.look(HAD_TWICE):
            yield f"resource {resource} is had by two at once"

    def close(self) -> None:
        """Give everything back."""
        self.database.close()
        self._look.close()


@cache
def house() -> House:
    """The database of this process; it goes when the process goes."""
    stack = ExitStack()
    atexit.register(stack.close)
    built = House(stack.enter_context(database_of_its_own(POSTGRES.url)))
    stack.callback(built.close)
    return built
