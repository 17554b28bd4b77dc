"""票决: a vote with quorum, pass share and tie, by exact fractions; closed as soon as its result cannot change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache


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
        passes: the share of the votes cast that must agree, more than.

    Raises:
        ValueError: when a share is not between 0 and 1, or a vote could pass without any agreement.
    """

    quorum: Fraction
    passes: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.quorum <= 1 or not 0 <= self.passes < 1:
            message = f"vote: quorum {self.quorum} must lie in 0..1 and passes {self.passes} in 0..1, below 1"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Ballots:
    """The votes cast so far among `n` seats."""

    n: int
    agree: int = 0
    against: int = 0
    abstain: int = 0

    def __post_init__(self) -> None:
        if min(self.agree, self.against, self.abstain) < 0 or self.cast > self.n:
            message = f"impossible ballots {self!r}: counts are at least 0 and together at most n"
            raise ValueError(message)

    @property
    def cast(self) -> int:
        return self.agree + self.against + self.abstain


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
    if ballots.agree > rule.passes * ballots.cast:
        return Result.PASSED
    return Result.TIED if ballots.agree == ballots.against else Result.FAILED


@lru_cache(maxsize=4096)
def standing(rule: Rule, ballots: Ballots) -> Result:
    """The result as soon as no vote that is still out can change it, OPEN before."""
    rest = ballots.n - ballots.cast
    endings = {
        closed(rule, Ballots(ballots.n, ballots.agree + a, ballots.against + b, ballots.abstain + c))
        for a in range(rest + 1)
        for b in range(rest + 1 - a)
        for c in range(rest + 1 - a - b)
    }
    return endings.pop() if len(endings) == 1 else Result.OPEN
