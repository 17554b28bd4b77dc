"""The live part of a case."""

from __future__ import annotations

from dataclasses import replace

from workflows.machine.case import ActivationState, Case, Holder, Slice
from workflows.memory.personal import reveal
from workflows.memory.rows import ACTIVATIONS, HOLDERS, ITEMS, SUBSCRIPTIONS, TIMERS
from workflows.memory.store import Transaction


def live_slice(tx: Transaction, head: Case) -> Slice:
    """The case of this head with everything live in it."""
    live = [one for one in tx.where(ACTIVATIONS, "case", head.id) if one.state is ActivationState.LIVE]
    items = [one for one in tx.where(ITEMS, "case", head.id) if one.closed_at is None]
    timers = tx.where(TIMERS, "case", head.id)
    return Slice(
        head=replace(head, personal=reveal(tx, "case", head.id)),
        activations={(one.path, one.round): one for one in sorted(live, key=lambda one: (one.path, one.round))},
        items={item.id: item for item in sorted(items, key=lambda one: one.id)},
        holders={item.id: open_holders(tx, item.id) for item in items},
        timers={timer.id: timer for timer in sorted(timers, key=lambda one: one.id)},
        subscriptions=frozenset(tx.where(SUBSCRIPTIONS, "case", head.id)),
    )


def open_holders(tx: Transaction, item: str) -> tuple[Holder, ...]:
    """Who holds the item now, sorted."""
    held = tx.where(HOLDERS, "item", item)
    return tuple(sorted((one.holder for one in held if one.is_open), key=lambda one: one.who))
