"""票决: a vote with quorum, pass share and tie, by exact fractions; closed as soon as its result cannot change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

SECRET_VOTERS: Final = 5
"""Fewer voters, or ballots, than this are not secret: whoever knows their own vote can guess the others'."""
MOST_FUTURES: Final = 20_000
"""More ways than this for the votes still out are not tried: such a vote closes when all have voted, or in time."""


class Result(StrEnum):
    """How a vote stands."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    TIED = "tied"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a vote needs.

    Args:
        quorum: the share of the seats that must cast a vote (an abstention is one), at least.
        passes: the share of the votes that must agree, more than.
        of_all: whether that share is of all votes there are, not only of those cast.

    Raises:
        ValueError: when a share is not between 0 and 1, or a vote could pass without any agreement.
    """

    quorum: Fraction
    passes: Fraction
    of_all: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.quorum <= 1 or not 0 <= self.passes < 1:
            message = f"vote: quorum {self.quorum} must lie in 0..1 and passes {self.passes} in 0..1, below 1"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Ballots:
    """The votes cast so far: how many seats have voted, what the votes weigh, and the weights still out.

    Where nothing is weighted every vote weighs 1 (`equal`).
    """

    cast: int
    agree: int = 0
    against: int = 0
    abstain: int = 0
    out: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if min(self.cast, self.agree, self.against, self.abstain, *self.out) < 0:
            message = f"impossible ballots {self!r}: counts and weights are at least 0"
            raise ValueError(message)

    @property
    def n(self) -> int:
        """How many seats there are."""
        return self.cast + len(self.out)

    @property
    def weight(self) -> int:
        """What the votes cast weigh together."""
        return self.agree + self.against + self.abstain


def equal(n: int, agree: int = 0, against: int = 0, abstain: int = 0) -> Ballots:
    """The ballots of `n` seats of which each has one vote.

    Raises:
        ValueError: when more have voted than there are seats.
    """
    cast = agree + against + abstain
    if cast > n:
        message = f"impossible ballots: {cast} of {n} seats have voted"
        raise ValueError(message)
    return Ballots(cast, agree, against, abstain, (1,) * (n - cast))


def share(text: str) -> Fraction:
    """Read a share as a definition writes it: "2/3", "1/2".

    Raises:
        ValueError: naming what is not a fraction.
    """
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        message = f"share '{text}' is not a fraction: write it like '2/3'"
        raise ValueError(message) from error


def closed(rule: Rule, ballots: Ballots) -> Result:
    """The result if nobody votes any more."""
    if ballots.cast < rule.quorum * ballots.n or ballots.cast == 0:
        return Result.NO_QUORUM
    base = ballots.weight + (sum(ballots.out) if rule.of_all else 0)
    if ballots.agree > rule.passes * base:
        return Result.PASSED
    return Result.TIED if ballots.agree == ballots.against else Result.FAILED


@lru_cache(maxsize=4096)
def standing(rule: Rule, ballots: Ballots) -> Result:
    """The result as soon as no vote that is still out can change it, OPEN before."""
    endings: set[Result] = set()
    for number, future in enumerate(_futures(ballots)):
        endings.add(closed(rule, future))
        if len(endings) > 1 or number >= MOST_FUTURES:
            return Result.OPEN
    return endings.pop()


def _futures(ballots: Ballots) -> Iterator[Ballots]:
    """Every way the votes still out may go, each seen once: votes of one weight are the same to the result."""
    if not ballots.out:
        yield ballots
        return
    weight = max(ballots.out)
    alike = ballots.out.count(weight)
    others = tuple(one for one in ballots.out if one != weight)
    for agree in range(alike + 1):
        for against in range(alike + 1 - agree):
            for abstain in range(alike + 1 - agree - against):
                cast = agree + against + abstain
                for rest in _futures(Ballots(0, out=others)):
                    yield Ballots(
                        ballots.cast + cast + rest.cast,
                        ballots.agree + agree * weight + rest.agree,
                        ballots.against + against * weight + rest.against,
                        ballots.abstain + abstain * weight + rest.abstain,
                        (weight,) * (alike - cast) + rest.out,
                    )
