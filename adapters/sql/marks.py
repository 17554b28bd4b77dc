"""What a database says about itself; above all whether its people are invented (样例)."""

from __future__ import annotations

from sqlalchemy import select

from adapters.sql.tables import setting
from adapters.sql.units import SqlUnits

SAMPLE = "sample"


def mark_as_sample(units: SqlUnits) -> None:
    """Say that everybody in this database is invented: nothing about them is ever sent outside."""
    units.run(lambda unit: unit.tx.put(setting, [(SAMPLE, "true")]))


def is_sample(units: SqlUnits) -> bool:
    """Whether everybody in this database is invented."""
    query = select(setting.c.value).where(setting.c.county == units.county, setting.c.name == SAMPLE)
    return units.read(lambda unit: unit.tx.connection.execute(query).scalar_one_or_none()) == "true"
