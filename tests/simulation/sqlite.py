"""A SQLite file for each seed, copied from one that has all tables."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from adapters.sql.engines import Database, open_database
from adapters.sql.migrations import upgrade
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from tests.simulation.definitions import COUNTY
from tests.simulation.world import Opened
from workflows.testkit import Clock


@cache
def _template() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """An empty database with all tables; the folder goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="simulation-")
    path = Path(folder.name) / "template.sqlite3"
    upgrade(f"sqlite:///{path}")
    return folder, path


def sqlite(clock: Clock, random: Random) -> Opened:
    """An empty store in a file of its own."""
    random.random()
    _, template = _template()
    folder = Path(tempfile.mkdtemp(prefix="simulation-seed-"))
    shutil.copy(template, folder / "liaison.sqlite3")
    database = open_database(f"sqlite:///{folder / 'liaison.sqlite3'}")
    units = SqlUnits(database, COUNTY, OfficeVault("the secret of a simulation", COUNTY), clock)
    return Opened(units, SqlReads(units), nested=False, close=lambda: _close(database, folder))


def _close(database: Database, folder: Path) -> None:
    database.close()
    shutil.rmtree(folder)
