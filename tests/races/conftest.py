"""How many rounds, and the two stores on which the races are run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.races.arena import Arena, arena
from tests.races.stores import STORES, store_of

IN_THE_SUITE, IN_CHAOS = 20, 1000


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Twenty in the suite, a thousand by `make chaos ROW=races`."""
    return IN_CHAOS if "crash" in request.config.getoption("-m") else IN_THE_SUITE


MARKS = {"postgres": pytest.mark.postgres}


@pytest.fixture(params=[pytest.param(one, marks=MARKS.get(one, ())) for one in STORES], scope="module")
def here(request: pytest.FixtureRequest) -> Iterator[Arena]:
    """An arena on each store."""
    with store_of(request.param) as make_store, arena(make_store) as one:
        yield one
