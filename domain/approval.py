"""How many say yes: pure tallies of the approval modes, by exact fractions."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Mode(StrEnum):
    """How the holders of one approval decide together."""

    ONE = "one"  # 单签: one holder decides
    ALL = "all"  # 会签: everybody must agree
    ANY = "any"  # 或签: the first decision of any holder decides
    SEQUENCE = "sequence"  # 依次: one after the other, each must agree
    RATIO = "ratio"  # 会签 (比例): so large a share of the seats must agree
    WEIGHT = "weight"  # 会签 (加权): seats that hold so large a share of the weight must agree


class Outcome(StrEnum):
    """What a tally says about its approval."""

    AGREED = "agreed"
    REJECTED = "rejected"
    OPEN = "open"


ONE, ALL, ANY = Mode.ONE, Mode.ALL, Mode.ANY
SEQUENCE, RATIO, WEIGHT = Mode.SEQUENCE, Mode.RATIO, Mode.WEIGHT
AGREED, REJECTED, OPEN = Outcome.AGREED, Outcome.REJECTED, Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Rule:
    """What an approval needs.

    Args:
        passes: the share of all seats (or of their weight) that must agree, at least; for ratio and weight.
        collects: everybody is heard, even when the result is certain before.
        first_agrees: with ANY, only an agreement decides at once; it fails when nobody is left who could agree.
        excludes_abstentions: who abstains no longer counts among the seats.

    Raises:
        ValueError: for a share that is not above 0 and at most 1.
    """

    mode: Mode
    passes: Fraction = Fraction(1)
    collects: bool = False
    first_agrees: bool = False
    excludes_abstentions: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.passes <= 1:
            message = f"approval: passes {self.passes} must lie above 0 and at most at 1"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one approval in one round, in seats or in weight.

    Args:
        n: how many seats may decide; agree, against and abstain are part of it.

    Raises:
        ValueError: when a count is negative or more have decided than there are seats.
    """

    n: int
    agree: int = 0
    against: int = 0
    abstain: int = 0

    def __post_init__(self) -> None:
        decided = self.agree + self.against + self.abstain
        if min(self.agree, self.against, self.abstain) < 0 or decided > self.n:
            message = f"impossible tally {self!r}: counts are at least 0 and together at most n"
            raise ValueError(message)

    @property
    def out(self) -> int:
        """How much has not decided yet."""
        return self.n - self.agree - self.against - self.abstain


def outcome(rule: Rule, tally: Tally) -> Outcome:
    """Say whether an approval is decided, as early as its rule allows.

    An approval with nobody in it (n = 0) is never decided by its tally.
    """
    if tally.n == 0:
        return OPEN
    match rule.mode:
        case Mode.ONE | Mode.ANY:
            return _first_decides(rule, tally)
        case Mode.ALL | Mode.SEQUENCE:
            return _share_agrees(rule, tally, Fraction(1))
        case Mode.RATIO | Mode.WEIGHT:
            return _share_agrees(rule, tally, rule.passes)


def _share_agrees(rule: Rule, tally: Tally, share: Fraction) -> Outcome:
    """Decided when the share is reached, or out of reach; who abstains counts as a seat that did not agree."""
    if rule.collects and tally.out:
        return OPEN
    base = tally.n - tally.abstain if rule.excludes_abstentions else tally.n
    # If all who are out agree, or all refuse; an abstention to come can only lower the base.
    if base == 0 or tally.agree + tally.out < share * base:
        return REJECTED if base or not tally.out else OPEN
    return AGREED if tally.agree >= share * base else OPEN


def _first_decides(rule: Rule, tally: Tally) -> Outcome:
    if rule.first_agrees:
        if tally.agree:
            return AGREED
        return OPEN if tally.out else REJECTED
    # The machine closes the approval at the first decision, so both kinds never meet here;
    # if they did, the refusal stands, because a wrong yes cannot be taken back.
    if tally.against:
        return REJECTED
    if tally.agree:
        return AGREED
    # An abstention hands the decision to the others; when nobody is left, nobody agreed.
    return REJECTED if 0 < tally.n == tally.abstain else OPEN
