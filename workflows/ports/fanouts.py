"""Fan-outs: one event or signal that concerns thousands of cases, as a row with a cursor, and where these rows are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from workflows.machine.stimuli import Signal

Posted = tuple[str, int]
"""A case, and the number of the inbox row that a fan-out posted to it."""


class FanoutState(StrEnum):
    """A fan-out posts until it is done, and takes back until it is undone."""

    GOING = "going"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


UNDER_WAY = (FanoutState.GOING, FanoutState.UNDOING)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases under way a fan-out concerns: those for which everything that is set holds.

    Attributes:
        workflow: the name of their workflow.
        field: a plain field and its value, ("town", "330226001").
        provisional: something is due by a calendar that does not know the holidays of that year yet.
        due_from: something is due, or a timer falls due, at this moment or later.
        held: an item is open.
        roster: an item is open whose holders were found on another version of the roster than this one.
    """

    workflow: str | None = None
    field: tuple[str, str] | None = None
    provisional: bool = False
    due_from: datetime | None = None
    roster: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Fanout:
    """One fan-out. Its kind is the sign of its signal; `cursor` is the last case that it posted to.

    Nothing is posted before `started_at`.

    `total` is how many cases the selection found when the first slice was posted, None before. Of an undone one
    `taken_back` never reached their cases, `countered` got the counter-signal, and `kept` stay as they are: they had
    taken the signal, and its kind has no counter-signal.
    """

    id: str
    signal: Signal
    selection: Selection
    state: FanoutState
    by: str
    reason: str
    started_at: datetime
    ended_at: datetime | None = None
    cursor: str = ""
    total: int | None = None
    posted: int = 0
    undone_by: str | None = None
    undone_reason: str | None = None
    taken_back: int = 0
    countered: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of rows that were to be taken back: they never reached their cases, or had been taken before.

    Rows that somebody holds at this moment are in neither: they are asked for again.
    """

    back: tuple[Posted, ...]
    taken: tuple[Posted, ...]


class Fanouts(Protocol):
    """The fan-outs of a county, in the transaction of a unit."""

    def add(self, fanout: Fanout) -> bool:
        """Store a new one; False, and nothing stored, where one with its id was stored before."""

    def claim(self) -> Fanout | None:
        """Lock the oldest that is under way, has started and is held by nobody else."""

    def lock(self, fanout: str) -> Fanout | None:
        """Wait for this one, lock it and read it; None where there is none."""

    def save(self, fanout: Fanout) -> None:
        """Replace a locked one."""

    def count(self, selection: Selection) -> int:
        """How many cases the selection holds now."""

    def select(self, selection: Selection, after: str, limit: int) -> list[str]:
        """The first cases of the selection whose id comes after `after`, in the order of their ids."""

    def note(self, fanout: str, posted: Sequence[Posted]) -> None:
        """Remember the rows that were posted."""

    def noted(self, fanout: str, limit: int) -> list[Posted]:
        """Rows that were posted and not yet taken back, in the order of their cases."""

    def withdraw(self, posted: Sequence[Posted]) -> Withdrawn:
        """Take rows out of the inboxes, where they still are and nobody holds them."""

    def forget(self, fanout: str, posted: Sequence[Posted]) -> None:
        """Remember these rows no longer."""
