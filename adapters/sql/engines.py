"""Connections: how each database is opened, so that every call has a bound and every commit is on the disk."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from adapters.sql.dialects import Dialect, Postgres, Sqlite
from adapters.sql.holding import Hold
from adapters.sql.upkeep import Upkeep
from adapters.sql.writer import Writer

logger = logging.getLogger(__name__)

BUSY_MILLISECONDS = 30_000
POOL = 20
POOL_SECONDS = 10
CONNECT_SECONDS = 5
# What the server does when we do not: a statement that hangs, a lock that waits, a process that stopped in between.
POSTGRES_BOUNDS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
    "application_name": "liaison",
}
# A half-open connection is noticed within about 30 s (libpq's keep-alives, seconds; tcp_user_timeout, milliseconds).
POSTGRES_SOCKET = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class Database(Protocol):
    """A database as the units use it."""

    dialect: Dialect

    @property
    def writing(self) -> Engine:
        """Connections whose transactions may write."""

    @property
    def reading(self) -> Engine:
        """Connections whose transactions only read."""

    def close(self) -> None:
        """Give everything back."""


def open_database(url: str) -> Database:
    """The database of a LIAISON_DATABASE_URL; nothing is connected yet.

    Raises:
        ValueError: for a kind of database that is not supported.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return PostgresDatabase(parsed)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return SqliteDatabase(parsed)
    raise ValueError(
        f"LIAISON_DATABASE_URL={parsed.render_as_string(hide_password=True)}: "
        "use postgresql+psycopg://user@host:5432/name or sqlite:////path/to/file"
    )


class PostgresDatabase:
    """A pool for each process: connections that a fork copied would mix up the answers of two processes."""

    def __init__(self, url: URL) -> None:
        self.dialect: Dialect = Postgres()
        self.upkeep = Upkeep()
        self._url = url.set(drivername="postgresql+psycopg")
        self._engine: Engine | None = None
        self._pid = 0

    @property
    def writing(self) -> Engine:
        if self._engine is None or self._pid != os.getpid():
            if self._engine is not None:
                # The parent's sockets stay the parent's: forget them without closing them.
                self._engine.dispose(close=False)
            self._engine, self._pid = self._build(), os.getpid()
        return self._engine

    reading = writing

    def _build(self) -> Engine:
        options = " ".join(f"-c {name}={value}" for name, value in POSTGRES_BOUNDS.items())
        engine = create_engine(
            self._url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=POOL,
            # Overflow would be opened and closed again for each unit, while everybody waits for it.
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            connect_args={"options": options, **POSTGRES_SOCKET},
        )
        event.listen(engine, "connect", _send_arrays_as_binary)
        return engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose(close=self._pid == os.getpid())
            self._engine = None


def _send_arrays_as_binary(connection: psycopg.Connection, record: object) -> None:
    """Batches are arrays: in psycopg's binary form they cost 40 % of what they cost as quoted text."""
    connection.adapters.register_dumper(list, ListBinaryDumper)


class SqliteDatabase:
    """A file with one writer thread in one process; readers see the last commit and never wait."""

    def __init__(self, url: URL) -> None:
        self.dialect: Dialect = Sqlite()
        self.path = Path(url.database or "").absolute()
        self._url = url.set(drivername="sqlite+pysqlite", database=str(self.path))
        self._pid = os.getpid()
        self._writing: Engine | None = None
        self._reading: Engine | None = None
        self._writer: Writer | None = None
        self._hold: Hold | None = None
        _warn_of_wal_reset()

    def hold(self) -> None:
        """Take the database for this process; done by the first write at the latest.

        Raises:
            DatabaseInUse: when another process has it.
        """
        self._refuse_other_process()
        if self._hold is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._hold = Hold(self.path)

    @property
    def writer(self) -> Writer:
        """The one thread that writes."""
        if self._writer is None:
            self.hold()
            self._writer = Writer()
        return self._writer

    @property
    def writing(self) -> Engine:
        if self._writing is None:
            self._writing = self._build("BEGIN IMMEDIATE", {"synchronous": "FULL", "journal_mode": "WAL"})
        return self._writing

    @property
    def reading(self) -> Engine:
        self._refuse_other_process()
        if self._reading is None:
            # Only the writer moves the log into the file: less to go wrong with several connections.
            self._reading = self._build("BEGIN", {"query_only": "ON", "wal_autocheckpoint": 0})
        return self._reading

    def _build(self, begin: str, pragmas: dict[str, Any]) -> Engine:
        engine = create_engine(self._url, pool_size=POOL, max_overflow=0, pool_timeout=POOL_SECONDS)
        everywhere = {"busy_timeout": BUSY_MILLISECONDS, "foreign_keys": "OFF", "temp_store": "MEMORY"}

        def connected(connection: sqlite3.Connection, record: object) -> None:
            # The driver would begin transactions on its own, and later than the first SELECT.
            connection.isolation_level = None
            for name, value in (everywhere | pragmas).items():
                connection.execute(f"PRAGMA {name} = {value}")

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def _refuse_other_process(self) -> None:
        if self._pid != os.getpid():
            raise RuntimeError(
                f"{self.path} was opened by process {self._pid}: SQLite serves one process, "
                "set LIAISON_DATABASE_URL to a PostgreSQL database to use several"
            )

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        for engine in (self._writing, self._reading):
            if engine is not None:
                engine.dispose()
        if self._hold is not None:
            self._hold.let_go()
        self._writer = self._writing = self._reading = self._hold = None


def _warn_of_wal_reset() -> None:
    """sqlite.org/wal.html#walresetbug: 3.7.0 to 3.51.2 may corrupt a database with several connections."""
    version = sqlite3.sqlite_version_info
    repaired_since = {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}.get(version[:2], (3, 51, 3))
    if version < repaired_since:
        logger.warning(
            "SQLite %s has the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6): very rarely it damages a database; "
            "keep backups, or set LIAISON_DATABASE_URL to a PostgreSQL database",
            sqlite3.sqlite_version,
        )
