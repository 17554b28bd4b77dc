"""The live part of a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeVar

from workflows.machine.case import ActivationState, Case, Holder, Slice, WorkItem
from workflows.machine.nearness import outermost_turn, spans, turns_around
from workflows.memory.gates import gated
from workflows.memory.personal import reveal
from workflows.memory.rows import ACTIVATIONS, HOLDERS, ITEMS, SUBSCRIPTIONS, TIMERS
from workflows.memory.store import Table, Transaction

R = TypeVar("R")


def live_slice(
    tx: Transaction, head: Case, paths: Collection[str] = (), heard: Collection[tuple[str, str]] = ()
) -> Slice:
    """The case of this head with everything live in it, or what is near `paths` and near what asks for these events."""
    asking = [one.path for pair in heard for one in tx.where(SUBSCRIPTIONS, "pair", pair) if one.case == head.id]
    around = turns_around(paths, asking, hears=bool(heard))
    rows = _rows_of(tx, head.id, around)
    live = [one for one in rows(ACTIVATIONS) if one.state is ActivationState.LIVE]
    items = [one for one in rows(ITEMS) if one.closed_at is None]
    timers = rows(TIMERS)
    return Slice(
        head=replace(gated(tx, head), personal=reveal(tx, "case", head.id)),
        activations={(one.path, one.round): one for one in sorted(live, key=lambda one: (one.path, one.round))},
        items={item.id: item for item in sorted(items, key=lambda one: one.id)},
        holders={item.id: open_holders(tx, item.id) for item in items},
        timers={timer.id: timer for timer in sorted(timers, key=lambda one: one.id)},
        subscriptions=frozenset(rows(SUBSCRIPTIONS)),
        around=around,
        hears=frozenset(heard),
    )


def closed_items(tx: Transaction, case: str) -> tuple[WorkItem, ...]:
    """The closed items of the case, by the moment they were closed at."""
    pairs = [((one.closed_at, one.id), one) for one in tx.where(ITEMS, "case", case) if one.closed_at is not None]
    return tuple(one for _, one in sorted(pairs, key=itemgetter(0)))


def _rows_of(tx: Transaction, case: str, around: tuple[str, ...] | None) -> Callable[[Table[Any, R]], list[R]]:
    if around is None:
        return lambda table: tx.where(table, "case", case)
    places: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for turn in around:
        places[outermost_turn(turn)].update(spans(turn))
        places[""].update(spans(turn))
    return lambda table: [
        one for place, near in places.items() for one in tx.where(table, "turn", (case, place)) if _is_in(one, near)
    ]


def _is_in(row: Any, near: set[tuple[str, str]]) -> bool:
    return any(low <= row.path < high for low, high in near)


def open_holders(tx: Transaction, item: str) -> tuple[Holder, ...]:
    """Who holds the item now, sorted."""
    held = tx.where(HOLDERS, "item", item)
    return tuple(sorted((one.holder for one in held if one.is_open), key=lambda one: one.who))
