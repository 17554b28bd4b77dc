"""The `liaison` command as it is, except that its store knows where to die (see doom.py): `… web`, `… up`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import worker
from adapters.blobs.files import FileBlobs
from adapters.settings import Settings
from adapters.sql.units import SqlUnit, SqlUnits
from tests.crash.doom import Doom, die
from workflows.machine.case import Lane

T = TypeVar("T")

DOOM = Doom(Path(os.environ["RIG_FOLDER"]), "house")

whole = worker.units_of


class DoomedSqlUnits(SqlUnits):
    """The store of production; the process may die right after a commit."""

    def run(self, work: Callable[[SqlUnit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        result = super().run(work, lane)
        if DOOM.strikes("after"):
            die()
        return result


def doomed_units(settings: Settings, clock: Callable[[], datetime] | None = None) -> SqlUnits:
    """What production opens, with a doomed `run`."""
    units = whole(settings, clock)
    units.__class__ = DoomedSqlUnits
    return units


class DoomedFileBlobs(FileBlobs):
    """The folder of production; the process may die when bytes were put, or deleted, and no row says so yet."""

    def put(self, key: str, content: bytes) -> None:
        super().put(key, content)
        if DOOM.strikes("put"):
            die()

    def delete(self, keys: Collection[str]) -> None:
        super().delete(keys)
        if DOOM.strikes("deleted"):
            die()


worker.units_of = doomed_units
worker.FileBlobs = DoomedFileBlobs  # type: ignore[attr-defined]  # where production makes its own

if __name__ == "__main__":
    worker.main()
