from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approval import AGREED, ALL, ANY, ONE, OPEN, REJECTED, Mode, Outcome, Tally, outcome

VOTES = ("agree", "against", "abstain")
votes = st.lists(st.sampled_from(VOTES), max_size=5)


def tally(n: int, cast: list[str]) -> Tally:
    return Tally(n, *(cast.count(vote) for vote in VOTES))


def by_all_futures(n: int, cast: list[str]) -> Outcome:
    """Try every way the open seats may still vote."""
    futures = {all(vote == "agree" for vote in (*cast, *rest)) for rest in product(VOTES, repeat=n - len(cast))}
    return {frozenset({True}): AGREED, frozenset({False}): REJECTED}.get(frozenset(futures), OPEN)


def by_playing(n: int, cast: list[str]) -> Outcome:
    """Play the votes in order until one decides."""
    answers = {"agree": AGREED, "against": REJECTED}
    decided = [answers[vote] for vote in cast if vote in answers]
    return (decided or [REJECTED if len(cast) == n else OPEN])[0]


@settings(deadline=None)
@given(votes, st.integers(min_value=0, max_value=3))
def test_all_is_decided_as_soon_as_no_future_vote_can_change_it(cast: list[str], open_seats: int) -> None:
    n = max(len(cast) + open_seats, 1)

    assert outcome(ALL, tally(n, cast)) == by_all_futures(n, cast)


@settings(deadline=None)
@given(votes, st.integers(min_value=0, max_value=3), st.sampled_from([ONE, ANY]))
def test_any_is_decided_by_the_first_vote_that_says_something(cast: list[str], open_seats: int, mode: Mode) -> None:
    n = max(len(cast) + open_seats, 1)
    until_decided = cast[: next((i + 1 for i, vote in enumerate(cast) if vote != "abstain"), len(cast))]

    assert outcome(mode, tally(n, until_decided)) == by_playing(n, until_decided)


@pytest.mark.parametrize("mode", list(Mode))
def test_nobody_asked_decides_nothing(mode: Mode) -> None:
    assert outcome(mode, Tally(0)) == OPEN


@pytest.mark.parametrize("counts", [(1, 2, 0, 0), (1, 1, 1, 0), (2, -1, 0, 0)])
def test_an_impossible_tally_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="impossible tally"):
        Tally(*counts)
