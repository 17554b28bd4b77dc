"""One seed on PostgreSQL: several workers, each with a connection of its own, moved statement by statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar, cast

from adapters.sql.reads import SqlReads
from adapters.vault import OfficeVault
from tests.simulation.faults import ForwardingUnit, Plant
from tests.simulation.lines import BREAKS, LOCKS_CASES, LOCKS_CORRELATIONS, Exchange, Slip, faithful
from tests.simulation.neighbours import STILL
from tests.simulation.people import COUNTY
from tests.simulation.plots import Plot
from tests.simulation.postgres import House, RestlessUnits
from tests.simulation.turns import Turns
from tests.simulation.world import EVERYTHING, Opened, World
from workflows.machine.case import Lane
from workflows.machine.stimuli import Act
from workflows.ports import DueEffect, InboxRow, Unit, Units
from workflows.testkit import Clock

T = TypeVar("T")

MET_BY_DESIGN: Final = frozenset({"case_head", "act", "fanout"})
"""Two units that open the same case, answer the same key, or start a fan-out for the same thing, meet at its row: the
second one runs again, and finds it there."""

WAITED: Final = {
    "INSERT event_key": "waited for the key of an event",
    "INSERT person_key": "waited for the key of a person",
    LOCKS_CASES: "waited for a case",
    LOCKS_CORRELATIONS: "waited for a correlation",
}
"""What the statements wait for that may wait."""

SIDE_BY_SIDE: Final = (
    *WAITED.values(),
    *BREAKS,
    "stopped by CommitUnknown",
    "a claim passed over what another one holds",
    "guard lost",
    "several things locked at once",
    "a list pressed",
    "a list pressed again",
    "events in a list",
    "act 200",
    "act 409",
    "refused: item_closed",
    "event duplicate",
    "event conflict",
    "parked event taken",
    "seat narrowed",
    "timer fired",
    "case quarantined",
    "crash",
    "crash_after_commit",
    "signal:called",
    "signal:granted",
    "signal:resumed",
)
"""What the share of every change must have seen at least once on this rig."""


@dataclass(frozen=True)
class Pages:
    """How somebody follows what is committed: everything after a number, and what there is in all."""

    after: str
    everything: str


FEED: Final = Pages('SELECT no, "case", seq FROM feed WHERE no > %s ORDER BY no', 'SELECT "case", seq FROM history')


_SAID: Final = " AND ".join(f"""strpos(history.body, '"what":"{what}"') = 0""" for what in sorted(STILL))
BEHIND_GATES: Final = f"""
    SELECT case_head.id, gate.since, count(history.seq)
    FROM gate JOIN case_head USING (county, root)
    LEFT JOIN history ON history.county = case_head.county AND history."case" = case_head.id AND {_SAID}
    GROUP BY case_head.id, gate.since"""
"""What happened to the cases of trees that stand still, but for what was only said about them."""


class Follower:
    """Somebody outside, who pages through what is committed and remembers the last number."""

    def __init__(self, house: House, pages: Pages) -> None:
        self._house = house
        self._pages = pages
        self._last = 0
        self._known: set[tuple[Any, ...]] = set()

    def look(self) -> None:
        """Read on."""
        for number, *row in self._house.look(self._pages.after, self._last):
            self._last = number
            self._known.add(tuple(row))

    def missed(self) -> Iterator[str]:
        """What there is and was never seen."""
        missed = set(self._house.look(self._pages.everything)) - self._known
        yield from (f"{row} was never seen by whoever follows" for row in sorted(missed))


class SideBySide(World):
    """The world of a seed, lived by several workers at once.

    Args:
        plot: decides everything.
        house: the database.
        plant: a bug planted at the edges of units.
        slip: a bug planted in statements.
        pages: how somebody outside follows what is committed.
    """

    def __init__(
        self, plot: Plot, house: House, plant: Plant | None = None, *, slip: Slip = faithful, pages: Pages = FEED
    ) -> None:
        chance = Random(f"{plot.seed}/turns")
        self.turns = Turns(chance, house.waits, stays=chance.choice((0.0, 0.5, 0.9)))
        self.exchange = Exchange(
            turn=self.turns,
            chance=Random(f"{plot.seed}/lines"),
            breaks=frozenset(one for one in BREAKS if chance.random() < 0.5) - plot.without_faults,
            gone=house.gone,
            committed=self._look_at_what_is_committed,
            lost=self._lose_claims,
            twice=self._met_its_twin,
            locked=self._locked,
            note=lambda what: self.seen.update([what]),
            slip=slip,
        )
        self._house = house
        self._follower = Follower(house, pages)
        self._under_way: list[list[Act]] = []
        self._standing: dict[tuple[str, datetime], int] = {}
        self._workers = chance.randint(2, 4)
        super().__init__(plot, store=self._open, plant=plant)
        self.engine.units.batch = chance.choice((1, 3, 100))  # type: ignore[misc]  # faulty units have a number of their own

    def _open(self, clock: Clock, _: Random) -> Opened:
        self._house.empty()
        self._house.database.exchange = self.exchange
        stored = RestlessUnits(self._house.database, COUNTY, OfficeVault("the secret of a simulation", COUNTY), clock)
        self._witnessed = WitnessedUnits(stored, self)
        units = cast("Units", self._witnessed)
        return Opened(units, SqlReads(stored), nested=False, close=self._leave)

    def _leave(self) -> None:
        self._house.database.exchange = None

    def run(self) -> None:
        """Live through the seed; whoever followed it has missed nothing."""
        super().run()
        if not self.problems:
            self._follower.look()
            self.problems.extend(self._follower.missed())

    def live(self) -> None:
        """All steps, each by the worker that is free for it first."""
        left = self.plot.steps()
        self.turns.run({f"worker {number}": lambda: self._take(left) for number in range(1, self._workers + 1)})
        self.exchange.active = False
        self.problems.extend(f"deadlock: {circle}" for circle in self.turns.deadlocks)
        for _, where in self.turns.waited:
            self.seen[WAITED.get(where, f"waited: {where}")] += 1
            if "inbox" in where.split():
                self.problems.append(f"somebody waited for a row of the inbox: {where}")

    def _look_at_what_is_committed(self) -> None:
        self.problems.extend(self._house.never_committed())
        self.problems.extend(self._moved_behind_its_gate())
        self._follower.look()

    def _moved_behind_its_gate(self) -> Iterator[str]:
        """Whatever of a tree was saved though its gate stood."""
        standing = {(case, since): happened for case, since, happened in self._house.look(BEHIND_GATES)}
        for case, since in standing.keys() & self._standing.keys():
            if standing[case, since] != self._standing[case, since]:
                yield f"case {case} was saved though its tree stands still since {since}"
        self._standing = standing

    def _lose_claims(self) -> None:
        self._witnessed.lose(self.turns.whose())

    def _met_its_twin(self, table: str) -> None:
        """A constraint is the last line of defence: to meet it is a bug, but where it is meant to be met."""
        self.seen[f"twice: {table}"] += 1
        if table not in MET_BY_DESIGN:
            self.problems.append(f"{table} was to hold a row that it held already")

    def _locked(self, things: Sequence[Any]) -> None:
        """Everybody locks in one order: two that do not may wait for each other, even if these two never met."""
        self.seen["several things locked at once"] += len(things) > 1
        if list(things) != sorted(things):
            self.problems.append(f"locked in an order of its own: {list(things)}")

    def _take(self, left: list[int]) -> None:
        while left and not self.problems:
            self.step(left.pop(0))

    def _meanwhile(self) -> None:
        """The others are at work by themselves."""

    def _doings(self) -> list[tuple[Callable[[], None], float]]:
        return [
            *super()._doings(),
            (self._send_several, 3),
            (self._act_on_several, 6),
            (self._gate, 1),
            (self._let_terms_run_out, 0.5),
        ]

    def _let_terms_run_out(self) -> None:
        """A week passes in which nobody did anything, and the sweep comes by: timers fire beside what others do."""
        self.clock.turn_to(self.clock() + timedelta(days=7))
        self._sweep()

    def _send_several(self) -> None:
        """Several departments at the same moment: a door commits together what arrives together."""
        client = self.client
        new, client.unsent[:3] = client.unsent[:3], []
        again = self.random.sample(client.sent, min(len(client.sent), self.random.randint(0, 2)))
        together = [*again, *new]
        self.random.shuffle(together)
        if together:
            self.seen["events in a list"] += len(together)
            self._submit(*together)

    def _act_on_several(self) -> None:
        """Somebody acts on a list in one go: on the cases that another worker has its hands on, where one has."""
        if self._under_way and self.random.random() < 0.5:
            self._press_list(self.random.choice(self._under_way))
            return
        cases = list(self.fate.cases) if len(self.fate.cases) > 1 and self.random.random() < 0.7 else []
        cases = cases or [head.id for head in self._heads()]
        chosen = self.random.sample(cases, min(len(cases), self.random.randint(2, 3)))
        views = [self.reads.case(EVERYTHING, one) for one in chosen]
        wanted = [act for view in views if view is not None and (act := self.act_on(view)) is not None]
        if wanted:
            self._press_list(wanted)

    def _press_list(self, wanted: list[Act]) -> None:
        """Press a list, or press again one that is not answered yet."""
        self.seen["a list pressed again" if wanted in self._under_way else "a list pressed"] += 1
        self._under_way.append(wanted)
        try:
            self.press_together(wanted)
        finally:
            self._under_way.remove(wanted)


@dataclass(eq=False)
class _Claimed:
    """What one unit of a worker has its hands on: rows of the inbox while it is open, effects once it is committed."""

    worker: str
    rows: set[tuple[str, int]] = field(default_factory=set)
    leased: Sequence[DueEffect] = ()


class WitnessedUnits:
    """Units whose claims are compared: what one open unit has, no other may get."""

    def __init__(self, units: RestlessUnits, world: SideBySide) -> None:
        self.county = units.county
        self.batch = units.batch
        self._units = units
        self._world = world
        self._open: list[_Claimed] = []
        self._leases: set[tuple[str, int]] = set()

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one unit, and compare what it claims with what others have."""
        mine = _Claimed(self._world.turns.whose())

        def witnessed(unit: Any) -> T:
            mine.rows, mine.leased = set(), ()
            return work(cast("Unit", _Witness(unit, lambda name, result: self._compare(mine, name, result))))

        self._open.append(mine)
        try:
            result = self._units.run(witnessed, lane)
        finally:
            self._open.remove(mine)
        self._lease(mine.leased)
        return result

    def lose(self, worker: str) -> None:
        """The server has let go of what the open unit of this worker holds: others may have it before it has noticed."""
        for one in self._open:
            if one.worker == worker:
                one.rows = set()

    def read(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one unit that writes nothing."""
        return self._units.read(cast("Callable[[Any], T]", work))

    def _compare(self, mine: _Claimed, name: str, result: Any) -> None:
        match name:
            case "claim_fresh" | "claim_cases" | "count_attempts":
                self._hold(mine, result)
            case "lease_effects":
                mine.leased = result

    def _hold(self, mine: _Claimed, rows: Sequence[InboxRow]) -> None:
        """What others hold is passed over, and not given out again."""
        others = set().union(*(one.rows for one in self._open if one is not mine))
        mine.rows |= {(row.case, row.no) for row in rows}
        both = sorted(mine.rows & others)
        self._world.problems.extend(f"inbox row {no} of case {case} is claimed by two" for case, no in both)
        if others:
            self._world.seen["a claim passed over what another one holds"] += 1

    def _lease(self, leased: Sequence[DueEffect]) -> None:
        for due in leased:
            lease = (due.effect.key, due.fence)
            if lease in self._leases:
                self._world.problems.append(f"effect {lease[0]} is leased twice with fence {lease[1]}")
            self._leases.add(lease)


class _Witness(ForwardingUnit):
    """Tells what its statements answered."""

    def __init__(self, unit: Any, tell: Callable[[str, Any], None]) -> None:
        super().__init__(unit)
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if not callable(found):
            return found

        def told(*arguments: Any) -> Any:
            result = found(*arguments)
            self._tell(name, result)
            return result

        return told
