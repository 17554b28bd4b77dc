"""Wrong one-time passwords are borne only so often."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.identity.attempts import Attempts

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NONE = timedelta()


def test_the_next_try_waits_until_the_first_of_the_last_ones_is_forgotten() -> None:
    attempts = Attempts(most=2, within=timedelta(minutes=5))
    attempts.failed("here", NOW)
    attempts.failed("here", NOW + timedelta(minutes=1))

    now = NOW + timedelta(minutes=2)

    assert attempts.wait("here", now) == timedelta(minutes=3)
    assert attempts.wait("elsewhere", now) == NONE
    assert attempts.wait("here", NOW + timedelta(minutes=5)) == NONE


def tried(attempts: Attempts, pauses: list[int]) -> Iterator[datetime]:
    """When somebody who never knows the password gets to try it, knocking after each of these pauses (seconds)."""
    now = NOW
    for pause in pauses:
        now += timedelta(seconds=pause)
        if attempts.wait("here", now) == NONE:
            attempts.failed("here", now)
            yield now


@given(st.lists(st.integers(min_value=0, max_value=40), max_size=30))
def test_no_five_minutes_ever_bear_more_wrong_tries_than_allowed(pauses: list[int]) -> None:
    attempts = Attempts(most=3, within=timedelta(minutes=5))

    moments = list(tried(attempts, pauses))

    assert all(later - earlier >= timedelta(minutes=5) for earlier, later in pairwise(moments[::3]))
