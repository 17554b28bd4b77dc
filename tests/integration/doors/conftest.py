from collections.abc import Iterator

import pytest

from tests.integration.doors.offices import Doors, open_doors


@pytest.fixture
def doors() -> Iterator[Doors]:
    opened = open_doors()
    yield opened
    opened.office.committer.stop()
