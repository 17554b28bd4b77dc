"""字段权限 on the command line: it reads through the same door, so it shows no more."""

from collections.abc import Iterator

import pytest

from tests.integration.cli.conftest import Liaison
from tests.integration.doors.offices import Doors
from tests.integration.doors.test_field_rights import INVOICE, OFFER, opened


@pytest.fixture
def doors() -> Iterator[Doors]:
    with opened() as desk:
        yield desk.doors


def test_show_leaves_out_what_the_steps_of_the_reader_hide(doors: Doors, liaison: Liaison) -> None:
    [row] = doors.kit.cases()

    judge, clerk = (liaison("show", row.case.id, "--as", user) for user in ("jin", "chen"))

    assert (OFFER in judge.stdout, INVOICE in judge.stdout) == (False, False)
    assert (OFFER in clerk.stdout, INVOICE in clerk.stdout) == (True, True)
