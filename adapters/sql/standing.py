"""Whether a database can be worked on: there, of this version, and with an office in it."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from adapters.sql.engines import SqliteDatabase
from adapters.sql.library import SqlLibrary
from adapters.sql.migrations import check, current
from adapters.sql.units import SqlUnits
from workflows.ports import StoreUnavailable


def not_ready(units: SqlUnits) -> str | None:
    """What is missing and what to do about it, or None."""
    try:
        return _missing(units)
    except (SQLAlchemyError, StoreUnavailable) as error:
        return f"the database does not answer ({type(error).__name__}): start it, or correct LIAISON_DATABASE_URL"


def has_roster(units: SqlUnits) -> bool:
    """Whether the database holds a roster; an empty one holds none.

    Raises:
        StoreUnavailable: when it does not answer, or is of another version.
    """
    database = units.database
    if isinstance(database, SqliteDatabase) and not database.path.exists():
        return False
    try:
        if current(database.reading) is None:
            return False
    except SQLAlchemyError as error:
        why = f"the database does not answer ({type(error).__name__}): start it, or correct LIAISON_DATABASE_URL"
        raise StoreUnavailable(why) from error
    unfit = check(database.reading)
    if unfit is not None:
        raise StoreUnavailable(unfit)
    try:
        SqlLibrary(units).roster()
    except LookupError:
        return False
    return True


def _missing(units: SqlUnits) -> str | None:
    database = units.database
    # SQLite would make an empty file of a wrong path.
    if isinstance(database, SqliteDatabase) and not database.path.exists():
        return f"{database.path} does not exist yet: run `liaison up --sample`, or `liaison db upgrade`"
    unfit = check(database.reading)
    if unfit is not None:
        return unfit
    try:
        SqlLibrary(units).roster()
    except LookupError as error:
        return str(error)
    return None
