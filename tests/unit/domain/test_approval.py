"""The tallies of approvals against an oracle that tries every future."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approval import (
    AGREED,
    ALL,
    ANY,
    ONE,
    OPEN,
    RATIO,
    REJECTED,
    SEQUENCE,
    WEIGHT,
    Mode,
    Outcome,
    Rule,
    Tally,
    outcome,
)

VOTES = ("agree", "against", "abstain")
votes = st.lists(st.sampled_from(VOTES), max_size=5)
shares = st.fractions(min_value=Fraction(1, 10), max_value=1, max_denominator=10)


def tally(n: int, cast: list[str]) -> Tally:
    return Tally(n, *(cast.count(vote) for vote in VOTES))


def final(share: Fraction, cast: tuple[str, ...], *, excluding: bool) -> Outcome:
    base = len(cast) - (cast.count("abstain") if excluding else 0)
    return AGREED if base and Fraction(cast.count("agree"), base) >= share else REJECTED


def by_all_futures(share: Fraction, n: int, cast: list[str], *, excluding: bool = False) -> Outcome:
    """Try every way the open seats may still vote."""
    rests = product(VOTES, repeat=n - len(cast))
    futures = {final(share, (*cast, *rest), excluding=excluding) for rest in rests}
    return futures.pop() if len(futures) == 1 else OPEN


def by_playing(n: int, cast: list[str]) -> Outcome:
    """Play the votes in order until one decides."""
    answers = {"agree": AGREED, "against": REJECTED}
    decided = [answers[vote] for vote in cast if vote in answers]
    return (decided or [REJECTED if len(cast) == n else OPEN])[0]


@settings(deadline=None)
@given(votes, st.integers(min_value=0, max_value=3), st.sampled_from([ALL, SEQUENCE]))
def test_all_is_decided_as_soon_as_no_future_vote_can_change_it(cast: list[str], open_seats: int, mode: Mode) -> None:
    n = max(len(cast) + open_seats, 1)

    assert outcome(Rule(mode), tally(n, cast)) == by_all_futures(Fraction(1), n, cast)


@settings(deadline=None)
@given(votes, st.integers(min_value=0, max_value=3), shares, st.booleans())
def test_a_share_is_decided_as_soon_as_no_future_vote_can_change_it(
    cast: list[str], open_seats: int, share: Fraction, excluding: bool
) -> None:
    n = max(len(cast) + open_seats, 1)

    found = outcome(Rule(RATIO, share, excludes_abstentions=excluding), tally(n, cast))

    assert found == by_all_futures(share, n, cast, excluding=excluding)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from((*VOTES, None))), min_size=1, max_size=6), shares)
def test_weights_pass_and_fail_by_exact_fractions(seats: list[tuple[int, str | None]], share: Fraction) -> None:
    n = sum(weight for weight, _ in seats)
    counts = [sum(weight for weight, vote in seats if vote == one) for one in VOTES]
    out = sum(weight for weight, vote in seats if vote is None)

    found = outcome(Rule(WEIGHT, share), Tally(n, *counts))

    assert (found is AGREED) == (counts[0] >= share * n)
    assert (found is REJECTED) == (counts[0] + out < share * n)


def test_three_fifths_of_three_are_two() -> None:
    rule = Rule(RATIO, Fraction(3, 5))

    assert outcome(rule, Tally(3, agree=1)) is OPEN
    assert outcome(rule, Tally(3, agree=2)) is AGREED
    assert outcome(rule, Tally(3, against=2)) is REJECTED


def test_whoever_collects_hears_everybody_first() -> None:
    rule = Rule(ALL, collects=True)

    assert outcome(rule, Tally(3, agree=1, against=1)) is OPEN
    assert outcome(rule, Tally(3, agree=2, against=1)) is REJECTED


def test_where_the_first_agreement_decides_all_must_refuse_to_fail() -> None:
    rule = Rule(ANY, first_agrees=True)

    assert outcome(rule, Tally(2, against=1)) is OPEN
    assert outcome(rule, Tally(2, against=2)) is REJECTED
    assert outcome(rule, Tally(2, agree=1, against=1)) is AGREED


@settings(deadline=None)
@given(votes, st.integers(min_value=0, max_value=3), st.sampled_from([ONE, ANY]))
def test_any_is_decided_by_the_first_vote_that_says_something(cast: list[str], open_seats: int, mode: Mode) -> None:
    n = max(len(cast) + open_seats, 1)
    until_decided = cast[: next((i + 1 for i, vote in enumerate(cast) if vote != "abstain"), len(cast))]

    assert outcome(Rule(mode), tally(n, until_decided)) == by_playing(n, until_decided)


@pytest.mark.parametrize("mode", list(Mode))
def test_nobody_asked_decides_nothing(mode: Mode) -> None:
    assert outcome(Rule(mode), Tally(0)) == OPEN


@pytest.mark.parametrize("counts", [(1, 2, 0, 0), (1, 1, 1, 0), (2, -1, 0, 0)])
def test_an_impossible_tally_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="impossible tally"):
        Tally(*counts)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_an_impossible_share_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="passes"):
        Rule(RATIO, share)
