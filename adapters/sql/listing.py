"""The table of cases: filters, order and pages by the last row shown, never by counting rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, desc, exists, func, literal, select, tuple_

from adapters.sql.columns import MOMENT, micros, moment
from adapters.sql.gates import HEAD
from adapters.sql.items import light_of
from adapters.sql.personal import NOTHING
from adapters.sql.rows import case_of
from adapters.sql.slices import holders_in, open_items
from adapters.sql.tables import case_head, holder, work_item
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see
from workflows.machine.case import WorkItem
from workflows.policy import Viewer
from workflows.reads import CaseFilter, CasePage, CaseRow

_item = work_item.alias("urgent")


def _of_most_urgent(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Something about the item that stands for its case: the most urgent one that is not closed."""
    return (
        select(value)
        .where(_item.c.county == case_head.c.county, _item.c.case == case_head.c.id, _item.c.closed_at.is_(None))
        .order_by(_item.c.due_at.is_(None), _item.c.due_at, _item.c.id)
        .limit(literal(1))
        .scalar_subquery()
    )


def cases(tx: Transaction, viewer: Viewer, wanted: CaseFilter, limit: int, cursor: str | None) -> CasePage:
    """One page of cases, most recently changed first.

    Raises:
        ValueError: for a cursor that no page gave.
    """
    query = (
        _wanted(select(*HEAD), wanted, tx.now)
        .where(may_see(viewer))
        .order_by(desc(case_head.c.last_at), desc(case_head.c.id))
        .limit(limit + 1)
    )
    if cursor is not None:
        place = tuple_(literal(_moment_of(cursor), MOMENT), literal(cursor.partition("|")[2]))
        query = query.where(tuple_(case_head.c.last_at, case_head.c.id) < place)
    rows = tx.connection.execute(query).all()
    shown = rows[:limit]
    ids = [row.id for row in shown]
    items, holders = open_items(tx, ids), holders_in(tx, ids)
    return CasePage(
        rows=tuple(
            CaseRow(
                case=case_of(row, NOTHING),
                item=min(items[row.id], key=_urgency, default=None),
                holders=tuple(sorted({one.who for one in holders[row.id]})),
            )
            for row in shown
        ),
        cursor=f"{micros(shown[-1].last_at)}|{shown[-1].id}" if len(rows) > limit else None,
    )


def _urgency(item: WorkItem) -> tuple[bool, datetime, str]:
    return item.due_at is None, item.due_at or item.opened_at, item.id


def _moment_of(cursor: str) -> datetime:
    stated, separator, _ = cursor.partition("|")
    if not (separator and stated.isdecimal()):
        raise ValueError(f"cursor {cursor!r} was not given by a page of cases: leave it out to begin again")
    return moment(int(stated))


def _wanted(query: Select[Any], wanted: CaseFilter, now: datetime) -> Select[Any]:
    conditions: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.workflow, case_head.c.workflow == wanted.workflow),
        (wanted.state, case_head.c.state == wanted.state),
        (wanted.department, case_head.c.department == wanted.department),
        (wanted.subject, case_head.c.key == wanted.subject),
        (wanted.quarantined, case_head.c.quarantine.is_not(None) == bool(wanted.quarantined)),
        (wanted.due_before, _of_most_urgent(_item.c.due_at) < literal(wanted.due_before, MOMENT)),
        (wanted.due_after, _of_most_urgent(_item.c.due_at) >= literal(wanted.due_after, MOMENT)),
        (wanted.holder, _held_by(wanted.holder)),
        (wanted.round, _has_round(wanted.round)),
        (wanted.light, _of_most_urgent(light_of(_item, now)) == wanted.light),
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


def _says(text: str | None) -> ColumnElement[bool]:
    said = func.lower(case_head.c.key + " " + case_head.c.workflow + " " + case_head.c.id)
    return said.contains((text or "").lower(), autoescape=True)
