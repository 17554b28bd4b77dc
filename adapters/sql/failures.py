"""What the driver says, in the words of the ports: lost against another, commit unknown, not reachable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workflows.ports import CommitUnknown, Conflict, StoreUnavailable

_LOST_AGAINST_ANOTHER = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock detected
        "55P03",  # lock not available: lock_timeout
        "23505",  # unique violation: ids are derived, so two units made the same row
    }
)
_NOT_ANSWERING = frozenset(
    {
        "57014",  # query cancelled: statement_timeout
        "53100",  # disk full
        "53300",  # too many connections
        "25006",  # read-only: not the primary
    }
)
_SQLITE_UNIQUE = frozenset({sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE})
_SQLITE_NOT_ANSWERING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)
_PRIMARY_CODE = 0xFF


class Lost(StoreUnavailable):
    """The connection broke before COMMIT: nothing was written, and another connection may work."""


@contextmanager
def in_words_of_the_ports() -> Iterator[None]:
    """For everything up to COMMIT: whatever went wrong, nothing was written."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable("every connection to the database is in use: try again") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Lost(f"the connection to the database broke: {_said(error)}") from error
        if _is_lost_race(error):
            raise Conflict(_said(error)) from error
        if _is_not_answering(error):
            raise StoreUnavailable(f"the database does not answer: {_said(error)}") from error
        raise


@contextmanager
def around_commit() -> Iterator[None]:
    """For COMMIT alone: with the connection gone nobody knows whether it happened."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CommitUnknown(f"the connection broke during COMMIT: {_said(error)}") from error
        if _is_lost_race(error):
            raise Conflict(_said(error)) from error
        if _is_not_answering(error):
            raise StoreUnavailable(f"the database refused to commit: {_said(error)}") from error
        raise


def _is_lost_race(error: DBAPIError) -> bool:
    state, code = _codes(error)
    return state in _LOST_AGAINST_ANOTHER or code in _SQLITE_UNIQUE


def _is_not_answering(error: DBAPIError) -> bool:
    state, code = _codes(error)
    no_answer_at_all = (
        state is None and code is None and type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout"}
    )
    return no_answer_at_all or state in _NOT_ANSWERING or (code or 0) & _PRIMARY_CODE in _SQLITE_NOT_ANSWERING


def _codes(error: DBAPIError) -> tuple[str | None, int | None]:
    """PostgreSQL's SQLSTATE and SQLite's error code, whichever there is."""
    return getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorcode", None)


def _said(error: DBAPIError) -> str:
    """The database's own first line; never the statement's parameters, which may be personal."""
    return str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
