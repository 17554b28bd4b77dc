"""Fixtures for the whole suite: stores and a broker, and the list of what could not run without them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.texts import CHINESE, use_language
from tests.services import MISSING, POSTGRES, RABBITMQ, database_of_its_own, required

ROOT = Path(__file__).parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """With LIAISON_TEST_INSTALL=1, install and start what is missing: once, before any xdist worker exists."""
    on_a_worker = hasattr(config, "workerinput")
    if os.environ.get("LIAISON_TEST_INSTALL") != "1" or on_a_worker:
        return
    if not (POSTGRES.is_reachable() and RABBITMQ.is_reachable()):
        subprocess.run([ROOT / ".ci" / "services"], check=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each test that a missing service kept from running."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = [report for report in skipped if MISSING in str(report.longrepr)]
    if not missing:
        return
    terminalreporter.section("NOT RUN, because a service is missing", sep="=", yellow=True)
    for report in sorted(missing, key=lambda report: report.nodeid):
        terminalreporter.write_line(report.nodeid)
    for reason in sorted({str(report.longrepr[-1]).removeprefix("Skipped: ") for report in missing}):
        terminalreporter.write_line(reason)


@pytest.fixture(autouse=True)
def spoken_in_chinese() -> None:
    """Every test begins in the house's first language, whatever the one before it was asked for in."""
    use_language(CHINESE)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """SQLAlchemy URL of a PostgreSQL server on which databases may be created and dropped."""
    return required(POSTGRES)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database that one xdist worker's tests share; whoever writes to it keeps to keys of its own."""
    with database_of_its_own(postgres_server) as url:
        yield url


@pytest.fixture
def fresh_postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for one test."""
    with database_of_its_own(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database for one test."""
    return f"sqlite:///{tmp_path / 'liaison.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each store in turn."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "fresh_postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def broker_url() -> str:
    """A RabbitMQ broker that others use as well: name your own queues and delete them."""
    return required(RABBITMQ)
