"""A seat before it is an item: who may take it, and what rules made it so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.roster import Roster
from workflows.language.words import Who
from workflows.machine.case import Capacity, Case

Candidates = tuple[tuple[str, Capacity], ...]


class Ruled(StrEnum):
    """What a rule does with a seat instead of asking anybody."""

    SKIPPED = "skipped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Where:
    """What a resolver looks at: the case with the values that its step sees, and the roster of a day.

    `stood_back` are the officers who have stood back from the step (回避).
    """

    head: Case
    roster: Roster
    day: date
    stood_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seat:
    """One answer that is asked for: who may give it, and the departments that may see the case because of it.

    Args:
        candidates: the principals who may take it, each with its capacity; nobody where it is empty.
        departments: those that see the case because of it.
        users: the officers of the roster behind the candidates.
        pick: whether assign narrows it to one person.
        asked: the resolver that it comes from, for whoever looks above an empty seat.
        ruled: what a rule does with it instead.
        rules: the rules that made it what it is, in order, for the history.
        fallback: whether nobody was found, so that the office or the administrators hold it (审批人为空).
    """

    candidates: Candidates
    departments: frozenset[str]
    users: tuple[str, ...] = ()
    pick: str = "any"
    asked: Who | None = None
    ruled: Ruled | None = None
    rules: tuple[str, ...] = ()
    fallback: bool = False

    @property
    def asks(self) -> bool:
        """Whether somebody is asked."""
        return self.ruled is None


NOBODY: Final = Seat((), frozenset())
