"""The parts of a large case: a decision inside one turn of many takes its own part out, and puts it back changed.

When ten thousand timers fall due in one case, each decision costs what its turn costs, not what the case costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Final

from workflows.machine.case import Activation, Case, Holder, Slice, Subscription, Timer, WorkItem
from workflows.machine.nearness import is_near, is_within, turn_around, turns_to_hear, wider

Row = Activation | WorkItem | Timer | Subscription
Ref = tuple[type[Row], Hashable]

SMALL: Final = 64
"""A case with no more live activations than this is decided on as a whole: to take it apart would cost more."""


class Parts:
    """What is live in a case, as a whole or near a turn of it.

    Args:
        loaded: the slice as it came from the store, itself the whole case or the part near some of its turns.
    """

    def __init__(self, loaded: Slice) -> None:
        self._together: Slice | None = loaded
        self._apart: _Apart | None = None
        self.head: Case = loaded.head
        self.around = loaded.around
        self.hears = loaded.hears

    def whole(self) -> Slice:
        """Everything that was loaded, as it is by now."""
        if self._together is None:
            apart = self._taken_apart().slice(self.head, None)
            self._together = replace(apart, around=self.around, hears=self.hears)
        return self._together

    def has(self, turn: str | None) -> bool:
        """Whether everything near the turn (None: in the case) is here."""
        return self.around is None or (turn is not None and any(is_within(turn, one) for one in self.around))

    def near(self, path: str) -> Slice:
        """What a decision at `path` has to see; where the path stands in no turn, everything that is here."""
        turn = turn_around(path)
        if turn is None or self.around == (turn,) or self._is_small():
            return self.whole()
        return self._taken_apart().slice(self.head, (turn,))

    def hearing(self, type_: str, key: str) -> Slice:
        """What a decision about an event has to see: near all that asks for it, or everything that is here."""
        pair = (type_, key)
        if self._is_small() or (self.around is not None and pair not in self.hears):
            return self.whole()
        turns = turns_to_hear(self._taken_apart().asking(pair))
        if turns is None or turns == self.around:
            return self.whole()
        return replace(self._taken_apart().slice(self.head, turns), hears=frozenset({pair}))

    def put(self, part: Slice, after: Slice) -> None:
        """Let `after` be what has become of `part`."""
        self.head = after.head
        if part.around == self.around:
            self._together, self._apart = after, None
        else:
            self._taken_apart().put(part, after)
            self._together = None

    def _is_small(self) -> bool:
        return self._together is not None and len(self._together.activations) <= SMALL

    def _taken_apart(self) -> _Apart:
        if self._apart is None:
            self._apart = _Apart(self.whole())
        return self._apart


class _Apart:
    """Live rows by the turns that they stand in."""

    def __init__(self, whole: Slice) -> None:
        self._rows: dict[Ref, Row] = {}
        self._holders: dict[str, tuple[Holder, ...]] = {}
        self._inside: dict[str, dict[Ref, None]] = defaultdict(dict)
        self._innermost: dict[str, dict[Ref, None]] = defaultdict(dict)
        self._asking: dict[tuple[str, str], dict[Subscription, None]] = defaultdict(dict)
        self._add(whole)

    def asking(self, pair: tuple[str, str]) -> list[str]:
        """The paths that ask for an event."""
        return [one.path for one in self._asking.get(pair, ())]

    def slice(self, head: Case, turns: tuple[str, ...] | None) -> Slice:
        """What is near the turns, or everything."""
        rows = self._rows.values() if turns is None else (row for turn in turns for row in self._near(turn))
        items: dict[str, WorkItem] = {}
        activations: dict[tuple[str, int], Activation] = {}
        timers: dict[str, Timer] = {}
        subscriptions: set[Subscription] = set()
        for row in rows:
            match row:
                case Activation():
                    activations[row.path, row.round] = row
                case WorkItem():
                    items[row.id] = row
                case Timer():
                    timers[row.id] = row
                case Subscription():
                    subscriptions.add(row)
        held = {item: self._holders[item] for item in items if item in self._holders}
        return Slice(head, activations, items, held, timers, frozenset(subscriptions), around=turns)

    def put(self, part: Slice, after: Slice) -> None:
        """Take out the rows of a part and put in what became of them."""
        for ref, row in _rows_of(part):
            self._rows.pop(ref, None)
            if isinstance(row, Subscription):
                self._asking[row.type, row.key].pop(row, None)
            self._innermost[turn_around(row.path) or ""].pop(ref, None)
            for turn in _turns_around(row.path):
                self._inside[turn].pop(ref, None)
        for item in part.items:
            self._holders.pop(item, None)
        self._add(after)

    def _add(self, part: Slice) -> None:
        for ref, row in _rows_of(part):
            self._rows[ref] = row
            if isinstance(row, Subscription):
                self._asking[row.type, row.key][row] = None
            self._innermost[turn_around(row.path) or ""][ref] = None
            for turn in _turns_around(row.path):
                self._inside[turn][ref] = None
        self._holders.update(part.holders)

    def _near(self, turn: str) -> Iterator[Row]:
        for ref in self._inside[turn]:
            yield self._rows[ref]
        for outer in (*list(_turns_around(turn))[1:], ""):
            around = (self._rows[ref] for ref in self._innermost[outer])
            yield from (row for row in around if is_near(row.path, turn))


def _rows_of(part: Slice) -> Iterator[tuple[Ref, Row]]:
    yield from (((Activation, key), one) for key, one in part.activations.items())
    yield from (((WorkItem, key), item) for key, item in part.items.items())
    yield from (((Timer, key), timer) for key, timer in part.timers.items())
    yield from (((Subscription, one), one) for one in part.subscriptions)


def _turns_around(path: str) -> Iterator[str]:
    """The turns that a path stands in, the innermost first."""
    turn = turn_around(path)
    while turn is not None:
        yield turn
        turn = wider(turn)
