"""What an office without the sample begins with: its database at this version, the catalogue, the statutory calendar."""

from __future__ import annotations

from typing import Final

from adapters.calendars import statutory_calendar
from adapters.sql.engines import SqliteDatabase
from adapters.sql.library import SqlLibrary
from adapters.sql.migrations import upgrade
from adapters.sql.units import SqlUnits
from domain.numbers import Numbers
from workflows.library import CATALOGUE

DEFAULTS: Final = Numbers("defaults", {})
"""Every number as the definitions have it, until the office sets its own."""


def found_office(units: SqlUnits) -> None:
    """Bring the database to this version and put in what is missing; nothing that the office has set is touched."""
    if isinstance(units.database, SqliteDatabase):
        units.database.hold()
    upgrade(units.database.writing)
    calendar = statutory_calendar("statutory")
    SqlLibrary(units).found(CATALOGUE, calendar, DEFAULTS)
