"""Who the acceptance tests are played with: the office in memory, and houses with real doors and databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.sql.engines import Database, open_database
from adapters.sql.migrations import upgrade
from domain.roster import Roster
from tests.acceptance.houses import InOneProcess, OverTheBroker, WorkerThread
from tests.contract.emptying import empty
from tests.crash.scratch import rabbit
from tests.services import POSTGRES, database_of_its_own, required
from workflows.testkit import Office

Opener = Callable[[Roster], Office]

SERVICES = [pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(300)]
HOUSES = ["memory", "sqlite", pytest.param("postgres_and_rabbitmq", marks=SERVICES)]
SERVICES_BY_CHAOS = ["memory", "sqlite", pytest.param("postgres_and_rabbitmq", marks=[*SERVICES, pytest.mark.campaign])]
"""For a workflow that does nothing with the services that the others do not: played over them by `make chaos`."""


@pytest.fixture(params=HOUSES)
def opens(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens an empty office of each kind for a roster."""
    kind: str = request.param
    with ExitStack() as house:
        yield lambda roster: _opened(kind, request, house, roster)


def _opened(kind: str, request: pytest.FixtureRequest, house: ExitStack, roster: Roster) -> Office:
    if kind == "memory":
        return Office(roster=roster)
    if kind == "sqlite":
        return house.enter_context(InOneProcess(roster, _database(house, _sqlite(request))).open())
    worker: WorkerThread = request.getfixturevalue("celery_worker_thread")
    return house.enter_context(OverTheBroker(roster, _database(house, _postgres(request)), worker).open())


def _database(house: ExitStack, url: str) -> Database:
    database = open_database(url)
    house.callback(database.close)
    return database


def _sqlite(request: pytest.FixtureRequest) -> str:
    folder: Path = request.getfixturevalue("tmp_path")
    shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "liaison.sqlite3")
    return f"sqlite:///{folder / 'liaison.sqlite3'}"


def _postgres(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("emptied_postgres_url")
    empty(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, for each test to copy."""
    path = tmp_path_factory.mktemp("migrated") / "liaison.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def emptied_postgres_url() -> Iterator[str]:
    """A database with all tables; each test finds it empty."""
    with database_of_its_own(required(POSTGRES)) as url:
        upgrade(url)
        yield url


@pytest.fixture(scope="session")
def celery_worker_thread() -> Iterator[WorkerThread]:
    """A worker on a broker of this run's own."""
    with rabbit() as node, WorkerThread(node.url).running() as worker:
        yield worker
