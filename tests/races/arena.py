"""Where a race is run: a real store, a hundred threads behind one barrier, and what is looked at after each round."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from domain.audit import GENESIS, canonical, entry_hash
from tests.races.rows import MANY, RACES, Press, Race, people
from tests.unit.machine.invariants import (
    _an_end_leaves_nothing_live,
    _everything_live_hangs_together,
    _timers_belong_to_a_round_that_still_asks,
)
from workflows.machine.case import Slice
from workflows.machine.folding import as_folded, fold
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.moves.running import drain
from workflows.policy import Viewer, operator_viewer
from workflows.ports import StoreUnavailable
from workflows.reads import HistoryView
from workflows.testkit import Office, Store

PATIENCE_SECONDS = 120.0
DONE, LATE = 200, 409
Door = Callable[[Office, Act], Answer]
"""How an act comes in: through the move, or through the HTTP door."""


def through_the_move(office: Office, wanted: Act) -> Answer:
    """As a client does: what the store had no connection for in time is sent again with the same key."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(StoreUnavailable):
            return act(office.engine, wanted)
    raise AssertionError(f"{wanted.verb} of {wanted.actor} was not taken within {PATIENCE_SECONDS:.0f} s")


@dataclass
class Result:
    """What the rounds of a race came to."""

    race: Race
    rounds: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Arena:
    """An office on a store, and a hundred people at the line.

    Args:
        make_store: how the store is made, as for `testkit.Office`.
        door: how each act comes in.
    """

    def __init__(self, make_store: Callable[..., Store], door: Door = through_the_move) -> None:
        self.office = Office([one.definition for one in RACES], people(), store=make_store)
        self._door = door
        self._threads = ThreadPoolExecutor(MANY)
        self._viewers: dict[str, Viewer] = {}
        self._keys = 0

    def close(self) -> None:
        self._threads.shutdown()

    def run(self, race: Race, rounds: int) -> Result:
        """So many rounds, each on a case of its own; an AssertionError names what was not as it must be."""
        result = Result(race)
        for number in range(rounds):
            self._round(result, f"{race.name}-{number}")
        finding = self.office.store.reads.verify()
        assert finding.where is None, f"{finding.where}: {finding.why}"
        return result

    def _round(self, result: Result, key: str) -> None:
        case = self._opened(key, result.race)
        before = self._history(case)
        wanted = [self._act(case, one) for one in result.race.line(self._live(case))]
        # Who stands nearest to the barrier is another one each round, and the same one when it is run again.
        Random(key).shuffle(wanted)
        answers = self._at_once(wanted)
        live, history = self._live(case), self._history(case)
        _one_outcome(result.race, live, wanted, answers, history[len(before) :])
        _who_lost_is_told_who_and_when(wanted, answers)
        _nothing_is_orphaned(live)
        _the_history_holds(live, history)
        result.rounds += 1
        result.ends[live.head.state.value] += 1
        result.done.update(one.verb for one, told in zip(wanted, answers, strict=True) if told.status == DONE)
        result.refused.update(str(told.body["code"]) for told in answers if told.status != DONE)

    def _opened(self, key: str, race: Race) -> str:
        """A case at the start of the race."""
        here = self.office
        [case] = here.send(here.event(race.definition.starts_on, key=key, person="p1")).cases
        for each in race.start:
            answer = act(here.engine, self._act(case, each(self._live(case))))
            assert answer.status == DONE, answer
        drain(here.engine)
        return case

    def _act(self, case: str, press: Press) -> Act:
        self._keys += 1
        viewer = self._viewers.setdefault(press.who, self.office.viewer(press.who))
        words = "样例" if press.verb != "open" else ""
        return Act(
            key=f"k{self._keys}",
            case=case,
            item=press.item,
            verb=press.verb,
            actor=press.who,
            principals=viewer.principals,
            seen=None,
            opinion=words,
            fields=press.fields,
        )

    def _at_once(self, wanted: Sequence[Act]) -> list[Answer]:
        line = threading.Barrier(len(wanted))

        def press(one: Act) -> Answer:
            line.wait(PATIENCE_SECONDS)
            return self._door(self.office, one)

        return list(self._threads.map(press, wanted, timeout=PATIENCE_SECONDS))

    def _live(self, case: str) -> Slice:
        def looked(unit: Any) -> Slice:
            found: Slice = unit.load([case])[case]
            return replace(found, past=unit.past([case])[case])

        return self.office.store.units.read(looked)

    def _history(self, case: str) -> tuple[HistoryView, ...]:
        return self.office.store.reads.history(operator_viewer(self.office.county), case)


@contextmanager
def arena(make_store: Callable[..., Store], door: Door = through_the_move) -> Iterator[Arena]:
    """An arena that is closed at the end."""
    here = Arena(make_store, door)
    try:
        yield here
    finally:
        here.close()


# -- what is true after each round -------------------------------------------------------------------------


def _one_outcome(
    race: Race, live: Slice, wanted: Sequence[Act], answers: Sequence[Answer], new: Sequence[HistoryView]
) -> None:
    done = Counter(one.verb for one, told in zip(wanted, answers, strict=True) if told.status == DONE)
    for verbs, often in race.once.items():
        assert sum(done[verb] for verb in verbs) == often, f"{dict(done)} were carried out"
    assert live.head.state.value in race.ends, f"the case is {live.head.state.value}"
    acts = Counter(
        str(one.body["what"]).removeprefix("act:") for one in new if str(one.body["what"]).startswith("act:")
    )
    assert acts == done, f"the history says {dict(acts)}, the answers {dict(done)}"


def _who_lost_is_told_who_and_when(wanted: Sequence[Act], answers: Sequence[Answer]) -> None:
    for one, told in zip(wanted, answers, strict=True):
        if told.status != DONE:
            assert told.status == LATE, f"{one.verb}: {told}"
            assert told.body.get("by"), f"{one.verb}: {told}"
            assert told.body.get("at"), f"{one.verb}: {told}"


def _nothing_is_orphaned(live: Slice) -> None:
    _everything_live_hangs_together(live)
    _timers_belong_to_a_round_that_still_asks(live)
    _an_end_leaves_nothing_live(live)


def _the_history_holds(live: Slice, history: Sequence[HistoryView]) -> None:
    prev = GENESIS
    for number, entry in enumerate(history, 1):
        assert entry.seq == number
        assert entry.prev_hash == prev
        assert entry.hash == entry_hash(prev, canonical(dict(entry.body)))
        prev = entry.hash
    assert fold(entry.body for entry in history) == as_folded(live)
    left = [
        (row["path"], row["round"])
        for one in history
        for row in one.body["delta"].get("activations", ())
        if row["state"] != "live"
    ]
    assert len(left) == len(set(left)), "an activation was left twice"
