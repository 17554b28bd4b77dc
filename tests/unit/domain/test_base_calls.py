import json
from datetime import UTC, date, datetime

import pytest

from domain.base_calls import BaseCall, CallStatus, apply, dump_call, parse_call
from domain.register import Change, RegisterError

NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
PLAIN = {"call": "2026", "year": 2026, "towns": ["330226105"]}
CALLED = Change("base.called.v1", PLAIN, NOW)
CLOSED = Change("base.call_closed.v1", {"call": "2026"}, NOW)
OPEN = BaseCall(
    county="330226",
    id="2026",
    status=CallStatus.OPEN,
    year=2026,
    towns=("330226105",),
    opened=date(2026, 3, 3),
    closed=None,
    last_event="base.called.v1",
)


def test_a_call_is_open_from_its_day_in_the_county() -> None:
    assert apply(None, CALLED) == OPEN


def test_a_call_is_closed_once_and_stays_closed() -> None:
    closed = apply(OPEN, CLOSED)

    assert (closed.status, closed.closed) == (CallStatus.CLOSED, date(2026, 3, 3))
    assert apply(apply(closed, CALLED), CLOSED) == closed


def test_the_end_of_a_call_that_nobody_made_is_refused_by_name() -> None:
    with pytest.raises(RegisterError, match=r"base\.call_closed\.v1 for call '2026'"):
        apply(None, CLOSED)


@pytest.mark.parametrize("row", [OPEN, apply(OPEN, CLOSED)])
def test_a_row_survives_writing(row: BaseCall) -> None:
    assert parse_call(json.loads(json.dumps(dump_call(row)))) == row
