"""Queries about work items on the memory store: what somebody holds, what somebody decided, and how much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from workflows.machine.case import Case
from workflows.memory.filters import inbox_order, is_open, shown
from workflows.memory.gates import gated
from workflows.memory.rows import ACCESS, CASES, HOLDERS, ITEMS
from workflows.memory.slices import open_holders
from workflows.memory.unit import MemoryUnit
from workflows.policy import Viewer, sees, visible
from workflows.reads import EVERY_ITEM, ItemCounts, ItemFilter, ItemView


def seen(unit: MemoryUnit, viewer: Viewer, case: str) -> Case | None:
    """The head of a case that the viewer may see."""
    head = unit.tx.get(CASES, case)
    if head is None:
        return None
    shared_with = [access.who for access in unit.tx.where(ACCESS, "case", case)]
    return gated(unit.tx, head) if sees(visible(viewer), head.county, shared_with) else None


def view(unit: MemoryUnit, viewer: Viewer, item: str) -> ItemView | None:
    """One item, open or closed."""
    found = unit.tx.get(ITEMS, item)
    head = None if found is None else seen(unit, viewer, found.case)
    if found is None or head is None:
        return None
    return ItemView(item=found, case=head, holders=open_holders(unit.tx, item))


def held(unit: MemoryUnit, viewer: Viewer, wanted: ItemFilter, limit: int, cursor: str | None) -> tuple[ItemView, ...]:
    """The cursor is the id of the last item of the page before, still open or not."""
    mine = sorted(_open(unit, viewer, wanted), key=lambda one: inbox_order(one.item, one.case))
    last = None if cursor is None else unit.tx.get(ITEMS, cursor)
    head = None if last is None else unit.tx.get(CASES, last.case)
    after = None if last is None or head is None else inbox_order(last, head)
    return tuple([one for one in mine if after is None or inbox_order(one.item, one.case) > after][:limit])


def done(unit: MemoryUnit, viewer: Viewer, wanted: ItemFilter, limit: int, cursor: str | None) -> tuple[ItemView, ...]:
    """The cursor is the id of the last item of the page before."""
    decided = [item.id for _, item in unit.tx.all(ITEMS) if item.closed_by == viewer.user]
    mine = [one for one in _views(unit, viewer, decided) if _is_about(one, wanted)]
    last = None if cursor is None else unit.tx.get(ITEMS, cursor)
    newest = sorted(mine, key=_closed, reverse=True)
    before = None if last is None or last.closed_at is None else (last.closed_at, last.id)
    return tuple([one for one in newest if before is None or _closed(one) < before][:limit])


def counts(unit: MemoryUnit, viewer: Viewer) -> ItemCounts:
    """How many open items the viewer holds."""
    mine = list(_open(unit, viewer, EVERY_ITEM))
    lights = Counter(shown(one.item, one.case, unit.now) for one in mine)
    return ItemCounts(len(mine), sum(map(_is_shared, mine)), lights["yellow"], lights["red"])


def _open(unit: MemoryUnit, viewer: Viewer, wanted: ItemFilter) -> Iterator[ItemView]:
    rows = (one for who in viewer.principals for one in unit.tx.where(HOLDERS, "who", who))
    for one in _views(unit, viewer, {row.holder.item for row in rows if row.is_open}):
        lit = wanted.light is None or wanted.light == shown(one.item, one.case, unit.now)
        free = one.item.claimed_by in {None, viewer.user} and (not wanted.shared or _is_shared(one))
        if is_open(one.item) and lit and free and _is_about(one, wanted):
            yield one


def _views(unit: MemoryUnit, viewer: Viewer, items: Iterable[str]) -> Iterator[ItemView]:
    return (found for item in items if (found := view(unit, viewer, item)) is not None)


def _is_shared(one: ItemView) -> bool:
    return one.item.claimed_by is None and not any(holder.who.startswith("user:") for holder in one.holders)


def _is_about(one: ItemView, wanted: ItemFilter) -> bool:
    said = f"{one.case.key} {one.case.workflow} {one.case.id}".lower()
    return wanted.workflow in {None, one.case.workflow} and (wanted.text or "").lower() in said


def _closed(one: ItemView) -> tuple[datetime, str]:
    return one.item.closed_at or one.item.opened_at, one.item.id
