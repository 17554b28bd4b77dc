"""What an explanation consists of: one reason for everything that a case waits for, and the blocks around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.calendar import Light
from workflows.machine.byitself import ByItself
from workflows.machine.deadlines import is_provisional


class Why(StrEnum):
    """Kinds of reason why nothing moves."""

    ITEM = "item"
    VOTE = "vote"
    EVENT = "event"
    NOTICE = "notice"
    CALL = "call"
    RESOURCE = "resource"
    GATE = "gate"
    QUARANTINED = "quarantined"
    ENDED = "ended"
    UNDER_WAY = "under_way"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that the case waits for.

    `holders` are principals, `chosen_by` the user who chose them (自选), `chooses` the steps whose people they
    choose; `verbs` and `events` are what would move it; `remaining` are working minutes until
    `due_at` (which follows from the clock `due_rule`), negative when it is past (of a paused notice: that are left when it goes on); `escalates_at` is when
    `escalates_to` (a role) may decide as well, `by_itself` what its ladder does if nobody answers. `done` of `of` votes or sub-cases are there, and `needs` are enough;
    `cases` are the sub-cases that still run, `paths` the steps that hold a notice up, `resource` is what an exclusive
    waits for and `ahead` how many stand before it (with whoever has it). Nobody votes for another one where it is `in_person`.
    """

    why: Why
    since: datetime
    path: str | None = None
    kind: str | None = None
    holders: tuple[str, ...] = ()
    chosen_by: str | None = None
    chooses: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    due_at: datetime | None = None
    due_rule: str = ""
    remaining: int | None = None
    light: Light = Light.GREEN
    escalates_at: datetime | None = None
    escalates_to: str | None = None
    by_itself: tuple[ByItself, ...] = ()
    detail: str | None = None
    done: int | None = None
    of: int | None = None
    needs: int | None = None
    cases: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    resource: str | None = None
    ahead: int | None = None
    in_person: bool = False

    @property
    def provisional(self) -> bool:
        """Whether `due_at` may still move, because the holidays of its year are not announced."""
        return is_provisional(self.due_rule)


@dataclass(frozen=True, slots=True)
class Around:
    """A block that what is waited for stands in: a for-each or parallel with what has arrived, a race with its ways.

    `needs` parts are enough to go on; `paths` are the steps of which the first that comes decides.
    """

    word: str
    path: str
    since: datetime
    done: int
    of: int
    needs: int
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every reason, the most pressing first; a running case always has at least one. The outermost block is first."""

    reasons: tuple[Reason, ...]
    blocks: tuple[Around, ...] = ()

    @property
    def first(self) -> Reason:
        """The most pressing reason."""
        return self.reasons[0]

    @property
    def around(self) -> Around | None:
        """The innermost block around the most pressing reason."""
        path = self.first.path or ""
        return next((one for one in reversed(self.blocks) if path.startswith(f"{one.path}/")), None)
