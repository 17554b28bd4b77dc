"""Keeps the planner's statistics true while tables grow from nothing: the first import of an office is its largest.

PostgreSQL plans a statement on what it believes of the tables. Its own autovacuum looks once a minute, and some servers
run without it; until then a table of 50,000 rows is planned as if it held a handful, and prepared statements keep such
a plan. So whoever writes looks every few seconds whether a table has changed much since it was last analysed.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0

_CHANGED = text(
    "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) FROM pg_stat_user_tables "
    "WHERE schemaname = current_schema() AND n_mod_since_analyze > 500 + n_live_tup / 2 ORDER BY relname"
)
# One process is enough; the others find the lock taken and go on.
_MINE = text("SELECT pg_try_advisory_xact_lock(hashtext('liaison statistics'))")


class Upkeep:
    """Analyses what has changed, beside the work and never in its way."""

    def __init__(self) -> None:
        self._look_at = time.monotonic() + LOOK_SECONDS
        self._guard = threading.Lock()

    def note(self, engine: Engine) -> None:
        """Something was committed: look now and then, in a thread of its own."""
        if time.monotonic() < self._look_at or not self._guard.acquire(blocking=False):
            return
        threading.Thread(target=self._look, args=(engine,), name="statistics", daemon=True).start()

    def _look(self, engine: Engine) -> None:
        try:
            refresh_statistics(engine)
        except DBAPIError as error:
            # The next look tries again; the work itself does not depend on it.
            logger.warning("the planner's statistics could not be refreshed: %s", type(error.orig).__name__)
        finally:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._guard.release()


def refresh_statistics(engine: Engine) -> list[str]:
    """Analyse every table of which more than half has changed since it was last analysed; returns their names."""
    with engine.begin() as connection:
        if not connection.execute(_MINE).scalar_one():
            return []
        changed: list[Any] = list(connection.execute(_CHANGED).scalars())
        for table in changed:
            connection.execute(text(f"ANALYZE {table}"))
    return changed
