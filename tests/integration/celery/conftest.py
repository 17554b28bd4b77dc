from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.rig import Rig, office
from tests.crash.scratch import Rabbit, rabbit
from tests.services import database_of_its_own


@pytest.fixture(scope="session")
def scratch_rabbit() -> Iterator[Rabbit]:
    """A broker of this test run's own, where the fixed names of exchanges and queues may be used."""
    with rabbit() as node:
        yield node


@pytest.fixture
def rig(scratch_rabbit: Rabbit, postgres_server: str, tmp_path: Path) -> Iterator[Rig]:
    """An office on a fresh database and an emptied broker; nothing is started yet."""
    scratch_rabbit.empty()
    with database_of_its_own(postgres_server) as url, office(url, scratch_rabbit.url, tmp_path) as one:
        yield one
