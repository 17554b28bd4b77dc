"""The table of cases: filters, order and pages by the last row shown, never by counting rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, desc, exists, func, literal, select, tuple_

from adapters.sql.columns import MOMENT, micros, moment
from adapters.sql.gates import HEAD
from adapters.sql.personal import NOTHING
from adapters.sql.rows import case_of, item_of
from adapters.sql.tables import case_head, holder, work_item
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see
from domain.calendar import Light
from workflows.policy import Viewer
from workflows.reads import CaseFilter, CasePage, CaseRow

_inner = work_item.alias("inner_item")

# The most urgent item that is not closed stands for its case: in the table, in its light, in the filters.
_MOST_URGENT = (
    select(_inner.c.id)
    .where(_inner.c.county == case_head.c.county, _inner.c.case == case_head.c.id, _inner.c.closed_at.is_(None))
    .order_by(_inner.c.due_at.is_(None), _inner.c.due_at, _inner.c.id)
    .limit(literal(1))
    .scalar_subquery()
)
_SOURCE = case_head.outerjoin(work_item, and_(work_item.c.county == case_head.c.county, work_item.c.id == _MOST_URGENT))


def cases(tx: Transaction, viewer: Viewer, wanted: CaseFilter, limit: int, cursor: str | None) -> CasePage:
    """One page of cases, most recently changed first.

    Raises:
        ValueError: for a cursor that no page gave.
    """
    query = (
        _wanted(select(*HEAD, work_item.c.id.label("item")).select_from(_SOURCE), wanted, tx.now)
        .where(may_see(viewer))
        .order_by(desc(case_head.c.last_at), desc(case_head.c.id))
        .limit(limit + 1)
    )
    if cursor is not None:
        place = tuple_(literal(_moment_of(cursor), MOMENT), literal(cursor.partition("|")[2]))
        query = query.where(tuple_(case_head.c.last_at, case_head.c.id) < place)
    rows = tx.connection.execute(query).all()
    shown = rows[:limit]
    items = _items(tx, [row.item for row in shown if row.item is not None])
    holders = _holders(tx, [row.id for row in shown])
    return CasePage(
        rows=tuple(CaseRow(case_of(row, NOTHING), items.get(row.item), holders[row.id]) for row in shown),
        cursor=f"{micros(shown[-1].last_at)}|{shown[-1].id}" if len(rows) > limit else None,
    )


def _moment_of(cursor: str) -> datetime:
    stated, separator, _ = cursor.partition("|")
    if not (separator and stated.isdecimal()):
        raise ValueError(f"cursor {cursor!r} was not given by a page of cases: leave it out to begin again")
    return moment(int(stated))


def _items(tx: Transaction, ids: list[str]) -> dict[str, Any]:
    query = select(work_item).where(work_item.c.county == tx.county, work_item.c.id.in_(ids))
    return {row.id: item_of(row) for row in tx.connection.execute(query)}


def _holders(tx: Transaction, ids: list[str]) -> dict[str, tuple[str, ...]]:
    query = (
        select(holder.c.case, holder.c.who)
        .where(holder.c.county == tx.county, holder.c.case.in_(ids), holder.c.closed_at.is_(None))
        .distinct()
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in tx.connection.execute(query):
        found[row.case].append(row.who)
    return defaultdict(tuple, {case: tuple(sorted(who)) for case, who in found.items()})


def _wanted(query: Select[Any], wanted: CaseFilter, now: datetime) -> Select[Any]:
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.workflow, case_head.c.workflow == wanted.workflow),
        (wanted.state, case_head.c.state == wanted.state),
        (wanted.department, case_head.c.department == wanted.department),
        (wanted.subject, case_head.c.key == wanted.subject),
        (wanted.quarantined, case_head.c.quarantine.is_not(None) == bool(wanted.quarantined)),
        (wanted.due_before, work_item.c.due_at < (wanted.due_before or now)),
        (wanted.due_after, work_item.c.due_at >= (wanted.due_after or now)),
        (wanted.holder, _held_by(wanted.holder)),
        (wanted.round, _has_round(wanted.round)),
        (wanted.light, _shines(wanted.light, now)),
        (wanted.text, _says(wanted.text)),
    ]
    return query.where(*(condition for value, condition in conditions if value is not None))


def _held_by(who: str | None) -> ColumnElement[bool]:
    return exists(
        select(literal(1)).where(
            holder.c.county == case_head.c.county,
            holder.c.case == case_head.c.id,
            holder.c.who == who,
            holder.c.closed_at.is_(None),
        )
    )


def _has_round(number: int | None) -> ColumnElement[bool]:
    reached = work_item.alias("reached")
    return exists(
        select(literal(1)).where(
            reached.c.county == case_head.c.county, reached.c.case == case_head.c.id, reached.c.round == number
        )
    )


def _shines(light: str | None, now: datetime) -> ColumnElement[bool]:
    """`domain.calendar.light` of the most urgent item, which is never a closed one."""
    item = work_item.c
    running = and_(item.id.is_not(None), item.paused_at.is_(None))
    late = and_(item.due_at.is_not(None), item.due_at < literal(now, MOMENT))
    near = and_(item.yellow_at.is_not(None), item.yellow_at <= literal(now, MOMENT))
    return {
        Light.GREY.value: item.paused_at.is_not(None),
        Light.RED.value: and_(running, late),
        Light.YELLOW.value: and_(running, ~late, near),
        Light.GREEN.value: and_(running, ~late, ~near),
    }.get(light or "", literal(value=False))


def _says(text: str | None) -> ColumnElement[bool]:
    said = func.lower(case_head.c.key + " " + case_head.c.workflow + " " + case_head.c.id)
    return said.contains((text or "").lower(), autoescape=True)
