"""Queries about work items: what somebody holds, what somebody decided, and how much there is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, desc, exists, func, literal, or_, select, true, tuple_

from adapters.sql.columns import MOMENT
from adapters.sql.gates import suspended
from adapters.sql.rows import item_of
from adapters.sql.slices import heads_of, holders_of
from adapters.sql.tables import case_head, holder, work_item
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see_case_of
from domain.calendar import Light
from workflows.machine.case import ItemState
from workflows.policy import Viewer
from workflows.reads import ItemCounts, ItemFilter, ItemView

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_URGENCY = func.coalesce(work_item.c.due_at, literal(_NEVER, MOMENT))
_RANK = case((case_head.c.urgency == "most_urgent", 0), (case_head.c.urgency == "urgent", 1), else_=2)
_CASE = and_(case_head.c.county == work_item.c.county, case_head.c.id == work_item.c.case)


def light_of(item: Any, now: datetime) -> ColumnElement[str]:
    """`domain.calendar.light` of an item (a row of `work_item` or an alias of it) that is not closed."""
    moment = literal(now, MOMENT)
    return case(
        (or_(item.c.paused_at.is_not(None), tuple_(item.c.county, item.c.case).in_(suspended())), Light.GREY.value),
        (item.c.due_at < moment, Light.RED.value),
        (item.c.yellow_at <= moment, Light.YELLOW.value),
        else_=Light.GREEN.value,
    )


def view(tx: Transaction, viewer: Viewer, item: str) -> ItemView | None:
    mine = (work_item.c.county == tx.county, work_item.c.id == item, may_see_case_of(viewer, work_item))
    return next(iter(_views(tx, select(work_item).where(*mine))), None)


def held(tx: Transaction, viewer: Viewer, wanted: ItemFilter, limit: int, cursor: str | None) -> tuple[ItemView, ...]:
    """Open items that the viewer holds; the cursor is the last item of the page before, still open or not."""
    query = (
        _open(tx, viewer, select(work_item))
        .where(*_wanted(wanted), *_lit(wanted, tx.now), _is_shared() if wanted.shared else true())
        .order_by(_rank_of(work_item), _URGENCY, work_item.c.id)
        .limit(limit)
    )
    if cursor is not None:
        last = work_item.alias("last")
        urgency = func.coalesce(last.c.due_at, literal(_NEVER, MOMENT))
        place = select(_rank_of(last), urgency, last.c.id).where(*_is(tx, last, cursor))
        after = tx.connection.execute(place).one_or_none()
        if after is not None:
            query = query.where(
                tuple_(_rank_of(work_item), _URGENCY, work_item.c.id)
                > tuple_(literal(after[0]), literal(after[1], MOMENT), literal(after[2]))
            )
    return _views(tx, query)


def done(tx: Transaction, viewer: Viewer, wanted: ItemFilter, limit: int, cursor: str | None) -> tuple[ItemView, ...]:
    """Items that the viewer decided; the cursor is the last item of the page before."""
    query = (
        select(work_item)
        .where(work_item.c.county == tx.county, work_item.c.closed_by == viewer.user)
        .where(may_see_case_of(viewer, work_item), *_wanted(wanted))
        .order_by(desc(work_item.c.closed_at), desc(work_item.c.id))
        .limit(limit)
    )
    if cursor is not None:
        last = work_item.alias("last")
        after = tx.connection.execute(select(last.c.closed_at, last.c.id).where(*_is(tx, last, cursor))).one_or_none()
        if after is not None:
            place = tuple_(literal(after[0], MOMENT), literal(after[1]))
            query = query.where(tuple_(work_item.c.closed_at, work_item.c.id) < place)
    return _views(tx, query)


def counts(tx: Transaction, viewer: Viewer) -> ItemCounts:
    """How many open items the viewer holds."""
    mine = _open(tx, viewer, select(light_of(work_item, tx.now).label("light"), _is_shared().label("shared"))).cte()
    of = {
        "open": func.count(),
        "shared": func.count().filter(mine.c.shared),
        "yellow": func.count().filter(mine.c.light == Light.YELLOW.value),
        "red": func.count().filter(mine.c.light == Light.RED.value),
    }
    row = tx.connection.execute(select(*of.values()).select_from(mine)).one()
    return ItemCounts(**dict(zip(of, row, strict=True)))


def _open(tx: Transaction, viewer: Viewer, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    mine = _held_by(tx, viewer)
    return query.join(mine, and_(mine.c.county == work_item.c.county, mine.c.item == work_item.c.id)).where(
        work_item.c.state == str(ItemState.OPEN),
        or_(work_item.c.claimed_by.is_(None), work_item.c.claimed_by == viewer.user),
        may_see_case_of(viewer, work_item),
    )


def _held_by(tx: Transaction, viewer: Viewer) -> CTE:
    """Materialized: what somebody holds is few rows, and whatever the planner thinks of the rest starts from them."""
    return (
        select(holder.c.county, holder.c.item)
        .where(holder.c.county == tx.county, holder.c.who.in_(sorted(viewer.principals)), holder.c.closed_at.is_(None))
        .distinct()
        .cte("held")
        .prefix_with("MATERIALIZED")
    )


def _is_shared() -> ColumnElement[bool]:
    """Nobody holds it by name or has claimed it: whoever of the pool comes first may take it."""
    named = holder.alias("named")
    return work_item.c.claimed_by.is_(None) & ~exists(
        select(literal(1)).where(
            named.c.county == work_item.c.county,
            named.c.item == work_item.c.id,
            named.c.closed_at.is_(None),
            named.c.who.startswith("user:", autoescape=True),
        )
    )


def _wanted(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    if wanted.workflow is None and not wanted.text:
        return []
    said = func.lower(case_head.c.key + " " + case_head.c.workflow + " " + case_head.c.id)
    about = [said.contains((wanted.text or "").lower(), autoescape=True)]
    about += [] if wanted.workflow is None else [case_head.c.workflow == wanted.workflow]
    return [exists(select(literal(1)).where(_CASE, *about))]


def _lit(wanted: ItemFilter, now: datetime) -> list[ColumnElement[bool]]:
    return [] if wanted.light is None else [light_of(work_item, now) == wanted.light]


def _rank_of(item: Any) -> ColumnElement[int]:
    """The more urgent the case of an item, the earlier it stands."""
    mine = and_(case_head.c.county == item.c.county, case_head.c.id == item.c.case)
    return select(_RANK).where(mine).scalar_subquery()


def _is(tx: Transaction, table: Any, item: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.county == tx.county, table.c.id == item


def _views(tx: Transaction, query: Select[Any]) -> tuple[ItemView, ...]:
    found = [item_of(row) for row in tx.connection.execute(query)]
    heads = heads_of(tx, [item.case for item in found])
    holders = holders_of(tx, [item.id for item in found])
    return tuple(ItemView(item, heads[item.case], holders[item.id]) for item in found)
