"""One suite over every store: what holds for one must hold for all, so that no fake drifts from the real thing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from adapters.sql.engines import open_database
from adapters.sql.migrations import upgrade
from adapters.sql.reads import SqlReads
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from tests.contract.emptying import empty
from tests.services import POSTGRES, database_of_its_own, required
from workflows.memory import MemoryReads, MemoryUnits
from workflows.ports import Units, Vault
from workflows.reads import Reads
from workflows.testkit import Store, memory_store

COUNTY = "330226"
SECRET = "a secret for tests and nothing else"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = START
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self.time

    def turn(self, **span: float) -> None:
        with self._lock:
            self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> OfficeVault:
    return OfficeVault(SECRET, COUNTY)


@pytest.fixture(scope="module")
def emptied_postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with all tables that the tests of a module share; each test finds it empty."""
    with database_of_its_own(required(POSTGRES)) as url:
        upgrade(url)
        yield url


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> str:
    """The name of the store under test."""
    name: str = request.param
    return name


@pytest.fixture
def units(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, vault: OfficeVault
) -> Iterator[Units]:
    """An empty store of each kind."""
    if store == "memory":
        yield MemoryUnits(COUNTY, clock, vault)
        return
    url = _sqlite(request, tmp_path) if store == "sqlite" else _postgres(request)
    database = open_database(url)
    yield SqlUnits(database, COUNTY, vault, clock)
    database.close()


@pytest.fixture
def reads(units: Units) -> Reads:
    """The queries on the store under test."""
    return MemoryReads(units) if isinstance(units, MemoryUnits) else SqlReads(cast("SqlUnits", units))


@pytest.fixture
def make_store(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, vault: OfficeVault
) -> Iterator[Callable[[str, Callable[[], datetime], Vault], Store]]:
    """How `testkit.Office` makes an empty store of each kind on its own clock."""
    if store == "memory":
        yield memory_store
        return
    database = open_database(_sqlite(request, tmp_path) if store == "sqlite" else _postgres(request))

    def made(county: str, now: Callable[[], datetime], _vault: Vault) -> Store:
        units = SqlUnits(database, county, vault, now)
        reads = SqlReads(units)
        return Store(units, reads, reads.next_due)

    yield made
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, for each test to copy."""
    path = tmp_path_factory.mktemp("migrated") / "liaison.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> str:
    path = folder / "liaison.sqlite3"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite:///{path}"


def _postgres(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("emptied_postgres_url")
    empty(url)
    return url
