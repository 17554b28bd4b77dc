"""票决 against an oracle that imports nothing of ours: all final ballots, all orders, never flipped after it is closed."""

from fractions import Fraction
from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.voting import Ballots, Result, Rule, closed, equal, share, standing

CHOICES = ("agree", "against", "abstain", "absent")
RULES = [
    (Fraction(2, 3), Fraction(1, 2), False),
    (Fraction(1, 2), Fraction(2, 3), False),
    (Fraction(2, 3), Fraction(1, 2), True),
    (Fraction(0), Fraction(0), False),
]


def oracle(rule: tuple[Fraction, Fraction, bool], seats: list[tuple[str, int]]) -> str:
    """The result of final ballots: (choice, weight) for each seat."""
    quorum, passes, of_all = rule
    voted = [seat for seat in seats if seat[0] != "absent"]
    if not voted or Fraction(len(voted), len(seats)) < quorum:
        return "no_quorum"
    weight = {choice: sum(w for c, w in seats if c == choice) for choice in CHOICES}
    base = sum(w for _, w in (seats if of_all else voted))
    if Fraction(weight["agree"], base) > passes:
        return "passed"
    return "tied" if weight["agree"] == weight["against"] else "failed"


def ballots(seats: list[tuple[str, int]]) -> Ballots:
    weight = {choice: sum(w for c, w in seats if c == choice) for choice in CHOICES}
    out = tuple(w for c, w in seats if c == "absent")
    return Ballots(len(seats) - len(out), weight["agree"], weight["against"], weight["abstain"], out)


@pytest.mark.parametrize("rule", RULES)
def test_all_final_ballots_of_seven_seats_come_out_as_the_oracle_says(rule: tuple[Fraction, Fraction, bool]) -> None:
    wrong = [
        final
        for final in product(CHOICES, repeat=7)
        if closed(Rule(*rule), ballots([(one, 1) for one in final])) != oracle(rule, [(one, 1) for one in final])
    ]

    assert wrong == []


def played(rule: tuple[Fraction, Fraction, bool], order: list[tuple[int, str]], weights: list[int]) -> list[str]:
    """How the vote stands after each vote that is cast; absent seats are still out."""
    seats = [("absent", weight) for weight in weights]
    stands = [standing(Rule(*rule), ballots(seats))]
    for seat, choice in order:
        seats[seat] = (choice, weights[seat])
        stands.append(standing(Rule(*rule), ballots(seats)))
    return [one.value for one in stands]


def never_flips(stands: list[str], final: str) -> bool:
    first = next((number for number, one in enumerate(stands) if one != "open"), len(stands))
    return all(one == final for one in stands[first:])


@pytest.mark.parametrize("rule", RULES)
def test_in_all_orders_of_up_to_five_voters_it_never_flips_after_it_is_closed(
    rule: tuple[Fraction, Fraction, bool],
) -> None:
    for n in range(1, 5):
        for choices in product(CHOICES[:3], repeat=n):
            final = oracle(rule, [(one, 1) for one in choices])
            orders = permutations(list(enumerate(choices)))
            assert all(never_flips(played(rule, list(order), [1] * n), final) for order in orders)


def test_in_all_orders_of_five_voters_it_never_flips_after_it_is_closed() -> None:
    rule = RULES[0]
    for choices in product(CHOICES[:3], repeat=5):
        final = oracle(rule, [(one, 1) for one in choices])
        assert all(
            never_flips(played(rule, list(one), [1] * 5), final) for one in permutations(list(enumerate(choices)))
        )


def test_in_ten_thousand_drawn_orders_of_six_and_seven_weighted_voters_it_never_flips() -> None:
    random = Random(7)  # a seed to repeat it, no secret
    for _ in range(10_000):
        n, rule = random.choice((6, 7)), random.choice(RULES)
        weights = [random.choice((1, 1, 1, 2)) for _ in range(n)]
        votes = [(seat, random.choice(CHOICES[:3])) for seat in random.sample(range(n), n)]
        final = oracle(rule, [(choice, weights[seat]) for seat, choice in votes])
        assert never_flips(played(rule, votes, weights), final)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CHOICES), st.integers(1, 3)), min_size=1, max_size=5), st.sampled_from(RULES))
def test_it_stays_open_exactly_as_long_as_a_vote_still_out_can_change_it(
    seats: list[tuple[str, int]], rule: tuple[Fraction, Fraction, bool]
) -> None:
    out = [number for number, (choice, _) in enumerate(seats) if choice == "absent"]
    futures = set()
    for rest in product(CHOICES, repeat=len(out)):
        final = list(seats)
        for number, choice in zip(out, rest, strict=True):
            final[number] = (choice, seats[number][1])
        futures.add(oracle(rule, final))

    found = standing(Rule(*rule), ballots(seats))

    assert found == (futures.pop() if len(futures) == 1 else Result.OPEN)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="impossible ballots"):
        equal(2, agree=3)
    with pytest.raises(ValueError, match="impossible ballots"):
        Ballots(1, agree=-1)
    with pytest.raises(ValueError, match="not a fraction"):
        share("two thirds")
