"""How many say yes: pure tallies of the approval modes."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How the holders of one approval decide together."""

    ONE = "one"  # 单签: one holder decides
    ALL = "all"  # 会签: everybody must agree
    ANY = "any"  # 或签: the first decision of any holder decides


class Outcome(StrEnum):
    """What a tally says about its approval."""

    AGREED = "agreed"
    REJECTED = "rejected"
    OPEN = "open"


ONE, ALL, ANY = Mode.ONE, Mode.ALL, Mode.ANY
AGREED, REJECTED, OPEN = Outcome.AGREED, Outcome.REJECTED, Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one approval in one round.

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


def outcome(mode: Mode, tally: Tally) -> Outcome:
    """Say whether an approval is decided, as early as its mode allows.

    An approval with nobody in it (n = 0) is never decided by its tally.
    """
    match mode:
        case Mode.ALL:
            return _all_agree(tally)
        case Mode.ONE | Mode.ANY:
            return _first_decides(tally)


def _all_agree(tally: Tally) -> Outcome:
    # Fail fast: one who is against, or who abstains, puts "everybody agrees" out of reach.
    if tally.against or tally.abstain:
        return OPEN if tally.n == 0 else REJECTED
    return AGREED if 0 < tally.n == tally.agree else OPEN


def _first_decides(tally: Tally) -> Outcome:
    # The machine closes the approval at the first decision, so both kinds never meet here;
    # if they did, the refusal stands, because a wrong yes cannot be taken back.
    if tally.against:
        return REJECTED
    if tally.agree:
        return AGREED
    # An abstention hands the decision to the others; when nobody is left, nobody agreed.
    return REJECTED if 0 < tally.n == tally.abstain else OPEN
