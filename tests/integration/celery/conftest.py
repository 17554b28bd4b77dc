from collections.abc import Iterator

import pytest

from tests.crash.scratch import Rabbit, rabbit


@pytest.fixture(scope="session")
def scratch_rabbit() -> Iterator[Rabbit]:
    """A broker of this test run's own, where the fixed names of exchanges and queues may be used."""
    with rabbit() as node:
        yield node
