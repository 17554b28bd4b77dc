"""People across cases in a unit: seats that several hold are narrowed to one owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Executable, bindparam, exists, func, literal, select

from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.rows import holder_values, item_of
from adapters.sql.slices import holders_of
from adapters.sql.tables import holder, work_item
from adapters.sql.transaction import Transaction
from workflows.machine.case import Capacity, Holder, ItemState, WorkItem

OWNER = literal(str(Capacity.OWNER))
_owned = holder.alias("owned")

_IS_OWNED = exists(
    select(literal(1)).where(
        _owned.c.county == work_item.c.county,
        _owned.c.item == work_item.c.id,
        _owned.c.capacity == OWNER,
        _owned.c.closed_at.is_(None),
    )
)
_IS_OPEN = work_item.c.state == literal(str(ItemState.OPEN), literal_execute=True)


def narrowable(tx: Transaction, limit: int) -> list[tuple[WorkItem, tuple[Holder, ...]]]:
    items = [item_of(row) for row in tx.rows(_narrowable, limit=limit)]
    held = holders_of(tx, [item.id for item in items])
    return [(item, held[item.id]) for item in items]


def _narrowable(dialect: Dialect) -> Executable:
    least_loaded = work_item.c.pick == literal("least_loaded", literal_execute=True)
    return (
        select(work_item)
        .where(work_item.c.county == COUNTY, _IS_OPEN, least_loaded, ~_IS_OWNED)
        .order_by(work_item.c.opened_at, work_item.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, key_share=True, of=work_item)
    )


def open_counts(tx: Transaction, users: Sequence[str]) -> dict[str, int]:
    counts = {row.who: row.items for row in tx.rows_of(_counts, [(f"user:{user}",) for user in sorted(set(users))])}
    return {user: counts.get(f"user:{user}", 0) for user in users}


def _counts(dialect: Dialect) -> Executable:
    given = dialect.given(holder.c.who)
    return (
        select(holder.c.who, func.count().label("items"))
        .join(given, same(holder, given, "who"))
        .where(holder.c.closed_at.is_(None), holder.c.capacity == OWNER)
        .group_by(holder.c.who)
    )


def own(tx: Transaction, holders: Sequence[Holder]) -> None:
    """Locks the items, so that a decision that closes one meanwhile either came first or sees the owner."""
    free = {row.id for row in tx.rows_of(_free, [(one,) for one in sorted({each.item for each in holders})])}
    owners = [replace(one, capacity=Capacity.OWNER) for one in holders if one.item in free]
    tx.put(holder, [holder_values(one) for one in owners])


def _free(dialect: Dialect) -> Executable:
    given = dialect.given(work_item.c.id)
    return (
        select(work_item.c.id)
        .join(given, same(work_item, given, "id"))
        .where(_IS_OPEN, ~_IS_OWNED)
        .order_by(work_item.c.id)
        .with_for_update(key_share=True, of=work_item)
    )
