"""The stores on which races are run, each with its real connections."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from adapters.sql.engines import open_database
from adapters.sql.migrations import upgrade
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from tests.services import POSTGRES, database_of_its_own, required
from workflows.ports import Vault
from workflows.testkit import Store

STORES = ("sqlite", "postgres")
COUNTY = "330226"
MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]


@contextmanager
def store_of(kind: str) -> Iterator[MakeStore]:
    """How an office makes its store, on an empty database of that kind."""
    with _url_of(kind) as url:
        upgrade(url)
        database = open_database(url)

        def made(county: str, now: Callable[[], datetime], _vault: Vault) -> Store:
            units = SqlUnits(database, county, OfficeVault("a secret for tests and nothing else", COUNTY), now)
            reads = SqlReads(units)
            return Store(units, reads, reads.next_due)

        try:
            yield made
        finally:
            database.close()


@contextmanager
def _url_of(kind: str) -> Iterator[str]:
    if kind == "postgres":
        with database_of_its_own(required(POSTGRES)) as url:
            yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'liaison.sqlite3'}"
