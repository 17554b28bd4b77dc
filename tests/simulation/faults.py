"""What goes wrong, by seed: at the edges of units, on the way out, and between the processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeVar, cast

from workflows.machine.case import JSON, Lane
from workflows.memory import RowExistsError
from workflows.ports import CommitUnknown, Conflict, DueEffect, StoreUnavailable, Unit, Units

T = TypeVar("T")

FAULTS: Final[Mapping[str, float]] = {
    "interleave": 0.3,
    "conflict": 0.08,
    "unavailable": 0.05,
    "unknown_lost": 0.05,
    "unknown_stored": 0.05,
    "crash": 0.05,
    "crash_after_commit": 0.05,
    "duplicate_event": 0.15,
    "lost_hint": 0.5,
    "doubled_hint": 0.3,
    "gateway_fails": 0.3,
    "gateway_hangs": 0.2,
    "gateway_answers_twice": 0.3,
    "clock_jumps": 0.1,
}
"""Every fault and how likely it strikes where it can, in a seed that has it."""

EDGES: Final = frozenset(
    {
        "key_events",
        "lock_correlations",
        "subscriptions_to",
        "take_unmatched",
        "claim_fresh",
        "claim_cases",
        "count_attempts",
        "load",
        "save_heads",
        "write",
        "lease_effects",
        "narrowable",
        "due_plans",
    }
)
"""After these statements another worker may run."""


class Crashed(BaseException):
    """The process died here: what it held open is rolled back, and nobody hears from it any more."""


@dataclass
class Fate:
    """The one source of chance of a seed: which faults it has, when they strike, and where others are at work.

    `pairs` and `cases` are what the unit entered last has its hands on: whoever comes in between aims there.
    """

    random: Random
    faults: frozenset[str]
    pairs: frozenset[tuple[str, str]] = frozenset()
    cases: tuple[str, ...] = ()
    seen: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    active: bool = True

    def strikes(self, fault: str) -> bool:
        """Whether the fault strikes now."""
        if not self.active or fault not in self.faults or self.random.random() >= FAULTS[fault]:
            return False
        self.seen[fault] += 1
        return True


def swarm(random: Random) -> frozenset[str]:
    """A random subset of the faults; most seeds may interleave, because most that goes wrong needs two."""
    chosen = {fault for fault in FAULTS if random.random() < 0.35}
    return frozenset(chosen | {"interleave"} if random.random() < 0.7 else chosen)


class ForwardingUnit:
    """A unit that passes everything on: what a rig changes, it overrides."""

    def __init__(self, unit: Unit | ForwardingUnit) -> None:
        self._unit: Any = unit

    def after_commit(self) -> None:
        """What a planted bug does once the unit is committed."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class _EdgedUnit(ForwardingUnit):
    """Lets others run after the statements of EDGES, and notes what rarely happens."""

    def __init__(self, unit: ForwardingUnit, fate: Fate, meanwhile: Callable[[], None]) -> None:
        super().__init__(unit)
        self._fate = fate
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if not callable(found):
            return found

        def then_others(*arguments: Any) -> Any:
            try:
                result = found(*arguments)
            except RowExistsError as error:
                # A constraint of the store is the last line of defence: to meet it is a bug, even where it helps.
                self._fate.broken.append(str(error))
                raise
            self._note(name, arguments, result)
            if name in EDGES:
                self._meanwhile()
            return result

        return then_others

    def _note(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        seen = self._fate.seen
        match name:
            case "lock_correlations":
                self._fate.pairs = frozenset(arguments[0])
            case "load":
                self._fate.cases = tuple(result)
            case "save_heads":
                seen["guard lost"] += len(arguments[0]) - len(result)
            case "record_sent" | "record_failed":
                seen["fenced write refused"] += len(arguments[0]) - len(result)
            case "take_unmatched":
                seen["parked event taken"] += len(result)
            case "fire_timers":
                seen["timer fired"] += result
            case "due_plans":
                seen["plan followed"] += len(result)
            case "own":
                seen["seat narrowed"] += len(arguments[0])
            case "quarantine":
                seen["case quarantined"] += 1


RARE: Final = (
    "guard lost",
    "fenced write refused",
    "parked event taken",
    "timer fired",
    "plan followed",
    "seat narrowed",
    "case quarantined",
    "conflict",
    "unknown_lost",
    "unknown_stored",
    "crash",
    "crash_after_commit",
    "event duplicate",
    "event conflict",
    "gateway_hangs",
    "gateway_answers_twice",
    "act 409",
    "clock_jumps",
)
"""What a run of a few hundred seeds must have seen at least once, or it proves less than it says."""

Plant = Callable[[Unit, Units], "ForwardingUnit"]
"""Wraps a unit (of these units) with a planted bug."""


class FaultyUnits:
    """Units whose edges fail as the seed's fate has it.

    Args:
        units: the store.
        fate: when what goes wrong.
        meanwhile: lets another worker run, or does nothing.
        plant: a planted bug, if any.
        nested: whether others run inside an open unit; a store with one writer lets them run only before it opens.
    """

    def __init__(
        self,
        units: Units,
        fate: Fate,
        meanwhile: Callable[[], None],
        plant: Plant | None = None,
        *,
        nested: bool = True,
    ) -> None:
        self.county = units.county
        self.batch = units.batch
        self._units = units
        self._fate = fate
        self._between = meanwhile
        self._inside = meanwhile if nested else _nobody
        self._plant = plant

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one unit, with whatever goes wrong."""
        planted: list[ForwardingUnit] = []
        self._between()

        def edged(unit: Unit) -> T:
            self._inside()
            bugged = ForwardingUnit(unit) if self._plant is None else self._plant(unit, self._units)
            planted[:] = [bugged]
            result = work(cast("Unit", _EdgedUnit(bugged, self._fate, self._inside)))
            self._inside()
            self._fail_before_commit()
            return result

        result = self._units.run(edged, lane)
        self._fail_after_commit()
        planted[0].after_commit()
        return result

    def read(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one unit that writes nothing."""
        return self._units.read(work)

    def _fail_before_commit(self) -> None:
        if self._fate.strikes("conflict"):
            raise Conflict("simulated: lost against another transaction")
        if self._fate.strikes("unavailable"):
            raise StoreUnavailable("simulated: the database does not answer")
        if self._fate.strikes("unknown_lost"):
            raise CommitUnknown("simulated: the connection was lost before COMMIT")
        if self._fate.strikes("crash"):
            raise Crashed

    def _fail_after_commit(self) -> None:
        if self._fate.strikes("unknown_stored"):
            raise CommitUnknown("simulated: the connection was lost after COMMIT")
        if self._fate.strikes("crash_after_commit"):
            raise Crashed


def _nobody() -> None:
    """Nobody runs meanwhile."""


class Sink:
    """The outside: takes effects, fails, hangs past the lease, or hears the same twice; remembers all it saw.

    Args:
        units: where notices go.
        fate: when what goes wrong.
        hang: lets time pass beyond the lease while others work.
    """

    def __init__(self, units: Units, fate: Fate, hang: Callable[[], None]) -> None:
        self._units = units
        self._fate = fate
        self._hang = hang
        self.seen: list[tuple[str, Mapping[str, JSON]]] = []

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Take effects as fate has it."""
        if self._fate.strikes("gateway_fails"):
            return {due.effect.key: "simulated: refused" for due in effects}
        for _ in range(1 + self._fate.strikes("gateway_answers_twice")):
            self._take(effects)
        if self._fate.strikes("gateway_hangs"):
            self._hang()
        return dict.fromkeys((due.effect.key for due in effects), None)

    def _take(self, effects: Sequence[DueEffect]) -> None:
        self.seen.extend((due.effect.key, due.effect.body) for due in effects)
        notices = [due.effect for due in effects if due.effect.gateway == "notice"]
        if notices:
            self._units.run(lambda unit: unit.add_notices(notices))
