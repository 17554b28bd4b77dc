"""Fixtures of the crash tests: servers of their own, and an office on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.rig import Rig, office
from tests.crash.scratch import Postgres, Rabbit, postgres, rabbit
from tests.services import database_of_its_own


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "chaos: the long share of the crash tests; only `make chaos` runs it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The suite runs the short share, `pytest -m crash` everything."""
    if "crash" in config.getoption("-m"):
        return
    long_ones = [item for item in items if item.get_closest_marker("chaos")]
    items[:] = [item for item in items if item not in long_ones]
    config.hook.pytest_deselected(items=long_ones)


@pytest.fixture(scope="session")
def scratch_rabbit() -> Iterator[Rabbit]:
    """A broker of this test run's own; a test that stops it starts it again."""
    with rabbit() as node:
        yield node


@pytest.fixture(scope="session")
def scratch_postgres() -> Iterator[Postgres]:
    with postgres() as cluster:
        yield cluster


@pytest.fixture
def rig(scratch_rabbit: Rabbit, scratch_postgres: Postgres, tmp_path: Path) -> Iterator[Rig]:
    """An office on a fresh database and an emptied broker; nothing is started yet."""
    scratch_rabbit.empty()
    with database_of_its_own(scratch_postgres.url) as url, office(url, scratch_rabbit.url, tmp_path) as one:
        yield one
