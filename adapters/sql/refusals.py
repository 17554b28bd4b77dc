"""Events that a door refused: envelope and reason, for their sender; never the data."""

from __future__ import annotations

from collections.abc import Sequence

import uuid_utils

from adapters.doors.http.office import Refusal
from adapters.sql.tables import refused
from adapters.sql.units import SqlUnits
from workflows.machine.case import Lane


class SqlRefusals:
    """`adapters.doors.http.office.Refusals` on a database.

    Args:
        units: the store.
    """

    def __init__(self, units: SqlUnits) -> None:
        self._units = units

    def keep(self, refusals: Sequence[Refusal]) -> None:
        """Note them, together and after everything that people wait for."""
        rows = [
            (str(uuid_utils.uuid7()), one.department, one.source, one.id, one.type, one.code, one.reason)
            for one in refusals
        ]
        self._units.run(lambda unit: unit.tx.insert(refused, [(*row, unit.now) for row in rows]), Lane.BULK)
