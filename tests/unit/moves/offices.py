"""An office whose store can be made to fail at a chosen place, and small workflows to run in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from workflows.language.words import (
    Handler,
    Step,
    Workflow,
    approve,
    carry_out,
    do,
    emit,
    end,
    remind,
    role,
    sequence,
    wait,
    workflow,
)
from workflows.machine.case import Lane
from workflows.memory.rows import CASES, EFFECTS, INBOX, PLANS, SUBSCRIPTIONS, TIMERS, UNMATCHED
from workflows.memory.unit import MemoryUnit
from workflows.moves.accepting import Accepted, Submission, accept
from workflows.ports import CommitUnknown, Engine, NewEvent, Unit, Units
from workflows.testkit import Office, staff

T = TypeVar("T")

BEGAN, MORE = "trial.began.v1", "trial.more.v1"
TABLES = {
    "case": CASES,
    "effect": EFFECTS,
    "inbox": INBOX,
    "plan": PLANS,
    "subscription": SUBSCRIPTIONS,
    "timer": TIMERS,
    "unmatched": UNMATCHED,
}


def trial(*steps: Step, name: str = "trial", starts_on: str = BEGAN, on: tuple[Handler, ...] = ()) -> Workflow:
    """A workflow of these steps."""
    return workflow(name, starts_on=starts_on, about="trial", steps=sequence(*steps), on=on)


def task(name: str = "task") -> Step:
    """Something that the clerk does."""
    return carry_out(name, by=role("clerk"), within=3, overdue=(remind(0),))


CHECKED = trial(approve("check", by=role("officer"), on_reject=end("refused", "rejected")), end("granted", "approved"))
WAITING = trial(wait("more", event=MORE, takes=("place",)), task())
SAYING = trial(do("say", emit("trial.said.v1")), task())


def office(*workflows: Workflow) -> Office:
    """An office with a clerk, two officers and a head."""
    people = staff(clerk="clerk", officer="officer", other="officer", head="office_head")
    return Office(list(workflows) or [CHECKED], people)


def began(here: Office, key: str = "k1", **given: Any) -> NewEvent:
    """The event that starts the trial of `key`."""
    return here.event(BEGAN, key=key, **given)


def more(here: Office, key: str = "k1", **given: Any) -> NewEvent:
    """The event that the trial of `key` waits for."""
    return here.event(MORE, key=key, **given)


def take(engine: Engine, *events: NewEvent, whole: bool = True) -> tuple[Accepted, ...]:
    """Accept one submission."""
    [answer] = accept(engine, [Submission(events, whole)])
    return answer


def rows(here: Office, table: str) -> list[Any]:
    """Every row of a table."""
    units: Any = here.store.units
    found: list[Any] = units.read(lambda unit: [row for _, row in unit.tx.all(TABLES[table])])
    return found


@dataclass
class Faults:
    """What goes wrong, and when.

    `before` and `after` map a method of the unit to what is done around its next call; each happens once.
    `refuse` looks at each call, and raises what the store would. `commits` tells for the coming runs how they end: "kept" and "lost" both raise CommitUnknown.
    """

    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    after: dict[str, Callable[[], None]] = field(default_factory=dict)
    refuse: Callable[[str, tuple[Any, ...]], None] | None = None
    commits: list[str] = field(default_factory=list)
    woken: list[Lane] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)


class FaultyUnits:
    """Units over those of an office, with faults."""

    def __init__(self, inner: Any, faults: Faults) -> None:
        self.inner = inner
        self.faults = faults
        self.county: str = inner.county
        self.batch: int = inner.batch

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run as the store does, and lose the answer of the commit where that is planned."""
        self.faults.lanes.append(lane)
        end_ = self.faults.commits.pop(0) if self.faults.commits else ""
        if end_ == "lost":
            self.inner.read(lambda unit: work(self._watched(unit)))
            raise CommitUnknown("the connection was lost during COMMIT")
        result: T = self.inner.run(lambda unit: work(self._watched(unit)), lane)
        if end_ == "kept":
            raise CommitUnknown("the connection was lost during COMMIT")
        return result

    def read(self, work: Callable[[Unit], T]) -> T:
        """Read without faults."""
        result: T = self.inner.read(work)
        return result

    def _watched(self, unit: MemoryUnit) -> Any:
        return _Watched(unit, self.faults)


class _Watched:
    def __init__(self, unit: MemoryUnit, faults: Faults) -> None:
        self._unit = unit
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._unit, name)
        if not callable(found):
            return found

        def called(*given: Any) -> Any:
            self._faults.before.pop(name, _nothing)()
            if self._faults.refuse is not None:
                self._faults.refuse(name, given)
            result = found(*given)
            self._faults.after.pop(name, _nothing)()
            return result

        return called


def _nothing() -> None:
    pass


def faulty(here: Office, batch: int | None = None) -> tuple[Engine, Faults]:
    """The office's engine with faults in its store; it notes which lanes it wakes."""
    faults = Faults()
    units: Any = FaultyUnits(here.store.units, faults)
    units.batch = batch or units.batch
    checked: Units = units
    return replace(here.engine, units=checked, wake=faults.woken.append), faults
